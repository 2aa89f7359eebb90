"""The market's list and its cards: a page of listings, with what is left of each for a round."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from distribution.models import Round
from distribution.queries import availability
from marketplace.kernel.errors import Invalid
from marketplace.kernel.paging import Page, page
from marketplace.kernel.units import COMPARED_IN, SoldBy, Unit
from marketplace.shop.filters import OfferFilter
from producers.models import Listing

PAGE = 24
MOST = 100
CARD = (
    "offer_id", "stock_item_id", "product_id", "product_slug", "name", "producer_name", "producer_slug",
    "place_name", "voivodeship_id", "category_slug", "marks", "allergens", "temperature", "pack", "pieces",
    "content", "unit", "sold_by", "expected_grams", "max_grams", "max_per_order", "price", "unit_price",
    "lowest_30_days", "picture", "published_at", "is_demo", "sort_key",
)  # fmt: skip


@dataclass(frozen=True)
class Card:
    """A listing as a list shows it. `available` packs are left for the round `hands_over_on`; None without one."""

    listing: Mapping[str, Any]
    available: int | None
    hands_over_on: date | None

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
    def expected_price(self) -> Decimal | None:
        """About what one pack costs when it is sold by weight."""
        grams = self.listing["expected_grams"]
        return grams and (self.listing["price"] * grams * self.listing["pieces"] / 1000).quantize(
            Decimal("0.01")
        )


class WrongFilter(Invalid):
    code = "wrong_filter"


def offers_page(*, filters: OfferFilter, round_: Round | None, cursor: str | None, size: int = PAGE) -> Page:
    """A page of cards, two statements whatever its size. Raises WrongFilter, BadCursor."""
    if not filters.is_valid():
        raise WrongFilter(errors=filters.form.errors.get_json_data())
    rows = filters.qs
    order = filters.order
    fields = [*CARD, "rank"] if "rank" in order else CARD
    found = page(rows.values(*fields), order=order, cursor=cursor, size=min(max(size, 1), MOST))
    return Page(cards(found.rows, round_=round_), found.next, found.previous)


def cards(rows: Sequence[Mapping[str, Any]], *, round_: Round | None) -> list[Card]:
    left = availability.left(round_=round_, items={row["stock_item_id"] for row in rows})
    day = round_.hands_over_on if round_ else None
    return [
        Card(row, left.get(row["stock_item_id"], 0) // row["pieces"] if round_ else None, day) for row in rows
    ]


def of_product(*, product_id: int, round_: Round | None) -> list[Card]:
    """The offers of one product, smallest pack first."""
    rows = Listing.objects.filter(product_id=product_id).order_by("pieces", "offer_id").values(*CARD)
    return cards(list(rows), round_=round_)
