"""A lead moves a line to another centre's goods, or to another lot, before it is picked, and says why."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from distribution import locks
from distribution.models import Allocation, Fulfilment, FulfilmentLine, Hold, Round, SourceChange, Supply
from distribution.operations import allocations, fulfilments, releases, resourcing, rooms
from distribution.operations.corrections import reasoned
from distribution.operations.holds import NotEnoughSupply, give_back, give_quotas_back
from distribution.operations.parts import Recipient
from distribution.operations.resourcing import Change, Held
from distribution.policies.fefo import Demand, allocate
from distribution.policies.sourcing import Choice, Source
from distribution.queries import sources
from distribution.states import AllocationState, FulfilmentState, HoldState, LineState, RoundState
from marketplace.accounts.models import User
from marketplace.kernel.database import retried
from marketplace.kernel.errors import DomainError, NotFound


class LineBegun(DomainError):
    code = "line_begun"

    def __init__(self) -> None:
        super().__init__(_("Ta pozycja jest już zbierana albo ma brak: źródła nie można zmienić."))


class NoSuchSource(DomainError):
    code = "no_such_source"

    def __init__(self) -> None:
        super().__init__(_("Tam nie ma już tyle towaru na czas. Wybierz inne źródło."), field="source")


@retried
@transaction.atomic
def move_line(
    *,
    reference: str,
    line: int,
    centre: int,
    supply: int | None = None,
    lot: int | None = None,
    reason: str,
    by: User | None,
    at: datetime,
) -> SourceChange:
    """Moves all that an order's line has at `centre` to another row of supply, whose centre may be another; once the
    round is released also to a named lot of the same centre. The promise to the buyer stays: same round, long enough
    good, a lorry that still takes goods. Raises ReasonMissing, NotFound, LineBegun, NoSuchSource."""
    why = reasoned(reason)
    held = _held(reference, line, centre)
    round_ = locks.round_shared(held[0].round_id)
    held = _held(reference, line, centre)
    if round_.state != RoundState.RELEASED:
        if supply is None or any(hold.quota_id for hold in held):
            raise NoSuchSource
        return _move_held(round_, held, supply, why, by, at)
    parts = {part.pk: part for part in locks.fulfilments_of_order(reference)}
    row = _untouched(parts, held[0], line, centre)
    if lot is not None:
        return _move_to_lot(round_, row, held, lot, why, by, at)
    if supply is None:
        raise NoSuchSource
    return _move_made(round_, parts[row.fulfilment_id], row, held, supply, why, by, at)


def _held(reference, line, centre):
    rows = Hold.objects.filter(reference=reference, line=line, supply__centre_id=centre)
    found = list(
        rows.exclude(state=HoldState.RELEASED).select_related("supply__item__product", "route").order_by("pk")
    )
    if not found:
        raise NotFound(_("Nie ma takiej pozycji w tym centrum."))
    return found


def _option(round_, held, supply, at):
    """The chosen row, when it still serves the whole line."""
    item = held[0].supply.item_id
    pieces = sum(hold.pieces for hold in held)
    for option in sources.options(round_id=round_.pk, item=item, pieces=pieces, at=at):
        if option.supply == supply and supply not in {hold.supply_id for hold in held}:
            return Source(
                option.supply, item, option.centre, option.route, option.changes, option.kilometres,
                option.usable_until, option.free, option.grams_each,
            )  # fmt: skip
    raise NoSuchSource


def _move_held(round_, held, supply, why, by, at):
    """Before release: another hold takes the place of the line's."""
    target = _option(round_, held, supply, at)
    new = Choice(held[0].line, target, sum(hold.pieces for hold in held), Hold.Reason.OVERRIDE)
    change = Change([_as_held(hold) for hold in held], [new])
    reference = held[0].reference
    done = resourcing.carry_out(
        round_=round_, changes=[change], references=[reference], by=by, at=at, explained=why
    )
    if not done:
        raise NoSuchSource
    return SourceChange.objects.filter(reference=reference, line=new.line).latest("pk")


def _as_held(hold):
    route = hold.route
    source = Source(
        hold.supply_id, hold.supply.item_id, hold.supply.centre_id, hold.route_id,
        route.changes if route else 0, route.kilometres if route else 0, hold.supply.usable_until, hold.pieces,
        hold.load_grams // hold.pieces,
    )  # fmt: skip
    return Held(
        source, hold.pk, hold.reference, hold.line, hold.pieces, hold.max_grams_each, hold.load_grams, hold.rank,
        hold.buyer, hold.supply.item.product.minimum_life_days or 0,
    )  # fmt: skip


def _untouched(parts, hold, line, centre):
    """The line of the part, when nobody has begun on it and nothing of it is short."""
    rows = FulfilmentLine.objects.filter(fulfilment__in=parts, line=line, fulfilment__centre_id=centre)
    row = rows.filter(fulfilment__route_id=hold.route_id).first()
    if row is None or row.picked or parts[row.fulfilment_id].state != FulfilmentState.RELEASED:
        raise LineBegun
    if row.short or row.shortages.exists():
        raise LineBegun
    return row


