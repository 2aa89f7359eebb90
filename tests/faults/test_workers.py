"""Faults 1, 2, 3 and 8: workers that die while they work, and a message that comes five times."""

import os
import signal
import time

import pytest

from distribution import jobs
from distribution.models import Fulfilment
from marketplace.celery import app
from marketplace.kernel.models import Command, Job
from tests.faults.jobs import effects, write
from tests.site.day import Day
from tests.site.processes import SWEPT_WITHIN, Web, Worker, running, wait_until

pytestmark = pytest.mark.fault


@pytest.fixture
def stopping(env, tmp_path):
    """Makes a worker that stops at a point of one kind of job; its `stop` file then names the process."""

    def make(at, kind):
        stop = tmp_path / "stop"
        words = {"STOP_AT": at, "STOP_KIND": kind, "STOP_FILE": str(stop)}
        worker = Worker(env, log=tmp_path / "worker.log", application="tests.faults.paused", **words)
        worker.stop_file = stop
        return worker

    return make


def stopped_process(worker):
    wait_until(
        lambda: worker.stop_file.exists() and worker.stop_file.read_text(),
        seconds=20,
        what="a job reached the point",
    )
    return int(worker.stop_file.read_text())


@pytest.mark.parametrize(("at", "attempts"), [("before_commit", 2), ("after_commit", 1)])
def test_pool_child_killed_while_it_releases_a_round(env, tmp_path, seed, stopping, at, attempts):
    """Faults 1 and 2. Killed before its commit the job is done again, after it nothing is done twice."""
    web, worker = Web(env, log=tmp_path / "web.log"), stopping(at, jobs.ROUND_CLOSED)
    day = Day(seed=seed, port=web.port).open()
    with running(web, worker):
        day.place_orders()
        day.close()
        os.kill(stopped_process(worker), signal.SIGKILL)
        day.work()
        day.settle()
    assert Job.objects.get(kind=jobs.ROUND_CLOSED).attempts == attempts
    assert Fulfilment.objects.count() == day.orders
    day.judge()
    day.hand_out()


def test_whole_worker_killed_is_swept_by_another(env, tmp_path, seed, stopping):
    """Fault 3. Nobody gives the message back; the lease runs out and the other worker's sweep finds the job."""
    web, dying = Web(env, log=tmp_path / "web.log"), stopping("before_commit", jobs.ROUND_CLOSED)
    other = Worker(env, log=tmp_path / "other.log")
    day = Day(seed=seed, port=web.port).open()
    with running(web, dying):
        day.place_orders()
        day.settle()
        day.close()
        stopped_process(dying)
        dying.kill()
        killed = time.monotonic()
        with running(other):
            job = Job.objects.get(kind=jobs.ROUND_CLOSED)
            wait_until(lambda: Job.objects.filter(pk=job.pk, done_at__isnull=False).exists(), seconds=20,
                       what="the job is done")  # fmt: skip
            assert time.monotonic() - killed < SWEPT_WITHIN
            day.work()
            day.settle()
    assert Job.objects.get(pk=job.pk).attempts == 2
    day.judge()
    day.hand_out()


def test_worker_asleep_past_its_lease_changes_nothing_when_it_wakes(env, tmp_path, seed, stopping):
    """Fault 9. The kernel stops a whole worker with a job in hand; another does the job; the first wakes up and its
    work is undone, because its lease is another's."""
    sleeper, other = (
        stopping("before_work", "test.effect"),
        Worker(env, log=tmp_path / "other.log", application="tests.faults.paused"),
    )
    sleeper.env = sleeper.env | {"JOB_TIME_LIMIT": "60"}
    with running(sleeper):
        job = write(1)
        stopped_process(sleeper)
        os.killpg(sleeper.process.pid, signal.SIGSTOP)
        with running(other):
            done = Job.objects.filter(pk=job.pk, done_at__isnull=False)
            wait_until(done.exists, seconds=20, what="the other worker did the job")
            finished = done.get().done_at
            sleeper.stop_file.unlink()
            os.killpg(sleeper.process.pid, signal.SIGCONT)
            wait_until(lambda: "lease of job" in sleeper.log.read_text(), seconds=20,
                       what="the first one noticed")  # fmt: skip
    assert effects() == {1: 1}
    assert Job.objects.get(pk=job.pk).attempts == 2
    assert Job.objects.get(pk=job.pk).done_at == finished


def test_one_message_five_times_at_once(env, tmp_path, seed):
    """Fault 8, with four processes that race for it."""
    log = tmp_path / "worker.log"
    workers = [Worker(env, log=log, application="tests.faults.paused") for _ in range(2)]
    with running(*workers):
        rows = [write(n, hint=False, seconds=0.2) for n in range(8)]
        for row in rows:
            for _ in range(5):
                app.send_task("kernel.run_job", args=[row.pk], queue="default", ignore_result=True)
        wait_until(lambda: not Job.objects.open().exists(), seconds=20, what="every job is done")
        time.sleep(0.5)
    assert effects() == dict.fromkeys(range(8), 1)
    assert Command.objects.count() == 8
    assert set(Job.objects.values_list("attempts", flat=True)) == {1}
