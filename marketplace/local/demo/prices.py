"""Prices with a history, for some lowered a few days ago."""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from random import Random

from marketplace.kernel.money import round_zloty
from marketplace.local.demo.goods import Goods
from marketplace.local.demo.recipes import price
from marketplace.local.demo.world import World
from producers.models import Offer, Price

HISTORY_DAYS = 45


def of(world: World, goods: list[Goods]) -> Iterator[Price]:
    """The price of the first day, and for some one that took over since: lowered more often than raised."""
    chance = world.chance("prices")
    for one in goods:
        amount = price(one.pack, chance.random())
        first, now, changed_at = _history(world, chance, amount)
        for offer in one.offers:
            share = 1 if offer.pieces == 1 else Decimal("0.92") * offer.pieces
            if changed_at:
                yield _price(offer, first * share, world.days_ago(HISTORY_DAYS))
                yield _price(offer, now * share, changed_at)
            else:
                yield _price(offer, now * share, one.product.published_at)


def _history(world: World, chance: Random, amount: Decimal) -> tuple[Decimal, Decimal, datetime | None]:
    drawn = chance.random()
    if drawn > 0.16:
        return amount, amount, None
    change = Decimal("1.15") if drawn < 0.11 else Decimal("0.92")
    return amount * change, amount, world.days_ago(chance.randint(1, 9), 6)


def _price(offer: Offer, amount: Decimal, valid_from: datetime) -> Price:
    # To ten grosze, as a market says it.
    rounded = round_zloty(amount.quantize(Decimal("0.1")))
    return Price(offer=offer, amount=rounded, valid_from=valid_from)
