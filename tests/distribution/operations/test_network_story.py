"""The way of one line over the network: held, picked, loaded, in transit, unloaded, staged, handed out."""

import uuid
from datetime import timedelta

import pytest

from distribution.models import Balance, Document, Fulfilment, Hold, Load, Location, Movement, Task, Trip
from distribution.operations import loading, scanning, tasks, unloading
from distribution.operations.holds import NotEnoughSupply
from orders.operations import collection, endings
from orders.queries.totals import due_grosze
from tests.audit import assert_audit_clean
from tests.factories.distribution import StaffFactory
from tests.factories.market import HANDING_OUT, NOW
from tests.factories.network_market import network
from tests.orders.operations.test_order_story import pack_everything, pick_everything
from tests.workers import do_jobs

pytestmark = pytest.mark.django_db


def scan(task, code, by, at):
    return scanning.scan(task=task, key=uuid.uuid4(), code=code, units=None, grams=None, by=by, at=at)


def work(kind, trip, by, at):
    task = Task.objects.unfinished().get(kind=kind, trip=trip)
    tasks.claim(task=task.pk, by=by, at=at)
    return task


def load_everything(trip, by, at):
    task = work("LOAD", trip, by, at)
    while (step := scanning.next_step(task=Task.objects.get(pk=task.pk))).expects != "done":
        scan(task, step.code, by, at)


def unload_everything(trip, by, at):
    unloading.arrive(trip=trip.pk, by=by, at=at)
    task = work("UNLOAD", trip, by, at)
    for load in Load.objects.filter(trip=trip, state="LOADED").select_related("unit"):
        scan(task, load.unit.sscc, by, at)
    unloading.confirm(trip=trip.pk, by=by, at=at)


def stage_everything(market, by, at):
    for task in Task.objects.unfinished().filter(kind="STAGE", centre=market.centre):
        tasks.claim(task=task.pk, by=by, at=at)
        scan(task, "STAGE-A", by, at)


def ride(trip, market):
    """Loads, drives and unloads one trip with the staff of its two ends."""
    trip.refresh_from_db()
    loader = StaffFactory(centre=trip.from_centre).user
    load_everything(trip, loader, trip.departs_at - timedelta(hours=1))
    loading.depart(trip=trip.pk, by=loader, at=trip.departs_at)
    assert_audit_clean()
    unload_everything(trip, StaffFactory(centre=trip.to_centre).user, trip.arrives_at)
    assert_audit_clean()


@pytest.mark.parametrize("hub", [False, True])
def test_line_bought_here_from_a_lot_that_lies_there(hub):
    net = network(hub=hub)
    jam, local = net.there.add(stock=5), net.here.add(stock=5)
    order = net.here.order([(jam, 2), (local, 1)])
    assert set(Hold.objects.values_list("reason", "route__chain")) == {
        ("LOCAL", None),
        ("ONLY", "-".join(str(pk) for pk in Trip.objects.order_by("pk").values_list("pk", flat=True))),
    }
    net.here.close_and_release()
    assert_audit_clean()
    parts = {f.centre_id: f for f in Fulfilment.objects.all()}
    assert set(parts) == {net.here.centre.pk, net.there.centre.pk}
    assert Task.objects.get(fulfilment=parts[net.there.centre.pk]).due_at == net.trip.cutoff_at

    for market in (net.here, net.there):
        by = market.worker()
        pick_everything(market, by)
        pack_everything(market, by)
    do_jobs()
    order.refresh_from_db()
    assert order.state == "PREPARING"
    for trip in Trip.objects.order_by("departs_at"):
        ride(trip, net.here)
    stage_everything(net.here, net.here.worker(), HANDING_OUT)
    do_jobs()
    order.refresh_from_db()
    assert order.state == "READY"

    collection.hand_out(
        number=order.number,
        centre=net.here.centre.pk,
        by=net.here.worker(),
        at=HANDING_OUT,
        paid_grosze=due_grosze(order),
    )
    order.refresh_from_db()
    assert order.state == "COLLECTED"
    kinds = list(Document.objects.filter(kind="MM").order_by("pk").values_list("centre__code", flat=True))
    assert len(kinds) == (4 if hub else 2)
    assert Movement.objects.filter(reason="DEPARTURE").count() == (2 if hub else 1)
    assert Balance.objects.filter(location__kind=Location.Kind.TRANSIT, units__gt=0).count() == 0
    assert_audit_clean()


def test_room_on_the_trip_is_booked_and_given_back():
    net = network(rooms={"AMBIENT": 1000})
    jam = net.there.add(stock=50)
    grams = jam.stock_item.content if jam.stock_item.unit != "PCS" else 300 * jam.stock_item.content
    fits = 1000 // grams
    with pytest.raises(NotEnoughSupply) as refusal:
        net.here.order([(jam, fits + 1)])
    assert refusal.value.details["offers"][0]["left"] == fits
    order = net.here.order([(jam, fits)])
    room = net.trip.rooms.get()
    assert room.booked_grams == fits * grams
    endings.cancel(number=order.number, by=None, at=NOW)
    room.refresh_from_db()
    assert room.booked_grams == 0
    assert_audit_clean()
