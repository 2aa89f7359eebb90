"""Offers: a pack at a price; prices only grow."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.accounts.models import User
from marketplace.kernel import outbox
from marketplace.kernel.errors import DomainError, Invalid, refusals
from marketplace.kernel.outbox import NewJob
from marketplace.kernel.references import gtin
from marketplace.kernel.units import SoldBy
from producers import jobs, locks
from producers.models import Offer, Price, Product, ProductEvent, StockItem
from producers.operations import listings
from producers.states import PUBLICATION, Publication

HIGHEST = Decimal("100000.00")


class WrongPrice(Invalid):
    code = "wrong_price"

    def __init__(self) -> None:
        super().__init__(
            _("Podaj cenę większą od zera, do 100 000 zł, z groszami po przecinku."), field="price"
        )


class WrongGtin(Invalid):
    code = "wrong_gtin"

    def __init__(self) -> None:
        super().__init__(_("Ten GTIN jest błędny: nie zgadza się cyfra kontrolna."), field="gtin")


class GtinTaken(DomainError):
    code = "gtin_taken"

    def __init__(self) -> None:
        super().__init__(_("Ten GTIN ma już inna sztuka."), field="gtin")


class WrongWeight(Invalid):
    code = "wrong_weight"

    def __init__(self) -> None:
        super().__init__(
            _("Na wagę: podaj wagę sztuki zwykłą i najwyższą, która nie jest od niej mniejsza."),
            field="max_grams",
        )


class PackExists(DomainError):
    code = "pack_exists"

    def __init__(self) -> None:
        super().__init__(_("Takie opakowanie tego produktu już jest."), field="pieces")


class PriceMissing(Invalid):
    code = "price_missing"

    def __init__(self) -> None:
        super().__init__(_("Podaj cenę, zanim opublikujesz ofertę."), field="price")


@dataclass(frozen=True)
class Piece:
    """The smallest sellable piece: its name, and what it holds in g, ml or pieces."""

    name: str
    content: int
    unit: str
    gtin: str = ""


@transaction.atomic
def add(
    *,
    product: Product,
    piece: Piece,
    fields: Mapping[str, Any],
    price: Decimal | None,
    by: User | None,
    at: datetime,
) -> Offer:
    """A draft offer of `pieces` of the product's piece, which is made when it is new. Raises WrongGtin,
    WrongWeight, PackExists, WrongPrice."""
    if piece.gtin and gtin(piece.gtin) is None:
        raise WrongGtin
    _check_weight(fields)
    with refusals(producers_stock_item_gtin_once=GtinTaken):
        item, _made = StockItem.objects.get_or_create(
            product=product,
            name=piece.name,
            defaults={"content": piece.content, "unit": piece.unit, "gtin": piece.gtin},
        )
    with refusals(producers_offer_pack_once=PackExists):
        offer = Offer.objects.create(stock_item=item, **fields)
    ProductEvent.objects.create(product=product, offer=offer, old="", new=offer.state, by=by, at=at)
    if price is not None:
        set_price(offer=offer, amount=price, by=by, at=at)
    return offer


@transaction.atomic
def add_on_sale(
    *,
    product: Product,
    piece: Piece,
    fields: Mapping[str, Any],
    price: Decimal,
    by: User | None,
    at: datetime,
) -> Offer:
    """Adds the offer with its price and publishes it, all or nothing. Raises as `add`."""
    return publish(
        offer=add(product=product, piece=piece, fields=fields, price=price, by=by, at=at), by=by, at=at
    )


@transaction.atomic
def set_price(
    *, offer: Offer, amount: Decimal, by: User | None, at: datetime, valid_from: datetime | None = None
) -> Price:
    """A new retail price in zł, gross, per pack or per kg; the old ones stay. One dated in the future begins
    by its job. Raises WrongPrice."""
    if not 0 < amount <= HIGHEST or amount != amount.quantize(Decimal("0.01")):
        raise WrongPrice
    locks.offer(offer.pk)
    price = Price.objects.create(offer=offer, amount=amount, valid_from=valid_from or at, by=by)
    if price.valid_from <= at:
        listings.refresh(offers=[offer.pk], at=at)
    else:
        outbox.write(
            [NewJob(jobs.PRICE_DUE, f"price_due:{price.pk}", {"offer": offer.pk}, run_after=price.valid_from)]
        )
    return price


@transaction.atomic
def publish(*, offer: Offer, by: User | None, at: datetime) -> Offer:
    """Puts the offer on sale (with its product, once that is published). Raises PriceMissing, WrongState."""
    row = locks.offer(offer.pk)
    if row.state == Publication.PUBLISHED:
        return row
    if not Price.objects.filter(offer=row, price_list="RETAIL", min_quantity=1).in_force(at).exists():
        raise PriceMissing
    return _move(row, Publication.PUBLISHED, by, at)


@transaction.atomic
def withdraw(*, offer: Offer, by: User | None, at: datetime) -> Offer:
    """Ends the offer for good; baskets say so, orders keep it. A repeat changes nothing."""
    row = locks.offer(offer.pk)
    if row.state == Publication.WITHDRAWN:
        return row
    return _move(row, Publication.WITHDRAWN, by, at)


def _move(row, new, by, at):
    PUBLICATION.require(row.state, new)
    old, row.state = row.state, new
    row.save(update_fields=["state"])
    ProductEvent.objects.create(
        product_id=row.stock_item.product_id, offer=row, old=old, new=new, by=by, at=at
    )
    listings.refresh(offers=[row.pk], at=at)
    return row


def _check_weight(fields):
    if fields.get("sold_by") != SoldBy.WEIGHT:
        return
    expected, most = fields.get("expected_grams"), fields.get("max_grams")
    if not expected or not most or most < expected:
        raise WrongWeight
