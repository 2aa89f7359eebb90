"""Goods that came go to those who wait for them: holds on a promise become holds on the shelf, and lots for the
orders of released rounds, by the centre's rule when there are too few."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import groupby

from distribution.models import Centre, Hold, Location, Supply
from distribution.operations import allocations, shortages
from distribution.operations.counted import Arrived
from distribution.operations.holds import give_back
from distribution.policies.fefo import Pick
from distribution.policies.sharing import share
from distribution.states import HoldState, LotState
from marketplace.kernel.database import execute, fetch_all


@dataclass
class Waiting:
    """A fulfilment line that awaits pieces; `task` is its open pick task."""

    pk: int
    fulfilment: int
    task: int | None
    awaited: int


def lock_waiting(*, centre: int, items: Iterable[int]) -> dict[tuple[str, int, int | None], Waiting]:
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
