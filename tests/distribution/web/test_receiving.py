"""Counting a delivery in on its page: scanned, typed, refused, posted; its photographs and labels."""

import re
import uuid
from datetime import time, timedelta
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from distribution.models import Arrival, ArrivalLine, DockSlot, Document, Lot, ReceiptPhoto, Scan, Task
from distribution.operations import docks
from marketplace.kernel.clock import local_date
from producers.models import StockItem
from tests.audit import assert_audit_clean
from tests.factories import ProductFactory, StaffFactory, StockItemFactory
from tests.factories.live import live_market

pytestmark = pytest.mark.django_db
GTIN = "05900000000015"


class Ramp:
    """A delivery of 14 jars and 3 cheeses, owed today, and the page it is counted on."""

    def __init__(self, client):
        self.client, self.m = client, live_market()
        self.jam, self.cheese = self.m.add().stock_item, self.m.add(temperature="CHILLED").stock_item
        StockItem.objects.filter(pk=self.jam.pk).update(gtin=GTIN)
        self.today = local_date(timezone.now())
        self.until = self.today + timedelta(days=30)
        self.arrival = Arrival.objects.create(
            centre=self.m.centre, producer=self.m.producer, due_on=self.today
        )
        for item, owed in ((self.jam, 14), (self.cheese, 3)):
            ArrivalLine.objects.create(arrival=self.arrival, item=item, owed=owed)
        self.lead = self.m.worker("LEAD")
        client.force_login(self.lead)

    def at(self, path=""):
        return f"/centrum/{self.m.centre.code}/{path}"

    @property
    def page(self):
        return self.at(f"dostawy/{self.arrival.pk}/")

    def get(self, path):
        return self.client.get(self.at(path), secure=True)

    def send(self, **fields):
        sent = {"key": str(uuid.uuid4()), "seen": "0", "lines": "2", "l0-item": self.jam.pk,
                "l0-units": "14", "l1-item": self.cheese.pk, "l1-units": "3"} | fields  # fmt: skip
        return self.client.post(self.page, sent, secure=True)

    def post(self, **fields):
        """All that was owed came, unless the fields say otherwise."""
        filled = {
            "do": "post", "l0-lot_code": "L1", "l0-printed_on": self.until.isoformat(),
            "l1-lot_code": "S1", "l1-printed_on": self.until.isoformat(), "l1-temperature": "3,5",
        }  # fmt: skip
        return self.send(**{**filled, **fields})


@pytest.fixture
def ramp(client):
    return Ramp(client)


def value(answer, name):
    found = re.search(rf'<input[^>]*name="{name}"[^>]*>', answer.content.decode())
    said = re.search(r'value="([^"]*)"', found[0]) if found else None
    return said[1] if said else None


def label(ramp, lot="L7", count=""):
    return f"01{GTIN}15{ramp.until:%y%m%d}10{lot}" + (f"\x1d30{count}" if count else "")


def test_scan_fills_the_line_and_keeps_what_was_typed(ramp):
    answer = ramp.send(code=label(ramp, count=6), **{"l1-lot_code": "S1"})
    assert [value(answer, f"l0-{name}") for name in ("lot_code", "printed_on", "units")] == [
        "L7",
        ramp.until.isoformat(),
        "6",
    ]
    assert (value(answer, "l1-lot_code"), value(answer, "l1-units")) == ("S1", "3")
    assert not Document.objects.exists()


def test_next_crate_of_the_lot_adds_and_another_lot_gets_its_own_line(ramp):
    typed = {"l0-lot_code": "L7", "l0-printed_on": ramp.until.isoformat(), "l0-units": "6"}
    again = ramp.send(code=label(ramp, count=6), **typed)
    assert (value(again, "l0-units"), value(again, "lines")) == ("12", "2")
    other = ramp.send(code=label(ramp, lot="L8", count=2), **typed)
    assert (value(other, "l1-lot_code"), value(other, "l1-units"), value(other, "lines")) == ("L8", "2", "3")
    assert value(other, "l2-item") == str(ramp.cheese.pk)


