"""Counts: what there is to count, what was found, and what should be counted next."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count as Number
from django.db.models import Prefetch, Q, QuerySet

from distribution.models import Centre, Count, CountLine, CountPlace
from marketplace.kernel.database import fetch_all
from marketplace.kernel.errors import NotFound


def of_centre(centre: Centre) -> QuerySet[Count]:
    """Counts of the centre, unfinished ones first, with how many places there are and how many are confirmed."""
    return (
        Count.objects.filter(centre=centre)
        .select_related("zone", "opened_by", "closed_by")
        .annotate(
            all_places=Number("places"),
            done_places=Number("places", filter=Q(places__seen_movement__isnull=False)),
        )
        .order_by("-pk")
    )


def at_centre(*, centre: Centre, pk: int) -> Count:
    """A count of the centre with its places. Raises NotFound."""
    lines = CountLine.objects.select_related("lot__item__product", "document").order_by(
        "lot__usable_until", "pk"
    )
    places = CountPlace.objects.select_related("location", "counted_by").order_by(
        "location__walk_order", "pk"
    )
    row = (
        Count.objects.filter(centre=centre, pk=pk)
        .select_related("zone", "centre", "opened_by", "closed_by")
        .prefetch_related(Prefetch("places", places), Prefetch("places__lines", lines))
        .first()
    )
    if row is None:
        raise NotFound
    return row


@dataclass(frozen=True)
class Proposal:
    """A place due for a cycle count: worth `grosze`, `moved` units went in or out in four weeks; `overdue` days
    past its period. `days` since the last count, None when it never was."""

    location: int
    code: str
    zone: str
    kind: str
    days: int | None
    grosze: int
    moved: int
    every: int
    overdue: int


# Of the value that turns over in a month, the places that make the first 80 % are counted monthly, those to 95 %
# quarterly, the rest twice a year.
PROPOSALS = """
WITH place AS (
  SELECT l.id, l.code, coalesce(z.code, '') AS zone, l.kind, l.walk_order FROM distribution_location l
  LEFT JOIN distribution_zone z ON z.id = l.zone_id
  WHERE l.centre_id = %(centre)s AND l.kind IN ('DOCK', 'SLOT', 'QUARANTINE')
), piece AS MATERIALIZED (
  SELECT i.item_id, coalesce((
    SELECT CASE WHEN o.sold_by = 'WEIGHT' THEN p.amount * s.content / 1000 ELSE p.amount / o.pieces END
    FROM producers_offer o
    JOIN producers_price p ON p.offer_id = o.id AND p.price_list_id = 'RETAIL' AND p.valid_from <= %(at)s
    WHERE o.stock_item_id = i.item_id ORDER BY p.valid_from DESC, p.id DESC LIMIT 1), 0) AS zloty
  FROM (SELECT DISTINCT item_id FROM distribution_balance WHERE centre_id = %(centre)s) i
  JOIN producers_stockitem s ON s.id = i.item_id
), moved AS (
  SELECT x.location_id, sum(x.units) AS units, sum(x.units * p.zloty) AS worth
  FROM (SELECT from_location_id AS location_id, lot_id, units FROM distribution_movement
        WHERE recorded_at > %(at)s - interval '28 days'
        UNION ALL
        SELECT to_location_id, lot_id, units FROM distribution_movement
        WHERE recorded_at > %(at)s - interval '28 days') x
  JOIN place ON place.id = x.location_id
  JOIN distribution_lot t ON t.id = x.lot_id
  JOIN piece p ON p.item_id = t.item_id
  GROUP BY x.location_id
), here AS (
  SELECT place.id AS location_id, coalesce(b.worth, 0) AS worth, coalesce(m.units, 0) AS moved,
         coalesce(m.worth, 0) AS turned
  FROM place
  LEFT JOIN moved m ON m.location_id = place.id
  LEFT JOIN (SELECT b.location_id, sum(b.units * p.zloty) AS worth FROM distribution_balance b
             JOIN piece p ON p.item_id = b.item_id
             WHERE b.centre_id = %(centre)s AND b.units > 0 GROUP BY b.location_id) b ON b.location_id = place.id
), counted AS (
  SELECT p.location_id, max(p.counted_at) AS at FROM distribution_countplace p
  JOIN distribution_count c ON c.id = p.count_id AND c.state = 'SETTLED'
  WHERE c.centre_id = %(centre)s GROUP BY p.location_id
), ranked AS (
  SELECT place.*, worth, moved,
         extract(day FROM %(at)s - counted.at)::int AS days,
         CASE WHEN turned + worth = 0 THEN 1
              ELSE (sum(turned + worth) OVER (ORDER BY turned + worth DESC, place.id)
                    - turned - worth) / sum(turned + worth) OVER () END AS above
  FROM place JOIN here ON here.location_id = place.id LEFT JOIN counted ON counted.location_id = place.id
), due AS (
  SELECT *, CASE WHEN above < 0.80 THEN 30 WHEN above < 0.95 THEN 90 ELSE 180 END AS every FROM ranked
)
SELECT id, code, zone, kind, days, (worth * 100)::bigint, moved::bigint, every, coalesce(days, 365) - every
FROM due WHERE coalesce(days, 365) >= every AND NOT EXISTS (
  SELECT 1 FROM distribution_countplace p JOIN distribution_count c ON c.id = p.count_id
  WHERE p.location_id = due.id AND c.state IN ('OPEN', 'COUNTED'))
ORDER BY (coalesce(days, 365)::float / every) DESC, worth DESC, walk_order, id LIMIT %(most)s
"""


def proposals(*, centre: Centre, at: datetime, most: int = 20) -> list[Proposal]:
    """Places whose period since the last settled count is over, the most overdue and dearest first."""
    return [Proposal(*row) for row in fetch_all(PROPOSALS, {"centre": centre.pk, "at": at, "most": most})]


def summary(count: Count) -> dict[str, Any]:
    """Of the confirmed places: lines that differ, units missing and units found."""
    lines = [
        line for place in count.places.all() if place.seen_movement is not None for line in place.lines.all()
    ]
    return {
        "differing": sum(1 for line in lines if line.difference),
        "missing": sum(-line.difference for line in lines if line.difference < 0),
        "found": sum(line.difference for line in lines if line.difference > 0),
    }
