"""Orders as their buyers and the staff may see them."""

import hmac

from django.db.models import Prefetch

from marketplace.kernel.errors import NotFound
from marketplace.kernel.references import token_hash
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
