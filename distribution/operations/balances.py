"""Balances of lot and location, as moves change them."""

from collections.abc import Collection, Mapping, Sequence

from distribution import locks
from distribution.models import Location, Lot
from distribution.operations.moves import Delta, NotEnoughThere
from distribution.states import LotState
from marketplace.kernel.database import execute, fetch_all
from marketplace.kernel.errors import refusals


def change_balances(
    deltas: Mapping[tuple[int, int], Delta], lots: Mapping[int, Lot], places: Mapping[int, Location]
) -> tuple[list[tuple[int, int, int]], list[tuple[int, int]]]:
    """Applies what the moves change. Returns the grams that scales found or lost, by (lot, location), and the
    balances that now lack what was set aside there. Raises NotEnoughThere.
    """
    pairs = sorted(deltas)
    make_balances(
        pairs=pairs,
        lots=lots,
        places=places,
        weighed={pair for pair in pairs if deltas[pair].grams},
    )
    locks.balances(pairs)
    with refusals(distribution_balance_not_negative=NotEnoughThere):
        rows = fetch_all(
            """
            UPDATE distribution_balance b
            SET units = n.units, allocated = n.allocated, uncovered = greatest(n.allocated - n.units, 0),
                grams = CASE WHEN n.grams IS NULL THEN NULL WHEN n.units = 0 THEN 0 ELSE greatest(n.grams, 0) END
            FROM (SELECT b.id, b.units + d.units AS units, b.allocated + d.allocated AS allocated,
                         CASE WHEN b.grams IS NULL AND d.grams = 0 THEN NULL
                              ELSE coalesce(b.grams, 0) + d.grams END AS grams
                  FROM distribution_balance b
                  JOIN unnest(%s::bigint[], %s::bigint[], %s::int[], %s::int[], %s::int[])
                       AS d(lot, location, units, grams, allocated)
                    ON b.lot_id = d.lot AND b.location_id = d.location) n
            WHERE b.id = n.id
            RETURNING b.lot_id, b.location_id, b.grams - n.grams, b.uncovered
            """,
            [
                [lot for lot, _ in pairs],
                [location for _, location in pairs],
                [deltas[pair].units for pair in pairs],
                [deltas[pair].grams for pair in pairs],
                [deltas[pair].allocated for pair in pairs],
            ],
        )
    differences = [(lot, place, grams) for lot, place, grams, _uncovered in rows if grams]
    return differences, [(lot, place) for lot, place, _grams, uncovered in rows if uncovered]


def make_balances(
    *,
    pairs: Sequence[tuple[int, int]],
    lots: Mapping[int, Lot],
    places: Mapping[int, Location],
    weighed: Collection[tuple[int, int]],
) -> None:
    """Makes the empty balances that are missing of these (lot, location) pairs; one that somebody else is making
    is waited for. The caller has locked the lots."""
    execute(
        """
        INSERT INTO distribution_balance
          (lot_id, location_id, item_id, centre_id, usable_until,
           units, grams, allocated, uncovered, sellable)
        SELECT lot, location, item, centre, until, 0, CASE WHEN weighed THEN 0 END, 0, 0, sellable
        FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::date[], %s::bool[], %s::bool[])
             AS new(lot, location, item, centre, until, weighed, sellable)
        ON CONFLICT (lot_id, location_id) DO NOTHING
        """,
        [
            [lot for lot, _ in pairs],
            [location for _, location in pairs],
            [lots[lot].item_id for lot, _ in pairs],
            [places[location].centre_id for _, location in pairs],
            [lots[lot].usable_until for lot, _ in pairs],
            [pair in weighed for pair in pairs],
            [
                places[location].kind in Location.SELLABLE and lots[lot].state == LotState.RELEASED
                for lot, location in pairs
            ],
        ],
    )
