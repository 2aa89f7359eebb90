"""What producers promise: a dated quantity per stock item and centre."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from distribution import locks
from distribution.models import Centre, Supply, SupplyChange
from distribution.operations import quotas
from distribution.operations.stock import announce_uncovered
from marketplace.accounts.models import User
from marketplace.kernel.clock import local_date
from marketplace.kernel.database import retried
from marketplace.kernel.errors import Invalid
from producers.models import StockItem

MOST_PIECES = 100_000
FURTHEST_DAYS = 370


class WrongPromise(Invalid):
    code = "wrong_promise"


@dataclass(frozen=True)
class Promised:
    """Pieces of an item that the producer will bring to the centre by that day; 0 takes it back."""

    item: StockItem
    available_on: date
    pieces: int


def promise(
    *, item: StockItem, centre: Centre, available_on: date, pieces: int, by: User | None, at: datetime
) -> Supply:
    """Sets one promise, as `promise_all` does."""
    return promise_all(centre=centre, promised=[Promised(item, available_on, pieces)], by=by, at=at)[0]


@retried
@transaction.atomic
def promise_all(
    *, centre: Centre, promised: Sequence[Promised], by: User | None, at: datetime
) -> list[Supply]:
    """Sets what the producer will bring to the centre, all or nothing.

    Pieces already sold stay sold: a promise below them leaves them uncovered, for which a job is written. Pieces
    kept for a channel beyond what is left are kept no more.
    Raises WrongPromise for a day in the past, too far ahead, or a quantity out of range.
    """
    for one in promised:
        _check(one, local_date(at))
    made = [_row(one, centre) for one in promised]
    rows = locks.supply([row.pk for row in made])
    changed = []
    for one, fresh in zip(promised, made, strict=True):
        row = rows[fresh.pk]
        if row.quantity != one.pieces:
            SupplyChange.objects.create(supply=row, old=row.quantity, new=one.pieces, by=by, at=at)
            set_quantity(row, one.pieces)
            quotas.fit(row=row, by=by, at=at)
            changed.append(row)
    announce_uncovered((row.pk, centre.code) for row in changed if row.uncovered)
    return [rows[fresh.pk] for fresh in made]


def _check(one, today):
    if not today <= one.available_on <= today + timedelta(days=FURTHEST_DAYS):
        raise WrongPromise(_("Podaj dzień od dziś do roku naprzód."), field="available_on")
    if not 0 <= one.pieces <= MOST_PIECES:
        raise WrongPromise(_("Podaj liczbę sztuk od 0 do 100 000."), field="pieces")


def _row(one, centre):
    row, _made = Supply.objects.get_or_create(
        item=one.item,
        centre=centre,
        kind=Supply.Kind.PROMISE,
        available_on=one.available_on,
        defaults={
            "usable_until": one.available_on + timedelta(days=one.item.product.shelf_life_days or 0),
            "quantity": 0,
        },
    )
    return row


def set_quantity(row: Supply, quantity: int) -> None:
    """Writes a locked row's quantity and what follows from it."""
    row.quantity = quantity
    row.uncovered = max(row.held - quantity, 0)
    row.save(update_fields=["quantity", "uncovered"])
