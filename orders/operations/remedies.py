"""Before money goes back for goods that will not come: the same goods from another centre while the cut-off allows,
then something similar within the buyer's consent. All of it before packing; the buyer is told once."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import transaction

from distribution import locks as centre_locks
from distribution.models import Hold, Route
from distribution.operations import holds, releases
from distribution.operations.holds import NotEnoughSupply
from distribution.operations.parts import Recipient
from distribution.operations.releases import PackedAlready
from distribution.policies.sourcing import Wanted
from distribution.states import RoundState
from marketplace.kernel.errors import Busy
from marketplace.kernel.money import grosze, net_and_tax
from marketplace.kernel.units import SoldBy
from orders.models import Line, MoneyEvent, Order, SellerPart
from orders.operations import history
from orders.queries.substitutes import Candidate, similar
from orders.states import OPEN, OrderState, Substitutes


def make_good(*, order: Order, missing: Mapping[int, int], at: datetime) -> dict[int, int]:
    """Pieces of each line (by position) that will come after all, of the missing ones, in whole packs replaced or
    from elsewhere. The caller holds the order."""
    if order.state not in {*OPEN, OrderState.PREPARING}:
        return {}
    made: dict[int, int] = {}
    for line in order.lines.filter(position__in=missing).select_related("offer__stock_item__product"):
        pieces = missing[line.position]
        if from_elsewhere(order=order, line=line, pieces=pieces, at=at):
            made[line.position] = pieces
        else:
            stand_in(order=order, line=line, pieces=pieces, at=at)
    return made


def from_elsewhere(*, order: Order, line: Line, pieces: int, at: datetime) -> bool:
    """The same goods by the round's ways, off a shelf once the round is in work: a producer who is still to come may
    come short too. False when none has them in time. The caller holds the order."""
    life = timedelta(days=line.offer.stock_item.product.minimum_life_days or 0)
    grams = line.agreed_max // line.pieces if line.agreed_max else None
    until = order.round.hands_over_on + life
    return _take(order, [Wanted(line.position, line.item_id, pieces, until, grams)], at)


def _take(order, wanted, at):
    try:
        with transaction.atomic():
            centre_locks.fulfilments_of_order(order.number)
            taken = holds.take(
                round_id=order.round_id,
                reference=order.number,
                wanted=wanted,
                on_shelves=order.round.state == RoundState.RELEASED,
            )
            made = Hold.objects.filter(pk__in=[hold.hold for hold in taken])
            _require_in_time(made, order, at)
            made.update(reason=Hold.Reason.RESTORED)
            if order.round.state == RoundState.RELEASED:
                recipient = Recipient(order.number, order.number, order.slot.starts)
                releases.add(
                    round_id=order.round_id,
                    recipient=recipient,
                    holds=[hold.hold for hold in taken],
                    by=None,
                    at=at,
                )
    except (NotEnoughSupply, PackedAlready, Busy):
        return False
    return True


def _require_in_time(made, order, at):
    """Raises NotEnoughSupply when a first lorry takes no more goods now."""
    gone = Route.objects.filter(round=order.round_id, stages__position=0, stages__trip__cutoff_at__lte=at)
    if made.filter(route__in=gone).exists():
        raise NotEnoughSupply


def stand_in(*, order: Order, line: Line, pieces: int, at: datetime) -> bool:
    """Adds a line of something similar, priced no higher than what it replaces, when the buyer consented to that.
    False when nothing will do. The caller holds the order."""
    packs = pieces // (line.pieces // line.quantity)
    if order.substitutes != Substitutes.SIMILAR or line.sold_by != SoldBy.PIECE or not packs:
        return False
    found = similar(line=line, packs=packs, round_=order.round)
    if found is None:
        return False
    position = max(order.lines.values_list("position", flat=True)) + 1
    until = order.round.hands_over_on + timedelta(days=found.minimum_life_days)
    if not _take(order, [Wanted(position, found.item, packs * found.pieces_each, until)], at):
        return False
    _write_line(order, line, found, packs, position, at)
    return True


def _write_line(order, line: Line, found: Candidate, packs, position, at):
    part, _made = SellerPart.objects.get_or_create(
        order=order, producer_id=found.producer, defaults={"gross": 0, "net": 0, "vat": 0}
    )
    net, tax = net_and_tax(found.price * packs, found.vat_percent)
    total = net + tax
    Line.objects.create(
        order=order,
        seller_part=part,
        position=position,
        offer_id=found.offer,
        item_id=found.item,
        name=found.name,
        producer_name=found.producer_name,
        pack=found.pack,
        sold_by=SoldBy.PIECE,
        quantity=packs,
        pieces=packs * found.pieces_each,
        price=found.price,
        vat_percent=found.vat_percent,
        placed_total=total,
        replaces=line,
    )
    MoneyEvent.objects.create(
        order=order, kind=MoneyEvent.Kind.SUBSTITUTE, grosze=grosze(total), at=at, by=None
    )
    history.note(order=order, reason=f"substitute: {line.position} -> {position}", by=None, at=at)
