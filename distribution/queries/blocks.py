"""What blocks the departures of a centre: for each trip that leaves it and each round it hands over, the work that
is not done, with its number and the age of the oldest. Rows of fulfilments and loads themselves, no counters."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, QuerySet
from django.utils.translation import gettext_lazy as _

from distribution.models import Centre, Fulfilment, Round, Trip
from distribution.states import FulfilmentState, TripState
from marketplace.kernel.database import fetch_all

# In the order in which they are worked off.
COMING, GOODS, PICK, PACK, LOAD, STAGE = "coming", "goods", "pick", "pack", "load", "stage"
LABELS = {
    COMING: _("w drodze do nas"),
    GOODS: _("czeka na towar"),
    PICK: _("do zebrania"),
    PACK: _("do spakowania"),
    LOAD: _("na rampie"),
    STAGE: _("do ustawienia"),
}


@dataclass(frozen=True)
class Block:
    """`count` parts of orders (crates on the ramp) that hold a departure up; `since` when the oldest got there,
    or for what is still coming when the first of it is expected."""

    what: str
    count: int
    since: datetime | None

    @property
    def label(self) -> str:
        return str(LABELS[self.what])


@dataclass(frozen=True)
class Deadline:
    """A trip's cut-off, or the hour at which a round begins to be handed over."""

    at: datetime
    trip: Trip | None
    round: Round | None
    blocks: list[Block]


# A part made here is held up by its first trip, or by its round when it is handed out here. One made elsewhere is
# awaited by the round, or by the trip it goes on with from here.
BLOCKS = """
WITH made AS (
  SELECT f.id, f.state, s.trip_id, CASE WHEN s.trip_id IS NULL THEN f.round_id END AS round_id,
         coalesce((SELECT max(e.at) FROM distribution_fulfilmentevent e WHERE e.fulfilment_id = f.id),
                  (SELECT min(w.released_at) FROM distribution_task t JOIN distribution_wave w ON w.id = t.wave_id
                   WHERE t.fulfilment_id = f.id)) AS since
  FROM distribution_fulfilment f
  LEFT JOIN distribution_routetrip s ON s.route_id = f.route_id AND s.position = 0
  WHERE f.centre_id = %(centre)s AND f.state IN ('RELEASED', 'PICKED')
), coming AS (
  SELECT f.id, CASE WHEN f.destination_id <> %(centre)s THEN o.id END AS trip_id,
         CASE WHEN f.destination_id = %(centre)s THEN f.round_id END AS round_id, i.arrives_at AS since
  FROM distribution_fulfilment f
  JOIN distribution_routetrip s ON s.route_id = f.route_id
  JOIN distribution_trip i ON i.id = s.trip_id AND i.to_centre_id = %(centre)s
  LEFT JOIN distribution_routetrip n ON n.route_id = f.route_id AND n.position = s.position + 1
  LEFT JOIN distribution_trip o ON o.id = n.trip_id
  WHERE f.centre_id <> %(centre)s AND f.state IN ('RELEASED', 'PICKED', 'TO_LOAD', 'IN_TRANSIT')
    AND i.state IN ('PLANNED', 'LOADING', 'DEPARTED', 'ARRIVED')
    AND (f.destination_id = %(centre)s OR o.state IN ('PLANNED', 'LOADING'))
)
SELECT trip_id, round_id, 'coming', count(DISTINCT id), min(since) FROM coming GROUP BY 1, 2
UNION ALL
SELECT trip_id, round_id, 'goods', count(*), min(since) FROM made
WHERE EXISTS (SELECT 1 FROM distribution_fulfilmentline l WHERE l.fulfilment_id = made.id AND l.awaited > 0)
GROUP BY 1, 2
UNION ALL
SELECT trip_id, round_id, 'pick', count(*), min(since) FROM made
WHERE EXISTS (SELECT 1 FROM distribution_fulfilmentline l
              JOIN distribution_allocation a ON a.fulfilment_line_id = l.id AND a.state = 'ACTIVE'
              WHERE l.fulfilment_id = made.id)
GROUP BY 1, 2
UNION ALL
SELECT trip_id, round_id, 'pack', count(*), min(since) FROM made WHERE state = 'PICKED' GROUP BY 1, 2
UNION ALL
SELECT t.id, NULL, 'load', count(*), min(coalesce(
         (SELECT max(e.at) FROM distribution_fulfilmentevent e WHERE e.fulfilment_id = u.fulfilment_id),
         t.cutoff_at))
FROM distribution_trip t
JOIN distribution_load d ON d.trip_id = t.id AND d.state = 'EXPECTED'
JOIN distribution_handlingunit u ON u.id = d.unit_id
WHERE t.from_centre_id = %(centre)s AND t.state IN ('PLANNED', 'LOADING') GROUP BY t.id
UNION ALL
SELECT NULL, f.round_id, 'stage', count(*), min(
         (SELECT max(e.at) FROM distribution_fulfilmentevent e WHERE e.fulfilment_id = f.id))
FROM distribution_fulfilment f
WHERE f.destination_id = %(centre)s AND f.state = 'ARRIVED' GROUP BY f.round_id
"""
INDEX = {what: n for n, what in enumerate(LABELS)}


def deadlines(centre: Centre) -> list[Deadline]:
    """Departures that something holds up, the next one first. Up to four statements."""
    found: dict[tuple[int | None, int | None], list[Block]] = {}
    for trip, round_, what, count, since in fetch_all(BLOCKS, {"centre": centre.pk}):
        found.setdefault((trip, round_), []).append(Block(what, count, since))
    trips = _trips({trip for trip, _round in found if trip})
    rounds = _rounds({round_ for _trip, round_ in found if round_})
    made = []
    for (trip, round_), blocks in found.items():
        blocks.sort(key=lambda block: INDEX[block.what])
        if trip in trips:
            made.append(Deadline(trips[trip].cutoff_at, trips[trip], None, blocks))
        elif round_ in rounds:
            made.append(Deadline(rounds[round_].due_at, None, rounds[round_], blocks))
    return sorted(made, key=lambda one: one.at)


def _trips(ids: Iterable[int]) -> dict[int, Trip]:
    return Trip.objects.select_related("to_centre").in_bulk(ids) if ids else {}


def _rounds(ids: Iterable[int]) -> dict[int, Round]:
    return Round.objects.prefetch_related("slots").in_bulk(ids) if ids else {}


def coming(centre: Centre) -> QuerySet[Fulfilment]:
    """Parts made elsewhere that are still to reach the centre, with `comes_at`, `comes_from` and `rides_in` of the
    trip that brings them; the first expected first."""
    still = [
        FulfilmentState.RELEASED,
        FulfilmentState.PICKED,
        FulfilmentState.TO_LOAD,
        FulfilmentState.IN_TRANSIT,
    ]
    live = [TripState.PLANNED, TripState.LOADING, TripState.DEPARTED, TripState.ARRIVED]
    stage = "route__stages__trip"
    return (
        Fulfilment.objects.filter(
            state__in=still, **{f"{stage}__to_centre": centre, f"{stage}__state__in": live}
        )
        .exclude(centre=centre)
        .annotate(
            comes_at=F(f"{stage}__arrives_at"),
            comes_from=F(f"{stage}__from_centre__name"),
            rides_in=F(stage),
        )
        .order_by("comes_at", "reference", "pk")
    )
