"""The whole business in one browser: a producer promises, a buyer orders, a centre receives, picks, packs, hands out.
And what the list page weighs for somebody who comes for the first time."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from playwright.sync_api import expect

from distribution.models import HandlingUnit, Supply
from distribution.operations import rounds
from orders.models import Order
from orders.operations import preparation
from producers.models import PostalCode
from tests.audit import assert_audit_clean
from tests.factories.desk import desk
from tests.factories.shopping import live_market, named
from tests.journeys.test_hall import scan, sign_in
from tests.journeys.test_shop import buy, choose_place
from tests.workers import do_jobs

pytestmark = pytest.mark.browser
LIST_BYTES = 300 * 1024


@pytest.fixture
def m(cloned_database):
    cache.clear()
    made = live_market()
    _producer, made.person = desk(made.producer)
    region = made.producer.voivodeship
    PostalCode.objects.create(
        code="64-100", place_name="Leszno", voivodeship=region, latitude=51.84, longitude=16.57
    )
    made.cheese = named(made, "Ser smażony", stock=0)
    return made


def promise(page, site, m):
    product = m.cheese.stock_item.product
    page.goto(f"{site}/producent/{m.producer.slug}/produkty/{product.pk}/")
    page.get_by_role("link", name="Ile przywiozę").click()
    page.locator("input[inputmode=numeric]").first.fill("12")
    page.get_by_role("button", name="Zapisz zapowiedzi").click()
    expect(page.get_by_text("Sprzedane: 0").first).to_be_visible()


def days_pass(m):
    """The round closes and a worker releases it: what the clock and Celery do."""
    closing = m.round.orders_close_at
    rounds.close_round(round_id=m.round.pk, by=None, at=closing)
    preparation.release(round_id=m.round.pk, by=None, at=closing)
    do_jobs()


def receive(page, hall, m):
    page.goto(f"{hall}dostawy/")
    page.click("text=Przyjmij >> nth=0")
    page.fill("input[name$=lot_code]", "L26-11-26")
    page.fill("input[name$=printed_on]", (m.round.hands_over_on + timedelta(days=60)).isoformat())
    page.check("input[name=last]")
    page.click("text=Przyjmij i wystaw PZ")


def prepare(page, hall, m):
    page.goto(hall)
    page.click("text=Zbieram następne")
    scan(page, HandlingUnit.objects.filter(centre=m.centre).first().sscc)
    while page.query_selector("#scan"):
        scan(page, page.inner_text("main p b" if page.query_selector("#units") else ".hall-where"))
    page.click("text=Pakuję to zamówienie")
    scan(page, "STAGE-A")
    do_jobs()


def test_goods_go_from_their_producer_to_their_buyer(watched, page, site, m):
    sign_in(page, site, m.person)
    promise(page, site, m)
    page.context.clear_cookies()
    choose_place(page, site)
    buy(page, site)
    order = Order.objects.get()
    days_pass(m)
    sign_in(page, site, m.person)
    page.goto(f"{site}/producent/{m.producer.slug}/zamowienia/{m.round.pk}/druk/")
    expect(page.get_by_text(order.number).first).to_be_visible()
    sign_in(page, site, m.worker())
    hall = f"{site}/centrum/{m.centre.code}/"
    receive(page, hall, m)
    prepare(page, hall, m)
    page.goto(f"{hall}wydania/")
    scan(page, order.number.lower())
    page.fill("input[name=paid]", "12,50")
    page.click("text=Wydaj wszystko")
    order.refresh_from_db()
    assert order.state == "COLLECTED"
    assert sum(Supply.objects.values_list("held", flat=True)) == 0
    assert watched.rules.complaints == []
    assert_audit_clean()


def test_list_page_is_light_for_who_comes_first(page, site, m):
    """Everything the browser fetches for a full page of 24 products with nothing in its cache."""
    for n in range(30):
        named(m, f"Wyrób {n}", stock=5)
    choose_place(page, site)
    browser = page.context.new_cdp_session(page)
    browser.send("Network.enable")
    browser.send("Network.setCacheDisabled", {"cacheDisabled": True})
    sizes = []
    browser.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    page.set_viewport_size(
        {"width": 1280, "height": 6000}
    )  # pictures further down load when they come into sight
    page.goto(f"{site}/produkty/", wait_until="networkidle")
    expect(page.locator(".card")).to_have_count(24)
    assert len(sizes) > 24
    assert sum(sizes) <= LIST_BYTES
