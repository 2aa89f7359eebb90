"""Money for goods that were handed out and came back."""

from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import Sum

from marketplace.kernel import outbox
from marketplace.kernel.money import grosze
from marketplace.kernel.outbox import NewJob
from orders import jobs, locks
from orders.models import MoneyEvent
from orders.operations import history


@transaction.atomic
def refund_returned(*, reference: str, item: int, units: int, document: int, at: datetime) -> int:
    """Books what the buyer paid for `units` pieces of an item that came back by a ZW, and tells them. The share of a
    line follows its pieces; all that comes back of an order is never more than it cost. Returns the grosze."""
    order = locks.order(reference)
    back = min(_value(order, item, units), _left(order))
    if back <= 0:
        return 0
    MoneyEvent.objects.create(order=order, kind=MoneyEvent.Kind.RETURNED, grosze=-back, at=at, by=None)
    history.note(order=order, reason=f"returned: {units}", by=None, at=at)
    letter = {"order": order.number, "message": "returned"}
    outbox.write([NewJob(jobs.MAIL, f"mail:returned:{order.number}:{document}", letter, queue="mail")])
    return back


def _value(order, item, units):
    """What the pieces cost, the line of the item that was ordered first being given back first."""
    value = Decimal(0)
    for line in order.lines.filter(item=item).order_by("position"):
        had = line.pieces - line.short
        pieces = min(units, had)
        if pieces:
            value += line.total * pieces / had
            units -= pieces
    return grosze(value.quantize(Decimal("0.01")))


def _left(order):
    """What the order cost and was not given back yet."""
    events = order.money_events.exclude(kind=MoneyEvent.Kind.RECEIVED)
    return events.aggregate(sum=Sum("grosze"))["sum"] or 0
