"""The only row locks of this package: orders come first in the order of the whole system."""

from collections.abc import Iterable

from django.db import connection

from marketplace.kernel.errors import NotFound
from orders.models import Order, Payment


def order(number: str) -> Order:
    """The order for a change; raises NotFound."""
    row = Order.objects.select_for_update(no_key=True).filter(number=number).first()
    if row is None:
        raise NotFound
    return row


def orders(numbers: Iterable[str]) -> list[Order]:
    """These orders, locked in the order of their ids."""
    rows = Order.objects.select_for_update(no_key=True).filter(number__in=list(numbers))
    return list(rows.order_by("pk"))


def orders_of_round(round_id: int, states: Iterable[str]) -> list[Order]:
    """The round's orders in these states, oldest first, locked in the order of their ids."""
    rows = Order.objects.select_for_update(no_key=True).filter(round_id=round_id, state__in=list(states))
    return list(rows.order_by("pk"))


def open_payment(order_id: int) -> Payment | None:
    """The order's newest payment, locked; the order is locked before."""
    return Payment.objects.select_for_update().filter(order_id=order_id).order_by("-attempt").first()


def people(*keys: str) -> None:
    """Lets one checkout per e-mail and client address count open orders at a time."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(key, 0)) "
            "FROM (SELECT key FROM unnest(%s::text[]) AS k(key) ORDER BY key) k",
            [list(keys)],
        )
