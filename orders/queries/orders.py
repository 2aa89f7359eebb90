"""Orders as their buyers and the staff may see them."""

import hmac
from uuid import UUID

from django.db.models import Prefetch, QuerySet, Sum
from django.db.models.functions import Coalesce

from marketplace.kernel.errors import NotFound
from marketplace.kernel.tokens import token_hash
from orders.models import Line, Order

WHOLE = Order.objects.select_related("contact", "place", "round__centre", "slot").prefetch_related(
    Prefetch(
        "lines",
        Line.objects.select_related("seller_part__producer__place", "offer__stock_item__product"),
    ),
    "payments",
    "events",
    "seller_parts__producer__place",
    "seller_parts__lines",
)


def whole(number: str) -> Order:
    """The order with everything its page and its mail show. Raises NotFound."""
    order = WHOLE.filter(number=number).first()
    if order is None:
        raise NotFound
    return order


def visible_to(*, number: str, token: str, user: object) -> Order:
    """The order for who holds its token or placed it signed in; to anybody else it does not exist."""
    order = whole(number)
    by_token = bool(token) and hmac.compare_digest(order.token_hash, token_hash(token))
    by_owner = order.user_id is not None and order.user_id == getattr(user, "pk", None)
    if not (by_token or by_owner):
        raise NotFound
    return order


def of_key(*, basket: UUID, key: UUID) -> Order | None:
    """The order that a checkout of this basket with this key has placed."""
    return Order.objects.filter(basket_id=basket, key=key).first()


def of_contact(*, number: str, email: str) -> Order | None:
    """The order of this number placed with this e-mail."""
    return Order.objects.filter(number=number, contact__email=email.lower(), contact__erased_at=None).first()


def placed_by(user: object) -> QuerySet[Order]:
    """The person's orders with what each costs now, for a list."""
    costs = Sum(Coalesce("lines__final_total", "lines__placed_total"))
    return Order.objects.placed_by(user).select_related("place", "round").annotate(costs=costs)
