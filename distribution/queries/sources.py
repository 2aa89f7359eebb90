"""Where the goods of an order's lines come from, what else could serve them, and what was changed."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q, QuerySet

from distribution.models import Centre, Hold, SourceChange
from distribution.queries.routes import GRAMS_EACH, WAYS
from distribution.states import RoundState
from marketplace.kernel.database import fetch_all

SHOWN = 100

# A line's holds by centre, with whether picking has begun. Of a part that is made, what lies in it.
LINES = """
SELECT h.reference, h.line, p.name || ', ' || i.name, sum(h.pieces)::int, c.id, c.name, min(s.usable_until),
       bool_or(s.kind = 'PROMISE' AND h.state = 'ACTIVE'), min(h.reason), max(h.explained), r.id, r.state,
       r.hands_over_on, i.id, r.hands_over_on + coalesce(p.minimum_life_days, 0), t.departs_at,
       coalesce(bool_or(f.state IS NOT NULL AND (f.state <> 'RELEASED' OR x.picked > 0 OR x.short > 0)), false)
         AS begun
FROM distribution_hold h
JOIN distribution_supply s ON s.id = h.supply_id
JOIN distribution_centre c ON c.id = s.centre_id
JOIN distribution_round r ON r.id = h.round_id
JOIN producers_stockitem i ON i.id = s.item_id JOIN producers_product p ON p.id = i.product_id
LEFT JOIN distribution_routetrip g ON g.route_id = h.route_id AND g.position = 0
LEFT JOIN distribution_trip t ON t.id = g.trip_id
LEFT JOIN distribution_fulfilment f ON f.reference = h.reference AND f.round_id = h.round_id AND f.centre_id = c.id
     AND f.route_id IS NOT DISTINCT FROM h.route_id AND f.temperature = p.temperature
LEFT JOIN distribution_fulfilmentline x ON x.fulfilment_id = f.id AND x.line = h.line
WHERE h.state <> 'RELEASED' AND r.state IN ('OPEN', 'CLOSED', 'RELEASED')
  AND (c.id = %(centre)s OR r.centre_id = %(centre)s)
  AND (%(number)s = '' AND h.route_id IS NOT NULL OR h.reference = %(number)s)
GROUP BY h.reference, h.line, p.id, i.id, c.id, r.id, t.id
ORDER BY begun, r.hands_over_on, h.reference, h.line, c.id LIMIT %(most)s
"""

# Goods that could serve the line instead: free, long enough good, and on a lorry that still takes them.
OPTIONS = (
    WAYS
    + f"""
SELECT s.id, c.id, c.name, s.usable_until, (s.quantity - s.held - s.reserved)::int, w.route_id, w.changes,
       w.kilometres, {GRAMS_EACH}, t.departs_at
FROM ways w
JOIN distribution_round r ON r.id = w.round_id
JOIN distribution_supply s ON s.centre_id = w.origin_id AND s.kind = 'STOCK'
JOIN distribution_centre c ON c.id = s.centre_id
JOIN producers_stockitem i ON i.id = s.item_id
JOIN producers_product p ON p.id = i.product_id AND p.temperature = w.temperature
LEFT JOIN distribution_routetrip g ON g.route_id = w.route_id AND g.position = 0
LEFT JOIN distribution_trip t ON t.id = g.trip_id
WHERE s.item_id = %(item)s AND s.quantity - s.held - s.reserved >= %(pieces)s AND s.available_on <= w.ready_by
  AND s.usable_until >= r.hands_over_on + coalesce(p.minimum_life_days, 0)
  AND (t.id IS NULL OR t.cutoff_at > %(at)s)
ORDER BY w.route_id IS NOT NULL, w.kilometres, s.usable_until, s.id
"""  # noqa: S608 - every part is ours
)

LOTS = """
SELECT l.id, l.code, b.usable_until, sum(b.units - b.allocated)::int
FROM distribution_balance b JOIN distribution_lot l ON l.id = b.lot_id
WHERE b.centre_id = %(centre)s AND b.item_id = %(item)s AND b.sellable AND b.usable_until >= %(until)s
GROUP BY l.id, b.usable_until HAVING sum(b.units - b.allocated) > 0 ORDER BY b.usable_until, l.id
"""


@dataclass(frozen=True)
class LineSource:
    """A line's pieces at one centre: why they come from there, by which departure, and whether it is too late to
    move them."""

    reference: str
    line: int
    label: str
    pieces: int
    centre: int
    name: str
    usable_until: date
    awaited: bool
    reason: str
    explained: str
    round: int
    round_state: str
    hands_over_on: date
    item: int
    enough_until: date
    departs_at: datetime | None
    begun: bool

    @property
    def why(self) -> str:
        return str(Hold.Reason(self.reason).label)

    @property
    def is_released(self) -> bool:
        return self.round_state == RoundState.RELEASED


@dataclass(frozen=True)
class Option:
    """A row of supply, or a lot at the same centre, that could serve the whole line."""

    supply: int
    centre: int
    name: str
    usable_until: date
    free: int
    route: int | None = None
    changes: int = 0
    kilometres: int = 0
    grams_each: int = 0
    departs_at: datetime | None = None


@dataclass(frozen=True)
class LotOption:
    lot: int
    code: str
    usable_until: date
    free: int


def lines(centre: Centre, *, number: str = "") -> list[LineSource]:
    """Lines whose goods come from or to the centre: of one order, or everything that travels; what may still be moved
    first. One statement."""
    rows = fetch_all(LINES, {"centre": centre.pk, "number": number, "most": SHOWN})
    return [LineSource(*row) for row in rows]


def options(*, round_id: int, item: int, pieces: int, at: datetime) -> list[Option]:
    rows = fetch_all(OPTIONS, {"rounds": [round_id], "item": item, "pieces": pieces, "at": at})
    return [Option(*row) for row in rows]


def lots(*, centre: int, item: int, until: date) -> list[LotOption]:
    """Lots with something free at the centre that last until the day."""
    return [LotOption(*row) for row in fetch_all(LOTS, {"centre": centre, "item": item, "until": until})]


def changes(centre: Centre, *, references: Collection[str] = ()) -> QuerySet[SourceChange]:
    """What came from elsewhere than planned, from or to the centre, the newest first."""
    rows = SourceChange.objects.filter(Q(old__centre=centre) | Q(new__centre=centre))
    if references:
        rows = rows.filter(reference__in=references)
    return rows.select_related("old__centre", "new__centre", "old__item__product", "lot", "by").order_by(
        "-pk"
    )
