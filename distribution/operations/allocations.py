"""Lots at locations set aside for fulfilment lines."""

from collections.abc import Mapping, Sequence

from distribution.models import Allocation
from distribution.policies.fefo import Pick
from distribution.states import AllocationState
from marketplace.kernel.database import execute, insert_all


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
    insert_all(
        "distribution_allocation",
        {
            "fulfilment_line_id": ("bigint", [p.key for p in picks]),
            "supply_id": ("bigint", [p.supply for p in picks]),
            "lot_id": ("bigint", [p.lot for p in picks]),
            "location_id": ("bigint", [p.location for p in picks]),
            "task_id": ("bigint", [tasks.get(p.key) for p in picks]),
            "units": ("int", [p.pieces for p in picks]),
            "picked": ("int", [0] * len(picks)),
            "state": ("text", ["ACTIVE"] * len(picks)),
        },
    )


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
