"""What a PZ says of a delivery: over, short, refused; and who may count it."""

from datetime import date, timedelta

import pytest

from distribution.models import ArrivalLine, Document, Lot, Reading, ReceiptItem
from distribution.operations import arrivals, corrections, receipts, receiving, supply
from distribution.operations.arrivals import ArrivalChanged, ArrivalOver
from distribution.operations.counted import (
    Counted,
    ForeignItem,
    RefusalUnexplained,
    UnknownReason,
    WrongQuantity,
    WrongWeight,
)
from distribution.operations.labels import UnknownProduct, UnreadableLabel
from distribution.operations.lots import LotDateImpossible
from distribution.policies import gs1
from distribution.queries import arrivals as arrival_queries
from orders.operations import audit
from producers.models import Offer, StockItem
from tests.audit import assert_audit_clean
from tests.factories import OfferFactory, ProductFactory, StockItemFactory
from tests.factories.market import GOOD_UNTIL, NOW, PACKING, market
from tests.workers import do_jobs

pytestmark = pytest.mark.django_db
GTIN = "05900000000015"


def owing(*pieces, **offer):
    """A released round for which the producer owes these pieces of one product each; with the arrival."""
    m = market()
    made = [m.add(**offer) for _ in pieces]
    for one, n in zip(made, pieces, strict=True):
        supply.promise(
            item=one.stock_item, centre=m.centre, available_on=PACKING.date(), pieces=n, by=None, at=NOW
        )
    m.order(list(zip(made, pieces, strict=True)))
    m.close_and_release()
    return m, [one.stock_item for one in made], m.centre.arrivals.get()


def count(m, lines, *, arrival=None, **more):
    return receipts.post_receipt(
        centre=m.centre.pk,
        producer=m.producer.pk,
        counted=lines,
        by=None,
        at=PACKING,
        arrival=arrival and arrival.pk,
        **more,
    )


def line(item, units, **more):
    return Counted(item.pk, more.pop("lot_code", "L1"), units, more.pop("until", GOOD_UNTIL), **more)


def test_paper_says_what_was_short_refused_and_why():
    m, (cheese, jam), arrival = owing(14, 4)
    paper = count(
        m,
        [
            line(
                cheese, 11, refused_units=2, refused_for="DAMAGED", difference_for="LESS_MADE", note="mokre"
            ),
            line(jam, 0, lot_code="", until=None, refused_units=4, refused_for="NO_LABEL"),
        ],
        arrival=arrival,
        last=True,
    )
    do_jobs()
    said = {row.item_id: row for row in paper.items.all()}
    assert (said[cheese.pk].owed, said[cheese.pk].accepted, said[cheese.pk].refused) == (14, 11, 2)
    assert said[cheese.pk].missing == 1
    assert said[cheese.pk].difference_for == "LESS_MADE"
    assert (said[jam.pk].accepted, said[jam.pk].refused_for, said[jam.pk].missing) == (0, "NO_LABEL", 0)
    row = paper.lines.get()
    assert (row.units, row.refused_units, row.refused_for, row.note) == (11, 2, "DAMAGED", "mokre")
    assert not Lot.objects.filter(item=jam).exists()
    assert_audit_clean()


def test_whole_delivery_names_what_did_not_come_and_its_order_is_settled():
    """Also of items nobody counted: their promises end with the delivery."""
    m, (cheese, jam), arrival = owing(5, 3)
    paper = count(m, [line(cheese, 5)], arrival=arrival, last=True)
    do_jobs()
    assert paper.items.get(item=jam).missing == 3
    assert not ArrivalLine.objects.filter(arrival__state="EXPECTED").exists()
    assert_audit_clean()


def test_more_than_was_owed_and_goods_nobody_ordered_are_on_the_paper():
    m, (cheese,), arrival = owing(5)
    extra = m.add().stock_item
    paper = count(m, [line(cheese, 7, difference_for="EXTRA"), line(extra, 2)], arrival=arrival)
    assert {row.item_id: row.missing for row in paper.items.all()} == {cheese.pk: -2, extra.pk: -2}
    assert list(arrival.lines.order_by("pk").values_list("owed", "received")) == [(5, 7), (0, 2)]
    assert_audit_clean()


def test_delivery_refused_as_a_whole_has_a_paper_and_no_stock():
    m, (cheese,), arrival = owing(5)
    paper = count(m, [line(cheese, 0, lot_code="", refused_units=5, refused_for="TOO_WARM")], arrival=arrival)
    assert paper.lines.count() == 0
    assert paper.items.get().refused == 5
    assert_audit_clean()


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"refused_units": 1}, RefusalUnexplained),
        ({"refused_units": 1, "refused_for": "BORED"}, UnknownReason),
        ({"difference_for": "BORED"}, UnknownReason),
        ({"refused_units": -1, "refused_for": "DAMAGED"}, WrongQuantity),
        ({"units": -3}, WrongQuantity),
        ({"grams": -200}, WrongQuantity),
        ({"until": date(2126, 12, 24)}, LotDateImpossible),
    ],
)
def test_what_a_line_must_not_say(changes, refusal):
    m, (cheese,), arrival = owing(5)
    facts = {"units": 1, **changes}
    with pytest.raises(refusal):
        count(m, [line(cheese, facts.pop("units"), **facts)], arrival=arrival)
    assert not Document.objects.exists()


