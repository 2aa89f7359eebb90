"""Holds: what a placed order takes out of supply, all lines or none."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from distribution import locks
from distribution.models import Hold, Quota
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


RANK_OF = {Quota.Channel.STANDING: Hold.Rank.STANDING}

# What may serve the lines, by every way to the round. Read without a lock: the policy proposes, TAKE decides.
SOURCES = (
    WAYS
    + f"""
SELECT s.id, s.item_id, s.centre_id, w.route_id, w.changes, w.kilometres, s.usable_until,
       s.quantity - s.held - s.reserved + coalesce(q.pieces - q.sold, 0), {GRAMS_EACH}, w.rooms, w.room_left
FROM distribution_supply s
JOIN producers_stockitem i ON i.id = s.item_id
JOIN producers_product p ON p.id = i.product_id
JOIN ways w ON w.origin_id = s.centre_id AND w.temperature = p.temperature
LEFT JOIN distribution_quota q ON q.supply_id = s.id AND q.channel = %(channel)s AND q.flowed_back_at IS NULL
WHERE s.item_id = ANY(%(items)s) AND s.quantity > s.held + s.reserved - coalesce(q.pieces - q.sold, 0)
  AND s.available_on <= w.ready_by AND s.usable_until >= %(until)s
"""  # noqa: S608 - both parts are ours
)

ON_SHELVES = f"{SOURCES} AND s.kind = 'STOCK'"

# The rows are locked in the order of their ids before the conditional UPDATE joins them: an UPDATE alone has
# no lock order and deadlocks (docs/adr/0004). Rows that no longer have what was proposed are not returned.
# The channel's own quota is used up first; its row is locked too, so what it has left is read after the wait.
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
), own AS MATERIALIZED (
  SELECT q.id, q.supply_id, least(q.pieces - q.sold, l.pieces) AS pieces
  FROM locked l JOIN distribution_quota q ON q.supply_id = l.id
  WHERE q.channel = %(channel)s AND q.flowed_back_at IS NULL AND q.pieces > q.sold FOR NO KEY UPDATE OF q
), held AS (
  UPDATE distribution_supply s SET held = s.held + l.pieces, reserved = s.reserved - coalesce(o.pieces, 0)
  FROM locked l LEFT JOIN own o ON o.supply_id = l.id
  WHERE s.id = l.id AND s.quantity - s.held - s.reserved + coalesce(o.pieces, 0) >= l.pieces
  RETURNING s.id
), used AS (
  UPDATE distribution_quota q SET sold = q.sold + o.pieces
  FROM own o JOIN held h ON h.id = o.supply_id WHERE q.id = o.id
), dealt AS (
  SELECT w.*, o.id AS quota, greatest(0, least(w.pieces, coalesce(o.pieces, 0) - (
           sum(w.pieces) OVER (PARTITION BY w.supply ORDER BY w.line) - w.pieces)))::int AS own
  FROM wanted w JOIN held h ON h.id = w.supply LEFT JOIN own o ON o.supply_id = w.supply
)
INSERT INTO distribution_hold (supply_id, round_id, reference, line, pieces, max_grams_each, state, route_id,
                               load_grams, reason, buyer, rank, quota_id, quota_pieces)
SELECT supply, %(round)s, %(reference)s, line, pieces, grams, 'ACTIVE', route, load, reason, %(buyer)s, %(rank)s,
       CASE WHEN own > 0 THEN quota END, CASE WHEN own > 0 THEN own ELSE 0 END
FROM dealt
RETURNING id, line, pieces
"""


