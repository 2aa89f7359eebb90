"""Scans: the right one moves goods, the wrong one changes nothing and is remembered."""

import uuid
from datetime import timedelta

import pytest

from distribution.models import Movement, Scan, Task
from distribution.operations import picking, tasks
from distribution.operations.picking import (
    UnknownCode,
    WrongCount,
    WrongCrate,
    WrongGoods,
    WrongLocation,
)
from distribution.operations.tasks import NotYourTask, TaskOver, TaskTaken
from marketplace.kernel.references import check_digit
from orders.models import Line
from tests.audit import assert_audit_clean
from tests.factories.market import PACKING, market
from tests.orders.operations.test_order_story import pack_everything, pick_everything
from tests.workers import do_jobs

pytestmark = pytest.mark.django_db
BODY = "0590000000001"
GTIN = BODY + check_digit(BODY)


def at_work(quantity=2, **offer):
    m = market()
    made = m.add(stock=10, **offer)
    m.order([(made, quantity)])
    m.close_and_release()
    task, by = m.centre.tasks.get(), m.worker()
    tasks.claim(task=task.pk, by=by, at=PACKING)
    return m, task, by


def scan(task, code, by, *, units=None, grams=None, at=PACKING, **more):
    return picking.scan(
        task=task.pk, key=uuid.uuid4(), code=code, units=units, grams=grams, by=by, at=at, **more
    )


def at_the_goods(**offer):
    m, task, by = at_work(**offer)
    scan(task, m.centre.handling_units.first().sscc, by)
    scan(task, "A-01", by)
    return m, task, by


def refused(refusal, task, code, by, **counted):
    with pytest.raises(refusal) as caught:
        scan(task, code, by, **counted)
    assert Movement.objects.filter(reason="PICK").count() == 0
    return caught.value


def test_unknown_crate_is_refused_and_remembered():
    m, task, by = at_work()
    assert refused(UnknownCode, task, "nie-skrzynka", by).details["expects"] == "crate"
    assert list(Scan.objects.values_list("text", "refused", "by")) == [
        ("nie-skrzynka", "unknown_code", by.pk)
    ]
    assert scan(task, m.centre.handling_units.first().sscc, by)["result"] == "crate"


def test_wrong_place_is_named_with_the_right_one():
    m, task, by = at_work()
    scan(task, m.centre.handling_units.first().sscc, by)
    assert refused(WrongLocation, task, "A-02", by).details["wanted"] == "A-01"
    assert refused(UnknownCode, task, "X-99", by).details["wanted"] == "A-01"
    assert Scan.objects.count() == 2
    assert scan(task, " a-01 ", by)["next"]["expects"] == "goods"


@pytest.mark.parametrize("code", ["L2", "()", "(10)L2", f"(01){GTIN}"])
def test_wrong_goods(code):
    _m, task, by = at_the_goods()
    with pytest.raises((WrongGoods, UnknownCode)):
        scan(task, code, by)
    assert Movement.objects.filter(reason="PICK").count() == 0
    assert Scan.objects.get().refused in {"wrong_goods", "unknown_code"}


@pytest.mark.parametrize("code", ["L1", "l1", "(10)L1", f"01{GTIN}10L1", GTIN])
def test_right_goods_by_lot_label_or_gtin(code):
    m, task, by = at_work()
    item = m.offers[0].stock_item
    type(item).objects.filter(pk=item.pk).update(gtin=GTIN)
    scan(task, m.centre.handling_units.first().sscc, by)
    scan(task, "A-01", by)
    assert scan(task, code, by)["result"] == "picked"
    assert_audit_clean()


@pytest.mark.parametrize("units", [0, 3, -1])
def test_wrong_count(units):
    _m, task, by = at_the_goods()
    refused(WrongCount, task, "L1", by, units=units)


def test_counted_in_two_steps():
    _m, task, by = at_the_goods()
    assert scan(task, "L1", by, units=1)["next"]["units"] == 1
    assert scan(task, "L1", by, at=PACKING + timedelta(seconds=2))["next"]["expects"] == "nothing"
    assert Movement.objects.filter(reason="PICK").count() == 2
    assert_audit_clean()


WEIGHT = {"sold_by": "WEIGHT", "expected_grams": 300, "max_grams": 350, "grams": 300}


@pytest.mark.parametrize("grams", [None, 0, 701])
def test_weight_is_asked_for_and_never_above_what_was_agreed(grams):
    _m, task, by = at_the_goods(**WEIGHT)
    refused(WrongCount, task, "L1", by, grams=grams)


def test_heavier_piece_after_a_lighter_one_stays_within_its_own_limit():
    _m, task, by = at_the_goods(**WEIGHT)
    scan(task, "L1", by, units=1, grams=300)
    with pytest.raises(WrongCount):
        scan(task, "L1", by, units=1, grams=351)
    scan(task, "L1", by, units=1, grams=350)


def test_order_costs_what_the_scales_said_and_never_more():
    m, task, by = at_the_goods(**WEIGHT)
    scan(task, "L1", by, grams=612)
    pack_everything(m, by)
    do_jobs()
    line = Line.objects.get()
    assert (line.agreed_max, line.final_grams) == (700, 612)
    assert line.placed_total == round(line.price * 700 / 1000, 2)
    assert line.final_total == round(line.price * 612 / 1000, 2)
    assert_audit_clean()


def test_lightest_possible_weights_leave_a_clean_ledger():
    m, task, by = at_the_goods(**WEIGHT)
    scan(task, "L1", by, units=1, grams=1)
    scan(task, "L1", by, units=1, grams=350)
    pack_everything(m, by)
    do_jobs()
    assert_audit_clean()


def test_task_belongs_to_who_took_it():
    m, task, by = at_work()
    other, lead = m.worker(), m.worker(role="LEAD")
    with pytest.raises(TaskTaken):
        tasks.claim(task=task.pk, by=other, at=PACKING)
    tasks.give_back(task=task.pk, by=by, at=PACKING)
    with pytest.raises(NotYourTask):
        scan(task, "A-01", by)
    tasks.claim(task=task.pk, by=other, at=PACKING)
    tasks.claim(task=task.pk, by=lead, at=PACKING)
    with pytest.raises(TaskTaken):
        scan(task, "A-01", other)


def test_done_is_done():
    m, task, by = at_work()
    pick_everything(m, by)
    with pytest.raises(TaskOver):
        scan(task, "L1", by)
    with pytest.raises(TaskOver):
        tasks.claim(task=task.pk, by=by, at=PACKING)
    assert Task.objects.filter(kind="PACK").count() == 1


def test_crate_of_another_order_is_refused():
    m = market()
    jam = m.add(stock=10)
    m.order([(jam, 1)])
    m.order([(jam, 1)])
    m.close_and_release()
    first, second = m.centre.tasks.order_by("pk")
    by, crate = m.worker(), m.centre.handling_units.first()
    for task in (first, second):
        tasks.claim(task=task.pk, by=by, at=PACKING)
    scan(first, crate.sscc, by)
    refused(WrongCrate, second, crate.sscc, by)
