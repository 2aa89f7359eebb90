"""Races for supply: what is sold is never more than what there is."""

import random
import uuid

import pytest
from django.db import transaction

from distribution.models import Hold, Supply
from distribution.operations import holds
from distribution.operations.holds import NotEnoughSupply
from distribution.policies.sourcing import Wanted
from marketplace.kernel.database import retried
from marketplace.kernel.errors import DomainError
from orders.models import Order
from tests.audit import assert_audit_clean
from tests.factories.market import market
from tests.races.buyers import basket, buyer, crowded_market
from tests.races.crowd import alone, breaks_within, codes, deadlocks, race, waits_for_a_lock

pytestmark = [pytest.mark.race, pytest.mark.usefixtures("cloned_database")]

UNLOCKED = holds.TAKE.replace("ORDER BY s.id FOR NO KEY UPDATE OF s", "")
# Locks row by row in the order of the lines: it sells no piece twice, but two orders may wait for each other.
UNORDERED = UNLOCKED.replace(
    "SELECT s.id, a.pieces FROM distribution_supply s JOIN asked a ON a.supply = s.id",
    "SELECT s.id, a.pieces FROM (SELECT supply, pieces FROM wanted ORDER BY line OFFSET 0) a CROSS JOIN LATERAL "
    "(SELECT id FROM distribution_supply WHERE id = a.supply FOR NO KEY UPDATE) s",
)
# Reads what is free, then takes it without asking again.
UNASKED = UNLOCKED.replace("AND s.quantity - s.held - s.reserved + coalesce(o.pieces, 0) >= l.pieces", "")
# The same by somebody who also got past the table's own check.
UNGUARDED = UNASKED.replace(
    "SET held = s.held + l.pieces",
    "SET held = s.held + l.pieces, uncovered = greatest(s.held + l.pieces - s.quantity, 0)",
)


def test_two_hundred_buyers_take_exactly_the_fifty_pieces_there_are():
    m = crowded_market()
    jam = m.add(stock=50)
    outcomes = race([buyer(m, basket(m, [(jam, 1)])) for _ in range(200)])

    assert codes(outcomes) == {"ok": 50, "not_enough_supply": 150}
    refused = [o for o in outcomes if isinstance(o, NotEnoughSupply)]
    assert {line["left"] for o in refused for line in o.details["offers"]} == {0}
    assert Order.objects.count() == 50
    assert Supply.objects.get().held == 50
    assert deadlocks() == 0
    assert_audit_clean()


@pytest.mark.parametrize(("statement", "harm"), [(UNASKED, "IntegrityError"), (UNGUARDED, "oversold")])
def test_control_without_the_condition(monkeypatch, statement, harm):
    """The table's check is the last guard: it turns overselling into an ugly error. Past it, goods are sold
    that do not exist."""
    monkeypatch.setattr(holds, "TAKE", statement)
    m = market()
    with breaks_within(5) as control:
        for _try in control:
            jam = m.add(stock=5)
            outcomes = codes(race([take(m, [jam]) for _ in range(32)]))
            sold = Hold.objects.filter(supply__item=jam.stock_item).count()
            control.broke = sold > 5 if harm == "oversold" else outcomes[harm] > 0 and sold == 5


def shuffled_baskets(m, offers, n):
    chance = random.Random(17)
    made = []
    for _ in range(n):
        chance.shuffle(offers)
        made.append(basket(m, [(offer, 1) for offer in offers]))
    return made


def test_two_hundred_shuffled_orders_of_the_same_eight_offers_never_deadlock():
    m = crowded_market()
    offers = [m.add(stock=120) for _ in range(8)]
    outcomes = race([buyer(m, made) for made in shuffled_baskets(m, offers, 200)])

    assert codes(outcomes) == {"ok": 120, "not_enough_supply": 80}
    assert set(Supply.objects.values_list("held", flat=True)) == {120}
    assert deadlocks() == 0
    assert_audit_clean()


def take(m, offers, *, pieces=1):
    """Only the statement under test, in a transaction of its own."""
    wanted = [
        Wanted(n, offer.stock_item_id, pieces, m.round.hands_over_on) for n, offer in enumerate(offers, 1)
    ]

    @transaction.atomic
    def effect():
        return holds.take(
            round_id=m.round.pk,
            reference=uuid.uuid4().hex[:12],
            wanted=wanted,
        )

    return effect


def shuffled_takes(m, offers, n):
    chance = random.Random(17)
    return [take(m, chance.sample(offers, len(offers))) for _ in range(n)]


def test_the_statement_alone_does_not_deadlock_either():
    m = market()
    offers = [m.add(stock=500) for _ in range(8)]
    assert codes(race(shuffled_takes(m, offers, 200))) == {"ok": 200}
    assert deadlocks() == 0


def test_control_without_the_locking_part_deadlocks(monkeypatch):
    monkeypatch.setattr(holds, "TAKE", UNORDERED)
    m = market()
    offers = [m.add(stock=500) for _ in range(8)]
    with breaks_within(5) as control:
        for _try in control:
            outcomes = race(shuffled_takes(m, offers, 32), at_once=8)
            assert not any(isinstance(o, DomainError) for o in outcomes)
            control.broke = deadlocks() > 0


def test_buyer_who_waited_while_goods_were_sold_sees_what_is_left():
    """What the lock shows counts, not what was proposed: too late for these goods, the buyer is told so."""
    m = market()
    jam = m.add(stock=8)
    with transaction.atomic():
        m.order([(jam, 5)])
        buying = alone(retried(take(m, [jam], pieces=5)))
        waits_for_a_lock()
    assert buying.code() == "not_enough_supply"
    assert Supply.objects.get().held == 5
