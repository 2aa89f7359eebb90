"""One step back, one step forward, and every step between (Reg. (EC) 178/2002, art. 18): from a lot to all places,
crates, trips and orders, and from an order to its lots and their deliveries. Two statements each, both by the lot's
index, so that the number of other movements does not matter."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q

from distribution.models import Centre, Fulfilment, Location, Lot, Movement
from marketplace.kernel.database import fetch_all

NUMBER = "d.kind || '/' || dc.code || '/' || d.year || '/' || lpad(d.number::text, 6, '0')"


@dataclass(frozen=True)
class Step:
    """One movement of a lot. `centre` is where it went, `trip` the lorry it went into or came out of."""

    movement: int
    at: datetime
    reason: str
    units: int
    grams: int | None
    centre: str
    from_place: str
    to_place: str
    document: str
    document_id: int | None
    reference: str
    trip: int | None
    from_kind: str
    to_kind: str

    @property
    def label(self) -> str:
        return str(Movement.Reason(self.reason).label)

    @property
    def origin(self) -> str:
        return _place(self.from_place, self.from_kind)

    @property
    def target(self) -> str:
        return _place(self.to_place, self.to_kind)


def _place(code, kind):
    """A place's code; the world outside has none that a person knows, so it is named."""
    return str(Location.Kind(kind).label) if kind in Location.VIRTUAL else code


@dataclass(frozen=True)
class Place:
    """Where some of the lot lies now; in a crate, with whose it is; on a trip, with where it goes."""

    location: int
    centre: str
    code: str
    kind: str
    units: int
    grams: int | None
    crate: str
    stands_at: str
    reference: str
    trip: int | None
    to_centre: str

    @property
    def label(self) -> str:
        return str(Location.Kind(self.kind).label)

    @property
    def is_loose(self) -> bool:
        """Not yet put aside: somebody could still take it."""
        return self.kind != Location.Kind.QUARANTINE


@dataclass(frozen=True)
class MassBalance:
    """received + found = handed out − returned + destroyed + donated + lost + stock + in transit + outside, in
    units; `outside` is what nobody can account for, 0 while the ledger is whole."""

    received: int = 0
    found: int = 0
    handed_out: int = 0
    returned: int = 0
    destroyed: int = 0
    donated: int = 0
    lost: int = 0
    stock: int = 0
    in_transit: int = 0

    @property
    def with_buyers(self) -> int:
        return self.handed_out - self.returned

    @property
    def outside(self) -> int:
        gone = self.with_buyers + self.destroyed + self.donated + self.lost
        return self.received + self.found - gone - self.stock - self.in_transit


@dataclass(frozen=True)
class Trace:
    """All of a lot: its steps, where it is, who has it (order number → units), and the mass balance."""

    lot: Lot
    steps: list[Step]
    places: list[Place]
    orders: dict[str, int]
    balance: MassBalance

    @property
    def deliveries(self) -> list[Step]:
        """What the producer brought, as posted and as reversed."""
        ours = {Movement.Reason.RECEIPT, Movement.Reason.REVERSAL}
        return [step for step in self.steps if step.reason in ours and step.document.startswith("PZ")]


STEPS = f"""
SELECT m.id, m.recorded_at, m.reason, m.units, m.grams, c.code, a.code, b.code, coalesce({NUMBER}, ''), d.id,
       m.reference, coalesce(b.trip_id, a.trip_id), a.kind, b.kind
FROM distribution_movement m
JOIN distribution_location a ON a.id = m.from_location_id
JOIN distribution_location b ON b.id = m.to_location_id
JOIN distribution_centre c ON c.id = b.centre_id
LEFT JOIN distribution_documentline l ON l.id = m.document_line_id
LEFT JOIN distribution_document d ON d.id = l.document_id
LEFT JOIN distribution_centre dc ON dc.id = d.centre_id
WHERE m.lot_id = %s ORDER BY m.id
"""  # noqa: S608 - our own text

PLACES = """
SELECT l.id, c.code, l.code, l.kind, b.units, b.grams, coalesce(u.sscc, ''), coalesce(s.code, ''),
       coalesce(f.reference, ''), l.trip_id, coalesce(tc.code, '')
FROM distribution_balance b
JOIN distribution_location l ON l.id = b.location_id
JOIN distribution_centre c ON c.id = l.centre_id
LEFT JOIN distribution_handlingunit u ON u.inside_id = l.id
LEFT JOIN distribution_location s ON s.id = u.stands_at_id
LEFT JOIN distribution_fulfilment f ON f.id = u.fulfilment_id
LEFT JOIN distribution_trip t ON t.id = l.trip_id
LEFT JOIN distribution_centre tc ON tc.id = t.to_centre_id
WHERE b.lot_id = %s AND b.units > 0 ORDER BY c.code, l.walk_order, l.id
"""


