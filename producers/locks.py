"""The only row locks of this package. They come before any order's: nothing else is locked with them."""

from marketplace.kernel.errors import NotFound
from producers.models import Offer, Product


def product(pk: int) -> Product:
    """The product for a change. Raises NotFound."""
    row = Product.objects.select_for_update().filter(pk=pk).first()
    if row is None:
        raise NotFound
    return row


def offer(pk: int) -> Offer:
    """The offer for a change. Raises NotFound."""
    row = Offer.objects.select_for_update().filter(pk=pk).first()
    if row is None:
        raise NotFound
    return row
