"""Races of counts: sale, pick, count and loss of one lot at once; two leads at one count; a counter and a picker."""

import random
import uuid

import pytest
from django.db import transaction

from distribution import locks
from distribution.models import (
    Balance,
    Count,
    CountLine,
    CountPlace,
    Document,
    Location,
    Movement,
    Supply,
    Task,
)
from distribution.operations import corrections, counting, counts, ledger, picking, tasks
from distribution.operations.ledger import shift
from distribution.operations.moves import Move
from tests.audit import assert_audit_clean, assert_no_job_is_due
from tests.factories.market import NOW, PACKING, market
from tests.races.buyers import basket, buyer
from tests.races.crowd import Gate, alone, breaks_within, codes, deadlocks, race, waits_for_a_lock
from tests.workers import do_jobs

pytestmark = [pytest.mark.race, pytest.mark.usefixtures("cloned_database")]


def scan(task, code, by, units=None):
    return counting.scan(
        task=task.pk, key=uuid.uuid4(), code=code, units=units, grams=None, by=by, at=PACKING
    )


def open_count(m, code="A-01"):
    place = m.centre.locations.get(code=code)
    return counts.open_count(centre=m.centre.pk, locations=[place.pk], by=None, at=PACKING)


def begun(m, by):
    task = Task.objects.get(kind="COUNT", state="OPEN")
    tasks.claim(task=task.pk, by=by, at=PACKING)
    scan(task, "A-01", by)
    return task


def counted(m, units):
    count, by = open_count(m), m.worker()
    task = begun(m, by)
    scan(task, "L1", by, units)
    assert scan(task, "OK", by)["result"] == "done"
    return count


def at_the_goods(m):
    """A pick of 4 of 10 that wants only its last scan."""
    jam, by = m.add(stock=10), m.worker()
    m.order([(jam, 4)])
    m.close_and_release()
    task = m.centre.tasks.get()
    tasks.claim(task=task.pk, by=by, at=PACKING)
    for code in (m.centre.handling_units.first().sscc, "A-01"):
        pick(task, code, by)()
    return task, by


def pick(task, code, by):
    return lambda: picking.scan(
        task=task.pk, key=uuid.uuid4(), code=code, units=None, grams=None, by=by, at=PACKING
    )


def settle(count):
    return lambda: counts.settle(count=count.pk, by=None, at=PACKING)


def test_two_leads_settle_one_count_and_one_wins():
    m = market()
    m.add(stock=10)
    count = counted(m, 9)
    outcomes = race([settle(count) for _ in range(6)])
    assert codes(outcomes) == {"ok": 1, "wrong_state": 5}
    assert Document.objects.filter(kind="RW").count() == 1
    assert Balance.objects.get().units == 9
    assert deadlocks() == 0
    assert_audit_clean()


def test_control_two_leads_without_the_lock_both_settle(monkeypatch):
    monkeypatch.setattr(locks, "count", lambda pk: Count.objects.get(pk=pk))
    with breaks_within(8) as control:
        for _try in control:
            m = market()
            m.add(stock=10)
            count = counted(m, 9)
            race([settle(count) for _ in range(6)])
            control.broke = Document.objects.filter(centre=m.centre, kind="RW").count() > 1


def confirmed_while_a_pick_commits(monkeypatch):
    """The picker has moved the goods and not committed when the counter confirms. What the confirmation said."""
    m = market()
    task, picker = at_the_goods(m)
    open_count(m)
    counter = m.worker()
    count_task = begun(m, counter)
    scan(count_task, "L1", counter, 10)
    gate = Gate()
    real = ledger._write

    def write_and_wait(moves, *rest):
        real(moves, *rest)
        if moves[0].reason == Movement.Reason.PICK:
            gate.hold()

    monkeypatch.setattr(ledger, "_write", write_and_wait)
    picking_ = alone(pick(task, "L1", picker))
    assert gate.arrived.wait(20)
    confirming = alone(lambda: scan(count_task, "OK", counter))
    return gate, picking_, confirming


def test_confirmation_waits_for_a_pick_and_asks_to_count_again(monkeypatch):
    gate, picking_, confirming = confirmed_while_a_pick_commits(monkeypatch)
    waits_for_a_lock()
    gate.open()
    assert (picking_.code(), confirming.code()) == ("ok", "ok")
    assert confirming.outcome["result"] == "moved"
    assert CountPlace.objects.get().seen_movement is None
    assert_audit_clean()


