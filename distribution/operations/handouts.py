"""Handing goods out to who collects them, whole or in part: a WZ, and crates that are free again."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from distribution import locks
from distribution.models import (
    Balance,
    Document,
    Fulfilment,
    FulfilmentLine,
    HandlingUnit,
    Location,
    Movement,
)
from distribution.operations import corrections, fulfilments
from distribution.operations.counted import dock
from distribution.operations.ledger import post, virtual
from distribution.operations.moves import Move
from distribution.operations.papers import Paper
from distribution.states import FulfilmentState
from marketplace.accounts.models import User
from marketplace.kernel.database import retried
from marketplace.kernel.errors import DomainError
from marketplace.kernel.units import Temperature


class NothingToHandOut(DomainError):
    code = "nothing_to_hand_out"

    def __init__(self) -> None:
        super().__init__(_("Nie ma tu nic gotowego do wydania."))


def hand_out(
    *,
    centre: int,
    reference: str,
    by: User | None,
    at: datetime,
    taken_by: str = "",
    only: Mapping[int, int] | None = None,
) -> Document:
    """Hands out the ready (or uncollected) fulfilments of an order at this centre and posts a WZ.

    `only` maps fulfilment line ids to the pieces taken now; the rest waits. `taken_by` names a proxy. Runs in
    the caller's transaction, which holds the order. Raises NothingToHandOut.
    """
    ready = [
        f
        for f in locks.fulfilments_of(centre=centre, reference=reference)
        if f.state in {FulfilmentState.READY, FulfilmentState.UNCOLLECTED}
    ]
    moves = _moves(centre, ready, only, reference)
    if not moves:
        raise NothingToHandOut
    document = post(
        centre=centre,
        moves=moves,
        by=by,
        at=at,
        paper=Paper(kind=Document.Kind.WZ, reference=reference, taken_by=taken_by),
    )
    for fulfilment in ready:
        if not fulfilment.lines.filter(handed_out__lt=F("picked")).exists():
            fulfilments.move(fulfilment=fulfilment, new=FulfilmentState.HANDED_OUT, by=by, at=at)
            free_crates([fulfilment.pk])
    return document


def _moves(centre, ready, only, reference):
    customer = virtual(centre=centre, kind=Location.Kind.CUSTOMER)
    moves: list[Move] = []
    for fulfilment in ready:
        crates = _contents(fulfilment)
        for line in fulfilment.lines.order_by("line"):
            left = line.picked - line.handed_out
            pieces = left if only is None else min(only.get(line.pk, 0), left)
            if pieces:
                moves += _take(crates, line, pieces, customer, reference, start=len(moves))
                FulfilmentLine.objects.filter(pk=line.pk).update(handed_out=F("handed_out") + pieces)
    return moves


def _contents(fulfilment) -> list[Balance]:
    inside = HandlingUnit.objects.filter(fulfilment=fulfilment).values("inside")
    return list(
        Balance.objects.filter(location__in=inside, units__gt=0)
        .select_related("item__product")
        .order_by("lot_id", "location_id")
    )


def _take(crates, line, pieces, customer, reference, *, start):
    moves: list[Move] = []
    for balance in crates:
        taken = min(pieces, balance.units) if balance.item_id == line.item_id else 0
        if not taken:
            continue
        grams = None
        if balance.grams:
            grams = balance.grams if taken == balance.units else balance.grams * taken // balance.units
            balance.grams -= grams
        balance.units -= taken
        pieces -= taken
        moves.append(
            Move(
                balance.lot_id,
                balance.location_id,
                customer,
                taken,
                Movement.Reason.HAND_OUT,
                grams,
                line=start + len(moves) + 1,
                reference=reference,
            )
        )
    return moves


def free_crates(fulfilments_: Sequence[int]) -> None:
    """Empty crates of these fulfilments may carry another order."""
    HandlingUnit.objects.filter(fulfilment__in=fulfilments_).update(fulfilment=None, stands_at=None)


class CrateInUse(DomainError):
    code = "crate_in_use"

    def __init__(self) -> None:
        super().__init__(_("Skrzynka tego zamówienia niesie już inne. Przyjmij towar osobno."))


def take_back(*, document: Document, reason: str, by: User | None, at: datetime) -> Document:
    """Reverses a WZ: the goods lie in their crates again and the fulfilments are ready. The caller holds the
    order. Raises AlreadyReversed, CrateInUse."""
    parts = locks.fulfilments_of(centre=document.centre_id, reference=document.reference)
    out = list(Movement.objects.filter(document_line__document=document).select_related("lot"))
    _reclaim_crates([m.from_location_id for m in out], parts)
    mirrored = corrections.mirror(document=document.pk, reason=reason, by=by, at=at)
    for movement in out:
        _lower_handed_out(movement.lot.item_id, movement.units, parts)
    for fulfilment in parts:
        if fulfilment.state == FulfilmentState.HANDED_OUT:
            fulfilments.move(fulfilment=fulfilment, new=FulfilmentState.READY, by=by, at=at)
    return mirrored


def _reclaim_crates(inside, parts):
    """Each crate serves its fulfilment again; which one does not matter but for the staging place."""
    for crate in HandlingUnit.objects.select_for_update().filter(inside__in=inside).order_by("pk"):
        if crate.fulfilment_id is not None and crate.fulfilment_id not in {part.pk for part in parts}:
            raise CrateInUse
        if crate.fulfilment_id is None:
            part = _part_of(crate, parts)
            HandlingUnit.objects.filter(pk=crate.pk).update(fulfilment=part, stands_at=part.stage_id)


def _part_of(crate, parts):
    items = Movement.objects.filter(to_location=crate.inside_id, reason=Movement.Reason.PICK)
    wanted = set(items.order_by("-pk").values_list("lot__item_id", flat=True)[:20])
    lines = FulfilmentLine.objects.filter(fulfilment__in=parts, item_id__in=wanted, handed_out__gt=0)
    found = lines.values_list("fulfilment_id", flat=True).first()
    return next((part for part in parts if part.pk == found), parts[0])


def _lower_handed_out(item, units, parts):
    lines = FulfilmentLine.objects.filter(fulfilment__in=parts, item_id=item, handed_out__gt=0)
    for line in lines.order_by("fulfilment_id", "line"):
        pieces = min(units, line.handed_out)
        FulfilmentLine.objects.filter(pk=line.pk).update(handed_out=F("handed_out") - pieces)
        units -= pieces
        if not units:
            return


def leave(*, reference: str, at: datetime) -> None:
    """Nobody came: the order's ready parts are marked for the centre to decide. The caller holds the order."""
    rows = Fulfilment.objects.filter(reference=reference, state=FulfilmentState.READY)
    for fulfilment in locks.fulfilments(rows.values_list("pk", flat=True)):
        fulfilments.move(fulfilment=fulfilment, new=FulfilmentState.UNCOLLECTED, by=None, at=at)


