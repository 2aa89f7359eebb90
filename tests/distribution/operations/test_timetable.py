"""Legs of the timetable and the dated trips made of them."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from distribution.models import Leg, Route, Trip, TripEvent, TripRoom
from distribution.operations import timetable
from distribution.operations.timetable import (
    LegInUse,
    LegOver,
    LegOverlaps,
    RoomBooked,
    ValidityReversed,
    WithoutWeekday,
)
from distribution.operations.trips import ImpossibleHours, LegToItself, WithoutRoom, WrongDay
from distribution.policies.timetable import Hours, Room, Service
from distribution.tasks import plan_trips
from marketplace.kernel import worker
from marketplace.kernel.models import Job
from tests.audit import assert_audit_clean
from tests.factories import CentreFactory, RoundFactory, UserFactory
from tests.factories.market import NOW
from tests.factories.network import LegFactory, TripFactory

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 22)
EVENING = Hours(time(16), time(18), time(23))
SERVICE = Service(EVENING, frozenset(range(5)), TODAY)
ROOMS = [Room("AMBIENT", 40, 600), Room("CHILLED", 10, 90)]


def add(**changes):
    given = {
        "from_centre": changes.pop("from_centre", None) or CentreFactory(),
        "to_centre": changes.pop("to_centre", None) or CentreFactory(),
        "service": SERVICE,
        "rooms": ROOMS,
        "by": None,
        "at": NOW,
    }
    return timetable.add_leg(**{**given, **changes})


def plan(until, at=NOW):
    return timetable.plan_trips(until=until, at=at)


def end(leg, day, at=NOW):
    return timetable.end_leg(leg=leg.pk, from_day=day, by=None, at=at)


def test_new_leg_has_its_trips_of_four_weeks_with_room_and_history():
    lead = UserFactory()
    leg = add(by=lead, vehicle="PO 12345")
    trips = list(Trip.objects.all())
    assert [trip.departs_on for trip in trips] == [
        TODAY + timedelta(days=n) for n in range(1, 29) if (TODAY + timedelta(days=n)).weekday() < 5
    ]
    first = trips[0]
    assert (first.leg, first.state, first.vehicle) == (leg, "PLANNED", "PO 12345")
    assert first.cutoff_at == datetime(2026, 11, 23, 15, tzinfo=UTC)
    assert first.departs_at == first.planned_departs_at == datetime(2026, 11, 23, 17, tzinfo=UTC)
    assert first.arrives_at == first.planned_arrives_at == datetime(2026, 11, 23, 22, tzinfo=UTC)
    rooms = first.rooms.order_by("temperature").values_list("temperature", "crates", "grams", "is_open")
    assert list(rooms) == [("AMBIENT", 40, 480_000, True), ("CHILLED", 10, 90_000, True)]
    event = first.events.get()
    assert (event.old, event.new, event.by, event.at) == ("", "PLANNED", lead, NOW)
    assert_audit_clean()


def test_trips_of_a_new_leg_open_routes_to_rounds():
    there, here = CentreFactory(), CentreFactory()
    round_ = RoundFactory(centre=here)
    assert not Route.objects.filter(round=round_, origin=there, is_current=True).exists()
    add(from_centre=there, to_centre=here)
    routes = Route.objects.filter(round=round_, origin=there, is_current=True)
    assert set(routes.values_list("temperature", flat=True)) == {"AMBIENT", "CHILLED"}


def test_planning_twice_makes_each_trip_once():
    LegFactory()
    assert plan(date(2026, 11, 27)) == 5
    assert plan(date(2026, 11, 27)) == 0
    assert plan(date(2026, 11, 30)) == 1
    assert Trip.objects.count() == TripEvent.objects.count() == 6
    assert TripRoom.objects.count() == 18


def test_trip_that_has_left_is_not_planned_and_a_cancelled_one_stays_cancelled():
    LegFactory()
    monday_night = datetime(2026, 11, 23, 18, tzinfo=UTC)
    assert plan(date(2026, 11, 24), at=monday_night) == 1
    Trip.objects.update(state="CANCELLED")
    assert plan(date(2026, 11, 24), at=monday_night) == 0


def test_holiday_is_left_out_unless_the_leg_runs_on_holidays():
    LegFactory(weekdays=[4])  # Christmas Day and New Year's Day of 2026 are Fridays
    LegFactory(weekdays=[4], runs_on_holidays=True)
    assert plan(date(2027, 1, 8), at=datetime(2026, 12, 20, tzinfo=UTC)) == 1 + 3


def test_extra_trip_at_the_same_moment_stands_for_that_of_the_leg():
    leg = LegFactory()
    TripFactory(from_centre=leg.from_centre, to_centre=leg.to_centre, departs_on=date(2026, 11, 25))
    assert plan(date(2026, 11, 27)) == 4


def test_trips_over_the_spring_night_keep_their_order():
    leg = LegFactory(
        weekdays=[6],
        cutoff_hour=time(2),
        departs_hour=time(2, 30),
        arrives_hour=time(3),
        runs_on_holidays=True,
    )
    assert plan(date(2027, 3, 28), at=datetime(2027, 3, 27, 12, tzinfo=UTC)) == 1
    trip = leg.trips.get()
    assert trip.departs_at == datetime(2027, 3, 28, 1, 30, tzinfo=UTC)
    assert trip.arrives_at == datetime(2027, 3, 28, 2, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("changes", "refusal", "field"),
    [
        ({"rooms": []}, WithoutRoom, "rooms"),
        ({"rooms": [Room("CHILLED", 0, 10)]}, WithoutRoom, "rooms"),
        ({"rooms": [Room("CHILLED", 10, 40_001)]}, WithoutRoom, "rooms"),
        ({"rooms": [Room("CHILLED", 10, 10)] * 2}, WithoutRoom, "rooms"),
        ({"rooms": [Room("WARM", 10, 10)]}, WithoutRoom, "rooms"),
        ({"weekdays": frozenset()}, WithoutWeekday, "weekdays"),
        ({"weekdays": frozenset([7])}, WithoutWeekday, "weekdays"),
        ({"valid_from": TODAY - timedelta(days=1)}, WrongDay, "valid_from"),
        ({"valid_from": date(9999, 12, 31)}, WrongDay, "valid_from"),
        ({"valid_until": TODAY - timedelta(days=1)}, ValidityReversed, "valid_until"),
        ({"valid_until": date(9999, 12, 31)}, WrongDay, "valid_until"),
        ({"hours": replace(EVENING, arrives_hour=time(18))}, ImpossibleHours, "arrives_hour"),
        ({"hours": replace(EVENING, arrives_days_after=3)}, ImpossibleHours, "arrives_hour"),
        ({"hours": replace(EVENING, cutoff_hour=time(18, 1))}, ImpossibleHours, "cutoff_hour"),
    ],
)
def test_impossible_legs_are_refused_by_name(changes, refusal, field):
    given = {"rooms": changes.pop("rooms")} if "rooms" in changes else {}
    with pytest.raises(refusal) as refused:
        add(service=replace(SERVICE, **changes), **given)
    assert refused.value.field == field
    assert Leg.objects.count() == Trip.objects.count() == 0


def test_leg_to_itself_is_refused():
    centre = CentreFactory()
    with pytest.raises(LegToItself):
        add(from_centre=centre, to_centre=centre)


@pytest.mark.parametrize("minutes", [0, 29])
def test_leg_that_leaves_too_soon_after_another_is_refused(minutes):
    first = add()
    hours = replace(EVENING, departs_hour=time(18, minutes))
    same = {"from_centre": first.from_centre, "to_centre": first.to_centre}
    with pytest.raises(LegOverlaps) as refused:
        add(**same, service=replace(SERVICE, hours=hours, weekdays=frozenset([4, 5])))
    assert refused.value.details == {"leg": first.pk}
    assert "18.00" in str(refused.value)


def test_leg_beside_another_is_taken_when_they_never_meet():
    first = add()
    same = {"from_centre": first.from_centre, "to_centre": first.to_centre}
    back = {"from_centre": first.to_centre, "to_centre": first.from_centre}
    add(**same, service=replace(SERVICE, hours=replace(EVENING, departs_hour=time(18, 30))))
    add(**same, service=replace(SERVICE, weekdays=frozenset([5, 6])))
    add(**back)
    end(first, TODAY + timedelta(days=14))
    add(**same, service=replace(SERVICE, valid_from=TODAY + timedelta(days=14)))
    assert Leg.objects.count() == 5
    assert_audit_clean()


def test_ended_leg_keeps_its_earlier_trips_and_cancels_the_rest():
    leg = add()
    row = end(leg, date(2026, 11, 26))
    assert row.valid_until == date(2026, 11, 25)
    assert Trip.objects.live().count() == 3
    gone = Trip.objects.filter(state="CANCELLED")
    assert not TripRoom.objects.filter(trip__in=gone, is_open=True).exists()
    assert set(TripEvent.objects.filter(new="CANCELLED").values_list("old", "trip__state")) == {
        ("PLANNED", "CANCELLED")
    }
    plan(date(2026, 12, 30))
    assert Trip.objects.live().count() == 3
    assert_audit_clean()


def test_leg_with_goods_on_a_later_trip_does_not_end():
    leg = add()
    busy = Trip.objects.get(departs_on=date(2026, 11, 30))
    busy.rooms.filter(temperature="CHILLED").update(booked_grams=1)
    with pytest.raises(LegInUse) as refused:
        end(leg, date(2026, 11, 26))
    assert refused.value.details == {"trips": [busy.pk]}
    assert "pon., 30" in str(refused.value)
    leg.refresh_from_db()
    assert leg.valid_until is None
    assert not Trip.objects.filter(state="CANCELLED").exists()
    assert not TripRoom.objects.filter(is_open=False).exists()


def test_leg_whose_lorry_is_being_loaded_does_not_end():
    leg = add()
    Trip.objects.filter(departs_on=date(2026, 11, 30)).update(state="LOADING")
    with pytest.raises(LegInUse):
        end(leg, date(2026, 11, 30))


@pytest.mark.parametrize("starts_in", [0, 10, 60])
def test_leg_that_has_not_begun_can_end_before_its_first_trip(starts_in):
    begins = TODAY + timedelta(days=starts_in)
    leg = add(service=replace(SERVICE, valid_from=begins))
    end(leg, begins)
    plan(begins + timedelta(days=30))
    plan(begins + timedelta(days=30), at=NOW + timedelta(days=20))
    assert Trip.objects.live().count() == 0
    assert_audit_clean()


def test_ending_in_the_past_or_twice_is_refused():
    leg = add()
    with pytest.raises(WrongDay):
        end(leg, TODAY - timedelta(days=1))
    end(leg, date(2026, 11, 26))
    with pytest.raises(LegOver):
        end(leg, date(2026, 11, 27))
    end(leg, date(2026, 11, 24))  # earlier is possible


def test_other_room_reaches_the_planned_trips():
    leg = add()
    timetable.change_leg(leg=leg.pk, rooms=[Room("AMBIENT", 20, 100), Room("FROZEN", 5, 50)], by=None, at=NOW)
    trip = Trip.objects.first()
    rooms = trip.rooms.order_by("temperature").values_list("temperature", "grams", "is_open")
    assert list(rooms) == [("AMBIENT", 100_000, True), ("CHILLED", 0, False), ("FROZEN", 50_000, True)]
    assert list(leg.rooms.order_by("temperature").values_list("temperature", "crates", "kilograms")) == [
        ("AMBIENT", 20, 100),
        ("FROZEN", 5, 50),
    ]
    assert_audit_clean()


def test_room_that_is_booked_is_not_taken_away():
    leg = add()
    busy = Trip.objects.first()
    busy.rooms.filter(temperature="CHILLED").update(booked_grams=50_000)
    with pytest.raises(RoomBooked) as refused:
        timetable.change_leg(leg=leg.pk, rooms=[Room("CHILLED", 4, 400)], by=None, at=NOW)
    assert refused.value.details == {"trips": [busy.pk]}
    assert leg.rooms.count() == 2
    timetable.change_leg(leg=leg.pk, rooms=[Room("CHILLED", 5, 400)], by=None, at=NOW)


def test_other_vehicle_reaches_planned_trips_nobody_gave_another():
    leg = add(vehicle="A")
    special = Trip.objects.first()
    Trip.objects.filter(pk=special.pk).update(vehicle="X")
    timetable.change_leg(leg=leg.pk, vehicle="B", by=None, at=NOW)
    assert set(Trip.objects.exclude(pk=special.pk).values_list("vehicle", flat=True)) == {"B"}
    assert Trip.objects.get(pk=special.pk).vehicle == "X"


def test_each_days_job_plans_and_leaves_the_next():
    LegFactory(weekdays=list(range(7)), runs_on_holidays=True, valid_from=date(2020, 1, 1))
    plan_trips()
    job = Job.objects.get(kind="distribution.plan_trips")
    Job.objects.update(run_after=datetime(2020, 1, 1, tzinfo=UTC))
    assert worker.run(job.pk)
    assert Trip.objects.count() in {28, 29}  # today's too, when it has not left yet
    assert Job.objects.open().filter(kind="distribution.plan_trips").count() == 1
    plan_trips()
    assert Job.objects.filter(kind="distribution.plan_trips").count() == 2