@pytest.mark.parametrize("grams", [3, 500_000, 30_000_000])
def test_weight_that_cannot_be_is_refused(grams):
    m, (cheese,), arrival = owing(5, sold_by="WEIGHT", expected_grams=300, max_grams=400)
    with pytest.raises(WrongWeight):
        count(m, [line(cheese, 5, grams=grams)], arrival=arrival)
    count(m, [line(cheese, 5, grams=1600)], arrival=arrival)


def test_counting_the_same_delivery_twice_is_refused():
    m, (cheese,), arrival = owing(5)
    count(m, [line(cheese, 3)], arrival=arrival, seen=0)
    with pytest.raises(ArrivalChanged) as refusal:
        count(m, [line(cheese, 5)], arrival=arrival, seen=0)
    assert refusal.value.details == {"received": 3}
    count(m, [line(cheese, 2)], arrival=arrival, seen=3, last=True)
    with pytest.raises(ArrivalOver):
        count(m, [line(cheese, 2)], arrival=arrival, seen=5)
    assert_audit_clean()


def test_reversed_receipt_is_owed_again():
    m, (cheese,), arrival = owing(5)
    paper = count(m, [line(cheese, 5)], arrival=arrival)
    corrections.reverse(document=paper.pk, reason="nie ta dostawa", by=None, at=PACKING)
    do_jobs()
    assert arrival.lines.get().received == 0
    assert_audit_clean()


def test_late_is_a_day_or_an_hour_that_has_passed():
    _m, _items, arrival = owing(5)
    assert not arrival_queries.is_late(arrival, PACKING)
    assert arrival_queries.is_late(arrival, PACKING + timedelta(days=1))


def test_goods_sold_while_the_round_is_open_are_announced_and_then_owed():
    m = market()
    cheese = m.add()
    supply.promise(
        item=cheese.stock_item, centre=m.centre, available_on=PACKING.date(), pieces=20, by=None, at=NOW
    )
    m.order([(cheese, 14)])
    (row,) = arrival_queries.sold_by(m.producer)
    assert (row.pieces, row.on, row.centre) == (14, PACKING.date(), m.centre.code)
    assert arrival_queries.sold_to(m.centre) == [row]
    m.close_and_release()
    assert arrival_queries.sold_by(m.producer) == []
    assert arrival_queries.owed_by(m.producer).get().lines.get().owed == 14


def numbered(item, gtin=GTIN):
    StockItem.objects.filter(pk=item.pk).update(gtin=gtin)
    item.refresh_from_db()
    return item


def test_one_scan_fills_item_lot_date_count_and_weight():
    m, (cheese,), _arrival = owing(5, sold_by="WEIGHT", expected_grams=300, max_grams=400)
    numbered(cheese, GTIN[1:])  # kept as GTIN-13
    seen = receiving.read(code=f"02{GTIN}17261200{'3103001520'}10L7\x1d375", producer=m.producer.pk)
    assert (seen.item, seen.lot, seen.printed_on) == (cheese, "L7", date(2026, 12, 31))
    assert (seen.units, seen.grams) == (5, 1520)


def test_case_counts_its_pieces():
    m, (jam,), _arrival = owing(5)
    OfferFactory(stock_item=jam, pieces=6, gtin=GTIN)
    assert receiving.read(code=GTIN, producer=m.producer.pk).units == 6
    assert receiving.read(code=f"01{GTIN}302", producer=m.producer.pk).units == 12
    assert Offer.objects.get(gtin=GTIN).stock_item == jam


def test_label_of_the_house_names_goods_without_a_number():
    m, (jam,), _arrival = owing(5)
    assert receiving.read(code=f"01{gs1.number_of('', jam.pk)}", producer=m.producer.pk).item == jam


def test_goods_with_another_producers_number_are_refused():
    m, _items, _arrival = owing(5)
    numbered(StockItemFactory(product=ProductFactory()))
    with pytest.raises(ForeignItem):
        receiving.read(code=f"01{GTIN}10L1", producer=m.producer.pk)


@pytest.mark.parametrize(
    ("code", "refusal"),
    [
        ("05900000000022", UnknownProduct),
        ("garbage", UnknownProduct),
        ("00" + "059099900010000019", UnknownProduct),
        (f"01{GTIN}10A\x1d10B", UnreadableLabel),
        (f"01{GTIN[:-1]}4", UnreadableLabel),
        (f"01{GTIN}17271340", UnreadableLabel),
    ],
)
def test_label_that_helps_nobody_is_refused_in_words(code, refusal):
    m, _items, _arrival = owing(5)
    with pytest.raises(refusal) as said:
        receiving.read(code=code, producer=m.producer.pk)
    assert str(said.value)


def broken():
    return {name for name, n in audit.run().breaches.items() if n}


def test_invariants_of_a_receipt_can_fail():
    m, (cheese,), arrival = owing(5)
    paper = count(m, [line(cheese, 3)], arrival=arrival)
    ArrivalLine.objects.update(received=4)
    assert broken() == {"arrival_has_received_what_its_receipts_say"}
    ArrivalLine.objects.update(received=3)
    other = m.add().stock_item
    ReceiptItem.objects.create(document=paper, item=other, owed=0, accepted=1, refused=0)
    assert broken() == {"receipt_says_of_each_item_what_its_lines_say"}


def test_warm_delivery_is_read_once_per_class_and_waits_for_a_name():
    m, (cheese,), arrival = owing(5, temperature="CHILLED")
    count(m, [line(cheese, 5, temperature_tenths=95)], arrival=arrival)
    assert Reading.objects.get().is_breach
    assert arrivals.items_of(arrival) == {cheese.pk}
    assert_audit_clean()
