"""Deliveries a centre expects."""

from django.db.models import F, QuerySet, Sum

from distribution.models import Arrival, ArrivalLine, Centre
from distribution.states import ArrivalState
from marketplace.kernel.errors import NotFound


def expected(centre: Centre) -> QuerySet[Arrival]:
    """Arrivals not received yet, soonest first, with the pieces owed and received."""
    return (
        Arrival.objects.filter(centre=centre, state=ArrivalState.EXPECTED)
        .select_related("producer__place")
        .annotate(owed=Sum("lines__owed"), received=Sum("lines__received"))
        .order_by("due_on", "producer__sort_key", "pk")
    )


def at_centre(*, centre: Centre, pk: int) -> Arrival:
    """An arrival of the centre with its lines. Raises NotFound."""
    row = (
        Arrival.objects.filter(centre=centre, pk=pk)
        .select_related("producer__place")
        .prefetch_related("lines__item__product", "lines__item__offers")
        .first()
    )
    if row is None:
        raise NotFound
    return row


def owed(arrival: Arrival) -> QuerySet[ArrivalLine]:
    """Its lines with something still to come."""
    return arrival.lines.filter(received__lt=F("owed")).select_related("item__product")
