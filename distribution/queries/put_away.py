"""Where goods on a ramp may go."""

from distribution.models import Balance
from distribution.policies.put_away import Room
from marketplace.kernel.database import fetch_all


def rooms(balance: Balance) -> list[Room]:
    """The centre's slots of the goods' temperature and what lies in them, in one statement."""
    rows = fetch_all(
        """
        SELECT l.id, l.code, l.walk_order, count(b.id)::int, coalesce(bool_or(b.lot_id = %(lot)s), false),
               coalesce(bool_or(b.item_id = %(item)s), false)
        FROM distribution_location l
        JOIN distribution_zone z ON z.id = l.zone_id AND z.temperature = %(temperature)s
        LEFT JOIN distribution_balance b ON b.location_id = l.id AND b.units > 0
        WHERE l.centre_id = %(centre)s AND l.kind = 'SLOT' GROUP BY l.id
        """,
        {
            "lot": balance.lot_id,
            "item": balance.item_id,
            "temperature": balance.item.product.temperature,
            "centre": balance.centre_id,
        },
    )
    return [Room(*row) for row in rows]
