"""The market's list and its cards: a page of listings, with what is left of each for a round."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from distribution.models import Round
from distribution.queries import availability
from distribution.queries.rounds import Dated
from marketplace.kernel.money import by_weight
from marketplace.kernel.paging import Page, page
from marketplace.kernel.units import COMPARED_IN, SoldBy, Unit
from marketplace.shop.filters import OfferFilter, WrongFilter
from producers.models import Listing
from producers.models.offer import BuyerGroup

PAGE = 24
MOST = 100
WIDER = 4  # rows looked at for one shown on a short shelf
CARD = (
    "offer_id", "stock_item_id", "product_id", "product_slug", "name", "producer_name", "producer_slug",
    "place_name", "voivodeship_id", "category_slug", "marks", "allergens", "temperature", "pack", "pieces",
    "content", "unit", "sold_by", "expected_grams", "max_grams", "max_per_order", "price", "unit_price",
    "lowest_30_days", "before_reduction", "picture", "is_demo",
)  # fmt: skip


@dataclass(frozen=True)
class Card:
    """A listing as a list shows it. `available` packs can be handed over on `hands_over_on`, the earliest day;
    None without a round. `is_later` says that it is not the next round's day, `is_local` that the goods lie, or
    will lie, at the buyer's own centre."""

    listing: Mapping[str, Any]
    available: int | None
    hands_over_on: date | None
    is_later: bool = False
    is_local: bool = True

    def __getattr__(self, name: str) -> Any:
        try:
            return self.listing[name]
        except KeyError:
            raise AttributeError(name) from None

    @property
    def unit_name(self) -> str:
        return (
            "kg" if self.listing["sold_by"] == SoldBy.WEIGHT else COMPARED_IN[Unit(self.listing["unit"])][0]
        )

    @property
    def is_weighed(self) -> bool:
        return self.listing["sold_by"] == SoldBy.WEIGHT

    @property
    def is_over(self) -> bool:
        """Nothing is left for the round; without a round nobody knows."""
        return self.available == 0

    @property
    def most(self) -> int:
        """Packs one may put in the basket."""
        most = int(self.listing["max_per_order"])
        return most if self.available is None else min(most, self.available)

    @property
    def pack_price(self) -> Decimal:
        """What one pack costs, about when it is sold by weight."""
        return self.expected_price if self.is_weighed else self.listing["price"]

    @property
    def most_price(self) -> Decimal | None:
        """The most one pack may cost when it is sold by weight."""
        grams = self.listing["max_grams"]
        return grams and by_weight(self.listing["price"], grams * self.listing["pieces"])

    @property
    def expected_price(self) -> Decimal | None:
        """About what one pack costs when it is sold by weight."""
        grams = self.listing["expected_grams"]
        return grams and by_weight(self.listing["price"], grams * self.listing["pieces"])


def offers_page(
    *, filters: OfferFilter, rounds: Sequence[Round | Dated], cursor: str | None, size: int = PAGE
) -> Page:
    """A page of cards in two statements, a third when something on it reaches only a later round. Raises
    WrongFilter, BadCursor."""
    if not filters.is_valid():
        raise WrongFilter(errors=filters.form.errors.get_json_data())
    rows = filters.qs
    order = filters.order
    fields = {*CARD, *(key.lstrip("-") for key in order)}
    found = page(rows.values(*fields), order=order, cursor=cursor, size=min(max(size, 1), MOST))
    return Page(cards(found.rows, rounds=rounds), found.next, found.previous)


def for_households() -> QuerySet[Listing]:
    """What a person may buy: offers meant for shops and canteens alone are left out."""
    return Listing.objects.filter(buyer_groups__contains=[BuyerGroup.HOUSEHOLD])


def cards(rows: Sequence[Mapping[str, Any]], *, rounds: Sequence[Round | Dated]) -> list[Card]:
    """Each with its promise to somebody who may join any of these rounds, soonest first."""
    promised = availability.earliest(rounds=rounds, items={row["stock_item_id"] for row in rows})
    return [_card(row, promised.get(row["stock_item_id"]), rounds) for row in rows]


def _card(row, promise, rounds):
    if not rounds:
        return Card(row, None, None)
    if promise is None or promise.pieces < row["pieces"]:
        return Card(row, 0, None)
    later = promise.round_id != rounds[0].pk
    return Card(row, promise.pieces // row["pieces"], promise.hands_over_on, later, promise.is_local)


def of_product(*, product_id: int, rounds: Sequence[Round | Dated]) -> list[Card]:
    """The offers of one product, smallest pack first."""
    rows = for_households().filter(product_id=product_id).order_by("pieces", "offer_id").values(*CARD)
    return cards(list(rows), rounds=rounds)


def shelf(rows: QuerySet[Listing], *, rounds: Sequence[Round | Dated], size: int) -> list[Card]:
    """Up to `size` cards, at most one of a product; what is left for the round goes first."""
    found, seen = [], set()
    for row in rows.values(*CARD)[: size * WIDER]:
        if row["product_id"] not in seen:
            seen.add(row["product_id"])
            found.append(row)
    made = cards(found, rounds=rounds)
    return sorted(made, key=lambda card: card.available == 0)[:size]
