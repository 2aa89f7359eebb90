"""Marks with their evidence: EU names, the ministry's list, organic farming, Leszczyńskie Smaki."""

from collections.abc import Iterator
from datetime import date, timedelta

from marketplace.local.demo.dishes import EU_MARKS
from marketplace.local.demo.goods import Goods
from marketplace.local.demo.world import World
from producers.models import Product, ProductMark


def of(world: World, goods: list[Goods]) -> Iterator[ProductMark]:
    chance = world.chance("marks")
    start = world.today - timedelta(days=200)
    products = {id(one.product): one for one in goods}.values()
    for number, one in enumerate(products, start=1):
        register, product = one.dish.register, one.product
        if register in EU_MARKS:
            evidence, until = f"IJHARS/{register}/{number:05d}", start + timedelta(days=365)
            yield _mark(product, register, start, until, evidence=evidence, heritage_entry_id=one.dish.entry)
        elif chance.random() < 0.9:
            yield _mark(product, "LPT", start, None, heritage_entry_id=one.dish.entry)
        if one.maker.is_organic and chance.random() < 0.8:
            evidence, until = f"PL-EKO-{chance.randint(1, 13):02d}-{number:05d}", start + timedelta(days=365)
            yield _mark(product, "ORGANIC", start, until, evidence=evidence)
        if one.maker.in_leszno:
            evidence, until = f"LS/{start.year}/{number:03d}", start + timedelta(days=730)
            yield _mark(product, "LESZNO", start, until, evidence=evidence)


def _mark(product: Product, code: str, valid_from: date, valid_until: date | None, **fields) -> ProductMark:
    return ProductMark(
        product=product, mark_id=code, valid_from=valid_from, valid_until=valid_until, **fields
    )
