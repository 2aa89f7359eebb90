"""docs/faults.md: one row a day that was played, appended as it ends, failures included."""

import os
import platform
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime

HEAD = """# Faults, the full form

Written by `make faults REPEATS=n`: for each fault a day of {orders} orders, {pickers} pickers and {centres} centres
over HTTP, with real web, worker, PostgreSQL and Redis processes; the fault comes at a random moment, drawn
from the seed. After it the oracle: every order that was answered is there once, ready and then handed out; as
many pieces were picked as ordered; no job is open or given up; every invariant of the audit counts 0. Answers
that were lost, or 503, were asked again by the same person with the same key.

Machine: {cores} cores, Python {python}, commit `{commit}`, {day}; {repeats}.

| Fault | Repeat | Seed | Orders | Pickers | Fault came | Seconds | Answers lost | 5xx | Outcome |
|---|---|---|---|---|---|---|---|---|---|
"""
NAMES = {
    "1": "1 pool child killed before commit",
    "2": "2 pool child killed after commit",
    "3": "3 whole worker killed",
    "4": "4 web process lost before the hint",
    "5": "5 Redis flushed",
    "6": "6 Redis away, back empty",
    "7": "7 PostgreSQL restarted, twice",
    "8": "8 messages five times",
}
_begun = set()


@dataclass
class Row:
    fault: str
    repeat: int
    seed: int
    orders: int
    pickers: int
    centres: int
    moment: str = ""
    seconds: int = 0
    lost: int = 0
    server_errors: int = 0
    outcome: str = ""


def write(row, *, to):
    if to not in _begun:
        to.write_text(_head(row))
        _begun.add(to)
    cells = [
        NAMES[row.fault], row.repeat, row.seed, row.orders, row.pickers, row.moment, row.seconds, row.lost,
        row.server_errors, " ".join(row.outcome.replace("|", "/").split()),
    ]  # fmt: skip
    with to.open("a") as stream:
        stream.write("| " + " | ".join(str(cell) for cell in cells) + " |\n")


def _head(row):
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False
    )
    repeats = os.environ.get("REPEATS", "20")
    return HEAD.format(
        orders=row.orders,
        pickers=row.pickers,
        centres=row.centres,
        cores=os.cpu_count(),
        python=platform.python_version(),
        commit=commit.stdout.strip(),
        day=datetime.now(UTC).date(),
        repeats="each fault once" if repeats == "1" else f"each fault {repeats} times",
    )
