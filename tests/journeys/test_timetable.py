"""The planner's desk and the hall's trips in a real browser: every page and state obeys, and works with scripts off."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import expect

from distribution.models import Leg, Trip
from marketplace.kernel.clock import local_date
from tests.factories import CentreFactory, StaffFactory
from tests.factories.network import LegFactory, TripFactory
from tests.journeys.rules import HALL

pytestmark = pytest.mark.browser
LONG = "Centrum Dystrybucji Żywności Regionalnej i Tradycyjnej w Szczebrzeszynie-Błoniu"


def sign_in(context, site, user):
    client = Client()
    client.force_login(user)
    context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": site}])


@pytest.fixture
def desk(cloned_database):
    """A centre with a leg and trips in every state of this week, one of them to a very long name."""
    here, there = CentreFactory(), CentreFactory(name=LONG)
    desk.here, desk.there, desk.lead = here, there, StaffFactory(centre=here, role="LEAD").user
    desk.leg = LegFactory(from_centre=here, to_centre=there, runs_on_holidays=True)
    LegFactory(from_centre=there, to_centre=here, arrives_days_after=1)
    today = local_date(timezone.now())
    made = [
        TripFactory(
            from_centre=here if n % 2 else there,
            to_centre=there if n % 2 else here,
            departs_on=today,
            planned_departs_at=timezone.now() + timedelta(hours=n),
        )
        for n in range(1, 6)
    ]
    late, off, gone, full, desk.trip = made
    Trip.objects.filter(pk=late.pk).update(arrives_at=late.arrives_at + timedelta(hours=2))
    Trip.objects.filter(pk=off.pk).update(state="CANCELLED")
    Trip.objects.filter(pk=gone.pk).update(state="DEPARTED", departed_at=gone.departs_at)
    full.rooms.update(booked_grams=500_000)
    desk.made = made
    return desk


def test_every_page_of_the_desk_obeys(watched, site, desk):
    sign_in(watched.context, site, desk.lead)
    root, trip = f"{site}/centrum/{desk.here.code}", desk.trip.pk
    for path in (
        "kursy/tydzien/", "kursy/tydzien/?dzien=2026-01-01", "kursy/dodatkowy/", f"kursy/{trip}/opoznienie/",
        f"kursy/{trip}/odwolanie/", "rozklad/", "rozklad/nowe/", f"rozklad/{desk.leg.pk}/",
        f"rozklad/{desk.leg.pk}/koniec/",
    ):  # fmt: skip
        assert watched.goto(f"{root}/{path}").status == 200, path
        watched.rules.obeyed_everywhere()


def test_every_page_of_the_hall_obeys(watched, site, desk):
    sign_in(watched.context, site, desk.lead)
    root = f"{site}/centrum/{desk.here.code}"
    for path in ("kursy/", *(f"kursy/{trip.pk}/" for trip in desk.made)):
        assert watched.goto(f"{root}/{path}").status == 200, path
        watched.rules.obeyed_everywhere(least=HALL, schemes=["light"])


def test_empty_centre_says_what_will_be_there(watched, site, cloned_database):
    lead = StaffFactory(role="LEAD")
    sign_in(watched.context, site, lead.user)
    watched.set_viewport_size({"width": 320, "height": 800})
    for path in ("kursy/tydzien/", "rozklad/"):
        watched.goto(f"{site}/centrum/{lead.centre.code}/{path}")
        expect(watched.locator(".empty").first).to_be_visible()
        watched.rules.obeyed()


def test_a_leg_is_planned_and_its_first_trip_delayed_without_scripts(
    browser, browser_context_args, site, cloned_database
):
    here = CentreFactory()
    CentreFactory(name="Centrum Dalekie")
    context = browser.new_context(**browser_context_args, java_script_enabled=False)
    sign_in(context, site, StaffFactory(centre=here, role="LEAD").user)
    page = context.new_page()
    page.goto(f"{site}/centrum/{here.code}/")
    page.get_by_role("link", name="Kursy i rozkład").click()
    page.get_by_role("link", name="Rozkład").click()
    page.get_by_role("link", name="Nowe połączenie").click()
    page.get_by_role("button", name="Dodaj połączenie").click()
    expect(page.get_by_role("alert")).to_contain_text("Podaj godzinę")
    page.get_by_label("Drugie centrum").select_option(label="Centrum Dalekie")
    page.get_by_label("Towar gotowy do godziny").fill("16:00")
    page.get_by_label("Odjazd", exact=True).fill("18:00")
    page.get_by_label("Przyjazd", exact=True).fill("23:00")
    page.get_by_label("chłodnia: skrzynie").fill("40")
    page.get_by_label("chłodnia: kg").fill("400")
    page.get_by_role("button", name="Dodaj połączenie").click()
    expect(page.get_by_text("Połączenie dodane")).to_be_visible()
    trip = Leg.objects.get().trips.earliest("departs_at")
    page.goto(f"{site}/centrum/{here.code}/kursy/{trip.pk}/")
    page.get_by_role("link", name="Opóźniony").click()
    page.get_by_label("Nowa godzina odjazdu").fill("19:00")
    page.get_by_label("Nowa godzina przyjazdu").fill("23:45")
    page.get_by_label("Powód").fill("korek na A2")
    page.get_by_role("button", name="Pokaż, co od tego zależy").click()
    expect(page.get_by_role("heading", name="Co od tego zależy")).to_be_visible()
    page.get_by_role("button", name="Tak, zapisz opóźnienie").click()
    expect(page.get_by_text("Opóźnienie zapisane")).to_be_visible()
    trip.refresh_from_db()
    assert trip.is_late
    context.close()


def test_errors_lead_to_their_fields(watched, site, desk):
    sign_in(watched.context, site, desk.lead)
    watched.set_viewport_size({"width": 320, "height": 800})
    watched.goto(f"{site}/centrum/{desk.here.code}/rozklad/nowe/")
    watched.get_by_role("button", name="Dodaj połączenie").click()
    expect(watched.locator("[data-error-summary]")).to_be_focused()
    expect(watched).to_have_title(f"Błąd: Nowe połączenie – {desk.here.name} – Spichlerz")
    watched.rules.obeyed()
    watched.goto(f"{site}/centrum/{desk.here.code}/kursy/{desk.trip.pk}/odwolanie/")
    watched.get_by_role("button", name="Tak, odwołaj kurs").click()
    watched.get_by_role("alert").get_by_role("link").click()
    expect(watched.get_by_label("Powód")).to_be_focused()
    watched.rules.obeyed()
