"""Races in the hall: two people or two devices at one task, one crate, one unit."""

import uuid

import pytest

from distribution import locks
from distribution.models import Allocation, HandlingUnit, Movement, Task, TaskEvent
from distribution.operations import picking, tasks
from marketplace.kernel import commands
from marketplace.kernel.errors import Busy, KeyReused
from orders.operations import collection, preparation
from orders.queries.totals import due_grosze
from tests.audit import assert_audit_clean
from tests.factories.market import HANDING_OUT, PACKING, market
from tests.orders.operations.test_order_story import pack_everything, pick_everything
from tests.races.crowd import breaks_within, codes, deadlocks, race

pytestmark = [pytest.mark.race, pytest.mark.usefixtures("cloned_database")]


def released(stock=10, quantity=2, orders=1):
    m = market()
    jam = m.add(stock=stock)
    for _ in range(orders):
        m.order([(jam, quantity)])
    m.close_and_release()
    return m


def claim(task, by):
    return lambda: tasks.claim(task=task.pk, by=by, at=PACKING)


def scan(task, code, by, *, key=None, units=None):
    key = key or uuid.uuid4()
    return lambda: picking.scan(task=task.pk, key=key, code=code, units=units, grams=None, by=by, at=PACKING)


def at_the_goods(m, task, by):
    """Claims the task and scans up to the goods; returns their code."""
    claim(task, by)()
    while (step := picking.next_step(task=Task.objects.get(pk=task.pk))).expects != "goods":
        scan(task, step.code or HandlingUnit.objects.filter(fulfilment=None).first().sscc, by)()
    return step.code


def test_two_pickers_want_one_task_and_one_gets_it():
    m = released()
    task = m.centre.tasks.get()
    outcomes = race([claim(task, m.worker()) for _ in range(8)])
    assert codes(outcomes) == {"ok": 1, "task_taken": 7}
    assert TaskEvent.objects.filter(task=task, new="TAKEN").count() == 1
    assert {o.details["who"] for o in outcomes if isinstance(o, tasks.TaskTaken)} != {""}


def test_control_of_the_task_without_its_lock(monkeypatch):
    monkeypatch.setattr(locks, "task", lambda pk: Task.objects.get(pk=pk))
    with breaks_within(5) as control:
        for _try in control:
            m = released()
            outcomes = race([claim(m.centre.tasks.get(), m.worker()) for _ in range(8)])
            control.broke = codes(outcomes)["ok"] > 1


def test_one_scan_from_two_devices_of_one_person_is_one_pick():
    m = released(quantity=2)
    task, by = m.centre.tasks.get(), m.worker()
    code = at_the_goods(m, task, by)
    outcomes = race([scan(task, code, by) for _ in range(6)])
    assert codes(outcomes) == {"ok": 1, "task_over": 5}
    assert Movement.objects.filter(reason="PICK").count() == 1
    assert Allocation.objects.get().picked == 2
    assert_audit_clean()


def test_last_unit_scanned_twice_in_one_moment_is_taken_once():
    m = released(stock=1, quantity=1)
    task, by = m.centre.tasks.get(), m.worker()
    code = at_the_goods(m, task, by)
    assert codes(race([scan(task, code, by, units=1) for _ in range(2)])) == {"ok": 1, "task_over": 1}
    assert Movement.objects.filter(reason="PICK").count() == 1
    assert_audit_clean()


def test_control_of_the_scan_without_locks_counts_twice(monkeypatch):
    """The stock's own checks still stand, so the second pick ends in an error instead of a clear word."""
    monkeypatch.setattr(locks, "task", lambda pk: Task.objects.get(pk=pk))
    monkeypatch.setattr(locks, "fulfilment", lambda pk: locks.Fulfilment.objects.get(pk=pk))
    with breaks_within(5) as control:
        for _try in control:
            m = released(quantity=2)
            task, by = m.centre.tasks.get(), m.worker()
            code = at_the_goods(m, task, by)
            outcomes = codes(race([scan(task, code, by) for _ in range(6)]))
            control.broke = outcomes["ok"] > 1 or outcomes["task_over"] < 5


def test_one_key_from_many_devices_is_one_pick_and_one_answer():
    m = released(quantity=2)
    task, by = m.centre.tasks.get(), m.worker()
    code, key = at_the_goods(m, task, by), uuid.uuid4()
    outcomes = race([scan(task, code, by, key=key) for _ in range(10)])
    assert codes(outcomes) == {"ok": 10}
    assert {str(sorted(o["next"].items())) for o in outcomes} == {str(sorted(outcomes[0]["next"].items()))}
    assert Movement.objects.filter(reason="PICK").count() == 1
    with pytest.raises(KeyReused):
        scan(task, code, by, key=key, units=1)()
    assert_audit_clean()


def test_control_of_the_key_looked_up_before_it_is_stored(monkeypatch):
    """Asks whether the key is known, does the work, then stores it."""
    real = commands.once

    def look_then_do(*, scope, key, body, effect):
        known = commands.Command.objects.filter(scope=scope, key=key).first()
        if known:
            return known.answer
        answer = effect()
        commands.Command.objects.create(
            scope=scope, key=key, body_hash=commands.body_hash(body), answer=answer
        )
        return answer

    assert real is not look_then_do
    monkeypatch.setattr(commands, "once", look_then_do)
    with breaks_within(5) as control:
        for _try in control:
            m = released(quantity=2)
            task, by = m.centre.tasks.get(), m.worker()
            code = at_the_goods(m, task, by)
            control.broke = codes(race([scan(task, code, by, key=uuid.UUID(int=task.pk))] * 10)) != {"ok": 10}


def test_one_crate_for_one_order():
    m = released(orders=6, quantity=1)
    crate = HandlingUnit.objects.first()
    work = [(task, m.worker()) for task in m.centre.tasks.all()]
    for task, by in work:
        claim(task, by)()
    outcomes = race([scan(task, crate.sscc, by) for task, by in work])
    assert codes(outcomes) == {"ok": 1, "wrong_crate": 5}
    assert Task.objects.filter(crate=crate).count() == 1


def test_many_pickers_of_the_same_lot_never_deadlock():
    m = market()
    jam, cheese = m.add(stock=100), m.add(stock=100)
    numbers = [m.order([(jam, 1), (cheese, 1)]).number for _ in range(8)]
    m.close_and_release()
    crates = iter(HandlingUnit.objects.all())
    work = [(task, m.worker(), next(crates)) for task in m.centre.tasks.all()]

    def pick(task, by, crate):
        def effect():
            claim(task, by)()
            while (step := picking.next_step(task=Task.objects.get(pk=task.pk))).expects != "nothing":
                scan(task, step.code or crate.sscc, by)()

        return effect

    assert codes(race([pick(*row) for row in work])) == {"ok": len(numbers)}
    assert deadlocks() == 0
    assert_audit_clean()


def test_one_order_handed_out_at_two_desks_leaves_once():
    m = market()
    jam, by = m.add(stock=10), m.worker()
    order = m.order([(jam, 2)])
    m.close_and_release()
    pick_everything(m, by)
    pack_everything(m, by)
    preparation.make_ready(reference=order.number, at=PACKING)
    due = due_grosze(order)

    def hand_out():
        return collection.hand_out(
            number=order.number, centre=m.centre.pk, by=by, at=HANDING_OUT, paid_grosze=due
        )

    outcomes = race([hand_out] * 6)
    assert codes(outcomes) == {"ok": 1, "not_ready": 5}
    assert due_grosze(order) == 0
    assert not any(isinstance(o, Busy) for o in outcomes)
    assert_audit_clean()
