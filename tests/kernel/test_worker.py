"""Jobs: done once, tried again, given up, parked, brought back."""

import pytest
from django.db import transaction
from django.utils import timezone

from marketplace.accounts.models import User
from marketplace.kernel import commands, outbox, worker
from marketplace.kernel.errors import KeyReused
from marketplace.kernel.models import Command, Job
from marketplace.kernel.outbox import NewJob

pytestmark = pytest.mark.django_db


@pytest.fixture
def handle(monkeypatch):
    def add(kind, effect, *, atomic=True):
        monkeypatch.setitem(worker.HANDLERS, kind, worker.Registration(effect, atomic))

    return add


def job(kind="test.effect", **more):
    outbox.write([NewJob(kind, f"{kind}:1", more.pop("payload", {}), **more)])
    return Job.objects.get(kind=kind)


def due(row):
    Job.objects.filter(pk=row.pk).update(run_after="2020-01-01T00:00Z")


def fail(**_payload):
    User.objects.create_user("nikt@example.pl")
    raise RuntimeError("nie tym razem")


def test_effect_and_end_commit_together(handle):
    handle("test.effect", lambda *, at, email: User.objects.create_user(email))
    row = job(payload={"email": "anna@example.pl"})
    assert worker.run(row.pk) is True
    row.refresh_from_db()
    assert (row.attempts, row.error, row.lease_until) == (1, "", None)
    assert User.objects.get().email == "anna@example.pl"


def test_failure_undoes_the_effect_and_waits_longer_each_time(handle):
    handle("test.effect", fail)
    row = job()
    waits = []
    for _attempt in range(3):
        due(row)
        assert worker.run(row.pk) is False
        with transaction.get_connection().cursor() as cursor:
            cursor.execute("SELECT extract(epoch FROM run_after - now())::int FROM kernel_job")
            waits.append(cursor.fetchone()[0])
    row.refresh_from_db()
    assert waits == [2, 4, 8]
    assert (row.attempts, row.error) == (3, "RuntimeError('nie tym razem')")
    assert User.objects.count() == 0


def test_job_that_always_fails_is_dead_after_eight_attempts_and_can_be_brought_back(handle):
    handle("test.effect", fail)
    row = job()
    for _attempt in range(10):
        due(row)
        worker.run(row.pk)
    row.refresh_from_db()
    assert row.attempts == 8
    assert list(Job.objects.dead()) == [row]
    assert worker.sweep() == 0

    handle("test.effect", lambda *, at: None)
    assert worker.retry(pk=row.pk, by=None, at=timezone.now()) is True
    assert worker.retry(pk=row.pk, by=None, at=timezone.now()) is False
    assert worker.run(row.pk) is True
    assert Job.objects.dead().count() == 0


def test_unknown_kind_is_parked_where_people_see_it_and_done_once_it_is_known(handle):
    row = job("przyszly.rodzaj")
    assert worker.run(row.pk) is False
    row.refresh_from_db()
    assert (row.error, row.attempts) == ("no handler for przyszly.rodzaj", 1)
    assert list(Job.objects.dead()) == [row]
    handle("przyszly.rodzaj", lambda *, at: None)
    worker.retry(pk=row.pk, by=None, at=timezone.now())
    assert worker.run(row.pk) is True


def test_attempts_of_a_job_that_kills_its_process_count_too(handle):
    """The process dies with the attempt counted and nothing else written: as if only `_claim` had run."""
    handle("test.effect", lambda *, at: None)
    row = job()
    for _attempt in range(8):
        assert worker._claim(row.pk) is not None
        Job.objects.filter(pk=row.pk).update(lease_until="2020-01-01T00:00Z")
    assert worker.run(row.pk) is False
    row.refresh_from_db()
    assert "gave up" in row.error


def test_job_of_another_time_waits_for_it_and_gets_its_business_time(handle):
    seen = []
    handle("test.effect", lambda *, at: seen.append(at.isoformat()))
    row = job(payload={"at": "2026-11-22T09:00:00+00:00"}, run_after="2099-01-01T00:00Z")
    assert worker.run(row.pk) is False
    due(row)
    worker.run(row.pk)
    assert seen == ["2026-11-22T09:00:00+00:00"]


def test_leased_job_is_left_alone_and_swept_when_the_lease_is_over(handle, monkeypatch):
    hinted = []
    monkeypatch.setattr(outbox, "hint", hinted.extend)
    handle("test.effect", lambda *, at: None)
    row = job()
    due(row)
    assert worker._claim(row.pk) is not None
    assert worker.run(row.pk) is False
    assert worker.sweep() == 0
    Job.objects.filter(pk=row.pk).update(lease_until="2020-01-01T00:00Z")
    assert worker.sweep() == 1
    assert hinted == [(row.pk, "default")]
    assert worker.sweep() == 0  # hinted a moment ago


def test_key_is_one_job_for_ever():
    for payload in ({"n": 1}, {"n": 2}):
        outbox.write([NewJob("test.effect", "one", payload)])
    assert Job.objects.get().payload == {"n": 1}


@pytest.mark.parametrize(
    ("new", "queue"),
    [
        ({}, "default"),
        ({"centre": "LESZNO"}, "centre.LESZNO"),
        ({"queue": "mail"}, "mail"),
        ({"centre": "LESZNO", "queue": "mail"}, "mail"),
    ],
)
def test_queue_of_a_job(new, queue):
    assert job(**new).queue == queue


def test_two_handlers_of_one_kind_are_refused(handle):
    handle("test.effect", fail)
    with pytest.raises(ValueError, match="two handlers"):
        worker.handles("test.effect")(fail)


def test_command_answers_the_same_and_frees_its_key_on_refusal():
    key, calls = "0b0e7a3c-6a0e-4b5e-9d53-0e6f1a0f9c11", []

    def effect():
        calls.append(1)
        return {"n": len(calls)}

    def once(body, effect=effect):
        return commands.once(scope="test", key=key, body=body, effect=effect)

    def refuse():
        raise KeyError

    with pytest.raises(KeyError):
        once({"a": 1}, refuse)
    assert Command.objects.count() == 0
    assert once({"a": 1}) == once({"a": 1}) == {"n": 1}
    with pytest.raises(KeyReused):
        once({"a": 2})
    assert len(calls) == 1
