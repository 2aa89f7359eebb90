"""Lots: made at receipt, held back, released or recalled by a named person."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from distribution import locks
from distribution.models import Allocation, Balance, Location, Lot, LotStatusChange, Supply
from distribution.operations.ledger import last_movement
from distribution.operations.moves import Delta
from distribution.operations.stock import announce_uncovered, change_stock, uncovered_of
from distribution.states import LOT, AllocationState, LotState
from marketplace.accounts.models import User
from marketplace.kernel.clock import local_date
from marketplace.kernel.database import execute, retried
from marketplace.kernel.errors import Busy, Invalid
from producers.models import StockItem
from producers.models.product import DateKind


class LotWithoutDate(Invalid):
    code = "lot_without_date"

    def __init__(self) -> None:
        super().__init__(
            _("Podaj datę z opakowania: partia bez daty nie wejdzie na magazyn."), field="printed_on"
        )


class LotWithoutNumber(Invalid):
    code = "lot_without_number"

    def __init__(self) -> None:
        super().__init__(_("Podaj numer partii z etykiety (do 20 znaków)."), field="lot_code")


class LotExpired(Invalid):
    code = "lot_expired"

    def __init__(self) -> None:
        super().__init__(_("Ta data już minęła: towaru nie wolno przyjąć."), field="printed_on")


class LotDateImpossible(Invalid):
    code = "lot_date_impossible"

    def __init__(self) -> None:
        super().__init__(_("Ta data jest za daleka: sprawdź rok na opakowaniu."), field="printed_on")


LONGEST_LIFE = timedelta(days=20 * 366)  # no food carries a date further off; a year was misread


def find_or_make(*, item: StockItem, code: str, printed_on: date | None, received_on: date) -> Lot:
    """The lot of this item with this number and date, made when it is new.

    A product whose date is not required ends `shelf_life_days` after it was received. Raises LotWithoutNumber,
    LotWithoutDate, LotExpired, LotDateImpossible.
    """
    product = item.product
    code = code.strip()
    if not 1 <= len(code) <= 20:
        raise LotWithoutNumber
    if product.date_kind == DateKind.NOT_REQUIRED:
        printed_on, usable_until = None, received_on + timedelta(days=product.shelf_life_days or 0)
    elif printed_on is None:
        raise LotWithoutDate
    else:
        usable_until = printed_on
    if usable_until < received_on:
        raise LotExpired
    if usable_until > received_on + LONGEST_LIFE:
        raise LotDateImpossible
    lot, _made = Lot.objects.get_or_create(
        item=item,
        code=code,
        usable_until=usable_until,
        defaults={
            "producer_id": product.producer_id,
            "date_kind": product.date_kind,
            "no_date_ground": product.no_date_ground,
            "printed_on": printed_on,
        },
    )
    return lot


@retried
@transaction.atomic
def change_state(*, lot: int, new: str, reason: str, by: User | None, at: datetime) -> Lot:
    """Holds a lot back, releases or recalls it, in every centre at once: whether it may be sold is written on
    each balance and taken out of (or put back into) stock supply. Holds it can no longer serve become a job.
    """
    seen = Lot.objects.get(pk=lot)
    known = set(locks.supply(_stock_rows(seen)))
    sign = 1 if new == LotState.RELEASED else -1
    counts = new == LotState.RELEASED or seen.state == LotState.RELEASED
    uncovered = _move_supply(seen, sign, local_date(at)) if counts else set()
    row = locks.lot_alone(lot)
    if row.state != seen.state or (counts and _appeared(seen, known)):
        raise Busy  # another decision, or a receipt in a centre that had none of it, came first
    LOT.require(row.state, new)
    _mark_balances(row, new)
    LotStatusChange.objects.create(
        lot=row, old=row.state, new=new, after_movement=last_movement(), by=by, at=at, reason=reason
    )
    Lot.objects.filter(pk=lot).update(state=new)
    announce_uncovered(uncovered if new == LotState.RELEASED else uncovered | _set_aside_from(row))
    row.state = new
    return row


def _move_supply(lot, sign, day):
    """Takes the lot's sellable units out of stock supply (sign -1), or puts them back (+1)."""
    by_centre: dict[int, int] = {}
    for centre, units in Balance.objects.filter(
        lot=lot, units__gt=0, location__kind__in=Location.SELLABLE, sellable=sign < 0
    ).values_list("centre_id", "units"):
        by_centre[centre] = by_centre.get(centre, 0) + units
    uncovered = set()
    for centre, units in sorted(by_centre.items()):
        change = [(lot.item_id, lot.usable_until, Delta(units=sign * units))]
        uncovered |= uncovered_of(change_stock(centre=centre, changes=change, day=day))
    return uncovered


def _appeared(lot, known):
    """True when a stock row of the lot's item and date came that was not there to be locked."""
    return _stock_rows(lot).exclude(pk__in=known).exists()


def _set_aside_from(lot):
    """The (supply, centre code) whose orders had goods of this lot set aside."""
    active = Allocation.objects.filter(lot=lot, state=AllocationState.ACTIVE)
    return set(active.values_list("supply_id", "supply__centre__code"))


def _stock_rows(lot):
    return Supply.objects.filter(
        kind="STOCK", item_id=lot.item_id, usable_until=lot.usable_until
    ).values_list("pk", flat=True)


def _mark_balances(lot, new):
    execute(
        """
        UPDATE distribution_balance b SET sellable = %s AND l.kind = ANY(%s)
        FROM distribution_location l WHERE l.id = b.location_id AND b.lot_id = %s
        """,
        [new == LotState.RELEASED, list(Location.SELLABLE), lot.pk],
    )
