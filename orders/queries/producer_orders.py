"""A producer's side of orders: what to bring for a round, in total and by order."""

from dataclasses import dataclass
from datetime import date

from distribution.models import Round
from marketplace.kernel.database import fetch_all
from producers.models import Producer

# Orders that will be prepared or are; ended ones bring nothing.
COUNTED = ["PLACED", "PREPARING", "READY", "COLLECTED", "UNCOLLECTED"]


@dataclass(frozen=True)
class ItemTotal:
    """Pieces of a stock item ordered for a round, less what was short."""

    item: int
    name: str
    piece: str
    pieces: int
    orders: int


def totals(*, producer: Producer, round_: Round) -> list[ItemTotal]:
    rows = fetch_all(
        """
        SELECT i.id, p.name, i.name, sum(l.pieces - l.short)::int, count(DISTINCT l.order_id)::int
        FROM orders_line l
        JOIN orders_order o ON o.id = l.order_id
        JOIN orders_sellerpart s ON s.id = l.seller_part_id
        JOIN producers_stockitem i ON i.id = l.item_id
        JOIN producers_product p ON p.id = i.product_id
        WHERE s.producer_id = %s AND o.round_id = %s AND o.state = ANY(%s)
        GROUP BY i.id, p.name, i.name, p.slug ORDER BY p.slug, i.id
        """,
        [producer.pk, round_.pk, COUNTED],
    )
    return [ItemTotal(*row) for row in rows]


def rounds_with_orders(*, producer: Producer) -> list[tuple[Round, int]]:
    """Rounds not over yet that have orders for the producer, soonest first, with the number of orders."""
    rows = fetch_all(
        """
        SELECT r.id, count(DISTINCT o.id)::int
        FROM orders_sellerpart s JOIN orders_order o ON o.id = s.order_id
        JOIN distribution_round r ON r.id = o.round_id
        WHERE s.producer_id = %s AND o.state = ANY(%s) AND r.state IN ('OPEN', 'CLOSED', 'RELEASED')
        GROUP BY r.id
        """,
        [producer.pk, COUNTED],
    )
    counts = dict(rows)
    rounds = Round.objects.select_related("centre").filter(pk__in=counts).order_by("packs_on", "pk")
    return [(round_, counts[round_.pk]) for round_ in rounds]


def next_to_bring(*, producer: Producer, today: date) -> tuple[Round, int] | None:
    """The soonest round, from today on, that has orders for the producer, with the number of orders."""
    found = rounds_with_orders(producer=producer)
    return next((pair for pair in found if pair[0].packs_on >= today), None)


@dataclass(frozen=True)
class OrderToPrepare:
    """An order as its producer may see it: the number, where it is collected, the goods. No person."""

    number: str
    place: str
    lines: list[tuple[str, str, int]]  # name, pack, pieces to bring


def orders_to_prepare(*, producer: Producer, round_: Round) -> list[OrderToPrepare]:
    """Orders of the round with the producer's own lines, by number, in one statement."""
    rows = fetch_all(
        """
        SELECT o.number, h.name, l.name, l.pack, l.pieces - l.short
        FROM orders_line l
        JOIN orders_order o ON o.id = l.order_id
        JOIN distribution_handoverplace h ON h.id = o.place_id
        JOIN orders_sellerpart s ON s.id = l.seller_part_id
        WHERE s.producer_id = %s AND o.round_id = %s AND o.state = ANY(%s) AND l.pieces > l.short
        ORDER BY o.number, l.position
        """,
        [producer.pk, round_.pk, COUNTED],
    )
    found: dict[str, OrderToPrepare] = {}
    for number, place, *line in rows:
        found.setdefault(number, OrderToPrepare(number, place, [])).lines.append(tuple(line))
    return list(found.values())
