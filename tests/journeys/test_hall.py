"""The hall in a real browser: from the board through a delivery, picking and packing to the hand-out."""

import pytest
from django.test import Client

from distribution.models import HandlingUnit, Supply
from distribution.operations import supply
from orders.models import Order
from orders.operations import preparation
from tests.factories.market import NOW, PACKING, market

pytestmark = pytest.mark.browser


def sign_in(page, site, user):
    client = Client()
    client.force_login(user)
    page.context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": site}])


@pytest.fixture
def floor(cloned_database):
    """A released round: one order from the shelf, and bread that is still on its way."""
    m = market()
    jam = m.add(stock=10, code="L26-11-20")
    bread = m.add()
    supply.promise(
        item=bread.stock_item, centre=m.centre, available_on=PACKING.date(), pieces=10, by=None, at=NOW
    )
    m.order([(jam, 3), (bread, 2)])
    m.close_and_release()
    return m


def scan(page, code):
    page.fill("#scan", code)
    page.click(".hall-scan button")
    page.wait_for_load_state()


def test_a_worker_takes_an_order_from_the_shelf_to_its_buyer(watched, page, site, floor):
    sign_in(page, site, floor.worker())
    page.goto(f"{site}/centrum/{floor.centre.code}/dostawy/")
    page.click("text=Przyjmij >> nth=0")
    page.fill("input[name$=lot_code]", "L26-11-26")
    page.fill("input[name$=printed_on]", "2027-01-20")
    page.check("input[name=last]")
    page.click("text=Przyjmij i wystaw PZ")
    page.goto(f"{site}/centrum/{floor.centre.code}/")
    page.click("text=Zbieram następne")
    scan(page, "NIE-MA-TAKIEJ")
    assert "Nie znam takiej skrzynki" in page.inner_text("main")
    scan(page, HandlingUnit.objects.filter(centre=floor.centre).first().sscc)
    while page.query_selector("#scan"):
        scan(page, page.inner_text("main p b" if page.query_selector("#units") else ".hall-where"))
    page.click("text=Pakuję to zamówienie")
    scan(page, "STAGE-A")
    order = Order.objects.get()
    preparation.make_ready(reference=order.number, at=PACKING)
    page.goto(f"{site}/centrum/{floor.centre.code}/wydania/")
    scan(page, order.number.lower())
    page.click("text=Wydaj wszystko")
    order.refresh_from_db()
    assert order.state == "COLLECTED"
    assert sum(Supply.objects.values_list("held", flat=True)) == 0
    watched.rules.obeyed(least=72)


def test_hall_pages_obey(watched, page, site, floor):
    sign_in(page, site, floor.worker("LEAD"))
    for address in ("", "zadania/", "dostawy/", "partie/", "dokumenty/", "wydania/", "osoba/"):
        page.goto(f"{site}/centrum/{floor.centre.code}/{address}")
        watched.rules.obeyed_everywhere(least=72, schemes=["light"])
