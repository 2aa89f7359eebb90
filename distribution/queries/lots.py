"""Lots: what lies where, and the way of one lot from its producer to the orders that got it."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q, QuerySet

from distribution.models import Balance, Centre, Location, Lot, Movement
from marketplace.kernel.database import fetch_all
from marketplace.kernel.errors import NotFound


def on_hand(centre: Centre) -> QuerySet[Balance]:
    """Balances with goods at the centre, the earliest end first."""
    return (
        Balance.objects.filter(centre=centre, units__gt=0)
        .select_related("lot__producer", "location", "item__product")
        .order_by("usable_until", "lot_id", "location__walk_order")
    )


def visible_to(*, pk: int, user: object) -> Lot:
    """A lot that is or was at a centre this person works at. Raises NotFound."""
    row = (
        Lot.objects.filter(pk=pk, balances__centre__in=Centre.objects.staffed_by(user))
        .select_related("item__product", "producer")
        .first()
    )
    if row is None:
        raise NotFound
    return row


@dataclass(frozen=True)
class Step:
    """One movement of a lot, as a trace shows it."""

    movement: int
    at: datetime
    reason: str
    units: int
    grams: int | None
    centre: str
    from_place: str
    to_place: str
    document: str
    reference: str

    @property
    def label(self) -> str:
        return str(Movement.Reason(self.reason).label)


@dataclass(frozen=True)
class Trace:
    """`received` = `handed_out` + `lost` + `on_hand` + `outside`; outside is 0 when the mass balance closes."""

    lot: Lot
    steps: list[Step]
    orders: dict[str, int]
    received: int
    handed_out: int
    lost: int
    on_hand: int

    @property
    def outside(self) -> int:
        return self.received - self.handed_out - self.lost - self.on_hand


def trace(lot: Lot) -> Trace:
    """Everything the ledger knows of a lot (Reg. (EC) 178/2002, art. 18), in two statements."""
    rows = fetch_all(
        """
        SELECT m.id, m.recorded_at, m.reason, m.units, m.grams, c.code,
               a.code, b.code,
               coalesce(d.kind || '/' || c.code || '/' || d.year || '/' || lpad(d.number::text, 6, '0'), ''),
               m.reference, a.kind, b.kind
        FROM distribution_movement m
        JOIN distribution_location a ON a.id = m.from_location_id
        JOIN distribution_location b ON b.id = m.to_location_id
        JOIN distribution_centre c ON c.id = b.centre_id
        LEFT JOIN distribution_documentline l ON l.id = m.document_line_id
        LEFT JOIN distribution_document d ON d.id = l.document_id
        WHERE m.lot_id = %s ORDER BY m.id
        """,
        [lot.pk],
    )
    flow = dict.fromkeys(Location.VIRTUAL, 0)
    orders: dict[str, int] = {}
    for row in rows:
        units, reference, source, target = row[3], row[9], row[10], row[11]
        if target in flow:
            flow[target] += units
        if source in flow:
            flow[source] -= units
        if reference and target == Location.Kind.CUSTOMER:
            orders[reference] = orders.get(reference, 0) + units
        if reference and source == Location.Kind.CUSTOMER:
            orders[reference] = orders.get(reference, 0) - units
    here = Balance.objects.filter(lot=lot).values_list("units", flat=True)
    return Trace(
        lot,
        [Step(*row[:10]) for row in rows],
        {reference: units for reference, units in orders.items() if units},
        received=-flow[Location.Kind.SUPPLIER],
        handed_out=flow[Location.Kind.CUSTOMER],
        lost=flow[Location.Kind.WASTE] + flow[Location.Kind.DONATION] + flow[Location.Kind.ADJUST],
        on_hand=sum(here),
    )


def expired_on(centre: Centre, day: date) -> QuerySet[Balance]:
    """What should not be on the shelf any more."""
    return on_hand(centre).filter(usable_until__lt=day)


def matching(rows: QuerySet[Balance], text: str) -> QuerySet[Balance]:
    """Balances whose lot number, place or product name holds the text."""
    return rows.filter(
        Q(lot__code__icontains=text)
        | Q(location__code__istartswith=text)
        | Q(item__product__name__icontains=text)
    )
