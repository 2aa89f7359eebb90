"""An order's goods given back and held anew, for its round or for another: nothing changes when that can't be done."""

from collections.abc import Sequence
from datetime import timedelta

from django.db import transaction

from distribution import locks as centre_locks
from distribution.models import Hold, Round
from distribution.operations import holds, rounds
from distribution.operations.holds import NotEnoughSupply
from distribution.operations.rounds import SlotFull
from distribution.policies.sourcing import Wanted
from orders.models import Order
from orders.queries.channels import channel_of


def wanted_of(order: Order, round_: Round) -> list[Wanted]:
    """What the order is still to get, for the round."""
    lines = order.lines.select_related("offer__stock_item__product").order_by("position")
    return [
        Wanted(
            line.position,
            line.item_id,
            line.pieces - line.short,
            round_.hands_over_on + timedelta(days=line.offer.stock_item.product.minimum_life_days or 0),
            line.agreed_max // line.pieces if line.agreed_max else None,
        )
        for line in lines
        if line.pieces > line.short
    ]


def retake(order: Order, round_: Round, *, moves: bool = False) -> bool:
    """Gives the order's holds back and takes them anew for the round, a later one with a slot; False, with
    everything as it was, when the round cannot serve it all."""
    try:
        with transaction.atomic():
            slot = join(round_, order) if moves else order.slot_id
            holds.release(references=[order.number])
            take(order, round_, wanted_of(order, round_))
            Order.objects.filter(pk=order.pk).update(round=round_, slot=slot)
    except (NotEnoughSupply, SlotFull):
        return False
    return True


def join(later: Round, order: Order) -> int:
    """A slot of the later round, at the same hour when there is room; the slot left behind is free."""
    centre_locks.round_shared(later.pk)
    starts = order.slot.starts
    for slot in sorted(later.slots.all(), key=lambda s: (s.starts != starts, s.starts)):
        try:
            rounds.take_slot(slot=slot.pk, round_id=later.pk)
        except SlotFull:
            continue
        rounds.free_slots(slots=[order.slot_id])
        return slot.pk
    raise SlotFull


def take(order: Order, round_: Round, wanted: Sequence[Wanted]) -> None:
    """Holds the wanted pieces; those from elsewhere say that a trip had changed."""
    buyer = f"u{order.user_id}" if order.user_id else ""
    channel = channel_of(order.user)
    taken = holds.take(
        round_id=round_.pk, reference=order.number, wanted=wanted, buyer=buyer, channel=channel
    )
    away = Hold.objects.filter(pk__in=[hold.hold for hold in taken], route__isnull=False)
    away.update(reason=Hold.Reason.MOVED)
