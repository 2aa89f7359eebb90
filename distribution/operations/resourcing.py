"""Sourcing again when a round is released, with what is known now: goods that came, other centres' shelves. A hold
changes only for something better, never for less, and each change says why. A fixed number of statements, whatever the
number of orders: read, choose, lock what the choice needs, check it there, write."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from distribution import locks
from distribution.models import Hold, Round, Route
from distribution.operations import rooms
from distribution.operations.holds import ON_SHELVES, give_back, read_sources
from distribution.policies.resourcing import improve
from distribution.policies.sourcing import Choice, Source, Wanted
from distribution.states import HoldState
from marketplace.accounts.models import User
from marketplace.kernel.database import execute, fetch_all, insert_all

# Lines that come from another centre or are still awaited; all others are as well off as can be. What was bought out
# of a channel's quota stays there, and so does what a lead put where it is.
HELD = """
SELECT id, reference, line, pieces, max_grams_each, load_grams, rank, buyer, minimum_life_days, supply_id, item_id,
       centre_id, route_id, changes, kilometres, usable_until, load_grams / pieces, awaited
FROM (
  SELECT h.*, p.minimum_life_days, s.item_id, s.centre_id, s.usable_until, s.kind = 'PROMISE' AS awaited,
         coalesce(r.changes, 0) AS changes, coalesce(r.kilometres, 0) AS kilometres,
         bool_or(h.route_id IS NOT NULL OR s.kind = 'PROMISE') OVER same AS may_gain,
         bool_or(h.quota_id IS NOT NULL OR h.reason = 'OVERRIDE') OVER same AS stays
  FROM distribution_hold h
  JOIN distribution_supply s ON s.id = h.supply_id
  JOIN producers_stockitem i ON i.id = s.item_id
  JOIN producers_product p ON p.id = i.product_id
  LEFT JOIN distribution_route r ON r.id = h.route_id
  WHERE h.round_id = %(round)s AND h.state = 'ACTIVE' AND h.reference = ANY(%(references)s)
  WINDOW same AS (PARTITION BY h.reference, h.line)) held
WHERE may_gain AND NOT stays ORDER BY id
"""


@dataclass(frozen=True)
class Held:
    """A hold as it is: the order's line, and what serves it."""

    source: Source
    pk: int
    reference: str
    line: int
    pieces: int
    max_grams_each: int | None
    load_grams: int
    rank: int
    buyer: str
    life: int


@dataclass(frozen=True)
class Change:
    """Of one order: the holds given back, and the choices that take their place."""

    old: list[Held]
    new: list[Choice]


def improve_round(*, round_: Round, references: Sequence[str], by: User | None, at: datetime) -> int:
    """Moves holds of these orders, oldest first, to goods that serve them better. Returns the lines moved. The caller
    holds the round alone; supply and rooms are locked here."""
    held = _held(round_, references)
    if not held:
        return 0
    free = _free(round_, held, at)
    changes = carry_out(
        round_=round_, changes=_choose(round_, references, held, free), references=references, by=by, at=at
    )
    return sum(len({c.line for c in change.new}) for change in changes)


def carry_out(
    *,
    round_: Round,
    changes: Sequence[Change],
    references: Sequence[str],
    by: User | None,
    at: datetime,
    explained: str = "",
) -> list[Change]:
    """Makes those of the changes that the rows, locked here, allow, with their history; returns them. Supply of all
    active holds of the references is locked too."""
    possible = _still_possible(round_, references, changes) if changes else []
    if possible:
        _write(round_, possible, by, at, explained)
    return possible


def _held(round_, references):
    rows = fetch_all(HELD, {"round": round_.pk, "references": list(references)})
    return [Held(_source(*row[9:], pieces=row[3]), *row[:9]) for row in rows]


def _source(supply, item, origin, route, changes, away, until, grams, promised, *, pieces):
    return Source(supply, item, origin, route, changes, away, until, pieces, grams, (), promised)


def _free(round_, held, at):
    """Free pieces on shelves from which a lorry still takes them, by item."""
    items = {h.source.item for h in held}
    found: dict[int, list[Source]] = defaultdict(list)
    gone = set(
        Route.objects.filter(round=round_, stages__position=0, stages__trip__cutoff_at__lte=at).values_list(
            "pk", flat=True
        )
    )
    params = {"rounds": [round_.pk], "items": list(items), "until": round_.hands_over_on, "channel": ""}
    for source in read_sources(ON_SHELVES, params):
        if source.route not in gone:
            found[source.item].append(source)
    return found


class Stock:
    """What is still free while orders choose one after another."""

    def __init__(self, sources: Iterable[Source]) -> None:
        every = list(sources)
        self.free = {s.supply: s.free for s in every}
        self.rooms = {s.route: [room for room, _ in s.rooms] for s in every if s.route}
        self.room = {room: grams for s in every for room, grams in s.rooms}

    def now(self, source: Source) -> Source:
        left = tuple((room, self.room[room]) for room, _grams in source.rooms)
        return replace(source, free=self.free[source.supply], rooms=left)

    def add(self, source: Source, pieces: int) -> None:
        if source.supply in self.free:
            self.free[source.supply] += pieces
        for room in self.rooms.get(source.route or 0, ()):
            self.room[room] += pieces * source.grams_each