def of_lot(lot: Lot) -> Trace:
    """Everything the ledger knows of a lot, in every centre."""
    rows = fetch_all(STEPS, [lot.pk])
    places = [Place(*row) for row in fetch_all(PLACES, [lot.pk])]
    orders: dict[str, int] = {}
    for *step, source, target in rows:
        units, reference = step[3], step[10]
        if reference and Location.Kind.CUSTOMER in {source, target}:
            sign = 1 if target == Location.Kind.CUSTOMER else -1
            orders[reference] = orders.get(reference, 0) + sign * units
    return Trace(
        lot,
        [Step(*row) for row in rows],
        places,
        {reference: units for reference, units in orders.items() if units},
        _mass([(row[2], row[3], row[12], row[13]) for row in rows], places),
    )


def _mass(moves, places):
    """Of (reason, units, from kind, to kind). A reversal takes back what its kind of place was given."""
    flow = dict.fromkeys(Location.VIRTUAL, 0)
    returned = found = 0
    for reason, units, source, target in moves:
        if reason == Movement.Reason.RETURN:
            returned += units
            continue
        if source == Location.Kind.ADJUST and reason != Movement.Reason.REVERSAL:
            found += units
            continue
        if target in flow:
            flow[target] += units
        if source in flow:
            flow[source] -= units
    riding = sum(place.units for place in places if place.kind == Location.Kind.TRANSIT)
    return MassBalance(
        received=-flow[Location.Kind.SUPPLIER],
        found=found,
        handed_out=flow[Location.Kind.CUSTOMER],
        returned=returned,
        destroyed=flow[Location.Kind.WASTE],
        donated=flow[Location.Kind.DONATION],
        lost=flow[Location.Kind.ADJUST],
        stock=sum(place.units for place in places) - riding,
        in_transit=riding,
    )


@dataclass(frozen=True)
class Delivery:
    """What a producer brought of a lot: the PZ, where and when; `tenths` is the probe's reading."""

    document: int
    number: str
    centre: str
    at: datetime
    units: int
    tenths: int | None


@dataclass(frozen=True)
class Ingredient:
    """A lot of which an order got pieces, with the trips they came by and every delivery of the lot."""

    lot: int
    code: str
    name: str
    producer: str
    usable_until: date
    state: str
    picked: int
    handed_out: int
    trips: list[int]
    deliveries: list[Delivery]


OF_ORDER = """
WITH mine AS (
  SELECT a.lot_id, coalesce(array_agg(DISTINCT s.trip_id) FILTER (WHERE s.trip_id IS NOT NULL), '{}') AS trips
  FROM distribution_fulfilment f
  JOIN distribution_fulfilmentline l ON l.fulfilment_id = f.id
  JOIN distribution_allocation a ON a.fulfilment_line_id = l.id AND a.picked > 0
  LEFT JOIN distribution_routetrip s ON s.route_id = f.route_id
  WHERE f.reference = %(reference)s GROUP BY a.lot_id)
SELECT t.id, t.code, p.name || ', ' || i.name, o.name, t.usable_until, t.state,
       coalesce(sum(m.units) FILTER (WHERE m.reason = 'PICK'), 0)::int,
       coalesce(sum(CASE WHEN b.kind = 'CUSTOMER' THEN m.units WHEN a.kind = 'CUSTOMER' THEN -m.units END), 0)::int,
       mine.trips
FROM mine
JOIN distribution_lot t ON t.id = mine.lot_id
JOIN producers_stockitem i ON i.id = t.item_id
JOIN producers_product p ON p.id = i.product_id
JOIN producers_producer o ON o.id = t.producer_id
JOIN distribution_movement m ON m.lot_id = t.id AND m.reference = %(reference)s
JOIN distribution_location a ON a.id = m.from_location_id
JOIN distribution_location b ON b.id = m.to_location_id
GROUP BY t.id, p.name, i.name, o.name, mine.trips ORDER BY p.name, t.id
"""

DELIVERIES = f"""
SELECT m.lot_id, d.id, {NUMBER}, dc.code, d.issued_at, m.units, l.temperature_tenths
FROM distribution_movement m
JOIN distribution_documentline l ON l.id = m.document_line_id
JOIN distribution_document d ON d.id = l.document_id
JOIN distribution_centre dc ON dc.id = d.centre_id
WHERE m.lot_id = ANY(%s) AND m.reason = 'RECEIPT'
  AND NOT EXISTS (SELECT 1 FROM distribution_movement r WHERE r.reverses_id = m.id)
ORDER BY m.id
"""  # noqa: S608 - our own text


def of_order(reference: str) -> list[Ingredient]:
    """Which lots an order got, and whence. Empty for an order nothing was picked for."""
    rows = fetch_all(OF_ORDER, {"reference": reference})
    brought: dict[int, list[Delivery]] = {}
    for lot, *rest in fetch_all(DELIVERIES, [[row[0] for row in rows]]):
        brought.setdefault(lot, []).append(Delivery(*rest))
    return [Ingredient(*row, deliveries=brought.get(row[0], [])) for row in rows]


def is_order_of(centre: Centre, reference: str) -> bool:
    """The centre made a part of the order, or hands it out."""
    ours = Q(centre=centre) | Q(destination=centre)
    return Fulfilment.objects.filter(ours, reference=reference).exists()
