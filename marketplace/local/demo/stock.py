"""Lots on the shelf, received with PZ documents: the ledger, balances and supply agree from the first row."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from distribution.models import (
    Balance,
    Document,
    DocumentCounter,
    DocumentLine,
    Location,
    Lot,
    Movement,
    Supply,
)
from marketplace.accounts.models import User
from marketplace.kernel.clock import WARSAW, local_date
from marketplace.kernel.units import Temperature
from marketplace.local.demo.centres import Hall
from marketplace.local.demo.goods import Goods
from marketplace.local.demo.shelves import Placed
from marketplace.local.demo.world import World, save
from producers.models.product import DateKind

OLDEST_DAYS = 45
WEEK = 7
PIECES = (12, 60)
PROBE = {Temperature.CHILLED: (18, 52), Temperature.FROZEN: (-215, -185)}  # 0.1 °C at receipt


@dataclass
class Delivery:
    """What one producer brings of a lot to a centre at a moment."""

    goods: Goods
    code: str
    lot: Lot
    at: datetime
    units: int
    grams: int | None
    probe: int | None
    slot: Location


def make(world: World, placed: Placed, halls: dict[str, Hall], workers: dict[str, User]) -> None:
    deliveries = sorted(_deliveries(world, placed, halls), key=lambda one: (one.at, one.code))
    lots = {id(one.lot): one.lot for one in deliveries}
    save(list(lots.values()), "partie")
    lines = _receipts(deliveries, workers)
    save(
        [_movement(one, line, halls, workers) for one, line in zip(deliveries, lines, strict=True)], "księga"
    )
    save([_balance(one, halls) for one in deliveries], "stany")
    save(list(_supply(deliveries, halls)), "podaż z półki")


def _deliveries(world: World, placed: Placed, halls: dict[str, Hall]) -> Iterator[Delivery]:
    """Each goods has one or two lots; each centre that carries it got some of each, early or yesterday."""
    chance = world.chance("stock")
    lots: dict[int, list[Lot]] = {}
    early = {}
    for goods, code in placed:
        recipe = goods.dish.recipe
        if recipe.fresh:
            continue
        if id(goods) not in lots:
            lots[id(goods)] = list(_lots(world, goods, chance))
        maker = goods.maker.producer.slug
        came = early.setdefault((maker, code), (chance.randint(4, 9), chance.randint(7, 13)))
        for lot in lots[id(goods)]:
            age = (world.today - _made_on(lot, goods)).days
            days, hour = came if age > came[0] else (1, came[1])
            units = chance.randint(*PIECES) * (2 if len(goods.offers) > 1 or code == "LES" else 1)
            grams = round(units * goods.grams * chance.uniform(0.94, 1.03)) if goods.grams else None
            yield Delivery(
                goods=goods,
                code=code,
                lot=lot,
                at=world.days_ago(days, hour),
                units=units,
                grams=grams,
                probe=chance.randint(*PROBE[recipe.temperature]) if recipe.temperature in PROBE else None,
                slot=chance.choice(halls[code].slots[recipe.temperature]),
            )


def _lots(world: World, goods: Goods, chance) -> Iterator[Lot]:
    recipe = goods.dish.recipe
    # Young enough that a round of the coming week still gets the life the product promises.
    oldest = min(max((recipe.life - recipe.minimum - WEEK) // 2, 1), OLDEST_DAYS)
    ages = chance.sample(range(1, oldest + 1), min(oldest, chance.choices((1, 2), (7, 3))[0]))
    for age in ages:
        made_on = world.today - timedelta(days=age)
        usable_until = made_on + timedelta(days=recipe.life)
        dated = recipe.date_kind != DateKind.NOT_REQUIRED
        yield Lot(
            item=goods.item,
            producer=goods.maker.producer,
            code=f"L{made_on:%y-%m-%d}",
            date_kind=recipe.date_kind,
            no_date_ground=recipe.no_date_ground,
            printed_on=usable_until if dated else None,
            usable_until=usable_until,
        )


def _made_on(lot: Lot, goods: Goods) -> date:
    return lot.usable_until - timedelta(days=goods.dish.recipe.life)


def _receipts(deliveries: list[Delivery], workers: dict[str, User]) -> list[DocumentLine]:
    """A PZ for each producer, centre and moment, numbered in the order of time, without a gap."""
    documents: dict[tuple, Document] = {}
    numbers: Counter[tuple[str, int]] = Counter()
    positions: Counter[int] = Counter()
    lines = []
    for one in deliveries:
        producer = one.goods.maker.producer
        key = (one.code, producer.slug, one.at)
        if key not in documents:
            year = one.at.astimezone(WARSAW).year
            numbers[one.code, year] += 1
            documents[key] = Document(
                centre=one.slot.centre,
                kind=Document.Kind.PZ,
                year=year,
                number=numbers[one.code, year],
                issued_at=one.at,
                by=workers[one.code],
                producer=producer,
            )
        document = documents[key]
        positions[id(document)] += 1
        lines.append(
            DocumentLine(
                document=document,
                position=positions[id(document)],
                lot=one.lot,
                units=one.units,
                grams=one.grams,
                temperature_tenths=one.probe,
            )
        )
    save(list(documents.values()), "dokumenty PZ")
    save(lines, "pozycje PZ")
    save(list(_counters(documents.values())), "liczniki")
    return lines


def _counters(documents: Iterable[Document]) -> Iterator[DocumentCounter]:
    last = {(document.centre, document.year): document.number for document in documents}
    for (centre, year), number in last.items():
        yield DocumentCounter(centre=centre, kind=Document.Kind.PZ, year=year, last=number)


def _movement(
    one: Delivery, line: DocumentLine, halls: dict[str, Hall], workers: dict[str, User]
) -> Movement:
    return Movement(
        lot=one.lot,
        from_location=halls[one.code].supplier,
        to_location=one.slot,
        units=one.units,
        grams=one.grams,
        reason=Movement.Reason.RECEIPT,
        document_line=line,
        by=workers[one.code],
        happened_at=one.at,
    )


def _balance(one: Delivery, halls: dict[str, Hall]) -> Balance:
    return Balance(
        lot=one.lot,
        location=one.slot,
        item=one.goods.item,
        centre=halls[one.code].centre,
        usable_until=one.lot.usable_until,
        units=one.units,
        grams=one.grams,
        sellable=True,
    )


def _supply(deliveries: list[Delivery], halls: dict[str, Hall]) -> Iterator[Supply]:
    """One row per item, centre and date on which goods end, available since the first of them came."""
    together: dict[tuple, list[Delivery]] = defaultdict(list)
    for one in deliveries:
        together[id(one.goods), one.code, one.lot.usable_until].append(one)
    for (_goods, code, usable_until), found in together.items():
        yield Supply(
            item=found[0].goods.item,
            centre=halls[code].centre,
            kind=Supply.Kind.STOCK,
            available_on=local_date(found[0].at),
            usable_until=usable_until,
            quantity=sum(one.units for one in found),
        )
