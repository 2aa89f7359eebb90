"""Short lines looked at once more: another lot, another centre before its cut-off, something similar within the buyer's
consent. What is found comes back onto the order and its total; the buyer is told."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from distribution import locks as centre_locks
from distribution.models import Centre, FulfilmentLine, Task
from distribution.operations import allocations, fulfilments
from distribution.states import FulfilmentState
from marketplace.accounts.models import User
from marketplace.kernel import outbox
from marketplace.kernel.database import execute, retried
from marketplace.kernel.outbox import NewJob
from orders import jobs, locks
from orders.models import MoneyEvent
from orders.operations import history, remedies, settling
from orders.queries.shortages import hopeful
from orders.states import OPEN, OrderState


@dataclass(frozen=True)
class Rescued:
    """Pieces of an order that come after all, and lines that something similar stands in for."""

    reference: str
    pieces: int
    replaced: int


def search_again(*, centre: Centre, by: User | None, at: datetime) -> list[Rescued]:
    """Every order of the centre's desk with a short line and not packed yet, the oldest first, one transaction each.
    Returns those for which something was found."""
    found = [_search(number=number, by=by, at=at) for number in hopeful(centre)]
    return [one for one in found if one.pieces or one.replaced]


@retried
@transaction.atomic
def _search(*, number: str, by: User | None, at: datetime) -> Rescued:
    order = locks.order(number)
    if order.state not in {*OPEN, OrderState.PREPARING}:
        return Rescued(number, 0, 0)
    centre_locks.fulfilments_of_order(number)
    lines = list(
        order.lines.filter(short__gt=0, replaced_by=None).select_related("offer__stock_item__product")
    )
    came: dict[int, int] = {}
    for line in lines:
        pieces = _from_the_shelf(order, line, by, at)
        left = line.short - pieces
        if left and remedies.from_elsewhere(order=order, line=line, pieces=left, at=at):
            pieces += left
        if pieces:
            came[line.position] = pieces
    replaced = [
        line
        for line in lines
        if line.position not in came and remedies.stand_in(order=order, line=line, pieces=line.short, at=at)
    ]
    if came:
        saved = settling.settle(order, missing={position: -pieces for position, pieces in came.items()})
        settling.book(order, MoneyEvent.Kind.SHORTENED, saved, at)
        history.note(order=order, reason=f"restored: {sum(came.values())}", by=by, at=at)
    if came or replaced:
        _tell(order, at)
    return Rescued(number, sum(came.values()), len(replaced))


def _from_the_shelf(order, line, by, at):
    """Other free goods at the centre that makes the part, for a line that is still being picked."""
    mine = FulfilmentLine.objects.filter(
        fulfilment__reference=order.number,
        line=line.position,
        short__gt=0,
        fulfilment__state=FulfilmentState.RELEASED,
        fulfilment__tasks__in=Task.objects.unfinished().filter(kind=Task.Kind.PICK),
    ).select_related("fulfilment")
    got = 0
    for row in mine:
        centre = row.fulfilment.centre_id
        centre_locks.supply_of_items(centre=centre, items=[row.item_id])
        pieces = allocations.replace(centre=centre, lost={row.pk: min(row.short, line.short - got)})
        execute(
            "UPDATE distribution_fulfilmentline SET short = short - %s WHERE id = %s",
            [pieces.get(row.pk, 0), row.pk],
        )
        got += pieces.get(row.pk, 0)
        fulfilments.refresh(ids=[row.fulfilment_id], by=by, at=at)
    return got


def _tell(order, at):
    key = f"mail:restored:{order.number}:{at.isoformat()}"
    outbox.write([NewJob(jobs.MAIL, key, {"order": order.number, "message": "restored"}, queue="mail")])
