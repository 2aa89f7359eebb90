"""What comes to the dock, and who gets it."""

from datetime import date, timedelta

import pytest

from distribution.models import Allocation, Document, FulfilmentLine, Hold, Lot, Shortage, Supply
from distribution.operations import receipts, supply
from distribution.operations.counted import Counted, ForeignItem, WrongLocation, WrongQuantity
from distribution.operations.lots import LotExpired, LotWithoutDate, LotWithoutNumber
from marketplace.kernel.errors import NotFound
from orders.operations import preparation
from tests.audit import assert_audit_clean
from tests.factories import OfferFactory, ProductFactory, StockItemFactory
from tests.factories.market import GOOD_UNTIL, NOW, PACKING, market
from tests.workers import do_jobs

pytestmark = pytest.mark.django_db


def promised(*pieces, temperature="AMBIENT"):
    """A released round whose orders of these pieces all wait for a promise; with its arrival."""
    m = market()
    jam = m.add(temperature=temperature)
    supply.promise(
        item=jam.stock_item, centre=m.centre, available_on=PACKING.date(), pieces=sum(pieces), by=None, at=NOW
    )
    orders = [m.order([(jam, n)]) for n in pieces]
    m.close_and_release()
    return m, jam, orders, m.centre.arrivals.get()


def test_oldest_order_is_served_first():
    m, jam, orders, arrival = promised(3, 3)
    m.receive(jam.stock_item, 4, arrival=arrival.pk, at=PACKING)
    lines = FulfilmentLine.objects.order_by("pk")
    assert [(line.awaited, line.state) for line in lines] == [(0, "ALLOCATED"), (2, "AWAITING_GOODS")]
    assert Supply.objects.get(kind="PROMISE").quantity == 2
    assert len(orders) == 2
    assert_audit_clean()


def test_one_lot_in_two_deliveries_serves_one_line_twice():
    """The second part adds to what is set aside at the same place."""
    m, jam, _orders, arrival = promised(6)
    m.receive(jam.stock_item, 2, arrival=arrival.pk, at=PACKING)
    m.receive(jam.stock_item, 4, arrival=arrival.pk, at=PACKING)
    assert Allocation.objects.get().units == 6
    assert FulfilmentLine.objects.get().awaited == 0
    assert_audit_clean()


def test_one_lot_on_two_lines_of_the_paper_at_one_place():
    m, jam, _orders, arrival = promised(6)
    dock = [Counted(jam.stock_item_id, "L1", 3, GOOD_UNTIL)] * 2
    receipts.post_receipt(
        centre=m.centre.pk, producer=m.producer.pk, counted=dock, by=None, at=PACKING, arrival=arrival.pk
    )
    assert Allocation.objects.get().units == 6
    assert_audit_clean()


def test_short_last_delivery_shortens_the_newest_order():
    m, jam, orders, arrival = promised(3, 3)
    m.receive(jam.stock_item, 4, arrival=arrival.pk, last=True, at=PACKING)
    do_jobs()
    assert list(Shortage.objects.values_list("reference", "pieces", "reason")) == [
        (orders[1].number, 2, "NOT_DELIVERED")
    ]
    assert orders[1].lines.get().short == 2
    assert_audit_clean()


def test_nothing_comes_and_the_order_ends():
    _m, _jam, (order,), arrival = promised(3)
    receipts.close_arrival(arrival=arrival.pk, by=None, at=PACKING)
    do_jobs()
    order.refresh_from_db()
    assert order.state == "CANCELLED"
    assert order.payments.get().state == "CANCELED"
    assert order.round.slots.get().taken == 0
    assert_audit_clean()


def test_arrival_is_over_once():
    _m, _jam, _orders, arrival = promised(3)
    receipts.close_arrival(arrival=arrival.pk, by=None, at=PACKING)
    with pytest.raises(NotFound):
        receipts.close_arrival(arrival=arrival.pk, by=None, at=PACKING)


def test_too_warm_goods_go_to_quarantine_and_serve_nobody():
    m, jam, _orders, arrival = promised(3, temperature="CHILLED")
    counted = [Counted(jam.stock_item_id, "L1", 3, GOOD_UNTIL, temperature_tenths=95)]
    receipts.post_receipt(
        centre=m.centre.pk, producer=m.producer.pk, counted=counted, by=None, at=PACKING, arrival=arrival.pk
    )
    assert Supply.objects.filter(kind="STOCK", quantity__gt=0).count() == 0
    assert Lot.objects.get().balances.get().location.kind == "QUARANTINE"
    assert Allocation.objects.count() == 0
    assert_audit_clean()


def test_delivery_before_the_closing_moves_holds_to_the_shelf():
    m = market()
    jam = m.add()
    supply.promise(
        item=jam.stock_item, centre=m.centre, available_on=PACKING.date(), pieces=5, by=None, at=NOW
    )
    m.order([(jam, 4)])
    m.receive(jam.stock_item, 5)
    assert Hold.objects.get(state="ACTIVE").supply.kind == "STOCK"
    counts = m.close_and_release()
    assert (counts["awaited"], counts["allocations"]) == (0, 1)
    assert_audit_clean()


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"lot_code": " "}, LotWithoutNumber),
        ({"printed_on": None}, LotWithoutDate),
        ({"printed_on": date(2026, 11, 21)}, LotExpired),
        ({"units": 0}, WrongQuantity),
        ({"units": 100_001}, WrongQuantity),
    ],
)
def test_what_the_dock_must_not_take(changes, refusal):
    m = market()
    line = {"item": m.add().stock_item_id, "lot_code": "L1", "units": 1, "printed_on": GOOD_UNTIL} | changes
    with pytest.raises(refusal):
        receipts.post_receipt(
            centre=m.centre.pk, producer=m.producer.pk, counted=[Counted(**line)], by=None, at=NOW
        )
    assert Document.objects.count() == 0
    assert Lot.objects.count() == 0


def test_last_day_of_use_is_taken_and_the_day_is_warsaws():
    m = market()
    item = m.add().stock_item
    midnight = NOW.replace(hour=23, minute=30)  # 00:30 of the next day in Warsaw
    with pytest.raises(LotExpired):
        m.receive(item, 1, until=midnight.date(), at=midnight)
    m.receive(item, 1, until=midnight.date() + timedelta(days=1), at=midnight)


def test_foreign_item_and_wrong_zone_are_refused():
    m = market()
    foreign = OfferFactory(stock_item=StockItemFactory(product=ProductFactory())).stock_item
    with pytest.raises(ForeignItem):
        m.receive(foreign, 1)
    chilled = m.add(temperature="CHILLED").stock_item
    ambient = m.centre.locations.get(code="A-01").pk
    with pytest.raises(WrongLocation):
        receipts.post_receipt(
            centre=m.centre.pk,
            producer=m.producer.pk,
            counted=[Counted(chilled.pk, "L1", 1, GOOD_UNTIL, location=ambient)],
            by=None,
            at=NOW,
        )


def test_release_is_safe_to_run_twice():
    m, _jam, _orders, _arrival = promised(2)
    assert preparation.release(round_id=m.round.pk, by=None, at=PACKING) == {}
