"""Money that comes offline: transfers seen on the account, cash and card at collection."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.accounts.models import User
from marketplace.kernel.errors import DomainError, Invalid
from orders import locks
from orders.models import MoneyEvent, OfflineReceipt, Order, Payment
from orders.queries.totals import due_grosze
from orders.states import OPEN, PAYMENT, PaymentState


class NothingToPay(DomainError):
    code = "nothing_to_pay"

    def __init__(self) -> None:
        super().__init__(_("To zamówienie jest już opłacone."))


class WrongAmount(Invalid):
    code = "wrong_amount"

    def __init__(self) -> None:
        super().__init__(_("Podaj kwotę większą od zera."), field="amount")


@transaction.atomic
def receive(*, number: str, grosze: int, by: User | None, at: datetime, note: str = "") -> Payment:
    """Books money that came for an order. The payment is captured once what came covers what is due; late
    money is taken as well and seen. Raises NothingToPay, WrongAmount."""
    order = locks.order(number)
    return receive_locked(order=order, grosze=grosze, by=by, at=at, note=note)


def receive_locked(*, order: Order, grosze: int, by: User | None, at: datetime, note: str = "") -> Payment:
    """The same for an order the caller has locked."""
    if grosze <= 0:
        raise WrongAmount
    payment = locks.open_payment(order.pk)
    if payment is None or payment.state == PaymentState.CAPTURED:
        raise NothingToPay
    OfflineReceipt.objects.create(payment=payment, grosze=grosze, received_at=at, by=by, note=note)
    MoneyEvent.objects.create(order=order, kind=MoneyEvent.Kind.RECEIVED, grosze=-grosze, at=at, by=by)
    if due_grosze(order) <= 0:
        PAYMENT.require(payment.state, PaymentState.CAPTURED)
        payment.state, payment.captured_at = PaymentState.CAPTURED, at
        payment.save(update_fields=["state", "captured_at"])
        if order.state in OPEN:
            Order.objects.filter(pk=order.pk).update(expires_at=None)
    return payment
