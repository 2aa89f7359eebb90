"""The shortage desk of a centre: lines that get less than was ordered, what became of them, what could still be done,
and who got how much of the same goods and why."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from distribution.models import Centre, Hold, Shortage
from distribution.queries.shortages import Free, lost_before, on_shelves
from marketplace.kernel.database import fetch_all
from orders.models import Line
from orders.states import OPEN, OrderState, Substitutes

LIVE = (*OPEN, OrderState.PREPARING)
MOST = 200


@dataclass(frozen=True)
class Share:
    """What one order got of the goods, and what its buyer had lost in the 90 days before."""

    reference: str
    ordered: int
    got: int
    rank: int
    lost: int

    @property
    def why(self) -> str:
        return str(Hold.Rank(self.rank).label)


@dataclass
class Row:
    """A short line. `missing` pieces were noted, `short` of them were taken off the order and `refunded` zł with them;
    `here` and `elsewhere` pieces lie free now and could still come."""

    line: Line
    reason: str
    missing: int
    at: datetime
    hands_over_on: date
    pending: bool
    here: int = 0
    elsewhere: list[tuple[str, int]] = field(default_factory=list)
    shares: list[Share] = field(default_factory=list)

    @property
    def why(self) -> str:
        return str(Shortage.Reason(self.reason).label)

    @property
    def short(self) -> int:
        return self.line.short

    @property
    def refunded(self) -> Decimal:
        return self.line.placed_total - self.line.total

    @property
    def stands_in(self) -> Line | None:
        return next(iter(self.line.replaced_by.all()), None)

    @property
    def consents(self) -> bool:
        return self.line.order.substitutes == Substitutes.SIMILAR

    @property
    def is_open(self) -> bool:
        """Whether something may still be found for it."""
        return bool(self.short) and self.stands_in is None and self.line.order.state in LIVE

    @property
    def is_settled(self) -> bool:
        return not self.short and not self.pending

    @property
    def can(self) -> str:
        """The next step that would help now, in the order in which they are tried."""
        if not self.is_open:
            return ""
        if self.here:
            return _("inna partia u nas: %(n)s szt.") % {"n": self.here}
        if self.elsewhere:
            return ", ".join(_("%(centre)s: %(n)s szt.") % {"centre": c, "n": n} for c, n in self.elsewhere)
        return _("zamiennik, jeśli się znajdzie") if self.consents else _("zwrot pieniędzy")


@dataclass(frozen=True)
class Desk:
    rows: list[Row]

    @property
    def open(self) -> list[Row]:
        return [row for row in self.rows if row.is_open or row.pending]

    @property
    def settled(self) -> list[Row]:
        return [row for row in self.rows if row not in self.open]


# Orders handed over here, and those a part of which is made here, while they are worked on.
SHORT = """
SELECT l.id, (array_agg(s.reason ORDER BY s.id DESC))[1], sum(s.pieces)::int, max(s.at), r.hands_over_on,
       EXISTS (SELECT 1 FROM kernel_job j WHERE j.kind = 'distribution.lines_short' AND j.done_at IS NULL
               AND j.payload ->> 'reference' = o.number)
FROM distribution_shortage s
JOIN orders_order o ON o.number = s.reference AND o.state = ANY(%(states)s)
JOIN orders_line l ON l.order_id = o.id AND l.position = s.line
JOIN distribution_round r ON r.id = o.round_id
LEFT JOIN distribution_fulfilmentline x ON x.id = s.fulfilment_line_id
LEFT JOIN distribution_fulfilment f ON f.id = x.fulfilment_id
WHERE r.centre_id = %(centre)s OR f.centre_id = %(centre)s
GROUP BY l.id, o.id, r.id ORDER BY r.hands_over_on, max(s.at) DESC, l.id LIMIT %(most)s
"""

SHARES = """
SELECT l.order_id, l.item_id, o.round_id, o.number, l.pieces, l.pieces - l.short, coalesce(h.rank, 2),
       coalesce(h.buyer, '')
FROM orders_line l JOIN orders_order o ON o.id = l.order_id
JOIN unnest(%(items)s::bigint[], %(rounds)s::bigint[]) AS w(item, round) ON w.item = l.item_id AND w.round = o.round_id
LEFT JOIN LATERAL (SELECT rank, buyer FROM distribution_hold h
                   WHERE h.reference = o.number AND h.line = l.position ORDER BY h.id LIMIT 1) h ON true
WHERE o.state NOT IN ('CANCELLED', 'EXPIRED')
ORDER BY 7, o.id
"""


def desk(centre: Centre, *, at: datetime) -> Desk:
    """The centre's short lines, the next hand-over first. Up to six statements, whatever their number."""
    facts = fetch_all(SHORT, {"centre": centre.pk, "states": [*LIVE, OrderState.READY], "most": MOST})
    if not facts:
        return Desk([])
    lines = (
        Line.objects.select_related("order")
        .prefetch_related("replaced_by")
        .in_bulk([row[0] for row in facts])
    )
    rows = [Row(lines[pk], *rest) for pk, *rest in facts]
    _find_free(rows, centre, at)
    _find_shares(rows)
    return Desk(rows)


def _find_free(rows, centre, at):
    wanted = [row for row in rows if row.is_open]
    if not wanted:
        return
    free: dict[tuple[int, int], list[Free]] = defaultdict(list)
    rounds, items = {row.line.order.round_id for row in wanted}, {row.line.item_id for row in wanted}
    for one in on_shelves(rounds=rounds, items=items, at=at):
        free[one.round_id, one.item].append(one)
    for row in wanted:
        for one in free[row.line.order.round_id, row.line.item_id]:
            if one.centre == centre.pk:
                row.here += one.pieces
            else:
                row.elsewhere.append((one.name, one.pieces))


def _find_shares(rows):
    pairs = sorted({(row.line.item_id, row.line.order.round_id) for row in rows})
    params = {"items": [item for item, _ in pairs], "rounds": [round_ for _, round_ in pairs]}
    found = fetch_all(SHARES, params)
    lost = lost_before({buyer for *_rest, buyer in found})
    shares: dict[tuple[int, int], list[Share]] = defaultdict(list)
    for _order, item, round_, number, ordered, got, rank, buyer in found:
        shares[item, round_].append(Share(number, ordered, got, rank, lost.get(buyer, 0)))
    for row in rows:
        row.shares = shares[row.line.item_id, row.line.order.round_id]


HOPEFUL = """
SELECT o.number FROM orders_order o
JOIN orders_line l ON l.order_id = o.id AND l.short > 0
JOIN distribution_round r ON r.id = o.round_id
WHERE o.state = ANY(%s) AND NOT EXISTS (SELECT 1 FROM orders_line x WHERE x.replaces_id = l.id)
  AND (r.centre_id = %s OR EXISTS (SELECT 1 FROM distribution_fulfilment f
                                   WHERE f.reference = o.number AND f.centre_id = %s))
GROUP BY o.id ORDER BY o.id
"""


def hopeful(centre: Centre) -> list[str]:
    """Numbers of orders for whose short lines something may still be found, the oldest first."""
    return [number for (number,) in fetch_all(HOPEFUL, [list(LIVE), centre.pk, centre.pk])]
