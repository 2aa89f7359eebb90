"""The network at work: one crowded round released, and the board of the centre that now prepares it."""

import random
import time
import uuid
from datetime import time as hour
from datetime import timedelta
from statistics import median

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from distribution.models import Centre, HandoverPlace, Hold, Task
from distribution.operations import rounds
from distribution.operations.rounds import NewSlot
from distribution.queries import board
from marketplace.kernel.clock import local_date, moment
from marketplace.local.rehearsal import buyers
from orders.operations import baskets, checkout, preparation
from orders.operations.checkout import Request

ORDERS, LINES = 500, 10
MOST = 150  # packs of one offer in all, so that the round needs goods of many producers and centres


def crowd(say):
    """(g): a round of 500 orders with 5,000 lines from closed to tasks, and (h): the board while they stand."""
    at = timezone.now()
    round_ = _round(at)
    shelf = [offer for offer, left in buyers.shelf(round_) for _n in range(min(left, MOST))]
    random.Random(7).shuffle(shelf)
    placed = [_order(round_, offers, at) for offers in _tens(shelf)]
    holds = Hold.objects.filter(round=round_)
    centres = holds.values("supply__centre").distinct().count()
    closing = moment(local_date(at) + timedelta(days=1), hour(20))
    rounds.close_round(round_id=round_.pk, by=None, at=closing)
    with CaptureQueriesContext(connection) as seen:
        began = time.perf_counter()
        preparation.release(round_id=round_.pk, by=None, at=closing)
        seconds = time.perf_counter() - began
    say(
        f"(g) release of one round   {len(placed)} orders, {holds.count()} holds at {centres} centres"
        f" in {seconds:.1f} s, {len(seen)} statements"
    )
    centre = Centre.objects.get(pk=round_.centre_id)
    took = []
    for _try in range(9):
        began = time.perf_counter()
        board.board(centre=centre, user=None, at=closing)
        took.append((time.perf_counter() - began) * 1000)
    tasks = Task.objects.filter(centre=centre).count()
    say(f"(h) board of that centre   median {median(took):.0f} ms, worst {max(took):.0f} ms, {tasks} tasks")


def _round(at):
    day = local_date(at)
    return rounds.open_round(
        place=HandoverPlace.objects.get(centre__code="LES", kind="CENTRE"),
        opens_at=at - timedelta(minutes=1),
        closes_on=day + timedelta(days=1),
        closes_hour=hour(20),
        packs_on=day + timedelta(days=2),
        hands_over_on=day + timedelta(days=3),
        slots=[NewSlot(hour(h), hour(h + 1), 2000) for h in range(14, 18)],
    )


def _tens(shelf):
    """Ten different offers for each order, from a shuffled shelf."""
    for _n in range(ORDERS):
        taken: dict[int, int] = {}
        for place, offer in enumerate(shelf):
            taken.setdefault(offer, place)
            if len(taken) == LINES:
                break
        for place in sorted(taken.values(), reverse=True):
            shelf.pop(place)
        yield list(taken)


def _order(round_, offers, at):
    basket = baskets.start(place=round_.place, by=None)
    for offer in offers:
        baskets.set_quantity(basket=basket, offer_id=offer, quantity=1, at=at)
    request = Request(
        round=round_.pk, slot=round_.slots.first().pk, email=f"{uuid.uuid4().hex}@example.pl", name="Jan Tłok",
        phone="600100200", payment_method="ON_COLLECTION", accept_terms=True,
    )  # fmt: skip
    return checkout.place_order(
        basket=basket, key=uuid.uuid4(), request=request, by=None, at=at, address=None
    ).order.number
