"""The full form of faults 1 to 8: 20 pickers, 500 orders, 3 centres, real processes, the fault at a random
moment of the day. `make faults REPEATS=20` runs it and writes docs/faults.md; SEED= and ONLY= play one again.

A module of its own, not collected by `make test`: a run takes hours on two cores.
"""

import os
import random
import shutil
import signal
import threading
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path

import pytest
from django.db import connection
from redis import Redis

from distribution import jobs
from marketplace.celery import app
from marketplace.kernel.models import Job
from marketplace.local.paths import CHECKOUT
from tests.faults import report
from tests.site.day import Day
from tests.site.processes import Web, Worker, running

REPEATS = int(os.environ.get("REPEATS", "20"))
ONLY = os.environ.get("ONLY", "1,2,3,4,5,6,7,8").split(",")
ORDERS, PICKERS, CENTRES = (int(os.environ.get(name, n)) for name, n in
                            [("ORDERS", 500), ("PICKERS", 20), ("CENTRES", 3)])  # fmt: skip
# Between the short times of the small form and production's: a release of 170 orders takes seconds here.
TIMES = {
    "JOB_TIME_LIMIT": "30",
    "JOB_LEASE": "40",
    "JOB_VISIBILITY": "60",
    "JOB_SWEEP": "5",
    "CENTRES_READ": "10",
}
REDIS_AWAY = int(os.environ.get("REDIS_AWAY", "60"))
PATIENCE = 1200

pytestmark = [pytest.mark.fault, pytest.mark.timeout(2 * PATIENCE)]


@dataclass
class Scene:
    """What a fault may touch."""

    day: Day
    chance: random.Random
    folder: Path
    postgres: object
    redis: object
    env: dict
    web: Web = None
    workers: list[Worker] = field(default_factory=list)
    done: list[str] = field(default_factory=list)

    @property
    def stop_file(self):
        return self.folder / "stop"

    def build(self, fault):
        more = {}
        if fault in {"1", "2"}:
            more = {
                "STOP_AT": "before_commit" if fault == "1" else "after_commit",
                "STOP_KIND": self.chance.choice([jobs.ROUND_CLOSED, jobs.FULFILMENT_READY]),
                "STOP_FILE": str(self.stop_file),
            }
            more["STOP_SKIP"] = str(
                self.chance.randrange(max(1, self.day.orders // 12))
                if more["STOP_KIND"] == jobs.FULFILMENT_READY
                else 0
            )
        application = "tests.faults.paused" if more else "marketplace"
        self.workers = [
            Worker(self.env, log=self.folder / f"worker{n}.log", application=application, **more)
            for n in range(2)
        ]
        env, site = self.env, "marketplace.wsgi"
        if fault == "4":
            skip = self.chance.randrange(max(1, self.day.orders // 4))
            env = env | {"DIE_FILE": str(self.folder / "died"), "DIE_SKIP": str(skip)}
            site = "tests.faults.dying"
        self.web = Web(env, log=self.folder / "web.log", application=site)
        self.day.port = self.web.port

    def wait_for_its_moment(self):
        """Some time between the first order and the last tasks, by the answers people got."""
        answers = self.day.answers.counts
        moment = self.chance.randint(20, self.day.orders * 9)
        while sum(answers.values()) < moment and not self.day.over.is_set():
            time.sleep(0.02)
        self.done.append(f"after {sum(answers.values())} answers")


def kill_pool_child(scene):
    while not scene.stop_file.exists() or not scene.stop_file.read_text():
        if scene.day.over.is_set():
            scene.done.append("never came")
            return
        time.sleep(0.02)
    os.kill(int(scene.stop_file.read_text()), signal.SIGKILL)
    scene.done.append(f"in {scene.workers[0].env['STOP_KIND']}")


def kill_worker(scene):
    scene.wait_for_its_moment()
    scene.workers[0].kill()
    time.sleep(5)
    scene.workers[0].start()


def web_dies(scene):
    scene.done.append(f"at hint {scene.web.env['DIE_SKIP']} of a process")


def flush(scene):
    scene.wait_for_its_moment()
    Redis.from_url(scene.redis.url).flushall()


def redis_away(scene):
    scene.wait_for_its_moment()
    scene.redis.stop()
    time.sleep(REDIS_AWAY)
    shutil.rmtree(scene.redis.server.places.redis)
    scene.redis.start()


def restart_postgres(scene):
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


STRIKE = {
    "1": kill_pool_child,
    "2": kill_pool_child,
    "3": kill_worker,
    "4": web_dies,
    "5": flush,
    "6": redis_away,
    "7": restart_postgres,
    "8": repeat_messages,
}


@pytest.mark.parametrize("repeat", range(1, REPEATS + 1))
@pytest.mark.parametrize("fault", ONLY)
def test_day_with_a_fault(fault, repeat, private_database, fresh_redis, tmp_path, seed):
    began = time.monotonic()
    day = Day(orders=ORDERS, pickers=PICKERS, centres=CENTRES, seed=seed, buyers=12).open()
    scene = Scene(
        day,
        random.Random(seed),
        tmp_path,
        private_database.server,
        fresh_redis,
        private_database.env | fresh_redis.env | TIMES,
    )
    scene.build(fault)
    row = report.Row(fault, repeat, seed, ORDERS, PICKERS, CENTRES)
    try:
        play(scene, STRIKE[fault])
        row.outcome = "clean"
    except BaseException as error:
        row.outcome = f"{type(error).__name__}: {error}"[:300]
        raise
    finally:
        row.moment = ", ".join(scene.done)
        row.seconds = round(time.monotonic() - began)
        row.lost = day.answers.counts["lost"]
        row.server_errors = sum(day.answers.server_errors.values())
        report.write(row, to=CHECKOUT / "docs" / "faults.md")
        print(asdict(row))


def play(scene, strike):
    day = scene.day
    striking = threading.Thread(target=strike_alone, args=(scene, strike))
    with running(scene.web, *scene.workers):
        striking.start()
        try:
            day.place_orders()
            connection.close()
            day.close()
            day.work(seconds=PATIENCE)
        finally:
            day.over.set()
            striking.join()
        connection.close()
        day.settle(seconds=2 * int(TIMES["JOB_LEASE"]) + 30)
    day.judge()
    day.hand_out()


def strike_alone(scene, strike):
    try:
        strike(scene)
    finally:
        connection.close()
