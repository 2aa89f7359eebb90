"""Writing jobs: the row in the caller's transaction, the hint to Celery after its commit."""

import json
import logging
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from celery import current_app
from django.db import connection, transaction

log = logging.getLogger(__name__)

CIRCUIT_SECONDS = 5.0  # a broker that failed is left alone this long, so requests do not wait for it
_closed_after = 0.0


@dataclass(frozen=True)
class NewJob:
    """`key` makes the job unique for ever; `centre` routes it to that centre's queue."""

    kind: str
    key: str
    payload: dict[str, Any] = field(default_factory=dict)
    centre: str = ""
    queue: str = ""
    run_after: datetime | None = None

    @property
    def to_queue(self) -> str:
        return self.queue or (f"centre.{self.centre}" if self.centre else "default")


def write(jobs: Iterable[NewJob]) -> None:
    """Inserts the jobs in one statement; a key that exists is left as it is. Must run in a transaction,
    as its last statement (the lock order ends here)."""
    rows = list(jobs)
    if not rows:
        return
    columns = (
        [j.kind for j in rows],
        [j.key for j in rows],
        [json.dumps(j.payload, default=str) for j in rows],
        [j.centre for j in rows],
        [j.to_queue for j in rows],
        [j.run_after for j in rows],
    )
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO kernel_job (kind, key, payload, centre, queue, run_after)
            SELECT kind, key, payload, centre, queue, coalesce(run_after, now())
            FROM unnest(%s::text[], %s::text[], %s::jsonb[], %s::text[], %s::text[], %s::timestamptz[])
                 AS new(kind, key, payload, centre, queue, run_after)
            ON CONFLICT (key) DO NOTHING
            RETURNING id, queue, run_after <= now()
            """,
            list(columns),
        )
        due = [(pk, queue) for pk, queue, is_due in cursor.fetchall() if is_due]
    if due:
        transaction.on_commit(lambda: hint(due))


def hint(jobs: Iterable[tuple[int, str]]) -> None:
    """Tells Celery that jobs are due. May fail: the sweeper finds them."""
    global _closed_after  # noqa: PLW0603 - one circuit per process
    if time.monotonic() < _closed_after:
        return
    try:
        for pk, queue in jobs:
            current_app.send_task("kernel.run_job", args=[pk], queue=queue, retry=False, ignore_result=True)
    except Exception as error:  # noqa: BLE001 - whatever the broker does, the row is safe
        _closed_after = time.monotonic() + CIRCUIT_SECONDS
        log.warning("the broker is away, the sweeper will find the jobs: %s", error)
