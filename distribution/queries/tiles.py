"""Tiles of a centre's board and the rows behind each of them: the same statement counts and lists."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db.models import Exists, Max, OuterRef, Q, QuerySet

from distribution.models import Balance, Centre, Location, Task
from distribution.queries.waves import Progress
from distribution.states import TaskState
from marketplace.kernel.database import fetch_all
from marketplace.kernel.units import Temperature

SOON, WEEK = 2, 7  # days before the end of a lot's life


@dataclass(frozen=True)
class Room:
    """Slots of one temperature: how many there are and how many hold goods."""

    temperature: str
    slots: int
    used: int

    @property
    def label(self) -> str:
        return str(Temperature(self.temperature).label)

    @property
    def percent(self) -> int:
        return round(100 * self.used / self.slots) if self.slots else 0


@dataclass(frozen=True)
class Expiring:
    """A balance whose life ends soon. `value` is at today's retail price; None when nothing sells it."""

    lot: int
    code: str
    name: str
    place: str
    units: int
    usable_until: date
    value: Decimal | None


@dataclass(frozen=True)
class WaveRow:
    """Waves of one temperature for one trip, or for a round that is handed out here, not done yet."""

    trip: int | None
    round: int | None
    temperature: str
    leaves_at: datetime | None
    to: str
    hands_over_on: date
    progress: Progress

    @property
    def label(self) -> str:
        return str(Temperature(self.temperature).label)


def rooms(centre: Centre) -> list[Room]:
    """One statement over the centre's slots, cold last."""
    rows = fetch_all(
        """
        SELECT z.temperature, count(*), count(*) FILTER (WHERE EXISTS (
                 SELECT 1 FROM distribution_balance b WHERE b.location_id = l.id AND b.units > 0))
        FROM distribution_location l JOIN distribution_zone z ON z.id = l.zone_id
        WHERE l.centre_id = %s AND l.kind = 'SLOT' GROUP BY z.temperature
        """,
        [centre.pk],
    )
    return sorted((Room(*row) for row in rows), key=lambda row: Temperature.values.index(row.temperature))


def used_slots(centre: Centre, *, temperature: str) -> QuerySet[Location]:
    """The slots of a temperature, with `holds`: whether goods lie there."""
    goods = Balance.objects.filter(location=OuterRef("pk"), units__gt=0)
    rows = Location.objects.filter(centre=centre, kind=Location.Kind.SLOT, zone__temperature=temperature)
    return rows.annotate(holds=Exists(goods)).order_by("walk_order", "code")


def expiring(centre: Centre, *, day: date, days: int = WEEK) -> list[Expiring]:
    """Sellable goods whose life ends within `days`, past ones not included, the soonest first. By weight the price
    is per kg, else per pack of `pieces`; the cheapest offer on sale counts."""
    rows = fetch_all(
        """
        SELECT t.id, t.code, p.name, l.code, b.units, b.usable_until, round(coalesce(
                 min(s.price / s.pieces) FILTER (WHERE s.sold_by = 'PIECE') * b.units,
                 min(s.price) FILTER (WHERE s.sold_by = 'WEIGHT') * coalesce(b.grams, 0) / 1000), 2)
        FROM distribution_balance b
        JOIN distribution_lot t ON t.id = b.lot_id
        JOIN distribution_location l ON l.id = b.location_id
        JOIN producers_stockitem i ON i.id = b.item_id
        JOIN producers_product p ON p.id = i.product_id
        LEFT JOIN producers_listing s ON s.product_id = p.id AND s.stock_item_id = i.id
        WHERE b.centre_id = %s AND b.sellable AND b.units > 0 AND b.usable_until BETWEEN %s AND %s
        GROUP BY b.id, t.id, p.id, l.id ORDER BY b.usable_until, p.name, b.id
        """,
        [centre.pk, day, day + timedelta(days=days)],
    )
    return [Expiring(*row) for row in rows]


def value(rows: list[Expiring]) -> Decimal:
    """In zł, of what has a price."""
    return sum((row.value for row in rows if row.value is not None), Decimal(0))


def in_hands(centre: Centre, *, at: datetime) -> QuerySet[Task]:
    """Tasks people work on now, with `since`, when each was taken; the longest first."""
    rows = Task.objects.filter(centre=centre, state=TaskState.TAKEN, leased_until__gt=at)
    taken = Max("events__at", filter=Q(events__new=TaskState.TAKEN) & ~Q(events__old=TaskState.TAKEN))
    return rows.with_subject().select_related("taken_by").annotate(since=taken).order_by("since", "pk")


def waves(centre: Centre) -> list[WaveRow]:
    """What is under way, in the order of departures, cold last. Goods of many rounds may leave by one trip."""
    rows = fetch_all(
        """
        WITH live AS (
          SELECT wave_id, min(due_at) AS due_at FROM distribution_task
          WHERE centre_id = %s AND state IN ('OPEN', 'TAKEN') AND wave_id IS NOT NULL GROUP BY wave_id)
        SELECT t.id, CASE WHEN t.id IS NULL THEN r.id END, w.temperature, t.departs_at, coalesce(c.name, ''),
               min(r.hands_over_on),
               count(*) FILTER (WHERE k.kind = 'PICK'),
               count(*) FILTER (WHERE k.kind = 'PICK' AND k.state = 'DONE'),
               count(*) FILTER (WHERE k.kind = 'PACK' AND k.state = 'DONE')
        FROM live JOIN distribution_wave w ON w.id = live.wave_id
        JOIN distribution_round r ON r.id = w.round_id
        JOIN distribution_task k ON k.wave_id = w.id AND k.state <> 'CANCELLED'
        LEFT JOIN distribution_trip t ON t.id = w.trip_id LEFT JOIN distribution_centre c ON c.id = t.to_centre_id
        GROUP BY 1, 2, 3, 4, 5 ORDER BY min(live.due_at), 1, 2, 3
        """,
        [centre.pk],
    )
    return [WaveRow(*row[:6], Progress(*row[6:])) for row in rows]
