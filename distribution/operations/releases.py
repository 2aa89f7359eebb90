"""Release of a closed round: its holds become fulfilments, lots allocated FEFO, pick tasks and expected
arrivals, in one set-based transaction. Lots are chosen now, not when the buyer clicked."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from django.db import transaction

from distribution import locks
from distribution.models import Round, RoundEvent
from distribution.operations import allocations, arrivals, fulfilments, shortages
from distribution.operations.holds import give_back
from distribution.policies.fefo import Demand, allocate
from distribution.states import ROUND, LineState, RoundState
from marketplace.accounts.models import User
from marketplace.kernel.database import execute, fetch_all, insert_all
from marketplace.kernel.units import SoldBy


@dataclass(frozen=True)
class Recipient:
    """Who gets an order's goods, as the floor needs to know it: no personal data but the label."""

    reference: str
    label: str
    slot_starts: time | None


@dataclass(frozen=True)
class Held:
    hold: int
    reference: str
    line: int
    pieces: int
    max_grams_each: int | None
    supply: int
    kind: str
    item: int
    available_on: date
    temperature: str
    minimum_life_days: int
    label: str


@dataclass
class LineToMake:
    """One fulfilment line in the making: `stock` pieces held on the shelf, `awaited` on promises."""

    held: Held
    fulfilment: int
    stock: int = 0
    awaited: int = 0
    allocated: int = 0
    pk: int = 0

    @property
    def pieces(self) -> int:
        return self.stock + self.awaited

    @property
    def max_grams(self) -> int | None:
        each = self.held.max_grams_each
        return None if each is None else each * self.pieces

    @property
    def state(self) -> str:
        if self.awaited:
            return LineState.AWAITING_GOODS
        return LineState.ALLOCATED if self.allocated else LineState.SHORT


@transaction.atomic
def release_round(
    *, round_id: int, recipients: Sequence[Recipient], by: User | None, at: datetime
) -> dict[str, int]:
    """Releases a CLOSED round for the given orders, oldest first; returns counts of what was made.

    Holds of orders that are not named stay as they are (the caller has given theirs back). Pieces that were
    held but are no longer there become shortages.
    """
    round_ = locks.round_alone(round_id)
    ROUND.require(round_.state, RoundState.RELEASED)
    held = _held(round_, recipients)
    made = _make_fulfilments(round_, recipients, held, by, at)
    lines = _gather_lines(held, made)
    _make_arrivals(round_, held)
    picks = _allocate(round_, held, lines)
    _make_lines(lines)
    tasks = _make_tasks(round_, made, at)
    allocations.set_aside(
        [replace(pick, key=lines[pick.key].pk) for pick in picks],
        tasks={line.pk: tasks.get(line.fulfilment) for line in lines},
    )
    _note_short(round_, lines, by, at)
    fulfilments.refresh(ids={line.fulfilment for line in lines if line.stock > line.allocated}, by=by, at=at)
    Round.objects.filter(pk=round_.pk).update(state=RoundState.RELEASED)
    RoundEvent.objects.create(round=round_, old=round_.state, new=RoundState.RELEASED, by=by, at=at)
    return {
        "fulfilments": len(made),
        "lines": len(lines),
        "allocations": len(picks),
        "awaited": sum(line.awaited for line in lines),
        "short": sum(line.stock - line.allocated for line in lines),
    }


def _held(round_, recipients):
    rows = fetch_all(
        """
        SELECT h.id, h.reference, h.line, h.pieces, h.max_grams_each, h.supply_id, s.kind, s.item_id, s.available_on,
               p.temperature, p.minimum_life_days, left(p.name || ' · ' || i.name, 230)
        FROM distribution_hold h
        JOIN distribution_supply s ON s.id = h.supply_id
        JOIN producers_stockitem i ON i.id = s.item_id
        JOIN producers_product p ON p.id = i.product_id
        WHERE h.round_id = %s AND h.state = 'ACTIVE' AND h.reference = ANY(%s)
        ORDER BY h.id
        """,
        [round_.pk, [r.reference for r in recipients]],
    )
    return [Held(*row) for row in rows]


def _make_fulfilments(round_, recipients, held, by, at):
    by_reference = {r.reference: r for r in recipients}
    age = {r.reference: n for n, r in enumerate(recipients)}
    keys = sorted({(h.reference, h.temperature) for h in held}, key=lambda k: (age[k[0]], k[1]))
    ids = insert_all(
        "distribution_fulfilment",
        {
            "round_id": ("bigint", [round_.pk] * len(keys)),
            "centre_id": ("bigint", [round_.centre_id] * len(keys)),
            "destination_id": ("bigint", [round_.centre_id] * len(keys)),
            "reference": ("text", [reference for reference, _ in keys]),
            "recipient_label": ("text", [by_reference[reference].label for reference, _ in keys]),
            "slot_starts": ("time", [by_reference[reference].slot_starts for reference, _ in keys]),
            "temperature": ("text", [temperature for _, temperature in keys]),
            "state": ("text", ["RELEASED"] * len(keys)),
        },
        returning="id",
    )
    insert_all(
        "distribution_fulfilmentevent",
        {
            "fulfilment_id": ("bigint", ids),
            "old": ("text", [""] * len(ids)),
            "new": ("text", ["RELEASED"] * len(ids)),
            "by_id": ("bigint", [getattr(by, "pk", None)] * len(ids)),
            "at": ("timestamptz", [at] * len(ids)),
            "reason": ("text", [""] * len(ids)),
        },
    )
    return dict(zip(keys, ids, strict=True))


