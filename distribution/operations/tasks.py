"""Tasks: leased to a person, given back, taken over by the lead, ended. A lease is a heartbeat: each good scan
prolongs it, and work that was left lying is free again when it passes."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from distribution import locks
from distribution.models import CentreStaff, Task, TaskEvent
from distribution.states import TaskState
from marketplace.accounts.models import User
from marketplace.kernel.errors import DomainError


class TaskTaken(DomainError):
    code = "task_taken"

    def __init__(self, task: Task) -> None:
        who = task.taken_by.label if task.taken_by else ""
        super().__init__(_("To zadanie robi już %(who)s.") % {"who": who}, who=who, until=task.leased_until)


class TaskOver(DomainError):
    code = "task_over"

    def __init__(self) -> None:
        super().__init__(_("To zadanie jest już zakończone."))


class NotYourTask(DomainError):
    code = "not_your_task"

    def __init__(self) -> None:
        super().__init__(_("Najpierw weź to zadanie."))


@transaction.atomic
def claim(*, task: int, by: User, at: datetime) -> Task:
    """Leases the task to `by`. The same person goes on where they were, on any device; a lease that has passed
    is free; the lead may take over from anybody, which the history shows. Raises TaskTaken, TaskOver."""
    row = locks.task(task)
    if row.state not in {TaskState.OPEN, TaskState.TAKEN}:
        raise TaskOver
    others = row.state == TaskState.TAKEN and row.taken_by_id != by.pk
    if others and row.leased_until and row.leased_until > at and not _is_lead(by, row):
        raise TaskTaken(row)
    if row.taken_by_id != by.pk or row.state != TaskState.TAKEN:
        TaskEvent.objects.create(
            task=row, old=row.state, new=TaskState.TAKEN, by=by, at=at, reason="taken over" if others else ""
        )
    row.state, row.taken_by, row.leased_until = TaskState.TAKEN, by, _lease(at)
    row.save(update_fields=["state", "taken_by", "leased_until"])
    return row


@transaction.atomic
def give_back(*, task: int, by: User, at: datetime) -> Task:
    """Frees a task for somebody else; what was done stays done. Raises NotYourTask."""
    row = mine(task=task, by=by, at=at)
    TaskEvent.objects.create(task=row, old=row.state, new=TaskState.OPEN, by=by, at=at)
    row.state, row.taken_by, row.leased_until, row.at_location, row.at_lot = (
        TaskState.OPEN,
        None,
        None,
        None,
        None,
    )
    row.save(update_fields=["state", "taken_by", "leased_until", "at_location", "at_lot"])
    return row


def mine(*, task: int, by: User, at: datetime) -> Task:
    """The task, locked, when `by` works on it; prolongs the lease. Raises TaskOver, TaskTaken, NotYourTask."""
    row = locks.task(task)
    if row.state in {TaskState.DONE, TaskState.CANCELLED}:
        raise TaskOver
    if row.state != TaskState.TAKEN:
        raise NotYourTask
    if row.taken_by_id != by.pk:
        raise TaskTaken(row)
    row.leased_until = _lease(at)
    row.save(update_fields=["leased_until"])
    return row


def _lease(at):
    return at + timedelta(minutes=settings.TASK_LEASE_MINUTES)


def _is_lead(user, task):
    return CentreStaff.objects.filter(
        centre_id=task.centre_id, user=user, role=CentreStaff.Role.LEAD, is_active=True
    ).exists()


class NotFinished(DomainError):
    code = "task_not_finished"

    def __init__(self) -> None:
        super().__init__(_("W tym zadaniu jest jeszcze coś do zrobienia."))


def require_done(*, task: int) -> Task:
    """The task, when its last scan has ended it; else NotFinished. A task ends by work, not by being told to."""
    row = Task.objects.get(pk=task)
    if row.state != TaskState.DONE:
        raise NotFinished
    return row
