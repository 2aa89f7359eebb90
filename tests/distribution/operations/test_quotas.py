"""A part of a promise is kept for one channel until its hour; then it serves everybody."""

from datetime import UTC, date, datetime, timedelta

import pytest

from distribution.models import Hold, Quota, QuotaChange, Supply
from distribution.operations import quotas, receiving, supply
from distribution.operations.holds import NotEnoughSupply
from distribution.operations.quotas import Kept, WrongQuota
from distribution.tasks import flow_back
from marketplace.kernel.errors import NotFound
from orders.models import BuyerChannel
from orders.operations import audit, baskets, endings
from orders.queries.baskets import gaps, lines_for
from tests.audit import assert_audit_clean
from tests.factories import UserFactory
from tests.factories.market import NOW, market

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 26)
HOUR = datetime(2026, 11, 24, 17, 0, tzinfo=UTC)


def shop():
    user = UserFactory()
    BuyerChannel.objects.create(user=user, channel="WHOLESALE")
    return user


def keep(m, item, pieces, *, channel="WHOLESALE", until=HOUR, at=NOW):
    kept = [Kept(item, channel, pieces)]
    return quotas.keep(centre=m.centre, available_on=DAY, kept=kept, flows_back_at=until, by=None, at=at)[0]


@pytest.fixture
def m():
    made = market()
    made.cheese = made.add()
    made.item = made.cheese.stock_item
    supply.promise(item=made.item, centre=made.centre, available_on=DAY, pieces=10, by=None, at=NOW)
    return made


def row():
    return Supply.objects.get(kind="PROMISE")


def test_only_the_channel_may_use_its_part_and_everybody_the_rest(m):
    keep(m, m.item, 6)
    with pytest.raises(NotEnoughSupply) as refusal:
        m.order([(m.cheese, 5)])
    assert refusal.value.details["offers"][0]["left"] == 4
    m.order([(m.cheese, 4)])
    m.order([(m.cheese, 6)], by=shop())
    assert (row().held, row().reserved, Quota.objects.get().sold) == (10, 0, 6)
    assert_audit_clean()


def test_channel_uses_its_own_part_first_then_what_is_for_all(m):
    keep(m, m.item, 3)
    keep(m, m.item, 2, channel="STANDING")
    m.order([(m.cheese, 8)], by=shop())
    hold = Hold.objects.get()
    assert (hold.pieces, hold.quota_pieces, row().reserved) == (8, 3, 2)
    with pytest.raises(NotEnoughSupply):
        m.order([(m.cheese, 1)])
    assert_audit_clean()


def test_cancelled_order_gives_its_pieces_back_to_the_channel(m):
    keep(m, m.item, 3)
    order = m.order([(m.cheese, 5)], by=shop())
    endings.cancel(number=order.number, by=None, at=NOW)
    assert (row().held, row().reserved, Quota.objects.get().sold) == (0, 3, 0)
    assert_audit_clean()


def test_what_is_unsold_at_its_hour_serves_everybody_once(m):
    keep(m, m.item, 6)
    bought = m.order([(m.cheese, 2)], by=shop())
    assert quotas.flow_back(at=HOUR - timedelta(seconds=1)) == 0
    assert quotas.flow_back(at=HOUR) == 4
    assert quotas.flow_back(at=HOUR) == 0
    flow_back()
    assert list(QuotaChange.objects.order_by("pk").values_list("old", "new")) == [(0, 6), (6, 2)]
    m.order([(m.cheese, 8)])
    endings.cancel(number=bought.number, by=None, at=NOW)
    assert (row().held, row().reserved) == (8, 0)
    assert_audit_clean()


def test_hour_asks_as_often_for_many_quotas(m, django_assert_num_queries):
    keep(m, m.item, 2)
    keep(m, m.item, 2, channel="STANDING")
    with django_assert_num_queries(
        6
    ):  # savepoint, which are due, their supply, both tables, history, release
        quotas.flow_back(at=HOUR)


@pytest.mark.parametrize(
    ("pieces", "until"),
    [(11, HOUR), (3, NOW), (3, datetime(2026, 11, 27, 9, tzinfo=UTC))],
)
def test_too_much_and_impossible_hours_are_refused(m, pieces, until):
    with pytest.raises(WrongQuota):
        keep(m, m.item, pieces, until=until)
    assert not Quota.objects.exists()


def test_quota_is_never_below_what_its_channel_bought(m):
    keep(m, m.item, 6)
    m.order([(m.cheese, 4)], by=shop())
    with pytest.raises(WrongQuota):
        keep(m, m.item, 3)
    keep(m, m.item, 4)
    assert row().reserved == 0
    assert_audit_clean()


def test_nothing_promised_nothing_kept(m):
    other = m.add()
    with pytest.raises(NotFound):
        keep(m, other.stock_item, 1)


def test_lowered_promise_lowers_what_is_kept(m):
    keep(m, m.item, 6)
    m.order([(m.cheese, 3)])
    supply.promise(item=m.item, centre=m.centre, available_on=DAY, pieces=5, by=None, at=NOW)
    assert (row().reserved, Quota.objects.get().pieces) == (2, 2)
    assert_audit_clean()


def test_kept_pieces_go_with_the_goods_onto_the_shelf(m):
    keep(m, m.item, 6)
    m.order([(m.cheese, 3)])
    m.receive(m.item, 10)
    shelf = Supply.objects.get(kind="STOCK")
    assert (shelf.quantity, shelf.held, shelf.reserved, row().reserved) == (10, 3, 6, 0)
    with pytest.raises(NotEnoughSupply):
        m.order([(m.cheese, 2)])
    m.order([(m.cheese, 7)], by=shop())
    assert_audit_clean()


def test_short_delivery_keeps_less_and_the_end_of_it_nothing(m):
    keep(m, m.item, 6)
    m.order([(m.cheese, 3)])
    m.close_and_release()
    arrival = m.centre.arrivals.get()
    m.receive(m.item, 5, arrival=arrival.pk)
    assert Supply.objects.get(kind="STOCK").reserved == 1
    receiving.close(centre=m.centre, arrival=arrival.pk, by=None, at=NOW)
    assert row().reserved == 0
    assert_audit_clean()


@pytest.mark.parametrize(
    "broken", ["reserved_is_what_quotas_have_left", "hold_out_of_a_quota_is_of_its_supply"]
)
def test_each_invariant_can_fail(m, broken):
    keep(m, m.item, 6)
    m.order([(m.cheese, 2)], by=shop())
    if broken == "reserved_is_what_quotas_have_left":
        Supply.objects.update(reserved=9)
    else:
        other = m.add(stock=5)
        Quota.objects.update(supply=Supply.objects.get(item=other.stock_item), sold=6)
        Supply.objects.update(reserved=0)
    assert {name for name, n in audit.run().breaches.items() if n} == {broken}


def test_basket_of_the_channel_sees_its_part_and_that_of_others_does_not(m):
    keep(m, m.item, 6)
    made = m.basket([(m.cheese, 1)])
    seen = {
        channel: lines_for(basket=made.pk, round_=m.round, at=NOW, channel=channel)[0].available
        for channel in ("", "STANDING", "WHOLESALE")
    }
    assert seen == {"": 4, "STANDING": 4, "WHOLESALE": 10}
    baskets.set_quantity(basket=made, offer_id=m.cheese.pk, quantity=8, at=NOW)
    assert gaps(basket=made.pk, rounds=[m.round], channel="WHOLESALE") == {}
    assert gaps(basket=made.pk, rounds=[m.round])[m.round.pk][0].left == 4
