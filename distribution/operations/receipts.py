"""Receiving goods: what came, counted, dated and measured, becomes a PZ, lots, stock, and lots for the
orders that were waiting."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from django.db import transaction

from distribution import locks
from distribution.models import Arrival, Document, Location, Movement, Supply
from distribution.operations import (
    arrivals,
    counted,
    fulfilments,
    quotas,
    readings,
    shortages,
    supply,
    waiting,
)
from distribution.operations.counted import Arrived, Counted, WrongQuantity
from distribution.operations.ledger import post, virtual
from distribution.operations.moves import Move
from distribution.operations.papers import Paper
from distribution.states import ArrivalState, LotState
from marketplace.accounts.models import User
from marketplace.kernel.clock import local_date
from marketplace.kernel.database import retried
from producers.models import StockItem


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
    seen: int | None = None,
) -> Document:
    """Posts a PZ of the accepted units. Orders that waited for these goods get their lots at once, oldest
    first; promises shrink by what came. With `last` the arrival is done: what is still owed is short. `seen` is how
    many pieces had come when the counting began: somebody who counted them too is refused.

    Raises a refusal that names the field: lot without number or date, expired, foreign item, wrong place; and
    ArrivalChanged.
    """
    if not counted:
        raise WrongQuantity
    due = arrivals.lock(arrival=arrival, centre=centre, producer=producer)
    if due is not None and seen is not None:
        arrivals.require_unchanged(arrival=due, seen=seen)
    touched = {line.item for line in counted} | (arrivals.items_of(due) if due and last else set())
    lines = waiting.lock_waiting(centre=centre, items=touched)
    items = StockItem.objects.select_related("product").prefetch_related("offers").in_bulk(touched)
    arrived = _taken(counted, items, centre, producer, at)
    locks.supply_of_items(centre=centre, items=items)
    document = post(
        centre=centre,
        moves=_moves(centre, arrived),
        by=by,
        at=at,
        paper=_paper(producer, arrived, reference),
    )
    arrivals.note(document=document, arrival=due, counted=counted, whole=last)
    readings.note_receipt(document=document, measured=_warmest(arrived), by=by, at=at)
    waiting.serve_waiting(centre=centre, arrived=arrived, waiting=lines)
    _shrink_promises(centre, arrived, by, at)
    if due is not None and last:
        _finish(due, by, at)
    fulfilments.refresh(ids={line.fulfilment for line in lines.values()}, by=by, at=at)
    return document


def _taken(
    lines: Sequence[Counted], items: Mapping[int, StockItem], centre: int, producer: int, at: datetime
) -> list[Arrived]:
    return counted.check_all(lines, items, centre, producer, local_date(at))


def _moves(centre: int, arrived: Sequence[Arrived]) -> list[Move]:
    supplier = virtual(centre=centre, kind=Location.Kind.SUPPLIER)
    return [
        Move(
            a.lot.pk, supplier, a.location.pk, a.counted.units, Movement.Reason.RECEIPT, a.grams, line=n
        )
        for n, a in enumerate(arrived, start=1)
    ]  # fmt: skip


@retried
@transaction.atomic
def close_arrival(*, arrival: int, by: User | None, at: datetime) -> None:
    """Ends an expected arrival: pieces its promises still hold for released orders become shortages."""
    due = locks.arrival(arrival)
    items = arrivals.items_of(due)
    lines = waiting.lock_waiting(centre=due.centre_id, items=items)
    locks.supply_of_items(centre=due.centre_id, items=items)
    _finish(due, by, at)
    fulfilments.refresh(ids={line.fulfilment for line in lines.values()}, by=by, at=at)


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


def _warmest(arrived: Iterable[Arrived]) -> dict[str, int]:
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
        refused={n: (c.refused_units, c.refused_for) for n, c in lines if c.refused_units},
        notes={n: c.note for n, c in lines if c.note},
    )
