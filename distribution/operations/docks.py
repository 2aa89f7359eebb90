"""Hours at the ramp: a centre offers them, a producer takes, changes and gives back one for a delivery."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from distribution import locks
from distribution.models import Arrival, Centre, DockSlot
from distribution.operations.arrivals import ArrivalOver
from marketplace.accounts.models import User
from marketplace.kernel.clock import holidays, local_date, moment
from marketplace.kernel.database import retried
from marketplace.kernel.errors import DomainError, Invalid, NotFound, refusals

MOST_CAPACITY = 50
MOST_CRATES = 500
FURTHEST_DAYS = 90


class WrongWindow(Invalid):
    code = "wrong_window"


class WindowOverlaps(DomainError):
    code = "window_overlaps"

    def __init__(self, on: date) -> None:
        super().__init__(_("%(day)s jest już okno o tej porze.") % {"day": on.isoformat()}, on=on.isoformat())


class WindowFull(DomainError):
    code = "window_full"

    def __init__(self) -> None:
        super().__init__(_("To okno jest już pełne. Wybierz inną godzinę."))


class WindowTaken(DomainError):
    code = "window_taken"

    def __init__(self, taken: int) -> None:
        super().__init__(
            _("To okno ma już umówione dostawy: %(n)s. Mniej miejsc być nie może.") % {"n": taken},
            taken=taken,
        )


class WindowNotForIt(DomainError):
    code = "window_not_for_it"

    def __init__(self) -> None:
        super().__init__(_("To okno nie jest na dzień tej dostawy albo już minęło."))


@retried
@transaction.atomic
def offer(
    *,
    centre: Centre,
    first: date,
    last: date,
    weekdays: Sequence[int],
    starts: time,
    ends: time,
    capacity: int,
    by: User | None,
    at: datetime,
) -> list[DockSlot]:
    """Offers the window on each of the weekdays (0 is Monday) from `first` to `last`, public holidays left out, with
    room for `capacity` deliveries. All or none. Raises WrongWindow, WindowOverlaps."""
    today = local_date(at)
    if not (today <= first <= last <= today + timedelta(days=FURTHEST_DAYS)):
        raise WrongWindow(_("Podaj dni od dziś, najdalej za 90 dni."), field="last")
    if starts >= ends:
        raise WrongWindow(_("Koniec okna musi być po początku."), field="ends")
    if not 1 <= capacity <= MOST_CAPACITY:
        raise WrongWindow(_("Podaj liczbę miejsc od 1 do 50."), field="capacity")
    span = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    days = [on for on in span if on.weekday() in weekdays and on not in holidays(on.year)]
    if not days:
        raise WrongWindow(_("Między tymi dniami nie ma żadnego z wybranych dni tygodnia."), field="weekdays")
    locks.docks(centre.pk)
    clash = DockSlot.objects.filter(centre=centre, on__in=days, starts__lt=ends, ends__gt=starts)
    if (found := clash.order_by("on").first()) is not None:
        raise WindowOverlaps(found.on)
    return DockSlot.objects.bulk_create(
        [DockSlot(centre=centre, on=on, starts=starts, ends=ends, capacity=capacity) for on in days]
    )


@retried
@transaction.atomic
def change(*, slot: int, capacity: int, by: User | None, at: datetime) -> DockSlot | None:
    """Gives the window room for so many deliveries; 0 takes it away and answers None. Raises WrongWindow, and
    WindowTaken below what is booked."""
    row = _slot(slot)
    if not 0 <= capacity <= MOST_CAPACITY:
        raise WrongWindow(_("Podaj liczbę miejsc od 0 do 50."), field="capacity")
    if capacity < row.taken or (not capacity and row.arrivals.exists()):
        raise WindowTaken(row.taken)
    if not capacity:
        row.delete()
        return None
    row.capacity = capacity
    row.save(update_fields=["capacity"])
    return row


@retried
@transaction.atomic
def book(*, arrival: int, slot: int, by: User | None, at: datetime, crates: int | None = None) -> Arrival:
    """Takes a place in a window for an expected delivery; the one it had is free again. `crates` is what the
    producer says will come. Raises WindowFull, WindowNotForIt, ArrivalOver, WrongWindow."""
    if crates is not None and not 1 <= crates <= MOST_CRATES:
        raise WrongWindow(_("Podaj liczbę skrzynek od 1 do 500."), field="crates")
    row = _arrival(arrival)
    chosen = DockSlot.objects.filter(pk=slot, centre=row.centre_id).first()
    if chosen is None:
        raise NotFound(_("Nie ma takiego okna."), field="slot")
    if not fits(arrival=row, slot=chosen, at=at):
        raise WindowNotForIt
    if row.dock_slot_id != slot:
        _take(slot, without=row.dock_slot_id)
        chosen.refresh_from_db()
    row.dock_slot, row.crates = chosen, crates
    row.save(update_fields=["dock_slot", "crates"])
    return row


def fits(*, arrival: Arrival, slot: DockSlot, at: datetime) -> bool:
    """Whether the window is for the day of this delivery, or for today when it is late, and has not passed."""
    day = max(arrival.due_on, local_date(at))
    return slot.on == day and moment(slot.on, slot.ends) > at


@retried
@transaction.atomic
def cancel(*, arrival: int, by: User | None, at: datetime) -> Arrival:
    """Gives the place in the window back; the delivery itself is still expected. Raises ArrivalOver."""
    row = _arrival(arrival)
    if row.dock_slot_id is not None:
        _give_back(row.dock_slot_id)
        row.dock_slot = None
        row.save(update_fields=["dock_slot"])
    return row


def _arrival(pk):
    try:
        return locks.arrival(pk)
    except NotFound as error:
        raise ArrivalOver from error


def _slot(pk):
    try:
        return locks.dock_slots([pk])[0]
    except IndexError as error:
        raise NotFound from error


def _take(slot, *, without):
    """One place of the window, while there is one: the last has one taker."""
    locks.dock_slots({slot, without} - {None})
    with refusals(distribution_dock_slot_capacity=WindowFull):
        taken = DockSlot.objects.filter(pk=slot, taken__lt=F("capacity")).update(taken=F("taken") + 1)
    if not taken:
        raise WindowFull
    if without is not None:
        _give_back(without)


def _give_back(slot):
    DockSlot.objects.filter(pk=slot).update(taken=F("taken") - 1)
