"""Which centre serves which line of an order. Pure: proposes from what it is shown; the take checks every row again.

Goods at the buyer's own centre come first. For the rest as few other centres as possible send a parcel; among
equally few the ones whose goods last longer at the buyer's, counted in whole days and up to a week beyond what is
required; then fewer changes of lorry, then the nearer. Inside a centre the earliest end goes first.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations

COMFORT_DAYS = 7  # life beyond this, after what is required, is worth nothing more to a buyer
MOST_TRIED = 8  # centres of which every combination is tried; beyond that the most useful one is taken first


@dataclass(frozen=True)
class Wanted:
    """Pieces of a stock item for one order line, usable at least until `enough_until`."""

    line: int
    item: int
    pieces: int
    enough_until: date
    max_grams_each: int | None = None


@dataclass(frozen=True)
class Source:
    """Free pieces of a supply row and the way they would come; `route` is None at the buyer's own centre.
    `rooms` are the chambers of the lorries on the way, each with the grams still free in it. `promised` goods are
    still to come from their producer."""

    supply: int
    item: int
    origin: int
    route: int | None
    changes: int
    kilometres: int
    usable_until: date
    free: int
    grams_each: int = 0
    rooms: tuple[tuple[int, int], ...] = ()
    promised: bool = False


class Left:
    """What is still free while choosing: pieces of supply, grams of room, and what lines miss."""

    def __init__(self, wanted: Sequence["Wanted"], sources: Iterable[Source]) -> None:
        self.missing = {w.line: w.pieces for w in wanted}
        self.free = {s.supply: s.free for s in sources}
        self.room = {room: grams for s in sources for room, grams in s.rooms}

    def copy(self) -> "Left":
        other = object.__new__(Left)
        other.missing, other.free, other.room = dict(self.missing), dict(self.free), dict(self.room)
        return other

    def take(self, want: "Wanted", source: Source) -> int:
        """The pieces of the source that the line gets."""
        pieces = min(self.missing[want.line], self.free[source.supply])
        if source.grams_each:
            for room, _grams in source.rooms:
                pieces = min(pieces, self.room[room] // source.grams_each)
        if pieces <= 0:
            return 0
        self.free[source.supply] -= pieces
        self.missing[want.line] -= pieces
        for room, _grams in source.rooms:
            self.room[room] -= pieces * source.grams_each
        return pieces


ByItem = Mapping[int, Sequence[Source]]


@dataclass(frozen=True)
class Choice:
    """Pieces of one supply row for one line, and why this one: a Hold.Reason."""

    line: int
    source: Source
    pieces: int
    reason: str


def choose(wanted: Sequence[Wanted], sources: Sequence[Source]) -> list[Choice]:
    """Serves every line as far as the sources go; what a line lacks shows by summing its choices."""
    by_item: dict[int, list[Source]] = {}
    for source in sorted(sources, key=lambda s: (s.usable_until, s.supply)):
        by_item.setdefault(source.item, []).append(source)
    left = Left(wanted, sources)
    local = _take(wanted, by_item, left, {None})
    away = {s.origin: s for w in wanted if left.missing[w.line] for s in by_item.get(w.item, []) if s.route}
    if not away:
        return local
    senders = _senders(wanted, by_item, left, away)
    return local + _take(wanted, by_item, left, senders)


def spare_days(source: Source, enough_until: date) -> int:
    """Days the goods last beyond what is required, as far as they matter to a buyer."""
    return min((source.usable_until - enough_until).days, COMFORT_DAYS)


def _take(
    wanted: Sequence[Wanted], by_item: ByItem, left: Left, senders: Collection[int | None]
) -> list[Choice]:
    """Takes from the senders' rows; None is the own centre."""
    chosen = []
    for want in wanted:
        for source in by_item.get(want.item, []):
            sender = source.origin if source.route else None
            if sender not in senders or source.usable_until < want.enough_until:
                continue
            if pieces := left.take(want, source):
                reason = "LOCAL" if sender is None else _reason(want, source, by_item[want.item], senders)
                chosen.append(Choice(want.line, source, pieces, reason))
    return chosen


def _reason(want: Wanted, source: Source, others: Sequence[Source], senders: Collection[int | None]) -> str:
    could = {s.origin for s in others if s.route}
    if could == {source.origin}:
        return "ONLY"
    nearer = [s for s in others if s.kilometres < source.kilometres and s.origin in could.difference(senders)]
    if not nearer:
        return "NEAREST"
    mine = spare_days(source, want.enough_until)
    return "FRESHEST" if all(spare_days(s, want.enough_until) < mine for s in nearer) else "FEWEST"


Merit = tuple[int, int]  # pieces lacking, and the life of what comes, less is better


def _senders(
    wanted: Sequence[Wanted], by_item: ByItem, left: Left, away: Mapping[int, Source]
) -> set[int | None]:
    """The smallest set of centres that together lack least; of that size the one whose goods last longest, then the
    cheapest way."""
    cost = {origin: (s.changes, s.kilometres, origin) for origin, s in away.items()}
    until = {want.line: want.enough_until for want in wanted}

    def merit(senders: Collection[int | None]) -> Merit:
        trial = left.copy()
        taken = _take(wanted, by_item, trial, senders)
        life = sum(c.pieces * spare_days(c.source, until[c.line]) for c in taken)
        return sum(trial.missing.values()), -(life // max(1, sum(c.pieces for c in taken)))

    best = merit(set(away))[0]
    if len(away) > MOST_TRIED:
        return _greedy(cost, merit, best)
    for size in range(1, len(away) + 1):
        found = [(merit(some), _sum_of(some, cost), some) for some in combinations(sorted(away), size)]
        enough = [one for one in found if one[0][0] == best]
        if enough:
            return set(min(enough)[2])
    return set()


def _sum_of(some: Sequence[int], cost: Mapping[int, tuple[int, int, int]]) -> list[int]:
    return [sum(column) for column in zip(*(cost[origin] for origin in some), strict=True)]


def _greedy(
    cost: Mapping[int, tuple[int, int, int]], merit: Callable[[Collection[int | None]], Merit], best: int
) -> set[int | None]:
    senders: set[int | None] = set()
    while merit(senders)[0] > best:
        rest = [origin for origin in cost if origin not in senders]
        senders.add(min(rest, key=lambda origin: (*merit(senders | {origin}), cost[origin])))
    return senders
