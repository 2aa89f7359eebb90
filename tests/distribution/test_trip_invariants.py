"""Each invariant of trips can fail: what the operations never write is written by hand, and the audit says so."""

from datetime import timedelta

import pytest

from distribution.models import Leg, Task, Trip, TripEvent, TripRoom
from distribution.operations import timetable, trips
from orders.operations import audit
from tests.audit import assert_audit_clean
from tests.factories.market import NOW
from tests.factories.network import LegFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def trip():
    LegFactory()
    timetable.plan_trips(until=NOW.date() + timedelta(days=3), at=NOW)
    assert_audit_clean()
    return Trip.objects.first()


def broken():
    return {name for name, n in audit.run().breaches.items() if n}


def test_room_left_open_on_a_cancelled_trip(trip):
    trips.cancel(trip=trip.pk, reason="awaria", by=None, at=NOW)
    TripRoom.objects.filter(trip=trip, temperature="CHILLED").update(is_open=True)
    assert broken() == {"trip_that_left_or_was_cancelled_takes_no_goods"}


def test_loading_of_a_cancelled_trip_goes_on(trip):
    trips.cancel(trip=trip.pk, reason="awaria", by=None, at=NOW)
    Task.objects.create(kind="LOAD", centre=trip.from_centre, trip=trip, due_at=NOW)
    assert broken() == {"cancelled_trip_has_neither_crates_nor_work"}


@pytest.mark.parametrize("change", [{"state": "LOADING"}, {"arrives_at": NOW + timedelta(days=5)}])
def test_trip_changed_without_a_row_of_history(trip, change):
    Trip.objects.filter(pk=trip.pk).update(**change)
    assert broken() == {"trip_is_what_its_history_says"}
    assert TripEvent.objects.filter(trip=trip).count() == 1


def test_trip_beyond_the_end_of_its_leg(trip):
    Leg.objects.update(valid_until=trip.departs_on - timedelta(days=1))
    assert broken() == {"no_trip_runs_after_its_leg_has_ended"}
