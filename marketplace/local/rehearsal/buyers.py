"""Buyers of the rehearsal: baskets of plausible size, ordered through the operations of the shop."""

import random
import uuid

from django.db import connection

from distribution.operations.holds import NotEnoughSupply
from distribution.operations.rounds import SlotFull
from distribution.queries import availability
from marketplace.kernel.errors import DomainError
from orders.operations import baskets, checkout, confirmation
from orders.operations.checkout import Request
from orders.states import OrderState
from producers.models import Listing

FIRST = ["Anna", "Jan", "Zofia", "Piotr", "Maria", "Tomasz", "Ewa", "Paweł", "Hanna", "Michał"]
LAST = ["Nowak", "Wójcik", "Żak", "Król", "Lis", "Sikora", "Dąbek", "Wrona", "Gąsior", "Mróz"]
TRIES = 5


def shelf(round_):
    """Offers with something left for the round, by how much."""
    items = set(Listing.objects.values_list("stock_item_id", flat=True))
    left = availability.left(round_=round_, items=items)
    rows = Listing.objects.filter(stock_item_id__in=left).values_list("offer_id", "stock_item_id", "pieces")
    return [(offer, left[item] // pieces) for offer, item, pieces in rows if left[item] >= pieces]


def order(*, round_, offers, seed, at, watch):
    """Places one order; returns its number, or None when the shelf was too empty after some tries."""
    chance = random.Random(seed)
    try:
        for _try in range(TRIES):
            try:
                with watch.step("order"):
                    return _place(round_, offers, chance, at)
            except (NotEnoughSupply, SlotFull):
                continue
            except DomainError as refusal:
                raise AssertionError(f"a rehearsal order was refused: {refusal.code}") from refusal
        return None
    finally:
        connection.close()


def _place(round_, offers, chance, at):
    basket = baskets.start(place=round_.place, by=None)
    for offer, left in chance.sample(offers, min(len(offers), chance.randint(2, 8))):
        baskets.set_quantity(basket=basket, offer_id=offer, quantity=min(left, chance.randint(1, 3)), at=at)
    name = f"{chance.choice(FIRST)} {chance.choice(LAST)}"
    slots = list(round_.slots.all())
    placed = checkout.place_order(
        basket=basket,
        key=uuid.UUID(int=chance.getrandbits(128), version=4),
        request=Request(
            round=round_.pk,
            slot=chance.choice(slots).pk,
            email=f"proba.{uuid.uuid4().hex[:10]}@example.pl",
            name=name,
            phone="600 100 200",
            payment_method="ON_COLLECTION",
            accept_terms=True,
        ),
        by=None,
        at=at,
        address=None,
    )
    if placed.order.state == OrderState.UNCONFIRMED:
        confirmation.confirm(number=placed.order.number, at=at)
    return placed.order.number
