"""Products named from the registers, their pieces, offers, prices and marks."""

from collections import Counter
from collections.abc import Iterator
from zlib import crc32

from django.utils.text import slugify

from marketplace.kernel.polish import fold
from marketplace.kernel.units import SoldBy
from marketplace.local.demo import checks, marks, prices
from marketplace.local.demo.dishes import EU_MARKS, Dish, Dishes
from marketplace.local.demo.goods import Goods
from marketplace.local.demo.makers import Maker
from marketplace.local.demo.recipes import Pack, allergens_in, nutrition
from marketplace.local.demo.world import World, save
from producers.models import Offer, Product, ProductEvent, StockItem, Voivodeship
from producers.models.offer import BuyerGroup, Regime
from producers.models.producer import LegalForm
from producers.states import Publication

SOLD_BY_WEIGHT = 10
ENOUGH = 3  # makers of one staple
CASE = 6
CASE_CONTENT, CASE_PRICE = 1000, 40  # g or ml, and zł, of a piece that people buy six of
REGIMES = {
    LegalForm.FARMER: Regime.RHD,
    LegalForm.KGW: Regime.KGW,
}


def make(world: World, makers: list[Maker], dishes: Dishes) -> list[Goods]:
    goods = _Catalogue(world, dishes).fill(makers)
    for one in goods:  # children read the ids their parents got when saved
        one.item.product, one.product.producer = one.product, one.maker.producer
    products = list({id(one.product): one.product for one in goods}.values())
    save(products, "produkty")
    save([one.item for one in goods], "jednostki zapasu")
    offers = [offer for one in goods for offer in one.offers]
    save(offers, "oferty")
    save(list(prices.of(world, goods)), "ceny")
    save(list(marks.of(world, goods)), "znaki")
    save([_published(product) for product in products], "historia produktów")
    return goods


