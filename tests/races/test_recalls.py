"""Races of recalls, returns and readings: two at one lot, a lot moved, handed out, received or warmed meanwhile."""

import uuid

import pytest

from distribution import locks
from distribution.models import Balance, Document, Lot, LotStatusChange, Movement, Recall, Task
from distribution.operations import lots, picking, readings, recalls, returns, tasks
from distribution.queries import traces
from orders.operations import collection
from orders.queries.totals import due_grosze
from tests.audit import assert_audit_clean, assert_no_job_is_due
from tests.factories.market import HANDING_OUT, NOW, PACKING, market
from tests.orders.operations.test_order_story import pack_everything, pick_everything
from tests.races.crowd import Gate, alone, breaks_within, codes, deadlocks, race, waits_for_a_lock
from tests.workers import do_jobs

pytestmark = [pytest.mark.race, pytest.mark.usefixtures("cloned_database")]


def recall(lot, by, *, drill=False):
    return lambda: recalls.start(lot=lot.pk, reason="szkło", by=by, at=PACKING, drill=drill)


def ready(orders=3):
    """Packed orders of 2 from 10."""
    m = market()
    jam = m.add(stock=10)
    m.orders = [m.order([(jam, 2)]) for _ in range(orders)]
    m.close_and_release()
    by = m.worker()
    pick_everything(m, by)
    pack_everything(m, by)
    do_jobs()
    m.by = by
    return m


def hand_out(m, order):
    due = due_grosze(order)
    return lambda: collection.hand_out(
        number=order.number, centre=m.centre.pk, by=m.by, at=HANDING_OUT, paid_grosze=due
    )


def test_two_leads_recall_one_lot_and_one_does():
    m = market()
    m.add(stock=10)
    lot, leads = Lot.objects.get(), [m.worker("LEAD") for _ in range(5)]
    outcomes = race([recall(lot, by) for by in leads])
    assert codes(outcomes) == {"ok": 1, "already_recalled": 4}
    assert (Recall.objects.count(), Task.objects.filter(kind="PULL").count()) == (1, 1)
    assert LotStatusChange.objects.count() == 1
    do_jobs()
    assert_audit_clean()


def test_control_without_the_unique_recall_there_are_two(cloned_database):
    with cloned_database.connect() as owner:
        owner.execute("DROP INDEX distribution_recall_of_lot_once")
    with breaks_within(8) as control:
        for _try in control:
            m = market()
            m.add(stock=10)
            lot = Lot.objects.latest("pk")
            lots.change_state(lot=lot.pk, new="RECALLED", reason="szkło", by=None, at=NOW)
            race([recall(lot, m.worker("LEAD")) for _ in range(6)])
            control.broke = Recall.objects.filter(lot=lot).count() > 1


@pytest.mark.parametrize("seed", range(2))
def test_hand_outs_against_a_recall_are_listed_or_refused(seed):
    """Nothing leaves after the recall commits, and what left before is on its list."""
    m = ready()
    lot, lead = Lot.objects.get(), m.worker("LEAD")
    outcomes = race([*(hand_out(m, order) for order in m.orders), recall(lot, lead)])
    assert codes(outcomes[-1:]) == {"ok": 1}
    assert codes(outcomes[:-1]).keys() <= {"ok", "lot_held_back"}
    gone = {
        order.number for order, out in zip(m.orders, outcomes, strict=False) if not isinstance(out, Exception)
    }
    listed = Recall.objects.get().places.filter(location=None)
    assert set(listed.values_list("reference", flat=True)) == gone
    assert traces.of_lot(lot).balance.outside == 0
    assert deadlocks() == 0
    do_jobs()
    assert_no_job_is_due()
    assert_audit_clean()


def test_control_recall_that_lists_before_it_blocks_misses_a_buyer(monkeypatch):
    """The list is read, a buyer is served, and only then the lot is blocked."""
    m = ready(orders=1)
    lot, lead = Lot.objects.get(), m.worker("LEAD")
    made = recall(lot, lead, drill=True)()
    hand_out(m, m.orders[0])()
    lots.change_state(lot=lot.pk, new="RECALLED", reason="szkło", by=lead, at=PACKING)
    assert not made.places.filter(location=None).exists()
    assert traces.of_lot(lot).orders == {m.orders[0].number: 2}


