"""Holds: what a placed order takes out of supply, all lines or none."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext_lazy as _

from distribution import locks
from distribution.models import Hold
from distribution.states import HoldState
from marketplace.kernel.database import execute, fetch_all
from marketplace.kernel.errors import Busy, DomainError


class NotEnoughSupply(DomainError):
    """`details["lines"]` maps each short line to the pieces still left for it."""

    code = "not_enough_supply"
    message = _("Nie ma już tyle towaru.")


@dataclass(frozen=True)
class Wanted:
    """Pieces of a stock item for one order line, usable at least until `enough_until`."""

    line: int
    item: int
    pieces: int
    enough_until: date
    max_grams_each: int | None = None


@dataclass(frozen=True)
class Taken:
    hold: int
    line: int
    pieces: int


# The rows are locked in the order of their ids before the conditional UPDATE joins them: an UPDATE alone has
# no lock order and deadlocks (docs/adr/0004). Lines of one item share its rows, earliest end first. The lock shows
# a row as it is now, the UPDATE's condition and the table's check see it first as it was when the statement began:
# a row that gained goods meanwhile is passed over, named by a hold without an id.
TAKE = """
WITH wanted AS (
  SELECT line, item, pieces, grams, enough_until,
         sum(pieces) OVER (PARTITION BY item ORDER BY line) - pieces AS starts,
         sum(pieces) OVER (PARTITION BY item ORDER BY line) AS ends
  FROM unnest(%(lines)s::int[], %(items)s::bigint[], %(pieces)s::int[], %(grams)s::int[], %(until)s::date[])
       AS w(line, item, pieces, grams, enough_until)
), locked AS MATERIALIZED (
  SELECT s.id, s.item_id, s.usable_until, s.quantity - s.held AS free
  FROM distribution_supply s
  WHERE s.centre_id = %(centre)s AND s.item_id = ANY(%(items)s)
    AND s.available_on <= %(packs_on)s AND s.quantity > s.held
    AND s.usable_until >= (SELECT min(w.enough_until) FROM wanted w WHERE w.item = s.item_id)
  ORDER BY s.id FOR NO KEY UPDATE OF s
), supply AS (
  SELECT id, item_id,
         sum(free) OVER (PARTITION BY item_id ORDER BY usable_until, id) - free AS starts,
         sum(free) OVER (PARTITION BY item_id ORDER BY usable_until, id) AS ends
  FROM locked
), taken AS (
  SELECT w.line, w.grams, s.id AS supply_id,
         (least(w.ends, s.ends) - greatest(w.starts, s.starts))::int AS pieces
  FROM wanted w JOIN supply s ON s.item_id = w.item AND s.starts < w.ends AND w.starts < s.ends
), held AS (
  UPDATE distribution_supply s SET held = s.held + t.pieces
  FROM (SELECT supply_id, sum(pieces)::int AS pieces FROM taken GROUP BY supply_id) t
  WHERE s.id = t.supply_id AND s.quantity - s.held >= t.pieces
  RETURNING s.id
), made AS (
  INSERT INTO distribution_hold (supply_id, round_id, reference, line, pieces, max_grams_each, state)
  SELECT t.supply_id, %(round)s, %(reference)s, t.line, t.pieces, t.grams, 'ACTIVE'
  FROM taken t JOIN held h ON h.id = t.supply_id
  RETURNING id, line, pieces
)
SELECT id, line, pieces FROM made
UNION ALL
SELECT NULL, t.line, 0 FROM taken t WHERE NOT EXISTS (SELECT 1 FROM held h WHERE h.id = t.supply_id)
"""


def take(
    *, centre: int, round_id: int, packs_on: date, reference: str, wanted: Sequence[Wanted]
) -> list[Taken]:
    """Takes every wanted piece out of supply available on the packing day, or raises NotEnoughSupply; the
    caller's transaction then takes nothing. The caller holds the round shared and has seen it open. Raises Busy
    when goods came back while it waited: the transaction, run again, sees them."""
    rows = fetch_all(
        TAKE,
        {
            "lines": [w.line for w in wanted],
            "items": [w.item for w in wanted],
            "pieces": [w.pieces for w in wanted],
            "grams": [w.max_grams_each for w in wanted],
            "until": [w.enough_until for w in wanted],
            "centre": centre,
            "packs_on": packs_on,
            "round": round_id,
            "reference": reference,
        },
    )
    if any(pk is None for pk, _line, _pieces in rows):
        raise Busy
    taken = [Taken(*row) for row in rows]
    got: dict[int, int] = {}
    for hold in taken:
        got[hold.line] = got.get(hold.line, 0) + hold.pieces
    short = {w.line: got.get(w.line, 0) for w in wanted if got.get(w.line, 0) < w.pieces}
    if short:
        raise NotEnoughSupply(lines=short)
    return taken


def release(*, references: Sequence[str]) -> int:
    """Gives the active holds of these orders back to supply; returns the pieces. The caller holds the orders."""
    active = Hold.objects.filter(reference__in=references, state=HoldState.ACTIVE)
    locked = locks.supply(set(active.values_list("supply_id", flat=True)))
    freed = fetch_all(
        "UPDATE distribution_hold SET state = 'RELEASED' WHERE reference = ANY(%s) AND state = 'ACTIVE' "
        "RETURNING supply_id, pieces",
        [list(references)],
    )
    if any(supply not in locked for supply, _pieces in freed):
        # A receipt moved a hold from the promise to the shelf while we waited for the lock.
        raise Busy
    give_back(freed)
    return sum(pieces for _supply, pieces in freed)


def give_back(freed: Sequence[tuple[int, int]]) -> None:
    """Lowers `held` of locked supply rows by (supply, pieces)."""
    execute(
        """
        UPDATE distribution_supply s
        SET held = s.held - f.pieces, uncovered = greatest(s.held - f.pieces - s.quantity, 0)
        FROM (SELECT supply, sum(pieces)::int AS pieces
              FROM unnest(%s::bigint[], %s::int[]) AS f(supply, pieces) GROUP BY supply) f
        WHERE s.id = f.supply
        """,
        [[supply for supply, _ in freed], [pieces for _, pieces in freed]],
    )
