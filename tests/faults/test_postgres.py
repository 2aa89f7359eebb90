"""Fault 7: PostgreSQL is restarted under load, politely and then not."""

import random
import signal
import time

import pytest
from django.db import connection

from tests.site.day import Day
from tests.site.processes import Web, Worker, running

pytestmark = pytest.mark.fault


def restart(server, *, with_signal):
    server.process.send_signal(with_signal)
    server.process.wait(20)
    server.start()
    connection.close()


@pytest.mark.parametrize("with_signal", [signal.SIGINT, signal.SIGQUIT], ids=["fast", "immediate"])
def test_restarted_while_buyers_order_and_pickers_pick(env, tmp_path, private_database, seed, with_signal):
    """Everybody asks again with the same key: no order twice, none lost; the workers find their way back."""
    web, worker = Web(env, log=tmp_path / "web.log"), Worker(env, log=tmp_path / "worker.log")
    day = Day(seed=seed, port=web.port).open()
    chance = random.Random(seed)

    def fault():
        time.sleep(chance.uniform(0.3, 1.0))
        restart(private_database.server, with_signal=with_signal)

    with running(web, worker):
        day.place_orders(meanwhile=fault)
        day.close()
        day.work(meanwhile=fault)
        day.settle(seconds=30)
    assert set(day.answers.server_errors) <= {503}
    day.judge()
    day.hand_out()
