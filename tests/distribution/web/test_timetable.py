"""The planner's desk and the hall's trips: who sees them, what they show empty and full, what their forms refuse."""

from datetime import time, timedelta

import pytest
from django.utils import timezone

from distribution.models import Leg, Trip
from marketplace.kernel.clock import local_date
from tests.factories import CentreFactory, StaffFactory, UserFactory
from tests.factories.network import LegFactory, TripFactory

pytestmark = pytest.mark.django_db
LONG = "Centrum Dystrybucji Żywności Regionalnej i Tradycyjnej w Szczebrzeszynie-Błoniu nad Wieprzem"


@pytest.fixture
def here():
    return CentreFactory()


@pytest.fixture
def there():
    return CentreFactory(name=LONG[:80])


@pytest.fixture
def lead(client, here):
    user = StaffFactory(centre=here, role="LEAD").user
    client.force_login(user)
    return user


@pytest.fixture
def today():
    return local_date(timezone.now())


def address(centre, path):
    return f"/centrum/{centre.code}/{path}"


def tomorrow_trip(here, there, today, **more):
    return TripFactory(from_centre=here, to_centre=there, departs_on=today + timedelta(days=1), **more)


def way(centre, **changes):
    return {
        "direction": "out",
        "other": centre.pk,
        "cutoff_hour": "16:00",
        "cutoff_days_before": "0",
        "departs_hour": "18:00",
        "arrives_hour": "02:30",
        "arrives_days_after": "1",
        "crates_CHILLED": "40",
        "kilograms_CHILLED": "400",
        **changes,
    }


def leg_body(centre, today, **changes):
    body = {"weekdays": ["0", "4"], "valid_from": (today + timedelta(days=1)).isoformat()}
    return way(centre, **{**body, **changes})


# --- the timetable ---


def test_leg_is_added_with_its_trips(client, lead, here, there, today):
    answer = client.post(address(here, "rozklad/nowe/"), leg_body(there, today, direction="in"), secure=True)
    assert answer.headers["Location"] == address(here, "rozklad/")
    leg = Leg.objects.get()
    assert (leg.from_centre, leg.to_centre, leg.weekdays) == (there, here, [0, 4])
    assert leg.arrives_hour == time(2, 30)
    assert leg.trips.count() == 8
    page = client.get(address(here, "rozklad/"), secure=True).content.decode()
    assert "pon., pt." in page
    assert "40 skrzyń, 400\u00a0kg" in page.replace("400 kg", "400\u00a0kg")
    assert "Nic stąd nie odjeżdża" in page


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"arrives_days_after": "0"}, "Przyjazd musi być po odjeździe"),
        ({"cutoff_hour": "18:01"}, "Towar musi być gotowy przed odjazdem"),
        ({"crates_CHILLED": "", "kilograms_CHILLED": ""}, "choć w jednej komorze"),
        ({"crates_CHILLED": "-1"}, "0"),
        ({"weekdays": []}, "Zaznacz dni tygodnia"),
        ({"weekdays": ["7"]}, "7"),
        ({"valid_from": "2020-01-01"}, "od dziś do dwóch lat"),
        ({"valid_from": "2026-02-30"}, "Wpisz datę"),
        ({"valid_until": "2026-01-01"}, "Ostatni dzień jest przed pierwszym"),
        ({"departs_hour": "25:00"}, "Wpisz godzinę"),
        ({"other": "0"}, "Wybierz poprawną wartość"),
        ({"vehicle": "x" * 41}, "40"),
    ],
)
def test_wrong_legs_are_said_beside_their_fields(client, lead, here, there, today, changes, words):
    answer = client.post(address(here, "rozklad/nowe/"), leg_body(there, today, **changes), secure=True)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "<title>Błąd: Nowe połączenie" in page
    assert words in page
    assert Leg.objects.count() == 0


def test_leg_to_itself_cannot_be_chosen(client, lead, here, today):
    answer = client.post(address(here, "rozklad/nowe/"), leg_body(here, today), secure=True)
    assert answer.status_code == 200
    assert Leg.objects.count() == 0


def test_leg_is_changed_and_ended(client, lead, here, there, today):
    client.post(address(here, "rozklad/nowe/"), leg_body(there, today), secure=True)
    leg = Leg.objects.get()
    assert 'value="40"' in client.get(address(here, f"rozklad/{leg.pk}/"), secure=True).content.decode()
    body = {"crates_AMBIENT": "10", "kilograms_AMBIENT": "90", "vehicle": "PO 1"}
    client.post(address(here, f"rozklad/{leg.pk}/"), body, secure=True)
    assert leg.rooms.get().temperature == "AMBIENT"
    assert set(Trip.objects.values_list("vehicle", flat=True)) == {"PO 1"}
    body = {"from_day": (today + timedelta(days=1)).isoformat()}
    client.post(address(here, f"rozklad/{leg.pk}/koniec/"), body, secure=True)
    assert set(Trip.objects.values_list("state", flat=True)) == {"CANCELLED"}
    assert Leg.objects.get().valid_until <= today