def test_same_label_within_two_seconds_is_asked_about(ramp):
    code, typed = label(ramp, count=6), {"l0-lot_code": "L7", "l0-printed_on": ramp.until.isoformat()}
    now = int(timezone.now().timestamp())
    answer = ramp.send(code=code, scanned=code, scanned_at=now, **typed, **{"l0-units": "6"})
    assert 'data-tone="warning"' in answer.content.decode()
    assert value(answer, "l0-units") == "6"
    answer = ramp.send(code=code, scanned=code, scanned_at=now - 3, **typed, **{"l0-units": "6"})
    assert value(answer, "l0-units") == "12"


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (f"01{GTIN}10A\x1d10B", "jest w tym kodzie dwa razy"),
        (f"01{GTIN}1599990A", "jest za krótkie"),
        ("05900000000022", "Nie znam produktu"),
        ("garbage", "Nie umiem odczytać"),
    ],
)
def test_bad_scan_is_said_in_words_and_changes_nothing(ramp, code, words):
    page = ramp.send(code=code)
    assert words in page.content.decode()
    assert 'data-tone="error"' in page.content.decode()
    assert value(page, "l0-lot_code") is None
    assert Scan.objects.get().by == ramp.lead


def test_goods_of_another_producer_are_refused_by_name(ramp):
    other = StockItemFactory(product=ProductFactory(), gtin="05900000000022")
    assert other.pk
    assert "nie należy do producenta" in ramp.send(code="05900000000022").content.decode()


def test_hand_written_label_is_typed_and_the_paper_is_posted(ramp):
    answer = ramp.post()
    paper = Document.objects.get()
    assert answer["Location"] == ramp.at(f"dokumenty/{paper.pk}/")
    assert paper.lines.count() == 2
    assert Task.objects.unfinished().filter(kind="PUT_AWAY").count() == 2
    page = ramp.get(f"dokumenty/{paper.pk}/").content.decode()
    assert "Zgodność z zamówieniem" in page
    assert_audit_clean()


def test_second_lead_who_counted_too_is_told(ramp):
    ramp.post()
    answer = ramp.post()
    assert "Ktoś już przyjął coś z tej dostawy, razem 17" in answer.content.decode()
    assert Document.objects.count() == 1


def test_refusal_and_difference_need_a_reason_from_the_list(ramp):
    answer = ramp.post(last="on", **{"l0-units": "10", "l0-refused_units": "1"})
    assert answer.status_code == 422
    assert "Wybierz, dlaczego odmawiasz" in answer.content.decode()
    fields = {"l0-units": "10", "l0-refused_units": "1", "l0-refused_for": "DAMAGED"}
    assert "Jest 11, czekaliśmy na 14" in ramp.post(last="on", **fields).content.decode()
    assert ramp.post(last="on", **fields, **{"l0-difference_for": "LESS_MADE"}).status_code == 302
    page = ramp.get(f"dokumenty/{Document.objects.get().pk}/").content.decode()
    assert "uszkodzone opakowanie" in page
    assert "brak 3" in page
    assert "producent ma mniej" in page


def test_more_than_was_owed_needs_a_reason_at_once(ramp):
    assert ramp.post(**{"l0-units": "15"}).status_code == 422
    assert ramp.post(**{"l0-units": "15", "l0-difference_for": "EXTRA"}).status_code == 302


def test_cold_goods_need_a_reading(ramp):
    answer = ramp.post(**{"l1-temperature": ""})
    assert answer.status_code == 422
    assert "Zmierz i wpisz temperaturę" in answer.content.decode()


