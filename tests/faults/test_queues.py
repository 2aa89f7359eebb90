"""Queues of the centres: a new one is served soon, a flood stays where it is, nothing is dropped or runs away."""

import time

import pytest
from django.utils import timezone

from marketplace.celery import served_queues
from marketplace.kernel import worker as jobs_worker
from marketplace.kernel.models import Job
from tests.factories import CentreFactory
from tests.faults.jobs import effects, write, write_many
from tests.site.processes import Worker, running, wait_until

pytestmark = pytest.mark.fault


def done(row):
    return Job.objects.filter(pk=row.pk, done_at__isnull=False).exists()


def test_centre_opened_later_is_served_within_the_interval(env, tmp_path):
    known = CentreFactory()
    with running(Worker(env, log=tmp_path / "worker.log", application="tests.faults.paused")):
        first = write(1, centre=known.code)
        wait_until(lambda: done(first), seconds=20, what="the worker serves the centre it knows")
        late = CentreFactory()
        second = write(2, centre=late.code)
        # CENTRES_READ is 2 s here, 30 s in production, where 60 s are promised.
        wait_until(lambda: done(second), seconds=4, what="the new centre is served")


def test_two_thousand_jobs_of_one_centre_do_not_hold_up_another(env, tmp_path):
    flooded, other = CentreFactory(), CentreFactory()
    with running(Worker(env, log=tmp_path / "worker.log", application="tests.faults.paused")):
        ready = write(0, centre=other.code)
        wait_until(lambda: done(ready), seconds=20, what="the worker is there")
        write_many(range(10, 2010), centre=flooded.code)
        waits = []
        for n in range(1, 4):
            row = write(n, centre=other.code)
            waits.append(
                wait_until(lambda row=row: done(row), seconds=10, what="the other centre's job is done")
            )
        assert len(effects()) < 2000, "the flood was over before it could hold anything up"
    assert max(waits) < 2


def test_worker_of_some_centres_serves_only_those(env, tmp_path, settings):
    mine, foreign = CentreFactory(code="MOJE"), CentreFactory(code="OBCE")
    settings.WORKER_CENTRES = ["MOJE"]
    assert served_queues() == ["centre.MOJE"]
    log = tmp_path / "worker.log"
    worker = Worker(env, log=log, application="tests.faults.paused", WORKER_CENTRES="MOJE")
    with running(worker):
        own = write(1, centre=mine.code)
        other = write(2, centre=foreign.code)
        wait_until(lambda: done(own), seconds=20, what="its own centre is served")
        time.sleep(1)
        assert not done(other)


def test_poison_job_that_kills_its_process_is_given_up_after_eight_attempts(env, tmp_path):
    """Each attempt is counted before it starts; the other jobs of the queue go on meanwhile."""
    words = {"JOB_LEASE": "1", "JOB_TIME_LIMIT": "1"}
    worker = Worker(env, log=tmp_path / "worker.log", application="tests.faults.paused", **words)
    poison = write(0, kind="test.poison")
    write_many(range(1, 21))
    with running(worker):
        wait_until(lambda: len(effects()) == 20, seconds=20, what="the others are done")
        Job.objects.filter(pk=poison.pk).update(attempts=6)  # the first six take as long as these two
        wait_until(lambda: Job.objects.dead().exists(), seconds=30, what="the poison job is given up")
    poison.refresh_from_db()
    assert poison.attempts == 9
    assert "gave up" in poison.error
    assert jobs_worker.retry(pk=poison.pk, by=None, at=timezone.now())
