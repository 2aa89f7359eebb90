"""A late or cancelled trip: another way, the next round, or less; told once."""

from datetime import date, timedelta

import pytest

from distribution.models import Fulfilment, HandlingUnit, Hold, Load, Task, TripRoom
from distribution.operations import loading, routes, trips
from marketplace.kernel.models import Job
from orders.models import Order
from orders.operations import replanning
from tests.audit import assert_audit_clean
from tests.distribution.operations.test_network_story import (
    load_everything,
    ride,
    scan,
    stage_everything,
    unload_everything,
    work,
)
from tests.factories.distribution import RoundFactory
from tests.factories.market import HANDING_OUT, NOW, PACKING
from tests.factories.network import TripFactory
from tests.factories.network_market import NIGHT, network
from tests.orders.operations.test_order_story import pack_everything, pick_everything
from tests.workers import do_jobs

pytestmark = pytest.mark.django_db


def later_round(net):
    """Tuesday's round at the same place, with a trip on its eve."""
    round_ = RoundFactory(
        centre=net.here.centre,
        place=net.here.round.place,
        closes_on=date(2026, 11, 29),
        packs_on=date(2026, 11, 30),
        hands_over_on=date(2026, 12, 1),
    )
    TripFactory(from_centre=net.there.centre, to_centre=net.here.centre, departs_on=date(2026, 11, 30))
    routes.refresh(rounds=[round_.pk])
    return round_


def cancel(trip, at=NOW):
    trips.cancel(trip=trip.pk, reason="awaria", by=None, at=at)


def outcome(number):
    return Order.objects.get(number=number)


def mails(message):
    return Job.objects.filter(kind="orders.mail", payload__message=message).count()


def test_order_goes_another_way_the_same_day():
    net = network()
    jam = net.there.add(stock=5)
    order = net.here.order([(jam, 2)])
    other = TripFactory(
        from_centre=net.there.centre, to_centre=net.here.centre, departs_on=NIGHT,
        planned_departs_at=net.trip.departs_at + timedelta(hours=1),
    )  # fmt: skip
    cancel(net.trip)
    fates = replanning.replan(trip=net.trip.pk, at=NOW)
    assert [(f.reference, f.outcome) for f in fates] == [(order.number, "SAME_DAY")]
    assert Hold.objects.get(state="ACTIVE").route.chain == str(other.pk)
    assert TripRoom.objects.get(trip=net.trip, temperature="AMBIENT").booked_grams == 0
    assert mails("moved") == 0
    assert_audit_clean()


def test_order_moves_to_the_next_round_and_its_buyer_is_told_once():
    net = network()
    jam, local = net.there.add(stock=5), net.here.add(stock=5)
    order = net.here.order([(jam, 2), (local, 1)])
    later = later_round(net)
    cancel(net.trip)
    do_jobs()
    do_jobs()
    moved = outcome(order.number)
    assert moved.round == later
    assert moved.slot.round == later
    assert mails("moved") == 1
    assert moved.events.latest("pk").reason == "moved: 2026-11-27 -> 2026-12-01"
    assert_audit_clean()


def test_what_cannot_come_is_refunded():
    net = network()
    jam, local = net.there.add(stock=5), net.here.add(stock=5)
    order = net.here.order([(jam, 2), (local, 1)])
    cancel(net.trip)
    do_jobs()
    assert [line.short for line in outcome(order.number).lines.order_by("position")] == [2, 0]
    assert mails("short") == 1
    assert_audit_clean()


def test_cost_is_what_would_happen_and_changes_nothing():
    net = network()
    jam = net.there.add(stock=5)
    order = net.here.order([(jam, 2)])
    later_round(net)
    fates = replanning.cost(change=lambda: cancel(net.trip), trip=net.trip.pk, at=NOW)
    assert [(f.reference, f.outcome, f.hands_over_on) for f in fates] == [
        (order.number, "LATER", "2026-12-01")
    ]
    net.trip.refresh_from_db()
    assert net.trip.state == "PLANNED"
    assert outcome(order.number).round == net.here.round
    assert Job.objects.filter(kind="distribution.trip_changed").count() == 0


