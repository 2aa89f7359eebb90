"""A recall across centres: what is on a lorry is listed there, arrives into quarantine, and is traced both ways."""

import uuid
from datetime import timedelta

import pytest

from distribution.models import Balance, Fulfilment, Lot, Task
from distribution.operations import loading, readings, recalls, scanning, tasks
from distribution.operations.steps import WrongGoods
from distribution.queries import traces
from orders.operations import collection
from orders.queries.totals import due_grosze
from tests.audit import assert_audit_clean, assert_no_job_is_due
from tests.distribution.operations.test_network_story import (
    load_everything,
    ride,
    stage_everything,
    unload_everything,
)
from tests.factories.distribution import StaffFactory
from tests.factories.market import HANDING_OUT
from tests.factories.network_market import network
from tests.orders.operations.test_order_story import pack_everything, pick_everything
from tests.workers import do_jobs

pytestmark = pytest.mark.django_db


def packed(temperature="AMBIENT"):
    """An order placed here whose two jars lie in a crate there, packed for the lorry."""
    net = network()
    jam = net.there.add(stock=5, temperature=temperature)
    net.order = net.here.order([(jam, 2)])
    net.here.close_and_release()
    by = net.there.worker()
    pick_everything(net.there, by)
    pack_everything(net.there, by)
    do_jobs()
    net.trip.refresh_from_db()
    net.lead = net.there.worker("LEAD")
    return net


def aboard(**options):
    net = packed(**options)
    load_everything(
        net.trip, StaffFactory(centre=net.there.centre).user, net.trip.departs_at - timedelta(hours=1)
    )
    loading.depart(trip=net.trip.pk, by=net.lead, at=net.trip.departs_at)
    return net


def recall(net):
    return recalls.start(lot=Lot.objects.get().pk, reason="szkło", by=net.lead, at=net.trip.departs_at)


def test_recalled_while_on_the_lorry():
    net = aboard()
    made = recall(net)
    listed = {(p.location.kind, p.reference, p.units) for p in made.places.all()}
    assert listed == {("SLOT", "", 3), ("TRANSIT", net.order.number, 2)}
    mass = traces.of_lot(Lot.objects.get()).balance
    assert (mass.stock, mass.in_transit, mass.outside) == (3, 2, 0)
    assert Task.objects.get(kind="PULL").centre == net.there.centre
    assert_audit_clean()

    unload_everything(net.trip, StaffFactory(centre=net.here.centre).user, net.trip.arrives_at)
    do_jobs()
    assert {(b.location.code, b.centre_id) for b in Balance.objects.filter(units=2)} == {
        ("QUAR-1", net.here.centre.pk)
    }
    assert (net.order.lines.get().short, Fulfilment.objects.get().state) == (2, "EMPTY")
    assert_no_job_is_due()
    assert_audit_clean()


def test_crate_with_a_recalled_lot_is_not_loaded():
    net = packed()
    recall(net)
    by = net.there.worker()
    task = Task.objects.unfinished().get(kind="LOAD")
    tasks.claim(task=task.pk, by=by, at=net.trip.departs_at)
    step = scanning.next_step(task=Task.objects.get(pk=task.pk))
    with pytest.raises(WrongGoods):
        scanning.scan(
            task=task, key=uuid.uuid4(), code=step.code, units=None, grams=None, by=by, at=net.trip.departs_at
        )
    assert_audit_clean()


def test_warm_chamber_holds_what_rides_in_it():
    net = aboard(temperature="CHILLED")
    chamber = {"trip": net.trip.pk, "centre": net.here.centre.pk, "by": net.lead, "at": net.trip.arrives_at}
    readings.of_trip(temperature="AMBIENT", tenths=300, **chamber)
    assert Lot.objects.get().state == "RELEASED"
    readings.of_trip(temperature="CHILLED", tenths=91, **chamber)
    assert Lot.objects.get().state == "QUARANTINE"
    assert_audit_clean()


def test_order_is_traced_across_the_transfer_and_the_lot_to_the_order():
    net = packed()
    ride(net.trip, net.here)
    stage_everything(net.here, net.here.worker(), HANDING_OUT)
    do_jobs()
    net.order.refresh_from_db()
    collection.hand_out(
        number=net.order.number,
        centre=net.here.centre.pk,
        by=net.here.worker(),
        at=HANDING_OUT,
        paid_grosze=due_grosze(net.order),
    )
    (ingredient,) = traces.of_order(net.order.number)
    assert (ingredient.picked, ingredient.handed_out, ingredient.trips) == (2, 2, [net.trip.pk])
    assert [d.centre for d in ingredient.deliveries] == [net.there.centre.code]
    found = traces.of_lot(Lot.objects.get())
    assert found.orders == {net.order.number: 2}
    ways = [(s.reason, s.trip, s.centre) for s in found.steps if s.trip]
    assert ways == [
        ("DEPARTURE", net.trip.pk, net.there.centre.code),
        ("ARRIVAL", net.trip.pk, net.here.centre.code),
    ]
    assert found.balance.outside == 0
