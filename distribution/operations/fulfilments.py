"""What follows for a fulfilment when its lines change: line states, its own state, its tasks."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import uuid4

from distribution import jobs
from distribution.models import Fulfilment, FulfilmentEvent, Task, TaskEvent
from distribution.states import FULFILMENT, FulfilmentState, TaskState
from marketplace.accounts.models import User
from marketplace.kernel import outbox
from marketplace.kernel.database import execute, fetch_all
from marketplace.kernel.outbox import NewJob


def refresh(*, ids: Iterable[int], by: User | None, at: datetime) -> None:
    """Recomputes the line states of these fulfilments and moves on those with nothing left to pick: to PICKED
    with a pack task, or to EMPTY when nothing came at all. The caller holds the fulfilments."""
    ids = sorted(ids)
    if not ids:
        return
    execute(
        """
        UPDATE distribution_fulfilmentline l SET state = CASE
            WHEN l.awaited > 0 THEN 'AWAITING_GOODS'
            WHEN EXISTS (SELECT 1 FROM distribution_allocation a
                         WHERE a.fulfilment_line_id = l.id AND a.state = 'ACTIVE') THEN 'ALLOCATED'
            WHEN l.picked > 0 THEN 'PICKED' ELSE 'SHORT' END
        WHERE l.fulfilment_id = ANY(%s)
        """,
        [ids],
    )
    finished = fetch_all(
        """
        SELECT l.fulfilment_id, sum(l.picked) FROM distribution_fulfilmentline l
        JOIN distribution_fulfilment f ON f.id = l.fulfilment_id AND f.state = 'RELEASED'
        WHERE l.fulfilment_id = ANY(%s)
        GROUP BY l.fulfilment_id HAVING bool_and(l.state IN ('PICKED', 'SHORT'))
        """,
        [ids],
    )
    for pk, picked in finished:
        _finish_picking(pk, bool(picked), by, at)


def end_without_goods(*, pk: int, by: User | None, at: datetime) -> None:
    """The part has nothing left to come: it ends empty, with its task. The caller holds it."""
    _finish_picking(pk, False, by, at)


def _finish_picking(pk, has_goods, by, at):
    fulfilment = Fulfilment.objects.get(pk=pk)
    move(
        fulfilment=fulfilment,
        new=FulfilmentState.PICKED if has_goods else FulfilmentState.EMPTY,
        by=by,
        at=at,
    )
    task = Task.objects.unfinished().filter(fulfilment=fulfilment, kind=Task.Kind.PICK).first()
    if task is not None:
        end_task(
            task=task,
            new=TaskState.DONE if task.state == TaskState.TAKEN else TaskState.CANCELLED,
            by=by,
            at=at,
        )
    if has_goods:
        Task.objects.create(
            centre_id=fulfilment.centre_id,
            kind=Task.Kind.PACK,
            wave=task.wave if task else None,
            fulfilment=fulfilment,
            due_at=task.due_at if task else at,
        )
    else:
        announce_ready(fulfilment=fulfilment, at=at)


def end_task(*, task: Task, new: str, by: User | None, at: datetime, reason: str = "") -> None:
    """Ends a task the caller has locked, with its history row."""
    Task.objects.filter(pk=task.pk).update(state=new, done_at=at if new == TaskState.DONE else None)
    TaskEvent.objects.create(task=task, old=task.state, new=new, by=by, at=at, reason=reason)


def move(*, fulfilment: Fulfilment, new: str, by: User | None, at: datetime, **fields: object) -> None:
    """Moves a fulfilment the caller has locked to a new state, with its history row."""
    FULFILMENT.require(fulfilment.state, new)
    Fulfilment.objects.filter(pk=fulfilment.pk).update(state=new, **fields)
    FulfilmentEvent.objects.create(fulfilment=fulfilment, old=fulfilment.state, new=new, by=by, at=at)
    fulfilment.state = new


def announce_ready(*, fulfilment: Fulfilment, at: datetime) -> None:
    """Tells the order's side that this part is packed, or empty; it looks whether all parts are."""
    _announce(jobs.FULFILMENT_READY, fulfilment, at, {}, f":{fulfilment.state}")


def announce_weighed(*, fulfilment: Fulfilment, lines: Mapping[int, int], at: datetime) -> None:
    """Tells the order's side the picked grams of lines sold by weight, as often as they change."""
    if lines:
        facts = {"grams": {str(k): v for k, v in lines.items()}}
        _announce(jobs.FULFILMENT_WEIGHED, fulfilment, at, facts, f":{uuid4()}")


def _announce(kind, fulfilment, at, facts, once_more=""):
    outbox.write(
        [
            NewJob(
                kind,
                f"{kind}:{fulfilment.reference}:{fulfilment.pk}{once_more}",
                {"reference": fulfilment.reference, "at": at.isoformat(), **facts},
                centre=fulfilment.centre.code,
            )
        ]
    )
