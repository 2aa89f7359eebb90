"""What is left to promise, now, and when it can be handed over. Never stored, never cached: it is the supply
rows themselves, joined with the ways by which they reach a round."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models.expressions import RawSQL

from distribution.models import Round
from distribution.queries.routes import WAYS
from marketplace.kernel.database import fetch_all

FREE = """
FROM ways w
JOIN distribution_round r ON r.id = w.round_id
JOIN distribution_supply s ON s.centre_id = w.origin_id
JOIN producers_stockitem i ON i.id = s.item_id
JOIN producers_product p ON p.id = i.product_id AND p.temperature = w.temperature
WHERE s.quantity > s.held + s.reserved AND s.available_on <= w.ready_by
  AND s.usable_until >= r.hands_over_on + p.minimum_life_days
"""
OF_THESE = "AND s.item_id = ANY(%(items)s)"
PIECES = "sum(s.quantity - s.held - s.reserved)::int"
LEFT = f"{WAYS} SELECT s.item_id, {PIECES} {FREE} {OF_THESE} GROUP BY s.item_id"
BY_ROUND = f"""
SELECT s.item_id, r.id, r.hands_over_on, {PIECES}, bool_or(w.route_id IS NULL) {FREE} {OF_THESE} {{which}}
GROUP BY s.item_id, r.id
"""
# Nearly everything reaches the first round, so only what does not is looked for in the later ones.
EARLIEST = f"""
{WAYS}, first (item, round, day, pieces, is_local) AS MATERIALIZED ({BY_ROUND.format(which="AND r.id = %(first)s")}),
later (item, round, day, pieces, is_local) AS (
  {BY_ROUND.format(which="AND r.id <> %(first)s AND s.item_id NOT IN (SELECT item FROM first)")})
SELECT * FROM first
UNION ALL
(SELECT DISTINCT ON (item) * FROM later ORDER BY item, day, round)
"""  # noqa: S608 - every part is ours
REACHING = f"{WAYS} SELECT s.item_id {FREE}".replace("%(rounds)s", "%s")


@dataclass(frozen=True)
class Promised:
    """The earliest hand-over an item can make: pieces left for that round, and whether some lie at its centre."""

    round_id: int
    hands_over_on: date
    pieces: int
    is_local: bool


def left(*, round_: Round | None, items: Collection[int]) -> dict[int, int]:
    """Pieces of each item still free for the round, from every centre that reaches it; items with none are
    absent. No round, nothing."""
    if round_ is None or not items:
        return {}
    return dict(fetch_all(LEFT, {"rounds": [round_.pk], "items": list(items)}))


def earliest(*, rounds: Sequence[Round], items: Collection[int]) -> dict[int, Promised]:
    """The promise of each item for somebody who may join any of these rounds; items that reach none are absent."""
    if not rounds or not items:
        return {}
    found = [round_.pk for round_ in sorted(rounds, key=lambda round_: (round_.hands_over_on, round_.pk))]
    rows = fetch_all(EARLIEST, {"rounds": found, "first": found[0], "items": list(items)})
    return {item: Promised(*facts) for item, *facts in rows}


def reaching(*, rounds: Sequence[Round]) -> RawSQL:
    """Items with something free for one of the rounds, for `item__in=` inside another statement."""
    return RawSQL(REACHING, [[round_.pk for round_ in rounds]])  # noqa: S611 - the text is ours
