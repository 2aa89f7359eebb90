"""What lines cost once it is known how much of them came and what it weighed."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from marketplace.kernel.money import ZERO, grosze
from orders.models import MoneyEvent, Order
from orders.policies.amounts import final


def settle(
    order: Order, *, missing: Mapping[int, int] | None = None, grams: Mapping[int, int] | None = None
) -> Decimal:
    """Rewrites the final total of the named lines; returns the zł by which the order became cheaper."""
    missing, grams = missing or {}, grams or {}
    saved = ZERO
    for line in order.lines.filter(position__in=[*missing, *grams]):
        before = line.total
        line.short = min(line.pieces, line.short + missing.get(line.position, 0))
        line.final_grams = grams.get(line.position, line.final_grams)
        line.final_total = final(
            price=line.price,
            quantity=line.quantity,
            pieces=line.pieces,
            short=line.short,
            agreed_total=line.placed_total,
            grams=line.final_grams,
            agreed_max=line.agreed_max,
        )
        line.save(update_fields=["short", "final_grams", "final_total"])
        saved += before - line.final_total
    return saved


def book(order: Order, kind: str, saved: Decimal, at: datetime) -> None:
    """The money event of an order that became cheaper by so many zł, dearer when it is negative."""
    if saved:
        MoneyEvent.objects.create(order=order, kind=kind, grosze=-grosze(saved), at=at, by=None)
