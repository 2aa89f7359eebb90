"""docs/faults.md: the newest row of each fault and repeat, written as its day ends, failures included."""

import os
import platform
import re
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime

HEAD = """# Faults, the full form

Written by `make faults REPEATS=n`: for each fault a day of 500 orders, 20 pickers and 3 centres over HTTP, with real
web, worker, PostgreSQL and Redis processes; the fault comes at a random moment, drawn from the seed. The numbers are
those of the network's list of twenty. A row stays until the same fault and repeat is played again in a day at least as
large; a fault without a row has not been played in this form, and its small form runs in the suite.

After each day the oracle: every order that was answered is there once, ready and then handed out; in its crates
are the pieces it was sold; as many pieces were picked as ordered; no job is open, given up, or was due for
longer than twice its lease (and the time Redis or PostgreSQL was away); every refusal says why; every invariant
of the audit counts 0. Answers that were lost, or 503, were asked again by the same person with the same key.
Where a fault rightly changes the end of the day, it states how, and that alone may differ: orders cancelled in
time are cancelled and nothing of them was touched (15); every piece of the recalled item is short, none of its
lot left after the recall's commit, and its mass balance closes (16); what was in the crate that was given up is
short (18); the two poison jobs are given up after eight attempts and shown to the lead (19).

- 10: eight duels a day, each over the claim of a task and then over its last piece.
- 12: the handheld is away for 3 to 15 seconds; how long makes no difference to what it sends.
- 13: eight lots, three to eight of them in each order in any order, one of them too scarce for all; no deadlock at all.
  How long the ordering took is told and not judged: the machine plays all buyers as well.
- 14: what is left is what a serial run leaves: received, less picked, less the four pieces that were stolen.
- 17: the scan API takes no time from a device. Handhelds send one all the same, in headers and bodies, and it changes
  nothing. A worker's clock is Python's, ten minutes fast in one and slow in the other: the clock of a container cannot
  be set for one process.
- 19: the waits between the attempts of the poison jobs are cut short.
- 20 (a solver that crashes, is late or finds nothing) has no full form: the product plans greedily and has no solver
  yet. That a wrong plan is checked line by line before it is done is tested in `tests/races/test_network.py`.

"""
COLUMNS = ["Fault", "Repeat", "Seed", "Orders", "Pickers", "Centres", "Fault came", "Seconds", "Answers lost", "5xx",
           "Outcome", "Commit", "Day", "Machine"]  # fmt: skip
NAMES = {
    "1": "pool child killed before commit",
    "2": "pool child killed after commit",
    "3": "whole worker killed",
    "4": "web process lost before the hint",
    "5": "Redis flushed",
    "6": "Redis away, back empty",
    "7": "PostgreSQL restarted, twice",
    "8": "messages five times",
    "9": "worker asleep past its lease",
    "10": "two pickers at the last piece",
    "11": "double taps",
    "12": "handheld offline, replays",
    "13": "many orders, few lots",
    "14": "count and transfer while picking",
    "15": "cancelled while being picked",
    "16": "lot recalled while being picked",
    "17": "wrong clocks",
    "18": "lorry short, confirmed twice",
    "19": "poison jobs",
}
WRITTEN = re.compile(r"^\| (\d+) [^|]*\| (\d+) \| \d+ \| (\d+) \|")


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
    """Puts the row into the table in place of the older one, unless that was of a larger day."""
    rows = _rows(to.read_text()) if to.exists() else {}
    key = (int(row.fault), row.repeat)
    if key not in rows or rows[key][0] <= row.orders:
        rows[key] = (row.orders, _line(row))
    lines = [_cells(COLUMNS), "|---" * len(COLUMNS) + "|", *(rows[key][1] for key in sorted(rows))]
    to.write_text(HEAD + "\n".join(lines) + "\n")


def _rows(text):
    """(orders, line) by (fault, repeat)."""
    found = [(WRITTEN.match(line), line) for line in text.splitlines()]
    return {(int(m[1]), int(m[2])): (int(m[3]), line) for m, line in found if m}


def _line(row):
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False
    )
    cells = [
        f"{row.fault} {NAMES[row.fault]}", row.repeat, row.seed, row.orders, row.pickers, row.centres, row.moment,
        row.seconds, row.lost, row.server_errors, " ".join(row.outcome.replace("|", "/").split()),
        f"`{commit.stdout.strip()}`", datetime.now(UTC).date(),
        f"{os.cpu_count()} cores, Python {platform.python_version()}",
    ]  # fmt: skip
    return _cells(cells)


def _cells(cells):
    return "| " + " | ".join(str(cell) for cell in cells) + " |"
