"""What producers promise: a dated quantity per stock item and centre."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from distribution import locks
from distribution.models import Centre, Supply, SupplyChange
from distribution.operations.ledger import announce_uncovered
from marketplace.accounts.models import User
from marketplace.kernel.clock import local_date
from marketplace.kernel.database import retried
from marketplace.kernel.errors import Invalid
from producers.models import StockItem

MOST_PIECES = 100_000
FURTHEST_DAYS = 370


class WrongPromise(Invalid):
    code = "wrong_promise"


@retried
@transaction.atomic
def promise(
    *, item: StockItem, centre: Centre, available_on: date, pieces: int, by: User | None, at: datetime
) -> Supply:
    """Sets how many pieces of the item the producer will bring to the centre by that day (0 takes it back).

    Pieces already sold stay sold: a promise below them leaves them uncovered, for which a job is written.
    Raises WrongPromise for a day in the past, too far ahead, or a quantity out of range.
    """
    today = local_date(at)
    if not today <= available_on <= today + timedelta(days=FURTHEST_DAYS):
        raise WrongPromise(_("Podaj dzień od dziś do roku naprzód."), field="available_on")
    if not 0 <= pieces <= MOST_PIECES:
        raise WrongPromise(_("Podaj liczbę sztuk od 0 do 100 000."), field="pieces")
    row, _made = Supply.objects.get_or_create(
        item=item,
        centre=centre,
        kind=Supply.Kind.PROMISE,
        available_on=available_on,
        defaults={
            "usable_until": available_on + timedelta(days=item.product.shelf_life_days or 0),
            "quantity": 0,
        },
    )
    row = locks.supply([row.pk])[row.pk]
    if row.quantity != pieces:
        SupplyChange.objects.create(supply=row, old=row.quantity, new=pieces, by=by, at=at)
        set_quantity(row, pieces)
        if row.uncovered:
            announce_uncovered([(row.pk, centre.code)])
    return row


def set_quantity(row: Supply, quantity: int) -> None:
    """Writes a locked row's quantity and what follows from it."""
    row.quantity = quantity
    row.uncovered = max(row.held - quantity, 0)
    row.save(update_fields=["quantity", "uncovered"])