class _Catalogue:
    def __init__(self, world: World, dishes: Dishes) -> None:
        self.world = world
        self.dishes = dishes
        self.chance = world.chance("catalogue")
        self.used: Counter[str] = Counter()
        self.regions = {unit.teryt: unit.name for unit in Voivodeship.objects.all()}
        self.gtin = 0

    def fill(self, makers: list[Maker]) -> list[Goods]:
        """As many offers as wanted, or as the names allow: a dairy sells dairy, so who has few names has few
        offers, and the others make up for it. The demo's own desk gets twice its share."""
        room = [self._room(maker) for maker in makers]
        equal = self.world.offers // (len(makers) + 1)
        shares = [min(equal, most) for most in room]
        shares[0] = min(2 * equal, room[0])
        left = self.world.offers - sum(shares)
        while left > 0 and shares != room:
            for n in range(len(makers)):
                if left > 0 and shares[n] < room[n]:
                    shares[n] += 1
                    left -= 1
        goods = [one for maker, share in zip(makers, shares, strict=True) for one in self._desk(maker, share)]
        self._sell_by_weight(goods)
        return goods

    def _room(self, maker: Maker) -> int:
        return sum(len(_packs(dish)) for dish in self._menu(maker))

    def _desk(self, maker: Maker, share: int) -> Iterator[Goods]:
        """Goods of one producer until its offers are enough: one pack of each name, then other packs."""
        dishes = self._menu(maker)
        products: dict[str, Product] = {}
        left = share
        for round_ in range(3):
            for dish in dishes:
                packs = _packs(dish)
                if left <= 0 or round_ >= len(packs):
                    continue
                if dish.slug not in products:
                    products[dish.slug] = self._product(maker, dish)
                fits = left > 1 and _fits_a_case(packs[round_]) and not _by_weight(dish)
                with_case = fits and self.chance.random() < 0.18
                left -= 2 if with_case else 1
                yield self._goods(maker, dish, packs[round_], products[dish.slug], with_case)

    def _menu(self, maker: Maker) -> list[Dish]:
        """Names of the maker's kind from the list of its voivodeship: staples that few have, then the least used."""
        known = self.dishes.of(maker.producer.voivodeship_id, maker.kind)
        menu = sorted(known, key=lambda dish: (*self._turn(dish), self.chance.random()))
        one_per_name = {slugify(fold(dish.name)): dish for dish in reversed(menu)}
        return list(reversed(one_per_name.values()))

    def _turn(self, dish: Dish) -> tuple[bool, int]:
        used = self.used[dish.slug]
        return not (dish.recipe.staple and used < ENOUGH), used

    def _product(self, maker: Maker, dish: Dish) -> Product:
        self.used[dish.slug] += 1
        recipe = dish.recipe
        ingredients = recipe.ingredients(dish.name)
        table = self._table(maker, dish)
        published_at = self.world.days_ago(
            self.chance.randint(3, prices.HISTORY_DAYS), self.chance.randint(7, 19)
        )
        return Product(
            producer=maker.producer,
            slug=slugify(fold(dish.name))[:140],
            name=dish.name[:160],
            category_id=dish.category,
            description=f"{recipe.about} {self._heritage(dish, maker.producer.voivodeship_id)}",
            ingredients=ingredients,
            single_ingredient=recipe.single,
            allergens=allergens_in(ingredients),
            storage=recipe.storage,
            preparation=recipe.preparation,
            origin=recipe.origin,
            nutrition=table,
            nutrition_ground="" if table else recipe.nutrition,
            temperature=recipe.temperature,
            date_kind=recipe.date_kind,
            no_date_ground=recipe.no_date_ground,
            shelf_life_days=recipe.life,
            minimum_life_days=recipe.minimum,
            vat_class_id=recipe.vat,
            spoils_fast=recipe.spoils_fast,
            state=Publication.PUBLISHED,
            published_at=published_at,
        )

    def _table(self, maker: Maker, dish: Dish) -> dict[str, float] | None:
        """A circle of housewives hands out small amounts itself and is exempt; the others declare."""
        if not dish.recipe.table or maker.producer.legal_form == LegalForm.KGW:
            return None
        return nutrition(dish.recipe, crc32(f"{maker.producer.slug}/{dish.slug}".encode()) / 2**32)

    def _heritage(self, dish: Dish, teryt: str) -> str:
        if dish.register in EU_MARKS:
            return f"Nazwa chroniona w Unii Europejskiej od {dish.year} r."
        return (
            f"Nazwa z Listy Produktów Tradycyjnych, województwo {self.regions[teryt]}, wpis z {dish.year} r."
        )

    def _goods(self, maker: Maker, dish: Dish, pack: Pack, product: Product, with_case: bool) -> Goods:
        gtin = self._next_gtin() if self.chance.random() < 0.15 else ""
        item = StockItem(product=product, name=pack.name, content=pack.content, unit=pack.unit, gtin=gtin)
        goods = Goods(maker, dish, pack, product, item)
        regime = self._regime(maker)
        groups = [BuyerGroup.HOUSEHOLD, BuyerGroup.BUSINESS] if regime == Regime.FULL else None
        packs = [(1, pack.name)] + ([(CASE, f"karton {CASE} × {pack.name}")] if with_case else [])
        for pieces, name in packs:
            offer = Offer(stock_item=item, pack=name[:60], pieces=pieces, regime=regime)
            offer.gtin = checks.gs1(f"1{gtin[:12]}") if gtin and pieces > 1 else gtin
            offer.buyer_groups = groups or offer.buyer_groups
            offer.state = Publication.PUBLISHED
            goods.offers.append(offer)
        maker.offers += goods.offers
        return goods

    def _next_gtin(self) -> str:
        self.gtin += 1
        return checks.gs1(f"590999{self.gtin:06d}")

    def _regime(self, maker: Maker) -> str:
        form = maker.producer.legal_form
        if form == LegalForm.SOLE_TRADER:
            return Regime.MOL if int(maker.producer.nip[-3:]) % 7 == 0 else Regime.FULL
        return REGIMES.get(form, Regime.FULL)

    def _sell_by_weight(self, goods: list[Goods]) -> None:
        """Some cheese, ham and smoked fish in pieces as they come: priced per kg, never above the maximum."""
        heavy = [one for one in goods if len(one.offers) == 1 and _by_weight(one.dish)]
        mixed = self.chance.sample(heavy, len(heavy))
        turn: Counter[str] = Counter()
        order = {}
        for one in sorted(mixed, key=lambda one: one.maker is not goods[0].maker):  # the demo's desk first
            turn[one.maker.kind] += 1
            order[id(one)] = turn[one.maker.kind]
        for one in sorted(mixed, key=lambda one: order[id(one)])[:SOLD_BY_WEIGHT]:
            one.pack = _by_weight(one.dish)
            one.item.name, one.item.content = one.pack.name, one.pack.content
            offer = one.offers[0]
            offer.pack, offer.sold_by, offer.max_per_order = one.pack.name, SoldBy.WEIGHT, 10
            offer.expected_grams, offer.max_grams = one.pack.content, one.pack.max_grams


def _packs(dish: Dish) -> list[Pack]:
    return [pack for pack in dish.recipe.packs if pack.max_grams is None]


def _fits_a_case(pack: Pack) -> bool:
    return pack.content <= CASE_CONTENT and pack.high <= CASE_PRICE


def _by_weight(dish: Dish) -> Pack | None:
    return next((pack for pack in dish.recipe.packs if pack.max_grams), None)


def _published(product: Product) -> ProductEvent:
    return ProductEvent(
        product=product, old=Publication.DRAFT, new=Publication.PUBLISHED, at=product.published_at
    )
