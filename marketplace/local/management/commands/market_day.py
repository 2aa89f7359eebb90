"""manage.py market_day: plays one day of the whole network, then shows a table and the audit."""

import subprocess
import sys
from contextlib import contextmanager

from celery import current_app
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from tqdm import tqdm

from marketplace.local.rehearsal.day import FAULTS, Day, WorkersAway


class Command(BaseCommand):
    help = "Plays one market day through the operations people use; exit 1 on any breach of an invariant."

    def add_arguments(self, parser):
        parser.add_argument("--orders", type=int, default=300)
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--threads", type=int, default=4, help="people working at once")
        parser.add_argument("--faults", default="", help=f"any of {', '.join(FAULTS)}, by comma")

    def handle(self, *, orders, seed, threads, faults, **options):
        wanted = frozenset(filter(None, faults.split(",")))
        if wanted - set(FAULTS):
            raise CommandError(f"--faults takes {', '.join(FAULTS)}.")
        day = Day(orders=orders, seed=seed, at=timezone.now(), threads=threads, faults=wanted)
        with workers(self.stdout):
            try:
                self.play(day)
            except WorkersAway:
                raise CommandError("No worker does the jobs: nothing moved for two minutes.") from None
        self.report(day)
        call_command("audit", stdout=self.stdout)

    def play(self, day):
        day.open()  # which faults are played shows in the rounds it opens
        for name, stage in [("orders", day.place_orders), ("release", None), ("receive", day.receive),
                            ("pick, pack", day.work), ("drive", day.drive),
                            ("hand out", day.hand_out), *day.more_stages()]:  # fmt: skip
            if stage is None:
                day.close()
            else:
                stage(
                    lambda steps, total, name=name: tqdm(
                        steps, total=total, desc=f"{name:>10}", file=sys.stderr
                    )
                )
        day.end()

    def report(self, day):
        self.stdout.write(f"\n{'centre':<8}{'orders':>8}{'lines':>8}{'short':>8}{'handed out':>12}")
        rows = day.table()
        for row in rows:
            self.stdout.write("{:<8}{:>8}{:>8}{:>8}{:>12}".format(*row))
        totals = [sum(row[n] for row in rows) for n in range(1, 5)]
        self.stdout.write("{:<8}{:>8}{:>8}{:>8}{:>12}".format("all", *totals))
        if day.refused:
            self.stdout.write(f"{day.refused} buyers found the shelf too empty")
        self.stdout.write(f"\n{'stage':<12}{'steps':>8}{'p50 ms':>10}{'p95 ms':>10}{'per second':>12}")
        for row in day.watch.rows():
            self.stdout.write("{:<12}{:>8}{:>10.1f}{:>10.1f}{:>12.1f}".format(*row))
        self.stdout.write("")


@contextmanager
def workers(out):
    """The workers that run already, or one of our own for the day when none answers."""
    if current_app.control.ping(timeout=1.5):
        yield
        return
    out.write("No worker answers; starting one for the day.")
    child = subprocess.Popen(
        [sys.executable, "-m", "celery", "-A", "marketplace", "worker", "-c", "2", "-l", "error"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield
    finally:
        child.terminate()
        child.wait(timeout=60)