def _choose(round_, references, held, free):
    by_order: dict[str, list[Held]] = defaultdict(list)
    for h in held:
        by_order[h.reference].append(h)
    stock = Stock(source for sources in free.values() for source in sources)
    changes = []
    for reference in references:
        mine = by_order.get(reference, [])
        if not any(free.get(h.source.item) for h in mine):
            continue
        now = [stock.now(s) for item in {h.source.item for h in mine} for s in free.get(item, ())]
        new = improve([Choice(h.line, h.source, h.pieces, "") for h in mine], _wanted(round_, mine), now)
        if new:
            lines = {c.line for c in new}
            old = [h for h in mine if h.line in lines]
            for h in old:
                stock.add(h.source, h.pieces)
            for c in new:
                stock.add(c.source, -c.pieces)
            changes.append(Change(old, new))
    return changes


def _wanted(round_, mine):
    lines: dict[int, Wanted] = {}
    for h in mine:
        known = lines.get(h.line)
        until: date = round_.hands_over_on + timedelta(days=h.life)
        lines[h.line] = Wanted(
            h.line, h.source.item, h.pieces + (known.pieces if known else 0), until, h.max_grams_each
        )
    return list(lines.values())


def _still_possible(round_, references, changes: Sequence[Change]) -> list[Change]:
    """The changes that the rows, locked now, still allow: what was read may have been sold meanwhile. Every supply row
    that the release needs afterwards is locked here as well, because rooms come after all supply."""
    needed = Hold.objects.filter(round=round_, reference__in=list(references), state=HoldState.ACTIVE)
    pairs = set(needed.values_list("supply__centre", "supply__item"))
    rows = locks.supply_at(pairs | {(s.origin, s.item) for change in changes for s in _sources(change)})
    free = {row.pk: row.quantity - row.held - row.reserved for row in rows}
    routes = {s.route for x in changes for s in _sources(x) if s.route}
    of_route, room = locks.rooms_of_routes(routes)
    held = locks.still_held([h.pk for change in changes for h in change.old])
    kept = []
    for change in changes:
        moves = [(h.source, h.pieces) for h in change.old] + [(c.source, -c.pieces) for c in change.new]
        touched_free, touched_room = dict(free), dict(room)
        for source, pieces in moves:
            touched_free[source.supply] += pieces
            for one in of_route.get(source.route or 0, ()):
                touched_room[one] += pieces * source.grams_each
        wanted = {c.source.supply for c in change.new}
        ways = {one for c in change.new for one in of_route.get(c.source.route or 0, ())}
        fits = all(touched_free[pk] >= 0 for pk in wanted) and all(touched_room[one] >= 0 for one in ways)
        if fits and all(held.get(h.pk) == h.pieces for h in change.old):
            free, room = touched_free, touched_room
            kept.append(change)
    return kept


def _sources(change):
    return [h.source for h in change.old] + [c.source for c in change.new]


def _write(round_, changes, by, at, explained):
    old = [h for change in changes for h in change.old]
    new = [(change, choice) for change in changes for choice in change.new]
    execute("UPDATE distribution_hold SET state = 'RELEASED' WHERE id = ANY(%s)", [[h.pk for h in old]])
    _insert_holds(round_, new, explained)
    give_back([(h.source.supply, h.pieces) for h in old] + [(c.source.supply, -c.pieces) for _, c in new])
    rooms.book(
        [(h.source.route, -h.load_grams) for h in old if h.source.route]
        + [(c.source.route, c.pieces * c.source.grams_each) for _, c in new if c.source.route]
    )
    _record(changes, by, at, explained)


def _insert_holds(round_, new, explained):
    like = [next(h for h in change.old if h.line == c.line) for change, c in new]
    chosen = [c for _, c in new]
    insert_all(
        "distribution_hold",
        {
            "supply_id": ("bigint", [c.source.supply for c in chosen]),
            "round_id": ("bigint", [round_.pk] * len(chosen)),
            "reference": ("text", [h.reference for h in like]),
            "line": ("int", [c.line for c in chosen]),
            "pieces": ("int", [c.pieces for c in chosen]),
            "max_grams_each": ("int", [h.max_grams_each for h in like]),
            "state": ("text", ["ACTIVE"] * len(chosen)),
            "route_id": ("bigint", [c.source.route for c in chosen]),
            "load_grams": ("int", [c.pieces * c.source.grams_each if c.source.route else 0 for c in chosen]),
            "reason": ("text", [c.reason for c in chosen]),
            "explained": ("text", [explained] * len(chosen)),
            "rank": ("int", [h.rank for h in like]),
            "buyer": ("text", [h.buyer for h in like]),
        },
    )


def _record(changes, by, at, explained):
    rows = [row for change in changes for row in _pairs(change)]
    insert_all(
        "distribution_sourcechange",
        {
            "reference": ("text", [old.reference for old, _, _ in rows]),
            "line": ("int", [old.line for old, _, _ in rows]),
            "pieces": ("int", [pieces for _, _, pieces in rows]),
            "old_id": ("bigint", [old.source.supply for old, _, _ in rows]),
            "new_id": ("bigint", [new.source.supply for _, new, _ in rows]),
            "why": ("text", [new.reason for _, new, _ in rows]),
            "explained": ("text", [explained] * len(rows)),
            "by_id": ("bigint", [getattr(by, "pk", None)] * len(rows)),
            "at": ("timestamptz", [at] * len(rows)),
        },
    )


def _pairs(change):
    """Which pieces went from which supply to which, line by line."""
    for line in sorted({c.line for c in change.new}):
        new = [[c, c.pieces] for c in change.new if c.line == line]
        for h in (h for h in change.old if h.line == line):
            left = h.pieces
            while left:
                pieces = min(left, new[0][1])
                if h.source.supply != new[0][0].source.supply:
                    yield h, new[0][0], pieces
                left -= pieces
                new[0][1] -= pieces
                if not new[0][1]:
                    new.pop(0)
