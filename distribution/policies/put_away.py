"""Where goods from the ramp belong. Pure: the free places of their temperature in, the best of them and why out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from marketplace.kernel.units import Temperature

# How long goods may stand on the ramp: the cold chain must not break (Reg. (EC) 852/2004, annex II, ch. IX).
WITHIN = {
    Temperature.FROZEN: timedelta(minutes=20),
    Temperature.CHILLED: timedelta(minutes=40),
    Temperature.AMBIENT: timedelta(hours=4),
}

SAME_LOT, NEAR, EMPTY, SHARED = "SAME_LOT", "NEAR", "EMPTY", "SHARED"


@dataclass(frozen=True)
class Room:
    """A slot of the right temperature: where the walk passes it, how many lots lie there, and whether the lot or
    other lots of the same item are among them."""

    location: int
    code: str
    walk_order: int
    lots: int
    same_lot: bool = False
    same_item: bool = False


def propose(rooms: Sequence[Room]) -> tuple[Room, str] | None:
    """The same lot's own slot; else the empty slot nearest to the same item; else the first empty one of the walk;
    else the slot with the fewest lots. None when there is no slot at all."""
    if not rooms:
        return None
    walk = sorted(rooms, key=lambda room: (room.walk_order, room.location))
    same = [room for room in walk if room.same_lot]
    if same:
        return same[0], SAME_LOT
    empty = [room for room in walk if not room.lots]
    near = [room.walk_order for room in walk if room.same_item]
    if empty and near:
        return min(empty, key=lambda room: min(abs(room.walk_order - at) for at in near)), NEAR
    if empty:
        return empty[0], EMPTY
    return min(walk, key=lambda room: (room.lots, not room.same_item)), SHARED
