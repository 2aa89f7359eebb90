"""Trips as a centre sees them: by day, with the room that is left, and what hangs on one."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Q, QuerySet

from distribution.models import Centre, Trip, TripEvent, TripRoom
from marketplace.kernel.clock import local_date, moment
from marketplace.kernel.database import fetch_row
from marketplace.kernel.errors import NotFound
from marketplace.kernel.units import Temperature

ORDER = list(Temperature.values)
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Call:
    """A trip at one of its two centres: it leaves there, or arrives from `other`, at `at`."""

    trip: Trip
    is_out: bool

    @property
    def at(self) -> datetime:
        return self.trip.departs_at if self.is_out else self.trip.arrives_at

    @property
    def planned_at(self) -> datetime:
        return self.trip.planned_departs_at if self.is_out else self.trip.planned_arrives_at

    @property
    def other(self) -> Centre:
        return self.trip.to_centre if self.is_out else self.trip.from_centre


@dataclass(frozen=True)
class RoomUse:
    """A chamber on a trip, in grams. More may be booked than fits once its room was made smaller."""

    room: TripRoom

    @property
    def booked(self) -> int:
        return self.room.booked_grams

    @property
    def free(self) -> int:
        return max(self.room.grams - self.room.booked_grams, 0) if self.room.is_open else 0

    @property
    def percent(self) -> int:
        return min(100, round(100 * self.booked / self.room.grams)) if self.room.grams else 100


def of_centre(centre: Centre) -> QuerySet[Trip]:
    return (
        Trip.objects.at_centres([centre])
        .select_related("from_centre", "to_centre")
        .prefetch_related("rooms")
        .order_by("departs_at", "pk")
    )


def at_centre(*, centre: Centre, pk: int) -> Trip:
    """A trip that leaves or reaches the centre. Raises NotFound."""
    return _one(of_centre(centre), pk)


def trip_for(*, pk: int, user: object) -> Trip:
    """A trip of a centre this person works at. Raises NotFound."""
    mine = Centre.objects.staffed_by(user)
    rows = Trip.objects.at_centres(mine).select_related("from_centre", "to_centre")
    return _one(rows.prefetch_related("rooms"), pk)


def _one(rows, pk):
    row = rows.filter(pk=pk).first()
    if row is None:
        raise NotFound
    return row


def calls(centre: Centre, *, first: date, last: date) -> dict[date, list[Call]]:
    """What leaves and arrives on each of the days, in the order of the clock. A trip between two days of the
    centre stands once, on the day it is seen there; a rehearsal's lorries are nobody's business."""
    start, end = moment(first, time(0)), moment(last + DAY, time(0))
    rows = Trip.objects.filter(
        Q(from_centre=centre, departs_at__gte=start, departs_at__lt=end)
        | Q(to_centre=centre, arrives_at__gte=start, arrives_at__lt=end),
        is_rehearsal=False,
    ).select_related("from_centre", "to_centre")
    days: dict[date, list[Call]] = {first + n * DAY: [] for n in range((last - first).days + 1)}
    found = (Call(trip, trip.from_centre_id == centre.pk) for trip in rows)
    for call in sorted(found, key=lambda call: (call.at, call.trip.pk)):
        days[local_date(call.at)].append(call)
    return days


def rooms_of(trip: Trip) -> list[RoomUse]:
    """The chambers in the order of temperatures, without those the lorry has no more."""
    rooms = [room for room in trip.rooms.all() if room.grams or room.booked_grams]
    return [RoomUse(room) for room in sorted(rooms, key=lambda room: ORDER.index(room.temperature))]


def history(trip: Trip) -> QuerySet[TripEvent]:
    """What happened to the trip, the newest first."""
    return trip.events.select_related("by").order_by("-pk")


def orders_on(trip: Trip) -> int:
    """Orders whose goods are to go by the trip, or are on it."""
    row = fetch_row(
        """
        WITH ways AS (SELECT route_id FROM distribution_routetrip WHERE trip_id = %s)
        SELECT count(*) FROM (
          SELECT reference FROM distribution_hold WHERE state = 'ACTIVE' AND route_id IN (SELECT * FROM ways)
          UNION
          SELECT reference FROM distribution_fulfilment
          WHERE state IN ('RELEASED', 'PICKED', 'TO_LOAD', 'IN_TRANSIT') AND route_id IN (SELECT * FROM ways)) o
        """,
        [trip.pk],
    )
    return row[0]
