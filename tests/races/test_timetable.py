"""Planners at once: the same leg twice, the daily planning twice, a leg that ends while its trips are made or sold."""

from datetime import date, time, timedelta

import pytest

from distribution import locks
from distribution.models import Leg, Trip, TripEvent, TripRoom
from distribution.operations import rooms, routes, timetable, trip_rows, trips
from distribution.operations.timetable import DAYS_AHEAD
from distribution.policies.timetable import Hours, Room, Service
from tests.audit import assert_audit_clean
from tests.factories import CentreFactory, RoundFactory
from tests.factories.market import NOW
from tests.factories.network import LegFactory
from tests.races.crowd import Gate, alone, breaks_within, codes, deadlocks, race, waits_for_a_lock

pytestmark = [pytest.mark.race, pytest.mark.usefixtures("cloned_database")]
TODAY = date(2026, 11, 22)
LAST = TODAY + timedelta(days=DAYS_AHEAD)
SERVICE = Service(Hours(time(16), time(18), time(23)), frozenset(range(5)), TODAY)


def add(one, other):
    return lambda: timetable.add_leg(
        from_centre=one, to_centre=other, service=SERVICE, rooms=[Room("CHILLED", 10, 100)], by=None, at=NOW
    )


def plan():
    return timetable.plan_trips(until=LAST, at=NOW)


def end(leg, day):
    return lambda: timetable.end_leg(leg=leg.pk, from_day=day, by=None, at=NOW)


def test_two_planners_add_the_same_leg_and_one_does():
    here, there = CentreFactory(), CentreFactory()
    assert codes(race([add(here, there)] * 8)) == {"ok": 1, "leg_overlaps": 7}
    assert Leg.objects.count() == 1
    assert Trip.objects.count() == 20
    assert_audit_clean()


def test_control_without_the_lock_of_the_two_centres(monkeypatch):
    monkeypatch.setattr(locks, "timetable", lambda *args: None)
    with breaks_within(5) as control:
        for _try in control:
            here, there = CentreFactory(), CentreFactory()
            race([add(here, there)] * 8)
            control.broke = Leg.objects.filter(from_centre=here).count() > 1


def test_legs_between_other_centres_do_not_wait_for_each_other_for_ever():
    centres = [CentreFactory() for _ in range(4)]
    pairs = [(a, b) for a in centres for b in centres if a != b]
    assert codes(race([add(*pair) for pair in pairs])) == {"ok": 12}
    assert deadlocks() == 0
    assert_audit_clean()


def test_planning_many_times_at_once_makes_each_trip_once():
    for _ in range(5):
        LegFactory()
    made = race([plan] * 8)
    assert codes(made) == {"ok": 8}
    assert sum(made) == Trip.objects.count() == TripEvent.objects.count() == 100
    assert TripRoom.objects.count() == 300
    assert deadlocks() == 0
    assert_audit_clean()


def test_leg_that_ends_while_its_trips_are_planned_has_none_after_its_end(monkeypatch):
    """The planning has read the leg as it was; the end waits for it and cancels what it made."""
    leg = LegFactory()
    gate, real = Gate(), trip_rows.insert

    def wait_and_insert(*args, **kwargs):
        gate.hold()
        return real(*args, **kwargs)

    monkeypatch.setattr(trip_rows, "insert", wait_and_insert)
    planning = alone(plan)
    assert gate.arrived.wait(20)
    ending = alone(end(leg, TODAY + timedelta(days=10)))
    waits_for_a_lock()
    gate.open()
    assert (planning.code(), ending.code()) == ("ok", "ok")
    assert max(Trip.objects.live().values_list("departs_on", flat=True)) < TODAY + timedelta(days=10)
    assert_audit_clean()


def test_goods_booked_while_the_leg_ends_are_never_on_a_cancelled_trip():
    here, there = CentreFactory(), CentreFactory()
    round_ = RoundFactory(centre=there)
    leg = add(here, there)()
    route = round_.routes.get(origin=here, temperature="CHILLED", is_current=True)
    outcomes = race([*[lambda: rooms.book([(route.pk, 10)])] * 6, end(leg, TODAY + timedelta(days=1))])
    seen = codes(outcomes)
    assert seen in ({"ok": 6, "leg_in_use": 1}, {"ok": 1, "no_room_on_trip": 6})
    cancelled = Trip.objects.filter(state="CANCELLED")
    assert cancelled.exists() is ("leg_in_use" not in seen)
    assert not cancelled.filter(rooms__booked_grams__gt=0).exists()
    assert deadlocks() == 0


def test_trip_cancelled_twice_is_cancelled_once():
    leg = LegFactory()
    plan()
    trip = leg.trips.first()
    outcomes = race([lambda: trips.cancel(trip=trip.pk, reason="x", by=None, at=NOW)] * 6)
    assert codes(outcomes) == {"ok": 1, "trip_over": 5}
    assert trip.events.filter(new="CANCELLED").count() == 1
    assert routes.rounds_touched(trips=[trip.pk]) == []
