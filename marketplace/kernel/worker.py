"""Doing jobs: claim with a lease, work, finish only while the lease is ours (fencing)."""

import json
import logging
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from marketplace.kernel import logs, outbox

log = logging.getLogger(__name__)

Handler = Callable[..., None]


class LeaseLost(Exception):
    """Somebody else took the job over; this run's work is rolled back."""


@dataclass(frozen=True)
class Registration:
    handler: Handler
    atomic: bool


@dataclass(frozen=True)
class Claimed:
    pk: int
    kind: str
    payload: dict[str, Any]
    attempts: int
    token: uuid.UUID
    now: datetime


HANDLERS: dict[str, Registration] = {}


def handles(kind: str, *, atomic: bool = True) -> Callable[[Handler], Handler]:
    """Registers the handler of a job kind, called as `handler(at=…, **payload)`.

    An atomic handler's effects commit together with the job's end. One that acts outside (mail, payment)
    is not atomic, runs at least once and must be safe to run twice.
    """

    def register(handler: Handler) -> Handler:
        if kind in HANDLERS:
            raise ValueError(f"job kind {kind} has two handlers")
        HANDLERS[kind] = Registration(handler, atomic)
        return handler

    return register


def run(pk: int) -> bool:
    """Does job `pk` if it is due and free. True when this call did it."""
    job = _claim(pk)
    if job is None:
        return False
    if job.attempts > settings.JOB_MAX_ATTEMPTS:
        _bury(job, "gave up: every attempt ended without an answer")
        return False
    registration = HANDLERS.get(job.kind)
    if registration is None:
        _bury(job, f"no handler for {job.kind}")
        return False
    log_token = logs.job_id.set(f"{job.kind}:{pk}")
    try:
        _work(job, registration)
    except LeaseLost:
        log.warning("lease of job %s was lost; its work is undone", pk)
        return False
    except Exception as error:
        log.exception("job %s failed, attempt %s", pk, job.attempts)
        _fail(job, repr(error))
        return False
    finally:
        logs.job_id.reset(log_token)
    return True


def _work(job: Claimed, registration: Registration) -> None:
    arguments = dict(job.payload)
    at = datetime.fromisoformat(arguments.pop("at")) if "at" in arguments else job.now
    if registration.atomic:
        with transaction.atomic():
            registration.handler(at=at, **arguments)
            _finish(job)
    else:
        registration.handler(at=at, **arguments)
        _finish(job)


def _claim(pk: int) -> Claimed | None:
    # Attempts are counted before the work starts, so a job that kills its process is counted too.
    token = uuid.uuid4()
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE kernel_job
            SET lease_token = %s, lease_until = now() + make_interval(secs => %s), attempts = attempts + 1
            WHERE id = %s AND done_at IS NULL AND dead_at IS NULL AND run_after <= now()
              AND (lease_until IS NULL OR lease_until < now())
            RETURNING kind, payload::text, attempts, now()
            """,
            [token, settings.JOB_LEASE_SECONDS, pk],
        )
        row = cursor.fetchone()
    if row is None:
        return None
    kind, payload, attempts, now = row
    return Claimed(pk, kind, json.loads(payload), attempts, token, now)


def _finish(job: Claimed) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE kernel_job SET done_at = now(), lease_until = NULL, error = '' "
            "WHERE id = %s AND lease_token = %s AND done_at IS NULL",
            [job.pk, job.token],
        )
        if cursor.rowcount != 1:
            raise LeaseLost(job.pk)


def _fail(job: Claimed, error: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE kernel_job
            SET error = %s, lease_until = NULL, lease_token = NULL,
                run_after = now() + make_interval(secs => %s),
                dead_at = CASE WHEN attempts >= %s THEN now() END
            WHERE id = %s AND lease_token = %s AND done_at IS NULL
            """,
            [error[:2000], min(2**job.attempts, 300), settings.JOB_MAX_ATTEMPTS, job.pk, job.token],
        )


def _bury(job: Claimed, reason: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE kernel_job SET dead_at = now(), error = %s, lease_until = NULL "
            "WHERE id = %s AND lease_token = %s",
            [reason, job.pk, job.token],
        )


def sweep(*, limit: int = 500) -> int:
    """Hints again every job that is due, free and was not hinted lately. Returns how many."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE kernel_job SET hinted_at = now()
            WHERE id IN (
              SELECT id FROM kernel_job
              WHERE done_at IS NULL AND dead_at IS NULL
                AND run_after < now() - interval '2 seconds'
                AND (lease_until IS NULL OR lease_until < now())
                AND (hinted_at IS NULL OR hinted_at < now() - make_interval(secs => %s))
              ORDER BY run_after, id LIMIT %s FOR UPDATE SKIP LOCKED)
            RETURNING id, queue
            """,
            [3 * settings.JOB_SWEEP_SECONDS, limit],
        )
        due = cursor.fetchall()
    outbox.hint(due)
    return len(due)


@transaction.atomic
def retry(*, pk: int, by: Any, at: datetime) -> bool:
    """Brings a dead job back with fresh attempts; its history says who did, and what it had died of. False when
    it is not dead."""
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH dead AS (SELECT id, attempts, error FROM kernel_job "
            "  WHERE id = %s AND dead_at IS NOT NULL AND done_at IS NULL FOR UPDATE), "
            "back AS (UPDATE kernel_job j SET dead_at = NULL, attempts = 0, run_after = now(), hinted_at = NULL "
            "  FROM dead WHERE j.id = dead.id RETURNING j.id, j.queue) "
            "INSERT INTO kernel_jobretry (job_id, by_id, at, attempts, error) "
            "SELECT dead.id, %s, %s, dead.attempts, dead.error FROM dead JOIN back ON back.id = dead.id "
            "RETURNING job_id",
            [pk, by and by.pk, at],
        )
        rows = cursor.fetchall()
        if not rows:
            return False
        cursor.execute("SELECT id, queue FROM kernel_job WHERE id = %s", [pk])
        due = cursor.fetchall()
    transaction.on_commit(lambda: outbox.hint(due))
    return True
