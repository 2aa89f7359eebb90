"""The timetable over the API: who may look and plan, pages and filters, what is wrong is refused by name."""

from datetime import date, timedelta

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from distribution.models import Leg, Trip
from marketplace.kernel.clock import local_date
from tests.factories import CentreFactory, StaffFactory, UserFactory
from tests.factories.network import LegFactory, TripFactory

pytestmark = pytest.mark.django_db
ROOMS = [{"temperature": "CHILLED", "crates": 40, "kilograms": 400}]


@pytest.fixture
def here():
    return CentreFactory()


@pytest.fixture
def there():
    return CentreFactory()


@pytest.fixture
def today():
    return local_date(timezone.now())


def signed_in(user):
    client = APIClient()
    client.force_authenticate(user)
    return client


@pytest.fixture
def lead(here):
    return signed_in(StaffFactory(centre=here, role="LEAD").user)


def body(here, there, today, **changes):
    return {
        "from_centre": here.code,
        "to_centre": there.code,
        "weekdays": [0, 1, 2, 3, 4],
        "cutoff_hour": "16:00",
        "departs_hour": "18:00",
        "arrives_days_after": 1,
        "arrives_hour": "02:30",
        "valid_from": (today + timedelta(days=1)).isoformat(),
        "rooms": ROOMS,
        **changes,
    }


def post(client, path, data):
    return client.post(f"/api/v1/{path}", data, format="json")


def add(client, here, there, today, **changes):
    return post(client, f"centres/{here.code}/legs/", body(here, there, today, **changes))


def trip_body(here, there, today, **changes):
    made = body(here, there, today, departs_on=(today + timedelta(days=3)).isoformat(), reason="święta")
    return {name: value for name, value in made.items() if name not in {"weekdays", "valid_from"}} | changes


def test_leg_is_added_read_changed_and_ended(lead, here, there, today):
    made = add(lead, here, there, today)
    assert made.status_code == 201
    leg = made.json()
    assert (leg["from_centre"], leg["to_centre"]) == (here.code, there.code)
    assert (leg["departs_hour"], leg["arrives_days_after"], leg["rooms"]) == ("18:00", 1, ROOMS)
    assert lead.get(f"/api/v1/centres/{here.code}/legs/").json()["results"] == [leg]
    assert lead.get(f"/api/v1/legs/{leg['id']}/").json() == leg
    rooms = [{"temperature": "FROZEN", "crates": 5, "kilograms": 60}]
    changed = lead.patch(f"/api/v1/legs/{leg['id']}/", {"rooms": rooms, "vehicle": "PO 1"}, format="json")
    assert (changed.json()["rooms"], changed.json()["vehicle"]) == (rooms, "PO 1")
    ends = today + timedelta(days=10)
    ended = lead.delete(f"/api/v1/legs/{leg['id']}/?from={ends}")
    assert ended.json()["valid_until"] == (ends - timedelta(days=1)).isoformat()
    assert not Trip.objects.live().filter(departs_on__gte=ends).exists()
    never = lead.delete(f"/api/v1/legs/{leg['id']}/").json()  # from tomorrow, its first day
    assert never["valid_until"] < today.isoformat()
    assert not Trip.objects.live().exists()


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"arrives_days_after": 0}, "impossible_hours"),
        ({"arrives_days_after": 3}, "invalid"),
        ({"cutoff_hour": "18:30"}, "impossible_hours"),
        ({"cutoff_hour": "24:30"}, "invalid"),
        ({"rooms": []}, "without_room"),
        ({"rooms": ROOMS * 2}, "without_room"),
        ({"rooms": [{"temperature": "WARM", "crates": 1, "kilograms": 1}]}, "invalid"),
        ({"rooms": [{"temperature": "CHILLED", "crates": 0, "kilograms": 1}]}, "invalid"),
        ({"rooms": [{"temperature": "CHILLED", "crates": 9999, "kilograms": 1}]}, "without_room"),
        ({"rooms": "many"}, "invalid"),
        ({"weekdays": []}, "invalid"),
        ({"weekdays": [7]}, "invalid"),
        ({"valid_from": "2020-01-01"}, "wrong_day"),
        ({"valid_from": "2026-02-30"}, "invalid"),
        ({"valid_from": "9999-12-31"}, "wrong_day"),
        ({"valid_until": "2026-01-01"}, "validity_reversed"),
        ({"to_centre": "NOPE"}, "unknown_centre"),
        ({"to_centre": "itself"}, "leg_to_itself"),
        ({"from_centre": "foreign"}, "foreign_ends"),
        ({"vehicle": "x" * 41}, "invalid"),
    ],
)
def test_wrong_legs_are_refused_by_name(lead, here, there, today, changes, code):
    other = CentreFactory()
    names = {"itself": here.code, "foreign": other.code}
    given = {
        name: names.get(value, value) if isinstance(value, str) else value for name, value in changes.items()
    }
    answer = add(lead, here, there, today, **given)
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert Leg.objects.count() == 0


