"""From the ramp to the shelf: proposed, chosen, refused, left for orders."""

import uuid
from datetime import timedelta

import pytest

from distribution.models import Allocation, Balance, Movement, Scan, Task
from distribution.operations import (
    corrections,
    counts,
    exits,
    lots,
    recalls,
    receipts,
    scanning,
    supply,
    tasks,
)
from distribution.operations.counted import Counted
from distribution.operations.steps import UnknownCode, WrongCount, WrongGoods, WrongLocation
from distribution.queries import board
from distribution.queries import tasks as task_queries
from orders.operations import audit
from tests.audit import assert_audit_clean
from tests.factories.market import GOOD_UNTIL, NOW, PACKING, market
from tests.orders.operations.test_order_story import pick_everything
from tests.workers import do_jobs

pytestmark = pytest.mark.django_db


def on_the_ramp(m, offer, units, *, code="L1", **more):
    receipts.post_receipt(
        centre=m.centre.pk,
        producer=m.producer.pk,
        counted=[Counted(offer.stock_item_id, code, units, GOOD_UNTIL)],
        by=None,
        at=NOW,
        **more,
    )
    return Task.objects.unfinished().get(kind="PUT_AWAY", balance__lot__code=code)


def scan(task, code, by, **more):
    return scanning.scan(
        task=task, key=uuid.uuid4(), code=code, units=more.get("units"), grams=None, by=by, at=NOW
    )


def at_goods(task, by):
    tasks.claim(task=task.pk, by=by, at=NOW)
    scan(task, task.balance.lot.code, by)
    task.refresh_from_db()
    return scanning.next_step(task=task)


@pytest.fixture
def m():
    return market()


def test_received_goods_are_carried_to_the_place_proposed(m):
    jam, by = m.add(), m.worker()
    task = on_the_ramp(m, jam, 8)
    step = at_goods(task, by)
    assert (step.expects, step.units, step.location) == ("location", 8, "DOCK-1")
    assert step.to == "A-01"
    answer = scan(task, step.to, by)
    assert answer["result"] == "done"
    assert Balance.objects.get(location__code="A-01").units == 8
    assert Movement.objects.filter(reason="PUT_AWAY").count() == 1
    assert not Task.objects.unfinished().exists()
    assert_audit_clean()


def test_same_lot_is_proposed_where_it_lies_and_a_neighbour_for_another(m):
    jam = m.add(stock=3, code="L1")
    assert at_goods(on_the_ramp(m, jam, 2), m.worker()).to == "A-01"
    assert at_goods(on_the_ramp(m, jam, 2, code="L2"), m.worker()).to == "A-02"


def test_other_place_will_do_and_part_of_the_goods_waits(m):
    jam, by = m.add(), m.worker()
    task = on_the_ramp(m, jam, 8)
    at_goods(task, by)
    answer = scan(task, "a-03", by, units=5)
    assert (answer["result"], answer["next"]["units"], answer["next"]["to"]) == ("put", 3, "A-03")
    assert scan(task, "A-02", by)["result"] == "done"
    assert_audit_clean()


@pytest.mark.parametrize(
    ("code", "refusal"),
    [("B-01", WrongLocation), ("STAGE-A", WrongLocation), ("QUAR-1", WrongLocation), ("X", UnknownCode)],
)
def test_wrong_place_is_refused_logged_and_changes_nothing(m, code, refusal):
    jam, by = m.add(), m.worker()
    task = on_the_ramp(m, jam, 8)
    at_goods(task, by)
    with pytest.raises(refusal):
        scan(task, code, by)
    assert Scan.objects.get().text == code
    assert Balance.objects.get(units__gt=0).location.code == "DOCK-1"


@pytest.mark.parametrize("units", [0, 9])
def test_wrong_number_and_wrong_goods_are_refused(m, units):
    jam, by = m.add(), m.worker()
    task = on_the_ramp(m, jam, 8)
    tasks.claim(task=task.pk, by=by, at=NOW)
    with pytest.raises(WrongGoods):
        scan(task, "(10)OTHER", by)
    scan(task, "L1", by)
    with pytest.raises(WrongCount):
        scan(task, "A-01", by, units=units)


