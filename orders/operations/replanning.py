"""Orders that hang on a trip which is late, cancelled or left goods behind: another way first, then the place's next
round, and money back for what can't come at all. Buyers are told once."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from distribution import locks as centre_locks
from distribution.models import Fulfilment, FulfilmentLine, Hold, Shortage
from distribution.operations import detours, holds, shortages
from distribution.operations.holds import NotEnoughSupply
from distribution.operations.rounds import SlotFull
from distribution.queries.rounds import joinable
from distribution.states import FulfilmentState, HoldState
from marketplace.kernel import outbox
from marketplace.kernel.database import retried
from marketplace.kernel.outbox import NewJob
from orders import jobs, locks
from orders.models import Order
from orders.operations import giving_up, history, retaking
from orders.queries.totals import total
from orders.states import OPEN, OrderState

# What becomes of an order, and how it is said.
SAME_DAY = "SAME_DAY"
LATER = "LATER"
SHORTENED = "SHORTENED"
STRANDED = "STRANDED"
OUTCOMES = {
    SAME_DAY: _("zdąży inną drogą"),
    LATER: _("odbiór w następnej turze"),
    SHORTENED: _("zwrot pieniędzy za część"),
    STRANDED: _("czeka na decyzję kierownika"),
}


@dataclass(frozen=True)
class Fate:
    """What became, or would become, of one order."""

    reference: str
    outcome: str
    value: Decimal
    hands_over_on: str = ""

    @property
    def label(self) -> str:
        return str(OUTCOMES[self.outcome])


def replan(*, trip: int, at: datetime) -> list[Fate]:
    """Plans anew every order that the trip, as it is now, leaves without its promise, one transaction each."""
    broken = detours.broken_by(trip)
    fates = [_replan_held(number=number, trip=trip, at=at) for number in broken.held]
    fates += [_replan_made(number=number, trip=trip, at=at) for number in broken.made]
    return [fate for fate in fates if fate is not None]


def cost(*, change, trip: int, at: datetime) -> list[Fate]:
    """What `change` to the trip, a call that delays or cancels it, would cost: done and undone in one transaction
    that never commits, so it is exactly what a confirmation would do."""
    with transaction.atomic():
        change()
        fates = replan(trip=trip, at=at)
        transaction.set_rollback(True)
    return fates


@retried
@transaction.atomic
def _replan_held(*, number: str, trip: int, at: datetime) -> Fate | None:
    """An order not yet in work: its goods by another way or from another centre, else the next round, else less."""
    order = locks.order(number)
    if order.state not in OPEN or not _late_lines(order, trip):
        return None
    here = centre_locks.round_shared(order.round_id)
    late = _late_lines(order, trip)
    if retaking.retake(order, here):
        return Fate(number, SAME_DAY, total(order), str(here.hands_over_on))
    for later in _later_rounds(order, here, at):
        if retaking.retake(order, later, moves=True):
            _tell_moved(order, here, later, late, at)
            return Fate(number, LATER, total(order), str(later.hands_over_on))
    _take_what_comes(order, here, at)
    return Fate(number, SHORTENED, total(order))


def _late_lines(order, trip):
    """Lines some of which were to come by the trip and now do not."""
    held = Hold.objects.filter(reference=order.number, state=HoldState.ACTIVE, route__stages__trip=trip)
    broken = [
        hold for hold in held.select_related("route__round") if hold.route and not detours.keeps(hold.route)
    ]
    return {hold.line for hold in broken}


def _take_what_comes(order, round_, at):
    """The lines that can be served are held anew, the rest is short and its money goes back."""
    holds.release(references=[order.number])
    missing = []
    for want in retaking.wanted_of(order, round_):
        got = _most(order, round_, want)
        if got < want.pieces:
            missing.append(shortages.Missing(order.number, want.line, None, want.pieces - got))
    shortages.note(
        centre_code=round_.centre.code, missing=missing, reason=Shortage.Reason.NO_TRIP, by=None, at=at
    )


def _most(order, round_, want):
    """Takes as many of the wanted pieces as there are; returns how many."""
    pieces = want.pieces
    while pieces:
        try:
            with transaction.atomic():
                retaking.take(order, round_, [replace(want, pieces=pieces)])
        except NotEnoughSupply as refusal:
            pieces = refusal.details["lines"][want.line]
        else:
            return pieces
    return 0


def _later_rounds(order, here, at):
    found = joinable(place=order.place, at=at, rehearsal=here.is_rehearsal)
    return [round_ for round_ in found if round_.hands_over_on > here.hands_over_on]


def _tell_moved(order, here, later, late, at):
    giving_up.note(order=order, here=here, later=later, lines=late, at=at)
    reason = f"moved: {here.hands_over_on} -> {later.hands_over_on}"
    history.note(order=order, reason=reason, by=None, at=at)
    key = f"mail:moved:{order.number}:{later.pk}"
    outbox.write([NewJob(jobs.MAIL, key, {"order": order.number, "message": "moved"}, queue="mail")])


@retried
@transaction.atomic
def _replan_made(*, number: str, trip: int, at: datetime) -> Fate | None:
    """An order in work: its late parts by another way in time, else the whole order at the next round."""
    order = locks.order(number)
    if order.state != OrderState.PREPARING:
        return None
    here = order.round
    late_parts = [part for part in _parts(order) if _is_late(part, trip)]
    if not late_parts:
        return None
    lines = FulfilmentLine.objects.filter(fulfilment__in=late_parts)
    late = set(lines.values_list("line", flat=True))
    if _send_late(order, here, trip, at):
        return Fate(number, SAME_DAY, total(order), str(here.hands_over_on))
    for later in _later_rounds(order, here, at):
        if _send_late(order, later, trip, at):
            _tell_moved(order, here, later, late, at)
            return Fate(number, LATER, total(order), str(later.hands_over_on))
    return Fate(number, STRANDED, total(order))


def _parts(order):
    return list(Fulfilment.objects.filter(reference=order.number).select_related("round", "route"))


def _is_late(part, trip):
    if part.route_id is None or part.state not in detours.UNDER_WAY:
        return False
    goes = part.route.stages.filter(trip=trip).exists()
    return goes and (not detours.keeps(part.route) or detours.is_stranded(part))


class NoWay(Exception):
    """A late part has no way to the round."""


def _send_late(order, round_, trip, at):
    """Sends the late parts by other ways to the round, its own or a later one that the whole order then joins;
    False, with everything as it was, when one of them has no way."""
    try:
        with transaction.atomic():
            slot = order.slot_id if round_.pk == order.round_id else retaking.join(round_, order)
            detours.lock_trips(_parts(order))
            parts = centre_locks.fulfilments([part.pk for part in _parts(order)])
            _detour([part for part in parts if _is_late(part, trip)], round_, at)
            _take_along(parts, round_)
            Order.objects.filter(pk=order.pk).update(round=round_, slot=slot)
    except (NoWay, SlotFull):
        return False
    return True


def _detour(parts: Sequence[Fulfilment], round_, at):
    for part in parts:
        if detours.send_otherwise(part=part, round_=round_, by=None, at=at) is None:
            raise NoWay


def _take_along(parts, round_):
    """What is made already waits for the late part."""
    over = {FulfilmentState.HANDED_OUT, FulfilmentState.CLEARED, FulfilmentState.EMPTY}
    for part in parts:
        if part.round_id == round_.pk or part.state in over:
            continue
        holds_of = Hold.objects.filter(
            reference=part.reference,
            round_id=part.round_id,
            route_id=part.route_id,
            supply__centre_id=part.centre_id,
        )
        holds_of.exclude(state=HoldState.RELEASED).update(round=round_)
        Fulfilment.objects.filter(pk=part.pk).exclude(round=round_).update(round=round_)
