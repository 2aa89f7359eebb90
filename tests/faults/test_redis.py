"""Faults 5 and 6: Redis forgets everything, or is away."""

import random
import shutil
import time

import pytest

from marketplace.kernel import outbox
from marketplace.kernel.models import Job
from tests.faults.jobs import effects, write, write_many
from tests.site.day import Day
from tests.site.processes import Web, Worker, running, wait_until

pytestmark = pytest.mark.fault


@pytest.fixture(autouse=True)
def closed_circuit(monkeypatch):
    monkeypatch.setattr(outbox, "_closed_after", 0.0)


def test_flushed_with_five_hundred_hints_queued(env, tmp_path, broker, seed):
    """Fault 5, while the worker is at work."""
    worker = Worker(env, log=tmp_path / "worker.log", application="tests.faults.paused")
    write_many(range(500), seconds=0.005)
    assert broker.llen("default") == 500
    with running(worker):
        wait_until(lambda: len(effects()) > 10, seconds=20, what="the worker has begun")
        left = broker.llen("default")
        broker.flushall()
        assert left > 100
        wait_until(lambda: not Job.objects.open().exists(), seconds=30, what="every job is done")
    assert effects() == dict.fromkeys(range(500), 1)


def test_away_and_back_empty_while_the_hall_scans(env, tmp_path, fresh_redis, seed):
    """Fault 6: the database decides, so scans go on; the jobs of the meantime are done afterwards."""
    web, worker = Web(env, log=tmp_path / "web.log"), Worker(env, log=tmp_path / "worker.log")
    day = Day(seed=seed, port=web.port).open()
    chance = random.Random(seed)

    def fault():
        time.sleep(chance.uniform(0.2, 1.0))
        fresh_redis.stop()
        time.sleep(3)
        shutil.rmtree(fresh_redis.server.places.redis)
        fresh_redis.start()

    with running(web, worker):
        day.place_orders()
        day.close()
        wait_until(day.is_released, seconds=20, what="the round is released")
        day.work(meanwhile=fault)
        day.settle(seconds=30)
    assert day.answers.server_errors == {}
    assert day.answers.counts["lost"] == 0
    day.judge()
    day.hand_out()


def test_hint_without_redis_costs_little_and_then_nothing(private_database, fresh_redis):
    fresh_redis.stop()
    costs = []
    for n in range(3):
        began = time.monotonic()
        write(n)
        costs.append(time.monotonic() - began)
    assert costs[0] < 0.5
    assert max(costs[1:]) < 0.05
    assert Job.objects.open().count() == 3


def test_hints_flow_again_when_redis_is_back(private_database, fresh_redis, broker, monkeypatch):
    write(0)
    fresh_redis.stop()
    write(1)
    assert outbox._closed_after > time.monotonic()
    fresh_redis.start()
    monkeypatch.setattr(outbox, "_closed_after", 0.0)
    write(2)
    assert broker.llen("default") == 2
