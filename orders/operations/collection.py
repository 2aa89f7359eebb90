"""Collection: goods handed to the buyer or a proxy, whole or in part, and what is due taken."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from distribution.models import Document, Fulfilment
from distribution.operations import handouts
from distribution.states import UNFINISHED, FulfilmentState
from marketplace.accounts.models import User
from marketplace.kernel.database import retried
from marketplace.kernel.errors import DomainError, NotFound
from orders import locks
from orders.models import MoneyEvent
from orders.operations import history, payments
from orders.queries.totals import due_grosze
from orders.states import OrderState


class NotReady(DomainError):
    code = "not_ready"

    def __init__(self) -> None:
        super().__init__(_("To zamówienie nie czeka na odbiór w tym centrum."))


class NotPaid(DomainError):
    code = "not_paid"

    def __init__(self, due: int) -> None:
        super().__init__(_("Przed wydaniem trzeba przyjąć zapłatę."), due_grosze=due)


@retried
@transaction.atomic
def hand_out(
    *,
    number: str,
    centre: int,
    by: User | None,
    at: datetime,
    paid_grosze: int = 0,
    taken_by: str = "",
    only: Mapping[int, int] | None = None,
) -> Document:
    """Hands the order out at the centre: takes `paid_grosze` if anything is due, posts the WZ, and closes the
    order when nothing of it is left. Raises NotReady, NotPaid, NothingToHandOut."""
    order = locks.order(number)
    if order.round.centre_id != centre:
        raise NotFound
    if order.state not in {OrderState.READY, OrderState.UNCOLLECTED}:
        raise NotReady
    if paid_grosze:
        payments.receive_locked(order=order, grosze=paid_grosze, by=by, at=at)
    due = due_grosze(order)
    if due > 0:
        raise NotPaid(due)
    document = handouts.hand_out(centre=centre, reference=number, by=by, at=at, taken_by=taken_by, only=only)
    waiting = {FulfilmentState.READY, FulfilmentState.UNCOLLECTED, *UNFINISHED}
    if not Fulfilment.objects.filter(reference=number, state__in=waiting).exists():
        history.move(order=order, new=OrderState.COLLECTED, by=by, at=at)
        MoneyEvent.objects.create(order=order, kind=MoneyEvent.Kind.HANDED_OUT, grosze=0, at=at, by=by)
    return document


class NothingToTakeBack(DomainError):
    code = "nothing_to_take_back"

    def __init__(self) -> None:
        super().__init__(_("Z tego zamówienia niczego nie wydano."))


@retried
@transaction.atomic
def take_back(*, number: str, centre: int, reason: str, by: User | None, at: datetime) -> Document:
    """Undoes the newest hand-out of an order that was a mistake: its WZ is reversed, the order waits for
    collection again, and the money taken stays booked. Raises NothingToTakeBack, CrateInUse, ReasonMissing."""
    order = locks.order(number)
    newest = (
        Document.objects.filter(
            centre_id=centre, kind=Document.Kind.WZ, reference=number, reverses=None, reversed_by=None
        )
        .order_by("-pk")
        .first()
    )
    if newest is None:
        raise NothingToTakeBack
    mirrored = handouts.take_back(document=newest, reason=reason, by=by, at=at)
    if order.state == OrderState.COLLECTED:
        history.move(order=order, new=OrderState.READY, by=by, at=at, reason=reason[:200])
    return mirrored
