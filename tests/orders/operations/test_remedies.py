"""What a buyer gets instead of goods that do not come."""

from datetime import date
from decimal import Decimal

import pytest

from distribution.models import Arrival, Balance, Fulfilment, Hold
from distribution.operations import corrections, receipts, supply
from marketplace.kernel.models import Job
from orders.models import Order
from orders.operations import preparation
from orders.queries.totals import due_grosze, total
from producers.operations import listings
from tests.audit import assert_audit_clean
from tests.factories.market import HANDING_OUT, NOW, PACKING, market
from tests.factories.network_market import network
from tests.orders.operations.test_order_story import pack_everything, pick_everything
from tests.workers import do_jobs

pytestmark = pytest.mark.django_db


def promised(m, offer, pieces):
    supply.promise(
        item=offer.stock_item, centre=m.centre, available_on=PACKING.date(), pieces=pieces, by=None, at=NOW
    )


def alike(m, **prices):
    """Two jars of one shelf and size: the first promised, the second on the shelf."""
    first, second = m.add(price=prices.get("first")), m.add(stock=5, price=prices.get("second"))
    product, other = first.stock_item.product, second.stock_item.product
    other.category, other.allergens = product.category, product.allergens
    other.save(update_fields=["category", "allergens"])
    for item in (first.stock_item, second.stock_item):
        item.content, item.unit = 300, "G"
        item.save(update_fields=["content", "unit"])
    listings.refresh(offers=[first.pk, second.pk], at=NOW)
    return first, second


def nothing_came(m):
    for arrival in Arrival.objects.all():
        receipts.close_arrival(arrival=arrival.pk, by=None, at=PACKING)
    do_jobs()


def letters(message):
    return Job.objects.filter(kind="orders.mail", payload__message=message).count()


def test_something_similar_comes_instead_and_costs_no_more():
    m = market()
    jam, other = alike(m, first=Decimal("12.50"), second=Decimal("11.00"))
    promised(m, jam, 5)
    order = m.order([(jam, 2)])
    m.close_and_release()
    nothing_came(m)

    order = Order.objects.get(pk=order.pk)
    first, second = order.lines.order_by("position")
    assert (first.short, first.total) == (2, 0)
    assert (second.offer, second.quantity, second.total) == (other, 2, Decimal("22.00"))
    assert second.replaces == first
    assert total(order) == Decimal("22.00")
    assert due_grosze(order) == 2200
    assert letters("short") == 1
    assert_audit_clean()

    by = m.worker()
    pick_everything(m, by)
    pack_everything(m, by)
    do_jobs()
    assert Order.objects.get(pk=order.pk).state == "READY"
    assert_audit_clean()


@pytest.mark.parametrize("why", ["refund", "dearer", "allergen"])
def test_nothing_is_replaced_against_the_buyers_wish(why):
    m = market()
    jam, other = alike(
        m, first=Decimal("12.50"), second=Decimal("13.00") if why == "dearer" else Decimal("11.00")
    )
    if why == "allergen":
        other.stock_item.product.allergens = [*jam.stock_item.product.allergens, "milk", "nuts"]
        other.stock_item.product.save(update_fields=["allergens"])
        listings.refresh(offers=[other.pk], at=NOW)
    promised(m, jam, 5)
    order = m.order([(jam, 2)], substitutes="REFUND" if why == "refund" else "SIMILAR")
    m.close_and_release()
    nothing_came(m)
    order = Order.objects.get(pk=order.pk)
    assert order.lines.count() == 1
    assert order.state == "CANCELLED"
    assert due_grosze(order) == 0
    assert_audit_clean()


def test_same_goods_come_from_another_centre_while_the_lorry_waits():
    net = network()
    jam = net.there.add(stock=5)
    promised(net.here, jam, 3)
    local = net.here.add(stock=5)
    order = net.here.order([(jam, 2), (local, 1)])
    assert set(Hold.objects.values_list("reason", flat=True)) == {"LOCAL"}
    net.here.close_and_release()
    for arrival in Arrival.objects.all():
        receipts.close_arrival(arrival=arrival.pk, by=None, at=PACKING)
    do_jobs()
    assert [line.short for line in order.lines.order_by("position")] == [0, 0]
    part = Fulfilment.objects.get(centre=net.there.centre)
    assert part.route.stages.get().trip == net.trip
    assert letters("short") == 0
    assert_audit_clean()


def test_after_the_cutoff_the_money_goes_back():
    net = network()
    jam, local = net.there.add(stock=5), net.here.add(stock=5)
    promised(net.here, jam, 3)
    order = net.here.order([(jam, 2), (local, 1)])
    net.here.close_and_release()
    for arrival in Arrival.objects.all():
        receipts.close_arrival(arrival=arrival.pk, by=None, at=HANDING_OUT)
    do_jobs()
    assert [line.short for line in order.lines.order_by("position")] == [2, 0]
    assert preparation.make_ready(reference=order.number, at=HANDING_OUT) is False
    assert_audit_clean()


def test_what_is_still_to_come_elsewhere_does_not_save_an_order_in_work():
    """The other centre's producer has promised the goods; once the round is released only shelves count."""
    net = network()
    jam = net.here.add(stock=3)
    order = net.here.order([(jam, 3)], substitutes="REFUND")
    net.here.close_and_release()
    supply.promise(
        item=jam.stock_item,
        centre=net.there.centre,
        available_on=date(2026, 11, 26),
        pieces=9,
        by=None,
        at=PACKING,
    )
    shelf = Balance.objects.get(units__gt=0)
    corrections.write_off(balance=shelf.pk, units=2, reason="pęknięte", by=net.here.worker(), at=PACKING)
    do_jobs()
    assert order.lines.get().short == 2
    assert_audit_clean()
