"""Races for document numbers: no gap, no repeat, no deadlock, whatever the order of lines and centres."""

from datetime import timedelta

import pytest

from distribution.models import Balance, Document, DocumentCounter, Lot
from distribution.operations import corrections, counted, lots, papers, receipts
from distribution.operations.counted import Counted
from tests.audit import assert_audit_clean
from tests.factories import CentreFactory
from tests.factories.market import GOOD_UNTIL, NOW, market
from tests.races.crowd import breaks_within, codes, deadlocks, race

pytestmark = [pytest.mark.race, pytest.mark.usefixtures("cloned_database")]


def receive(m, centre, items, *, code):
    counted = [Counted(item.pk, code, 5, GOOD_UNTIL) for item in items]
    return lambda: receipts.post_receipt(
        centre=centre.pk, producer=m.producer.pk, counted=counted, by=None, at=NOW
    )


def write_off(balance):
    return lambda: corrections.write_off(balance=balance.pk, units=1, reason="stłuczone", by=None, at=NOW)


def numbers(centre, kind):
    return sorted(Document.objects.filter(centre=centre, kind=kind).values_list("number", flat=True))


def test_twenty_receipts_in_two_centres_both_ways_round_and_write_offs_meanwhile():
    m = market()
    first, second = m.add(stock=20).stock_item, m.add(stock=20).stock_item
    other = CentreFactory()
    before = Document.objects.count()
    receiving = [
        receive(m, (m.centre, other)[n // 2 % 2], (first, second)[:: 1 if n % 2 else -1], code=f"P{n // 4}")
        for n in range(20)
    ]
    losing = [write_off(balance) for balance in Balance.objects.all() for _ in range(4)]
    outcomes = race([effect for pair in zip(receiving, losing * 3, strict=False) for effect in pair])

    assert codes(outcomes) == {"ok": len(outcomes)}
    assert deadlocks() == 0
    for centre in (m.centre, other):
        for kind in ("PZ", "RW"):
            found = numbers(centre, kind)
            assert found == list(range(1, len(found) + 1))
    assert Document.objects.count() - before == len(outcomes)
    assert_audit_clean()


def test_control_of_new_lots_made_in_the_order_of_the_paper_deadlocks(monkeypatch):
    monkeypatch.setattr(counted, "in_order_of_lots", lambda counted: list(enumerate(counted)))
    m = market()
    items = [m.add().stock_item for _ in range(6)]
    centres = [CentreFactory() for _ in range(8)]
    with breaks_within(5) as control:
        for n in control:
            race([receive(m, c, items[:: 1 if i % 2 else -1], code=f"K{n}") for i, c in enumerate(centres)])
            control.broke = deadlocks() > 0


def test_control_of_numbers_by_counting_repeats_one(monkeypatch):
    """The table refuses the repeat, so the work of one of the two is lost."""

    def by_counting(*, centre, kind, at):
        return at.year, Document.objects.filter(centre=centre, kind=kind, year=at.year).count() + 1

    monkeypatch.setattr(papers, "next_number", by_counting)
    m = market()
    items = [m.add().stock_item for _ in range(4)]
    with breaks_within(5) as control:
        for n in control:
            outcomes = race([receive(m, m.centre, [item], code=f"C{n}") for item in items])
            control.broke = codes(outcomes)["IntegrityError"] > 0


def test_refused_work_takes_no_number():
    m = market()
    item = m.add(stock=5).stock_item
    balance = Balance.objects.get()
    outcomes = race([write_off(balance) for _ in range(9)])
    assert codes(outcomes) == {"ok": 5, "not_enough_there": 4}
    assert numbers(m.centre, "RW") == [1, 2, 3, 4, 5]
    assert DocumentCounter.objects.get(kind="RW").last == 5
    assert Lot.objects.get().item == item
    assert_audit_clean()


def test_one_document_reversed_by_many_at_once_is_reversed_once():
    m = market()
    m.add(stock=5)
    document = Document.objects.get()
    outcomes = race(
        [lambda: corrections.reverse(document=document.pk, reason="pomyłka", by=None, at=NOW)] * 6
    )
    assert codes(outcomes) == {"ok": 1, "already_reversed": 5}
    assert Balance.objects.get().units == 0
    assert_audit_clean()


def test_first_number_of_a_year_is_one_by_the_clock_of_warsaw():
    m = market()
    item = m.add().stock_item
    new_year = NOW.replace(month=12, day=31, hour=22, minute=59)
    for minutes in (0, 2):
        at = new_year + timedelta(minutes=minutes)
        receipts.post_receipt(
            centre=m.centre.pk,
            producer=m.producer.pk,
            counted=[Counted(item.pk, "R", 1, GOOD_UNTIL.replace(year=2027))],
            by=None,
            at=at,
        )
    assert list(Document.objects.order_by("pk").values_list("year", "number")) == [(2026, 1), (2027, 1)]
    assert lots.Lot.objects.count() == 1