def test_leg_that_carries_goods_says_which_trip_keeps_it(client, lead, here, there, today):
    client.post(address(here, "rozklad/nowe/"), leg_body(there, today), secure=True)
    Trip.objects.first().rooms.update(booked_grams=1)
    body = {"from_day": (today + timedelta(days=1)).isoformat()}
    answer = client.post(address(here, f"rozklad/{Leg.objects.get().pk}/koniec/"), body, secure=True)
    assert answer.status_code == 200
    assert "Tymi kursami coś już jedzie" in answer.content.decode()


@pytest.mark.parametrize("rows", [1, 30])
def test_timetable_takes_the_same_statements_whatever_its_length(
    client, lead, here, there, django_assert_num_queries, rows
):
    for n in range(rows):
        LegFactory(from_centre=here, to_centre=there, departs_hour=time(17, n), cutoff_hour=time(10))
    client.get(address(here, "rozklad/"), secure=True)  # the header's demo flag is kept from here on
    with django_assert_num_queries(7):
        page = client.get(address(here, "rozklad/"), secure=True).content.decode()
    assert page.count("pon.–pt.") == rows


# --- trips ---


@pytest.mark.parametrize("path", ["kursy/", "kursy/tydzien/", "rozklad/"])
def test_empty_pages_say_so(client, lead, here, path):
    page = client.get(address(here, path), secure=True).content.decode()
    assert "Nic" in page or "nic" in page


@pytest.mark.parametrize("rows", [1, 30])
def test_lists_take_the_same_statements_whatever_their_length(
    client, lead, here, there, today, django_assert_num_queries, rows
):
    for n in range(rows):
        TripFactory(
            from_centre=here,
            to_centre=there,
            departs_on=today,
            planned_departs_at=timezone.now() + timedelta(minutes=n),
        )
    client.get(address(here, "kursy/tydzien/"), secure=True)
    with django_assert_num_queries(6):
        week = client.get(address(here, "kursy/tydzien/"), secure=True).content.decode()
    with django_assert_num_queries(4):
        hall = client.get(address(here, "kursy/"), secure=True).content.decode()
    assert week.count("week-call ") + week.count('week-call"') == rows
    assert hall.count("zaplanowany") == rows


def test_trip_over_midnight_stands_on_the_day_of_each_centre(client, here, there, today):
    trip = tomorrow_trip(here, there, today, planned_arrives_at=timezone.now() + timedelta(days=3))
    for centre, later in [(here, 1), (there, 3)]:
        client.force_login(StaffFactory(centre=centre).user)
        seen = today + timedelta(days=later)
        days = client.get(address(centre, f"kursy/tydzien/?dzien={seen}"), secure=True).context["days"]
        assert [on for on, calls in days if [call.trip for call in calls] == [trip]] == [seen]


@pytest.mark.parametrize("day", ["", "jutro", "9999-12-31", "0001-01-01", "2026-02-30"])
def test_week_of_an_impossible_day_is_this_week(client, lead, here, today, day):
    found = client.get(address(here, f"kursy/tydzien/?dzien={day}"), secure=True).context
    assert found["monday"] <= today <= found["sunday"]


def test_trip_shows_its_room_in_words(client, lead, here, there, today):
    trip = tomorrow_trip(here, there, today, rooms={"CHILLED": 400_000, "FROZEN": 100_000})
    trip.rooms.filter(temperature="CHILLED").update(booked_grams=120_500)
    trip.rooms.filter(temperature="FROZEN").update(booked_grams=150_000)
    page = client.get(address(here, f"kursy/{trip.pk}/"), secure=True).content.decode()
    assert "zajęte 120,5\u00a0kg z 400\u00a0kg, wolne 279,5\u00a0kg" in page
    assert "zajęte 150\u00a0kg z 100\u00a0kg, wolne 0\u00a0g" in page
    assert 'class="room-used" width="30"' in page
    assert 'class="room-used" width="100"' in page


def test_trip_is_delayed_after_its_cost_was_shown(client, lead, here, there, today):
    trip = tomorrow_trip(here, there, today)
    on = (today + timedelta(days=1)).isoformat()
    body = {
        "departs_on": on, "departs_hour": "19:00", "arrives_on": on, "arrives_hour": "23:45", "reason": "korek"
    }  # fmt: skip
    path = address(here, f"kursy/{trip.pk}/opoznienie/")
    shown = client.post(path, body, secure=True)
    assert shown.status_code == 200
    assert [fact["value"] for fact in shown.context["cost"]] == ["0 zamówień"]
    trip.refresh_from_db()
    assert not trip.is_late
    client.post(path, body | {"confirmed": "1"}, secure=True)
    trip.refresh_from_db()
    assert trip.is_late
    page = client.get(address(here, f"kursy/{trip.pk}/"), secure=True).content.decode()
    assert "korek" in page
    assert "Opóźniony" in page


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"departs_hour": "17:00"}, "przed czasem z rozkładu"),
        ({"arrives_hour": "18:30"}, "Przyjazd musi być po odjeździe"),
        ({"reason": ""}, "Podaj powód"),
        ({"arrives_on": "9999-12-31"}, "ponad dwie doby"),
        ({"arrives_hour": "x"}, "Wpisz godzinę"),
    ],
)
def test_wrong_delays_are_said_beside_their_fields(client, lead, here, there, today, changes, words):
    trip = tomorrow_trip(here, there, today)
    on = (today + timedelta(days=1)).isoformat()
    body = {
        "departs_on": on, "departs_hour": "19:00", "arrives_on": on, "arrives_hour": "23:45", "reason": "korek",
        "confirmed": "1",
    }  # fmt: skip
    answer = client.post(address(here, f"kursy/{trip.pk}/opoznienie/"), body | changes, secure=True)
    assert answer.status_code == 200
    assert words in answer.content.decode()


