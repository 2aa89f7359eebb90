"""Expected arrivals: what producers owe a centre, from orders already placed, and what has come of it."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import F, Sum
from django.utils.translation import gettext as _

from distribution import locks
from distribution.models import Arrival, ArrivalLine, Document, ReceiptItem, Supply
from distribution.operations.counted import Counted
from distribution.states import ArrivalState
from marketplace.kernel.database import execute
from marketplace.kernel.errors import DomainError, NotFound


class ArrivalOver(NotFound):
    code = "arrival_over"

    def __init__(self) -> None:
        super().__init__(_("Tej dostawy nie ma wśród oczekiwanych."))


class ArrivalChanged(DomainError):
    """`details["received"]` is what has come by now."""

    code = "arrival_changed"

    def __init__(self, received: int) -> None:
        super().__init__(
            _("Ktoś już przyjął coś z tej dostawy, razem %(n)s szt. Sprawdź, zanim policzysz to drugi raz.")
            % {"n": received},
            received=received,
        )


@dataclass(frozen=True)
class Owed:
    """Pieces of an item sold out of the promise row `supply`, due on `day`."""

    day: date
    item: int
    supply: int
    pieces: int


def expect(*, centre: int, owed: Sequence[Owed]) -> None:
    """Adds the pieces to the arrivals expected at the centre, one per producer and day."""
    if not owed:
        return
    params = [
        centre,
        [o.day for o in owed],
        [o.item for o in owed],
        [o.supply for o in owed],
        [o.pieces for o in owed],
    ]
    execute(
        """
        INSERT INTO distribution_arrival (centre_id, producer_id, due_on, state)
        SELECT DISTINCT %s::bigint, p.producer_id, o.day, 'EXPECTED'
        FROM unnest(%s::date[], %s::bigint[], %s::bigint[], %s::int[]) AS o(day, item, supply, pieces)
        JOIN producers_stockitem i ON i.id = o.item JOIN producers_product p ON p.id = i.product_id
        ORDER BY 2, 3
        ON CONFLICT (centre_id, producer_id, due_on) WHERE state = 'EXPECTED' DO NOTHING
        """,
        params,
    )
    execute(
        """
        INSERT INTO distribution_arrivalline AS l (arrival_id, item_id, supply_id, owed, received)
        SELECT a.id, o.item, o.supply, o.pieces, 0
        FROM unnest(%s::bigint[], %s::date[], %s::bigint[], %s::bigint[], %s::int[])
             AS o(centre, day, item, supply, pieces)
        JOIN producers_stockitem i ON i.id = o.item JOIN producers_product p ON p.id = i.product_id
        JOIN distribution_arrival a ON a.centre_id = o.centre AND a.producer_id = p.producer_id
             AND a.due_on = o.day AND a.state = 'EXPECTED'
        ORDER BY a.id, o.item
        ON CONFLICT (arrival_id, item_id) DO UPDATE SET owed = l.owed + excluded.owed
        """,
        [[centre] * len(owed), *params[1:]],
    )


def lock(*, arrival: int | None, centre: int, producer: int) -> Arrival | None:
    """The arrival, if one is named, kept until commit. Raises ArrivalOver, also for one of another producer."""
    if arrival is None:
        return None
    try:
        row = locks.arrival(arrival)
    except NotFound as error:
        raise ArrivalOver from error
    if row.centre_id != centre or row.producer_id != producer:
        raise ArrivalOver
    return row


def require_unchanged(*, arrival: Arrival, seen: int) -> None:
    """Refuses goods that somebody else may have counted as well. The caller holds the arrival."""
    received = arrival.lines.aggregate(n=Sum("received", default=0))["n"]
    if received != seen:
        raise ArrivalChanged(received)


def items_of(arrival: Arrival) -> set[int]:
    """Stock items that end with the arrival: those owed, and all the producer promised for the day."""
    promised = Supply.objects.filter(
        centre_id=arrival.centre_id,
        kind=Supply.Kind.PROMISE,
        available_on=arrival.due_on,
        item__product__producer_id=arrival.producer_id,
    )
    return {*arrival.lines.values_list("item_id", flat=True), *promised.values_list("item_id", flat=True)}


def note(*, document: Document, arrival: Arrival | None, counted: Sequence[Counted], whole: bool) -> None:
    """Writes what the PZ says of each item against what was owed, and what of the arrival has come by now. When the
    delivery is `whole`, also the items of which nothing came. The caller holds the arrival."""
    lines = {line.item_id: line for line in arrival.lines.all()} if arrival else {}
    owed = {item: max(line.owed - line.received, 0) for item, line in lines.items()}
    by_item: dict[int, list[Counted]] = defaultdict(list)
    for one in counted:
        by_item[one.item].append(one)
    if whole:
        by_item |= {item: [] for item, pieces in owed.items() if pieces and item not in by_item}
    rows = [_said(document, arrival, item, by_item[item], owed.get(item, 0)) for item in sorted(by_item)]
    ReceiptItem.objects.bulk_create(rows)
    if arrival is not None:
        _receive(arrival, [row for row in rows if row.accepted or row.item_id in lines])


def _said(document, arrival, item, lines, owed):
    def first(name):
        return next((text for line in lines if (text := getattr(line, name))), "")

    return ReceiptItem(
        document=document,
        item_id=item,
        arrival=arrival,
        owed=owed,
        accepted=sum(line.units for line in lines),
        refused=sum(line.refused_units for line in lines),
        refused_for=first("refused_for"),
        difference_for=first("difference_for"),
        note=first("note"),
    )


def _receive(arrival, rows):
    """Adds what came to the arrival's lines; goods nobody ordered get a line that owes nothing."""
    execute(
        """
        INSERT INTO distribution_arrivalline AS l (arrival_id, item_id, owed, received)
        SELECT %s, item, 0, units FROM unnest(%s::bigint[], %s::int[]) AS n(item, units) ORDER BY item
        ON CONFLICT (arrival_id, item_id) DO UPDATE SET received = l.received + excluded.received
        """,
        [arrival.pk, [row.item_id for row in rows], [row.accepted for row in rows]],
    )


def take_back(*, document: Document) -> None:
    """A PZ is reversed: what it brought is owed again, while its arrival is still expected."""
    for row in document.items.filter(arrival__state=ArrivalState.EXPECTED, accepted__gt=0).order_by(
        "item_id"
    ):
        ArrivalLine.objects.filter(arrival=row.arrival_id, item=row.item_id).update(
            received=F("received") - row.accepted
        )


def hold_of(*, document: int) -> None:
    """Locks the arrival that a PZ counted in, so that nobody counts in more of it meanwhile."""
    found = ReceiptItem.objects.filter(document=document, arrival__state=ArrivalState.EXPECTED)
    if arrival := found.values_list("arrival_id", flat=True).first():
        locks.arrival(arrival)
