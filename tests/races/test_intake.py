"""Races at the ramp: the last place in a window, one delivery counted by two, goods on their way to a shelf."""

import uuid
from datetime import time

import pytest

from distribution import locks
from distribution.models import Arrival, Balance, DockSlot, Document, Movement, Task
from distribution.operations import docks, put_away, receiving, rounds, supply, tasks
from orders.operations import preparation
from tests.audit import assert_audit_clean
from tests.factories import ProducerFactory
from tests.factories.market import AFTER_CLOSE, GOOD_UNTIL, NOW, PACKING, market
from tests.races.crowd import breaks_within, codes, deadlocks, race

pytestmark = [pytest.mark.race, pytest.mark.usefixtures("cloned_database")]
DUE = PACKING.date()


def window(m, *, starts=10, capacity=1):
    (slot,) = docks.offer(
        centre=m.centre, first=DUE, last=DUE, weekdays=range(7), starts=time(starts), ends=time(starts + 1),
        capacity=capacity, by=None, at=NOW,
    )  # fmt: skip
    return slot


def deliveries(m, n):
    return [Arrival.objects.create(centre=m.centre, producer=ProducerFactory(), due_on=DUE) for _ in range(n)]


def book(arrival, slot):
    return lambda: docks.book(arrival=arrival.pk, slot=slot.pk, by=None, at=NOW)


def test_last_place_of_a_window_has_one_taker():
    m = market()
    slot = window(m, capacity=2)
    outcomes = race([book(row, slot) for row in deliveries(m, 12)])
    assert codes(outcomes) == {"ok": 2, "window_full": 10}
    slot.refresh_from_db()
    assert slot.taken == 2
    assert_audit_clean()


def test_control_of_the_window_counted_before_it_is_taken(monkeypatch):
    def naive(slot, *, without):
        row = DockSlot.objects.get(pk=slot)
        if row.taken >= row.capacity:
            raise docks.WindowFull
        DockSlot.objects.filter(pk=slot).update(taken=min(row.taken + 1, row.capacity))

    monkeypatch.setattr(docks, "_take", naive)
    with breaks_within(5) as control:
        for _try in control:
            m = market()
            slot = window(m)
            control.broke = codes(race([book(row, slot) for row in deliveries(m, 12)]))["ok"] > 1


def test_swapping_windows_never_deadlocks():
    m = market()
    first, second = window(m, capacity=8), window(m, starts=12, capacity=8)
    rows = deliveries(m, 8)
    for n, row in enumerate(rows):
        book(row, (first, second)[n % 2])()
    before = deadlocks()
    outcomes = race([book(row, (second, first)[n % 2]) for n, row in enumerate(rows)])
    assert codes(outcomes) == {"ok": 8}
    assert deadlocks() == before
    assert_audit_clean()


def owing():
    m = market()
    jam = m.add()
    supply.promise(item=jam.stock_item, centre=m.centre, available_on=DUE, pieces=9, by=None, at=NOW)
    m.order([(jam, 9)])
    m.close_and_release()
    return m, jam.stock_item, m.centre.arrivals.get()


def confirm(m, item, arrival, *, last=False):
    line = {"item": item.pk, "units": 9, "lot_code": "L1", "printed_on": GOOD_UNTIL}
    return lambda: receiving.receive(
        centre=m.centre, key=uuid.uuid4(), lines=[line], by=None, at=PACKING, arrival=arrival.pk, last=last
    )


@pytest.mark.parametrize(("last", "refusal"), [(False, "arrival_changed"), (True, "arrival_over")])
def test_two_leads_confirm_one_arrival_and_its_goods_come_once(last, refusal):
    m, item, arrival = owing()
    outcomes = race([confirm(m, item, arrival, last=last) for _ in range(4)])
    assert codes(outcomes) == {"ok": 1, refusal: 3}
    assert Document.objects.filter(kind="PZ").count() == 1
    assert Balance.objects.get().units == 9
    assert_audit_clean()


def test_control_of_the_arrival_without_its_lock(monkeypatch):
    monkeypatch.setattr(locks, "arrival", lambda pk: Arrival.objects.get(pk=pk))
    with breaks_within(5) as control:
        for _try in control:
            m, item, arrival = owing()
            control.broke = codes(race([confirm(m, item, arrival) for _ in range(4)]))["ok"] > 1


def test_goods_put_away_while_a_round_is_released_are_found_by_both():
    """Either the release sets them aside on the ramp, or they are on the shelf by then; never both."""
    m = market()
    jam, by = m.add(), m.worker()
    line = {"item": jam.stock_item_id, "units": 6, "lot_code": "L1", "printed_on": GOOD_UNTIL}
    receiving.receive(
        centre=m.centre, key=uuid.uuid4(), lines=[line], by=None, at=NOW, producer=m.producer.slug
    )
    m.order([(jam, 4)])
    rounds.close_round(round_id=m.round.pk, by=None, at=AFTER_CLOSE)
    task = Task.objects.get(kind="PUT_AWAY")
    tasks.claim(task=task.pk, by=by, at=NOW)

    def scan(code):
        return put_away.scan(task=task.pk, key=uuid.uuid4(), code=code, units=None, grams=None, by=by, at=NOW)

    scan("L1")
    outcomes = race(
        [
            lambda: scan("A-01"),
            lambda: preparation.release(round_id=m.round.pk, by=None, at=AFTER_CLOSE),
        ]
    )
    assert codes(outcomes) == {"ok": 2}
    assert not Balance.objects.filter(uncovered__gt=0).exists()
    assert Movement.objects.filter(reason="PUT_AWAY").count() == 1
    assert_audit_clean()