def take(
    *,
    round_id: int,
    reference: str,
    wanted: Sequence[Wanted],
    buyer: str = "",
    channel: str = "",
    on_shelves: bool = False,
) -> list[Taken]:
    """Takes every wanted piece out of supply that reaches the round, from the centres the sourcing policy
    chooses, and books the room it needs on trips; or raises NotEnoughSupply and the caller's transaction takes
    nothing. A buyer of a sales channel may use that channel's quotas as well as what is for all; with `on_shelves`
    nothing that is still to come will do. The caller holds the round shared and has seen it open. Raises Busy when
    goods or room went while it waited: the transaction, run again, sees what is left."""
    choices = choose(
        wanted, sources(rounds=[round_id], wanted=wanted, channel=channel, on_shelves=on_shelves)
    )
    got = _pieces_by_line(choices)
    short = {w.line: got.get(w.line, 0) for w in wanted if got.get(w.line, 0) < w.pieces}
    if short:
        raise NotEnoughSupply(lines=short)
    taken = _take(choices, wanted, round_id, reference, buyer, channel)
    if len(taken) < len(choices):
        raise Busy
    try:
        rooms.book([(c.source.route, c.pieces * c.source.grams_each) for c in choices if c.source.route])
    except rooms.NoRoomOnTrip as refusal:
        raise Busy from refusal
    return taken


def sources(
    *, rounds: Sequence[int], wanted: Sequence[Wanted], channel: str = "", on_shelves: bool = False
) -> list[Source]:
    """Supply with something free, to all or out of the channel's quota, that reaches one of these rounds, as of now."""
    return read_sources(
        ON_SHELVES if on_shelves else SOURCES,
        {
            "rounds": list(rounds),
            "items": [w.item for w in wanted],
            "until": min((w.enough_until for w in wanted), default=date.max),
            "channel": channel,
        },
    )


def read_sources(sql: str, params: dict[str, Any]) -> list[Source]:
    """The rows of SOURCES, or of what is made of it."""
    return [
        replace(Source(*facts), rooms=tuple(zip(rooms_ or (), left or (), strict=True)))
        for *facts, rooms_, left in fetch_all(sql, params)
    ]


def _pieces_by_line(choices):
    got: dict[int, int] = {}
    for choice in choices:
        got[choice.line] = got.get(choice.line, 0) + choice.pieces
    return got


def _take(choices, wanted, round_id, reference, buyer, channel):
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
            "channel": channel,
            "rank": RANK_OF.get(channel, Hold.Rank.ORDINARY),
        },
    )
    return [Taken(*row) for row in rows]


def release(*, references: Sequence[str]) -> int:
    """Gives the active holds of these orders back to supply; returns the pieces. The caller holds the orders."""
    active = Hold.objects.filter(reference__in=references, state=HoldState.ACTIVE)
    locked = locks.supply(set(active.values_list("supply_id", flat=True)))
    freed = fetch_all(
        "UPDATE distribution_hold SET state = 'RELEASED' WHERE reference = ANY(%s) AND state = 'ACTIVE' "
        "RETURNING supply_id, pieces, route_id, load_grams, quota_id, quota_pieces",
        [list(references)],
    )
    if any(supply not in locked for supply, *_rest in freed):
        # A receipt moved a hold from the promise to the shelf while we waited for the lock.
        raise Busy
    give_back([(supply, pieces) for supply, pieces, *_rest in freed])
    give_quotas_back([(quota, pieces) for *_rest, quota, pieces in freed if quota])
    rooms.give_back([(route, grams) for _supply, _pieces, route, grams, *_quota in freed])
    return sum(pieces for _supply, pieces, *_rest in freed)


def give_quotas_back(freed: Sequence[tuple[int, int]]) -> None:
    """Pieces of quotas that were bought and are not wanted any more are kept for their channel again, unless its rest
    has flowed back to all. The caller has locked the supply."""
    if not freed:
        return
    execute(
        """
        WITH back AS (
          UPDATE distribution_quota q SET sold = q.sold - f.pieces
          FROM (SELECT quota, sum(pieces)::int AS pieces
                FROM unnest(%s::bigint[], %s::int[]) AS f(quota, pieces) GROUP BY quota) f
          WHERE q.id = f.quota AND q.flowed_back_at IS NULL
          RETURNING q.supply_id, f.pieces)
        UPDATE distribution_supply s SET reserved = s.reserved + b.pieces
        FROM (SELECT supply_id, sum(pieces)::int AS pieces FROM back GROUP BY supply_id) b
        WHERE s.id = b.supply_id
        """,
        [[quota for quota, _ in freed], [pieces for _, pieces in freed]],
    )


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
