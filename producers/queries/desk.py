"""What a producer's desk shows of packs and prices."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from marketplace.kernel.units import SoldBy, unit_price
from producers.models import Offer, Price, Product
from producers.models.price import RETAIL
from producers.states import Publication

OLDEST = 60  # rows of a price history on one page


@dataclass(frozen=True)
class PricedOffer:
    """A pack with the price in force; `unit_amount` zł per `unit_name` (kg, l or piece) follow from it."""

    pk: int
    pack: str
    state: str
    state_name: str
    sold_by: str
    amount: Decimal | None
    unit_amount: Decimal | None
    unit_name: str


def offers_of(*, product: Product, at: datetime) -> list[PricedOffer]:
    """Packs of the product that are not withdrawn, smallest first, in two statements."""
    rows = list(
        Offer.objects.filter(stock_item__product=product)
        .exclude(state=Publication.WITHDRAWN)
        .select_related("stock_item")
        .order_by("pieces", "pk")
    )
    amounts = prices_of([row.pk for row in rows], at)
    return [_priced(row, amounts.get(row.pk)) for row in rows]


def prices_of(offers: list[int], at: datetime) -> dict[int, Decimal]:
    """Retail prices in force, by offer."""
    found = Price.objects.filter(offer__in=offers, price_list=RETAIL, min_quantity=1).in_force(at)
    return {price.offer_id: price.amount for price in found}


@dataclass(frozen=True)
class FirstPrice:
    """The lowest-priced pack of a product that is on sale."""

    amount: Decimal
    pack: str
    by_weight: bool


def first_prices(*, products: Collection[Product], at: datetime) -> dict[int, FirstPrice]:
    """By product, in two statements; products without a priced pack are absent."""
    rows = Offer.objects.filter(stock_item__product__in=products, state=Publication.PUBLISHED)
    packs = {row.pk: row for row in rows.select_related("stock_item")}
    amounts = prices_of(list(packs), at)
    found: dict[int, FirstPrice] = {}
    for pk, amount in sorted(amounts.items(), key=lambda pair: (pair[1], pair[0])):
        row = packs[pk]
        found.setdefault(
            row.stock_item.product_id, FirstPrice(amount, row.pack, row.sold_by == SoldBy.WEIGHT)
        )
    return found


def price_history(*, offer: Offer, at: datetime) -> list[dict[str, object]]:
    """Prices of the offer, newest first, each with whether it is still to come or holds now."""
    rows = Price.objects.filter(offer=offer, price_list=RETAIL, min_quantity=1).select_related("by")
    found, holds = [], True
    for row in rows.order_by("-valid_from", "-id")[:OLDEST]:
        ahead = row.valid_from > at
        found.append({"price": row, "ahead": ahead, "now": holds and not ahead})
        holds = holds and ahead
    return found


def _priced(row, amount):
    unit_amount, name = None, "kg"
    if amount is not None and row.sold_by == SoldBy.PIECE:
        unit_amount, name = unit_price(amount, row.stock_item.content * row.pieces, row.stock_item.unit)
    return PricedOffer(
        row.pk, row.pack, row.state, row.get_state_display(), row.sold_by, amount, unit_amount, name
    )
