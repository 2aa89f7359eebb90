"""Hours at the ramp: offered, taken, changed, given back."""

from datetime import date, time, timedelta

import pytest

from distribution.models import DockSlot
from distribution.operations import docks, receipts, supply
from distribution.operations.arrivals import ArrivalOver
from distribution.operations.docks import (
    WindowFull,
    WindowNotForIt,
    WindowOverlaps,
    WindowTaken,
    WrongWindow,
)
from distribution.queries import arrivals
from marketplace.kernel.errors import NotFound
from orders.operations import audit
from tests.audit import assert_audit_clean
from tests.factories import CentreFactory
from tests.factories.market import NOW, PACKING, market

pytestmark = pytest.mark.django_db
DUE = PACKING.date()  # Thursday 26 November 2026


def offer(centre, *, starts=10, ends=12, first=DUE, last=DUE, weekdays=range(7), capacity=1, at=NOW):
    return docks.offer(
        centre=centre,
        first=first,
        last=last,
        weekdays=weekdays,
        starts=time(starts),
        ends=time(ends),
        capacity=capacity,
        by=None,
        at=at,
    )


def owing(m):
    jam = m.add()
    supply.promise(item=jam.stock_item, centre=m.centre, available_on=DUE, pieces=5, by=None, at=NOW)
    m.order([(jam, 5)])


@pytest.fixture
def m():
    made = market()
    owing(made)
    made.close_and_release()
    return made


@pytest.fixture
def arrival(m):
    return m.centre.arrivals.get()


def book(arrival, slot, **more):
    return docks.book(arrival=arrival.pk, slot=slot.pk, by=None, at=more.pop("at", NOW), **more)


def test_windows_skip_holidays_and_other_weekdays(m):
    made = offer(m.centre, first=date(2026, 12, 21), last=date(2026, 12, 31), weekdays=[0, 3, 4])
    assert [slot.on.day for slot in made] == [21, 28, 31]  # 24 and 25 December are holidays


@pytest.mark.parametrize(
    "changes",
    [
        {"starts": 12, "ends": 12},
        {"first": date(2026, 11, 1)},
        {"last": DUE - timedelta(days=1)},
        {"last": DUE + timedelta(days=400)},
        {"capacity": 0},
        {"capacity": 51},
        {"weekdays": [5]},
    ],
)
def test_window_that_cannot_be_is_refused(m, changes):
    with pytest.raises(WrongWindow):
        offer(m.centre, **changes)
    assert not DockSlot.objects.exists()


def test_overlapping_window_is_refused_and_none_of_the_days_is_made(m):
    offer(m.centre)
    with pytest.raises(WindowOverlaps):
        offer(m.centre, starts=11, ends=13, last=DUE + timedelta(days=3))
    assert DockSlot.objects.count() == 1
    offer(m.centre, starts=12, ends=13)


def test_producer_takes_changes_and_gives_back_an_hour(m, arrival):
    (first,), (second,) = offer(m.centre), offer(m.centre, starts=12, ends=14)
    book(arrival, first, crates=3)
    book(arrival, first, crates=4)
    assert book(arrival, second, crates=4).crates == 4
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.taken, second.taken) == (0, 1)
    assert_audit_clean()
    docks.cancel(arrival=arrival.pk, by=None, at=NOW)
    docks.cancel(arrival=arrival.pk, by=None, at=NOW)
    second.refresh_from_db()
    assert second.taken == 0
    assert_audit_clean()


def test_full_foreign_past_and_other_days_windows_are_refused(m, arrival):
    (full,), (other_day,) = (
        offer(m.centre),
        offer(m.centre, first=DUE + timedelta(days=1), last=DUE + timedelta(days=1)),
    )
    DockSlot.objects.filter(pk=full.pk).update(taken=1)
    with pytest.raises(WindowFull):
        book(arrival, full)
    DockSlot.objects.filter(pk=full.pk).update(taken=0)
    with pytest.raises(WindowNotForIt):
        book(arrival, other_day)
    with pytest.raises(WindowNotForIt):
        book(arrival, full, at=PACKING + timedelta(hours=4))
    (foreign,) = offer(CentreFactory())
    with pytest.raises(NotFound):
        book(arrival, foreign)
    with pytest.raises(WrongWindow):
        book(arrival, full, crates=0)


def test_late_delivery_takes_an_hour_of_today(m, arrival):
    tomorrow = PACKING + timedelta(days=1)
    (slot,) = offer(m.centre, first=tomorrow.date(), last=tomorrow.date(), starts=14, ends=16)
    assert arrivals.windows_for(arrival, at=tomorrow) == [slot]
    book(arrival, slot, at=tomorrow)
    arrival.refresh_from_db()
    assert not arrivals.is_late(arrival, tomorrow)
    assert arrivals.is_late(arrival, tomorrow + timedelta(hours=8))


def test_room_may_grow_never_below_what_is_booked(m, arrival):
    (slot,) = offer(m.centre, capacity=2)
    book(arrival, slot)
    with pytest.raises(WindowTaken):
        docks.change(slot=slot.pk, capacity=0, by=None, at=NOW)
    assert docks.change(slot=slot.pk, capacity=1, by=None, at=NOW).capacity == 1
    docks.cancel(arrival=arrival.pk, by=None, at=NOW)
    assert docks.change(slot=slot.pk, capacity=0, by=None, at=NOW) is None
    with pytest.raises(NotFound):
        docks.change(slot=slot.pk, capacity=1, by=None, at=NOW)


def test_delivery_that_is_over_takes_no_hour(m, arrival):
    (slot,) = offer(m.centre)
    receipts.close_arrival(arrival=arrival.pk, by=None, at=PACKING)
    with pytest.raises(ArrivalOver):
        book(arrival, slot)


def test_invariants_of_the_ramp_can_fail(m, arrival):
    (slot,) = offer(m.centre, capacity=2)
    book(arrival, slot)
    DockSlot.objects.filter(pk=slot.pk).update(taken=2)
    assert {name for name, n in audit.run().breaches.items() if n} == {"dock_slot_is_taken_by_its_arrivals"}
    DockSlot.objects.filter(pk=slot.pk).update(taken=1, centre=CentreFactory())
    assert {name for name, n in audit.run().breaches.items() if n} == {"dock_slot_is_of_the_arrivals_centre"}
