"""What is left to promise, now, and when it can be handed over. Never stored, never cached: it is the supply
rows themselves, joined with the ways by which they reach a round."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models.expressions import RawSQL

from distribution.models import Round
from distribution.queries.rounds import Dated
from distribution.queries.routes import TAKES_GOODS, WAYS
from marketplace.kernel.database import fetch_all

# In steps, each of few tables, which the database plans in half the time of one join of all; and lorries are
# looked at only once their route is known to lead to some of the goods.
PROMISES = f"""
WITH ways AS MATERIALIZED (
  SELECT w.id, w.origin_id, w.temperature, w.ready_by, w.chain = '' AS is_local, w.round_id, r.day
  FROM distribution_route w
  JOIN (SELECT %(round)s::bigint AS id, %(day)s::date AS day) AS r ON r.id = w.round_id
  WHERE w.is_current
), goods AS MATERIALIZED (
  SELECT s.item_id, s.centre_id, p.temperature, s.available_on, s.quantity - s.held - s.reserved AS pieces,
         s.usable_until - coalesce(p.minimum_life_days, 0) AS until
  FROM distribution_supply s
  JOIN producers_stockitem i ON i.id = s.item_id
  JOIN producers_product p ON p.id = i.product_id
  WHERE s.item_id = ANY(%(items)s) AND s.quantity > s.held + s.reserved
    AND s.available_on <= (SELECT max(ready_by) FROM ways)
), near AS MATERIALIZED (
  SELECT g.item_id, g.pieces, w.id AS route_id, w.round_id, w.day, w.is_local
  FROM goods g
  JOIN ways w ON w.origin_id = g.centre_id AND w.temperature = g.temperature
  WHERE g.available_on <= w.ready_by AND g.until >= w.day
), going AS MATERIALIZED (
  SELECT w.id FROM distribution_route w WHERE w.id IN (SELECT route_id FROM near) AND {TAKES_GOODS}
)
SELECT DISTINCT ON (n.item_id) n.item_id, n.round_id, n.day, sum(n.pieces)::int, bool_or(n.is_local)
FROM near n JOIN going ON going.id = n.route_id
GROUP BY n.item_id, n.day, n.round_id
ORDER BY n.item_id, n.day, n.round_id
"""  # noqa: S608 - both parts are ours
# Of one round, for a buyer of a sales channel, who may also have what is kept for it.
PROMISES_OF_CHANNEL = PROMISES.replace(
    "s.reserved AS pieces,", "s.reserved + coalesce(q.pieces - q.sold, 0) AS pieces,"
).replace(
    "  WHERE s.item_id = ANY(%(items)s) AND s.quantity > s.held + s.reserved\n",
    "  LEFT JOIN distribution_quota q ON q.supply_id = s.id AND q.channel = %(channel)s AND q.flowed_back_at IS NULL\n"
    "  WHERE s.item_id = ANY(%(items)s) AND s.quantity > s.held + s.reserved - coalesce(q.pieces - q.sold, 0)\n",
)
# Of several rounds. A statement of its own, since one plan does not suit both.
LATER_PROMISES = PROMISES.replace(
    "(SELECT %(round)s::bigint AS id, %(day)s::date AS day)", "unnest(%(rounds)s::bigint[], %(days)s::date[])"
).replace("AS r ON", "AS r(id, day) ON")
REACHING = f"""
{WAYS}
SELECT s.item_id
FROM ways w
JOIN distribution_round r ON r.id = w.round_id
JOIN distribution_supply s ON s.centre_id = w.origin_id
JOIN producers_stockitem i ON i.id = s.item_id
JOIN producers_product p ON p.id = i.product_id AND p.temperature = w.temperature
WHERE s.quantity > s.held + s.reserved AND s.available_on <= w.ready_by
  AND s.usable_until >= r.hands_over_on + coalesce(p.minimum_life_days, 0)
""".replace("%(rounds)s", "%s")  # noqa: S608 - both parts are ours


@dataclass(frozen=True)
class Promised:
    """The earliest hand-over an item can make: pieces left for that round, and whether some lie at its centre."""

    round_id: int
    hands_over_on: date
    pieces: int
    is_local: bool


def left(*, round_: Round | None, items: Collection[int], channel: str = "") -> dict[int, int]:
    """Pieces of each item still free for the round, to all or to a buyer of the channel, from every centre that
    reaches it; items with none are absent. No round, nothing."""
    found = _promises(round_, items, channel) if round_ else {}
    return {item: promise.pieces for item, promise in found.items()}


def earliest(*, rounds: Sequence[Round | Dated], items: Collection[int]) -> dict[int, Promised]:
    """The promise of each item for somebody who may join any of these rounds; items that reach none are absent.

    Nearly everything reaches the first round, so only what does not is looked for in the later ones.
    """
    if not rounds:
        return {}
    first, *later = sorted(rounds, key=lambda round_: (round_.hands_over_on, round_.pk))
    found = _promises(first, items)
    return found | _later_promises(later, set(items) - found.keys())


def _promises(round_, items, channel=""):
    if not items:
        return {}
    asked = {"round": round_.pk, "day": round_.hands_over_on, "items": list(items)}
    rows = (
        fetch_all(PROMISES_OF_CHANNEL, asked | {"channel": channel})
        if channel
        else fetch_all(PROMISES, asked)
    )
    return {item: Promised(*facts) for item, *facts in rows}


def _later_promises(rounds, items):
    if not rounds or not items:
        return {}
    asked = {
        "rounds": [round_.pk for round_ in rounds],
        "days": [round_.hands_over_on for round_ in rounds],
        "items": list(items),
    }
    return {item: Promised(*facts) for item, *facts in fetch_all(LATER_PROMISES, asked)}


def reaching(*, rounds: Sequence[Round]) -> RawSQL:
    """Items with something free for one of the rounds, for `item__in=` inside another statement."""
    return RawSQL(REACHING, [[round_.pk for round_ in rounds]])  # noqa: S611 - the text is ours
