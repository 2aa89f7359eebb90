"""Shortages: pieces a line will not get. Written here once; the order's side shortens, refunds and tells."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from distribution import jobs, locks
from distribution.models import Hold, Shortage, Supply
from distribution.operations import allocations, fulfilments
from distribution.operations.holds import give_back
from marketplace.accounts.models import User
from marketplace.kernel import outbox
from marketplace.kernel.database import execute, fetch_all, insert_all
from marketplace.kernel.errors import Busy
from marketplace.kernel.outbox import NewJob


@dataclass(frozen=True)
class Missing:
    reference: str
    line: int
    fulfilment_line: int | None
    pieces: int


def note(*, centre_code: str, missing: Sequence[Missing], reason: str, by: User | None, at: datetime) -> None:
    """Writes the shortages and one job per order that has them."""
    if not missing:
        return
    ids = insert_all(
        "distribution_shortage",
        {
            "reference": ("text", [m.reference for m in missing]),
            "line": ("int", [m.line for m in missing]),
            "fulfilment_line_id": ("bigint", [m.fulfilment_line for m in missing]),
            "pieces": ("int", [m.pieces for m in missing]),
            "reason": ("text", [reason] * len(missing)),
            "by_id": ("bigint", [getattr(by, "pk", None)] * len(missing)),
            "at": ("timestamptz", [at] * len(missing)),
        },
        returning="id",
    )
    by_order: dict[str, list[int]] = {}
    for shortage, m in zip(ids, missing, strict=True):
        by_order.setdefault(m.reference, []).append(shortage)
    outbox.write(
        NewJob(
            jobs.LINES_SHORT,
            f"lines_short:{reference}:{max(shortages)}",
            {"reference": reference, "shortages": shortages, "at": at.isoformat()},
            centre=centre_code,
        )
        for reference, shortages in by_order.items()
    )


def cut_promised(*, promises: Sequence[Supply], centre_code: str, by: User | None, at: datetime) -> None:
    """Cuts every hold that released orders still have on these promise rows: the goods did not come."""
    found = [
        victim
        for promise in promises
        for victim in (Victim(*row) for row in fetch_all(VICTIMS, {"supply": promise.pk}))
        if victim.is_hold and victim.fulfilment_line
    ]
    if not found:
        return
    supply_of = dict(Hold.objects.filter(pk__in=[v.pk for v in found]).values_list("pk", "supply_id"))
    _cut_holds(found)
    give_back([(supply_of[v.pk], v.pieces) for v in found])
    note(
        centre_code=centre_code,
        missing=[Missing(v.reference, v.line, v.fulfilment_line, v.pieces) for v in found],
        reason=Shortage.Reason.NOT_DELIVERED,
        by=by,
        at=at,
    )
    fulfilments.refresh(ids={v.fulfilment for v in found if v.fulfilment}, by=by, at=at)


@dataclass(frozen=True)
class Victim:
    """A hold, or an allocation, that an uncovered supply row can no longer serve in full."""

    pk: int
    is_hold: bool
    reference: str
    line: int
    fulfilment: int | None
    fulfilment_line: int | None
    pieces: int


# The newest order loses first; goods already set aside lose last, and first where they are missing.
VICTIMS = """
SELECT h.id, true, h.reference, h.line, l.fulfilment_id, l.id, h.pieces
FROM distribution_hold h
LEFT JOIN distribution_fulfilment f ON f.reference = h.reference AND f.round_id = h.round_id
     AND EXISTS (SELECT 1 FROM distribution_fulfilmentline x WHERE x.fulfilment_id = f.id AND x.line = h.line)
LEFT JOIN distribution_fulfilmentline l ON l.fulfilment_id = f.id AND l.line = h.line
WHERE h.supply_id = %(supply)s AND h.state = 'ACTIVE'
UNION ALL
SELECT a.id, false, f.reference, l.line, f.id, l.id, a.units - a.picked
FROM distribution_allocation a
JOIN distribution_fulfilmentline l ON l.id = a.fulfilment_line_id
JOIN distribution_fulfilment f ON f.id = l.fulfilment_id
JOIN distribution_balance b ON b.lot_id = a.lot_id AND b.location_id = a.location_id
WHERE a.supply_id = %(supply)s AND a.state = 'ACTIVE' AND b.uncovered > 0
ORDER BY 2 DESC, 1 DESC
"""


def victims(*, supply: int) -> list[Victim]:
    """Who loses when a supply row is sold beyond what is there, until the rest is covered."""
    missing = Supply.objects.values_list("uncovered", flat=True).get(pk=supply)
    found = []
    for row in fetch_all(VICTIMS, {"supply": supply}):
        if missing <= 0:
            break
        victim = Victim(*row)
        victim = replace(victim, pieces=min(victim.pieces, missing))
        found.append(victim)
        missing -= victim.pieces
    return found


def resolve(*, supply: int, by: User | None, at: datetime) -> int:
    """Cuts holds and allocations until the supply row is covered; returns the pieces cut. The caller has
    locked the orders that `victims` named; when others turn up meanwhile, raises Busy to be run again."""
    before = victims(supply=supply)
    made = sorted({v.fulfilment for v in before if v.fulfilment})
    locks.fulfilments(made)
    row = locks.supply([supply])[supply]
    found = victims(supply=supply)
    if {v.reference for v in found} - {v.reference for v in before}:
        raise Busy
    _cut_holds([v for v in found if v.is_hold])
    _cut_allocations([v for v in found if not v.is_hold])
    give_back([(supply, v.pieces) for v in found])
    note(
        centre_code=row.centre.code,
        missing=[Missing(v.reference, v.line, v.fulfilment_line, v.pieces) for v in found],
        reason=Shortage.Reason.LOST_SUPPLY,
        by=by,
        at=at,
    )
    fulfilments.refresh(ids=made, by=by, at=at)
    return sum(v.pieces for v in found)


def _cut_holds(found):
    execute(
        """
        UPDATE distribution_hold h
        SET state = CASE WHEN h.pieces = v.pieces THEN 'RELEASED' ELSE h.state END,
            pieces = CASE WHEN h.pieces = v.pieces THEN h.pieces ELSE h.pieces - v.pieces END
        FROM unnest(%s::bigint[], %s::int[]) AS v(id, pieces) WHERE h.id = v.id
        """,
        [[v.pk for v in found], [v.pieces for v in found]],
    )
    _shorten_lines([v for v in found if v.fulfilment_line], awaited=True)


def _cut_allocations(found):
    for victim in found:
        allocations.cut(pk=victim.pk, pieces=victim.pieces)
    _shorten_lines(found, awaited=False)


def _shorten_lines(found, *, awaited):
    execute(
        """
        UPDATE distribution_fulfilmentline l
        SET short = l.short + c.pieces, awaited = l.awaited - CASE WHEN %s THEN c.pieces ELSE 0 END
        FROM (SELECT line, sum(pieces)::int AS pieces
              FROM unnest(%s::bigint[], %s::int[]) AS c(line, pieces) GROUP BY line) c
        WHERE l.id = c.line
        """,
        [awaited, [v.fulfilment_line for v in found], [v.pieces for v in found]],
    )