@pytest.mark.parametrize(
    "fields",
    [{"lines": "-1"}, {"lines": "x" * 99}, {"l0-item": "999999999999999999999"}, {"l0-item": "x"}, {"key": "x"},
     {"seen": "x"}, {"add": "1e9"}, {"scanned_at": "x", "scanned": "c", "code": "c"}, {"l0-units": "1" * 40}],
)  # fmt: skip
def test_nonsense_is_no_server_error(ramp, fields):
    assert ramp.post(**fields).status_code in {200, 302, 422}


def test_another_lot_gets_a_line_by_hand(ramp):
    answer = ramp.send(add=ramp.jam.pk)
    assert (value(answer, "lines"), value(answer, "l1-item")) == ("3", str(ramp.jam.pk))


@pytest.mark.parametrize("items", [1, 20])
def test_page_takes_the_same_statements_for_one_item_and_for_twenty(ramp, items, django_assert_num_queries):
    for _ in range(items):
        ArrivalLine.objects.create(arrival=ramp.arrival, item=ramp.m.add().stock_item, owed=2)
    ramp.get(f"dostawy/{ramp.arrival.pk}/")
    with django_assert_num_queries(9):
        ramp.get(f"dostawy/{ramp.arrival.pk}/")


@pytest.mark.parametrize("n", [1, 20])
def test_list_takes_the_same_statements_with_one_and_with_twenty(ramp, n, django_assert_num_queries):
    for day in range(n):
        Arrival.objects.create(
            centre=ramp.m.centre, producer=ramp.m.producer, due_on=ramp.today + timedelta(days=day + 1)
        )
    ramp.get("dostawy/")
    with django_assert_num_queries(7):
        ramp.get("dostawy/")


def test_list_is_by_day_and_hour_and_names_the_late(ramp):
    yesterday = Arrival.objects.create(
        centre=ramp.m.centre, producer=ramp.m.producer, due_on=ramp.today - timedelta(days=1)
    )
    assert yesterday.pk
    page = ramp.get("dostawy/").content.decode()
    assert page.count("spóźniona") == 1
    assert "nieumówiona" in page


def window(ramp, on, **more):
    return DockSlot.objects.create(
        centre=ramp.m.centre, on=on, starts=time(23, 58), ends=time(23, 59), capacity=1, **more
    )


def test_centre_books_for_a_producer_who_rang(ramp):
    slot = window(ramp, ramp.today)
    address = ramp.at(f"dostawy/{ramp.arrival.pk}/okno/")
    ramp.client.post(address, {"slot": slot.pk}, secure=True)
    ramp.arrival.refresh_from_db()
    assert ramp.arrival.dock_slot == slot
    assert "23.58–23.59" in ramp.get("dostawy/").content.decode()
    ramp.client.post(address, {"slot": ""}, secure=True)
    slot.refresh_from_db()
    assert slot.taken == 0


def test_only_the_lead_offers_windows(ramp):
    body = {"first": ramp.today.isoformat(), "last": (ramp.today + timedelta(days=6)).isoformat(),
            "starts": "06:00", "ends": "08:00", "capacity": "2", "weekdays": list(range(7))}  # fmt: skip
    assert ramp.client.post(ramp.at("dostawy/okna/"), body, secure=True).status_code == 302
    slot = DockSlot.objects.first()
    answer = ramp.client.post(ramp.at("dostawy/okna/"), body, secure=True)
    assert "jest już okno" in answer.content.decode()
    ramp.client.post(ramp.at(f"dostawy/okna/{slot.pk}/"), {"capacity": "5"}, secure=True)
    slot.refresh_from_db()
    assert slot.capacity == 5
    ramp.client.force_login(ramp.m.worker())
    assert ramp.client.post(ramp.at("dostawy/okna/"), body, secure=True).status_code == 403
    assert (
        ramp.client.post(ramp.at(f"dostawy/okna/{slot.pk}/"), {"capacity": "1"}, secure=True).status_code
        == 403
    )
    assert (
        "06.00" in ramp.get("dostawy/okna/").content.decode()
        or "6.00" in ramp.get("dostawy/okna/").content.decode()
    )


