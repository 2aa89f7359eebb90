"""Many at once: threads with connections of their own that start together."""

import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from django.db import connection

from marketplace.kernel.errors import DomainError

AT_ONCE = 32  # connections; a test server has 200 for everybody


def race(effects, *, at_once=AT_ONCE):
    """Runs the callables, the first `at_once` of them starting at the same moment. Returns what each gave, in
    their order: its result, or the refusal or error it raised."""
    effects = list(effects)
    lanes = min(at_once, len(effects))
    barrier = threading.Barrier(lanes)

    def one(n):
        try:
            connection.ensure_connection()
            if n < lanes:
                barrier.wait(30)
            return effects[n]()
        except Exception as error:  # noqa: BLE001 - the test judges every outcome
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(lanes) as pool:
        return list(pool.map(one, range(len(effects))))


def alone(effect):
    """Starts one more participant; its `outcome` is there after `join`."""
    return _Alone(effect)


class _Alone(threading.Thread):
    def __init__(self, effect):
        super().__init__()
        self.effect = effect
        self.outcome = None
        self.start()

    def run(self):
        (self.outcome,) = race([self.effect])

    def code(self):
        """How it ended, once it has."""
        self.join()
        return _code(self.outcome)


def codes(outcomes):
    """How often each outcome came: `ok`, a refusal's code, or an error's name."""
    return Counter(_code(outcome) for outcome in outcomes)


def _code(outcome):
    if isinstance(outcome, DomainError):
        return outcome.code
    return type(outcome).__name__ if isinstance(outcome, Exception) else "ok"


def deadlocks():
    """Deadlocks of this database so far. A session reports its own when it ends, a moment later."""
    connection.close()
    time.sleep(0.2)
    with connection.cursor() as cursor:
        cursor.execute("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        return cursor.fetchone()[0]


@contextmanager
def breaks_within(tries):
    """For a control: counts tries of a race whose guard is off until it breaks."""
    control = Control(tries)
    yield control
    assert control.broke, f"without its guard the race did not break in {tries} tries: it proves nothing"


class Control:
    def __init__(self, tries):
        self.tries = tries
        self.broke = False

    def __iter__(self):
        for n in range(self.tries):
            if self.broke:
                return
            yield n


class Gate:
    """Holds one thread at a point until the test lets it go on: `arrived` tells that it is there."""

    def __init__(self):
        self.arrived = threading.Event()
        self._open = threading.Event()

    def hold(self):
        self.arrived.set()
        assert self._open.wait(20), "nobody opened the gate"

    def open(self):
        self._open.set()


def waits_for_a_lock():
    """Waits until some session of this database waits for a lock, so an interleaving is certain."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_stat_clear_snapshot(), count(*) FROM pg_stat_activity "
                "WHERE datname = current_database() AND wait_event_type = 'Lock'"
            )
            if cursor.fetchone()[1]:
                return
        time.sleep(0.01)
    raise AssertionError("nobody waits for a lock")
