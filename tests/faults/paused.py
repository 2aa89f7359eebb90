"""The worker, with points where it stops so that a test can kill it there: `celery --app tests.faults.paused`.

STOP_AT is `before_work` (the job is leased, nothing is done yet), `before_commit` (the effect and the job's end
are written, not committed) or `after_commit` (the job is done, the message not acknowledged); STOP_KIND is the kind
of job that stops, after STOP_SKIP others in its process. The first to come writes its process id to STOP_FILE and
sleeps while that is there; later ones pass; beside it STOP_FILE.job names the job. Effects of `test.effect` leave a
row each, `test.poison` kills its process, `test.raises` fails.
"""

import itertools
import os
import signal
import time
import uuid
from contextlib import suppress
from pathlib import Path

from django.db import connection

from marketplace.celery import app
from marketplace.kernel import worker

__all__ = ["app"]

STOP_AT, STOP_KIND = os.environ.get("STOP_AT", ""), os.environ.get("STOP_KIND", "")
STOP_SKIP = itertools.count(-int(os.environ.get("STOP_SKIP", "0")))
STOP_FILE = Path(os.environ.get("STOP_FILE", "/nonexistent/stop"))
real_finish, real_work = worker._finish, worker._work


def stop_here(job):
    if next(STOP_SKIP) < 0:
        return
    with suppress(FileExistsError), STOP_FILE.open("x") as stream:
        STOP_FILE.with_suffix(".job").write_text(str(job.pk))
        stream.write(str(os.getpid()))
        stream.flush()
        until = time.monotonic() + 120
        while STOP_FILE.exists() and time.monotonic() < until:
            time.sleep(0.05)


def finish(job):
    real_finish(job)
    if STOP_AT == "before_commit" and job.kind == STOP_KIND:
        stop_here(job)


def work(job, registration):
    if STOP_AT == "before_work" and job.kind == STOP_KIND:
        stop_here(job)
    real_work(job, registration)
    if STOP_AT == "after_commit" and job.kind == STOP_KIND:
        stop_here(job)


worker._finish, worker._work = finish, work


@worker.handles("test.effect")
def effect(*, n, at, seconds=0.0):
    time.sleep(seconds)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO kernel_command (scope, key, body_hash) VALUES (%s, %s, '')",
            [f"effect:{n}", uuid.uuid4()],
        )


@worker.handles("test.poison")
def poison(*, at):
    os.kill(os.getpid(), signal.SIGKILL)


@worker.handles("test.raises")
def raises(*, at):
    raise ValueError("poison")
