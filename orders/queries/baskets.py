"""A basket as its buyer should see it now: prices in force, what is left, what changed since it was filled."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import CharField, F, OuterRef, Q
from django.db.models.functions import Cast, JSONObject

from distribution.models import Round
from distribution.queries import availability
from distribution.queries.routes import WAYS
from marketplace.kernel.clock import local_date
from marketplace.kernel.database import fetch_all
from marketplace.kernel.money import ZERO
from marketplace.kernel.units import COMPARED_IN, SoldBy, Unit, unit_price
from orders.models import Basket, BasketLine
from orders.policies.amounts import agreed


@dataclass(frozen=True)
class PricedLine:
    """An offer in a basket. `price` is in force now, per pack or per kg; None when it is no longer on sale.
    `vat_percent` is 0 for sellers who charge none. `available` packs are left for the given round."""

    offer: int
    item: int
    quantity: int
    price_seen: Decimal
    on_sale: bool
    price: Decimal | None
    name: str
    pack: str
    pieces_each: int
    sold_by: str
    expected_grams_each: int | None
    max_grams_each: int | None
    max_per_order: int
    minimum_life_days: int
    producer: int
    producer_name: str
    producer_slug: str
    product_slug: str
    vat_percent: Decimal
    content: int
    unit: str
    lowest_30_days: Decimal | None
    before_reduction: Decimal | None
    available: int = 0

    @property
    def pieces(self) -> int:
        return self.quantity * self.pieces_each

    @property
    def agreed_max(self) -> int | None:
        return None if self.sold_by == SoldBy.PIECE else self.pieces * (self.max_grams_each or 0)

    @property
    def expected_grams(self) -> int | None:
        return None if self.sold_by == SoldBy.PIECE else self.pieces * (self.expected_grams_each or 0)

    @property
    def total(self) -> Decimal:
        """The most this line may cost."""
        return ZERO if self.price is None else agreed(self.price, self.quantity, self.agreed_max)

    @property
    def expected_total(self) -> Decimal:
        return ZERO if self.price is None else agreed(self.price, self.quantity, self.expected_grams)

    @property
    def unit_price(self) -> Decimal | None:
        """Per kg, litre or piece; None by weight, where the price itself is per kg."""
        if self.price is None or self.sold_by == SoldBy.WEIGHT:
            return None
        return unit_price(self.price, self.content * self.pieces_each, self.unit)[0]

    @property
    def unit_name(self) -> str:
        return COMPARED_IN[Unit(self.unit)][0]

    @property
    def is_repriced(self) -> bool:
        return self.on_sale and self.price != self.price_seen

    @property
    def is_short(self) -> bool:
        return self.available < self.quantity

    def enough_until(self, hands_over_on: date) -> date:
        return hands_over_on + timedelta(days=self.minimum_life_days)


LINES = """
SELECT l.offer_id, o.stock_item_id, l.quantity, l.price_seen,
       o.state = 'PUBLISHED' AND p.state = 'PUBLISHED' AND m.is_active AND now_.amount IS NOT NULL,
       now_.amount, p.name, o.pack, o.pieces, o.sold_by, o.expected_grams, o.max_grams, o.max_per_order,
       coalesce(p.minimum_life_days, 0), m.id, m.name, m.slug, p.slug,
       CASE WHEN m.vat_status = 'ACTIVE' THEN coalesce(v.percent, 0) ELSE 0 END, i.content, i.unit,
       listing.lowest_30_days, listing.before_reduction
FROM orders_basketline l
JOIN producers_offer o ON o.id = l.offer_id
JOIN producers_stockitem i ON i.id = o.stock_item_id
JOIN producers_product p ON p.id = i.product_id
LEFT JOIN producers_listing listing ON listing.offer_id = o.id
JOIN producers_producer m ON m.id = p.producer_id
LEFT JOIN LATERAL (
  SELECT amount FROM producers_price x
  WHERE x.offer_id = o.id AND x.price_list_id = 'RETAIL' AND x.min_quantity = 1 AND x.valid_from <= %(at)s
  ORDER BY x.valid_from DESC, x.id DESC LIMIT 1) now_ ON true
LEFT JOIN LATERAL (
  SELECT percent FROM producers_vatrate r
  WHERE r.vat_class_id = p.vat_class_id AND r.valid_from <= %(day)s AND (r.valid_to IS NULL OR r.valid_to >= %(day)s)
  ORDER BY r.valid_from DESC LIMIT 1) v ON true
WHERE l.basket_id = %(basket)s
ORDER BY l.id
"""


def priced_lines(*, basket: UUID, at: datetime) -> list[PricedLine]:
    """The basket's lines in the order they were put in, at the prices of `at`; what is left is not looked at."""
    rows = fetch_all(LINES, {"basket": basket, "at": at, "day": local_date(at)})
    return [PricedLine(*row) for row in rows]


