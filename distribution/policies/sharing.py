"""Who gets goods when there are not enough for all. Pure: claims in, pieces out.

Contracts come before standing orders, those before all others. Within a rank the centre's rule decides: the oldest
order is served first, or everybody gets the same share, and the pieces that do not divide go first to those who lost
last time (largest remainder, Hamilton's method).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

OLDEST = "OLDEST"
PRO_RATA = "PRO_RATA"


@dataclass(frozen=True)
class Claim:
    """Pieces somebody is owed; a smaller `age` is older, `lost` is what they lost to earlier shortages."""

    key: int
    pieces: int
    age: int
    rank: int = 2
    lost: int = 0


def share(claims: Sequence[Claim], available: int, rule: str) -> dict[int, int]:
    """The pieces each claim gets, by key; together at most `available`, and all of it when claims ask for it."""
    got: dict[int, int] = {}
    left = max(available, 0)
    for _rank, group in groupby(sorted(claims, key=lambda c: (c.rank, c.age)), key=lambda c: c.rank):
        members = list(group)
        given = _pro_rata(members, left) if rule == PRO_RATA else _oldest(members, left)
        got |= given
        left -= sum(given.values())
    return got


def _oldest(claims: Sequence[Claim], left: int) -> dict[int, int]:
    got: dict[int, int] = {}
    for claim in claims:
        got[claim.key] = min(claim.pieces, left)
        left -= got[claim.key]
    return got


def _pro_rata(claims: Sequence[Claim], left: int) -> dict[int, int]:
    wanted = sum(claim.pieces for claim in claims)
    if wanted <= left:
        return {claim.key: claim.pieces for claim in claims}
    got = {claim.key: claim.pieces * left // wanted for claim in claims}
    rest = left - sum(got.values())
    divided = [claim for claim in claims if claim.pieces * left % wanted]
    for claim in sorted(divided, key=lambda c: (-c.lost, -(c.pieces * left % wanted), c.age))[:rest]:
        got[claim.key] += 1
    return got
