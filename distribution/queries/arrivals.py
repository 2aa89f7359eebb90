"""Deliveries a centre expects, and what a producer owes."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import F, QuerySet, Sum

from distribution.models import Arrival, ArrivalLine, Centre, DockSlot
from distribution.states import ArrivalState
from marketplace.kernel.clock import local_date, moment
from marketplace.kernel.database import fetch_all
from marketplace.kernel.errors import NotFound
from producers.models import Producer


def expected(centre: Centre) -> QuerySet[Arrival]:
    """Arrivals not received yet by day and hour at the ramp, with the pieces owed and received."""
    return (
        Arrival.objects.filter(centre=centre, state=ArrivalState.EXPECTED)
        .select_related("producer__place", "dock_slot")
        .annotate(owed=Sum("lines__owed", default=0), received=Sum("lines__received", default=0))
        .order_by("due_on", F("dock_slot__starts").asc(nulls_last=True), "producer__sort_key", "pk")
    )


@dataclass(frozen=True)
class Day:
    """The deliveries of one day; each with whether it is late."""

    on: date
    arrivals: list[tuple[Arrival, bool]]


def by_day(centre: Centre, *, at: datetime) -> list[Day]:
    """Expected deliveries day by day, in the order of their hours at the ramp; the late ones are marked."""
    days: dict[date, Day] = {}
    for row in expected(centre):
        days.setdefault(row.due_on, Day(row.due_on, [])).arrivals.append((row, is_late(row, at)))
    return list(days.values())


def is_late(arrival: Arrival, at: datetime) -> bool:
    """Its day has passed, or the hour at the ramp it took, and nothing of it has come."""
    slot = arrival.dock_slot
    if slot is not None and slot.on >= arrival.due_on:
        return moment(slot.on, slot.ends) < at
    return arrival.due_on < local_date(at)


def at_centre(*, centre: Centre, pk: int) -> Arrival:
    """An arrival of the centre with its lines. Raises NotFound."""
    return _one(Arrival.objects.filter(centre=centre), pk)


def of_producer(*, producer: Producer, pk: int) -> Arrival:
    """A producer's own delivery that is still expected, with its lines. Raises NotFound."""
    return _one(Arrival.objects.filter(producer=producer, state=ArrivalState.EXPECTED), pk)


def _one(rows, pk):
    row = (
        rows.filter(pk=pk)
        .select_related("producer__place", "centre__place", "dock_slot")
        .prefetch_related("lines__item__product", "lines__item__offers")
        .first()
    )
    if row is None:
        raise NotFound
    return row


def owed(arrival: Arrival) -> QuerySet[ArrivalLine]:
    """Its lines with something still to come."""
    return arrival.lines.filter(received__lt=F("owed")).select_related("item__product")


def owed_by(producer: Producer) -> QuerySet[Arrival]:
    """Deliveries the producer is expected with at all centres, the soonest first."""
    return (
        Arrival.objects.filter(producer=producer, state=ArrivalState.EXPECTED)
        .select_related("centre", "dock_slot")
        .prefetch_related("lines__item__product")
        .order_by("due_on", "centre__name", "pk")
    )


@dataclass(frozen=True)
class Sold:
    """Pieces sold out of a promise in rounds that still take orders: they will be owed when these close."""

    centre: str
    centre_name: str
    producer: str
    on: date
    item: int
    name: str
    piece: str
    pieces: int


SOLD = """
SELECT c.code, c.name, m.name, s.available_on, i.id, p.name, i.name,
       (s.held - coalesce(sum(l.owed - l.received) FILTER (WHERE l.owed > l.received), 0))::int
FROM distribution_supply s
JOIN distribution_centre c ON c.id = s.centre_id
JOIN producers_stockitem i ON i.id = s.item_id JOIN producers_product p ON p.id = i.product_id
JOIN producers_producer m ON m.id = p.producer_id
LEFT JOIN distribution_arrival a ON a.centre_id = s.centre_id AND a.producer_id = p.producer_id
     AND a.due_on = s.available_on AND a.state = 'EXPECTED'
LEFT JOIN distribution_arrivalline l ON l.arrival_id = a.id AND l.item_id = s.item_id
WHERE s.kind = 'PROMISE' AND s.held > 0 AND (s.centre_id = %(centre)s OR p.producer_id = %(producer)s)
GROUP BY c.id, m.id, s.id, i.id, p.id
HAVING s.held > coalesce(sum(l.owed - l.received) FILTER (WHERE l.owed > l.received), 0)
ORDER BY s.available_on, c.name, m.sort_key, p.name, i.id
"""


def sold_to(centre: Centre) -> list[Sold]:
    """What will come to the centre out of rounds that are still open, the soonest first."""
    return [Sold(*row) for row in fetch_all(SOLD, {"centre": centre.pk, "producer": None})]


def sold_by(producer: Producer) -> list[Sold]:
    """The same for one producer, at all centres."""
    return [Sold(*row) for row in fetch_all(SOLD, {"centre": None, "producer": producer.pk})]


def windows_for(arrival: Arrival, *, at: datetime) -> list[DockSlot]:
    """Windows the delivery may take: of its day, or of today when it is late, that have not passed."""
    day = max(arrival.due_on, local_date(at))
    rows = DockSlot.objects.filter(centre=arrival.centre_id, on=day).order_by("starts")
    return [row for row in rows if moment(row.on, row.ends) > at]


def windows(centre: Centre, *, first: date, last: date) -> QuerySet[DockSlot]:
    """A centre's windows between two days."""
    return DockSlot.objects.filter(centre=centre, on__range=(first, last)).order_by("on", "starts")
