"""Receiving goods: what came, counted, dated and measured, becomes a PZ, lots, stock, and lots for the
orders that were waiting."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from distribution import locks
from distribution.models import (
    Arrival,
    ArrivalLine,
    Centre,
    Document,
    Hold,
    Location,
    Lot,
    Movement,
    Supply,
)
from distribution.operations import allocations, fulfilments, lots, quotas, readings, shortages, supply
from distribution.operations.holds import give_back
from distribution.operations.ledger import Move, Paper, post, virtual
from distribution.policies.fefo import Pick
from distribution.policies.sharing import share
from distribution.policies.temperatures import WARMEST_TENTHS
from distribution.states import ArrivalState, HoldState, LotState
from marketplace.accounts.models import User
from marketplace.kernel.clock import local_date
from marketplace.kernel.database import execute, fetch_all, retried
from marketplace.kernel.errors import Invalid, NotFound
from marketplace.kernel.units import SoldBy
from producers.models import StockItem


class ForeignItem(Invalid):
    code = "foreign_item"

    def __init__(self) -> None:
        super().__init__(_("Ten produkt nie należy do producenta tej dostawy."), field="item")


class WrongQuantity(Invalid):
    code = "wrong_quantity"

    def __init__(self) -> None:
        super().__init__(_("Podaj liczbę sztuk: od 1 do 100 000, a na wagę także gramy."), field="units")


class WrongLocation(Invalid):
    code = "wrong_location"

    def __init__(self) -> None:
        super().__init__(_("To miejsce nie pasuje do temperatury produktu."), field="location")


MOST_UNITS = 100_000


@dataclass(frozen=True)
class Counted:
    """One line as counted at the dock. `location` is where it is put; None means the dock, and goods that are
    too warm always go to quarantine. `refused_units` were sent back and never enter the ledger."""

    item: int
    lot_code: str
    units: int
    printed_on: date | None = None
    grams: int | None = None
    temperature_tenths: int | None = None
    refused_units: int = 0
    note: str = ""
    location: int | None = None


@dataclass
class Arrived:
    """A counted line with the lot and place it got, and the pieces not yet given to waiting orders."""

    counted: Counted
    item: StockItem
    lot: Lot
    location: Location
    free: int


@retried
@transaction.atomic
def post_receipt(
    *,
    centre: int,
    producer: int,
    counted: Sequence[Counted],
    by: User | None,
    at: datetime,
    arrival: int | None = None,
    last: bool = False,
    reference: str = "",
) -> Document:
    """Posts a PZ of the accepted units. Orders that waited for these goods get their lots at once, oldest
    first; promises shrink by what came. With `last` the arrival is done: what is still owed is short.

    Raises a refusal that names the field: lot without number or date, expired, foreign item, wrong place.
    """
    if not counted:
        raise WrongQuantity
    day = local_date(at)
    due = _lock_arrival(arrival, centre, producer)
    waiting = _lock_waiting(centre, {c.item for c in counted})
    items = (
        StockItem.objects.select_related("product")
        .prefetch_related("offers")
        .in_bulk({c.item for c in counted})
    )
    arrived = _check_all(counted, items, centre, producer, day)
    locks.supply_of_items(centre=centre, items=items)
    document = post(
        centre=centre,
        moves=_moves(centre, arrived),
        by=by,
        at=at,
        paper=_paper(producer, arrived, reference),
    )
    readings.note_receipt(document=document, measured=_warmest(arrived), by=by, at=at)
    serve_waiting(centre=centre, arrived=arrived, waiting=waiting)
    _shrink_promises(centre, arrived, by, at)
    if due is not None:
        _note_received(due, arrived)
        if last:
            _finish(due, by, at)
    fulfilments.refresh(ids={line.fulfilment for line in waiting.values()}, by=by, at=at)
    return document


def _moves(centre, arrived):
    supplier = virtual(centre=centre, kind=Location.Kind.SUPPLIER)
    return [
        Move(
            a.lot.pk,
            supplier,
            a.location.pk,
            a.counted.units,
            Movement.Reason.RECEIPT,
            a.counted.grams,
            line=n,
        )
        for n, a in enumerate(arrived, start=1)
    ]


@retried
@transaction.atomic
def close_arrival(*, arrival: int, by: User | None, at: datetime) -> None:
    """Ends an expected arrival: pieces its promises still hold for released orders become shortages."""
    due = locks.arrival(arrival)
    items = due.lines.values_list("item_id", flat=True)
    waiting = _lock_waiting(due.centre_id, set(items))
    locks.supply_of_items(centre=due.centre_id, items=items)
    _finish(due, by, at)
    fulfilments.refresh(ids={line.fulfilment for line in waiting.values()}, by=by, at=at)


def _lock_arrival(arrival, centre, producer):
    if arrival is None:
        return None
    row = locks.arrival(arrival)
    if row.centre_id != centre or row.producer_id != producer:
        raise NotFound
    return row


def _check_all(counted, items, centre, producer, day):
    arrived: list[Any] = [None] * len(counted)
    for n, line in in_order_of_lots(counted):
        arrived[n] = _check(line, items, centre, producer, day)
    return arrived


def in_order_of_lots(counted: Sequence[Counted]) -> list[tuple[int, Counted]]:
    """The lines with their positions, in the order in which new lots are made: whoever makes the same lot
    meanwhile, in any centre, waits; in another order the two would wait for each other."""
    return sorted(
        enumerate(counted), key=lambda row: (row[1].item, row[1].lot_code.strip(), str(row[1].printed_on))
    )


def _check(counted, items, centre, producer, day):
    item = items.get(counted.item)
    if item is None or item.product.producer_id != producer:
        raise ForeignItem
    by_weight = any(offer.sold_by == SoldBy.WEIGHT for offer in item.offers.all())
    if not 1 <= counted.units <= MOST_UNITS or (by_weight and not counted.grams):
        raise WrongQuantity
    lot = lots.find_or_make(item=item, code=counted.lot_code, printed_on=counted.printed_on, received_on=day)
    return Arrived(counted, item, lot, _place(counted, item, centre), counted.units)


def _place(counted, item, centre):
    places = Location.objects.filter(centre_id=centre)
    warmest = WARMEST_TENTHS.get(item.product.temperature)
    too_warm = (
        warmest is not None
        and counted.temperature_tenths is not None
        and counted.temperature_tenths > warmest
    )
    if too_warm:
        return places.filter(kind=Location.Kind.QUARANTINE).first()
    if counted.location is None:
        return places.filter(kind=Location.Kind.DOCK).order_by("pk").first()
    place = places.filter(pk=counted.location, kind__in=Location.SELLABLE).select_related("zone").first()
    if place is None or (place.zone and place.zone.temperature != item.product.temperature):
        raise WrongLocation
    return place


@dataclass
class Waiting:
    """A fulfilment line that awaits pieces; `task` is its open pick task."""

    pk: int
    fulfilment: int
    task: int | None
    awaited: int


def _lock_waiting(centre, items):
    """Lines of released orders that await these items, by (reference, line, route); their fulfilments are locked."""
    fetch_all(
        """
        SELECT f.id FROM distribution_fulfilment f
        WHERE f.id IN (SELECT l.fulfilment_id FROM distribution_fulfilmentline l
                       WHERE l.awaited > 0 AND l.item_id = ANY(%s)) AND f.centre_id = %s
        ORDER BY f.id FOR NO KEY UPDATE
        """,
        [list(items), centre],
    )
    rows = fetch_all(
        """
        SELECT f.reference, l.line, f.route_id, l.id, f.id, t.id, l.awaited
        FROM distribution_fulfilmentline l
        JOIN distribution_fulfilment f ON f.id = l.fulfilment_id
        LEFT JOIN distribution_task t ON t.fulfilment_id = f.id AND t.kind = 'PICK'
             AND t.state IN ('OPEN', 'TAKEN')
        WHERE l.awaited > 0 AND l.item_id = ANY(%s) AND f.centre_id = %s
        """,
        [list(items), centre],
    )
    return {(reference, line, route): Waiting(*rest) for reference, line, route, *rest in rows}


@dataclass(frozen=True)
class Given:
    """`pieces` of an arrived line that a promise's hold now has on the shelf."""

    hold: Hold
    arrived: Arrived
    pieces: int
    line: Waiting | None


