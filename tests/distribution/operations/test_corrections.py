"""Losses and mistakes: nothing is refused for being sold, and everybody concerned is settled."""

import pytest

from distribution.models import Allocation, Balance, Document, Movement, Shortage, Supply
from distribution.operations import corrections, exits, lots, picking, tasks
from distribution.operations.corrections import (
    AlreadyReversed,
    GoodsMovedOn,
    ReasonMissing,
    ReceiverMissing,
    WeightMissing,
)
from distribution.operations.moves import NotEnoughThere
from marketplace.kernel.states import WrongState
from tests.audit import assert_audit_clean
from tests.factories.market import NOW, PACKING, market
from tests.orders.operations.test_order_story import pick_everything, scan
from tests.workers import do_jobs

pytestmark = pytest.mark.django_db


def write_off(units, *, balance=None, reason="stłuczone", **more):
    balance = balance or Balance.objects.get(units__gt=0)
    return corrections.write_off(balance=balance.pk, units=units, reason=reason, by=None, at=NOW, **more)


def reverse(document, reason="pomyłka"):
    return corrections.reverse(document=document.pk, reason=reason, by=None, at=NOW)


def test_loss_of_sold_goods_cuts_the_newest_order():
    m = market()
    jam = m.add(stock=5)
    first, second = m.order([(jam, 3)]), m.order([(jam, 2)])
    document = write_off(3)
    assert (document.kind, Supply.objects.get().uncovered) == ("RW", 3)
    assert_audit_clean()
    do_jobs()
    assert (first.lines.get().short, second.lines.get().short) == (1, 2)
    assert Supply.objects.get().uncovered == 0
    assert_audit_clean()
    m.close_and_release()
    do_jobs()
    assert (first.round.orders.get(pk=first.pk).state, first.round.orders.get(pk=second.pk).state) == (
        "PREPARING",
        "CANCELLED",
    )
    assert_audit_clean()


def test_two_losses_at_one_moment_are_both_settled():
    m = market()
    jam = m.add(stock=5)
    m.order([(jam, 5)])
    write_off(1)
    do_jobs()
    write_off(1)
    do_jobs()
    assert Supply.objects.get().uncovered == 0
    assert sum(Shortage.objects.values_list("pieces", flat=True)) == 2
    assert_audit_clean()


def test_loss_of_goods_set_aside_takes_others_of_the_item():
    m = market()
    jam = m.add(stock=4)
    m.order([(jam, 4)])
    m.close_and_release()
    m.receive(jam.stock_item, 3, code="L2")
    write_off(4, balance=Balance.objects.get(lot__code="L1"))
    do_jobs()
    assert Allocation.objects.get(state="ACTIVE").units == 3
    assert Shortage.objects.get().pieces == 1
    assert_audit_clean()


def test_loss_where_another_place_still_covers_the_supply_is_settled_too():
    """The supply row is not short, but the place the picker is sent to is empty."""
    m = market()
    jam = m.add(stock=4)
    m.order([(jam, 4)])
    m.close_and_release()
    m.receive(jam.stock_item, 10, code="L2")
    write_off(4, balance=Balance.objects.get(lot__code="L1"))
    assert Supply.objects.get().uncovered == 0
    do_jobs()
    assert Allocation.objects.get(state="ACTIVE").lot.code == "L2"
    assert Balance.objects.filter(uncovered__gt=0).count() == 0
    assert Shortage.objects.count() == 0
    assert_audit_clean()


@pytest.mark.parametrize("units", [0, 6])
def test_more_than_there_is_can_not_be_lost(units):
    market().add(stock=5)
    with pytest.raises(NotEnoughThere):
        write_off(units)


def test_loss_and_reversal_need_a_reason():
    market().add(stock=5)
    with pytest.raises(ReasonMissing):
        write_off(1, reason=" ")
    with pytest.raises(ReasonMissing):
        reverse(Document.objects.get(), reason="")


