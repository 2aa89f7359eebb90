"""The only row locks of this package, each by primary key, in the one order of the system:
order, round, slot, timetable, leg, trip, routes, arrival, dock slot, lines, fulfilment, count, task, document, supply,
trip room, lot, balance, location, counter, job."""

from collections.abc import Iterable
from datetime import date

from django.db.models import QuerySet

from distribution.models import (
    Arrival,
    Centre,
    Count,
    DockSlot,
    Document,
    Fulfilment,
    Leg,
    Location,
    Lot,
    Recall,
    Round,
    Supply,
    Task,
    Trip,
)
from distribution.states import ArrivalState
from marketplace.kernel.database import execute, fetch_all
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


def centre(pk: int) -> Centre:
    """The centre for a change of its rules or its crates."""
    return _one(Centre.objects.select_for_update(no_key=True), pk)


def trip(pk: int) -> Trip:
    return _one(Trip.objects.select_for_update(no_key=True), pk)


def routes() -> None:
    """Lets one change of the timetable at a time rewrite routes."""
    execute("SELECT pg_advisory_xact_lock(hashtextextended('distribution.routes', 0))")


def fulfilment(pk: int) -> Fulfilment:
    return _one(Fulfilment.objects.select_for_update(no_key=True), pk)


def fulfilments(ids: Iterable[int]) -> list[Fulfilment]:
    return list(Fulfilment.objects.select_for_update(no_key=True).filter(pk__in=list(ids)).order_by("pk"))


def fulfilments_of(*, centre: int, reference: str) -> list[Fulfilment]:
    """An order's fulfilments that a centre hands over, wherever they were made."""
    rows = Fulfilment.objects.filter(destination_id=centre, reference=reference)
    return fulfilments(rows.values_list("pk", flat=True))


def fulfilments_going_out(*, centre: int, reference: str) -> list[Fulfilment]:
    """An order's fulfilments that are handed out at a centre, wherever they were made."""
    rows = Fulfilment.objects.filter(destination_id=centre, reference=reference)
    return fulfilments(rows.values_list("pk", flat=True))


def fulfilments_of_order(reference: str) -> list[Fulfilment]:
    """Every part of an order, in whatever centre."""
    return fulfilments(Fulfilment.objects.filter(reference=reference).values_list("pk", flat=True))


def arrival(pk: int) -> Arrival:
    """An arrival that is still expected."""
    return _one(Arrival.objects.select_for_update(no_key=True).filter(state=ArrivalState.EXPECTED), pk)


def docks(centre: int) -> None:
    """Lets one lead at a time offer windows of a centre: what does not exist yet has no row to lock."""
    execute("SELECT pg_advisory_xact_lock(hashtextextended('distribution.docks:' || %s, 0))", [centre])


def dock_slots(ids: Iterable[int]) -> list[DockSlot]:
    return list(DockSlot.objects.select_for_update(no_key=True).filter(pk__in=list(ids)).order_by("pk"))


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


def supply_at(pairs: Iterable[tuple[int, int]]) -> list[Supply]:
    """Every supply row of the (centre, item) pairs, locked in the order of their ids across centres."""
    wanted = sorted(set(pairs))
    return list(
        Supply.objects.raw(
            "SELECT s.* FROM distribution_supply s "
            "JOIN unnest(%s::bigint[], %s::bigint[]) AS p(centre, item) "
            "ON s.centre_id = p.centre AND s.item_id = p.item ORDER BY s.id FOR NO KEY UPDATE OF s",
            [[centre for centre, _ in wanted], [item for _, item in wanted]],
        )
    )


def still_held(ids: Iterable[int]) -> dict[int, int]:
    """Pieces of those of these holds that are still active, kept so until commit. The caller has locked their
    supply."""
    return dict(
        fetch_all(
            "SELECT id, pieces FROM distribution_hold WHERE id = ANY(%s) AND state = 'ACTIVE' "
            "ORDER BY id FOR NO KEY UPDATE",
            [list(ids)],
        )
    )


def rooms_of_routes(routes: Iterable[int]) -> tuple[dict[int, list[int]], dict[int, int]]:
    """The chambers on each route, and the grams free in each, 0 where nothing more may go; locked in the order of
    their ids."""
    rows = fetch_all(
        """
        SELECT r.id, m.id, CASE WHEN m.is_open THEN m.grams - m.booked_grams ELSE 0 END
        FROM distribution_route r JOIN distribution_routetrip s ON s.route_id = r.id
        JOIN distribution_triproom m ON m.trip_id = s.trip_id AND m.temperature = r.temperature
        WHERE r.id = ANY(%s) ORDER BY m.id FOR NO KEY UPDATE OF m
        """,
        [list(routes)],
    )
    found: dict[int, list[int]] = {}
    for route, room, _free in rows:
        found.setdefault(route, []).append(room)
    return found, {room: free for _route, room, free in rows}


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


def timetable(from_centre: int, to_centre: int) -> None:
    """Lets one planner at a time add a leg between two centres: what does not exist yet has no row to lock."""
    execute(
        "SELECT pg_advisory_xact_lock(hashtextextended('distribution.timetable:' || %s || ':' || %s, 0))",
        [from_centre, to_centre],
    )


def leg(pk: int) -> Leg:
    """The leg for a change of its validity or room; waits for those who plan its trips."""
    return _one(Leg.objects.select_for_update(no_key=True), pk)


def legs_shared(*, last: date) -> list[Leg]:
    """Legs in force on or before the day, kept as they are until commit."""
    return list(
        Leg.objects.raw("SELECT * FROM distribution_leg WHERE valid_from <= %s ORDER BY id FOR SHARE", [last])
    )


def trips(rows: QuerySet[Trip]) -> list[Trip]:
    """The trips that still match when they are locked, in the order of their ids."""
    return list(rows.order_by("pk").select_for_update(no_key=True))


def _one(rows, pk):
    row = rows.filter(pk=pk).first()
    if row is None:
        raise NotFound
    return row