def in_work(net, **stock):
    jam, local = net.there.add(stock=5), net.here.add(stock=5)
    order = net.here.order([(jam, 2), (local, 1)])
    later_round(net)
    net.here.close_and_release()
    for market in (net.here, net.there):
        by = market.worker()
        pick_everything(market, by)
        pack_everything(market, by)
    return order


def test_packed_part_of_a_cancelled_trip_goes_with_the_next_round():
    net = network()
    order = in_work(net)
    cancel(net.trip, at=PACKING)
    do_jobs()
    moved = outcome(order.number)
    assert moved.round.hands_over_on == date(2026, 12, 1)
    assert set(Fulfilment.objects.values_list("round__hands_over_on", flat=True)) == {date(2026, 12, 1)}
    assert mails("moved") == 1
    assert_audit_clean()
    trip = Fulfilment.objects.get(route__isnull=False).route.stages.get().trip
    ride(trip, net.here)
    stage_everything(net.here, net.here.worker(), trip.arrives_at)
    do_jobs()
    assert outcome(order.number).state == "READY"
    assert_audit_clean()


def test_crate_left_behind_by_the_lead_is_planned_anew():
    net = network()
    order = in_work(net)
    loading.depart(
        trip=net.trip.pk, by=net.there.worker("LEAD"), at=net.trip.departs_at, reason="brak miejsca"
    )
    do_jobs()
    assert outcome(order.number).round.hands_over_on == date(2026, 12, 1)
    assert_audit_clean()


def test_lorry_late_on_its_way_moves_the_order_and_its_goods_arrive():
    net = network()
    order = in_work(net)
    by = net.there.worker()
    load_everything(net.trip, by, net.trip.cutoff_at)
    loading.depart(trip=net.trip.pk, by=by, at=net.trip.departs_at)
    net.trip.refresh_from_db()
    late = HANDING_OUT + timedelta(hours=3)
    trips.delay(
        trip=net.trip.pk,
        departs_at=net.trip.departs_at,
        arrives_at=late,
        reason="korek",
        by=None,
        at=net.trip.departs_at,
    )
    do_jobs()
    assert outcome(order.number).round.hands_over_on == date(2026, 12, 1)
    net.trip.refresh_from_db()
    unload_everything(net.trip, net.here.worker(), late)
    stage_everything(net.here, net.here.worker(), late)
    do_jobs()
    assert outcome(order.number).state == "READY"
    assert_audit_clean()


def test_trip_cancelled_while_it_is_loaded_gives_its_crates_back_at_once():
    """The task ends and the crates stand on the dock again in the transaction of the cancel, with their history."""
    net = network()
    order = in_work(net)
    by, at = net.there.worker(), net.trip.cutoff_at
    load_everything(net.trip, by, at)
    task = Task.objects.get(kind="LOAD", trip=net.trip)
    cancel(net.trip, at=at)
    task.refresh_from_db()
    assert task.state == "CANCELLED"
    assert Load.objects.get().state == "LEFT"
    assert HandlingUnit.objects.get(loads__trip=net.trip).stands_at.kind == "DOCK"
    assert Fulfilment.objects.get(route__isnull=False).events.latest("pk").reason == "Kurs odwołany: awaria"
    assert_audit_clean()
    do_jobs()
    trip = Fulfilment.objects.get(route__isnull=False).route.stages.get().trip
    assert trip != net.trip
    ride(trip, net.here)
    stage_everything(net.here, net.here.worker(), trip.arrives_at)
    do_jobs()
    assert outcome(order.number).state == "READY"
    assert_audit_clean()


def test_crate_scanned_after_the_cancel_is_refused_in_words():
    net = network()
    in_work(net)
    by = net.there.worker()
    task = work("LOAD", net.trip, by, net.trip.cutoff_at)
    cancel(net.trip, at=net.trip.cutoff_at)
    with pytest.raises(loading.TripGone):
        scan(task, HandlingUnit.objects.get(loads__trip=net.trip).sscc, by, net.trip.cutoff_at)