def picture(kind="JPEG", size=(40, 30)):
    made = BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "Aparat z Leszna"
    Image.new("RGB", size, "#B03A2E").save(made, kind, exif=exif)
    return SimpleUploadedFile("zdjęcie.jpg", made.getvalue(), content_type="image/jpeg")


def upload(ramp, file):
    paper = Document.objects.get()
    return ramp.client.post(
        ramp.at(f"dokumenty/{paper.pk}/zdjecia/"), {"photo": file}, secure=True, follow=True
    )


def test_photograph_is_made_anew_and_shown_to_the_centre_alone(ramp, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    ramp.post()
    assert "Zdjęcie dołączone" in upload(ramp, picture()).content.decode()
    photo = ReceiptPhoto.objects.get()
    with photo.image.open() as file:
        kept = file.read()
    assert b"Leszna" not in kept
    assert Image.open(BytesIO(kept)).format == "WEBP"
    address = f"dokumenty/{photo.document_id}/zdjecia/{photo.pk}/"
    assert ramp.get(address).content == kept
    ramp.client.force_login(StaffFactory(role="LEAD").user)
    assert ramp.get(address).status_code == 404
    ramp.client.logout()
    assert ramp.get(address).status_code == 302


@pytest.mark.parametrize("content", [b"", b"<svg/>", b"GIF89a" + b"\0" * 99])
def test_what_is_no_photograph_is_refused(ramp, settings, tmp_path, content):
    settings.MEDIA_ROOT = tmp_path
    ramp.post()
    file = SimpleUploadedFile("x.jpg", content, content_type="image/jpeg")
    assert "nie jest zdjęcie" in upload(ramp, file).content.decode()
    assert not ReceiptPhoto.objects.exists()


def test_photograph_that_is_too_big_is_refused(ramp, settings, tmp_path):
    settings.MEDIA_ROOT, settings.PICTURE_MAX_BYTES = tmp_path, 100
    ramp.post()
    assert "za duże" in upload(ramp, picture(size=(400, 300))).content.decode()


def test_labels_are_printed_from_the_paper_the_lot_and_the_crate(ramp):
    ramp.post()
    lot, crate = Lot.objects.first(), ramp.m.centre.handling_units.first()
    for address in (
        f"dokumenty/{Document.objects.get().pk}/etykiety.pdf",
        f"partie/{lot.pk}/etykieta.pdf?sztuk=6&kopie=3",
        f"partie/{lot.pk}/etykieta.pdf?sztuk=x&kopie=-1",
        f"skrzynie/{crate.sscc}/etykieta.pdf",
    ):
        answer = ramp.get(address)
        assert answer["Content-Type"] == "application/pdf"
        assert answer.content.startswith(b"%PDF")
    assert ramp.get("skrzynie/000000000000000000/etykieta.pdf").status_code == 404


def test_crate_is_found_by_its_code(ramp):
    crate = ramp.m.centre.handling_units.first()
    assert crate.sscc in ramp.get(f"skrzynie/?code=00{crate.sscc}").content.decode()
    assert "Nie ma tu takiej skrzyni" in ramp.get("skrzynie/?code=x").content.decode()


def test_goods_are_put_away_by_scans(ramp):
    ramp.post()
    task = Task.objects.unfinished().get(kind="PUT_AWAY", balance__item=ramp.jam)
    client, here = ramp.client, ramp.at(f"zadania/{task.pk}/")
    client.post(f"{here}wez/", secure=True)

    def scan(code, **more):
        sent = {"key": str(uuid.uuid4()), "code": code} | more
        return client.post(f"{here}szukaj/", sent, secure=True, follow=True).content.decode()

    assert "Zeskanuj miejsce" in scan("L1")
    assert "Zła temperatura" in scan("B-01")
    assert "Reszta czeka" in scan("A-01", units="4")
    scan("A-01")
    task.refresh_from_db()
    assert task.state == "DONE"
    assert docks.MOST_CAPACITY
    assert_audit_clean()