def test_recalls_of_many_lots_and_picks_do_not_deadlock():
    m = market()
    goods = [m.add(stock=10, code=f"L{n}") for n in range(4)]
    for _ in range(4):
        m.order([(offer, 1) for offer in goods])
    m.close_and_release()
    pickers = [m.worker() for _ in range(4)]

    def pick_all(task, by):
        def effect():
            tasks.claim(task=task.pk, by=by, at=PACKING)
            for _ in range(12):
                step = picking.next_step(task=Task.objects.get(pk=task.pk))
                if step.expects == "nothing":
                    return
                code = step.code or sscc.pop()
                picking.scan(
                    task=task.pk, key=uuid.uuid4(), code=code, units=None, grams=None, by=by, at=PACKING
                )

        return effect

    sscc = list(m.centre.handling_units.values_list("sscc", flat=True))
    work = [pick_all(task, by) for task, by in zip(Task.objects.filter(kind="PICK"), pickers, strict=True)]
    lead = m.worker("LEAD")
    work += [recall(lot, lead) for lot in Lot.objects.filter(code__in=["L1", "L3"])]
    outcomes = race(work)
    assert codes(outcomes).keys() <= {"ok", "lot_held_back", "task_over", "wrong_scan", "not_your_task"}
    assert deadlocks() == 0
    do_jobs()
    assert_audit_clean()


def test_breach_of_many_lots_against_sales_and_moves_does_not_deadlock():
    m = market()
    goods = [m.add(stock=20, temperature="CHILLED", code=f"L{n}") for n in range(6)]
    for _ in range(5):
        m.order([(offer, 1) for offer in goods])
    zone = m.centre.zones.get(code="B").pk

    def warm():
        return readings.of_zone(zone=zone, tenths=95, by=None, at=NOW)

    def free(lot):
        return lambda: lots.change_state(lot=lot, new="RELEASED", reason="zbadane", by=None, at=NOW)

    def sell():
        return m.order([(offer, 1) for offer in goods])

    frees = [free(lot) for lot in Lot.objects.values_list("pk", flat=True)]
    outcomes = race([warm, sell, *frees, warm, sell, warm])
    assert codes(outcomes).keys() <= {"ok", "not_enough_supply", "wrong_state", "busy"}
    assert [o for o in (outcomes[0], outcomes[-1]) if isinstance(o, Exception)] == []
    assert deadlocks() == 0
    do_jobs()
    assert_no_job_is_due()
    assert_audit_clean()


def bring_back(m, order, lot):
    return lambda: returns.take_back(
        centre=m.centre.pk,
        reference=order.number,
        lot=lot.pk,
        units=2,
        reason="pęknięte",
        by=m.by,
        at=HANDING_OUT,
    )


def test_goods_come_back_once():
    m = ready(orders=1)
    hand_out(m, m.orders[0])()
    lot = Lot.objects.get()
    outcomes = race([bring_back(m, m.orders[0], lot) for _ in range(5)])
    assert codes(outcomes) == {"ok": 1, "never_handed_out": 4}
    assert Document.objects.filter(kind="ZW").count() == 1
    assert_audit_clean()


def test_control_without_the_fulfilments_lock_they_come_back_twice(monkeypatch):
    monkeypatch.setattr(locks, "fulfilments_going_out", lambda **kwargs: [])
    with breaks_within(8) as control:
        for _try in control:
            m = ready(orders=1)
            hand_out(m, m.orders[0])()
            lot = Lot.objects.latest("pk")
            race([bring_back(m, m.orders[0], lot) for _ in range(6)])
            control.broke = Document.objects.filter(kind="ZW", centre=m.centre).count() > 1


def test_goods_put_away_while_their_lot_is_recalled_are_listed(monkeypatch):
    """A move that has locked its rows commits before the recall lists; the list has the new place."""
    m = ready(orders=1)
    gate = Gate()
    real = locks.lots_shared

    def hold_and_lock(ids):
        states = real(ids)
        if Balance.objects.filter(lot__in=ids).exists():
            gate.hold()
        return states

    handing = hand_out(m, m.orders[0])
    monkeypatch.setattr(locks, "lots_shared", hold_and_lock)
    going = alone(handing)
    assert gate.arrived.wait(20)
    blocking = alone(recall(Lot.objects.get(), m.worker("LEAD")))
    waits_for_a_lock()
    gate.open()
    assert (going.code(), blocking.code()) == ("ok", "ok")
    assert Recall.objects.get().places.get(location=None).units == 2
    assert Movement.objects.filter(reason="HAND_OUT").count() == 1
    do_jobs()
    assert_audit_clean()
