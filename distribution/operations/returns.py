"""Goods that come back from buyers, and goods found: into quarantine by a ZW, or onto a place by a PW. Food
returns never reach the shelf without a named person's word (release), or they are destroyed (a write-off)."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from distribution import jobs, locks
from distribution.models import Balance, Document, Location, Lot, Movement
from distribution.operations.corrections import ReasonMissing
from distribution.operations.counted import MOST_UNITS, WrongLocation, WrongQuantity, quarantine, shelf
from distribution.operations.ledger import LotHeldBack, post, virtual
from distribution.operations.moves import Move, NotEnoughThere
from distribution.operations.papers import Paper
from distribution.states import LotState
from marketplace.accounts.models import User
from marketplace.kernel import outbox
from marketplace.kernel.clock import local_date
from marketplace.kernel.database import fetch_row, retried
from marketplace.kernel.errors import DomainError, NotFound
from marketplace.kernel.outbox import NewJob
from marketplace.kernel.units import SoldBy


class NeverHandedOut(DomainError):
    code = "never_handed_out"

    def __init__(self) -> None:
        super().__init__(_("To zamówienie nie dostało u nas tylu sztuk tej partii."))


class LotOver(DomainError):
    code = "lot_over"

    def __init__(self) -> None:
        super().__init__(_("Termin tej partii minął: nie wolno jej odłożyć na półkę."))


@retried
@transaction.atomic
def take_back(
    *,
    centre: int,
    reference: str,
    lot: int,
    units: int,
    reason: str,
    by: User | None,
    at: datetime,
    grams: int | None = None,
    refund: bool = True,
) -> Document:
    """A buyer brings goods back: a ZW from the buyer into quarantine. No more can come back than this centre
    handed out under the order's number. With `refund` a job gives the buyer what they paid for them. Raises
    NeverHandedOut, ReasonMissing, WrongQuantity."""
    if not reason.strip():
        raise ReasonMissing
    if not 1 <= units <= MOST_UNITS or (grams is not None and grams <= 0):
        raise WrongQuantity
    locks.fulfilments_going_out(centre=centre, reference=reference)
    customer = virtual(centre=centre, kind=Location.Kind.CUSTOMER)
    out, weight = _with_buyer(customer, reference, lot)
    if units > out:
        raise NeverHandedOut
    weighed = weight > 0
    document = post(
        centre=centre,
        moves=[
            Move(
                lot,
                customer,
                quarantine(centre).pk,
                units,
                Movement.Reason.RETURN,
                (grams or weight * units // out) if weighed else None,
                line=1,
                reference=reference,
            )
        ],
        by=by,
        at=at,
        paper=Paper(kind=Document.Kind.ZW, reference=reference, reason=reason.strip()[:200]),
    )
    if refund:
        outbox.write([_refund(document, lot, at)])
    return document


def _refund(document, lot, at):
    line = document.lines.get()
    item = Lot.objects.values_list("item", flat=True).get(pk=lot)
    facts = {
        "reference": document.reference,
        "item": item,
        "units": line.units,
        "document": document.pk,
        "at": at.isoformat(),
    }
    return NewJob(jobs.GOODS_RETURNED, f"{jobs.GOODS_RETURNED}:{document.pk}", facts)


def _with_buyer(customer, reference, lot):
    """Units and grams of the lot that the buyer has by the ledger."""
    return fetch_row(
        """
        SELECT coalesce(sum(CASE WHEN to_location_id = %(c)s THEN units ELSE -units END), 0)::int,
               coalesce(sum(CASE WHEN to_location_id = %(c)s THEN grams ELSE -grams END), 0)::int
        FROM distribution_movement
        WHERE lot_id = %(lot)s AND reference = %(reference)s AND %(c)s IN (from_location_id, to_location_id)
        """,
        {"c": customer, "lot": lot, "reference": reference},
    )


@retried
@transaction.atomic
def release(
    *, balance: int, units: int, location: int, reason: str, by: User | None, at: datetime
) -> Document:
    """A named person lets goods out of quarantine onto a shelf of their temperature, for sale: a PW with the
    reason. Raises ReasonMissing, NotEnoughThere, WrongLocation, LotHeldBack while the lot itself is held back,
    LotOver when its date has passed."""
    row = Balance.objects.select_related("lot", "item__product", "location").get(pk=balance)
    if not reason.strip():
        raise ReasonMissing
    if row.location.kind != Location.Kind.QUARANTINE:
        raise WrongLocation
    if not 1 <= units <= row.units:
        raise NotEnoughThere
    if row.usable_until < local_date(at):
        raise LotOver
    return post(
        centre=row.centre_id,
        moves=[
            Move(
                row.lot_id,
                row.location_id,
                shelf(row.centre_id, location, row.item).pk,
                units,
                Movement.Reason.MOVE,
                None if row.grams is None else row.grams * units // row.units,
                line=1,
            )
        ],
        by=by,
        at=at,
        paper=Paper(kind=Document.Kind.PW, reason=(_("Dopuszczone po kontroli: %s") % reason.strip())[:200]),
    )


@retried
@transaction.atomic
def put_in(
    *,
    centre: int,
    lot: int,
    location: int,
    units: int,
    reason: str,
    by: User | None,
    at: datetime,
    grams: int | None = None,
) -> Document:
    """Goods found: a PW onto a shelf, or into quarantine when the lot is held back. The lot must have been at
    this centre: food of unknown origin comes in by a receipt or not at all."""
    row = Lot.objects.filter(pk=lot, balances__centre=centre).select_related("item__product").first()
    if row is None:
        raise NotFound(_("Tej partii nie było w tym centrum."), field="lot")
    if not reason.strip():
        raise ReasonMissing
    weighed = row.item.offers.filter(sold_by=SoldBy.WEIGHT).exists()
    if not 1 <= units <= MOST_UNITS or (weighed and not (grams and grams > 0)):
        raise WrongQuantity
    place = Location.objects.filter(centre_id=centre, pk=location).first()
    if place is None or place.kind != Location.Kind.QUARANTINE:
        place = shelf(centre, location, row.item)
        if row.state != LotState.RELEASED:
            raise LotHeldBack(row)
    adjust = virtual(centre=centre, kind=Location.Kind.ADJUST)
    return post(
        centre=centre,
        moves=[Move(lot, adjust, place.pk, units, Movement.Reason.COUNT, grams if weighed else None, line=1)],
        by=by,
        at=at,
        paper=Paper(kind=Document.Kind.PW, reason=reason.strip()[:200]),
    )
