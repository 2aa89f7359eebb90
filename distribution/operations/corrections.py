"""Mistakes and losses: documents reversed by a mirror, goods written off or given away, leftovers put back."""

from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from distribution import locks
from distribution.models import Balance, Document, Fulfilment, HandlingUnit, Location, Movement, Shortage
from distribution.operations import arrivals, fulfilments, shortages
from distribution.operations.ledger import post, virtual
from distribution.operations.moves import Move, NotEnoughThere
from distribution.operations.papers import Paper
from distribution.operations.shortages import Missing
from distribution.states import FulfilmentState
from marketplace.accounts.models import User
from marketplace.kernel.database import retried
from marketplace.kernel.errors import DomainError, Invalid
from marketplace.kernel.units import Unit


class AlreadyReversed(DomainError):
    code = "already_reversed"

    def __init__(self) -> None:
        super().__init__(_("Ten dokument jest już wystornowany."))


class GoodsMovedOn(DomainError):
    code = "goods_moved_on"

    def __init__(self) -> None:
        super().__init__(_("Towaru z tego dokumentu nie ma już tam, gdzie go odłożono."))


class ReasonMissing(Invalid):
    code = "reason_missing"

    def __init__(self) -> None:
        super().__init__(_("Podaj powód."), field="reason")


def reasoned(reason: str) -> str:
    """The reason as it is kept, or ReasonMissing."""
    if not reason.strip():
        raise ReasonMissing
    return reason.strip()[:200]


class BelongsToOrder(DomainError):
    code = "belongs_to_order"

    def __init__(self) -> None:
        super().__init__(_("Ten dokument należy do zamówienia. Cofnij wydanie w zamówieniu."))


@retried
@transaction.atomic
def reverse(*, document: int, reason: str, by: User | None, at: datetime) -> Document:
    """Posts the mirror of a PZ or RW: every movement the other way. Raises AlreadyReversed, GoodsMovedOn when
    the goods are no longer where the document put them, and BelongsToOrder when the order changed with it."""
    row = Document.objects.get(pk=document)
    if row.reference and row.kind != Document.Kind.PZ:
        raise BelongsToOrder
    arrivals.hold_of(document=document)
    made = mirror(document=document, reason=reason, by=by, at=at)
    arrivals.take_back(document=row)
    return made


def mirror(*, document: int, reason: str, by: User | None, at: datetime) -> Document:
    """The same inside a caller's transaction, for any kind of document."""
    why = reasoned(reason)
    original = locks.document(document)
    if original.reverses_id or Document.objects.filter(reverses=original).exists():
        raise AlreadyReversed
    movements = Movement.objects.filter(document_line__document=original).annotate(
        position=F("document_line__position")
    )
    try:
        return post(
            centre=original.centre_id,
            moves=[
                Move(
                    m.lot_id,
                    m.to_location_id,
                    m.from_location_id,
                    m.units,
                    Movement.Reason.REVERSAL,
                    m.grams,
                    line=m.position,
                    reference=original.reference,
                    reverses=m.pk,
                )
                for m in movements
            ],
            by=by,
            at=at,
            paper=Paper(
                kind=original.kind,
                producer=original.producer_id,
                reference=original.reference,
                reason=why,
                reverses=original.pk,
            ),
        )
    except NotEnoughThere as refusal:
        raise GoodsMovedOn from refusal


class ReceiverMissing(Invalid):
    code = "receiver_missing"

    def __init__(self) -> None:
        super().__init__(_("Podaj, kto przyjął darowiznę (nazwa organizacji)."), field="taken_by")


class WeightMissing(Invalid):
    code = "weight_missing"

    def __init__(self) -> None:
        super().__init__(_("Podaj wagę darowizny w gramach."), field="grams")