def lines_for(*, basket: UUID, round_: Round | None, at: datetime, channel: str = "") -> list[PricedLine]:
    """The same with what is left of each for the round, to a buyer of the channel."""
    lines = priced_lines(basket=basket, at=at)
    left = availability.left(round_=round_, items={line.item for line in lines}, channel=channel)
    return [replace(line, available=left.get(line.item, 0) // line.pieces_each) for line in lines]


@dataclass(frozen=True)
class Gap:
    """A line that a round cannot serve: `left` packs of the `wanted` ones, 0 for none at all."""

    name: str
    wanted: int
    left: int


GAPS = f"""
{WAYS}
SELECT round_.id, p.name, l.quantity, coalesce(left_.pieces, 0) / o.pieces
FROM orders_basketline l
JOIN producers_offer o ON o.id = l.offer_id
JOIN producers_stockitem i ON i.id = o.stock_item_id
JOIN producers_product p ON p.id = i.product_id
JOIN distribution_round round_ ON round_.id = ANY(%(rounds)s)
LEFT JOIN LATERAL (
  SELECT sum(s.quantity - s.held - s.reserved + coalesce(q.pieces - q.sold, 0)) AS pieces
  FROM ways w JOIN distribution_supply s ON s.centre_id = w.origin_id AND s.item_id = o.stock_item_id
  LEFT JOIN distribution_quota q ON q.supply_id = s.id AND q.channel = %(channel)s AND q.flowed_back_at IS NULL
  WHERE w.round_id = round_.id AND w.temperature = p.temperature
    AND s.quantity > s.held + s.reserved - coalesce(q.pieces - q.sold, 0) AND s.available_on <= w.ready_by
    AND s.usable_until >= round_.hands_over_on + coalesce(p.minimum_life_days, 0)) left_ ON true
WHERE l.basket_id = %(basket)s AND coalesce(left_.pieces, 0) / o.pieces < l.quantity
ORDER BY l.id
"""  # noqa: S608 - both parts are ours


def gaps(*, basket: UUID, rounds: Collection[Round], channel: str = "") -> dict[int, list[Gap]]:
    """By round, what of the basket it has too little of for a buyer of the channel; one statement whatever the number
    of rounds."""
    found: dict[int, list[Gap]] = defaultdict(list)
    asked = {"basket": basket, "rounds": [round_.pk for round_ in rounds], "channel": channel}
    for round_id, *facts in fetch_all(GAPS, asked):
        found[round_id].append(Gap(*facts))
    return found


def open_to(*, basket: UUID, user: object) -> Basket | None:
    """The basket, for who may see it: its id is the key of an anonymous one, its owner's sign-in of the rest."""
    row = Basket.objects.select_related("place__centre").filter(pk=basket).first()
    if row is None or (row.user_id is not None and row.user_id != getattr(user, "pk", None)):
        return None
    return row


@dataclass(frozen=True)
class Glance:
    """A basket as every page's header shows it. `quantities` are packs by offer, `total` the most it may cost."""

    basket: Basket
    quantities: dict[int, int]
    total: Decimal

    @property
    def count(self) -> int:
        return sum(self.quantities.values())


ENTRY = JSONObject(
    offer=F("offer_id"),
    quantity=F("quantity"),
    price=Cast("offer__listing__price", CharField()),
    sold_by=F("offer__sold_by"),
    grams=F("offer__max_grams") * F("offer__pieces"),
)


def at_a_glance(*, basket: UUID | None, user: object) -> Glance | None:
    """The basket by its id, else the newest of the signed-in person, in one statement. Goods taken off sale
    count as packs and cost nothing."""
    owner = getattr(user, "pk", None)
    mine = Q(user=None) | Q(user_id=owner) if owner else Q(user=None)
    if basket is None and owner is None:
        return None
    wanted = Q(pk=basket) & mine if basket else Q(user_id=owner)
    lines = BasketLine.objects.filter(basket=OuterRef("pk")).order_by("id").values_list(ENTRY)
    row = (
        Basket.objects.select_related("place__centre")
        .filter(wanted)
        .annotate(entries=ArraySubquery(lines))
        .order_by("-created_at")
        .first()
    )
    if row is None:
        return None
    total = sum((_most(entry) for entry in row.entries), ZERO)
    return Glance(row, {entry["offer"]: entry["quantity"] for entry in row.entries}, total)


def _most(entry):
    if entry["price"] is None:
        return ZERO
    grams = entry["quantity"] * entry["grams"] if entry["sold_by"] == SoldBy.WEIGHT else None
    return agreed(Decimal(entry["price"]), entry["quantity"], grams)
