"""A move of goods, and what moves add up to at each place."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from distribution.models import Location
from marketplace.kernel.errors import DomainError


class NotEnoughThere(DomainError):
    code = "not_enough_there"

    def __init__(self) -> None:
        super().__init__(_("W tym miejscu nie ma tylu sztuk tej partii."))


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
class Delta:
    units: int = 0
    grams: int = 0
    allocated: int = 0

    def __add__(self, other: "Delta") -> "Delta":
        return Delta(self.units + other.units, self.grams + other.grams, self.allocated + other.allocated)


def deltas_of(moves: Iterable[Move], places: Mapping[int, Location]) -> dict[tuple[int, int], Delta]:
    """What the moves change at each real (lot, location); virtual places have no balance."""
    deltas: dict[tuple[int, int], Delta] = defaultdict(Delta)
    for move in moves:
        grams = move.grams or 0
        if not places[move.from_location].is_virtual:
            deltas[move.lot, move.from_location] += Delta(-move.units, -grams, -move.allocated)
        if not places[move.to_location].is_virtual:
            deltas[move.lot, move.to_location] += Delta(move.units, grams)
    return deltas
