"""Goods of a part that their buyer would rather not wait for: back on the shelf while nobody has begun on them, else
their crates stay where they stand for that centre to decide."""

from collections.abc import Collection
from datetime import datetime

from django.utils.translation import gettext as _

from distribution.models import Allocation, Fulfilment, FulfilmentLine, HandlingUnit, Hold, Load
from distribution.operations import allocations, fulfilments, rooms
from distribution.operations.holds import give_back, give_quotas_back
from distribution.states import AllocationState, FulfilmentState, HoldState, LoadState
from marketplace.accounts.models import User
from marketplace.kernel.errors import DomainError

PACKED = FulfilmentState.TO_LOAD
MAY_BE_GIVEN_UP = (FulfilmentState.RELEASED, PACKED)


class TooLateToGiveUp(DomainError):
    code = "too_late_to_give_up"

    def __init__(self) -> None:
        super().__init__(_("Te rzeczy już jadą albo są właśnie pakowane."))


class PackedTogether(DomainError):
    """`details["lines"]` are all the lines that lie in the same crates."""

    code = "packed_together"

    def __init__(self, lines: Collection[int]) -> None:
        super().__init__(
            _("Te pozycje są w jednej skrzynce: można zrezygnować tylko ze wszystkich."), lines=sorted(lines)
        )


def give_up(*, part: Fulfilment, lines: Collection[int], by: User | None, at: datetime) -> None:
    """Takes the lines (by number) out of a part. The caller holds the order, the part, and the supply of its items.
    Raises TooLateToGiveUp, PackedTogether."""
    rows = list(FulfilmentLine.objects.filter(fulfilment=part, line__in=lines).order_by("line"))
    if part.state not in MAY_BE_GIVEN_UP:
        raise TooLateToGiveUp
    if part.state == PACKED:
        _leave_crates(part, {row.line for row in rows}, by, at)
        return
    if any(row.picked for row in rows):
        raise TooLateToGiveUp
    for row in rows:
        _put_back(row)
    _release_holds(part, [row.line for row in rows])
    fulfilments.refresh(ids=[part.pk], by=by, at=at)


def _put_back(row):
    active = list(Allocation.objects.filter(fulfilment_line=row, state=AllocationState.ACTIVE).order_by("pk"))
    for one in active:
        allocations.cut(pk=one.pk, pieces=one.units)
    give_back([(one.supply_id, one.units) for one in active])
    FulfilmentLine.objects.filter(pk=row.pk).update(short=row.pieces, awaited=0)


def _release_holds(part, lines):
    """What the lines still hold on promises goes back, and the room all of it was to take."""
    holds = list(
        Hold.objects.filter(
            reference=part.reference, line__in=lines, route_id=part.route_id, supply__centre_id=part.centre_id
        ).exclude(state=HoldState.RELEASED)
    )
    active = [hold for hold in holds if hold.state == HoldState.ACTIVE]
    give_back([(hold.supply_id, hold.pieces) for hold in active])
    give_quotas_back([(hold.quota_id, hold.quota_pieces) for hold in active if hold.quota_id])
    Hold.objects.filter(pk__in=[hold.pk for hold in holds]).update(state=HoldState.RELEASED)
    rooms.give_back([(hold.route_id, hold.load_grams) for hold in holds])


def _leave_crates(part, given, by, at):
    inside = set(part.lines.filter(picked__gt=0).values_list("line", flat=True))
    if inside - given:
        raise PackedTogether(inside)
    Load.objects.filter(unit__fulfilment=part, state=LoadState.EXPECTED).update(state=LoadState.LEFT)
    _release_holds(part, given)
    unit = HandlingUnit.objects.filter(fulfilment=part).order_by("pk").first()
    here = unit.centre_id if unit else part.centre_id
    fulfilments.move(
        fulfilment=part, new=FulfilmentState.GIVEN_UP, by=by, at=at, destination_id=here, route=None
    )
