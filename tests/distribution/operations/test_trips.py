"""Extra trips, vehicles, delays and cancellations: what they change, what they refuse, what they leave to do."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from distribution.models import Route, Trip, TripEvent, TripRoom
from distribution.operations import trips
from distribution.operations.corrections import ReasonMissing
from distribution.operations.trips import (
    DepartureTaken,
    ImpossibleHours,
    LegToItself,
    NotADelay,
    TripOver,
    TripUnderWay,
    WithoutRoom,
    WrongDay,
)
from distribution.policies.timetable import Hours, Room
from marketplace.kernel.errors import NotFound
from marketplace.kernel.models import Job
from tests.audit import assert_audit_clean
from tests.factories import CentreFactory, RoundFactory, UserFactory
from tests.factories.market import NOW
from tests.factories.network import TripFactory

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
HOURS = Hours(time(16), time(18), time(23))
LEAVES = date(2026, 11, 26)  # the day on which the factory's round packs


def add(**changes):
    given = {
        "departs_on": LEAVES,
        "hours": HOURS,
        "rooms": [Room("CHILLED", 10, 100)],
        "reason": "święta",
        "by": None,
        "at": NOW,
    }
    ends = {name: changes.pop(name, None) or CentreFactory() for name in ("from_centre", "to_centre")}
    return trips.add_extra(**{**given, **ends, **changes})


def delay(trip, departs=HOUR, arrives=HOUR, **changes):
    given = {"reason": "korek na A2", "by": None, "at": NOW}
    return trips.delay(
        trip=trip.pk,
        departs_at=trip.planned_departs_at + departs,
        arrives_at=trip.planned_arrives_at + arrives,
        **{**given, **changes},
    )


def cancel(trip, **changes):
    return trips.cancel(trip=trip.pk, **{"reason": "awaria", "by": None, "at": NOW, **changes})


def on_the_way(trip, state="DEPARTED"):
    moved = {"departed_at": trip.departs_at}
    if state in {"ARRIVED", "CLOSED"}:
        moved["arrived_at"] = trip.arrives_at
    Trip.objects.filter(pk=trip.pk).update(state=state, **moved)
    return trip


@pytest.fixture
def way():
    """A round and a trip by which goods of another centre reach it."""
    round_ = RoundFactory()
    return round_, add(to_centre=round_.centre)


def current(round_, trip):
    return Route.objects.filter(round=round_, origin=trip.from_centre, is_current=True)


def test_extra_trip_has_room_history_and_routes(way):
    round_, trip = way
    assert (trip.leg, trip.state, trip.departs_at) == (
        None,
        "PLANNED",
        datetime(2026, 11, 26, 17, tzinfo=UTC),
    )
    assert trip.rooms.get().grams == 100_000
    assert trip.events.get().reason == "święta"
    assert current(round_, trip).get().chain == str(trip.pk)
    assert_audit_clean()


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"rooms": []}, WithoutRoom),
        ({"hours": replace(HOURS, arrives_hour=time(17))}, ImpossibleHours),
        ({"departs_on": date(2026, 11, 21)}, WrongDay),
        ({"departs_on": date(2027, 11, 21)}, WrongDay),
        ({"departs_on": date(9999, 12, 31)}, WrongDay),
        ({"departs_on": date(2026, 11, 22), "hours": Hours(time(8), time(9), time(12))}, WrongDay),
        ({"reason": " "}, ReasonMissing),
    ],
)
def test_impossible_extra_trips_are_refused(changes, refusal):
    with pytest.raises(refusal):
        add(**changes)
    assert Trip.objects.count() == 0


def test_extra_trip_to_itself_and_a_second_at_that_moment_are_refused():
    trip = add()
    with pytest.raises(LegToItself):
        add(from_centre=trip.to_centre, to_centre=trip.to_centre)
    with pytest.raises(DepartureTaken):
        add(from_centre=trip.from_centre, to_centre=trip.to_centre)
    cancel(trip)
    add(from_centre=trip.from_centre, to_centre=trip.to_centre)


def test_vehicle_and_driver_are_set_and_the_driver_is_not_in_the_history():
    trip = add()
    for _ in range(2):
        trips.set_vehicle(trip=trip.pk, vehicle="PO 1234", driver="Jan Żak", by=None, at=NOW)
    trip.refresh_from_db()
    assert (trip.vehicle, trip.driver) == ("PO 1234", "Jan Żak")
    assert list(trip.events.order_by("pk").values_list("old", "new", "reason")) == [
        ("", "PLANNED", "święta"),
        ("PLANNED", "PLANNED", "PO 1234"),
    ]


def test_delay_keeps_the_plan_moves_what_is_expected_and_says_so(way):
    _round, trip = way
    lead = UserFactory()
    row = delay(trip, by=lead)
    row.refresh_from_db()
    assert row.arrives_at - row.planned_arrives_at == row.departs_at - row.planned_departs_at == HOUR
    assert row.is_late
    event = row.events.latest("pk")
    assert (event.old, event.new, event.by, event.reason) == ("PLANNED", "PLANNED", lead, "korek na A2")
    assert event.arrives_at == row.arrives_at
    job = Job.objects.get(kind="distribution.trip_changed")
    assert job.payload == {"trip": trip.pk, "at": NOW.isoformat()}
    assert job.centre == trip.from_centre.code
    assert_audit_clean()


def test_trip_too_late_for_the_round_is_no_route_any_more(way):
    round_, trip = way
    delay(trip, departs=6 * HOUR, arrives=24 * HOUR)
    assert not current(round_, trip).exists()
    delay(trip, departs=2 * HOUR, arrives=2 * HOUR)  # the lorry was found
    assert current(round_, trip).exists()
    assert Job.objects.filter(kind="distribution.trip_changed").count() == 2


def test_only_the_arrival_of_a_trip_on_its_way_is_delayed():
    trip = on_the_way(add())
    row = delay(trip, departs=5 * HOUR, at=NOW + timedelta(days=4, hours=9))
    assert row.departs_at == row.planned_departs_at
    assert row.arrives_at == row.planned_arrives_at + HOUR


@pytest.mark.parametrize(
    ("departs", "arrives", "at", "field"),
    [
        (0 * HOUR, 0 * HOUR, NOW, "arrives_at"),  # nothing changes
        (-HOUR, HOUR, NOW, "departs_at"),
        (6 * HOUR, HOUR, NOW, "arrives_at"),
        (HOUR, 49 * HOUR, NOW, "arrives_at"),
        (HOUR, HOUR, NOW + timedelta(days=5), "departs_at"),
    ],
)
def test_impossible_delays_are_refused(departs, arrives, at, field):
    trip = add()
    with pytest.raises(NotADelay) as refused:
        delay(trip, departs=departs, arrives=arrives, at=at)
    assert refused.value.field == field
    assert not Job.objects.filter(kind="distribution.trip_changed").exists()


def test_delay_of_a_trip_on_its_way_to_an_hour_that_passed_is_refused():
    trip = on_the_way(add())
    with pytest.raises(NotADelay):
        delay(trip, at=trip.arrives_at + 2 * HOUR)


@pytest.mark.parametrize("state", ["ARRIVED", "CLOSED", "CANCELLED"])
def test_trip_that_is_over_is_neither_late_nor_given_a_lorry(state):
    trip = on_the_way(add(), state)
    with pytest.raises(TripOver):
        delay(trip)
    with pytest.raises(TripOver):
        trips.set_vehicle(trip=trip.pk, vehicle="X", driver="", by=None, at=NOW)


def test_cancelled_trip_takes_nothing_more_and_leaves_no_route(way):
    round_, trip = way
    cancel(trip)
    trip.refresh_from_db()
    assert trip.state == "CANCELLED"
    assert list(TripRoom.objects.values_list("is_open", "booked_grams")) == [(False, 0)]
    assert trip.events.latest("pk").reason == "awaria"
    assert not current(round_, trip).exists()
    assert Job.objects.get(kind="distribution.trip_changed").payload["trip"] == trip.pk
    assert_audit_clean()


def test_trip_being_loaded_may_be_cancelled():
    trip = add()
    Trip.objects.update(state="LOADING")
    cancel(trip)
    assert TripEvent.objects.latest("pk").old == "LOADING"


@pytest.mark.parametrize(
    ("state", "refusal"),
    [("DEPARTED", TripUnderWay), ("ARRIVED", TripUnderWay), ("CLOSED", TripOver), ("CANCELLED", TripOver)],
)
def test_trip_that_has_left_is_not_cancelled(state, refusal):
    trip = on_the_way(TripFactory(), state)
    with pytest.raises(refusal):
        cancel(trip)


@pytest.mark.parametrize("change", [cancel, delay])
def test_reason_is_asked_for(change):
    trip = add()
    with pytest.raises(ReasonMissing):
        change(trip, reason="")
    trip.refresh_from_db()
    assert (trip.state, trip.is_late) == ("PLANNED", False)


def test_unknown_trip_is_not_found():
    with pytest.raises(NotFound):
        trips.cancel(trip=10**15, reason="x", by=None, at=NOW)