def serve_waiting(*, centre: int, arrived: Sequence[Arrived], waiting: dict) -> None:
    """Turns holds on promises into holds on the shelf: lots for released orders, and for orders of open rounds
    just the better supply. When too little came, the centre's rule says who gets how much of it. The caller has
    locked the supply of the items."""
    holds = _promise_holds(centre, {a.item.pk for a in arrived})
    fair = _shares(centre, holds, arrived)
    given: list[Given] = []
    served: dict[int, int] = defaultdict(int)
    # What a share could not use, because its goods end too soon, serves the others in a second turn.
    for most in (fair, {hold.pk: hold.pieces for hold, _until in holds}):
        for hold, needed_until in holds:
            for a in arrived:
                usable = a.location.kind in Location.SELLABLE and a.lot.state == LotState.RELEASED
                if a.item.pk != hold.supply.item_id or not usable or a.lot.usable_until < needed_until:
                    continue
                pieces = min(most[hold.pk] - served[hold.pk], a.free)
                if pieces > 0:
                    given.append(
                        Given(hold, a, pieces, waiting.get((hold.reference, hold.line, hold.route_id)))
                    )
                    a.free -= pieces
                    served[hold.pk] += pieces
    if given:
        given = _joined(given)
        _allocate(given, _move_holds(centre, given))