def _gather_lines(held, fulfilments):
    lines: dict[tuple[str, int], LineToMake] = {}
    for h in held:
        line = lines.setdefault((h.reference, h.line), LineToMake(h, fulfilments[h.reference, h.temperature]))
        if h.kind == "STOCK":
            line.stock += h.pieces
        else:
            line.awaited += h.pieces
    order = {pk: n for n, pk in enumerate(fulfilments.values())}
    return sorted(lines.values(), key=lambda line: (order[line.fulfilment], line.held.line))


def _make_arrivals(round_, held):
    owed: dict[tuple[date, int, int], int] = defaultdict(int)
    for h in held:
        if h.kind == "PROMISE":
            owed[h.available_on, h.item, h.supply] += h.pieces
    arrivals.expect(
        centre=round_.centre_id,
        owed=[arrivals.Owed(day, item, supply, pieces) for (day, item, supply), pieces in owed.items()],
    )


def _allocate(round_, held, lines):
    """Locks supply and balances, chooses lots, and moves `held` and `allocated` accordingly."""
    from_stock = [h for h in held if h.kind == "STOCK"]
    items = sorted({h.item for h in from_stock})
    room = {
        row.pk: row.quantity - row.held
        for row in locks.supply_of_items(centre=round_.centre_id, items=items)
        if row.kind == "STOCK"
    }
    for h in from_stock:
        room[h.supply] += h.pieces
    picks = allocate(
        _demands(round_, lines), allocations.free_shelves(centre=round_.centre_id, items=items), room
    )
    execute(
        "UPDATE distribution_hold SET state = 'ALLOCATED' WHERE id = ANY(%s)", [[h.hold for h in from_stock]]
    )
    give_back([(h.supply, h.pieces) for h in from_stock] + [(pick.supply, -pick.pieces) for pick in picks])
    for pick in picks:
        lines[pick.key].allocated += pick.pieces
    return picks


def _demands(round_, lines):
    return [
        Demand(
            n,
            line.held.item,
            line.stock,
            round_.hands_over_on + timedelta(days=line.held.minimum_life_days),
        )
        for n, line in enumerate(lines)
        if line.stock
    ]


def _make_lines(lines):
    ids = insert_all(
        "distribution_fulfilmentline",
        {
            "fulfilment_id": ("bigint", [line.fulfilment for line in lines]),
            "line": ("int", [line.held.line for line in lines]),
            "item_id": ("bigint", [line.held.item for line in lines]),
            "label": ("text", [line.held.label for line in lines]),
            "sold_by": (
                "text",
                [SoldBy.PIECE if line.max_grams is None else SoldBy.WEIGHT for line in lines],
            ),
            "pieces": ("int", [line.pieces for line in lines]),
            "max_grams": ("int", [line.max_grams for line in lines]),
            "awaited": ("int", [line.awaited for line in lines]),
            "short": ("int", [line.stock - line.allocated for line in lines]),
            "picked": ("int", [0] * len(lines)),
            "handed_out": ("int", [0] * len(lines)),
            "state": ("text", [line.state for line in lines]),
        },
        returning="id",
    )
    for line, pk in zip(lines, ids, strict=True):
        line.pk = pk


def _make_tasks(round_, made, at):
    """One wave a temperature, one pick task a fulfilment; due when the round's first slot opens."""
    temperatures = sorted({temperature for _, temperature in made})
    waves = insert_all(
        "distribution_wave",
        {
            "round_id": ("bigint", [round_.pk] * len(temperatures)),
            "centre_id": ("bigint", [round_.centre_id] * len(temperatures)),
            "temperature": ("text", temperatures),
            "released_at": ("timestamptz", [at] * len(temperatures)),
        },
        returning="id",
    )
    wave_of = dict(zip(temperatures, waves, strict=True))
    work = list(made.items())
    ids = insert_all(
        "distribution_task",
        {
            "centre_id": ("bigint", [round_.centre_id] * len(work)),
            "kind": ("text", ["PICK"] * len(work)),
            "wave_id": ("bigint", [wave_of[temperature] for (_, temperature), _ in work]),
            "fulfilment_id": ("bigint", [pk for _, pk in work]),
            "due_at": ("timestamptz", [round_.due_at] * len(work)),
            "state": ("text", ["OPEN"] * len(work)),
        },
        returning="id",
    )
    return dict(zip([pk for _, pk in work], ids, strict=True))


def _note_short(round_, lines, by, at):
    shortages.note(
        centre_code=round_.centre.code,
        missing=[
            shortages.Missing(line.held.reference, line.held.line, line.pk, line.stock - line.allocated)
            for line in lines
            if line.stock > line.allocated
        ],
        reason="LOST_SUPPLY",
        by=by,
        at=at,
    )
