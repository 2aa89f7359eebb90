"""Races and faults of the hall and of lorries: faults 10, 12, 15, 17, 18 and 20 of the network's list."""

import random
import uuid
from datetime import UTC, datetime, timedelta

import pytest

from distribution import locks
from distribution.models import Balance, Discrepancy, Document, Load, Movement, Supply, Task, Trip, TripRoom
from distribution.operations import holds, loading, picking, scanning, tasks, trips, unloading
from distribution.policies.sourcing import Choice
from marketplace.kernel.errors import DomainError
from marketplace.kernel.models import Job
from orders.models import Order
from orders.operations import endings, replanning
from tests.audit import assert_audit_clean
from tests.distribution.operations.test_network_story import load_everything, scan, stage_everything, work
from tests.factories.market import HANDING_OUT, NOW, PACKING, market
from tests.factories.network_market import network
from tests.orders.operations.test_order_story import pack_everything, pick_everything
from tests.races.buyers import basket, buyer
from tests.races.crowd import Gate, alone, breaks_within, codes, deadlocks, race, waits_for_a_lock
from tests.workers import do_jobs

pytestmark = [pytest.mark.race, pytest.mark.usefixtures("cloned_database")]


def on_the_road(quantity=2, orders=2):
    """Orders of the other centre's goods, packed, loaded and on their way."""
    net = network()
    jam = net.there.add(stock=20)
    for _ in range(orders):
        net.here.order([(jam, quantity)])
    net.here.close_and_release()
    by = net.there.worker()
    pick_everything(net.there, by)
    pack_everything(net.there, by)
    load_everything(net.trip, by, net.trip.cutoff_at)
    loading.depart(trip=net.trip.pk, by=by, at=net.trip.departs_at)
    net.trip.refresh_from_db()
    return net


def test_two_pickers_at_the_last_unit_and_the_other_hears_who_has_it():
    """Fault 10: two orders, one unit left on the shelf; each picker has a task, one of them gets the unit."""
    m = market()
    jam = m.add(stock=2)
    for _ in range(2):
        m.order([(jam, 1)])
    m.close_and_release()
    first, second = m.worker(), m.worker()
    one = m.centre.tasks.order_by("pk").first()
    outcomes = race(
        [lambda by=by: tasks.claim(task=one.pk, by=by, at=PACKING) for by in (first, second)], at_once=2
    )
    assert codes(outcomes) == {"ok": 1, "task_taken": 1}
    refused = next(o for o in outcomes if isinstance(o, DomainError))
    one.refresh_from_db()
    assert refused.details["who"] == one.taken_by.label
    assert one.taken_by.label in str(refused)
    assert_audit_clean()


