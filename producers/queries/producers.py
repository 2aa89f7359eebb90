"""Producers whose desk somebody may open, and what is theirs."""

from django.utils.translation import gettext as _

from marketplace.kernel.errors import NotFound
from producers.models import Producer, Product, StockItem


def kept_by(user: object, *, slug: str | None = None) -> Producer:
    """The producer this person works for: the one named, else their only or first one. Raises NotFound."""
    rows = Producer.objects.kept_by(user).select_related("place").order_by("pk")
    row = rows.filter(slug=slug).first() if slug else rows.first()
    if row is None:
        raise NotFound
    return row


def item_kept_by(user: object, *, pk: int) -> StockItem:
    """An item of a producer this person works for. Raises NotFound."""
    mine = Product.objects.kept_by(user)
    row = StockItem.objects.select_related("product").filter(pk=pk, product__in=mine).first()
    if row is None:
        raise NotFound(_("Nie ma takiego produktu."), field="item")
    return row
