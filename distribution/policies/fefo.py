"""First expired, first out: which lots serve which lines. Pure; the caller has locked what it reads."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Demand:
    """Pieces a line needs of what lies at a centre, usable at least until `enough_until`. Demands are served in
    the order given."""

    key: int
    centre: int
    item: int
    pieces: int
    enough_until: date


@dataclass(frozen=True)
class Shelf:
    """Free pieces of a lot at a location; `supply` is the row that may still be promised from."""

    lot: int
    location: int
    supply: int
    centre: int
    item: int
    usable_until: date
    walk_order: int
    free: int


@dataclass(frozen=True)
class Pick:
    key: int
    lot: int
    location: int
    supply: int
    pieces: int


def allocate(demands: Iterable[Demand], shelves: Sequence[Shelf], room: dict[int, int]) -> list[Pick]:
    """Serves demands one by one from the earliest-ending lots that still last long enough.

    `room` maps a supply row to the pieces these demands may take of it, so goods held by others stay theirs.
    A demand may be served in part; the caller sees what is missing by summing. At equal ends the lot received
    first goes first, then the walk through the hall.
    """
    left = dict(room)
    free = {(shelf.lot, shelf.location): shelf.free for shelf in shelves}
    lying: dict[tuple[int, int], list[Shelf]] = {}
    for shelf in sorted(shelves, key=lambda s: (s.usable_until, s.lot, s.walk_order, s.location)):
        lying.setdefault((shelf.centre, shelf.item), []).append(shelf)
    picks: list[Pick] = []
    for demand in demands:
        picks.extend(_serve(demand, lying.get((demand.centre, demand.item), []), free, left))
    return picks


def _serve(
    demand: Demand, shelves: list[Shelf], free: dict[tuple[int, int], int], left: dict[int, int]
) -> Iterator[Pick]:
    missing = demand.pieces
    for shelf in shelves:
        if missing == 0:
            return
        place = (shelf.lot, shelf.location)
        pieces = min(missing, free[place], left.get(shelf.supply, 0))
        if pieces <= 0 or shelf.usable_until < demand.enough_until:
            continue
        free[place] -= pieces
        left[shelf.supply] -= pieces
        missing -= pieces
        yield Pick(demand.key, shelf.lot, shelf.location, shelf.supply, pieces)
