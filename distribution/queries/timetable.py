"""The timetable of a centre: the legs that leave and reach it."""

from datetime import date

from django.db.models import Q, QuerySet

from distribution.models import Centre, Leg
from marketplace.kernel.errors import NotFound


def legs_of(centre: Centre, *, day: date) -> QuerySet[Leg]:
    """Legs of the centre that are not over on the day, those to come included."""
    return (
        Leg.objects.filter(Q(from_centre=centre) | Q(to_centre=centre))
        .filter(Q(valid_until=None) | Q(valid_until__gte=day))
        .select_related("from_centre", "to_centre")
        .prefetch_related("rooms")
        .order_by("departs_hour", "pk")
    )


def leg_for(*, pk: int, user: object) -> Leg:
    """A leg of a centre this person works at. Raises NotFound."""
    mine = Centre.objects.staffed_by(user)
    rows = Leg.objects.filter(Q(from_centre__in=mine) | Q(to_centre__in=mine), pk=pk)
    row = rows.select_related("from_centre", "to_centre").prefetch_related("rooms").first()
    if row is None:
        raise NotFound
    return row