def test_control_confirmation_without_the_balances_lock_misses_the_pick(monkeypatch):
    monkeypatch.setattr(locks, "balances", lambda pairs: None)
    monkeypatch.setattr(counting, "make_balances", lambda **kwargs: None)
    monkeypatch.setattr(counting, "last_movement", lambda: 10**6)  # as ids of others that committed first
    gate, picking_, confirming = confirmed_while_a_pick_commits(monkeypatch)
    assert confirming.code() == "ok"
    gate.open()
    assert picking_.code() == "ok"
    assert CountLine.objects.get().booked == 10
    with pytest.raises(AssertionError, match="count_saw_what_the_ledger_says"):
        assert_audit_clean()


def test_pick_made_between_count_and_settlement_is_not_undone_whoever_is_first():
    m = market()
    task, picker = at_the_goods(m)
    count = counted(m, 9)
    outcomes = race([pick(task, "L1", picker), settle(count)])
    assert codes(outcomes) == {"ok": 2}
    do_jobs()
    assert Balance.objects.get(location__code="A-01").units == 5
    assert_audit_clean()


def test_control_settling_to_what_was_counted_undoes_the_pick(monkeypatch):
    """The design that sets the balance: counted minus what is booked now."""
    m = market()
    task, picker = at_the_goods(m)
    count = counted(m, 9)
    pick(task, "L1", picker)()
    line = CountLine.objects.get()
    line.booked = Balance.objects.get(location__code="A-01").units
    line.save()
    settle(count)()
    assert Balance.objects.get(location__code="A-01").units == 9  # three of them are in the crate


@pytest.mark.parametrize("seed", range(3))
def test_sale_count_transfer_and_loss_of_one_lot_at_once_end_as_one_after_another(seed):
    """Fault 14: whatever the order, the final balances are those of a serial run."""
    chance = random.Random(seed)
    m = market()
    jam = m.add(stock=60)
    here, there = (m.centre.locations.get(code=code) for code in ("A-01", "A-02"))
    lot = Balance.objects.get().lot_id
    count = counted(m, 58)

    def transfer(units):
        move = Move(lot, here.pk, there.pk, units, Movement.Reason.MOVE)
        return transaction.atomic(lambda: shift(centre=m.centre.pk, moves=[move], by=None, at=NOW))

    def lose(units):
        pk = Balance.objects.get(location=here).pk
        return lambda: corrections.write_off(balance=pk, units=units, reason="stłuczone", by=None, at=NOW)

    amounts = [chance.randint(1, 4) for _ in range(8)]
    work = [transfer(n) for n in amounts] + [lose(1) for _ in range(5)]
    work += [buyer(m, basket(m, [(jam, 1)])) for _ in range(10)] + [settle(count)]
    chance.shuffle(work)
    outcomes = race(work, at_once=12)
    assert codes(outcomes) == {"ok": len(work)}
    assert deadlocks() == 0
    do_jobs()
    left = {b.location_id: b.units for b in Balance.objects.filter(lot=lot)}
    assert left == {here.pk: 60 - sum(amounts) - 5 - 2, there.pk: sum(amounts)}
    assert Supply.objects.get(item=jam.stock_item).quantity == 60 - 5 - 2
    assert Supply.objects.get(item=jam.stock_item).held == 10
    assert_no_job_is_due()
    assert_audit_clean()


def test_one_place_opened_by_six_is_in_one_count():
    m = market()
    m.add(stock=10)
    outcomes = race([lambda: open_count(m) for _ in range(6)])
    assert codes(outcomes) == {"ok": 1, "already_counting": 5}
    assert Task.objects.filter(kind="COUNT").count() == 1


def test_control_places_opened_without_their_lock_are_counted_twice(monkeypatch):
    monkeypatch.setattr(locks, "locations", lambda ids: list(Location.objects.filter(pk__in=ids)))
    with breaks_within(8) as control:
        for _try in control:
            m = market()
            m.add(stock=10)
            race([lambda m=m: open_count(m) for _ in range(6)])
            control.broke = Count.objects.filter(centre=m.centre).count() > 1
