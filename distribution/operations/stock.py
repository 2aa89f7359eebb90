"""Supply that lies on the shelves, as moves change it, and what is sold beyond what is there."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from uuid import uuid4

from distribution import jobs
from distribution.models import Location, Lot
from distribution.operations.moves import Delta
from distribution.states import LotState
from marketplace.kernel import outbox
from marketplace.kernel.database import execute, fetch_all
from marketplace.kernel.outbox import NewJob


def stock_changes(
    deltas: Mapping[tuple[int, int], Delta], lots: Mapping[int, Lot], places: Mapping[int, Location]
) -> list[tuple[int, date, Delta]]:
    """What the STOCK rows change by, as (item, usable_until, Delta)."""
    change: dict[tuple[int, date], Delta] = defaultdict(Delta)
    for (lot_pk, place_pk), delta in deltas.items():
        lot = lots[lot_pk]
        if places[place_pk].kind in Location.SELLABLE and lot.state == LotState.RELEASED:
            change[lot.item_id, lot.usable_until] += delta
        elif delta.allocated:
            change[lot.item_id, lot.usable_until] += Delta(allocated=delta.allocated)
    return [(item, until, d) for (item, until), d in sorted(change.items()) if d.units or d.allocated]


def change_stock(*, centre: int, changes, day: date) -> list[tuple[int, str, int]]:
    """Adds (item, usable_until, Delta) to the STOCK rows, making those that are missing. Returns the
    (supply, centre code, uncovered) of each; a row that would fall below zero stays as it is and is not named.
    """
    if not changes:
        return []
    params = [[i for i, _, _ in changes], [u for _, u, _ in changes]]
    execute(
        """
        INSERT INTO distribution_supply
          (item_id, centre_id, kind, available_on, usable_until, quantity, held, uncovered)
        SELECT item, %s, 'STOCK', least(%s::date, until), until, 0, 0, 0
        FROM unnest(%s::bigint[], %s::date[]) AS new(item, until) ORDER BY item, until
        ON CONFLICT DO NOTHING
        """,
        [centre, day, *params],
    )
    return fetch_all(
        """
        WITH change AS (
          SELECT * FROM unnest(%s::bigint[], %s::date[], %s::int[], %s::int[]) AS c(item, until, units, held)
        ), locked AS MATERIALIZED (
          SELECT s.id, s.quantity, c.units, c.held FROM distribution_supply s
          JOIN change c ON s.item_id = c.item AND s.usable_until = c.until
          WHERE s.centre_id = %s AND s.kind = 'STOCK'
          ORDER BY s.id FOR NO KEY UPDATE OF s
        ), changed AS (
          UPDATE distribution_supply s
          SET quantity = s.quantity + l.units, held = s.held + l.held,
              uncovered = greatest(s.held + l.held - s.quantity - l.units, 0)
          FROM locked l WHERE s.id = l.id AND l.quantity + l.units >= 0
          RETURNING s.id, s.centre_id, s.uncovered
        )
        SELECT u.id, c.code, u.uncovered FROM changed u JOIN distribution_centre c ON c.id = u.centre_id
        """,
        [*params, [d.units for _, _, d in changes], [d.allocated for _, _, d in changes], centre],
    )


def uncovered_of(changed: Iterable[tuple[int, str, int]]) -> set[tuple[int, str]]:
    """The (supply, centre code) of changed rows that are now sold beyond what is there."""
    return {(supply, code) for supply, code, uncovered in changed if uncovered}


def supply_of(*, centre: int, pairs: Iterable[tuple[int, int]]) -> set[tuple[int, str]]:
    """The (supply, centre code) from which these (lot, location) balances were set aside."""
    pairs = list(pairs)
    if not pairs:
        return set()
    rows = fetch_all(
        """
        SELECT DISTINCT s.id, c.code FROM distribution_balance b
        JOIN unnest(%s::bigint[], %s::bigint[]) AS p(lot, location)
          ON b.lot_id = p.lot AND b.location_id = p.location
        JOIN distribution_supply s ON s.item_id = b.item_id AND s.centre_id = b.centre_id
             AND s.usable_until = b.usable_until AND s.kind = 'STOCK'
        JOIN distribution_centre c ON c.id = s.centre_id
        WHERE b.centre_id = %s
        """,
        [[lot for lot, _ in pairs], [location for _, location in pairs], centre],
    )
    return set(rows)


def announce_uncovered(uncovered: Iterable[tuple[int, str]]) -> None:
    """Writes the job that settles each (supply, centre code): sold beyond what is there, or set aside where it
    is no more."""
    outbox.write(
        NewJob(
            jobs.SUPPLY_UNCOVERED,
            f"supply_uncovered:{supply}:{uuid4()}",
            {"supply": supply},
            centre=code,
        )
        for supply, code in sorted(uncovered)
    )
