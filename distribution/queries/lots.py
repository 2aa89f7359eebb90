"""Lots: what lies where."""

from datetime import date

from django.db.models import Q, QuerySet

from distribution.models import Balance, Centre, Lot
from marketplace.kernel.errors import NotFound


def on_hand(centre: Centre) -> QuerySet[Balance]:
    """Balances with goods at the centre, the earliest end first."""
    return (
        Balance.objects.filter(centre=centre, units__gt=0)
        .select_related("lot__producer", "location", "item__product")
        .order_by("usable_until", "lot_id", "location__walk_order")
    )


def visible_to(*, pk: int, user: object) -> Lot:
    """A lot that is or was at a centre this person works at. Raises NotFound."""
    row = (
        Lot.objects.filter(pk=pk, balances__centre__in=Centre.objects.staffed_by(user))
        .select_related("item__product", "producer")
        .first()
    )
    if row is None:
        raise NotFound
    return row


def expired_on(centre: Centre, day: date) -> QuerySet[Balance]:
    """What should not be on the shelf any more."""
    return on_hand(centre).filter(usable_until__lt=day)


def matching(rows: QuerySet[Balance], text: str) -> QuerySet[Balance]:
    """Balances whose lot number, place or product name holds the text."""
    return rows.filter(
        Q(lot__code__icontains=text)
        | Q(location__code__istartswith=text)
        | Q(item__product__name__icontains=text)
    )
