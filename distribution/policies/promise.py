"""Which trips bring goods of another centre to a round in time. Pure: moments in, chains out.

The date given to a buyer follows from it: goods that are at their centre by `ready_by` leave by the first trip's
cut-off, change lorries at most twice with time to cross the dock, and are there before the round is laid out.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from marketplace.kernel.clock import WARSAW

MOST_TRIPS = 3
CROSS_DOCK = timedelta(minutes=60)
# Goods a centre receives on a day are on the shelf by noon, so they make a cut-off of that afternoon.
RECEIVED_BY = time(12, 0)


@dataclass(frozen=True)
class Run:
    """A trip as the search sees it; `temperatures` are the chambers the lorry has."""

    trip: int
    origin: int
    target: int
    cutoff_at: datetime
    departs_at: datetime
    arrives_at: datetime
    temperatures: frozenset[str]


@dataclass(frozen=True)
class Chain:
    """Trips in order, from `origin`; the first's cut-off is `cutoff_at`."""

    origin: int
    trips: tuple[int, ...]
    cutoff_at: datetime
    departs_at: datetime
    arrives_at: datetime

    @property
    def ready_by(self) -> date:
        return ready_by(self.cutoff_at)

    @property
    def rank(self) -> tuple[int, int, datetime, tuple[int, ...]]:
        """Smallest first: the one that waits longest for goods, then fewest changes, then earliest there."""
        return (-self.ready_by.toordinal(), len(self.trips), self.arrives_at, self.trips)


def ready_by(cutoff_at: datetime) -> date:
    """The last day on which goods may come to the centre and still make the cut-off."""
    local = cutoff_at.astimezone(WARSAW)
    return local.date() if local.time() >= RECEIVED_BY else local.date() - timedelta(days=1)


def chains(
    *, runs: Iterable[Run], target: int, temperature: str, not_before: datetime, needed_by: datetime
) -> dict[int, Chain]:
    """The best chain to `target` from every centre that has one, by centre.

    Goods are set aside at `not_before`, so no cut-off may be earlier; the last trip arrives by `needed_by`.
    No centre is passed twice, and every lorry on the way has a chamber for the temperature.
    """
    into: dict[int, list[Run]] = defaultdict(list)
    for run in runs:
        if temperature in run.temperatures and run.cutoff_at >= not_before and run.arrives_at <= needed_by:
            into[run.target].append(run)
    best: dict[int, Chain] = {}
    ahead: list[tuple[Run, ...]] = [(run,) for run in into[target]]
    while ahead:
        way = ahead.pop()
        chain = _chain(way)
        known = best.get(chain.origin)
        if known is None or chain.rank < known.rank:
            best[chain.origin] = chain
        if len(way) < MOST_TRIPS:
            passed = {target, *(run.origin for run in way)}
            ahead += [
                (run, *way)
                for run in into[way[0].origin]
                if run.origin not in passed and run.arrives_at + CROSS_DOCK <= way[0].departs_at
            ]
    return best


def _chain(way: Sequence[Run]) -> Chain:
    return Chain(
        way[0].origin,
        tuple(run.trip for run in way),
        way[0].cutoff_at,
        way[0].departs_at,
        way[-1].arrives_at,
    )
