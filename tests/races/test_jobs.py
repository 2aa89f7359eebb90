"""Races for a job: one message many times, a lease that ran out, the sweeper beside the hint."""

import time
from contextlib import contextmanager
from functools import partial

import pytest
from django.db import connection, transaction

from marketplace.accounts.models import User
from marketplace.kernel import outbox, worker
from marketplace.kernel.models import Job
from marketplace.kernel.outbox import NewJob
from tests.races.crowd import alone, breaks_within, codes, race

pytestmark = [pytest.mark.race, pytest.mark.usefixtures("cloned_database")]


@contextmanager
def handler(effect, kind="test.effect", *, atomic=True):
    worker.HANDLERS[kind] = worker.Registration(effect, atomic)
    try:
        yield
    finally:
        del worker.HANDLERS[kind]


def job(kind="test.effect", **more):
    with transaction.atomic():
        outbox.write([NewJob(kind, f"{kind}:{time.monotonic_ns()}", more)])
    return Job.objects.latest("pk")


def greet(*, at):
    """An effect that shows when it happens twice."""
    User.objects.create_user(f"nowa{time.monotonic_ns()}@example.pl")


def test_one_message_five_times_at_once_has_one_effect():
    with handler(greet):
        row = job()
        outcomes = race([lambda: worker.run(row.pk)] * 5)
    assert sorted(outcomes) == [False] * 4 + [True]
    assert User.objects.count() == 1
    row.refresh_from_db()
    assert (row.attempts, row.done_at is not None) == (1, True)


def test_message_that_comes_after_the_end_does_nothing():
    with handler(greet):
        row = job()
        assert worker.run(row.pk) is True
        assert worker.run(row.pk) is False
    assert User.objects.count() == 1


def test_control_without_the_lease_has_more_effects(monkeypatch):
    def claim(pk):
        row = Job.objects.filter(pk=pk, done_at=None).first()
        return row and worker.Claimed(row.pk, row.kind, row.payload, 1, None, row.created_at)

    monkeypatch.setattr(worker, "_claim", claim)
    monkeypatch.setattr(worker, "_finish", lambda j: Job.objects.filter(pk=j.pk).update(done_at=j.now))
    with handler(greet), breaks_within(5) as control:
        for _try in control:
            before = User.objects.count()
            row = job()
            race([partial(worker.run, row.pk)] * 5)
            control.broke = User.objects.count() > before + 1


def slow(*, at):
    greet(at=at)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(2)")


@pytest.mark.parametrize("fenced", [True, False], ids=["guarded", "control"])
def test_who_outlives_the_lease_is_undone(settings, monkeypatch, fenced):
    """Control: finishing without asking whose lease it is leaves the effect twice."""
    settings.JOB_LEASE_SECONDS = 1
    if not fenced:
        monkeypatch.setattr(worker, "_finish", lambda j: Job.objects.filter(pk=j.pk).update(done_at=j.now))
    with handler(slow):
        row = job()
        first = alone(lambda: worker.run(row.pk))
        time.sleep(1.3)
        with handler(greet, "test.fast"):
            Job.objects.filter(pk=row.pk).update(kind="test.fast")
            assert worker.run(row.pk) is True
        first.join()
    assert first.outcome is (not fenced)
    assert User.objects.count() == (1 if fenced else 2)


def test_sweeps_at_once_hint_each_job_once(monkeypatch):
    hinted = []
    monkeypatch.setattr(outbox, "hint", lambda jobs: hinted.extend(pk for pk, _queue in jobs))
    with handler(greet):
        made = {job().pk for _ in range(40)}
        Job.objects.update(run_after="2020-01-01T00:00Z")
        hinted.clear()
        outcomes = race([lambda: worker.sweep(limit=20)] * 6)
    assert sum(outcomes) == 40
    assert sorted(hinted) == sorted(made)
    assert codes(outcomes) == {"ok": 6}
