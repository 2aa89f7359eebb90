"""Web and worker processes as they run in production, started and killed by tests."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path

from marketplace.local import processes
from marketplace.local.paths import CHECKOUT

PYTHON = [sys.executable, "-m"]
# Short enough that what a fault costs is seen in seconds; the order of the three is production's.
SHORT_TIMES = {
    "JOB_TIME_LIMIT": "4",
    "JOB_LEASE": "5",
    "JOB_VISIBILITY": "8",
    "JOB_SWEEP": "1",
    "CENTRES_READ": "2",
    "SOFT_SHUTDOWN": "1",
    "WEB_GRACE": "1",
}
SWEPT_WITHIN = 2 * int(SHORT_TIMES["JOB_LEASE"])
QUIET = {
    "EMAIL_BACKEND": "django.core.mail.backends.dummy.EmailBackend",
    "LOG_LEVEL": "WARNING",
    "PYTHONWARNINGS": "ignore:You're running the worker with superuser privileges",
}


class Process:
    """A child with its words in a file; `kill` is what the kernel does, to it and all its own children."""

    def __init__(self, command, *, env, log):
        self.command, self.env, self.log = command, env, Path(log)
        self.process = None

    def start(self):
        with self.log.open("ab") as stream:
            self.process = processes.spawn(
                self.command, environment=self.env, cwd=CHECKOUT, stdout=stream, stderr=stream
            )
        return self

    @property
    def children(self):
        answer = subprocess.run(
            ["ps", "-o", "pid=", "--ppid", str(self.process.pid)], capture_output=True, text=True, check=False
        )
        return [int(pid) for pid in answer.stdout.split()]

    def kill(self):
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self):
        if self.process is not None:
            processes.stop(self.process, seconds=5)


class Web(Process):
    def __init__(self, env, *, log, application="marketplace.wsgi"):
        self.port = free_port()
        command = [*PYTHON, "gunicorn", application, "--config", "python:marketplace.gunicorn"]
        own = {"PORT": str(self.port), "DATABASE_POOL": "2", "SITE_URL": f"http://127.0.0.1:{self.port}"}
        super().__init__(command, env=SHORT_TIMES | env | QUIET | own, log=log)

    def wait(self, seconds=30):
        wait_until(self.answers, seconds=seconds, what="the web process answers")
        return self

    def answers(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=1)
        try:
            connection.request("GET", "/health/live")
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()


class Worker(Process):
    def __init__(self, env, *, log, application="marketplace", concurrency=2, **settings):
        command = [*PYTHON, "celery", "--quiet", "--app", application, "worker"]
        command += ["--concurrency", str(concurrency), "--without-mingle", "--without-gossip"]
        super().__init__(command, env=SHORT_TIMES | env | QUIET | {"DATABASE_POOL": "0"} | settings, log=log)


@contextmanager
def running(*things):
    """Starts all, waits for those that can be waited for, stops all at once in the end."""
    try:
        for thing in things:
            thing.start()
        for thing in things:
            if isinstance(thing, Web):
                thing.wait()
        yield
    finally:
        with ThreadPoolExecutor(len(things)) as pool:
            list(pool.map(lambda thing: thing.stop(), things))


def free_port():
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until(condition, *, seconds, what):
    """Seconds it took. Fails when the condition does not come true."""
    began = time.monotonic()
    while not condition():
        if time.monotonic() - began > seconds:
            raise AssertionError(f"after {seconds} s it is still not true that {what}")
        time.sleep(0.05)
    return time.monotonic() - began
