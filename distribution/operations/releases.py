"""Release of a closed round: its holds become fulfilments, lots allocated FEFO, pick tasks and expected
arrivals, in one set-based transaction. Lots are chosen now, not when the buyer clicked."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from django.db import transaction

from distribution import locks
from distribution.models import Centre, Fulfilment, Round, RoundEvent
from distribution.operations import allocations, arrivals, fulfilments, resourcing, shortages
from distribution.operations.holds import give_back
from distribution.policies.fefo import Demand, allocate
from distribution.states import ROUND, FulfilmentState, LineState, RoundState
from marketplace.accounts.models import User
from marketplace.kernel.database import execute, fetch_all, insert_all
from marketplace.kernel.errors import DomainError
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
    centre: int
    item: int
    available_on: date
    temperature: str
    minimum_life_days: int
    label: str
    route: int | None
    trip: int | None
    leaves_by: datetime | None

    @property
    def part(self) -> "Part":
        return Part(self.reference, self.centre, self.route, self.temperature, self.trip, self.leaves_by)


class Part(NamedTuple):
    """What becomes a fulfilment: of one order, at one centre, of one temperature, and the trip it leaves by."""

    reference: str
    centre: int
    route: int | None
    temperature: str
    trip: int | None
    leaves_by: datetime | None


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
    """Releases a CLOSED round for the given orders, oldest first; returns counts of what was made. Where their goods
    come from is looked at once more before (operations.resourcing).

    Holds of orders that are not named stay as they are (the caller has given theirs back). Pieces that were
    held but are no longer there become shortages.
    """
    round_ = locks.round_alone(round_id)
    ROUND.require(round_.state, RoundState.RELEASED)
    resourcing.improve_round(round_=round_, references=[r.reference for r in recipients], by=by, at=at)
    held = _held(round_, recipients)
    made = _make_fulfilments(round_, recipients, held, by, at)
    lines = _gather_lines(held, made)
    _make_arrivals(held)
    picks = _allocate(round_, held, lines)
    _make_lines(lines)
    tasks = _make_tasks(round_, made, at)
    allocations.set_aside(
        [replace(pick, key=lines[pick.key].pk) for pick in picks],
        tasks={line.pk: tasks.get(line.fulfilment) for line in lines},
    )
    _note_short(lines, by, at)
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


class PackedAlready(DomainError):
    """The part that the goods belong to is packed, or has this line already."""

    code = "packed_already"


@transaction.atomic
def add(
    *, round_id: int, recipient: Recipient, holds: Sequence[int], by: User | None, at: datetime
) -> dict[str, int]:
    """The same for a few holds of one order taken after its round was released. They join a part that is still in
    work, or make a new one. Raises PackedAlready. The caller holds the order's fulfilments."""
    round_ = Round.objects.select_related("centre").prefetch_related("slots").get(pk=round_id)
    held = [h for h in _held(round_, [recipient]) if h.hold in set(holds)]
    known = _parts_in_work(round_, recipient, held, by, at)
    new = _make_fulfilments(round_, [recipient], [h for h in held if h.part not in known], by, at)
    made = new | {part: made_already for part, (made_already, _task) in known.items()}
    lines = _gather_lines(held, made)
    _make_arrivals(held)
    picks = _allocate(round_, held, lines)
    _make_lines(lines)
    tasks = dict(known.values()) | _make_tasks(round_, new, at)
    allocations.set_aside(
        [replace(pick, key=lines[pick.key].pk) for pick in picks],
        tasks={line.pk: tasks.get(line.fulfilment) for line in lines},
    )
    _note_short(lines, by, at)
    fulfilments.refresh(ids=set(made.values()), by=by, at=at)
    return {"lines": len(lines), "allocations": len(picks)}


def _parts_in_work(round_, recipient, held, by, at):
    """Parts of the order that exist, by Part, with their pick task; one of which nothing came begins anew."""
    found: dict[Part, tuple[int, int | None]] = {}
    for part in {h.part for h in held}:
        row = Fulfilment.objects.filter(
            reference=recipient.reference,
            round=round_,
            centre=part.centre,
            route=part.route,
            temperature=part.temperature,
        ).first()
        if row is None:
            continue
        if row.state == FulfilmentState.EMPTY:
            fulfilments.move(fulfilment=row, new=FulfilmentState.RELEASED, by=by, at=at)
            found[part] = (row.pk, next(iter(_make_tasks(round_, {part: row.pk}, at).values())))
            continue
        lines = {h.line for h in held if h.part == part}
        if row.state != FulfilmentState.RELEASED or row.lines.filter(line__in=lines).exists():
            raise PackedAlready
        task = row.tasks.filter(kind="PICK", state__in=["OPEN", "TAKEN"]).values_list("pk", flat=True).first()
        found[part] = (row.pk, task)
    return found


def _held(round_, recipients):
    rows = fetch_all(
        """
        SELECT h.id, h.reference, h.line, h.pieces, h.max_grams_each, h.supply_id, s.kind, s.centre_id, s.item_id,
               s.available_on, p.temperature, p.minimum_life_days, left(p.name || ' · ' || i.name, 230),
               h.route_id, t.id, t.cutoff_at
        FROM distribution_hold h
        JOIN distribution_supply s ON s.id = h.supply_id
        JOIN producers_stockitem i ON i.id = s.item_id
        JOIN producers_product p ON p.id = i.product_id
        LEFT JOIN distribution_routetrip stage ON stage.route_id = h.route_id AND stage.position = 0
        LEFT JOIN distribution_trip t ON t.id = stage.trip_id
        WHERE h.round_id = %s AND h.state = 'ACTIVE' AND h.reference = ANY(%s)
        ORDER BY h.id
        """,
        [round_.pk, [r.reference for r in recipients]],
    )
    return [Held(*row) for row in rows]


