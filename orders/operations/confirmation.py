"""A guest's larger order is confirmed from the mail before it counts."""

from datetime import datetime

from django.db import transaction

from marketplace.kernel import outbox
from marketplace.kernel.outbox import NewJob
from orders import jobs, locks
from orders.models import Order
from orders.operations import history
from orders.operations.endings import OrderExpired
from orders.states import OrderState


@transaction.atomic
def confirm(*, number: str, at: datetime) -> Order:
    """UNCONFIRMED becomes PLACED; a repeat changes nothing. Raises OrderExpired when it came too late."""
    order = locks.order(number)
    if order.state == OrderState.PLACED:
        return order
    if order.state != OrderState.UNCONFIRMED or order.expires_at is None or order.expires_at <= at:
        raise OrderExpired
    history.move(order=order, new=OrderState.PLACED, by=None, at=at)
    Order.objects.filter(pk=order.pk).update(expires_at=None)
    outbox.write(
        [NewJob(jobs.MAIL, f"mail:placed:{number}", {"order": number, "message": "placed"}, queue="mail")]
    )
    return order