def _move_to_lot(round_, row, held, lot, why, by, at):
    """After release, in the same centre: the very lot the lead names is set aside instead."""
    if row.awaited:
        raise LineBegun
    part = Fulfilment.objects.get(pk=row.fulfilment_id)
    locks.supply_of_items(centre=part.centre_id, items=[row.item_id])
    active = list(Allocation.objects.filter(fulfilment_line=row, state=AllocationState.ACTIVE).order_by("pk"))
    old = active[0].supply_id
    _give_up(active)
    until = round_.hands_over_on + timedelta(days=held[0].supply.item.product.minimum_life_days or 0)
    shelves = [s for s in allocations.free_shelves([(part.centre_id, row.item_id)]) if s.lot == lot]
    room = {
        one.pk: one.quantity - one.held
        for one in Supply.objects.filter(pk__in=[shelf.supply for shelf in shelves])
    }
    picks = allocate([Demand(row.pk, part.centre_id, row.item_id, row.pieces, until)], shelves, room)
    if sum(pick.pieces for pick in picks) < row.pieces:
        raise NoSuchSource
    give_back([(pick.supply, -pick.pieces) for pick in picks])
    task = part.tasks.filter(kind="PICK", state__in=["OPEN", "TAKEN"]).values_list("pk", flat=True).first()
    allocations.set_aside(picks, tasks={row.pk: task})
    Hold.objects.filter(pk__in=[hold.pk for hold in held]).update(reason=Hold.Reason.OVERRIDE, explained=why)
    return _note(held[0], row.pieces, old, picks[0].supply, why, by, at, lot=lot)


def _give_up(active):
    """Takes unpicked allocations away as if they had never been: nobody has acted on them."""
    for one in active:
        allocations.cut(pk=one.pk, pieces=one.units)
    give_back([(one.supply_id, one.units) for one in active])
    Allocation.objects.filter(pk__in=[one.pk for one in active]).delete()


def _move_made(round_, part, row, held, supply, why, by, at):
    """After release, to another centre: the line leaves its part and joins, or makes, one at the other centre."""
    target = _option(round_, held, supply, at)
    pairs = {(part.centre_id, row.item_id), (target.origin, row.item_id)}
    free = {one.pk: one.quantity - one.held - one.reserved for one in locks.supply_at(pairs)}
    if free[target.supply] < row.pieces:
        raise NoSuchSource
    _take_out(part, row, held, by, at)
    new = _hold_there(round_, held[0], target, row.pieces, why)
    change = _note(held[0], row.pieces, held[0].supply_id, target.supply, why, by, at)
    try:
        releases.add(
            round_id=round_.pk,
            recipient=Recipient(part.reference, part.recipient_label, part.slot_starts),
            holds=[new.pk],
            by=by,
            at=at,
        )
    except (releases.PackedAlready, NotEnoughSupply) as refusal:
        raise NoSuchSource from refusal
    return change


def _take_out(part, row, held, by, at):
    _give_up(list(Allocation.objects.filter(fulfilment_line=row, state=AllocationState.ACTIVE)))
    waiting = [hold for hold in held if hold.state == HoldState.ACTIVE]
    give_back([(hold.supply_id, hold.pieces) for hold in waiting])
    give_quotas_back([(hold.quota_id, hold.quota_pieces) for hold in waiting if hold.quota_id])
    Hold.objects.filter(pk__in=[hold.pk for hold in held]).update(state=HoldState.RELEASED)
    rooms.give_back([(hold.route_id, hold.load_grams) for hold in held])
    row.delete()
    if part.lines.exclude(state=LineState.SHORT).exists():
        fulfilments.refresh(ids=[part.pk], by=by, at=at)
    else:
        fulfilments.end_without_goods(pk=part.pk, by=by, at=at)


def _hold_there(round_: Round, like: Hold, target: Source, pieces: int, why: str) -> Hold:
    grams = pieces * target.grams_each if target.route else 0
    try:
        rooms.book([(target.route, grams)] if target.route else [])
    except rooms.NoRoomOnTrip as refusal:
        raise NoSuchSource from refusal
    give_back([(target.supply, -pieces)])
    return Hold.objects.create(
        supply_id=target.supply,
        round=round_,
        reference=like.reference,
        line=like.line,
        pieces=pieces,
        max_grams_each=like.max_grams_each,
        route_id=target.route,
        load_grams=grams,
        reason=Hold.Reason.OVERRIDE,
        explained=why,
        rank=like.rank,
        buyer=like.buyer,
    )


def _note(hold, pieces, old, new, why, by, at, lot=None):
    return SourceChange.objects.create(
        reference=hold.reference,
        line=hold.line,
        pieces=pieces,
        old_id=old,
        new_id=new,
        lot_id=lot,
        why=Hold.Reason.OVERRIDE,
        explained=why,
        by=by,
        at=at,
    )
