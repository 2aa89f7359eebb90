"""The full form of faults 1 to 19 of the network's list: 20 pickers, 500 orders, 3 centres, real processes, the fault
at a random moment of the day. `make faults REPEATS=20` runs it and writes docs/faults.md; SEED= and ONLY= play one
again. What each fault does is in `strikes`, what a day must look like after it in `tests/site/judgement.py`.

A module of its own, not collected by `make test`: a run takes hours on two cores.
"""

import os
import random
import time
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import asdict

import pytest
from django.db import connection

from marketplace.local.paths import CHECKOUT
from tests.faults import report
from tests.faults.scene import CENTRES, LEASE, ORDERS, PATIENCE, PICKERS, TIMES, Scene
from tests.faults.strikes import FAULTS
from tests.site.day import Day
from tests.site.processes import running

REPEATS = int(os.environ.get("REPEATS", "20"))
ONLY = os.environ.get("ONLY", ",".join(sorted(FAULTS, key=int))).split(",")

pytestmark = [pytest.mark.fault, pytest.mark.timeout(2 * PATIENCE)]


@pytest.mark.parametrize("repeat", range(1, REPEATS + 1))
@pytest.mark.parametrize("number", ONLY)
def test_day_with_a_fault(number, repeat, private_database, fresh_redis, tmp_path, seed):
    began, fault = time.monotonic(), FAULTS[number]
    words = {"orders": ORDERS, "pickers": PICKERS, "centres": CENTRES, "seed": seed, "buyers": 12} | fault.day
    day = Day(**words).open()
    env = private_database.env | fresh_redis.env | TIMES
    scene = Scene(day, random.Random(seed), tmp_path, private_database.server, fresh_redis, env)
    row = report.Row(number, repeat, seed, ORDERS, PICKERS, CENTRES)
    try:
        play(scene, fault)
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


def play(scene, fault):
    day = scene.day
    fault.set_up(scene)
    scene.build()
    with running(scene.web, *scene.workers), ThreadPoolExecutor(1) as beside:
        struck = beside.submit(strike_alone, scene, fault)
        try:
            day.place_orders()
            connection.close()
            day.close()
            day.work(seconds=PATIENCE)
        finally:
            day.over.set()
            wait([struck])
            day.hang_up()
        struck.result()
        connection.close()
        day.settle(seconds=2 * LEASE + 30)
    day.judge(scene.expected)
    fault.check(scene)
    day.hand_out()


def strike_alone(scene, fault):
    try:
        fault.strike(scene)
    except BaseException:
        scene.day.over.set()  # nothing is to be learned from the rest of it
        raise
    finally:
        scene.day.busy.clear()
        connection.close()
