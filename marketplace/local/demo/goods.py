"""What the demo sells: a stock item with its product, offers, and the dish it is."""

from dataclasses import dataclass, field

from marketplace.local.demo.dishes import Dish
from marketplace.local.demo.makers import Maker
from marketplace.local.demo.recipes import Pack
from producers.models import Offer, Product, StockItem
from producers.models.offer import Regime


@dataclass
class Goods:
    """One stock item with all that is known of it."""

    maker: Maker
    dish: Dish
    pack: Pack
    product: Product
    item: StockItem
    offers: list[Offer] = field(default_factory=list)

    @property
    def grams(self) -> int | None:
        """What a piece sold by weight is expected to weigh."""
        return self.offers[0].expected_grams

    @property
    def is_local(self) -> bool:
        """Marginal, local and restricted sale keeps to the voivodeship (Regulation of 21 March 2016)."""
        return self.offers[0].regime == Regime.MOL