def test_goods_for_orders_stay_on_the_ramp_and_are_nobodys_task(m):
    jam, by = m.add(), m.worker()
    supply.promise(
        item=jam.stock_item, centre=m.centre, available_on=PACKING.date(), pieces=5, by=None, at=NOW
    )
    m.order([(jam, 5)])
    m.close_and_release()
    task = on_the_ramp(m, jam, 5, arrival=m.centre.arrivals.get().pk)
    assert list(task_queries.queue(m.centre).filter(kind="PUT_AWAY")) == []
    late = PACKING + timedelta(days=3)
    assert board.board(centre=m.centre, user=by, at=late).counts.late == 1  # the pick alone
    pick_everything(m, by)
    task.refresh_from_db()
    assert task.state == "CANCELLED"
    assert_audit_clean()


def test_pieces_an_order_gives_back_are_put_away_after_all(m):
    jam, by = m.add(), m.worker()
    supply.promise(
        item=jam.stock_item, centre=m.centre, available_on=PACKING.date(), pieces=5, by=None, at=NOW
    )
    m.order([(jam, 5)])
    m.close_and_release()
    task = on_the_ramp(m, jam, 8, arrival=m.centre.arrivals.get().pk)
    assert at_goods(task, by).units == 3
    assert scan(task, "A-01", by)["result"] == "done"
    assert list(task_queries.queue(m.centre).filter(kind="PUT_AWAY")) == []
    stop = Allocation.objects.get()
    tasks.claim(task=stop.task_id, by=by, at=NOW)
    exits.report_short(task=stop.task_id, allocation=stop.pk, reason="DAMAGED", by=by, at=NOW)
    assert task_queries.queue(m.centre).filter(kind="PUT_AWAY").count() == 1
    do_jobs()
    assert_audit_clean()


def test_held_lot_goes_to_quarantine_only(m):
    jam, by = m.add(), m.worker()
    task = on_the_ramp(m, jam, 8)
    lots.change_state(lot=task.balance.lot_id, new="QUARANTINE", reason="kontrola", by=by, at=NOW)
    assert at_goods(task, by).to == "QUAR-1"
    with pytest.raises(WrongLocation):
        scan(task, "A-01", by)
    assert scan(task, "QUAR-1", by)["result"] == "done"
    assert_audit_clean()


def test_goods_that_are_gone_end_the_task(m):
    jam, by = m.add(), m.worker()
    task = on_the_ramp(m, jam, 8)
    tasks.claim(task=task.pk, by=by, at=NOW)
    corrections.write_off(balance=task.balance_id, units=8, reason="stłuczone", by=by, at=NOW)
    assert scanning.next_step(task=task).expects == "nothing"
    assert scan(task, "cokolwiek", by)["result"] == "done"
    assert_audit_clean()


def test_count_that_finds_goods_on_the_ramp_opens_a_task(m):
    jam, by = m.add(stock=2), m.worker("LEAD")
    dock = m.centre.locations.get(code="DOCK-1")
    made = counts.open_count(centre=m.centre.pk, locations=[dock.pk], by=by, at=NOW)
    counting = Task.objects.get(kind="COUNT")
    tasks.claim(task=counting.pk, by=by, at=NOW)
    scan(counting, "DOCK-1", by)
    scan(counting, "L1", by, units=1)
    scan(counting, "OK", by)
    counts.settle(count=made.pk, by=by, at=NOW)
    assert Task.objects.unfinished().get(kind="PUT_AWAY").balance.units == 1
    assert jam.stock_item_id


def test_recalled_goods_are_pulled_and_not_put_away(m):
    jam, by = m.add(), m.worker("LEAD")
    task = on_the_ramp(m, jam, 8)
    recalls.start(lot=task.balance.lot_id, reason="listeria", by=by, at=NOW)
    assert Task.objects.unfinished().filter(kind="PULL").count() == 1
    assert at_goods(task, by).to == "QUAR-1"
    assert_audit_clean()


def test_invariant_of_the_ramp_can_fail(m):
    task = on_the_ramp(m, m.add(), 8)
    Task.objects.filter(pk=task.pk).update(state="CANCELLED")
    assert {name for name, n in audit.run().breaches.items() if n} == {"goods_on_a_ramp_have_a_task"}