def test_gift_goes_to_another_place_than_waste():
    m = market()
    m.add(stock=5)
    write_off(2, donated=True, taken_by="Bank Żywności", weight=600)
    assert Movement.objects.latest("pk").to_location.kind == "DONATION"
    document = m.centre.documents.get(kind="RW")
    assert (document.taken_by, document.lines.get().units, document.lines.get().grams) == (
        "Bank Żywności",
        2,
        600,
    )
    assert Balance.objects.get(units__gt=0).grams is None
    assert_audit_clean()


def test_gift_needs_its_receiver_and_a_weight():
    m = market()
    jam = m.add(stock=5)
    with pytest.raises(ReceiverMissing):
        write_off(2, donated=True, taken_by=" ")
    with pytest.raises(WeightMissing):
        write_off(2, donated=True, taken_by="Caritas", weight=0)
    jam.stock_item.unit, jam.stock_item.content = "G", 280
    jam.stock_item.save()
    assert write_off(2, donated=True, taken_by="Caritas").lines.get().grams == 560
    jam.stock_item.unit = "PCS"
    jam.stock_item.save()
    with pytest.raises(WeightMissing):
        write_off(2, donated=True, taken_by="Caritas")


def test_own_use_says_so():
    market().add(stock=5)
    document = write_off(1, own_use=True, reason="degustacja")
    assert (document.reason, Movement.objects.latest("pk").to_location.kind) == (
        "Zużycie własne: degustacja",
        "WASTE",
    )
    assert_audit_clean()


def test_reversed_receipt_is_its_mirror_and_happens_once():
    m = market()
    jam = m.add(stock=5)
    original = Document.objects.get()
    mirror = reverse(original)
    assert (mirror.kind, mirror.number, mirror.reverses) == ("PZ", 2, original)
    assert Supply.objects.get(item=jam.stock_item).quantity == 0
    assert Movement.objects.latest("pk").reverses.document_line.document == original
    for again in (original, mirror):
        with pytest.raises(AlreadyReversed):
            reverse(again)
    assert_audit_clean()


def test_reversed_receipt_of_sold_goods_is_settled():
    m = market()
    jam = m.add(stock=5)
    order = m.order([(jam, 2)])
    reverse(Document.objects.get())
    do_jobs()
    assert order.lines.get().short == 2
    assert_audit_clean()


def test_receipt_whose_goods_moved_on_is_not_reversed():
    m = market()
    jam = m.add(stock=5)
    m.order([(jam, 2)])
    m.close_and_release()
    pick_everything(m, m.worker())
    with pytest.raises(GoodsMovedOn):
        reverse(Document.objects.get(kind="PZ"))
    assert_audit_clean()


def test_reversed_loss_puts_the_goods_back():
    m = market()
    jam = m.add(stock=5)
    reverse(write_off(3))
    assert Supply.objects.get(item=jam.stock_item).quantity == 5
    assert_audit_clean()


def test_picker_who_finds_nothing_is_sent_to_another_lot():
    m = market()
    jam = m.add(stock=2)
    m.receive(jam.stock_item, 1, code="L2")
    m.order([(jam, 2)])
    m.close_and_release()
    task, by = m.centre.tasks.get(), m.worker()
    tasks.claim(task=task.pk, by=by, at=PACKING)
    scan(task.pk, m.centre.handling_units.first().sscc, by)
    first = picking.next_step(task=m.centre.tasks.get())
    step = exits.report_short(task=task.pk, allocation=first.allocation, reason="MISSING", by=by, at=PACKING)
    assert (first.lot, step.lot, step.units) == ("L1", "L2", 1)
    assert Shortage.objects.get().pieces == 1
    assert_audit_clean()


def test_quarantine_stops_selling_and_release_brings_it_back():
    m = market()
    jam = m.add(stock=5)
    lot = Balance.objects.get().lot

    def change(new):
        lots.change_state(lot=lot.pk, new=new, reason="sprawdzamy", by=None, at=NOW)
        return Supply.objects.get(item=jam.stock_item).quantity

    assert change("QUARANTINE") == 0
    assert change("RELEASED") == 5
    assert change("RECALLED") == 0
    with pytest.raises(WrongState):
        change("RELEASED")
    assert_audit_clean()
