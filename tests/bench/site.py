"""A running site for the bench: the real server with the product's own settings, and a small client."""

import http.client
import os
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from statistics import median


class Site:
    """Gunicorn as `make run` starts it, two processes, on a free port."""

    def __init__(self, environment):
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self.port = probe.getsockname()[1]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "-c", "python:marketplace.gunicorn", "marketplace.wsgi"],
            env=environment
            | {
                "PORT": str(self.port),
                "DJANGO_SETTINGS_MODULE": "tests.bench.settings",
                "DATABASE_POOL": "2",
            },
            stderr=subprocess.DEVNULL,
        )
        self._wait()

    def _wait(self):
        for _try in range(200):
            try:
                self.get("/health/live")
            except OSError:
                time.sleep(0.1)
            else:
                return
        raise RuntimeError("the site did not start")

    def get(self, path, connection=None):
        connection = connection or http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        connection.request("GET", path)
        answer = connection.getresponse()
        body = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{path}: {answer.status} {body[:200]!r}")
        return body

    def rate(self, paths, *, clients=4):
        """Requests per second over all paths, by clients that keep their connection."""
        todo, lock = iter(paths), threading.Lock()

        def client():
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
            while True:
                with lock:
                    path = next(todo, None)
                if path is None:
                    return
                self.get(path, connection)

        threads = [threading.Thread(target=client) for _ in range(clients)]
        started = time.perf_counter()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return len(paths) / (time.perf_counter() - started)

    def workers(self):
        return children(self.process.pid)

    def stop(self):
        self.process.terminate()
        self.process.wait(timeout=30)


def children(pid):
    text = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
    return [int(child) for child in text.split()]


def pss_megabytes(pid):
    """Proportional memory of a process: shared pages counted once among who shares them."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1024
    raise RuntimeError("no Pss")


def alternating(ours, floor, *, rounds=5):
    """Runs both in turns, so that a noisy machine is noisy for both; medians of each."""
    pairs = [(ours(), floor()) for _ in range(rounds)]
    return median(pair[0] for pair in pairs), median(pair[1] for pair in pairs)


def cores():
    return os.cpu_count()
