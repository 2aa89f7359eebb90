"""Everything kept about a person, for themselves (Reg. (EU) 2016/679, art. 15 and 20), and their roles."""

from dataclasses import dataclass
from typing import Any

from knox.models import AuthToken

from distribution.models import Centre
from marketplace.accounts.models import User
from orders.models import FinanceRole, Order
from producers.models import Cluster, Producer

ORDER_FIELDS = ("number", "state", "payment_method", "substitutes", "placed_at", "placed_total")


@dataclass(frozen=True)
class Roles:
    """Where the person works besides buying."""

    producers: list[Producer]
    centres: list[Centre]
    clusters: list[Cluster]
    finance: bool


def roles_of(user: User) -> Roles:
    """In four statements."""
    return Roles(
        list(Producer.objects.kept_by(user).select_related("place").order_by("sort_key")),
        list(Centre.objects.staffed_by(user)),
        list(Cluster.objects.filter(roles__user=user).order_by("sort_key")),
        FinanceRole.objects.filter(user=user).exists(),
    )


def everything(user: User) -> dict[str, Any]:
    """As plain data, names of fields in English, amounts as text."""
    roles = roles_of(user)
    orders = (
        Order.objects.filter(user=user).select_related("contact", "place", "round").prefetch_related("lines")
    )
    return {
        "account": {
            "email": user.email,
            "name": user.name,
            "phone": user.phone,
            "joined_at": user.joined_at.isoformat(),
        },
        "roles": {
            "producers": [one.name for one in roles.producers],
            "centres": [one.code for one in roles.centres],
            "clusters": [one.name for one in roles.clusters],
            "finance": roles.finance,
        },
        "api_tokens": [
            {"begins_with": one.token_key, "created": one.created.isoformat()}
            for one in AuthToken.objects.filter(user=user).order_by("created")
        ],
        "orders": [_order(one) for one in orders.order_by("placed_at")],
    }


def _order(order):
    contact = order.contact
    return {
        **{name: str(getattr(order, name)) for name in ORDER_FIELDS},
        "place": order.place.name,
        "hands_over_on": order.round.hands_over_on.isoformat(),
        "delivery_address": order.delivery_address,
        "contact": {"name": contact.name, "email": contact.email, "phone": contact.phone},
        "lines": [
            {"name": line.name, "pack": line.pack, "quantity": line.quantity, "total": str(line.total)}
            for line in order.lines.all()
        ],
    }
