"""Faults 1 to 9 and 19: processes that are killed, stopped or away, messages that repeat, jobs that never work."""

import os
import shutil
import signal
import time
from pathlib import Path

from django.db import connection
from redis import Redis

from distribution import jobs
from marketplace.celery import app
from marketplace.kernel.models import Job
from tests.faults.jobs import write
from tests.faults.scene import LEASE, Fault, NeverCame
from tests.site.day import answered
from tests.site.processes import wait_until

REDIS_AWAY = int(os.environ.get("REDIS_AWAY", "60"))
MOST_ATTEMPTS = 8


def stops(at, **more):
    """A worker's child stops at a point of one kind of job, and says so in a file."""

    def set_up(scene):
        kind = scene.chance.choice([jobs.ROUND_CLOSED, jobs.FULFILMENT_READY])
        skip = scene.chance.randrange(max(1, scene.day.orders // 12)) if kind == jobs.FULFILMENT_READY else 0
        scene.application = "tests.faults.paused"
        scene.worker_env = more | {
            "STOP_AT": at,
            "STOP_KIND": kind,
            "STOP_FILE": str(scene.stop_file),
            "STOP_SKIP": str(skip),
        }

    return set_up


def stopped_child(scene):
    while not scene.stop_file.exists() or not scene.stop_file.read_text():
        if scene.day.over.is_set():
            raise NeverCame
        time.sleep(0.02)
    scene.done.append(f"in {scene.worker_env['STOP_KIND']}")
    return int(scene.stop_file.read_text())


def kill_pool_child(scene):
    os.kill(stopped_child(scene), signal.SIGKILL)


def kill_worker(scene):
    scene.wait_for_its_moment()
    scene.workers[0].kill()
    time.sleep(5)
    scene.workers[0].start()


def dies_once(scene):
    skip = scene.chance.randrange(max(1, scene.day.orders // 4))
    scene.site = "tests.faults.dying"
    scene.site_env = {"DIE_FILE": str(scene.folder / "died"), "DIE_SKIP": str(skip)}


def web_dies(scene):
    scene.done.append(f"at hint {scene.site_env['DIE_SKIP']} of a process")


def has_died(scene):
    assert Path(scene.site_env["DIE_FILE"]).exists(), "no web process died"


def flush(scene):
    scene.wait_for_its_moment()
    Redis.from_url(scene.redis.url).flushall()


def redis_away(scene):
    scene.expected.slowest += REDIS_AWAY
    scene.wait_for_its_moment()
    scene.redis.stop()
    time.sleep(REDIS_AWAY)
    shutil.rmtree(scene.redis.server.places.redis)
    scene.redis.start()


def restart_postgres(scene):
    scene.expected.slowest += 60
    scene.wait_for_its_moment()
    for with_signal in (signal.SIGINT, signal.SIGQUIT):
        scene.postgres.process.send_signal(with_signal)
        scene.postgres.process.wait(30)
        scene.postgres.start()
        time.sleep(scene.chance.uniform(1, 8))


def repeat_messages(scene):
    scene.wait_for_its_moment()
    for pk, queue in Job.objects.order_by("-pk").values_list("pk", "queue")[:50]:
        for _ in range(5):
            app.send_task("kernel.run_job", args=[pk], queue=queue, ignore_result=True)


def sleep_past_the_lease(scene):
    """The kernel stops a whole worker with a job in hand until another has done that job. Then it goes on, finds its
    lease gone, and what it did is undone."""
    child = stopped_child(scene)
    sleeper = next(worker for worker in scene.workers if worker.process.pid == os.getpgid(child))
    job = int(scene.stop_file.with_suffix(".job").read_text())
    done = Job.objects.filter(pk=job, done_at__isnull=False)
    os.killpg(sleeper.process.pid, signal.SIGSTOP)
    try:
        wait_until(
            lambda: answered(done.exists), seconds=3 * LEASE, what="another worker did the sleeper's job"
        )
        finished = done.values("attempts", "done_at").get()
        scene.stop_file.unlink()
    finally:
        os.killpg(sleeper.process.pid, signal.SIGCONT)
    lost = f"lease of job {job} was lost"
    wait_until(lambda: lost in sleeper.log.read_text(), seconds=LEASE, what="the sleeper noticed")
    assert finished["attempts"] == 2
    assert done.values("attempts", "done_at").get() == finished


def poison_the_queue(scene):
    """One job that always raises and one that kills its process, in the queue of a centre. Their waits between
    attempts are cut short: eight of them would take longer than the day."""
    scene.wait_for_its_moment()
    place = scene.chance.choice(scene.day.places)
    raises, kills = (write(0, kind=kind, centre=place.code) for kind in ("test.raises", "test.poison"))
    scene.expected.dead = {raises.pk, kills.pk}
    dead = Job.objects.filter(pk__in=scene.expected.dead).dead()
    deadline = time.monotonic() + 4 * LEASE
    while dead.count() < 2:
        assert time.monotonic() < deadline, "poison jobs are not given up"
        time.sleep(1)
        hurry(scene.expected.dead)
    attempts = dict(dead.values_list("pk", "attempts"))
    assert attempts == {raises.pk: MOST_ATTEMPTS, kills.pk: MOST_ATTEMPTS + 1}
    assert_lead_sees_them(scene, place)


def hurry(ids):
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE kernel_job SET run_after = now() - interval '3 seconds', hinted_at = NULL, lease_until = NULL "
            "WHERE id = ANY(%s) AND dead_at IS NULL AND attempts > 0",
            [list(ids)],
        )


def assert_lead_sees_them(scene, place):
    phone = scene.day.hire_one("lead", place, role="LEAD").phone
    _status, listed = phone.call("GET", f"centres/{place.code}/jobs/")
    assert {row["id"] for row in listed["results"]} == scene.expected.dead
    _status, board = phone.call("GET", f"centres/{place.code}/board/")
    assert board["dead_jobs"] == 2


def poisoned(scene):
    scene.application = "tests.faults.paused"


FAULTS = {
    "1": Fault(kill_pool_child, set_up=stops("before_commit")),
    "2": Fault(kill_pool_child, set_up=stops("after_commit")),
    "3": Fault(kill_worker),
    "4": Fault(web_dies, set_up=dies_once, check=has_died),
    "5": Fault(flush),
    "6": Fault(redis_away),
    "7": Fault(restart_postgres),
    "8": Fault(repeat_messages),
    "9": Fault(sleep_past_the_lease, set_up=stops("before_work", JOB_TIME_LIMIT="300")),
    "19": Fault(poison_the_queue, set_up=poisoned),
}