def _make_fulfilments(round_, recipients, held, by, at):
    """The id of each Part made, the oldest order's first."""
    by_reference = {r.reference: r for r in recipients}
    age = {r.reference: n for n, r in enumerate(recipients)}
    parts = sorted(
        {h.part for h in held}, key=lambda p: (age[p.reference], p.centre, p.route or 0, p.temperature)
    )
    ids = insert_all(
        "distribution_fulfilment",
        {
            "round_id": ("bigint", [round_.pk] * len(parts)),
            "centre_id": ("bigint", [part.centre for part in parts]),
            "destination_id": ("bigint", [round_.centre_id] * len(parts)),
            "route_id": ("bigint", [part.route for part in parts]),
            "reference": ("text", [part.reference for part in parts]),
            "recipient_label": ("text", [by_reference[part.reference].label for part in parts]),
            "slot_starts": ("time", [by_reference[part.reference].slot_starts for part in parts]),
            "temperature": ("text", [part.temperature for part in parts]),
            "state": ("text", ["RELEASED"] * len(parts)),
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
    return dict(zip(parts, ids, strict=True))


def _gather_lines(held, fulfilments):
    lines: dict[tuple[int, int], LineToMake] = {}
    for h in held:
        made = fulfilments[h.part]
        line = lines.setdefault((made, h.line), LineToMake(h, made))
        if h.kind == "STOCK":
            line.stock += h.pieces
        else:
            line.awaited += h.pieces
    order = {pk: n for n, pk in enumerate(fulfilments.values())}
    return sorted(lines.values(), key=lambda line: (order[line.fulfilment], line.held.line))


def _make_arrivals(held):
    """What producers owe each centre, in the order of the centres."""
    owed: dict[int, dict[tuple[date, int, int], int]] = defaultdict(lambda: defaultdict(int))
    for h in held:
        if h.kind == "PROMISE":
            owed[h.centre][h.available_on, h.item, h.supply] += h.pieces
    for centre, found in sorted(owed.items()):
        arrivals.expect(
            centre=centre,
            owed=[arrivals.Owed(day, item, supply, pieces) for (day, item, supply), pieces in found.items()],
        )


def _allocate(round_, held, lines):
    """Locks supply and balances, chooses lots, and moves `held` and `allocated` accordingly."""
    from_stock = [h for h in held if h.kind == "STOCK"]
    pairs = {(h.centre, h.item) for h in from_stock}
    room = {row.pk: row.quantity - row.held for row in locks.supply_at(pairs) if row.kind == "STOCK"}
    for h in from_stock:
        room[h.supply] += h.pieces
    picks = allocate(_demands(round_, lines), allocations.free_shelves(pairs), room)
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
            line.held.centre,
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
    """One wave for each centre, departure and temperature, one pick task a fulfilment; due at the cut-off of the
    trip it leaves by, at the round's own centre when its first slot opens."""
    waves = sorted({_wave(part) for part in made}, key=str)
    known = _known_waves(round_)
    waves = [wave for wave in waves if wave not in known]
    ids = insert_all(
        "distribution_wave",
        {
            "round_id": ("bigint", [round_.pk] * len(waves)),
            "centre_id": ("bigint", [centre for centre, _, _ in waves]),
            "trip_id": ("bigint", [trip for _, trip, _ in waves]),
            "temperature": ("text", [temperature for _, _, temperature in waves]),
            "released_at": ("timestamptz", [at] * len(waves)),
        },
        returning="id",
    )
    wave_of = known | dict(zip(waves, ids, strict=True))
    due_at = round_.due_at
    ids = insert_all(
        "distribution_task",
        {
            "centre_id": ("bigint", [part.centre for part in made]),
            "kind": ("text", ["PICK"] * len(made)),
            "wave_id": ("bigint", [wave_of[_wave(part)] for part in made]),
            "fulfilment_id": ("bigint", list(made.values())),
            "due_at": ("timestamptz", [part.leaves_by or due_at for part in made]),
            "state": ("text", ["OPEN"] * len(made)),
        },
        returning="id",
    )
    return dict(zip(made.values(), ids, strict=True))


def _known_waves(round_):
    rows = round_.waves.values_list("centre_id", "trip_id", "temperature", "pk")
    return {(centre, trip, temperature): pk for centre, trip, temperature, pk in rows}


def _wave(part):
    return part.centre, part.trip, part.temperature


def _note_short(lines, by, at):
    """By centre, so that each one's queue settles its own shortages."""
    missing: dict[int, list[shortages.Missing]] = defaultdict(list)
    for line in lines:
        if line.stock > line.allocated:
            missing[line.held.centre].append(
                shortages.Missing(line.held.reference, line.held.line, line.pk, line.stock - line.allocated)
            )
    codes = dict(Centre.objects.filter(pk__in=missing).values_list("pk", "code"))
    for centre, found in sorted(missing.items()):
        shortages.note(centre_code=codes[centre], missing=found, reason="LOST_SUPPLY", by=by, at=at)
