"""At release a line may come from somewhere better, never from somewhere worse, and it says why."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from distribution.models import Arrival, Fulfilment, Hold, SourceChange, Supply, Trip, TripRoom
from distribution.operations import routes, supply
from orders.operations import endings
from tests.audit import assert_audit_clean
from tests.factories import CentreFactory
from tests.factories.market import AFTER_CLOSE, NOW, Market, market
from tests.factories.network import TripFactory
from tests.factories.network_market import NIGHT, network

pytestmark = pytest.mark.django_db


def sources(order):
    live = Hold.objects.filter(reference=order.number).exclude(state="RELEASED").order_by("line", "pk")
    return [(h.supply.centre_id, h.supply.kind, h.pieces, h.reason) for h in live]


def promised(m, pieces, *, on=date(2026, 11, 26)):
    made = m.add()
    supply.promise(item=made.stock_item, centre=m.centre, available_on=on, pieces=pieces, by=None, at=NOW)
    return made


def test_goods_that_came_home_meanwhile_save_a_parcel():
    net = network()
    jam = net.there.add(stock=5)
    order = net.here.order([(jam, 2)])
    net.here.producer = net.there.producer
    net.here.receive(jam.stock_item, 3, code="L2")
    net.here.close_and_release()
    assert sources(order) == [(net.here.centre.pk, "STOCK", 2, "LOCAL")]
    change = SourceChange.objects.get()
    assert (change.old.centre, change.new.centre, change.pieces, change.why) == (
        net.there.centre, net.here.centre, 2, "LOCAL",
    )  # fmt: skip
    assert Fulfilment.objects.get().route is None
    assert TripRoom.objects.get(trip=net.trip, temperature="AMBIENT").booked_grams == 0
    assert_audit_clean()


def test_shelf_serves_what_was_held_on_a_promise():
    """Somebody cancelled what lay on the shelf: the next order need not wait for its producer any more."""
    m = market()
    cheese = promised(m, 4)
    m.receive(cheese.stock_item, 3)
    Supply.objects.filter(kind="PROMISE").update(quantity=4)
    before, order = m.order([(cheese, 3)]), m.order([(cheese, 3)])
    assert sources(order) == [(m.centre.pk, "PROMISE", 3, "LOCAL")]
    endings.cancel(number=before.number, by=None, at=NOW)
    m.close_and_release()
    assert sources(order) == [(m.centre.pk, "STOCK", 3, "ON_SHELF")]
    assert not Arrival.objects.exists()
    assert_audit_clean()


def test_too_little_at_home_changes_nothing():
    net = network()
    jam = net.there.add(stock=5)
    order = net.here.order([(jam, 4)])
    net.here.producer = net.there.producer
    net.here.receive(jam.stock_item, 3, code="L2")
    net.here.close_and_release()
    assert sources(order) == [(net.there.centre.pk, "STOCK", 4, "ONLY")]
    assert not SourceChange.objects.exists()
    assert_audit_clean()


def test_goods_that_end_too_soon_never_take_the_place_of_good_ones():
    net = network()
    jam = net.there.add(stock=5)
    order = net.here.order([(jam, 2)])
    net.here.producer = net.there.producer
    product = jam.stock_item.product
    type(product).objects.filter(pk=product.pk).update(minimum_life_days=10)
    net.here.receive(jam.stock_item, 3, code="L2", until=date(2026, 12, 5))
    net.here.close_and_release()
    assert sources(order)[0][0] == net.there.centre.pk
    assert_audit_clean()


def test_oldest_order_has_the_first_choice_and_one_parcel_is_not_split():
    """Three at home, two orders of two: the first comes home whole, the second stays as it was."""
    net = network()
    jam = net.there.add(stock=9)
    first, second = net.here.order([(jam, 2)]), net.here.order([(jam, 2)])
    net.here.producer = net.there.producer
    net.here.receive(jam.stock_item, 3, code="L2")
    net.here.close_and_release()
    assert sources(first)[0][0] == net.here.centre.pk
    assert sources(second) == [(net.there.centre.pk, "STOCK", 2, "ONLY")]
    assert_audit_clean()


def test_release_asks_as_often_for_many_orders_as_for_two():
    counts = []
    for orders in (2, 12):
        net = network()
        jam = net.there.add(stock=50)
        for _ in range(orders):
            net.here.order([(jam, 2)])
        net.here.producer = net.there.producer
        net.here.receive(jam.stock_item, orders, code="L2")
        with CaptureQueriesContext(
            connection,
        ) as queries:
            net.here.close_and_release()
        counts.append(len(queries))
        assert SourceChange.objects.filter(old__centre=net.there.centre).count() == orders // 2
    assert counts[0] == counts[1]
    assert_audit_clean()


def test_departure_that_takes_no_more_goods_is_no_way():
    """The shelf at the other centre has a longer life, but its lorry takes no more goods when the round is released."""
    net = network()
    jam = net.there.add(stock=5, until=date(2026, 12, 3))
    order = net.here.order([(jam, 2)])
    far = Market(CentreFactory(), net.here.round, net.there.producer)
    gone = TripFactory(from_centre=far.centre, to_centre=net.here.centre, departs_on=NIGHT)
    routes.refresh(rounds=[net.here.round.pk])
    far.receive(jam.stock_item, 5)
    Trip.objects.filter(pk=gone.pk).update(cutoff_at=AFTER_CLOSE)
    net.here.close_and_release()
    assert sources(order)[0][0] == net.there.centre.pk
    assert_audit_clean()


def test_fresher_goods_at_another_centre_take_the_place_of_nearly_ended_ones():
    net = network()
    jam = net.there.add(stock=5, until=date(2026, 12, 3))
    order = net.here.order([(jam, 2)])
    far = Market(CentreFactory(), net.here.round, net.there.producer)
    TripFactory(from_centre=far.centre, to_centre=net.here.centre, departs_on=NIGHT)
    routes.refresh(rounds=[net.here.round.pk])
    far.receive(jam.stock_item, 5)
    net.here.close_and_release()
    assert sources(order) == [(far.centre.pk, "STOCK", 2, "FRESHEST")]
    assert_audit_clean()
