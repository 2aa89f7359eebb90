"""Printed labels, read back from the PDF by a real reader at the resolution of a label printer."""

from contextlib import closing

import pypdfium2
import pytest
import zxingcpp

from distribution.models import HandlingUnit, Lot
from distribution.policies import gs1
from distribution.policies.gs1 import GS
from distribution.queries import labels
from producers.models import StockItem
from tests.factories.market import GOOD_UNTIL, market
from tests.orders.operations.test_order_story import pick_everything

pytestmark = pytest.mark.django_db
GTIN = "05900000000015"
DPI = 203


def read(document):
    """For each page, what its GS1-128 bars say together, and what its QR says."""
    with closing(pypdfium2.PdfDocument(document)) as pages:
        for page in pages:
            found = zxingcpp.read_barcodes(page.render(scale=DPI / 72).to_pil())
            bars = [code for code in found if code.symbology_identifier == "]C1"]
            parts = [gs1.parse(code.text) for code in bars]
            (square,) = [code for code in found if code.symbology_identifier == "]Q1"]
            yield parts, gs1.parse(square.bytes.decode())


def said(parts, name):
    """What one of the bars says."""
    return next((value for part in parts if (value := getattr(part, name)) is not None), None)


def text_of(document):
    with closing(pypdfium2.PdfDocument(document)) as pages:
        return "\n".join(page.get_textpage().get_text_range() for page in pages)


@pytest.fixture
def m():
    return market()


def test_lot_label_says_the_goods_the_lot_the_date_and_the_count(m):
    jam = m.add(stock=14, code="L26-11/AB-0123456789")
    StockItem.objects.filter(pk=jam.stock_item_id).update(gtin=GTIN)
    lot = Lot.objects.get()
    document = labels.of_lot(lot=lot, centre=m.centre, units=14, copies=2)
    pages = list(read(document))
    assert len(pages) == 2
    for parts, square in pages:
        assert said(parts, "gtin") == square.gtin == GTIN
        assert said(parts, "lot") == square.lot == lot.code
        assert said(parts, "count") == square.count == 14
        until = square.best_before or square.use_by
        assert until == GOOD_UNTIL
        assert (said(parts, "best_before") or said(parts, "use_by")) == GOOD_UNTIL
    assert lot.code in text_of(document)
    assert jam.stock_item.product.name in text_of(document).replace("\r\n", " ")


def test_goods_without_a_number_get_one_of_the_house(m):
    jam = m.add(stock=14)
    ((parts, square),) = read(labels.of_lot(lot=Lot.objects.get(), centre=m.centre))
    assert gs1.house_item(square.gtin) == gs1.house_item(said(parts, "gtin")) == jam.stock_item_id


def test_receipt_prints_a_label_for_each_lot_with_its_weight(m):
    m.add(stock=10, sold_by="WEIGHT", expected_grams=300, max_grams=400, grams=310)
    document = m.centre.documents.get()
    ((parts, square),) = read(labels.of_receipt(document))
    assert (square.count, square.grams) == (10, 3100)
    assert said(parts, "grams") == 3100


def test_crate_label_says_its_sscc_and_the_one_lot_in_it(m):
    jam = m.add(stock=10)
    order = m.order([(jam, 3)])
    m.close_and_release()
    pick_everything(m, m.worker())
    unit = HandlingUnit.objects.select_related("fulfilment").get(fulfilment__reference=order.number)
    document = labels.of_crate(unit)
    ((parts, square),) = read(document)
    assert said(parts, "sscc") == square.sscc == unit.sscc
    assert (square.lot, square.count) == ("L1", 3)
    assert order.number in text_of(document)


def test_empty_crate_says_its_number_alone(m):
    unit = HandlingUnit.objects.first()
    ((parts, square),) = read(labels.of_crate(unit))
    assert square == gs1.Label(sscc=unit.sscc)
    assert [part.sscc for part in parts] == [unit.sscc]


def test_wrong_digit_never_gets_onto_a_label():
    wrong = GTIN[:-1] + "4"
    with pytest.raises(gs1.Malformed):
        gs1.elements_of(gs1.Label(gtin=wrong, lot="L1"))
    assert gs1.scanned([("10", "L1"), ("30", "5")]) == f"10L1{GS}305"
