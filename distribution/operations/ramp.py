"""Goods that lie on a ramp have a task to put them away, as long as they lie there."""

from collections.abc import Collection
from datetime import datetime

from distribution.models import Task
from distribution.policies.put_away import WITHIN
from marketplace.kernel.database import execute
from marketplace.kernel.units import Temperature

OPENED = """
INSERT INTO distribution_task (centre_id, kind, balance_id, due_at, state)
SELECT b.centre_id, %(kind)s, b.id,
       %(at)s + CASE p.temperature WHEN 'FROZEN' THEN %(frozen)s WHEN 'CHILLED' THEN %(chilled)s ELSE %(ambient)s END,
       'OPEN'
FROM distribution_balance b
JOIN unnest(%(lots)s::bigint[], %(places)s::bigint[]) AS m(lot, place) ON m.lot = b.lot_id AND m.place = b.location_id
JOIN distribution_lot t ON t.id = b.lot_id AND t.state <> 'RECALLED'
JOIN producers_stockitem i ON i.id = b.item_id JOIN producers_product p ON p.id = i.product_id
WHERE b.units > 0 AND NOT EXISTS (
  SELECT 1 FROM distribution_task o
  WHERE o.balance_id = b.id AND o.kind IN ('PUT_AWAY', 'PUT_BACK') AND o.state IN ('OPEN', 'TAKEN'))
ORDER BY b.id
ON CONFLICT DO NOTHING
"""

# A task somebody claims in this moment is left: its next scan finds nothing, and ends it. Waiting for it here would
# turn the order of locks round.
ENDED = """
WITH gone AS (
  SELECT t.id FROM distribution_task t
  JOIN distribution_balance b ON b.id = t.balance_id AND b.units = 0
  JOIN unnest(%(lots)s::bigint[], %(places)s::bigint[]) AS m(lot, place) ON m.lot = b.lot_id AND m.place = b.location_id
  WHERE t.kind IN ('PUT_AWAY', 'PUT_BACK') AND t.state = 'OPEN' ORDER BY t.id FOR UPDATE OF t SKIP LOCKED
), ended AS (
  UPDATE distribution_task t SET state = 'CANCELLED' FROM gone WHERE t.id = gone.id RETURNING t.id
)
INSERT INTO distribution_taskevent (task_id, old, new, at, reason)
SELECT id, 'OPEN', 'CANCELLED', %(at)s, 'nothing is left there' FROM ended
"""


def follow(
    *,
    came: Collection[tuple[int, int]],
    left: Collection[tuple[int, int]],
    back: bool,
    at: datetime,
) -> None:
    """(lot, ramp) pairs to which goods came get a task, those that are empty lose theirs. `back` says that they were
    picked before. Never waits for a task."""
    if came:
        execute(
            OPENED,
            {
                **_pairs(came),
                "kind": Task.Kind.PUT_BACK if back else Task.Kind.PUT_AWAY,
                "at": at,
                "frozen": WITHIN[Temperature.FROZEN],
                "chilled": WITHIN[Temperature.CHILLED],
                "ambient": WITHIN[Temperature.AMBIENT],
            },
        )
    if left:
        execute(ENDED, {**_pairs(left), "at": at})


def _pairs(pairs):
    ordered = sorted(pairs)
    return {"lots": [lot for lot, _place in ordered], "places": [place for _lot, place in ordered]}
