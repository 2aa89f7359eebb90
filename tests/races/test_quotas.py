"""The last piece of a quota: one shop gets it, nobody outside the channel does, and it flows back once."""

from datetime import UTC, date, datetime

import pytest

from distribution.models import Quota, Supply
from distribution.operations import holds, quotas, supply
from distribution.operations.quotas import Kept
from orders.models import BuyerChannel
from tests.audit import assert_audit_clean
from tests.factories import UserFactory
from tests.factories.market import NOW
from tests.races.buyers import basket, buyer, crowded_market
from tests.races.crowd import breaks_within, codes, deadlocks, race

pytestmark = [pytest.mark.race, pytest.mark.usefixtures("cloned_database")]
DAY, HOUR = date(2026, 11, 26), datetime(2026, 11, 24, 17, 0, tzinfo=UTC)


def kept_market(pieces, kept):
    m = crowded_market()
    cheese = m.add()
    supply.promise(item=cheese.stock_item, centre=m.centre, available_on=DAY, pieces=pieces, by=None, at=NOW)
    quotas.keep(
        centre=m.centre, available_on=DAY, kept=[Kept(cheese.stock_item, "WHOLESALE", kept)],
        flows_back_at=HOUR, by=None, at=NOW,
    )  # fmt: skip
    return m, cheese


def shops(m, cheese, number, quantity=1):
    """Signed-in buyers of the channel, each with a basket."""
    made = []
    for _ in range(number):
        user = UserFactory()
        BuyerChannel.objects.create(user=user, channel="WHOLESALE")
        made.append(buyer(m, basket(m, [(cheese, quantity)]), by=user))
    return made


def test_last_pieces_of_a_quota_go_to_as_many_shops_and_to_no_household():
    m, cheese = kept_market(6, 4)
    households = [buyer(m, basket(m, [(cheese, 1)])) for _ in range(8)]
    outcomes = race([*shops(m, cheese, 8), *households])
    assert codes(outcomes) == {"ok": 6, "not_enough_supply": 10}
    assert codes(outcomes[:8])["ok"] >= 4
    row = Supply.objects.get()
    assert (row.held, row.reserved, Quota.objects.get().sold) == (6, 0, 4)
    assert deadlocks() == 0
    assert_audit_clean()


def test_quota_flows_back_while_it_is_bought():
    m, cheese = kept_market(6, 6)
    outcomes = race(
        [*shops(m, cheese, 6), lambda: quotas.flow_back(at=HOUR), lambda: quotas.flow_back(at=HOUR)]
    )
    assert codes(outcomes)["ok"] == 8
    row, quota = Supply.objects.get(), Quota.objects.get()
    assert (row.held, row.reserved) == (6, 0)
    assert quota.pieces == quota.sold
    assert_audit_clean()


def test_control_without_the_lock_on_the_quota_it_is_sold_twice(monkeypatch):
    """What a channel has left, read before the wait for its supply row, is old when the row is had."""
    unlocked = holds.TAKE.replace("AND q.pieces > q.sold FOR NO KEY UPDATE OF q", "AND q.pieces > q.sold")
    assert unlocked != holds.TAKE
    monkeypatch.setattr(holds, "TAKE", unlocked)
    with breaks_within(6) as control:
        for _try in control:
            m, cheese = kept_market(12, 4)
            outcomes = race(shops(m, cheese, 12))
            quota, row = Quota.objects.get(supply__centre=m.centre), Supply.objects.get(centre=m.centre)
            control.broke = "IntegrityError" in codes(outcomes) or row.reserved != quota.pieces - quota.sold
