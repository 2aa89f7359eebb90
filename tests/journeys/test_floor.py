"""The floor of trips in a real browser: a crate's way from its ramp to the buyers' stage, the boards, the network."""

import pytest
from django.utils import timezone

from distribution.models import HandlingUnit, Load, Task
from distribution.operations import loading, tasks, unloading
from marketplace.kernel.models import Job
from tests.factories.market import PACKING
from tests.factories.network_market import network
from tests.journeys.test_hall import scan, sign_in
from tests.orders.operations.test_order_story import pack_everything, pick_everything
from tests.workers import do_jobs

pytestmark = pytest.mark.browser


@pytest.fixture
def net(cloned_database):
    """Two orders for goods that lie at the other centre, one of them packed for its trip."""
    made = network()
    made.here.order([(made.there.add(stock=9), 2)])
    made.here.order([(made.there.add(stock=9, temperature="CHILLED"), 1)])
    made.here.close_and_release()
    return made


def packed(net):
    by = net.there.worker()
    pick_everything(net.there, by)
    pack_everything(net.there, by)
    do_jobs()
    return by


def crates(net):
    return list(
        Load.objects.filter(trip=net.trip).order_by("temperature").values_list("unit__sscc", flat=True)
    )


def obeys(page, address, rules):
    page.goto(address)
    rules.obeyed_everywhere(least=72, schemes=["light"])


def test_crates_ride_from_the_ramp_to_the_stage(watched, page, site, net):
    loader, trip = packed(net), net.trip
    start, end = (f"{site}/centrum/{market.centre.code}/" for market in (net.there, net.here))
    sign_in(page, site, loader)
    page.goto(start)
    page.click("#block-load")
    assert "#rampa" in page.url
    task = Task.objects.unfinished().get(kind="LOAD")
    page.goto(f"{start}zadania/{task.pk}/")
    page.click("text=Biorę to zadanie")
    watched.rules.obeyed(least=72)
    for sscc, chamber in zip(crates(net), ("KOM-A", "KOM-B"), strict=True):
        scan(page, sscc)
        scan(page, "KOM-C")
        assert page.locator("[data-tone=error]").count() == 1
        watched.rules.obeyed(least=72)
        scan(page, chamber)
    page.click("text=Odjazd kursu")
    page.click("text=Odjazd z 2 skrzyniami")
    sign_in(page, site, net.here.worker())
    unload = Task.objects.unfinished().get(kind="UNLOAD")
    page.goto(f"{end}zadania/{unload.pk}/")
    page.click("text=Biorę to zadanie")
    watched.rules.obeyed(least=72)
    page.click("button:has-text('Kurs przyjechał')")
    for sscc in crates(net):
        scan(page, sscc)
        assert page.inner_text(".flood .hall-where") == "pole wydań"
    watched.rules.obeyed(least=72)
    page.click("a:has-text('Zatwierdź przyjazd')")
    page.click("button:has-text('Zatwierdzam przyjazd')")
    trip.refresh_from_db()
    assert trip.state == "CLOSED"
    assert Task.objects.unfinished().filter(kind="STAGE").count() == 2
    watched.rules.obeyed(least=72)


def test_pages_of_a_trip_obey_in_every_state(watched, page, site, net):
    lead, end_lead, trip = net.there.worker("LEAD"), net.here.worker("LEAD"), net.trip
    start, end = (f"{site}/centrum/{m.centre.code}/kursy/{trip.pk}/" for m in (net.there, net.here))
    sign_in(page, site, lead)
    obeys(page, start, watched.rules)
    packed(net)
    page.goto(start)
    page.click("summary")
    watched.rules.obeyed(least=72)
    obeys(page, start, watched.rules)
    for load in Load.objects.filter(trip=trip):
        loading.put_elsewhere(load=load.pk, chamber="AMBIENT", reason="awaria chłodni", by=lead, at=PACKING)
    loading.depart(trip=trip.pk, by=lead, at=trip.departs_at)
    sign_in(page, site, end_lead)
    obeys(page, end, watched.rules)
    unloading.arrive(trip=trip.pk, by=end_lead, at=trip.arrives_at)
    obeys(page, end, watched.rules)
    unloading.confirm(trip=trip.pk, by=end_lead, at=trip.arrives_at, reason="nie było ich na pace")
    obeys(page, end, watched.rules)
    found = HandlingUnit.objects.filter(sscc=crates(net)[0]).get()
    unloading.find(trip=trip.pk, unit=found.pk, by=end_lead, at=trip.arrives_at)
    obeys(page, end, watched.rules)


@pytest.mark.parametrize(
    "path", ["", "zadania/", "tablica/w-drodze/", "tablica/terminy/", "tablica/ludzie/", "tablica/ambient/",
             "braki/", "zadania-systemu/", "dokumenty/"],
)  # fmt: skip
def test_boards_of_both_ends_obey(watched, page, site, net, path):
    for market in (net.there, net.here):
        lead = market.worker("LEAD")
        task = Task.objects.filter(centre=market.centre, kind="PICK").first()
        if task:
            tasks.claim(task=task.pk, by=lead, at=timezone.now())
        Job.objects.create(
            kind="distribution.round_over", key=f"x{market.centre.pk}", centre=market.centre.code, attempts=8,
            error="ValueError('a very long message ' * 9)", dead_at=timezone.now(),
        )  # fmt: skip
        sign_in(page, site, lead)
        obeys(page, f"{site}/centrum/{market.centre.code}/{path}", watched.rules)


@pytest.mark.parametrize("query", ["", "?stan=late"])
def test_network_view_obeys_light_and_dark(watched, page, site, net, query):
    sign_in(page, site, net.there.worker())
    page.goto(f"{site}/centrum/siec/{query}")
    watched.rules.obeyed_everywhere()


def test_open_board_refreshes_itself_and_keeps_the_focus(watched, page, site, net):
    by = net.there.worker()
    sign_in(page, site, by)
    page.goto(f"{site}/centrum/{net.there.centre.code}/")
    assert page.inner_text("#block-pick .hall-tile-value") == "2"
    page.focus("#tile-pick")
    pick_everything(net.there, by)
    page.evaluate("htmx.trigger('#tablica', 'refresh'); htmx.ajax('GET', location.pathname, '#tablica')")
    page.wait_for_selector("#block-pack")
    assert page.evaluate("document.activeElement.id") == "tile-pick"
    watched.rules.obeyed(least=72)