@retried
@transaction.atomic
def write_off(
    *,
    balance: int,
    units: int,
    reason: str,
    by: User | None,
    at: datetime,
    donated: bool = False,
    own_use: bool = False,
    taken_by: str = "",
    weight: int | None = None,
) -> Document:
    """Takes units of a lot out of the hall by an RW: spoiled, damaged, expired, used by the centre itself, or
    donated to `taken_by`, with its `weight` in grams (by default that of the pieces). Never refused for being
    sold: what is then uncovered becomes a shortage job, and a packed order is shortened at once. Raises
    NotEnoughThere, ReasonMissing, ReceiverMissing, WeightMissing."""
    why = reasoned(reason)
    row = Balance.objects.select_related("location", "item").get(pk=balance)
    packed = packed_for(row.location_id)
    if not 1 <= units <= row.units:
        raise NotEnoughThere
    kind = Location.Kind.DONATION if donated else Location.Kind.WASTE
    grams = None
    if row.grams is not None:
        grams = row.grams if units == row.units else row.grams * units // row.units
    document = post(
        centre=row.centre_id,
        moves=[
            Move(
                row.lot_id,
                row.location_id,
                virtual(centre=row.centre_id, kind=kind),
                units,
                Movement.Reason.DONATION if donated else Movement.Reason.WRITE_OFF,
                grams,
                line=1,
            )
        ],
        by=by,
        at=at,
        paper=Paper(
            kind=Document.Kind.RW,
            reason=(_("Zużycie własne: %s") % why)[:200] if own_use else why,
            reference=packed.reference if packed else "",
            taken_by=_receiver(taken_by) if donated else "",
            weights={1: _weight(row, units, grams, weight)} if donated else {},
        ),
    )
    if packed:
        shorten(
            fulfilment=packed, item=row.item_id, units=units, reason=Shortage.Reason.DAMAGED, by=by, at=at
        )
    return document


def _receiver(taken_by):
    if not taken_by.strip():
        raise ReceiverMissing
    return taken_by.strip()[:80]


def _weight(balance, units, grams, said):
    """What a donation weighs: as said, as the scales had it, or by what one piece holds (1 ml taken as 1 g)."""
    if said is not None and said <= 0:
        raise WeightMissing
    known = said or grams
    if known is None and balance.item.unit != Unit.PIECE:
        known = balance.item.content * units
    if known is None:
        raise WeightMissing
    return known


def packed_for(location: int) -> Fulfilment | None:
    """The fulfilment whose goods lie in this crate, locked; None elsewhere."""
    crate = HandlingUnit.objects.filter(inside=location).first()
    return locks.fulfilment(crate.fulfilment_id) if crate and crate.fulfilment_id else None


def shorten(
    *, fulfilment: Fulfilment, item: int, units: int, reason: str, by: User | None, at: datetime
) -> None:
    """Takes lost pieces off the packed lines of the item; their order is told and made cheaper by jobs. The caller
    holds the fulfilment."""
    missing, weights = [], {}
    lines = fulfilment.lines.filter(item=item, picked__gt=F("handed_out")).order_by("-line")
    for line in lines.select_for_update(no_key=True):
        pieces = min(units, line.picked - line.handed_out)
        if not pieces:
            break
        if line.picked_grams is not None:
            line.picked_grams -= line.picked_grams * pieces // line.picked
            weights[line.line] = line.picked_grams
        line.picked, line.short, units = line.picked - pieces, line.short + pieces, units - pieces
        line.save(update_fields=["picked", "short", "picked_grams"])
        missing.append(Missing(fulfilment.reference, line.line, line.pk, pieces))
    shortages.note(centre_code=fulfilment.centre.code, missing=missing, reason=reason, by=by, at=at)
    if fulfilment.state not in {FulfilmentState.RELEASED, FulfilmentState.PICKED}:
        fulfilments.announce_weighed(fulfilment=fulfilment, lines=weights, at=at)
    fulfilments.refresh(ids=[fulfilment.pk], by=by, at=at)
