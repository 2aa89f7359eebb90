"""Shortages: pieces a line will not get. Written here once; the order's side shortens, refunds and tells."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from distribution import jobs, locks
from distribution.models import Hold, Shortage, Supply
from distribution.operations import allocations, fulfilments, rooms
from distribution.operations.holds import give_back
from distribution.policies.sharing import Claim, share
from distribution.queries.shortages import lost_before
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
        for victim in (Victim(*row) for row in fetch_all(HOLDS, [promise.pk]))
        if victim.fulfilment_line
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
    """Pieces that a hold, or an allocation, can no longer have."""

    pk: int
    is_hold: bool
    reference: str
    line: int
    fulfilment: int | None
    fulfilment_line: int | None
    pieces: int


HOLDS = """
SELECT h.id, true, h.reference, h.line, l.fulfilment_id, l.id, h.pieces
FROM distribution_hold h
JOIN distribution_supply s ON s.id = h.supply_id
LEFT JOIN distribution_fulfilment f ON f.reference = h.reference AND f.round_id = h.round_id
     AND f.centre_id = s.centre_id AND f.route_id IS NOT DISTINCT FROM h.route_id
     AND EXISTS (SELECT 1 FROM distribution_fulfilmentline x WHERE x.fulfilment_id = f.id AND x.line = h.line)
LEFT JOIN distribution_fulfilmentline l ON l.fulfilment_id = f.id AND l.line = h.line
WHERE h.supply_id = %s AND h.state = 'ACTIVE'
ORDER BY h.id DESC
"""

# Of a balance that still has some, the newest order's goods are the missing ones.
LOST = """
SELECT id, false, reference, line, fulfilment, fulfilment_line, pieces FROM (
  SELECT a.id, f.reference, l.line, f.id AS fulfilment, l.id AS fulfilment_line,
         CASE WHEN b.sellable
              THEN least(a.units - a.picked, b.uncovered + a.units - a.picked
                         - sum(a.units - a.picked) OVER (PARTITION BY b.id ORDER BY a.id DESC))
              ELSE a.units - a.picked END AS pieces
  FROM distribution_allocation a
  JOIN distribution_fulfilmentline l ON l.id = a.fulfilment_line_id
  JOIN distribution_fulfilment f ON f.id = l.fulfilment_id
  JOIN distribution_balance b ON b.lot_id = a.lot_id AND b.location_id = a.location_id
  WHERE a.supply_id = %s AND a.state = 'ACTIVE' AND (b.uncovered > 0 OR NOT b.sellable)) a
WHERE pieces > 0 ORDER BY id DESC
"""


def victims(*, supply: int) -> list[Victim]:
    """Who loses when a supply row is sold beyond what is there, or set aside where it is no more: holds by the
    centre's rule until the rest is covered, and every piece set aside that is gone or may no longer be sold."""
    missing = Supply.objects.values_list("uncovered", flat=True).get(pk=supply)
    found = [Victim(*row) for row in fetch_all(LOST, [supply])]
    held = [Victim(*row) for row in fetch_all(HOLDS, [supply])]
    if missing > 0 and held:
        keeps = _keeps(supply, held, sum(victim.pieces for victim in held) - missing)
        found += [
            replace(victim, pieces=victim.pieces - keeps[victim.pk])
            for victim in held
            if victim.pieces > keeps[victim.pk]
        ]
    return found


def _keeps(supply, held, left):
    """Pieces each hold keeps of the `left` ones, by the rule of the centre."""
    rule = Supply.objects.values_list("centre__shortage_rule", flat=True).get(pk=supply)
    rows = Hold.objects.filter(pk__in=[victim.pk for victim in held])
    return share(claims(list(rows)), left, rule)


def claims(holds: Sequence[Hold]) -> list[Claim]:
    """What these holds are owed, with what their buyers lost in the last 90 days."""
    lost = lost_before({hold.buyer for hold in holds})
    return [Claim(hold.pk, hold.pieces, hold.pk, hold.rank, lost.get(hold.buyer, 0)) for hold in holds]


def resolve(*, supply: int, by: User | None, at: datetime) -> int:
    """Cuts holds until the supply row is covered, and sets other goods aside for what was lost; what then is
    missing becomes shortages. Returns the pieces cut for good. The caller has locked the orders that `victims`
    named; when others turn up meanwhile, raises Busy to be run again."""
    before = victims(supply=supply)
    made = sorted({v.fulfilment for v in before if v.fulfilment})
    locks.fulfilments(made)
    row = Supply.objects.select_related("centre").get(pk=supply)
    locks.supply_of_items(centre=row.centre_id, items=[row.item_id])
    found = victims(supply=supply)
    if {v.reference for v in found} - {v.reference for v in before}:
        raise Busy
    held, lost = [v for v in found if v.is_hold], [v for v in found if not v.is_hold]
    _cut_holds(held)
    for victim in lost:
        allocations.cut(pk=victim.pk, pieces=victim.pieces)
    give_back([(supply, v.pieces) for v in found])
    short = [*held, *_not_replaced(row.centre_id, lost)]
    _shorten_lines([v for v in short if not v.is_hold], awaited=False)
    note(
        centre_code=row.centre.code,
        missing=[Missing(v.reference, v.line, v.fulfilment_line, v.pieces) for v in short],
        reason=Shortage.Reason.LOST_SUPPLY,
        by=by,
        at=at,
    )
    fulfilments.refresh(ids=made, by=by, at=at)
    return sum(v.pieces for v in short)


def _not_replaced(centre, lost):
    """What is left of the lost pieces, one victim a line, after other goods were set aside for them."""
    by_line: dict[int, Victim] = {}
    for v in lost:
        known = by_line.get(v.fulfilment_line)
        by_line[v.fulfilment_line] = replace(v, pieces=v.pieces + (known.pieces if known else 0))
    got = allocations.replace(centre=centre, lost={line: v.pieces for line, v in by_line.items()})
    left = [replace(v, pieces=v.pieces - got.get(line, 0)) for line, v in by_line.items()]
    return [v for v in left if v.pieces]


def _cut_holds(found):
    freed = fetch_all(
        """
        UPDATE distribution_hold h
        SET state = CASE WHEN h.pieces = v.pieces THEN 'RELEASED' ELSE h.state END,
            pieces = CASE WHEN h.pieces = v.pieces THEN h.pieces ELSE h.pieces - v.pieces END,
            quota_pieces = CASE WHEN h.pieces = v.pieces THEN h.quota_pieces
                                ELSE least(h.quota_pieces, h.pieces - v.pieces) END,
            load_grams = CASE WHEN h.pieces = v.pieces THEN h.load_grams
                              ELSE h.load_grams - h.load_grams / h.pieces * v.pieces END
        FROM unnest(%s::bigint[], %s::int[]) AS v(id, pieces) WHERE h.id = v.id
        RETURNING h.route_id, CASE WHEN h.state = 'RELEASED' THEN h.load_grams
                                   ELSE h.load_grams / h.pieces * v.pieces END
        """,
        [[v.pk for v in found], [v.pieces for v in found]],
    )
    rooms.give_back(freed)
    _shorten_lines([v for v in found if v.fulfilment_line], awaited=True)


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
