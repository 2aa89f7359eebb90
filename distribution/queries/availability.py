"""What is left to promise, now. Never stored, never cached: it is the supply rows themselves."""

from collections.abc import Collection
from typing import Any

from django.db.models import DateField, ExpressionWrapper, F, QuerySet, Value

from distribution.models import Round, Supply
from marketplace.kernel.database import fetch_all

LEFT = """
SELECT s.item_id, sum(s.quantity - s.held)::int
FROM distribution_supply s
JOIN producers_stockitem i ON i.id = s.item_id
JOIN producers_product p ON p.id = i.product_id
WHERE s.centre_id = %(centre)s AND s.item_id = ANY(%(items)s) AND s.quantity > s.held
  AND s.available_on <= %(packs_on)s AND s.usable_until >= %(hands_over_on)s::date + p.minimum_life_days
GROUP BY s.item_id
"""


def left(*, round_: Round | None, items: Collection[int]) -> dict[int, int]:
    """Pieces of each item still free for the round; items with none are absent. No round, nothing."""
    if round_ is None or not items:
        return {}
    return dict(
        fetch_all(
            LEFT,
            {
                "centre": round_.centre_id,
                "items": list(items),
                "packs_on": round_.packs_on,
                "hands_over_on": round_.hands_over_on,
            },
        )
    )


def items_left(round_: Round) -> QuerySet[Supply, dict[str, Any]]:
    """Ids of items with something free for the round, for use inside another statement."""
    fresh_until = ExpressionWrapper(
        Value(round_.hands_over_on, DateField()) + F("item__product__minimum_life_days"), DateField()
    )
    return Supply.objects.filter(
        centre_id=round_.centre_id,
        quantity__gt=F("held"),
        available_on__lte=round_.packs_on,
        usable_until__gte=fresh_until,
    ).values("item_id")