def test_overlapping_leg_is_refused_and_names_the_other(lead, here, there, today):
    first = add(lead, here, there, today).json()
    again = add(lead, here, there, today, departs_hour="18:29")
    assert (again.status_code, again.json()["code"], again.json()["leg"]) == (
        409,
        "leg_overlaps",
        first["id"],
    )
    assert again.json()["field"] == "departs_hour"


def test_leg_in_use_names_its_trips(lead, here, there, today):
    leg = add(lead, here, there, today).json()
    trip = Trip.objects.last()
    trip.rooms.update(booked_grams=1)
    answer = lead.delete(f"/api/v1/legs/{leg['id']}/")
    assert (answer.status_code, answer.json()["code"]) == (409, "leg_in_use")
    assert answer.json()["trips"] == [trip.pk]


def test_legs_come_in_pages(lead, here, there):
    for n in range(53):
        LegFactory(from_centre=here, to_centre=there, departs_hour=f"17:{n:02d}", cutoff_hour="10:00")
    first = lead.get(f"/api/v1/centres/{here.code}/legs/").json()
    second = lead.get(first["next"]).json()
    assert (len(first["results"]), len(second["results"]), second["next"]) == (50, 3, None)
    assert lead.get(f"/api/v1/centres/{here.code}/legs/?cursor=zzz").json()["code"] == "bad_cursor"


def test_trips_are_filtered_by_day_state_and_direction(lead, here, there):
    monday = date(2026, 11, 23)
    days = [monday + timedelta(days=n) for n in range(5)]
    out = [TripFactory(from_centre=here, to_centre=there, departs_on=day) for day in days]
    back = TripFactory(from_centre=there, to_centre=here, departs_on=monday)
    TripFactory(departs_on=monday)
    Trip.objects.filter(pk=out[0].pk).update(state="CANCELLED")

    def found(query):
        return [row["id"] for row in lead.get(f"/api/v1/centres/{here.code}/trips/{query}").json()["results"]]

    assert set(found("")) == {*(trip.pk for trip in out), back.pk}
    assert found("?from=2026-11-24&to=2026-11-25") == [out[1].pk, out[2].pk]
    assert found("?state=cancelled") == [out[0].pk]
    assert found("?direction=in") == [back.pk]
    assert found("?direction=out&from=2026-11-27") == [out[4].pk]


@pytest.mark.parametrize(
    "query",
    ["from=jutro", "to=2026-02-30", "state=PLANNED", "state=late", "direction=up", "from=10000-01-01"],
)
def test_wrong_filters_are_refused(lead, here, query):
    answer = lead.get(f"/api/v1/centres/{here.code}/trips/?{query}")
    assert (answer.status_code, answer.json()["code"]) == (422, "wrong_filter")


@pytest.mark.parametrize("rows", [1, 30])
def test_trips_take_the_same_statements_whatever_their_number(
    lead, here, there, rows, django_assert_num_queries
):
    for n in range(rows):
        TripFactory(from_centre=here, to_centre=there, departs_on=date(2026, 11, 1) + timedelta(days=n))
    with django_assert_num_queries(3):
        assert len(lead.get(f"/api/v1/centres/{here.code}/trips/").json()["results"]) == rows


def test_extra_trip_is_added_given_a_lorry_delayed_and_cancelled(lead, here, there, today):
    made = post(lead, f"centres/{here.code}/trips/", trip_body(here, there, today, driver="Jan Żak"))
    assert made.status_code == 201
    trip = made.json()
    assert (trip["leg"], trip["state"], trip["is_late"]) == (None, "planned", False)
    assert trip["rooms"] == [
        {
            "temperature": "CHILLED",
            "crates": 40,
            "grams": 400_000,
            "booked_grams": 0,
            "free_grams": 400_000,
            "is_open": True,
        }
    ]
    whole = lead.patch(f"/api/v1/trips/{trip['id']}/", {"vehicle": "PO 7"}, format="json").json()
    assert (whole["vehicle"], whole["driver"], whole["orders"]) == ("PO 7", "Jan Żak", 0)
    row = Trip.objects.get()
    later = (row.arrives_at + timedelta(hours=2)).isoformat()
    late = post(lead, f"trips/{trip['id']}/delay/", {"arrives_at": later, "reason": "korek"})
    assert (late.json()["is_late"], late.json()["departs_at"]) == (True, trip["departs_at"])
    off = post(lead, f"trips/{trip['id']}/cancel/", {"reason": "awaria"})
    assert (off.json()["state"], off.json()["rooms"][0]["free_grams"]) == ("cancelled", 0)
    history = lead.get(f"/api/v1/trips/{trip['id']}/").json()["history"]
    assert [event["reason"] for event in history] == ["awaria", "korek", "PO 7", "święta"]
    again = post(lead, f"trips/{trip['id']}/cancel/", {"reason": "awaria"})
    assert (again.status_code, again.json()["code"]) == (409, "trip_over")


