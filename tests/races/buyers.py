"""Buyers of the races."""

import random
import uuid
from datetime import time

from distribution.models import Slot
from orders.models import BasketLine
from orders.operations import checkout
from tests.factories.market import NOW, market


def crowded_market():
    """Eight slots: buyers of one slot stand in line for it, so with a single one nothing else would race."""
    m = market()
    Slot.objects.bulk_create(
        Slot(round=m.round, starts=time(hour), ends=time(hour + 1), capacity=1000) for hour in range(6, 13)
    )
    return m


def basket(m, lines):
    """A filled basket, without the buyer's way there."""
    made = m.basket([])
    BasketLine.objects.bulk_create(
        BasketLine(basket=made, offer=offer, quantity=quantity, price_seen="12.50")
        for offer, quantity in lines
    )
    return made


def buyer(m, made, *, key=None, by=None, **changes):
    """What places the basket, in any of the slots unless one is named."""
    slots = list(m.round.slots.values_list("pk", flat=True))
    request = m.request(**{"slot": random.choice(slots), **changes})

    def order():
        return checkout.place_order(
            basket=made, key=key or uuid.uuid4(), request=request, by=by, at=NOW, address=None
        )

    return order
