"""The stock ledger's one writer: movements, balances, the supply that follows from them, and documents."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import uuid4

from django.utils.translation import gettext as _

from distribution import jobs, locks
from distribution.models import Document, Location, Lot, Movement
from distribution.operations import ramp
from distribution.states import LotState
from marketplace.accounts.models import User
from marketplace.kernel import outbox
from marketplace.kernel.clock import WARSAW, local_date
from marketplace.kernel.database import execute, fetch_all, fetch_row, insert_all
from marketplace.kernel.errors import Busy, DomainError, refusals
from marketplace.kernel.outbox import NewJob


class NotEnoughThere(DomainError):
    code = "not_enough_there"

    def __init__(self) -> None:
        super().__init__(_("W tym miejscu nie ma tylu sztuk tej partii."))


class LotHeldBack(DomainError):
    code = "lot_held_back"

    def __init__(self, lot: Lot) -> None:
        super().__init__(
            _("Partia %(lot)s jest wstrzymana albo wycofana: nie wolno jej ruszać.") % {"lot": lot.code},
            lot=lot.code,
        )


@dataclass(frozen=True)
class Move:
    """`units` of a lot from one location to another. `allocated` of them were set aside at `from_location`
    and stop being so. `line` is the position on the document that is posted with the moves."""

    lot: int
    from_location: int
    to_location: int
    units: int
    reason: str
    grams: int | None = None
    allocated: int = 0
    line: int | None = None
    reference: str = ""
    reverses: int | None = None


@dataclass(frozen=True)
class Paper:
    """A warehouse document to number and post with its moves."""

    kind: str
    producer: int | None = None
    reference: str = ""
    taken_by: str = ""
    reason: str = ""
    reverses: int | None = None
    trip: int | None = None
    crates: dict[int, str] = field(default_factory=dict)
    temperatures: dict[int, int] = field(default_factory=dict)
    refused: dict[int, tuple[int, str]] = field(default_factory=dict)  # pieces sent back, and why
    notes: dict[int, str] = field(default_factory=dict)
    weights: dict[int, int] = field(default_factory=dict)  # grams of goods that are counted, not weighed


@dataclass(frozen=True)
class Delta:
    units: int = 0
    grams: int = 0
    allocated: int = 0

    def __add__(self, other: "Delta") -> "Delta":
        return Delta(self.units + other.units, self.grams + other.grams, self.allocated + other.allocated)


def post(*, centre: int, moves: Sequence[Move], by: User | None, at: datetime, paper: Paper) -> Document:
    """Applies the moves, all of one centre, to balances and stock supply, and writes them to the ledger as the
    lines of a numbered document.

    Locks supply, lots, balances and the document counter, in that order. Goods that are sold and lost show as
    `uncovered` supply, for which a job is written. Raises NotEnoughThere when a location lacks goods.
    """
    effects = _apply(centre, moves, at)
    document, lines = _post_paper(centre, paper, moves, by, at)
    _write([*moves, *_weighing(centre, effects.differences)], lines, by, at)
    _announce(effects, moves, at)
    return document


def extend(*, document: Document, moves: Sequence[Move], by: User | None, at: datetime, paper: Paper) -> None:
    """The same for a document that is posted already and goes on growing, crate by crate: the MM of an arrival."""
    effects = _apply(document.centre_id, moves, at)
    lines = _post_lines(document, paper, moves)
    _write([*moves, *_weighing(document.centre_id, effects.differences)], lines, by, at)
    _announce(effects, moves, at)


def open_paper(*, centre: int, by: User | None, at: datetime, paper: Paper) -> Document:
    """A numbered document without lines yet."""
    return _number(centre, paper, by, at)


def shift(*, centre: int, moves: Sequence[Move], by: User | None, at: datetime) -> None:
    """The same for moves inside the hall, which have no document."""
    effects = _apply(centre, moves, at)
    _write([*moves, *_weighing(centre, effects.differences)], {}, by, at)
    _announce(effects, moves, at)


@dataclass(frozen=True)
class Effects:
    """What follows from moves: weights to put right, supply that is sold beyond what is there, recalled lots that
    turned up, and the ramps among the places."""

    differences: list[tuple[int, int, int]]
    uncovered: set[tuple[int, str]]
    recalled: set[int]
    ramps: set[int]


def _announce(effects, moves, at):
    announce_uncovered(effects.uncovered)
    _announce_recalled(effects.recalled, at)
    if effects.ramps:
        ramp.follow(
            came={(m.lot, m.to_location) for m in moves if m.to_location in effects.ramps},
            left={(m.lot, m.from_location) for m in moves if m.from_location in effects.ramps},
            back=any(m.reason == Movement.Reason.PUT_BACK for m in moves),
            at=at,
        )


def _apply(centre, moves, at):
    lots = Lot.objects.in_bulk({move.lot for move in moves})
    places = Location.objects.in_bulk({m.from_location for m in moves} | {m.to_location for m in moves})
    _require_released(moves, lots, places)
    deltas = _deltas(moves, places)
    seen = {pk: lot.state for pk, lot in lots.items()}
    changes = _stock_changes(deltas, lots, places)
    changed = change_stock(centre=centre, changes=changes, day=local_date(at))
    if locks.lots_shared(lots) != seen:
        raise Busy  # recalled or held back while we waited: the sums above were for another state
    if len(changed) < len(changes):
        raise NotEnoughThere
    differences, lacking = _apply_to_balances(deltas, lots, places)
    return Effects(
        differences,
        uncovered_of(changed) | _supply_of(centre, lacking),
        _recalled(moves, lots, places),
        {pk for pk, place in places.items() if place.kind == Location.Kind.DOCK},
    )


# Where a lot that is held back or recalled may still go, and moves that only put the books right.
WAYS_OUT = {Location.Kind.QUARANTINE, Location.Kind.WASTE, Location.Kind.SUPPLIER, Location.Kind.ADJUST}
# A lorry's goods arrive whatever became of their lot, and a count writes down where goods are.
BOOKKEEPING = {
    Movement.Reason.RECEIPT,
    Movement.Reason.REVERSAL,
    Movement.Reason.ARRIVAL,
    Movement.Reason.COUNT,
}


def _require_released(moves, lots, places):
    for move in moves:
        free = places[move.to_location].kind in WAYS_OUT or move.reason in BOOKKEEPING
        if not free and lots[move.lot].state != LotState.RELEASED:
            raise LotHeldBack(lots[move.lot])


def _recalled(moves, lots, places):
    """Recalled lots that turned up where somebody may take them: they are to be pulled."""
    safe = {Location.Kind.QUARANTINE, Location.Kind.TRANSIT}
    return {
        move.lot
        for move in moves
        if lots[move.lot].state == LotState.RECALLED
        and not places[move.to_location].is_virtual
        and places[move.to_location].kind not in safe
    }


def _announce_recalled(recalled, at):
    outbox.write(
        NewJob(jobs.RECALLED_GOODS, f"recalled_goods:{lot}:{uuid4()}", {"lot": lot, "at": at.isoformat()})
        for lot in sorted(recalled)
    )


def announce_uncovered(uncovered: Iterable[tuple[int, str]]) -> None:
    """Writes the job that settles each (supply, centre code): sold beyond what is there, or set aside where it
    is no more."""
    outbox.write(
        NewJob(
            jobs.SUPPLY_UNCOVERED,
            f"supply_uncovered:{supply}:{uuid4()}",
            {"supply": supply},
            centre=code,
        )
        for supply, code in sorted(uncovered)
    )


def _deltas(moves, places):
    deltas: dict[tuple[int, int], Delta] = defaultdict(Delta)
    for move in moves:
        grams = move.grams or 0
        if not places[move.from_location].is_virtual:
            deltas[move.lot, move.from_location] += Delta(-move.units, -grams, -move.allocated)
        if not places[move.to_location].is_virtual:
            deltas[move.lot, move.to_location] += Delta(move.units, grams)
    return deltas


def _stock_changes(deltas, lots, places):
    change: dict[tuple[int, date], Delta] = defaultdict(Delta)
    for (lot_pk, place_pk), delta in deltas.items():
        lot = lots[lot_pk]
        if places[place_pk].kind in Location.SELLABLE and lot.state == LotState.RELEASED:
            change[lot.item_id, lot.usable_until] += delta
        elif delta.allocated:
            change[lot.item_id, lot.usable_until] += Delta(allocated=delta.allocated)
    return [(item, until, d) for (item, until), d in sorted(change.items()) if d.units or d.allocated]


def change_stock(*, centre: int, changes, day: date) -> list[tuple[int, str, int]]:
    """Adds (item, usable_until, Delta) to the STOCK rows, making those that are missing. Returns the
    (supply, centre code, uncovered) of each; a row that would fall below zero stays as it is and is not named.
    """
    if not changes:
        return []
    params = [[i for i, _, _ in changes], [u for _, u, _ in changes]]
    execute(
        """
        INSERT INTO distribution_supply
          (item_id, centre_id, kind, available_on, usable_until, quantity, held, uncovered)
        SELECT item, %s, 'STOCK', least(%s::date, until), until, 0, 0, 0
        FROM unnest(%s::bigint[], %s::date[]) AS new(item, until) ORDER BY item, until
        ON CONFLICT DO NOTHING
        """,
        [centre, day, *params],
    )
    return fetch_all(
        """
        WITH change AS (
          SELECT * FROM unnest(%s::bigint[], %s::date[], %s::int[], %s::int[]) AS c(item, until, units, held)
        ), locked AS MATERIALIZED (
          SELECT s.id, s.quantity, c.units, c.held FROM distribution_supply s
          JOIN change c ON s.item_id = c.item AND s.usable_until = c.until
          WHERE s.centre_id = %s AND s.kind = 'STOCK'
          ORDER BY s.id FOR NO KEY UPDATE OF s
        ), changed AS (
          UPDATE distribution_supply s
          SET quantity = s.quantity + l.units, held = s.held + l.held,
              uncovered = greatest(s.held + l.held - s.quantity - l.units, 0)
          FROM locked l WHERE s.id = l.id AND l.quantity + l.units >= 0
          RETURNING s.id, s.centre_id, s.uncovered
        )
        SELECT u.id, c.code, u.uncovered FROM changed u JOIN distribution_centre c ON c.id = u.centre_id
        """,
        [*params, [d.units for _, _, d in changes], [d.allocated for _, _, d in changes], centre],
    )


def uncovered_of(changed: Iterable[tuple[int, str, int]]) -> set[tuple[int, str]]:
    """The (supply, centre code) of changed rows that are now sold beyond what is there."""
    return {(supply, code) for supply, code, uncovered in changed if uncovered}


def _supply_of(centre, pairs):
    """The (supply, centre code) from which balances were set aside that now lack goods."""
    if not pairs:
        return set()
    rows = fetch_all(
        """
        SELECT DISTINCT s.id, c.code FROM distribution_balance b
        JOIN unnest(%s::bigint[], %s::bigint[]) AS p(lot, location)
          ON b.lot_id = p.lot AND b.location_id = p.location
        JOIN distribution_supply s ON s.item_id = b.item_id AND s.centre_id = b.centre_id
             AND s.usable_until = b.usable_until AND s.kind = 'STOCK'
        JOIN distribution_centre c ON c.id = s.centre_id
        WHERE b.centre_id = %s
        """,
        [[lot for lot, _ in pairs], [location for _, location in pairs], centre],
    )
    return set(rows)


def _apply_to_balances(deltas, lots, places):
    pairs = sorted(deltas)
    make_balances(
        pairs=pairs,
        lots=lots,
        places=places,
        weighed={pair for pair in pairs if deltas[pair].grams},
    )
    locks.balances(pairs)
    with refusals(distribution_balance_not_negative=NotEnoughThere):
        rows = fetch_all(
            """
            UPDATE distribution_balance b
            SET units = n.units, allocated = n.allocated, uncovered = greatest(n.allocated - n.units, 0),
                grams = CASE WHEN n.grams IS NULL THEN NULL WHEN n.units = 0 THEN 0 ELSE greatest(n.grams, 0) END
            FROM (SELECT b.id, b.units + d.units AS units, b.allocated + d.allocated AS allocated,
                         CASE WHEN b.grams IS NULL AND d.grams = 0 THEN NULL
                              ELSE coalesce(b.grams, 0) + d.grams END AS grams
                  FROM distribution_balance b
                  JOIN unnest(%s::bigint[], %s::bigint[], %s::int[], %s::int[], %s::int[])
                       AS d(lot, location, units, grams, allocated)
                    ON b.lot_id = d.lot AND b.location_id = d.location) n
            WHERE b.id = n.id
            RETURNING b.lot_id, b.location_id, b.grams - n.grams, b.uncovered
            """,
            [
                [lot for lot, _ in pairs],
                [location for _, location in pairs],
                [deltas[pair].units for pair in pairs],
                [deltas[pair].grams for pair in pairs],
                [deltas[pair].allocated for pair in pairs],
            ],
        )
    differences = [(lot, place, grams) for lot, place, grams, _uncovered in rows if grams]
    return differences, [(lot, place) for lot, place, _grams, uncovered in rows if uncovered]


def make_balances(
    *,
    pairs: Sequence[tuple[int, int]],
    lots: Mapping[int, Lot],
    places: Mapping[int, Location],
    weighed: Collection[tuple[int, int]],
) -> None:
    """Makes the empty balances that are missing of these (lot, location) pairs; one that somebody else is making
    is waited for. The caller has locked the lots."""
    execute(
        """
        INSERT INTO distribution_balance
          (lot_id, location_id, item_id, centre_id, usable_until,
           units, grams, allocated, uncovered, sellable)
        SELECT lot, location, item, centre, until, 0, CASE WHEN weighed THEN 0 END, 0, 0, sellable
        FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::date[], %s::bool[], %s::bool[])
             AS new(lot, location, item, centre, until, weighed, sellable)
        ON CONFLICT (lot_id, location_id) DO NOTHING
        """,
        [
            [lot for lot, _ in pairs],
            [location for _, location in pairs],
            [lots[lot].item_id for lot, _ in pairs],
            [places[location].centre_id for _, location in pairs],
            [lots[lot].usable_until for lot, _ in pairs],
            [pair in weighed for pair in pairs],
            [
                places[location].kind in Location.SELLABLE and lots[lot].state == LotState.RELEASED
                for lot, location in pairs
            ],
        ],
    )


def _weighing(centre, differences):
    """Movements for grams that scales found or lost: pieces dry out, and no scale repeats itself."""
    if not differences:
        return []
    adjust = virtual(centre=centre, kind=Location.Kind.ADJUST)
    return [
        Move(
            lot,
            adjust if grams > 0 else location,
            location if grams > 0 else adjust,
            0,
            Movement.Reason.WEIGHING,
            abs(grams),
        )
        for lot, location, grams in differences
    ]


def next_number(*, centre: int, kind: str, at: datetime) -> tuple[int, int]:
    """The next (year, number) of the series, without a gap: the counter row stays locked until commit."""
    year = at.astimezone(WARSAW).year
    row = fetch_row(
        """
        INSERT INTO distribution_documentcounter AS c (centre_id, kind, year, last) VALUES (%s, %s, %s, 1)
        ON CONFLICT (centre_id, kind, year) DO UPDATE SET last = c.last + 1 RETURNING last
        """,
        [centre, kind, year],
    )
    return year, row[0]


def _post_paper(centre, paper, moves, by, at):
    document = _number(centre, paper, by, at)
    return document, _post_lines(document, paper, moves)


def _number(centre, paper, by, at):
    year, number = next_number(centre=centre, kind=paper.kind, at=at)
    return Document.objects.create(
        centre_id=centre,
        kind=paper.kind,
        year=year,
        number=number,
        issued_at=at,
        by=by,
        producer_id=paper.producer,
        reference=paper.reference,
        trip_id=paper.trip,
        taken_by=paper.taken_by,
        reason=paper.reason,
        reverses_id=paper.reverses,
    )


def _post_lines(document, paper, moves):
    by_line: dict[int, list[Move]] = defaultdict(list)
    for move in moves:
        if move.line is not None:
            by_line[move.line].append(move)
    positions = sorted(by_line)
    ids = insert_all(
        "distribution_documentline",
        {
            "document_id": ("bigint", [document.pk] * len(positions)),
            "position": ("int", positions),
            "lot_id": ("bigint", [by_line[p][0].lot for p in positions]),
            "units": ("int", [sum(m.units for m in by_line[p]) for p in positions]),
            "grams": ("int", [paper.weights.get(p, _grams(by_line[p])) for p in positions]),
            "temperature_tenths": ("int", [paper.temperatures.get(p) for p in positions]),
            "refused_units": ("int", [paper.refused.get(p, (0, ""))[0] for p in positions]),
            "refused_for": ("text", [paper.refused.get(p, (0, ""))[1] for p in positions]),
            "note": ("text", [paper.notes.get(p, "") for p in positions]),
            "crate": ("text", [paper.crates.get(p, "") for p in positions]),
        },
        returning="id",
    )
    return dict(zip(positions, ids, strict=True))


def _grams(moves):
    known = [move.grams for move in moves if move.grams is not None]
    return sum(known) if known else None


def _write(moves, lines, by, at):
    insert_all(
        "distribution_movement",
        {
            "lot_id": ("bigint", [m.lot for m in moves]),
            "from_location_id": ("bigint", [m.from_location for m in moves]),
            "to_location_id": ("bigint", [m.to_location for m in moves]),
            "units": ("int", [m.units for m in moves]),
            "grams": ("int", [m.grams for m in moves]),
            "reason": ("text", [m.reason for m in moves]),
            "document_line_id": ("bigint", [lines.get(m.line) for m in moves]),
            "reference": ("text", [m.reference for m in moves]),
            "reverses_id": ("bigint", [m.reverses for m in moves]),
            "by_id": ("bigint", [getattr(by, "pk", None)] * len(moves)),
            "happened_at": ("timestamptz", [at] * len(moves)),
        },
    )


def virtual(*, centre: int, kind: str) -> int:
    """The centre's one virtual location of a kind."""
    return Location.objects.values_list("pk", flat=True).get(centre_id=centre, kind=kind)


def last_movement() -> int:
    """The ledger's present position."""
    return Movement.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
