"""Keeps a handful of processes running, shows what they say, and ends them in order."""

import signal
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from subprocess import PIPE, STDOUT, Popen

from marketplace.local import processes
from marketplace.local.paths import CannotStart

COLOURS = {"web": 36, "worker": 35, "beat": 33, "postgres": 34, "redis": 31}
LONGEST_PAUSE = 30
# A child that ran this long has recovered: its next end starts again with a short pause.
STEADY_SECONDS = 60


@dataclass
class Child:
    """One process to keep alive. `start` gets the output streams and answers with the process."""

    name: str
    start: Callable[..., Popen]
    end_with: int = signal.SIGTERM
    patience: float = 8
    process: Popen | None = None
    started_at: float = 0
    failures: int = 0
    again_at: float = field(default=0)

    def pause(self):
        """Seconds before the next attempt: 1, 2, 4 … 30."""
        return min(2 ** max(self.failures - 1, 0), LONGEST_PAUSE)


class Supervisor:
    def __init__(self, *, out=sys.stdout):
        self.out = out
        self.children = []
        self.stopping = threading.Event()
        self._writing = threading.Lock()

    def listen(self):
        """Ctrl-C, `kill` and a closed terminal all mean: stop everything, in order."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._asked_to_stop)

    def _asked_to_stop(self, _number, _frame):
        self.stopping.set()

    def add(self, child):
        """Starts a child; children are ended in the opposite order of `add`."""
        self.children.append(child)
        self._start(child)

    def watch(self, *, until=lambda: False):
        """Restarts what dies, until asked to stop or `until` says true."""
        while not self.stopping.wait(0.1) and not until():
            for child in self.children:
                self._look_after(child)

    def stop(self):
        """Ends the children in order; says who had to be forced."""
        for child in reversed(self.children):
            if child.process and not processes.stop(
                child.process, with_signal=child.end_with, seconds=child.patience
            ):
                self.say(f"{child.name} did not end within {child.patience:.0f} s and was forced.")
        self.children.clear()

    def say(self, text, *, name=""):
        with self._writing:
            try:
                self.out.write(f"{self._prefix(name)}{text}\n")
                self.out.flush()
            except (OSError, ValueError):  # the terminal is gone
                self.stopping.set()

    def _prefix(self, name):
        if not name:
            return ""
        label = f"{name:<8} | "
        return f"\x1b[{COLOURS.get(name, 37)}m{label}\x1b[0m" if self.out.isatty() else label

    def _start(self, child):
        child.process = child.start(stdout=PIPE, stderr=STDOUT)
        child.started_at = time.monotonic()
        if child.process.stdout is not None:
            self._relay_in_background(child)

    def _relay_in_background(self, child):
        threading.Thread(target=self._relay, args=[child.name, child.process.stdout], daemon=True).start()

    def _relay(self, name, stream):
        with stream:
            for line in stream:
                self.say(line.decode(errors="replace").rstrip(), name=name)

    def _look_after(self, child):
        now = time.monotonic()
        if child.process is not None and child.process.poll() is not None:
            child.failures = 1 if now - child.started_at > STEADY_SECONDS else child.failures + 1
            child.again_at = now + child.pause()
            code = child.process.returncode
            self.say(f"{child.name} ended with code {code}; starting it again in {child.pause()} s.")
            child.process = None
        if child.process is None and now >= child.again_at:
            self._restart(child)

    def _restart(self, child):
        try:
            self._start(child)
        except (OSError, CannotStart) as error:
            child.failures += 1
            child.again_at = time.monotonic() + child.pause()
            self.say(f"{child.name} does not start: {error}")
