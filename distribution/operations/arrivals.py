"""Expected arrivals: what producers owe a centre, from orders already placed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from marketplace.kernel.database import execute


@dataclass(frozen=True)
class Owed:
    """Pieces of an item sold out of the promise row `supply`, due on `day`."""

    day: date
    item: int
    supply: int
    pieces: int


def expect(*, centre: int, owed: Sequence[Owed]) -> None:
    """Adds the pieces to the arrivals expected at the centre, one per producer and day."""
    if not owed:
        return
    params = [
        centre,
        [o.day for o in owed],
        [o.item for o in owed],
        [o.supply for o in owed],
        [o.pieces for o in owed],
    ]
    execute(
        """
        INSERT INTO distribution_arrival (centre_id, producer_id, due_on, state)
        SELECT DISTINCT %s::bigint, p.producer_id, o.day, 'EXPECTED'
        FROM unnest(%s::date[], %s::bigint[], %s::bigint[], %s::int[]) AS o(day, item, supply, pieces)
        JOIN producers_stockitem i ON i.id = o.item JOIN producers_product p ON p.id = i.product_id
        ORDER BY 2, 3
        ON CONFLICT (centre_id, producer_id, due_on) WHERE state = 'EXPECTED' DO NOTHING
        """,
        params,
    )
    execute(
        """
        INSERT INTO distribution_arrivalline AS l (arrival_id, item_id, supply_id, owed, received)
        SELECT a.id, o.item, o.supply, o.pieces, 0
        FROM unnest(%s::bigint[], %s::date[], %s::bigint[], %s::bigint[], %s::int[])
             AS o(centre, day, item, supply, pieces)
        JOIN producers_stockitem i ON i.id = o.item JOIN producers_product p ON p.id = i.product_id
        JOIN distribution_arrival a ON a.centre_id = o.centre AND a.producer_id = p.producer_id
             AND a.due_on = o.day AND a.state = 'EXPECTED'
        ORDER BY a.id, o.item
        ON CONFLICT (arrival_id, item_id) DO UPDATE SET owed = l.owed + excluded.owed
        """,
        [[centre] * len(owed), *params[1:]],
    )
