"""What happens to orders while a centre works on them: released with their round, shortened, weighed, ready,
left uncollected."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction

from distribution import jobs as centre_jobs
from distribution import locks as centre_locks
from distribution.models import Fulfilment, Hold, Round, Shortage, Slot
from distribution.operations import handouts, rounds, shortages
from distribution.operations.parts import Recipient
from distribution.operations.releases import release_round
from distribution.states import UNFINISHED, FulfilmentState, HoldState, RoundState
from marketplace.accounts.models import User
from marketplace.kernel import outbox
from marketplace.kernel.models import Job
from marketplace.kernel.outbox import NewJob
from orders import jobs, locks
from orders.models import MoneyEvent, Order, Payment
from orders.operations import endings, history, remedies, settling
from orders.states import OPEN, OrderState, PaymentState


@transaction.atomic
def release(*, round_id: int, by: User | None, at: datetime) -> dict[str, int]:
    """Settles the orders of a closed round: unpaid transfers and unconfirmed ones expire, the rest is released
    to the centre, oldest first. One transaction, safe to run twice."""
    if not Round.objects.filter(pk=round_id, state=RoundState.CLOSED).exists():
        return {}  # orders read before the round is closed may miss the last one
    orders = locks.orders_of_round(round_id, OPEN)
    round_ = centre_locks.round_alone(round_id)
    if round_.state != RoundState.CLOSED:
        return {}
    waiting = [order for order in orders if order.expires_at is not None]
    endings.end(orders=waiting, new=OrderState.EXPIRED, by=None, at=at)
    holding = set(
        Hold.objects.filter(round=round_, state=HoldState.ACTIVE).values_list("reference", flat=True)
    )
    staying = [order for order in orders if order.expires_at is None]
    _end_empty([order for order in staying if order.number not in holding], at)
    going = [order for order in staying if order.number in holding]
    history.move_all(orders=going, new=OrderState.PREPARING, by=by, at=at)
    starts = dict(Slot.objects.filter(round_id=round_id).values_list("pk", "starts"))
    counts = release_round(
        round_id=round_id,
        recipients=[Recipient(order.number, order.number, starts[order.slot_id]) for order in going],
        by=by,
        at=at,
    )
    outbox.write(_producer_lists(round_))
    return {"orders": len(going), "expired": len(waiting), **counts}


def _producer_lists(round_: Round):
    producers = (
        Order.objects.filter(round=round_, state=OrderState.PREPARING)
        .order_by()
        .values_list("seller_parts__producer", flat=True)
        .distinct()
    )
    return [
        NewJob(
            jobs.PRODUCER_LIST,
            f"producer_list:{round_.pk}:{producer}",
            {"round": round_.pk, "producer": producer},
            queue="mail",
        )
        for producer in sorted(producers)
    ]


@transaction.atomic
def shorten(*, reference: str, shortage_ids: Sequence[int], at: datetime) -> Order:
    """Pieces that will not come are made good where they can be; the rest comes off the order's lines and its
    total. The buyer is told once."""
    order = locks.order(reference)
    missing: dict[int, int] = defaultdict(int)
    for line, pieces in Shortage.objects.filter(pk__in=shortage_ids).values_list("line", "pieces"):
        missing[line] += pieces
    for line, pieces in remedies.make_good(order=order, missing=missing, at=at).items():
        missing[line] -= pieces
    if any(missing.values()):
        _take_off(order, missing, shortage_ids, at)
    if order.state == OrderState.PREPARING and _states(reference) == {FulfilmentState.EMPTY}:
        _end_empty([order], at)
    return order


def _take_off(order, missing, shortage_ids, at):
    saved = settling.settle(order, missing=missing)
    settling.book(order, MoneyEvent.Kind.SHORTENED, saved, at)
    outbox.write(
        [
            NewJob(
                jobs.MAIL,
                f"mail:short:{order.number}:{max(shortage_ids)}",
                {"order": order.number, "message": "short"},
                queue="mail",
            )
        ]
    )
    return order


@transaction.atomic
def settle_weights(*, reference: str, grams: Mapping[int, int], at: datetime) -> Order:
    """Prices the lines sold by weight from what the scales said; never above what was agreed."""
    order = locks.order(reference)
    saved = settling.settle(order, grams=grams)
    settling.book(order, MoneyEvent.Kind.WEIGHED, saved, at)
    return order


@transaction.atomic
def settle_uncovered(*, supply: int, at: datetime) -> int:
    """Goods that are sold were lost: locks the orders that lose them, newest first, and cuts their holds. The
    shortages it writes shorten the orders by their own jobs. Returns the pieces cut."""
    locks.orders({victim.reference for victim in shortages.victims(supply=supply)})
    return shortages.resolve(supply=supply, by=None, at=at)


@transaction.atomic
def make_ready(*, reference: str, at: datetime) -> bool:
    """The order is ready once every part of it is packed; one with nothing left ends. True when it moved."""
    order = locks.order(reference)
    states = _states(reference)
    if order.state != OrderState.PREPARING or states & UNFINISHED:
        return False
    if states <= {FulfilmentState.EMPTY}:
        if _shortage_is_open(reference):
            return False  # what may stand in is looked for first; that ends the order when nothing does
        _end_empty([order], at)
        return True
    history.move(order=order, new=OrderState.READY, by=None, at=at)
    outbox.write(
        [NewJob(jobs.MAIL, f"mail:ready:{reference}", {"order": reference, "message": "ready"}, queue="mail")]
    )
    return True


def _states(reference):
    return set(Fulfilment.objects.filter(reference=reference).values_list("state", flat=True))


def _shortage_is_open(reference):
    return Job.objects.open().filter(kind=centre_jobs.LINES_SHORT, payload__reference=reference).exists()


def _end_empty(orders, at):
    """Orders of which nothing came: their shortages have taken, or will take, every line off the total."""
    if not orders:
        return
    history.move_all(orders=orders, new=OrderState.CANCELLED, by=None, at=at, reason="nothing came")
    rounds.free_slots(slots=[order.slot_id for order in orders])
    Payment.objects.filter(order__in=orders, state=PaymentState.NEW).update(state=PaymentState.CANCELED)


@transaction.atomic
def leave_uncollected(*, round_id: int, at: datetime) -> int:
    """The hand-over is over: what nobody collected is marked, for the centre to put back, give or write off.
    Returns the orders marked."""
    orders = locks.orders_of_round(round_id, [OrderState.READY])
    for order in orders:
        history.move(order=order, new=OrderState.UNCOLLECTED, by=None, at=at)
        handouts.leave(reference=order.number, at=at)
    outbox.write(
        NewJob(
            jobs.MAIL,
            f"mail:uncollected:{order.number}",
            {"order": order.number, "message": "uncollected"},
            queue="mail",
        )
        for order in orders
    )
    return len(orders)
