"""Orders that end before they are prepared: cancelled by the buyer, or expired unpaid. Their holds, slots and
open payments go back."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from distribution import locks as centre_locks
from distribution.operations import holds, rounds
from distribution.states import RoundState
from marketplace.accounts.models import User
from marketplace.kernel import outbox
from marketplace.kernel.database import insert_all, retried
from marketplace.kernel.errors import DomainError
from marketplace.kernel.outbox import NewJob
from orders import jobs, locks
from orders.models import MoneyEvent, Order, Payment
from orders.operations import history
from orders.states import OPEN, OrderState, PaymentState


class TooLateToCancel(DomainError):
    code = "too_late_to_cancel"

    def __init__(self) -> None:
        super().__init__(_("Zamówienie jest już przygotowywane i nie można go anulować."))


class OrderExpired(DomainError):
    code = "order_expired"

    def __init__(self) -> None:
        super().__init__(_("To zamówienie wygasło. Towar wrócił do sprzedaży; zamów jeszcze raz."))


@retried
@transaction.atomic
def cancel(*, number: str, by: User | None, at: datetime, reason: str = "") -> Order:
    """Cancels an order until its round closes; a repeat changes nothing. Raises TooLateToCancel."""
    order = locks.order(number)
    if order.state == OrderState.CANCELLED:
        return order
    if order.state == OrderState.EXPIRED:
        raise OrderExpired
    round_ = centre_locks.round_shared(order.round_id)
    if order.state not in OPEN or round_.state != RoundState.OPEN:
        raise TooLateToCancel
    end(orders=[order], new=OrderState.CANCELLED, by=by, at=at, reason=reason)
    return order


@retried
@transaction.atomic
def expire(*, number: str, at: datetime) -> bool:
    """Ends an order whose time to pay or confirm has passed. False when it need not end."""
    order = locks.order(number)
    if order.state not in OPEN or order.expires_at is None or order.expires_at > at:
        return False
    if order.payments.filter(state=PaymentState.CAPTURED).exists():
        return False
    end(orders=[order], new=OrderState.EXPIRED, by=None, at=at)
    return True


def end(*, orders: Sequence[Order], new: str, by: User | None, at: datetime, reason: str = "") -> None:
    """Ends locked orders and gives back what they took, in the order of locks; writes the mails."""
    if not orders:
        return
    history.move_all(orders=orders, new=new, by=by, at=at, reason=reason)
    rounds.free_slots(slots=[order.slot_id for order in orders])
    holds.release(references=[order.number for order in orders])
    Payment.objects.filter(order__in=orders, state=PaymentState.NEW).update(
        state=PaymentState.CANCELED if new == OrderState.CANCELLED else PaymentState.EXPIRED
    )
    charged = _charged(orders)
    insert_all(
        "orders_moneyevent",
        {
            "order_id": ("bigint", [order.pk for order in orders]),
            "kind": ("text", [MoneyEvent.Kind.CANCELLED] * len(orders)),
            "grosze": ("int", [-charged[order.pk] for order in orders]),
            "at": ("timestamptz", [at] * len(orders)),
            "by_id": ("bigint", [getattr(by, "pk", None)] * len(orders)),
        },
    )
    message = "cancelled" if new == OrderState.CANCELLED else "expired"
    outbox.write(
        NewJob(
            jobs.MAIL,
            f"mail:{message}:{order.number}",
            {"order": order.number, "message": message},
            queue="mail",
        )
        for order in orders
    )


def _charged(orders):
    """Grosze each order costs by now: placed, less what was short, more what replaced it."""
    events = MoneyEvent.objects.filter(order__in=orders).exclude(kind=MoneyEvent.Kind.RECEIVED)
    return dict(events.order_by().values_list("order_id").annotate(sum=Sum("grosze")))
