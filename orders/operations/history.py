"""Moves of an order's state, each with its history row."""

from collections.abc import Sequence
from datetime import datetime

from marketplace.accounts.models import User
from marketplace.kernel.database import insert_all
from orders.models import Order, OrderEvent
from orders.states import ORDER


def move(*, order: Order, new: str, by: User | None, at: datetime, reason: str = "") -> None:
    """Moves an order the caller has locked. Raises WrongState."""
    ORDER.require(order.state, new)
    Order.objects.filter(pk=order.pk).update(state=new)
    OrderEvent.objects.create(order=order, old=order.state, new=new, by=by, at=at, reason=reason)
    order.state = new


def note(*, order: Order, reason: str, by: User | None, at: datetime) -> None:
    """A history row of something that leaves the state as it is."""
    OrderEvent.objects.create(order=order, old=order.state, new=order.state, by=by, at=at, reason=reason)


def move_all(*, orders: Sequence[Order], new: str, by: User | None, at: datetime, reason: str = "") -> None:
    """The same for many locked orders, in two statements."""
    for order in orders:
        ORDER.require(order.state, new)
    Order.objects.filter(pk__in=[order.pk for order in orders]).update(state=new)
    insert_all(
        "orders_orderevent",
        {
            "order_id": ("bigint", [order.pk for order in orders]),
            "old": ("text", [order.state for order in orders]),
            "new": ("text", [new] * len(orders)),
            "by_id": ("bigint", [getattr(by, "pk", None)] * len(orders)),
            "at": ("timestamptz", [at] * len(orders)),
            "reason": ("text", [reason] * len(orders)),
        },
    )
