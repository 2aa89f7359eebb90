"""The only row locks of this package, each by primary key, in the one order of the system:
order, round, slot, lines, fulfilment, count, task, document, supply, lot, balance, location, counter, job."""

from collections.abc import Iterable

from distribution.models import (
    Arrival,
    Count,
    Document,
    Fulfilment,
    Location,
    Lot,
    Recall,
    Round,
    Supply,
    Task,
)
from distribution.states import ArrivalState
from marketplace.kernel.database import fetch_all
from marketplace.kernel.errors import NotFound


def round_shared(pk: int) -> Round:
    """The round, kept from changing state until commit; others may share it (checkout, cancel)."""
    rows = list(Round.objects.raw("SELECT * FROM distribution_round WHERE id = %s FOR SHARE", [pk]))
    if not rows:
        raise NotFound
    return rows[0]


def round_alone(pk: int) -> Round:
    """The round for a change of state: waits for every checkout that shares it."""
    return _one(Round.objects.select_for_update(), pk)


def fulfilment(pk: int) -> Fulfilment:
    return _one(Fulfilment.objects.select_for_update(no_key=True), pk)


def fulfilments(ids: Iterable[int]) -> list[Fulfilment]:
    return list(Fulfilment.objects.select_for_update(no_key=True).filter(pk__in=list(ids)).order_by("pk"))


def fulfilments_of(*, centre: int, reference: str) -> list[Fulfilment]:
    """An order's fulfilments at a centre."""
    rows = Fulfilment.objects.filter(centre_id=centre, reference=reference)
    return fulfilments(rows.values_list("pk", flat=True))


def fulfilments_going_out(*, centre: int, reference: str) -> list[Fulfilment]:
    """An order's fulfilments that are handed out at a centre, wherever they were made."""
    rows = Fulfilment.objects.filter(destination_id=centre, reference=reference)
    return fulfilments(rows.values_list("pk", flat=True))


def arrival(pk: int) -> Arrival:
    """An arrival that is still expected."""
    return _one(Arrival.objects.select_for_update(no_key=True).filter(state=ArrivalState.EXPECTED), pk)


def document(pk: int) -> Document:
    return _one(Document.objects.select_for_update(), pk)


def count(pk: int) -> Count:
    return _one(Count.objects.select_for_update(no_key=True), pk)


def task(pk: int) -> Task:
    return _one(Task.objects.select_for_update(no_key=True), pk)


def supply(ids: Iterable[int]) -> dict[int, Supply]:
    rows = Supply.objects.select_for_update(no_key=True).filter(pk__in=list(ids)).order_by("pk")
    return {row.pk: row for row in rows}


def supply_of_items(*, centre: int, items: Iterable[int]) -> list[Supply]:
    """Every supply row of the items at the centre, locked in the order of their ids."""
    return list(
        Supply.objects.select_for_update(no_key=True)
        .filter(centre_id=centre, item_id__in=list(items))
        .order_by("pk")
    )


def lots_shared(ids: Iterable[int]) -> dict[int, str]:
    """State of each lot, kept until commit against quarantine and recall."""
    return dict(
        fetch_all(
            "SELECT id, state FROM distribution_lot WHERE id = ANY(%s) ORDER BY id FOR SHARE", [sorted(ids)]
        )
    )


def lot_alone(pk: int) -> Lot:
    return _one(Lot.objects.select_for_update(), pk)


def lots_alone(ids: Iterable[int]) -> None:
    """Locks the lots for a change of state, in the order of their ids."""
    fetch_all("SELECT id FROM distribution_lot WHERE id = ANY(%s) ORDER BY id FOR UPDATE", [sorted(ids)])


def balances(pairs: Iterable[tuple[int, int]]) -> None:
    """Locks the balances of (lot, location) pairs, in that order."""
    ordered = sorted(set(pairs))
    fetch_all(
        """
        SELECT b.id FROM distribution_balance b
        JOIN unnest(%s::bigint[], %s::bigint[]) AS p(lot, location)
          ON b.lot_id = p.lot AND b.location_id = p.location
        ORDER BY b.lot_id, b.location_id FOR NO KEY UPDATE OF b
        """,
        [[lot for lot, _ in ordered], [location for _, location in ordered]],
    )


def recall(pk: int) -> Recall:
    return _one(Recall.objects.select_for_update(no_key=True), pk)


def locations(ids: Iterable[int]) -> list[Location]:
    """Locations to be counted, so that two counts never have the same one. Goods may move there meanwhile."""
    rows = Location.objects.select_for_update(no_key=True, of=("self",)).filter(pk__in=list(ids))
    return list(rows.select_related("zone").order_by("pk"))


def _one(rows, pk):
    row = rows.filter(pk=pk).first()
    if row is None:
        raise NotFound
    return row
