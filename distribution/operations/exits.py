"""Ways out of a pick that does not go as planned: later, a full crate, a place that is not empty, goods that are
not there."""

from datetime import datetime
from uuid import uuid4

from django.db import transaction
from django.utils.translation import gettext as _

from distribution import jobs, locks
from distribution.models import Allocation, Balance, FulfilmentLine, Shortage, Task, TaskEvent
from distribution.operations import allocations, fulfilments, shortages, tasks
from distribution.operations.holds import give_back
from distribution.operations.picking import next_step, stops_of
from distribution.operations.shortages import Missing
from distribution.operations.steps import Step, WrongLocation, WrongScan
from marketplace.accounts.models import User
from marketplace.kernel import outbox
from marketplace.kernel.database import retried
from marketplace.kernel.errors import DomainError
from marketplace.kernel.outbox import NewJob


class NothingToSkip(DomainError):
    code = "nothing_to_skip"

    def __init__(self) -> None:
        super().__init__(_("To ostatnie miejsce: nie ma dokąd przejść."))


class CrateEmpty(DomainError):
    code = "crate_empty"

    def __init__(self) -> None:
        super().__init__(_("W tej skrzynce nic jeszcze nie ma."))


@transaction.atomic
def skip(*, task: int, allocation: int, by: User, at: datetime) -> Step:
    """The stop goes to the end of the walk: somebody is in the way, or the place is blocked. Returns the next
    step; raises NothingToSkip when no other stop is left."""
    row = tasks.mine(task=task, by=by, at=at)
    stops = stops_of(row)
    stop = _stop_of(stops, allocation)
    if len(stops) == 1:
        raise NothingToSkip
    last = max(other.skips for other in stops)
    Allocation.objects.filter(pk=stop.pk).update(skips=last + 1)
    TaskEvent.objects.create(
        task=row, old=row.state, new=row.state, by=by, at=at, reason=f"skipped {stop.location.code}"
    )
    return next_step(task=row)


def _stop_of(stops, allocation):
    stop = next((stop for stop in stops if stop.pk == allocation), None)
    if stop is None:
        raise WrongScan(_("Tego już nie ma na liście."), expects="", wanted="")
    return stop


@transaction.atomic
def bin_full(*, task: int, by: User, at: datetime) -> Step:
    """The crate is full: the next scan names another one for the same part. Returns the next step; raises
    CrateEmpty while the crate in use holds nothing."""
    row = tasks.mine(task=task, by=by, at=at)
    if row.crate is None:
        return next_step(task=row)
    if not Balance.objects.filter(location=row.crate.inside_id, units__gt=0).exists():
        raise CrateEmpty
    reason = f"crate full {row.crate.sscc}"
    row.crate = None
    row.save(update_fields=["crate"])
    TaskEvent.objects.create(task=row, old=row.state, new=row.state, by=by, at=at, reason=reason)
    return next_step(task=row)


@transaction.atomic
def not_empty(*, task: int, place: str, by: User, at: datetime) -> None:
    """The books say that a place is empty now, the picker sees goods: it is to be counted. The
    pick may have ended the task. Raises NotYourTask, WrongLocation for a place this task took nothing from."""
    row = Task.objects.select_related("centre").get(pk=task)
    if row.taken_by_id != by.pk:
        raise tasks.NotYourTask
    stop = (
        Allocation.objects.filter(task=row, location__code__iexact=place, picked__gt=0)
        .select_related("location", "lot")
        .order_by("pk")
        .last()
    )
    if stop is None:
        raise WrongLocation(_("Z tego miejsca nic tu nie zebrano."), expects="", wanted="")
    _announce_count(row, stop, by, at, left=True)


@retried
@transaction.atomic
def report_short(*, task: int, allocation: int, reason: str, by: User, at: datetime) -> Step:
    """The goods of a stop are not there or not fit. Another lot is set aside when the shelf has one; else the
    line is short, which its buyer is told once. Returns the next step. The stock itself is put right by a
    write-off or a count: until then the place shows as uncovered work for the lead."""
    part = locks.fulfilment(Task.objects.values_list("fulfilment_id", flat=True).get(pk=task))
    row = tasks.mine(task=task, by=by, at=at)
    stop = _stop_of(stops_of(row), allocation)
    pieces = stop.units - stop.picked
    line = stop.fulfilment_line
    locks.supply_of_items(centre=row.centre_id, items=[line.item_id])
    allocations.cut(pk=stop.pk, pieces=pieces)
    give_back([(stop.supply_id, pieces)])
    got = allocations.replace(
        centre=row.centre_id, lost={line.pk: pieces}, without=(stop.lot_id, stop.location_id)
    )
    if short := pieces - got.get(line.pk, 0):
        FulfilmentLine.objects.filter(pk=line.pk).update(short=line.short + short)
        shortages.note(
            centre_code=row.centre.code,
            missing=[Missing(part.reference, line.line, line.pk, short)],
            reason=reason,
            by=by,
            at=at,
        )
    fulfilments.refresh(ids=[part.pk], by=by, at=at)
    if reason == Shortage.Reason.MISSING:
        _announce_count(row, stop, by, at)
    return next_step(task=row)


def _announce_count(task, stop, by, at, **more):
    """The books and the picker do not say the same of a place: it is to be counted."""
    facts = {"location": stop.location_id, "lot": stop.lot.code, "by": by.pk, "at": at.isoformat(), **more}
    key = f"{jobs.PLACE_SHORT}:{stop.pk}:{uuid4()}"
    outbox.write([NewJob(jobs.PLACE_SHORT, key, facts, centre=task.centre.code)])
