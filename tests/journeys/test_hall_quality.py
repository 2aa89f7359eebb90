"""Counting, temperatures, quarantine and recall in a real browser, from a tablet's hand."""

import pytest

from distribution.models import Balance, Lot
from distribution.operations import counts, readings, recalls, returns
from orders.operations import collection
from orders.queries.totals import due_grosze
from tests.factories.market import HANDING_OUT, NOW, PACKING, market
from tests.journeys.test_hall import scan, sign_in
from tests.orders.operations.test_order_story import pack_everything, pick_everything
from tests.workers import do_jobs

pytestmark = pytest.mark.browser


@pytest.fixture
def hall(cloned_database):
    """One order handed out and partly returned, a count waiting for the lead, a warm zone, a recall."""
    m = market()
    jam, cheese = m.add(stock=10, code="L26-11"), m.add(stock=6, code="S26-11", temperature="CHILLED")
    order = m.order([(jam, 3)])
    m.close_and_release()
    m.lead = m.worker("LEAD")
    pick_everything(m, m.lead)
    pack_everything(m, m.lead)
    do_jobs()
    order.refresh_from_db()
    collection.hand_out(
        number=order.number, centre=m.centre.pk, by=m.lead, at=HANDING_OUT, paid_grosze=due_grosze(order)
    )
    m.lot = Lot.objects.get(code="L26-11")
    returns.take_back(
        centre=m.centre.pk,
        reference=order.number,
        lot=m.lot.pk,
        units=1,
        reason="pęknięte",
        by=m.lead,
        at=PACKING,
    )
    readings.of_zone(zone=m.centre.zones.get(code="B").pk, tenths=95, by=m.lead, at=NOW, sensor="góra")
    place = m.centre.locations.get(code="A-01")
    m.count = counts.open_count(centre=m.centre.pk, locations=[place.pk], by=m.lead, at=NOW)
    m.recall = recalls.start(lot=Lot.objects.get(code="S26-11").pk, reason="listeria", by=m.lead, at=PACKING)
    m.order_number, m.cheese = order.number, cheese
    return m


def test_a_place_is_counted_by_scans_alone(watched, page, site, hall):
    sign_in(page, site, hall.worker())
    page.goto(f"{site}/centrum/{hall.centre.code}/liczenia/")
    page.click("text=Liczę następne miejsce")
    scan(page, "B-02")
    assert "To nie to miejsce" in page.inner_text("main")
    scan(page, "A-01")
    page.fill("#units", "7")
    scan(page, "L26-11")
    assert "L26-11: 7 szt." in page.inner_text("main")
    watched.rules.obeyed(least=72)
    page.click("text=To wszystko")
    page.wait_for_load_state()
    hall.count.refresh_from_db()
    assert hall.count.state == "COUNTED"


def test_a_lead_recalls_and_a_worker_pulls(watched, page, site, hall):
    sign_in(page, site, hall.lead)
    page.goto(f"{site}/centrum/{hall.centre.code}/wycofania/")
    scan(page, "L26-11")
    page.click("text=Zobacz, gdzie jest")
    page.fill("#reason", "szkło")
    page.check("input[name=sure]")
    watched.rules.obeyed(least=72)
    page.click("text=Wycofaj partię")
    page.wait_for_load_state()
    assert "Partia jest wstrzymana" in page.inner_text("main")
    page.goto(f"{site}/centrum/{hall.centre.code}/zadania/")
    balance = Balance.objects.get(lot=hall.lot, location__code="A-01")
    page.goto(f"{site}/centrum/{hall.centre.code}/zadania/{balance.tasks.get(kind='PULL').pk}/")
    page.click("text=Biorę to zadanie")
    scan(page, "A-01")
    watched.rules.obeyed(least=72)
    scan(page, "L26-11")
    balance.refresh_from_db()
    assert balance.units == 0


PAGES = [
    "liczenia/", "liczenia/{count}/", "kwarantanna/", "zwroty/?code={order}", "darowizny/",
    "temperatury/?dzien=2026-11-22", "slad/?code={order}", "partie/{lot}/", "wycofania/?code=L26",
    "wycofania/partia/{lot}/", "wycofania/{recall}/", "wycofania/{recall}/kupujacy/",
]  # fmt: skip


@pytest.mark.parametrize("half", [PAGES[::2], PAGES[1::2]], ids=["first", "second"])
def test_pages_of_quality_obey(watched, page, site, hall, half):
    sign_in(page, site, hall.lead)
    things = {
        "count": hall.count.pk,
        "order": hall.order_number,
        "lot": hall.lot.pk,
        "recall": hall.recall.pk,
    }
    for address in half:
        page.goto(f"{site}/centrum/{hall.centre.code}/{address.format(**things)}")
        watched.rules.obeyed_everywhere(least=72, schemes=["light"])