def _shares(centre, holds, arrived):
    """The pieces each hold may take of what came, by the centre's rule."""
    rule = Centre.objects.values_list("shortage_rule", flat=True).get(pk=centre)
    fair: dict[int, int] = {}
    for item in {hold.supply.item_id for hold, _until in holds}:
        mine = [hold for hold, _until in holds if hold.supply.item_id == item]
        fair |= share(shortages.claims(mine), sum(a.free for a in arrived if a.item.pk == item), rule)
    return fair


def _joined(given):
    """One part for each hold and lot, in the order of the holds."""
    parts: dict[tuple[int, int, int], Given] = {}
    for g in given:
        key = (g.hold.pk, g.arrived.lot.pk, g.arrived.location.pk)
        known = parts.get(key)
        parts[key] = replace(g, pieces=g.pieces + (known.pieces if known else 0))
    return sorted(parts.values(), key=lambda g: g.hold.pk)


def _promise_holds(centre, items):
    holds = (
        Hold.objects.filter(
            state=HoldState.ACTIVE,
            supply__kind=Supply.Kind.PROMISE,
            supply__centre_id=centre,
            supply__item_id__in=items,
        )
        .select_related("supply__item__product", "round")
        .order_by("pk")
    )
    return [
        (hold, hold.round.hands_over_on + timedelta(days=hold.supply.item.product.minimum_life_days or 0))
        for hold in holds
    ]


def _move_holds(centre, given):
    """Each given part stands on the shelf's supply row from now on; what is left stays promised."""
    shelf = {
        (row.item_id, row.usable_until): row.pk
        for row in Supply.objects.filter(
            centre_id=centre, kind=Supply.Kind.STOCK, item_id__in={g.arrived.item.pk for g in given}
        )
    }
    rows = [shelf[g.arrived.item.pk, g.arrived.lot.usable_until] for g in given]
    # The room on trips goes with the pieces, to the gram: what stays promised keeps the rest.
    execute(
        """
        INSERT INTO distribution_hold (supply_id, round_id, reference, line, pieces, max_grams_each, state, route_id,
                                       load_grams, reason, explained, rank, buyer)
        SELECT g.supply, h.round_id, h.reference, h.line, g.pieces, h.max_grams_each, g.state, h.route_id,
               h.load_grams / h.pieces * g.pieces, h.reason, h.explained, h.rank, h.buyer
        FROM unnest(%s::bigint[], %s::bigint[], %s::int[], %s::text[]) WITH ORDINALITY
             AS g(hold, supply, pieces, state, nth)
        JOIN distribution_hold h ON h.id = g.hold ORDER BY g.nth
        """,
        [
            [g.hold.pk for g in given],
            rows,
            [g.pieces for g in given],
            [HoldState.ALLOCATED if g.line else HoldState.ACTIVE for g in given],
        ],
    )
    for hold, parts in groupby(given, key=lambda g: g.hold):
        given_pieces = sum(part.pieces for part in parts)
        if given_pieces < hold.pieces:
            Hold.objects.filter(pk=hold.pk).update(
                pieces=hold.pieces - given_pieces,
                quota_pieces=min(hold.quota_pieces, hold.pieces - given_pieces),
                load_grams=hold.load_grams - hold.load_grams // hold.pieces * given_pieces,
            )
        else:
            hold.delete()
    give_back(
        [(g.hold.supply_id, g.pieces) for g in given]
        + [(row, -g.pieces) for row, g in zip(rows, given, strict=True)]
    )
    return rows


