"""What may stand in for goods that will not come, within the buyer's consent to something similar."""

from dataclasses import dataclass
from decimal import Decimal

from distribution.models import Round
from distribution.queries.routes import WAYS
from marketplace.kernel.database import fetch_all
from orders.models import Line


@dataclass(frozen=True)
class Candidate:
    """An offer on sale of which enough packs reach the round."""

    offer: int
    item: int
    pieces_each: int
    price: Decimal
    name: str
    pack: str
    producer: int
    producer_name: str
    minimum_life_days: int
    vat_percent: Decimal


# Of the same shelf and temperature, no dearer, without an allergen the other had not, and of about the same size;
# the same producer first, then the nearest in size; among producers of as good a thing the one whose goods stood in
# least often, then the one worth most.
SIMILAR = (
    WAYS  # noqa: S608 - both parts are ours
    + """
SELECT l.offer_id, l.stock_item_id, l.pieces, l.price, l.name, l.pack, l.producer_id, l.producer_name,
       l.minimum_life_days, CASE WHEN m.vat_status = 'ACTIVE' THEN coalesce(v.percent, 0) ELSE 0 END
FROM producers_listing o
JOIN producers_listing l ON l.category_slug = o.category_slug AND l.temperature = o.temperature
     AND l.offer_id <> o.offer_id AND l.stock_item_id <> o.stock_item_id
JOIN producers_producer m ON m.id = l.producer_id
JOIN producers_product p ON p.id = l.product_id
JOIN LATERAL (
  SELECT sum(s.quantity - s.held - s.reserved) AS pieces
  FROM ways w JOIN distribution_supply s ON s.centre_id = w.origin_id AND s.item_id = l.stock_item_id
  WHERE w.temperature = l.temperature AND w.route_id IS NULL AND s.kind = 'STOCK'
    AND s.quantity > s.held + s.reserved AND s.usable_until >= %(day)s::date + l.minimum_life_days) here ON true
LEFT JOIN LATERAL (
  SELECT percent FROM producers_vatrate r
  WHERE r.vat_class_id = p.vat_class_id AND r.valid_from <= %(day)s AND (r.valid_to IS NULL OR r.valid_to >= %(day)s)
  ORDER BY r.valid_from DESC LIMIT 1) v ON true
WHERE o.offer_id = %(offer)s AND l.sold_by = 'PIECE' AND l.buyer_groups && o.buyer_groups
  AND l.price <= %(price)s AND l.allergens <@ o.allergens AND here.pieces >= %(packs)s * l.pieces
  AND l.unit = o.unit AND l.content * l.pieces BETWEEN o.content * o.pieces / 2 AND o.content * o.pieces * 2
ORDER BY l.producer_id <> o.producer_id, abs(l.content * l.pieces - o.content * o.pieces),
         (SELECT count(*) FROM orders_line x WHERE x.offer_id = l.offer_id AND x.replaces_id IS NOT NULL),
         l.price DESC, l.offer_id
LIMIT 1
"""
)


def similar(*, line: Line, packs: int, round_: Round) -> Candidate | None:
    """The best stand-in for this many packs of a line sold by the piece, from the round's own shelf."""
    rows = fetch_all(
        SIMILAR,
        {
            "rounds": [round_.pk],
            "day": round_.hands_over_on,
            "offer": line.offer_id,
            "price": line.price,
            "packs": packs,
        },
    )
    return Candidate(*rows[0]) if rows else None
