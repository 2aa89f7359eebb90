"""The door of every task that is worked by scanning: which step it is at, and one scan of it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from distribution.models import Task
from distribution.operations import counting, loading, picking, pulling, put_away, unloading
from distribution.operations.counting import CountStep
from distribution.operations.pulling import PullStep
from distribution.operations.put_away import PutStep
from distribution.operations.steps import Step
from marketplace.accounts.models import User

ROOMS: dict[str, Any] = {
    Task.Kind.PICK: picking,
    Task.Kind.PACK: picking,
    Task.Kind.STAGE: picking,
    Task.Kind.LOAD: loading,
    Task.Kind.UNLOAD: unloading,
    Task.Kind.COUNT: counting,
    Task.Kind.PULL: pulling,
    Task.Kind.PUT_AWAY: put_away,
    Task.Kind.PUT_BACK: put_away,
}


def next_step(*, task: Task) -> Step | CountStep | PullStep | PutStep:
    """The step the task is at, read from what has been done, so any device can go on."""
    step: Step | CountStep | PullStep | PutStep = ROOMS[task.kind].next_step(task=task)
    return step


def is_scanned(task: Task) -> bool:
    """Whether the task is worked by scanning, so that it has steps."""
    return task.kind in ROOMS


def scan(
    *,
    task: Task,
    key: UUID,
    code: str,
    units: int | None,
    grams: int | None,
    by: User,
    at: datetime,
    again: bool = False,
) -> dict[str, Any]:
    """One scan: `{"result", "next": Step}`. The same key gives the same answer. Raises WrongScan, logged, and
    leaves everything as it was; AnotherOne for a label read twice, unless `again` says that it is one more."""
    room = ROOMS[task.kind]
    more = {"again": again} if room is picking else {}
    answer: dict[str, Any] = room.scan(
        task=task.pk, key=key, code=code, units=units, grams=grams, by=by, at=at, **more
    )
    return answer