class NotUncollected(DomainError):
    code = "not_uncollected"

    def __init__(self) -> None:
        super().__init__(_("Te rzeczy nie czekają na decyzję."))


class SpoilsFast(DomainError):
    code = "spoils_fast"

    def __init__(self) -> None:
        super().__init__(_("Tego nie można odłożyć do sprzedaży: oddaj albo zapisz stratę."))


@retried
@transaction.atomic
def clear_uncollected(*, fulfilment: int, to: str, by: User | None, at: datetime) -> Document:
    """What nobody collected, or a buyer gave up, leaves its crates by an RW: `to` is WASTE or DONATION, or SLOT to
    put goods that keep on the ramp, from where a task puts them back on the shelf. Raises NotUncollected,
    SpoilsFast."""
    row = locks.fulfilment(fulfilment)
    if row.state not in {FulfilmentState.UNCOLLECTED, FulfilmentState.GIVEN_UP}:
        raise NotUncollected
    back = to == Location.Kind.SLOT
    reasons: dict[str, Movement.Reason] = {
        Location.Kind.SLOT: Movement.Reason.PUT_BACK,
        Location.Kind.DONATION: Movement.Reason.DONATION,
        Location.Kind.WASTE: Movement.Reason.WRITE_OFF,
    }
    contents = _contents(row)
    if back and any(
        b.item.product.spoils_fast or b.item.product.temperature != Temperature.AMBIENT for b in contents
    ):
        raise SpoilsFast
    document = post(
        centre=row.destination_id,
        moves=[
            Move(
                b.lot_id,
                b.location_id,
                _target(row, to),
                b.units,
                reasons[to],
                b.grams,
                line=n,
                reference=row.reference,
            )
            for n, b in enumerate(contents, start=1)
        ],
        by=by,
        at=at,
        paper=Paper(kind=Document.Kind.RW, reference=row.reference, reason=str(_("nieodebrane"))),
    )
    free_crates([row.pk])
    fulfilments.move(fulfilment=row, new=FulfilmentState.CLEARED, by=by, at=at)
    return document


def _target(fulfilment, to):
    if to != Location.Kind.SLOT:
        return virtual(centre=fulfilment.destination_id, kind=to)
    return dock(fulfilment.destination_id).pk
