"""Fault 4: the web process dies between the commit of an order and its hint."""

import pytest

from marketplace.kernel.models import Job
from orders.models import Order
from tests.site.day import Day
from tests.site.processes import Web, Worker, running

pytestmark = pytest.mark.fault


def test_web_process_dies_between_commit_and_hint(env, tmp_path, seed):
    """The buyer asks again with the same key and gets the same order; the sweeper finds the job."""
    die = tmp_path / "died"
    web = Web(env | {"DIE_FILE": str(die)}, log=tmp_path / "web.log", application="tests.faults.dying")
    worker = Worker(env, log=tmp_path / "worker.log")
    day = Day(seed=seed, port=web.port).open()
    with running(web, worker):
        day.place_orders()
        assert die.exists()
        assert day.answers.counts["lost"] >= 1
        assert Order.objects.count() == day.orders
        assert day.settle(seconds=15) < 15
        day.close()
        day.work()
        day.settle()
    assert Job.objects.filter(key__startswith="mail:placed:").count() == day.orders
    day.judge()
    day.hand_out()
