"""A delivery in a real browser: the producer's hour, the ramp, the paper, the shelf."""

from datetime import time, timedelta
from io import BytesIO

import pytest
from django.utils import timezone
from PIL import Image

from distribution.models import Arrival, ArrivalLine, DockSlot, Document, Task
from marketplace.kernel.clock import local_date
from producers.models import ProducerPerson, StockItem
from tests.factories import UserFactory
from tests.factories.live import live_market
from tests.journeys.rules import WIDTHS
from tests.journeys.test_hall import scan, sign_in

pytestmark = pytest.mark.browser
GTIN = "05900000000015"


@pytest.fixture
def ramp(cloned_database, settings, tmp_path):
    """14 jars and a cheese are owed today; tomorrow's delivery has no hour yet."""
    settings.MEDIA_ROOT = tmp_path / "media"
    m = live_market()
    jam, cheese = m.add(), m.add(temperature="CHILLED")
    StockItem.objects.filter(pk=jam.stock_item_id).update(gtin=GTIN)
    m.today = local_date(timezone.now())
    m.until = m.today + timedelta(days=40)
    for days in (0, 1):
        arrival = Arrival.objects.create(
            centre=m.centre, producer=m.producer, due_on=m.today + timedelta(days=days)
        )
        for item, owed in ((jam.stock_item, 14), (cheese.stock_item, 1)):
            ArrivalLine.objects.create(arrival=arrival, item=item, owed=owed)
        for hour, taken in ((8, 0), (10, 1)):
            DockSlot.objects.create(
                centre=m.centre,
                on=arrival.due_on,
                starts=time(hour),
                ends=time(hour + 2),
                capacity=1,
                taken=taken,
            )
    m.tomorrow, m.lead = arrival, m.worker("LEAD")
    return m


def obeyed(page, rules, *, least, schemes=("light",)):
    """The page as it stands, at every width."""
    for scheme in schemes:
        page.emulate_media(color_scheme=scheme)
        if scheme == "dark":
            page.reload()  # colours fade into one another; in between nothing has its contrast
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            rules.obeyed(least=least)


def photograph():
    made = BytesIO()
    Image.new("RGB", (640, 480), "#B03A2E").save(made, "JPEG")
    return {"name": "szkoda.jpg", "mimeType": "image/jpeg", "buffer": made.getvalue()}


def test_goods_come_in_by_scan_and_go_to_their_shelf(watched, page, site, ramp):
    sign_in(page, site, ramp.lead)
    home = f"{site}/centrum/{ramp.centre.code}"
    page.goto(f"{home}/dostawy/")
    obeyed(page, watched.rules, least=72)
    page.click("text=Przyjmij >> nth=0")
    scan(page, f"01{GTIN}15{ramp.until:%y%m%d}10L7\x1d3013")
    assert page.input_value("#id_l0-lot_code") == "L7"
    assert page.input_value("#id_l0-units") == "13"
    page.fill("#id_l1-lot_code", "S1")
    page.fill("#id_l1-printed_on", ramp.until.isoformat())
    page.fill("#id_l1-temperature", "3,5")
    page.check("input[name=last]")
    page.click("text=Przyjmij i wystaw PZ")
    page.wait_for_selector(".error-summary, [data-error-summary]")
    assert "422" in watched.rules.complaints.pop()  # the browser says what the form was refused with
    obeyed(page, watched.rules, least=72)
    page.select_option("#id_l0-difference_for", "LESS_MADE")
    page.click("text=Przyjmij i wystaw PZ")
    page.set_input_files("#photo", photograph())
    page.click("text=Dołącz zdjęcie")
    assert "brak 1" in page.inner_text("main")
    obeyed(page, watched.rules, least=72)
    document = Document.objects.get()
    task = Task.objects.unfinished().get(kind="PUT_AWAY", balance__lot__code="L7")
    page.goto(f"{home}/zadania/{task.pk}/")
    page.click("text=Biorę to zadanie")
    scan(page, "L7")
    scan(page, "B-01")
    assert "Zła temperatura" in page.inner_text("main")
    obeyed(page, watched.rules, least=72)
    scan(page, page.inner_text(".hall-where"))
    task.refresh_from_db()
    assert task.state == "DONE"
    with page.expect_download() as saved:
        page.evaluate(f"location.href = '{home}/dokumenty/{document.pk}/etykiety.pdf'")
    assert saved.value.suggested_filename.endswith(".pdf")


def test_windows_and_crates_obey(watched, page, site, ramp):
    sign_in(page, site, ramp.lead)
    crate = ramp.centre.handling_units.first()
    for path in ("dostawy/okna/", f"skrzynie/?code={crate.sscc}"):
        page.goto(f"{site}/centrum/{ramp.centre.code}/{path}")
        if path == "dostawy/okna/":
            page.click("summary >> nth=0")
        obeyed(page, watched.rules, least=72)


def test_producer_takes_an_hour_with_a_phone(watched, page, site, ramp):
    owner = UserFactory()
    ProducerPerson.objects.create(producer=ramp.producer, user=owner, role="OWNER")
    sign_in(page, site, owner)
    page.goto(f"{site}/producent/{ramp.producer.slug}/dostawy/")
    obeyed(page, watched.rules, least=44, schemes=("light", "dark"))
    page.set_viewport_size({"width": 320, "height": 900})
    page.click("text=Umów godzinę >> nth=1")
    page.click("text=08.00–10.00") if page.query_selector("text=08.00–10.00") else page.click(
        "text=8.00–10.00"
    )
    page.click("button:has-text('Umów godzinę')")
    page.wait_for_selector("text=Umówione:")
    obeyed(page, watched.rules, least=44, schemes=("light", "dark"))
    ramp.tomorrow.refresh_from_db()
    assert ramp.tomorrow.dock_slot.starts == time(8)
