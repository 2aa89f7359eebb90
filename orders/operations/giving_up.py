"""A late order whose buyer gives up what is late: those lines are not paid, the rest comes on the first day while that
can be kept, else on the day it was moved to."""

from collections.abc import Collection, Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from distribution import jobs as centre_jobs
from distribution import locks as centre_locks
from distribution.models import Fulfilment, FulfilmentLine, Hold, Round
from distribution.operations import detours, givings_up
from distribution.operations.rounds import SlotFull
from distribution.states import FulfilmentState, HoldState, RoundState
from marketplace.accounts.models import User
from marketplace.kernel import outbox
from marketplace.kernel.database import retried
from marketplace.kernel.errors import Busy, DomainError
from marketplace.kernel.outbox import NewJob
from orders import jobs, locks
from orders.models import MoneyEvent, Order, Postponement
from orders.operations import history, retaking, settling
from orders.states import OPEN, OrderState

OVER = (FulfilmentState.HANDED_OUT, FulfilmentState.CLEARED, FulfilmentState.EMPTY, FulfilmentState.GIVEN_UP)


class NotLate(DomainError):
    code = "not_late"

    def __init__(self) -> None:
        super().__init__(_("Zaznacz spóźnione pozycje, z których rezygnujesz."), field="lines")


class GivesUpAll(DomainError):
    code = "gives_up_all"

    def __init__(self) -> None:
        super().__init__(
            _("To już wszystko, co jest w zamówieniu. Poczekaj na nie albo je anuluj."), field="lines"
        )


def note(*, order: Order, here: Round, later: Round, lines: Collection[int], at: datetime) -> None:
    """The order waits for a later round because of these lines: its buyer may answer."""
    Postponement.objects.create(order=order, from_round=here, to_round=later, lines=sorted(lines), at=at)


def open_for(order: Order) -> Postponement | None:
    """The postponement its buyer may still answer."""
    if order.state not in {*OPEN, OrderState.PREPARING}:
        return None
    newest = order.postponements.select_related("from_round", "to_round").order_by("-pk").first()
    return newest if newest and newest.answered_at is None else None


@retried
@transaction.atomic
def give_up(*, number: str, lines: Collection[int], by: User | None, at: datetime) -> Order:
    """Takes late lines (positions) off the order, and their money off its total. Raises NotLate, GivesUpAll,
    TooLateToGiveUp, PackedTogether."""
    order = locks.order(number)
    postponed = open_for(order)
    given = set(lines)
    if postponed is None or not given or not given <= set(postponed.lines):
        raise NotLate
    late = set(postponed.lines)
    left = order.lines.exclude(position__in=given)
    if not any(line.pieces > line.short for line in left):
        raise GivesUpAll
    pieces = dict(order.lines.filter(position__in=given).values_list("position", "pieces"))
    if order.state in OPEN:
        _settle(order, pieces, at)
        _hold_the_rest(order, postponed, late - given)
    else:
        _take_out(order, given, by, at)
        _settle(order, pieces, at)
        if not late - given:
            _bring_forward(order, postponed)
    Postponement.objects.filter(pk=postponed.pk).update(given_up=sorted(given), answered_at=at, by=by)
    order.refresh_from_db()
    _tell(order, given, by, at)
    return order


def _settle(order, pieces, at):
    saved = settling.settle(order, missing=pieces)
    settling.book(order, MoneyEvent.Kind.SHORTENED, saved, at)


def _hold_the_rest(order, postponed, still_late):
    """An order not yet in work: what is left is held anew, on the first day when nothing late is left."""
    first = Round.objects.get(pk=postponed.from_round_id)
    if not still_late and first.state == RoundState.OPEN and retaking.retake(order, first, moves=True):
        return
    if not retaking.retake(order, centre_locks.round_shared(order.round_id)):
        raise Busy


def _take_out(order, given, by, at):
    """An order in work: each part that makes a given-up line puts it back, or leaves its crates where they are."""
    detours.lock_trips(_parts(order.number))
    parts = centre_locks.fulfilments_of_order(order.number)
    rows = FulfilmentLine.objects.filter(fulfilment__in=parts, line__in=given).exclude(
        fulfilment__state__in=OVER
    )
    made: dict[int, list[FulfilmentLine]] = {}
    for row in rows:
        made.setdefault(row.fulfilment_id, []).append(row)
    mine = [part for part in parts if part.pk in made]
    centre_locks.supply_at((part.centre_id, row.item_id) for part in mine for row in made[part.pk])
    for part in mine:
        givings_up.give_up(part=part, lines={row.line for row in made[part.pk]}, by=by, at=at)


def _parts(number) -> Sequence[Fulfilment]:
    return list(Fulfilment.objects.filter(reference=number).select_related("round", "route"))


def _bring_forward(order, postponed):
    """What waited for the late lines goes out on the first day, when all of it is there by then."""
    first = Round.objects.select_related("centre").get(pk=postponed.from_round_id)
    parts = [part for part in _parts(order.number) if part.state not in OVER]
    if first.state != RoundState.RELEASED or not all(_comes_by(part, first) for part in parts):
        return
    try:
        with transaction.atomic():
            slot = retaking.join(first, order)
    except SlotFull:
        return
    for part in parts:
        Hold.objects.filter(
            reference=part.reference, round_id=part.round_id, route=part.route,
            supply__centre_id=part.centre_id,
        ).exclude(state=HoldState.RELEASED).update(round=first)  # fmt: skip
        Fulfilment.objects.filter(pk=part.pk).update(round=first)
    Order.objects.filter(pk=order.pk).update(round=first, slot=slot)


def _comes_by(part, round_):
    if part.route is None:
        return True
    stages = [stage.trip for stage in part.route.stages.select_related("trip")]
    return bool(stages) and stages[-1].arrives_at <= round_.due_at - detours.JUST_IN_TIME


def _tell(order, given, by, at):
    history.note(order=order, reason=f"given up: {sorted(given)}"[:200], by=by, at=at)
    facts = {"reference": order.number, "at": at.isoformat()}
    ready = NewJob(
        centre_jobs.FULFILMENT_READY,
        f"{centre_jobs.FULFILMENT_READY}:{order.number}:given:{at.isoformat()}",
        facts,
    )
    letter = {"order": order.number, "message": "given_up"}
    outbox.write(
        [ready, NewJob(jobs.MAIL, f"mail:given_up:{order.number}:{at.isoformat()}", letter, queue="mail")]
    )
