"""The network as a whole: trips of today and tomorrow, what is overdue, what did not come, how busy centres are."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import F, Q, QuerySet

from distribution.models import Centre, Discrepancy, Trip
from distribution.policies.network_map import CANCELLED, DONE, LATE, MOVING, OVERDUE, PLANNED
from distribution.queries import loads
from distribution.states import TripState
from marketplace.kernel.clock import local_date, moment
from marketplace.kernel.database import fetch_all

DAY = timedelta(days=1)
BEFORE = [TripState.PLANNED, TripState.LOADING]
UNDER_WAY = [TripState.DEPARTED, TripState.ARRIVED]
MOODS = (PLANNED, MOVING, LATE, OVERDUE, CANCELLED, DONE)


@dataclass(frozen=True)
class Filter:
    """What the list of trips is narrowed to; `on` is a day on which a trip leaves or arrives."""

    centre: str = ""
    mood: str = ""
    on: date | None = None


@dataclass(frozen=True)
class CentreLoad:
    """Work of one centre now: open tasks, those past their hour, crates on their way to it."""

    code: str
    name: str
    open: int
    late: int
    coming: int


@dataclass(frozen=True)
class Overview:
    trips: list[Trip]
    ageing: list[Trip]
    differences: list[Discrepancy]
    centres: list[CentreLoad]


def mood(trip: Trip, at: datetime) -> str:
    """How the trip stands at `at`: one of MOODS."""
    if trip.state == TripState.CANCELLED:
        return CANCELLED
    if trip.state == TripState.CLOSED:
        return DONE
    if (trip.state in UNDER_WAY and trip.arrives_at < at) or (trip.state in BEFORE and trip.departs_at < at):
        return OVERDUE
    if trip.is_late:
        return LATE
    return MOVING if trip.state in UNDER_WAY else PLANNED


def _is_overdue(at):
    return Q(state__in=UNDER_WAY, arrives_at__lt=at) | Q(state__in=BEFORE, departs_at__lt=at)


def _in_mood(name, at):
    live = ~Q(state__in=[TripState.CANCELLED, TripState.CLOSED])
    late = live & Q(arrives_at__gt=F("planned_arrives_at"))
    return {
        CANCELLED: Q(state=TripState.CANCELLED),
        DONE: Q(state=TripState.CLOSED),
        OVERDUE: _is_overdue(at),
        LATE: late & ~_is_overdue(at),
        MOVING: Q(state__in=UNDER_WAY) & ~late & ~_is_overdue(at),
        PLANNED: Q(state__in=BEFORE) & ~late & ~_is_overdue(at),
    }[name]


def trips(*, at: datetime, narrowed: Filter | None = None) -> QuerySet[Trip]:
    """Trips that leave or arrive today or tomorrow, and whatever is still under way, by departure. A rehearsal's
    are left out, here and among the ageing ones."""
    narrowed = narrowed or Filter()
    today = local_date(at)
    near = _within(today, today + DAY) | Q(state__in=UNDER_WAY)
    rows = Trip.objects.filter(near, is_rehearsal=False).select_related("from_centre", "to_centre")
    if narrowed.on:
        rows = rows.filter(_within(narrowed.on, narrowed.on))
    if narrowed.centre:
        code = narrowed.centre.upper()
        rows = rows.filter(Q(from_centre__code=code) | Q(to_centre__code=code))
    if narrowed.mood in MOODS:
        rows = rows.filter(_in_mood(narrowed.mood, at))
    return rows.order_by("departs_at", "pk")


def _within(first, last):
    start, end = moment(first, time(0)), moment(last + DAY, time(0))
    return Q(departs_at__gte=start, departs_at__lt=end) | Q(arrives_at__gte=start, arrives_at__lt=end)


def ageing(*, at: datetime) -> QuerySet[Trip]:
    """Trips past their arrival whose goods still count as in transit, the longest first."""
    rows = Trip.objects.filter(state__in=UNDER_WAY, arrives_at__lt=at, is_rehearsal=False)
    return rows.select_related("from_centre", "to_centre").order_by("arrives_at", "pk")


def centre_loads(*, at: datetime) -> list[CentreLoad]:
    """Every active centre by name, in one statement."""
    rows = fetch_all(
        """
        WITH work AS (
          SELECT centre_id, count(*) AS n, count(*) FILTER (WHERE due_at < %s) AS late
          FROM distribution_task WHERE state IN ('OPEN', 'TAKEN') GROUP BY centre_id),
        coming AS (
          SELECT t.to_centre_id, count(*) AS n FROM distribution_trip t
          JOIN distribution_load d ON d.trip_id = t.id AND d.state = 'LOADED'
          WHERE t.state IN ('DEPARTED', 'ARRIVED') GROUP BY t.to_centre_id)
        SELECT c.code, c.name, coalesce(w.n, 0), coalesce(w.late, 0), coalesce(i.n, 0)
        FROM distribution_centre c LEFT JOIN work w ON w.centre_id = c.id
        LEFT JOIN coming i ON i.to_centre_id = c.id WHERE c.is_active ORDER BY c.name, c.id
        """,
        [at],
    )
    return [CentreLoad(*row) for row in rows]


def overview(*, at: datetime, narrowed: Filter | None = None) -> Overview:
    """Four statements."""
    return Overview(
        list(trips(at=at, narrowed=narrowed)),
        list(ageing(at=at)),
        list(loads.open_differences()[:100]),
        centre_loads(at=at),
    )


def centres() -> QuerySet[Centre]:
    return Centre.objects.active().order_by("name", "pk")
