"""The stock ledger's one writer: movements, and with them balances, the supply that follows, and documents."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from django.utils.translation import gettext as _

from distribution import jobs, locks
from distribution.models import Document, Location, Lot, Movement
from distribution.operations import ramp
from distribution.operations.balances import change_balances
from distribution.operations.moves import Move, NotEnoughThere, deltas_of
from distribution.operations.papers import Paper, add_lines, open_paper
from distribution.operations.stock import (
    announce_uncovered,
    change_stock,
    stock_changes,
    supply_of,
    uncovered_of,
)
from distribution.states import LotState
from marketplace.accounts.models import User
from marketplace.kernel import outbox
from marketplace.kernel.clock import local_date
from marketplace.kernel.database import insert_all, require_transaction
from marketplace.kernel.errors import Busy, DomainError
from marketplace.kernel.outbox import NewJob


class LotHeldBack(DomainError):
    code = "lot_held_back"

    def __init__(self, lot: Lot) -> None:
        super().__init__(
            _("Partia %(lot)s jest wstrzymana albo wycofana: nie wolno jej ruszać.") % {"lot": lot.code},
            lot=lot.code,
        )


def post(*, centre: int, moves: Sequence[Move], by: User | None, at: datetime, paper: Paper) -> Document:
    """Applies the moves, all of one centre, to balances and stock supply, and writes them to the ledger as the
    lines of a numbered document.

    Locks supply, lots, balances and the document counter, in that order. Goods that are sold and lost show as
    `uncovered` supply, for which a job is written. Raises NotEnoughThere when a location lacks goods.
    """
    effects = _apply(centre, moves, at)
    document = open_paper(centre=centre, by=by, at=at, paper=paper)
    lines = add_lines(document=document, paper=paper, moves=moves)
    _write([*moves, *_weighing(centre, effects.differences)], lines, by, at)
    _announce(effects, moves, at)
    return document


def extend(*, document: Document, moves: Sequence[Move], by: User | None, at: datetime, paper: Paper) -> None:
    """The same for a document that is posted already and goes on growing, crate by crate: the MM of an arrival."""
    effects = _apply(document.centre_id, moves, at)
    lines = add_lines(document=document, paper=paper, moves=moves)
    _write([*moves, *_weighing(document.centre_id, effects.differences)], lines, by, at)
    _announce(effects, moves, at)


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
    require_transaction()
    lots = Lot.objects.in_bulk({move.lot for move in moves})
    places = Location.objects.in_bulk({m.from_location for m in moves} | {m.to_location for m in moves})
    _require_released(moves, lots, places)
    deltas = deltas_of(moves, places)
    seen = {pk: lot.state for pk, lot in lots.items()}
    changes = stock_changes(deltas, lots, places)
    changed = change_stock(centre=centre, changes=changes, day=local_date(at))
    if locks.lots_shared(lots) != seen:
        raise Busy  # recalled or held back while we waited: the sums above were for another state
    if len(changed) < len(changes):
        raise NotEnoughThere
    differences, lacking = change_balances(deltas, lots, places)
    return Effects(
        differences,
        uncovered_of(changed) | supply_of(centre=centre, pairs=lacking),
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