def _allocate(given, rows):
    """Sets the goods aside for the lines of released orders, as stops of their pick tasks."""
    released = [(g, row) for g, row in zip(given, rows, strict=True) if g.line is not None]
    picks = [Pick(g.line.pk, g.arrived.lot.pk, g.arrived.location.pk, row, g.pieces) for g, row in released]
    allocations.set_aside(picks, tasks={g.line.pk: g.line.task for g, _ in released})
    execute(
        "UPDATE distribution_fulfilmentline l SET awaited = l.awaited - g.pieces "
        "FROM (SELECT line, sum(pieces)::int AS pieces FROM unnest(%s::bigint[], %s::int[]) AS g(line, pieces) "
        "GROUP BY line) g WHERE l.id = g.line",
        [[pick.key for pick in picks], [pick.pieces for pick in picks]],
    )


def _shrink_promises(centre, arrived, by, at):
    """What came is no longer promised: the earliest promise of the item shrinks first, and channels' quotas of it go
    with the goods."""
    came: dict[int, int] = defaultdict(int)
    for a in arrived:
        if a.location.kind in Location.SELLABLE:
            came[a.item.pk] += a.counted.units
    promises = Supply.objects.filter(
        centre_id=centre, item_id__in=came, kind=Supply.Kind.PROMISE, quantity__gt=0
    ).order_by("available_on", "pk")
    for promise in promises:
        pieces = min(promise.quantity, came[promise.item_id])
        came[promise.item_id] -= pieces
        if pieces:
            supply.set_quantity(promise, promise.quantity - pieces)
            if promise.reserved:
                quotas.follow(
                    row=promise, shelves=_free_shelves(centre, promise.item_id, arrived), by=by, at=at
                )


def _free_shelves(centre, item, arrived):
    """The shelf's rows that got goods of the item which nobody waited for, with how many."""
    free: dict[date, int] = defaultdict(int)
    for a in arrived:
        if a.item.pk == item and a.location.kind in Location.SELLABLE and a.lot.state == LotState.RELEASED:
            free[a.lot.usable_until] += a.free
    rows = Supply.objects.filter(
        centre_id=centre, item_id=item, kind=Supply.Kind.STOCK, usable_until__in=free
    )
    return [(row, free[row.usable_until]) for row in rows.order_by("usable_until")]


def _note_received(arrival, arrived):
    for a in arrived:
        ArrivalLine.objects.filter(arrival=arrival, item=a.item).update(
            received=F("received") + a.counted.units
        )


def _finish(arrival, by, at):
    """Nothing more comes: what the promises of that day still hold is short."""
    promises = list(
        Supply.objects.filter(
            centre_id=arrival.centre_id,
            kind=Supply.Kind.PROMISE,
            available_on=arrival.due_on,
            item__product__producer_id=arrival.producer_id,
        )
    )
    shortages.cut_promised(promises=promises, centre_code=arrival.centre.code, by=by, at=at)
    for promise in promises:
        promise.refresh_from_db()
        supply.set_quantity(promise, 0)
        quotas.fit(row=promise, by=by, at=at)
    Arrival.objects.filter(pk=arrival.pk).update(state=ArrivalState.RECEIVED, received_at=at)


def _warmest(arrived):
    """The warmest reading of each temperature class of the delivery."""
    measured: dict[str, int] = {}
    for a in arrived:
        tenths = a.counted.temperature_tenths
        if tenths is not None:
            kind = a.item.product.temperature
            measured[kind] = max(tenths, measured.get(kind, tenths))
    return measured


def _paper(producer, arrived, reference):
    lines = list(enumerate((a.counted for a in arrived), start=1))
    return Paper(
        kind=Document.Kind.PZ,
        producer=producer,
        reference=reference,
        temperatures={n: c.temperature_tenths for n, c in lines if c.temperature_tenths is not None},
        refused={n: c.refused_units for n, c in lines if c.refused_units},
        notes={n: c.note for n, c in lines if c.note},
    )