def test_trip_on_its_way_has_no_departure_to_delay(client, lead, here, there, today):
    trip = tomorrow_trip(here, there, today)
    Trip.objects.update(state="DEPARTED", departed_at=timezone.now())
    form = client.get(address(here, f"kursy/{trip.pk}/opoznienie/"), secure=True).context["form"]
    assert list(form.fields) == ["arrives_on", "arrives_hour", "reason"]


def test_trip_is_cancelled_with_a_reason_once(client, lead, here, there, today):
    trip = tomorrow_trip(here, there, today)
    path = address(here, f"kursy/{trip.pk}/odwolanie/")
    assert client.post(path, {"reason": ""}, secure=True).context["form"].errors
    client.post(path, {"reason": "awaria"}, secure=True)
    trip.refresh_from_db()
    assert trip.state == "CANCELLED"
    again = client.post(path, {"reason": "awaria"}, secure=True)
    assert "już się skończył albo go odwołano" in again.content.decode()
    page = client.get(address(here, f"kursy/{trip.pk}/"), secure=True).content.decode()
    assert "Ten kurs nie jedzie" in page
    assert "/opoznienie/" not in page


def test_extra_trip_is_added_and_given_a_lorry(client, lead, here, there, today):
    body = way(there, departs_on=(today + timedelta(days=2)).isoformat(), reason="święta", driver="Jan Żak")
    answer = client.post(address(here, "kursy/dodatkowy/"), body, secure=True)
    trip = Trip.objects.get()
    assert answer.headers["Location"] == address(here, f"kursy/{trip.pk}/")
    assert "kurs dodatkowy" in client.get(answer.headers["Location"], secure=True).content.decode()
    client.post(address(here, f"kursy/{trip.pk}/pojazd/"), {"vehicle": "PO 9", "driver": "Ola"}, secure=True)
    trip.refresh_from_db()
    assert (trip.vehicle, trip.driver) == ("PO 9", "Ola")


# --- who ---


LEADS_ONLY = ["kursy/dodatkowy/", "kursy/{trip}/opoznienie/", "kursy/{trip}/odwolanie/", "rozklad/nowe/",
              "rozklad/{leg}/", "rozklad/{leg}/koniec/"]  # fmt: skip
EVERYBODYS = ["kursy/", "kursy/tydzien/", "kursy/{trip}/", "rozklad/"]


def test_workers_look_and_leads_plan(client, here, there, today):
    leg, trip = LegFactory(from_centre=there, to_centre=here), tomorrow_trip(there, here, today)
    client.force_login(StaffFactory(centre=here).user)
    for path in EVERYBODYS:
        assert client.get(address(here, path.format(trip=trip.pk)), secure=True).status_code == 200
    for path in LEADS_ONLY:
        made = path.format(trip=trip.pk, leg=leg.pk)
        assert client.get(address(here, made), secure=True).status_code == 403
    page = client.get(address(here, f"kursy/{trip.pk}/"), secure=True).content.decode()
    assert "/odwolanie/" not in page
    assert "/pojazd/" not in page


@pytest.mark.parametrize("who", ["stranger", "elsewhere"])
def test_strangers_find_nothing(client, here, there, today, who):
    leg, trip = LegFactory(from_centre=there, to_centre=here), tomorrow_trip(there, here, today)
    client.force_login(UserFactory() if who == "stranger" else StaffFactory(role="LEAD").user)
    for path in EVERYBODYS + LEADS_ONLY:
        made = path.format(trip=trip.pk, leg=leg.pk)
        assert client.get(address(here, made), secure=True).status_code == 404


def test_trip_between_other_centres_is_not_found(client, lead, here, there, today):
    other = CentreFactory()
    trip, leg = tomorrow_trip(there, other, today), LegFactory(from_centre=there, to_centre=other)
    for path in ("kursy/{trip}/", "kursy/{trip}/odwolanie/", "rozklad/{leg}/", "rozklad/{leg}/koniec/"):
        made = path.format(trip=trip.pk, leg=leg.pk)
        assert client.get(address(here, made), secure=True).status_code == 404
