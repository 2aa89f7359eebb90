"""The rows a release makes, each kind in one statement: parts of orders, their lines, waves and tasks, and what
producers are to bring."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import NamedTuple

from distribution.models import Round
from distribution.operations import arrivals
from distribution.states import LineState
from marketplace.accounts.models import User
from marketplace.kernel.database import fetch_all, insert_all
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


def held_by(round_: Round, recipients: Sequence[Recipient]) -> list[Held]:
    """What is held of the round for these orders."""
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


def make_fulfilments(
    round_: Round, recipients: Sequence[Recipient], held: Sequence[Held], by: User | None, at: datetime
) -> dict[Part, int]:
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


def gather_lines(held: Sequence[Held], fulfilments: Mapping[Part, int]) -> list[LineToMake]:
    """The lines of these parts, in the order of the parts."""
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


def make_arrivals(held: Sequence[Held]) -> None:
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


def make_lines(lines: Sequence[LineToMake]) -> None:
    """Writes the lines and gives each its id."""
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


def make_tasks(round_: Round, made: Mapping[Part, int], at: datetime) -> dict[int, int]:
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
