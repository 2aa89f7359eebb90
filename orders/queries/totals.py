"""What an order costs and what is still due, derived from its rows."""

from django.db.models import Sum

from marketplace.kernel.money import ZERO
from orders.models import Order
from orders.states import PaymentState


def total(order: Order):
    """The order's present total in zł: lines as settled so far."""
    return sum((line.total for line in order.lines.all()), ZERO)


def due_grosze(order: Order) -> int:
    """What the buyer still owes, from the money events; negative when too much came."""
    return order.money_events.aggregate(sum=Sum("grosze"))["sum"] or 0


def money_state(order: Order) -> str:
    """due, paid, overpaid or nothing, from what happened."""
    due = due_grosze(order)
    if any(payment.state == PaymentState.CAPTURED for payment in order.payments.all()):
        return "overpaid" if due < 0 else "paid"
    return "due" if due > 0 else "nothing"
