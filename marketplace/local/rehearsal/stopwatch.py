"""How long each stage took: seconds of single steps, from many threads at once."""

import statistics
import threading
import time
from collections import defaultdict
from contextlib import contextmanager


class Stopwatch:
    def __init__(self):
        self._lock = threading.Lock()
        self._steps = defaultdict(list)
        self._spans = {}

    @contextmanager
    def step(self, stage):
        started = time.perf_counter()
        yield
        with self._lock:
            self._steps[stage].append(time.perf_counter() - started)

    @contextmanager
    def span(self, stage):
        """The whole stage, from first to last."""
        started = time.perf_counter()
        yield
        self._spans[stage] = time.perf_counter() - started

    def rows(self):
        """(stage, steps, p50 ms, p95 ms, steps per second) of each stage."""
        for stage, seconds in self._steps.items():
            ordered = sorted(seconds)
            p95 = ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]
            rate = len(ordered) / self._spans[stage] if self._spans.get(stage) else 0.0
            yield stage, len(ordered), statistics.median(ordered) * 1000, p95 * 1000, rate