def test_forty_scans_of_a_dead_spot_replayed_in_odd_order():
    """Fault 12: the handheld comes back and sends everything at once, shuffled, some twice. Each is applied or
    refused by name; nothing is counted twice, nothing lost."""
    m = market()
    jam = m.add(stock=40)
    for _ in range(5):
        m.order([(jam, 4)])
    m.close_and_release()
    by, scans = m.worker(), []
    for task in m.centre.tasks.order_by("pk"):
        tasks.claim(task=task.pk, by=by, at=PACKING)
        crate = m.centre.handling_units.filter(fulfilment=None).order_by("pk")[len(scans) // 4].sscc
        scans += [(task, code, uuid.uuid4()) for code in (crate, "A-01", "L1", "L9")]
    replay = scans * 2
    random.Random(7).shuffle(replay)
    answers = []
    for task, code, key in replay:
        try:
            answers.append(
                picking.scan(task=task.pk, key=key, code=code, units=None, grams=None, by=by, at=PACKING)[
                    "result"
                ]
            )
        except DomainError as refusal:
            answers.append(refusal.code)
    assert len(answers) == 40
    refusals = {"unknown_code", "wrong_location", "wrong_crate", "wrong_goods", "wrong_scan", "task_over"}
    assert set(answers) <= {"crate", "location", "picked", *refusals}
    assert_audit_clean()
    pick_everything(m, by)
    assert Movement.objects.filter(reason="PICK").count() == 5
    assert Balance.objects.get(location__code="A-01").units == 20
    assert_audit_clean()


def test_order_cancelled_while_its_pick_is_confirmed():
    """Fault 15: once the centre works on it a cancel is refused; held or given back, never both."""
    m = market()
    jam = m.add(stock=5)
    order = m.order([(jam, 2)])
    m.close_and_release()
    by, task = m.worker(), m.centre.tasks.get()
    tasks.claim(task=task.pk, by=by, at=PACKING)
    scan(task, m.centre.handling_units.first().sscc, by, PACKING)
    scan(task, "A-01", by, PACKING)
    outcomes = race(
        [
            lambda: scan(task, "L1", by, PACKING),
            lambda: endings.cancel(number=order.number, by=None, at=PACKING),
        ]
    )
    assert codes(outcomes) == {"ok": 1, "too_late_to_cancel": 1}
    assert Supply.objects.get().held == 0
    assert_audit_clean()


@pytest.mark.parametrize(
    "device",
    [PACKING + timedelta(minutes=10), PACKING - timedelta(minutes=10), datetime(1970, 1, 1, tzinfo=UTC)],
)
def test_device_with_a_wrong_clock_changes_no_order_of_things(device):
    """Fault 17: what a device says the time is, is only noted; the ledger's order and its clock are the database's."""
    m = market()
    jam = m.add(stock=5)
    m.order([(jam, 2)])
    m.close_and_release()
    by, task = m.worker(), m.centre.tasks.get()
    tasks.claim(task=task.pk, by=by, at=device)
    for code in (m.centre.handling_units.first().sscc, "A-01", "L1"):
        scan(task, code, by, device)
    pick = Movement.objects.latest("pk")
    assert pick.reason == "PICK"
    assert pick.happened_at == device
    assert pick.recorded_at > Movement.objects.order_by("pk").first().recorded_at
    assert_audit_clean()


def test_two_leads_confirm_one_arrival_and_one_does():
    """Fault 18: the lorry comes one crate short and is confirmed by many at once: one row a lot, once."""
    net = on_the_road()
    by = net.here.worker("LEAD")
    unloading.arrive(trip=net.trip.pk, by=by, at=net.trip.arrives_at)
    task = work("UNLOAD", net.trip, by, net.trip.arrives_at)
    there, missing = Load.objects.filter(trip=net.trip).order_by("pk")
    scan(task, there.unit.sscc, by, net.trip.arrives_at)
    confirm = [
        lambda: unloading.confirm(trip=net.trip.pk, by=by, at=net.trip.arrives_at, reason="brak skrzynki")
        for _ in range(6)
    ]
    assert codes(race(confirm)) == {"ok": 1, "arrival_confirmed": 5}
    row = Discrepancy.objects.get()
    assert (row.unit, row.expected_units, row.found_units) == (missing.unit, 2, 0)
    assert_audit_clean()

    settle = [
        lambda: unloading.find(trip=net.trip.pk, unit=missing.unit_id, by=by, at=HANDING_OUT),
        lambda: unloading.give_up(
            trip=net.trip.pk, unit=missing.unit_id, reason="nie ma", by=by, at=HANDING_OUT
        ),
    ]
    assert codes(race(settle)) == {"ok": 1, "nothing_missing": 1}
    do_jobs()
    stage_everything(net.here, by, HANDING_OUT)
    do_jobs()
    assert_audit_clean()


def test_control_without_the_trips_lock_writes_differences_twice(monkeypatch):
    monkeypatch.setattr(locks, "trip", lambda pk: Trip.objects.get(pk=pk))
    with breaks_within(5) as control:
        for _try in control:
            net = on_the_road(orders=1)
            by = net.here.worker("LEAD")
            unloading.arrive(trip=net.trip.pk, by=by, at=net.trip.arrives_at)
            outcomes = race(
                [
                    lambda: unloading.confirm(trip=net.trip.pk, by=by, at=net.trip.arrives_at, reason="brak")  # noqa: B023
                    for _ in range(8)
                ]
            )
            control.broke = codes(outcomes)["ok"] > 1 or codes(outcomes)["IntegrityError"] > 0


def test_lorry_that_never_comes_stays_in_sight():
    """Fault 18: its goods are in exactly one place, and the audit still adds up."""
    net = on_the_road()
    aboard = Balance.objects.filter(location__kind="TRANSIT", units__gt=0)
    assert sum(aboard.values_list("units", flat=True)) == 4
    assert Trip.objects.filter(state="DEPARTED", arrives_at__lt=HANDING_OUT).get() == net.trip
    assert Document.objects.get(kind="MM").lines.count() == 2
    assert_audit_clean()


def test_sales_against_a_cancelled_trip_leave_nothing_on_it():
    """Twenty buyers while the trip is called off: who was first is planned anew, who came later is refused."""
    net = network()
    jam = net.there.add(stock=20)
    buyers = [buyer(net.here, basket(net.here, [(jam, 1)])) for _ in range(20)]
    outcomes = race([*buyers, lambda: trips.cancel(trip=net.trip.pk, reason="awaria", by=None, at=NOW)])
    assert set(codes(outcomes)) <= {"ok", "not_enough_supply", "try_again", "busy"}
    assert deadlocks() == 0
    replanning.replan(trip=net.trip.pk, at=NOW)
    do_jobs()
    assert set(TripRoom.objects.filter(trip=net.trip).values_list("booked_grams", "is_open")) == {(0, False)}
    assert not Order.objects.filter(state="PLACED", lines__short=0).exists()
    assert_audit_clean()


def test_last_room_of_a_lorry_goes_to_as_many_as_fit():
    net = network(rooms={"AMBIENT": 3000})
    jam = net.there.add(stock=50)
    item = jam.stock_item
    item.content, item.unit = 500, "G"
    item.save(update_fields=["content", "unit"])
    outcomes = race([buyer(net.here, basket(net.here, [(jam, 1)])) for _ in range(24)])
    assert codes(outcomes)["ok"] == 6
    assert set(codes(outcomes)) <= {"ok", "not_enough_supply"}
    assert TripRoom.objects.get(trip=net.trip).booked_grams == 3000
    assert_audit_clean()


def test_plan_that_is_wrong_is_checked_before_it_is_done(monkeypatch):
    """Fault 20: whatever a planner proposes, late or mad, each line is checked by the take; then what is left is
    asked for again."""
    m = market()
    jam = m.add(stock=3)
    real, tries = holds.choose, []

    def mad(wanted, sources):
        tries.append(len(sources))
        if len(tries) < 3:
            return [Choice(want.line, sources[0], want.pieces + 50, "LOCAL") for want in wanted]
        return real(wanted, sources)

    monkeypatch.setattr(holds, "choose", mad)
    m.order([(jam, 2)])
    assert tries == [1, 1, 1]
    assert Supply.objects.get().held == 2
    assert Job.objects.dead().count() == 0
    assert_audit_clean()


def test_scan_for_a_departed_trip_is_refused():
    net = on_the_road(orders=1)
    task = Task.objects.create(
        kind="LOAD", centre=net.there.centre, trip=net.trip, due_at=net.trip.departs_at
    )
    by = net.there.worker()
    tasks.claim(task=task.pk, by=by, at=net.trip.departs_at)
    with pytest.raises(loading.TripGone):
        scan(task, Load.objects.get().unit.sscc, by, net.trip.departs_at)
    assert scanning.next_step(task=task).expects == "done"


def loading_one(net):
    """A packed crate at the door of its lorry: what scans it aboard."""
    by, at = net.there.worker(), net.trip.cutoff_at
    task = work("LOAD", net.trip, by, at)
    crate = Load.objects.get(trip=net.trip)
    scan(task, crate.unit.sscc, by, at)
    return lambda: scan(task, "KOM-A", by, at)


def packed():
    net = network()
    jam = net.there.add(stock=20)
    net.here.order([(jam, 2)])
    net.here.close_and_release()
    by = net.there.worker()
    pick_everything(net.there, by)
    pack_everything(net.there, by)
    return net


def scanned_while_called_off(monkeypatch):
    """A crate is being put aboard when the trip is called off: the scan is held in its midst until the cancel waits."""
    net, gate, real = packed(), Gate(), loading._load
    into_the_lorry = loading_one(net)

    def slowly(*args):
        gate.hold()
        real(*args)

    monkeypatch.setattr(loading, "_load", slowly)
    loader = alone(into_the_lorry)
    assert gate.arrived.wait(20)
    at = net.trip.cutoff_at
    planner = alone(lambda: trips.cancel(trip=net.trip.pk, reason="awaria", by=None, at=at))
    waits_for_a_lock()
    gate.open()
    assert (loader.code(), planner.code()) == ("ok", "ok")
    return Load.objects.select_related("unit").get(trip=net.trip)


def test_trip_cancelled_while_a_crate_is_scanned_onto_it(monkeypatch):
    load = scanned_while_called_off(monkeypatch)
    assert (load.state, load.unit.stands_at.kind) == ("LEFT", "DOCK")
    assert_audit_clean()


def test_control_without_the_trips_lock_the_crate_is_lost_from_sight(monkeypatch):
    monkeypatch.setattr(locks, "trip", lambda pk: Trip.objects.get(pk=pk))
    assert scanned_while_called_off(monkeypatch).unit.stands_at is None
