"""What a fault of the full form is, and what it may touch."""

import os
import random
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from django.db.models import Sum

from distribution.models import Movement
from orders.models import Line
from tests.site.day import Day, answered, nothing_due
from tests.site.judgement import Expected
from tests.site.processes import Web, Worker, wait_until

ORDERS, PICKERS, CENTRES = (
    int(os.environ.get(name, n)) for name, n in [("ORDERS", 500), ("PICKERS", 20), ("CENTRES", 3)]
)
# Between the short times of the small form and production's: a release of 170 orders takes seconds here.
TIMES = {
    "JOB_TIME_LIMIT": "30",
    "JOB_LEASE": "40",
    "JOB_VISIBILITY": "60",
    "JOB_SWEEP": "5",
    "CENTRES_READ": "10",
}
LEASE = int(TIMES["JOB_LEASE"])
PATIENCE = 1200


class NeverCame(AssertionError):
    """The day ended before the fault could strike: it proves nothing."""


@dataclass
class Scene:
    """A day, its processes, and what the fault changes of the day's end. `done` is told in
    the report, `facts` are what its check needs to know."""

    day: Day
    chance: random.Random
    folder: Path
    postgres: object
    redis: object
    env: dict
    web: Web = None
    workers: list[Worker] = field(default_factory=list)
    done: list[str] = field(default_factory=list)
    facts: Counter = field(default_factory=Counter)
    expected: Expected = field(default_factory=lambda: Expected(slowest=2 * LEASE))
    # How web and workers are started; `each_worker` has the settings of one of them.
    site: str = "marketplace.wsgi"
    site_env: dict = field(default_factory=dict)
    application: str = "marketplace"
    worker_env: dict = field(default_factory=dict)
    each_worker: list[dict] = field(default_factory=lambda: [{}, {}])

    @property
    def stop_file(self):
        return self.folder / "stop"

    def build(self):
        self.workers = [
            Worker(
                self.env,
                log=self.folder / f"worker{n}.log",
                application=self.application,
                **(self.worker_env | own),
            )
            for n, own in enumerate(self.each_worker)
        ]
        self.web = Web(self.env | self.site_env, log=self.folder / "web.log", application=self.site)
        self.day.port = self.web.port

    def wait_for_its_moment(self):
        """Some time between the first order and the last tasks, by the answers people got."""
        answers = self.day.answers.counts
        moment = self.chance.randint(20, self.day.orders * 9)
        while sum(answers.values()) < moment and not self.day.over.is_set():
            time.sleep(0.02)
        self.done.append(f"after {sum(answers.values())} answers")

    def wait_while_they_order(self, most=0.5):
        """Until some share of the orders is placed."""
        self._until(lambda: len(self.day.accepted), self.chance.uniform(0.05, most) * self.day.orders)
        self.done.append(f"after {len(self.day.accepted)} orders")

    def wait_while_they_pick(self, most=0.5):
        """Until some share of the pieces is picked."""
        self._until(lambda: answered(self.day.is_released), 1)
        ordered = Line.objects.aggregate(sum=Sum("pieces"))["sum"]
        share = self.chance.uniform(0.05, most)
        self._until(lambda: answered(picked), share * ordered)
        self.done.append(f"after {picked()} of {ordered} pieces")

    def _until(self, count, moment):
        while count() < moment:
            if self.day.over.is_set():
                raise NeverCame
            time.sleep(0.05)

    def wait_for_quiet(self):
        """Until no task is open and no job is due: what follows from a fault makes work that follows from it."""
        wait_until(
            lambda: (
                self.day.over.is_set()
                or (answered(nothing_due) and self.day.is_packed() and answered(nothing_due))
            ),
            seconds=PATIENCE,
            what="all that follows from the fault is done",
        )


def picked():
    """Pieces that lie in crates, or did."""
    return Movement.objects.filter(reason="PICK").aggregate(sum=Sum("units"))["sum"] or 0


def nothing(scene):
    """For faults that are in how the day's people and processes are."""


@dataclass(frozen=True)
class Fault:
    """`strike` runs beside the day. `day` is how the day differs, `set_up` how its processes do; `check` is what this
    fault alone promises, besides the day's judgement."""

    strike: Callable[[Scene], None] = nothing
    day: dict = field(default_factory=dict)
    set_up: Callable[[Scene], None] = nothing
    check: Callable[[Scene], None] = nothing
