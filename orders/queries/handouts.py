"""What waits at a centre's hand-out desk."""

from django.db.models import QuerySet

from distribution.models import Centre, Fulfilment
from distribution.states import FulfilmentState
from orders.models import Order
from orders.states import OrderState

TO_CLEAR = (FulfilmentState.UNCOLLECTED, FulfilmentState.GIVEN_UP)


def waiting(centre: Centre) -> QuerySet[Order]:
    """Orders ready to be collected; the caller orders them."""
    return Order.objects.filter(round__centre=centre, state=OrderState.READY).select_related(
        "contact", "slot", "round"
    )


def uncollected(centre: Centre) -> QuerySet[Fulfilment]:
    """Parts of orders that nobody came for, or that were given up, with their lines."""
    rows = Fulfilment.objects.filter(destination=centre, state__in=TO_CLEAR)
    return rows.select_related("round").prefetch_related("lines")