def test_trip_on_its_way_is_not_cancelled(lead, here, there):
    trip = TripFactory(from_centre=here, to_centre=there)
    Trip.objects.update(state="DEPARTED", departed_at=trip.departs_at)
    answer = post(lead, f"trips/{trip.pk}/cancel/", {"reason": "awaria"})
    assert (answer.status_code, answer.json()["code"]) == (409, "trip_under_way")


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ({"arrives_at": "2026-11-20T10:00:00Z", "reason": "x"}, "not_a_delay"),
        ({"arrives_at": "9999-12-31T23:59:59-14:00", "reason": "x"}, "invalid"),
        ({"arrives_at": "9000-01-01T00:00:00Z", "reason": "x"}, "not_a_delay"),
        ({"arrives_at": "jutro", "reason": "x"}, "invalid"),
        ({"arrives_at": "2026-11-20T10:00:00Z"}, "invalid"),
        ({"arrives_at": "2026-11-20T10:00:00Z", "reason": " "}, "invalid"),
        ({"reason": "x"}, "invalid"),
    ],
)
def test_wrong_delays_are_refused_by_name(lead, here, there, today, data, code):
    trip = TripFactory(from_centre=here, to_centre=there, departs_on=today + timedelta(days=1))
    answer = post(lead, f"trips/{trip.pk}/delay/", data)
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert not Trip.objects.get().is_late


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"departs_on": "2020-01-01"}, 422, "wrong_day"),
        ({"departs_on": "9999-12-31"}, 422, "wrong_day"),
        ({"reason": ""}, 422, "invalid"),
        ({"rooms": []}, 422, "without_room"),
        ({"to_centre": "NOPE"}, 422, "unknown_centre"),
    ],
)
def test_wrong_extra_trips_are_refused_by_name(lead, here, there, today, changes, status, code):
    answer = post(lead, f"centres/{here.code}/trips/", trip_body(here, there, today, **changes))
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert Trip.objects.count() == 0


def test_second_trip_at_the_same_moment_is_refused(lead, here, there, today):
    post(lead, f"centres/{here.code}/trips/", trip_body(here, there, today))
    answer = post(lead, f"centres/{here.code}/trips/", trip_body(here, there, today))
    assert (answer.status_code, answer.json()["code"]) == (409, "departure_taken")


def test_worker_looks_at_the_trips_of_both_ends_and_the_lead_of_either_plans(here, there, today):
    leg = LegFactory(from_centre=here, to_centre=there)
    trip = TripFactory(from_centre=here, to_centre=there, departs_on=today + timedelta(days=1))
    worker = signed_in(StaffFactory(centre=there).user)
    lead_there = signed_in(StaffFactory(centre=there, role="LEAD").user)
    for path in (f"legs/{leg.pk}/", f"trips/{trip.pk}/", f"centres/{there.code}/legs/"):
        assert worker.get(f"/api/v1/{path}").status_code == 200
    assert post(worker, f"trips/{trip.pk}/cancel/", {"reason": "x"}).status_code == 403
    assert worker.delete(f"/api/v1/legs/{leg.pk}/").status_code == 403
    assert add(worker, there, here, today).status_code == 403
    assert post(lead_there, f"trips/{trip.pk}/cancel/", {"reason": "x"}).status_code == 200
    assert lead_there.delete(f"/api/v1/legs/{leg.pk}/").status_code == 200


def test_strangers_find_nothing(here, there, today):
    leg, trip = LegFactory(from_centre=here, to_centre=there), TripFactory(from_centre=here, to_centre=there)
    elsewhere = signed_in(StaffFactory(role="LEAD").user)
    for client, status in ((APIClient(), 401), (signed_in(UserFactory()), 404), (elsewhere, 404)):
        for path in (f"legs/{leg.pk}/", f"trips/{trip.pk}/", f"centres/{here.code}/trips/"):
            assert client.get(f"/api/v1/{path}").status_code == status
        assert post(client, f"trips/{trip.pk}/cancel/", {"reason": "x"}).status_code == status
        assert client.delete(f"/api/v1/legs/{leg.pk}/").status_code == status
        assert add(client, here, there, today).status_code == status
