"""What a shortage is decided by: who lost before, and where the same goods still lie free."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from distribution.queries.routes import WAYS
from marketplace.kernel.database import fetch_all

LOST_BEFORE = """
SELECT buyer, sum(pieces) FROM (
  SELECT DISTINCT h.buyer, s.id, s.pieces FROM distribution_shortage s
  JOIN distribution_hold h ON h.reference = s.reference AND h.line = s.line
  WHERE h.buyer = ANY(%s) AND h.buyer <> '' AND s.at > now() - interval '90 days') x
GROUP BY buyer
"""

# Goods on shelves that last long enough, by centre, where the first lorry still takes them at `at`.
ON_SHELVES = (
    WAYS
    + """
SELECT w.round_id, s.item_id, c.id, c.name, sum(s.quantity - s.held - s.reserved)::int
FROM ways w
JOIN distribution_round r ON r.id = w.round_id
JOIN distribution_supply s ON s.centre_id = w.origin_id AND s.kind = 'STOCK'
JOIN distribution_centre c ON c.id = s.centre_id
JOIN producers_stockitem i ON i.id = s.item_id
JOIN producers_product p ON p.id = i.product_id AND p.temperature = w.temperature
LEFT JOIN distribution_routetrip g ON g.route_id = w.route_id AND g.position = 0
LEFT JOIN distribution_trip t ON t.id = g.trip_id
WHERE s.item_id = ANY(%(items)s) AND s.quantity > s.held + s.reserved AND s.available_on <= w.ready_by
  AND s.usable_until >= r.hands_over_on + coalesce(p.minimum_life_days, 0)
  AND (t.id IS NULL OR t.cutoff_at > %(at)s)
GROUP BY w.round_id, s.item_id, c.id ORDER BY w.round_id, s.item_id, c.name
"""
)


@dataclass(frozen=True)
class Free:
    """Pieces of an item free on the shelves of one centre that still reach a round."""

    round_id: int
    item: int
    centre: int
    name: str
    pieces: int


def lost_before(buyers: Collection[str]) -> dict[str, int]:
    """Pieces each of these buyers lost to shortages in the last 90 days."""
    known = sorted(buyer for buyer in buyers if buyer)
    return {buyer: int(pieces) for buyer, pieces in fetch_all(LOST_BEFORE, [known])} if known else {}


def on_shelves(*, rounds: Collection[int], items: Collection[int], at: datetime) -> list[Free]:
    """Where goods lie that could still come to these rounds; one statement."""
    rows = fetch_all(ON_SHELVES, {"rounds": list(rounds), "items": list(items), "at": at})
    return [Free(*row) for row in rows]
