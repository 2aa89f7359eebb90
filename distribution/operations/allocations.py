"""Lots at locations set aside for fulfilment lines."""

from collections.abc import Iterable, Mapping, Sequence

from distribution.models import Allocation, Supply
from distribution.operations.holds import give_back
from distribution.policies.fefo import Demand, Pick, Shelf, allocate
from distribution.states import AllocationState
from marketplace.kernel.database import execute, fetch_all


def set_aside(picks: Sequence[Pick], *, tasks: Mapping[int, int | None]) -> None:
    """Writes the allocations (`Pick.key` is the fulfilment line, `tasks` its pick task) and raises the
    balances' `allocated`. The caller has locked supply and raised its `held`."""
    if not picks:
        return
    execute(
        """
        WITH locked AS MATERIALIZED (
          SELECT b.id, p.pieces FROM distribution_balance b
          JOIN (SELECT lot, location, sum(pieces)::int AS pieces
                FROM unnest(%s::bigint[], %s::bigint[], %s::int[]) AS p(lot, location, pieces)
                GROUP BY lot, location) p ON b.lot_id = p.lot AND b.location_id = p.location
          ORDER BY b.lot_id, b.location_id FOR NO KEY UPDATE OF b
        )
        UPDATE distribution_balance b
        SET allocated = b.allocated + l.pieces, uncovered = greatest(b.allocated + l.pieces - b.units, 0)
        FROM locked l WHERE b.id = l.id
        """,
        [[p.lot for p in picks], [p.location for p in picks], [p.pieces for p in picks]],
    )
    # A line may get more of a lot that it already has at that place: from a second delivery, or as a replacement.
    execute(
        """
        INSERT INTO distribution_allocation AS a
          (fulfilment_line_id, supply_id, lot_id, location_id, task_id, units, picked, state)
        SELECT line, supply, lot, location, task, sum(pieces), 0, 'ACTIVE'
        FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::int[])
             WITH ORDINALITY AS p(line, supply, lot, location, task, pieces, nth)
        GROUP BY line, supply, lot, location, task ORDER BY min(nth)
        ON CONFLICT (fulfilment_line_id, lot_id, location_id) WHERE state = 'ACTIVE'
        DO UPDATE SET units = a.units + excluded.units
        """,
        [
            [p.key for p in picks],
            [p.supply for p in picks],
            [p.lot for p in picks],
            [p.location for p in picks],
            [tasks.get(p.key) for p in picks],
            [p.pieces for p in picks],
        ],
    )


def free_shelves(pairs: Iterable[tuple[int, int]]) -> list[Shelf]:
    """Where free pieces of the (centre, item) pairs lie, their balances locked. The caller has locked their
    supply."""
    wanted = sorted(set(pairs))
    rows = fetch_all(
        """
        SELECT b.lot_id, b.location_id, s.id, b.centre_id, b.item_id, b.usable_until, l.walk_order,
               b.units - b.allocated
        FROM distribution_balance b
        JOIN unnest(%s::bigint[], %s::bigint[]) AS p(centre, item)
          ON p.centre = b.centre_id AND p.item = b.item_id
        JOIN distribution_location l ON l.id = b.location_id
        JOIN distribution_supply s ON s.item_id = b.item_id AND s.centre_id = b.centre_id
             AND s.usable_until = b.usable_until AND s.kind = 'STOCK'
        WHERE b.sellable AND b.units > b.allocated
        ORDER BY b.lot_id, b.location_id FOR NO KEY UPDATE OF b
        """,
        [[centre for centre, _ in wanted], [item for _, item in wanted]],
    )
    return [Shelf(*row) for row in rows]


LINES = """
SELECT l.id, l.item_id, r.hands_over_on + coalesce(p.minimum_life_days, 0), t.id
FROM distribution_fulfilmentline l
JOIN distribution_fulfilment f ON f.id = l.fulfilment_id
JOIN distribution_round r ON r.id = f.round_id
JOIN producers_stockitem i ON i.id = l.item_id
JOIN producers_product p ON p.id = i.product_id
JOIN distribution_task t ON t.fulfilment_id = f.id AND t.kind = 'PICK' AND t.state IN ('OPEN', 'TAKEN')
WHERE l.id = ANY(%s) ORDER BY l.id
"""


def replace(
    *, centre: int, lost: Mapping[int, int], without: tuple[int, int] | None = None
) -> dict[int, int]:
    """Sets other free goods aside for the pieces that fulfilment lines lost, the oldest line first; returns the
    pieces each line got. `without` is a (lot, location) that will not do. The caller has locked the supply of
    the items and given the lost pieces back to it."""
    lines = fetch_all(LINES, [list(lost)])
    items = sorted({item for _line, item, _until, _task in lines})
    room = {
        row.pk: row.quantity - row.held
        for row in Supply.objects.filter(centre_id=centre, item_id__in=items, kind=Supply.Kind.STOCK)
    }
    shelves = [s for s in free_shelves((centre, item) for item in items) if (s.lot, s.location) != without]
    demands = [Demand(line, centre, item, lost[line], until) for line, item, until, _task in lines]
    picks = allocate(demands, shelves, room)
    set_aside(picks, tasks={line: task for line, _item, _until, task in lines})
    give_back([(pick.supply, -pick.pieces) for pick in picks])
    got: dict[int, int] = {}
    for pick in picks:
        got[pick.key] = got.get(pick.key, 0) + pick.pieces
    return got


def cut(*, pk: int, pieces: int) -> None:
    """Takes pieces that were not picked out of an allocation and its balance's `allocated`. The caller lowers
    the supply's `held`."""
    allocation = Allocation.objects.get(pk=pk)
    left = allocation.units - pieces
    state = AllocationState.ACTIVE
    if left == allocation.picked:
        state = AllocationState.PICKED if left else AllocationState.RELEASED
    Allocation.objects.filter(pk=pk).update(units=left or allocation.units, state=state)
    execute(
        "UPDATE distribution_balance SET allocated = allocated - %s, "
        "uncovered = greatest(allocated - %s - units, 0) WHERE lot_id = %s AND location_id = %s",
        [pieces, pieces, allocation.lot_id, allocation.location_id],
    )
