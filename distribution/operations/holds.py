"""Holds: what a placed order takes out of supply, all lines or none."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.utils.translation import gettext_lazy as _

from distribution import locks
from distribution.models import Hold
from distribution.operations import rooms
from distribution.policies.sourcing import Source, Wanted, choose
from distribution.queries.routes import GRAMS_EACH, WAYS
from distribution.states import HoldState
from marketplace.kernel.database import execute, fetch_all
from marketplace.kernel.errors import Busy, DomainError


class NotEnoughSupply(DomainError):
    """`details["lines"]` maps each short line to the pieces still left for it."""

    code = "not_enough_supply"
    message = _("Nie ma już tyle towaru.")


@dataclass(frozen=True)
class Taken:
    hold: int
    line: int
    pieces: int


# What may serve the lines, by every way to the round. Read without a lock: the policy proposes, TAKE decides.
SOURCES = (
    WAYS
    + f"""
SELECT s.id, s.item_id, s.centre_id, w.route_id, w.changes, w.kilometres, s.usable_until,
       s.quantity - s.held - s.reserved, {GRAMS_EACH}, w.rooms, w.room_left
FROM distribution_supply s
JOIN producers_stockitem i ON i.id = s.item_id
JOIN producers_product p ON p.id = i.product_id
JOIN ways w ON w.origin_id = s.centre_id AND w.temperature = p.temperature
WHERE s.item_id = ANY(%(items)s) AND s.quantity > s.held + s.reserved
  AND s.available_on <= w.ready_by AND s.usable_until >= %(until)s
"""  # noqa: S608 - both parts are ours
)

# The rows are locked in the order of their ids before the conditional UPDATE joins them: an UPDATE alone has
# no lock order and deadlocks (docs/adr/0004). Rows that no longer have what was proposed are not returned.
TAKE = """
WITH wanted AS (
  SELECT * FROM unnest(%(supply)s::bigint[], %(lines)s::int[], %(pieces)s::int[], %(grams)s::int[],
                       %(routes)s::bigint[], %(loads)s::int[], %(reasons)s::text[])
       AS w(supply, line, pieces, grams, route, load, reason)
), asked AS (
  SELECT supply, sum(pieces)::int AS pieces FROM wanted GROUP BY supply
), locked AS MATERIALIZED (
  SELECT s.id, a.pieces FROM distribution_supply s JOIN asked a ON a.supply = s.id
  ORDER BY s.id FOR NO KEY UPDATE OF s
), held AS (
  UPDATE distribution_supply s SET held = s.held + l.pieces
  FROM locked l WHERE s.id = l.id AND s.quantity - s.held - s.reserved >= l.pieces
  RETURNING s.id
)
INSERT INTO distribution_hold (supply_id, round_id, reference, line, pieces, max_grams_each, state, route_id,
                               load_grams, reason, buyer)
SELECT w.supply, %(round)s, %(reference)s, w.line, w.pieces, w.grams, 'ACTIVE', w.route, w.load, w.reason, %(buyer)s
FROM wanted w JOIN held h ON h.id = w.supply
RETURNING id, line, pieces
"""


def take(*, round_id: int, reference: str, wanted: Sequence[Wanted], buyer: str = "") -> list[Taken]:
    """Takes every wanted piece out of supply that reaches the round, from the centres the sourcing policy
    chooses, and books the room it needs on trips; or raises NotEnoughSupply and the caller's transaction takes
    nothing. The caller holds the round shared and has seen it open. Raises Busy when goods or room went while
    it waited: the transaction, run again, sees what is left."""
    choices = choose(wanted, sources(rounds=[round_id], wanted=wanted))
    got = _pieces_by_line(choices)
    short = {w.line: got.get(w.line, 0) for w in wanted if got.get(w.line, 0) < w.pieces}
    if short:
        raise NotEnoughSupply(lines=short)
    taken = _take(choices, wanted, round_id, reference, buyer)
    if len(taken) < len(choices):
        raise Busy
    try:
        rooms.book([(c.source.route, c.pieces * c.source.grams_each) for c in choices if c.source.route])
    except rooms.NoRoomOnTrip as refusal:
        raise Busy from refusal
    return taken


def sources(*, rounds: Sequence[int], wanted: Sequence[Wanted]) -> list[Source]:
    """Supply with something free that reaches one of these rounds, as of now."""
    rows = fetch_all(
        SOURCES,
        {
            "rounds": list(rounds),
            "items": [w.item for w in wanted],
            "until": min((w.enough_until for w in wanted), default=date.max),
        },
    )
    return [
        replace(Source(*facts), rooms=tuple(zip(rooms_ or (), left or (), strict=True)))
        for *facts, rooms_, left in rows
    ]


def _pieces_by_line(choices):
    got: dict[int, int] = {}
    for choice in choices:
        got[choice.line] = got.get(choice.line, 0) + choice.pieces
    return got


def _take(choices, wanted, round_id, reference, buyer):
    grams = {w.line: w.max_grams_each for w in wanted}
    rows = fetch_all(
        TAKE,
        {
            "supply": [c.source.supply for c in choices],
            "lines": [c.line for c in choices],
            "pieces": [c.pieces for c in choices],
            "grams": [grams[c.line] for c in choices],
            "routes": [c.source.route for c in choices],
            "loads": [c.pieces * c.source.grams_each if c.source.route else 0 for c in choices],
            "reasons": [c.reason for c in choices],
            "round": round_id,
            "reference": reference,
            "buyer": buyer,
        },
    )
    return [Taken(*row) for row in rows]


def release(*, references: Sequence[str]) -> int:
    """Gives the active holds of these orders back to supply; returns the pieces. The caller holds the orders."""
    active = Hold.objects.filter(reference__in=references, state=HoldState.ACTIVE)
    locked = locks.supply(set(active.values_list("supply_id", flat=True)))
    freed = fetch_all(
        "UPDATE distribution_hold SET state = 'RELEASED' WHERE reference = ANY(%s) AND state = 'ACTIVE' "
        "RETURNING supply_id, pieces, route_id, load_grams",
        [list(references)],
    )
    if any(supply not in locked for supply, *_rest in freed):
        # A receipt moved a hold from the promise to the shelf while we waited for the lock.
        raise Busy
    give_back([(supply, pieces) for supply, pieces, _route, _grams in freed])
    rooms.give_back([(route, grams) for _supply, _pieces, route, grams in freed])
    return sum(pieces for _supply, pieces, _route, _grams in freed)


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
