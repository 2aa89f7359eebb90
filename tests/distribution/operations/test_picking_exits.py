"""The exits of a pick: skip, another crate, a place that is not empty, a label that was read twice."""

import uuid
from datetime import timedelta

import pytest

from distribution.models import Allocation, Count, HandlingUnit, Movement, Task, TaskEvent
from distribution.operations import exits, picking, tasks
from distribution.operations.exits import CrateEmpty, NothingToSkip
from distribution.operations.picking import AnotherOne
from distribution.operations.steps import WrongLocation, WrongScan
from distribution.operations.tasks import NotYourTask, TaskTaken
from tests.audit import assert_audit_clean
from tests.factories.market import PACKING, market
from tests.orders.operations.test_order_story import pack_everything
from tests.workers import do_jobs

pytestmark = pytest.mark.django_db
SOON = PACKING + timedelta(milliseconds=900)
LATER = PACKING + timedelta(milliseconds=1100)


def scan(task, code, by, *, at=PACKING, units=None, **more):
    return picking.scan(
        task=task.pk, key=uuid.uuid4(), code=code, units=units, grams=None, by=by, at=at, **more
    )


@pytest.fixture
def walk():
    """A claimed pick of all three jars L1 and two of nine L2, both at A-01, with a crate in hand."""
    m = market()
    jam, honey = m.add(stock=3, code="L1"), m.add(stock=9, code="L2")
    m.order([(jam, 3), (honey, 2)])
    m.close_and_release()
    task, by = m.centre.tasks.get(), m.worker()
    tasks.claim(task=task.pk, by=by, at=PACKING)
    crates = list(m.centre.handling_units.order_by("pk"))
    scan(task, crates[0].sscc, by)
    return m, task, by, crates


def stop(lot):
    return Allocation.objects.get(lot__code=lot).pk


def test_skipped_stop_comes_last_and_comes_back(walk):
    _m, task, by, _crates = walk
    assert picking.next_step(task=Task.objects.get(pk=task.pk)).lot == "L1"
    assert exits.skip(task=task.pk, allocation=stop("L1"), by=by, at=PACKING).lot == "L2"
    assert picking.next_step(task=Task.objects.get(pk=task.pk)).lot == "L2"
    assert exits.skip(task=task.pk, allocation=stop("L2"), by=by, at=PACKING).lot == "L1"
    assert TaskEvent.objects.filter(task=task, reason="skipped A-01").count() == 2
    assert_audit_clean()


def test_last_stop_cannot_be_skipped_nor_one_that_is_done(walk):
    _m, task, by, _crates = walk
    scan(task, "A-01", by)
    done = stop("L1")
    scan(task, "L1", by)
    with pytest.raises(WrongScan):
        exits.skip(task=task.pk, allocation=done, by=by, at=PACKING)
    with pytest.raises(NothingToSkip):
        exits.skip(task=task.pk, allocation=stop("L2"), by=by, at=PACKING)


def test_full_crate_is_followed_by_another_for_the_same_part(walk):
    m, task, by, crates = walk
    with pytest.raises(CrateEmpty):
        exits.bin_full(task=task.pk, by=by, at=PACKING)
    scan(task, "A-01", by)
    scan(task, "L1", by)
    assert exits.bin_full(task=task.pk, by=by, at=PACKING).expects == "crate"
    scan(task, crates[1].sscc, by)
    step = picking.next_step(task=Task.objects.get(pk=task.pk))
    if step.expects == "location":
        scan(task, step.code, by)
    scan(task, "L2", by)
    part = HandlingUnit.objects.filter(fulfilment=task.fulfilment)
    assert [unit.sscc for unit in part.order_by("pk")] == [crates[0].sscc, crates[1].sscc]
    assert set(Movement.objects.filter(reason="PICK").values_list("to_location", flat=True)) == {
        crates[0].inside_id, crates[1].inside_id,
    }  # fmt: skip
    pack_everything(m, by)
    assert set(part.values_list("stands_at__code", flat=True)) == {"STAGE-A"}
    assert_audit_clean()


@pytest.mark.parametrize("act", [exits.bin_full, lambda **who: exits.skip(allocation=0, **who)])
def test_exits_are_for_who_has_the_task(walk, act):
    m, task, _by, _crates = walk
    with pytest.raises(TaskTaken):
        act(task=task.pk, by=m.worker(), at=PACKING)


def test_pick_that_empties_a_place_says_so_and_what_is_left_there_is_counted(walk):
    m, task, by, _crates = walk
    scan(task, "A-01", by)
    assert scan(task, "L1", by)["emptied"] == "A-01"
    with pytest.raises(NotYourTask):
        exits.not_empty(task=task.pk, place="A-01", by=m.worker(), at=PACKING)
    with pytest.raises(WrongLocation):
        exits.not_empty(task=task.pk, place="C-01", by=by, at=PACKING)
    exits.not_empty(task=task.pk, place="a-01", by=by, at=PACKING)
    do_jobs()
    count = Count.objects.get()
    assert "Coś zostało" in count.reason
    assert count.places.get().location.code == "A-01"


def test_pick_that_leaves_goods_asks_nothing(walk):
    _m, task, by, _crates = walk
    scan(task, "A-01", by)
    assert "emptied" not in scan(task, "L1", by, units=2)


def test_label_read_twice_at_once_asks_whether_it_is_one_more(walk):
    _m, task, by, _crates = walk
    scan(task, "A-01", by)
    scan(task, "L1", by, units=1)
    with pytest.raises(AnotherOne):
        scan(task, "L1", by, units=1, at=SOON)
    assert Movement.objects.filter(reason="PICK").count() == 1
    assert scan(task, "L1", by, units=1, at=SOON, again=True)["result"] == "picked"
    assert scan(task, "L1", by, units=1, at=SOON + timedelta(seconds=1))["result"] == "picked"
    assert_audit_clean()


def test_same_label_a_second_later_is_one_more_without_asking(walk):
    _m, task, by, _crates = walk
    scan(task, "A-01", by)
    scan(task, "L1", by, units=1)
    assert scan(task, "L1", by, units=1, at=LATER)["result"] == "picked"


def test_same_key_is_the_same_scan_and_asks_nothing(walk):
    _m, task, by, _crates = walk
    scan(task, "A-01", by)
    key = uuid.uuid4()
    first, second = (
        picking.scan(task=task.pk, key=key, code="L1", units=1, grams=None, by=by, at=PACKING)
        for _ in range(2)
    )
    assert first == second
    assert Movement.objects.filter(reason="PICK").count() == 1
