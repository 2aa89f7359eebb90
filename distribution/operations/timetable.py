"""The timetable: legs added, given other room, ended; and the dated trips made of them four weeks ahead."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from distribution import jobs, locks
from distribution.models import Centre, Leg, LegEvent, LegRoom, Load, Trip
from distribution.operations import routes, trip_rows, trips
from distribution.operations.trip_rows import NewTrip
from distribution.operations.trips import WrongDay
from distribution.policies.timetable import Room, Service, runs, too_close
from distribution.states import LoadState, TripState
from marketplace.accounts.models import User
from marketplace.kernel import outbox
from marketplace.kernel.clock import local_date, moment
from marketplace.kernel.database import execute, fetch_all, retried
from marketplace.kernel.errors import DomainError, Invalid
from marketplace.kernel.outbox import NewJob
from marketplace.kernel.polish import short_day

DAYS_AHEAD = 28
FURTHEST_DAYS = 730  # for the first and the last day of a leg
PLANS_AT = time(1)
DAY = timedelta(days=1)


class LegOverlaps(DomainError):
    code = "leg_overlaps"

    def __init__(self, other: Leg) -> None:
        super().__init__(
            _(
                "Na tej trasie jest już kurs o %(hour)s w tym samym dniu. Odjazdy dzieli co najmniej pół godziny."
            )
            % {"hour": f"{other.departs_hour:%H.%M}".lstrip("0")},
            field="departs_hour",
            leg=other.pk,
        )


class WithoutWeekday(Invalid):
    code = "without_weekday"

    def __init__(self) -> None:
        super().__init__(_("Zaznacz dni tygodnia, w które jeździ."), field="weekdays")


class ValidityReversed(Invalid):
    code = "validity_reversed"

    def __init__(self) -> None:
        super().__init__(_("Ostatni dzień jest przed pierwszym."), field="valid_until")


class LegOver(DomainError):
    code = "leg_over"

    def __init__(self) -> None:
        super().__init__(_("To połączenie kończy się już wcześniej."), field="from_day")


class LegInUse(DomainError):
    """`trips` are the ids of the trips that keep the leg from ending."""

    code = "leg_in_use"

    def __init__(self, busy: Sequence[Trip]) -> None:
        days = ", ".join(short_day(trip.departs_on) for trip in busy[:5])
        super().__init__(
            _("Tymi kursami coś już jedzie: %(days)s. Zakończ połączenie później albo odwołaj je po kolei.")
            % {"days": days + (" …" if len(busy) > 5 else "")},
            field="from_day",
            trips=[trip.pk for trip in busy],
        )


class RoomBooked(DomainError):
    """`trips` are the ids of the trips on which more is booked."""

    code = "room_booked"

    def __init__(self, busy: Sequence[Trip]) -> None:
        days = ", ".join(short_day(trip.departs_on) for trip in busy[:5])
        super().__init__(
            _("Na tych kursach zajęto już więcej miejsca: %(days)s.") % {"days": days},
            field="rooms",
            trips=[trip.pk for trip in busy],
        )


@retried
@transaction.atomic
def add_leg(
    *,
    from_centre: Centre,
    to_centre: Centre,
    service: Service,
    rooms: Sequence[Room],
    vehicle: str = "",
    by: User | None,
    at: datetime,
) -> Leg:
    """A new line of the timetable, and its trips of the next four weeks. Raises LegToItself, ImpossibleHours,
    WithoutRoom, WithoutWeekday, WrongDay, ValidityReversed, LegOverlaps."""
    trips.require_possible(from_centre=from_centre, to_centre=to_centre, hours=service.hours, rooms=rooms)
    _require_days(service, local_date(at))
    locks.timetable(from_centre.pk, to_centre.pk)
    for other in Leg.objects.filter(from_centre=from_centre, to_centre=to_centre):
        if too_close(service, other.service):
            raise LegOverlaps(other)
    leg = _insert(from_centre, to_centre, service, vehicle)
    _insert_rooms(leg, rooms)
    _record(leg, _("Nowe połączenie"), by, at)
    _plan([leg], until=local_date(at) + timedelta(days=DAYS_AHEAD), by=by, at=at)
    outbox.write([_next_planning(local_date(at) + DAY)])
    return leg


def _require_days(service, today):
    if not service.weekdays or not service.weekdays <= set(range(7)):
        raise WithoutWeekday
    furthest = today + timedelta(days=FURTHEST_DAYS)
    if not today <= service.valid_from <= furthest:
        raise WrongDay(_("Podaj dzień od dziś do dwóch lat naprzód."), field="valid_from")
    if service.valid_until is None:
        return
    if service.valid_until < service.valid_from:
        raise ValidityReversed
    if service.valid_until > furthest:
        raise WrongDay(_("Podaj dzień najdalej dwa lata naprzód albo zostaw puste."), field="valid_until")


def _insert(from_centre, to_centre, service, vehicle):
    hours = service.hours
    return Leg.objects.create(
        from_centre=from_centre,
        to_centre=to_centre,
        weekdays=sorted(service.weekdays),
        runs_on_holidays=service.runs_on_holidays,
        cutoff_days_before=hours.cutoff_days_before,
        cutoff_hour=hours.cutoff_hour,
        departs_hour=hours.departs_hour,
        arrives_days_after=hours.arrives_days_after,
        arrives_hour=hours.arrives_hour,
        valid_from=service.valid_from,
        valid_until=service.valid_until,
        vehicle=vehicle,
    )


@retried
@transaction.atomic
def end_leg(*, leg: int, from_day: date, by: User | None, at: datetime) -> Leg:
    """The leg runs no more from that day on. Trips planned after it are cancelled, which nobody notices as they
    carry nothing; when one of them does, nothing changes. Raises WrongDay, LegOver, LegInUse."""
    row = locks.leg(leg)
    today = local_date(at)
    if from_day < today:
        raise WrongDay(_("Podaj dzień od dziś."), field="from_day")
    if row.valid_until is not None and row.valid_until < from_day:
        raise LegOver
    rest = locks.trips(row.trips.filter(departs_on__gte=from_day).exclude(state=TripState.CANCELLED))
    _call_off(rest, by, at)
    row.valid_until = from_day - DAY
    if row.valid_until < row.valid_from:
        # It never runs: its validity is over before the first trip that could still be made.
        row.valid_from = row.valid_until = today - DAY
    row.save(update_fields=["valid_from", "valid_until"])
    _record(row, _("Koniec połączenia"), by, at)
    return row


def _record(leg, what, by, at):
    """A row of history with what the leg is from now on."""
    rooms = leg.rooms.order_by("temperature").values_list("temperature", "crates", "kilograms")
    facts = {
        "vehicle": leg.vehicle,
        "valid_from": leg.valid_from.isoformat(),
        "valid_until": leg.valid_until and leg.valid_until.isoformat(),
        "rooms": [list(room) for room in rooms],
    }
    LegEvent.objects.create(leg=leg, what=what, facts=facts, by=by, at=at)


def _call_off(rest, by, at):
    ids = [trip.pk for trip in rest]
    if not ids:
        return
    rounds = routes.rounds_touched(trips=ids)
    locks.routes()
    booked = trip_rows.close_rooms(trips=ids)
    loaded = Load.objects.filter(trip__in=ids).exclude(state=LoadState.LEFT).values_list("trip", flat=True)
    carrying = {*loaded, *(trip for trip, grams in booked.items() if grams)}
    if busy := [trip for trip in rest if trip.state != TripState.PLANNED or trip.pk in carrying]:
        raise LegInUse(busy)
    trips.call_off(trips=ids, old=TripState.PLANNED, by=by, at=at, reason=_("Koniec połączenia"))
    routes.refresh(rounds=rounds)


@retried
@transaction.atomic
def change_leg(
    *,
    leg: int,
    rooms: Sequence[Room] | None = None,
    vehicle: str | None = None,
    by: User | None,
    at: datetime,
) -> Leg:
    """Other room, another lorry, or both, from now on and on the trips planned already; a trip that was given a
    lorry of its own keeps it. Other hours are a new leg. Raises WithoutRoom, RoomBooked when more is booked on
    one of the trips than would fit."""
    if rooms is not None:
        trips.require_rooms(rooms)
    row = locks.leg(leg)
    planned = locks.trips(row.trips.filter(state=TripState.PLANNED, departs_at__gt=at))
    ids = [trip.pk for trip in planned]
    if vehicle is not None:
        Trip.objects.filter(pk__in=ids, vehicle=row.vehicle).update(vehicle=vehicle)
        row.vehicle = vehicle
        row.save(update_fields=["vehicle"])
    if rooms is not None:
        locks.routes()
        _change_rooms(row, planned, rooms)
    _record(row, _("Zmiana pojazdu albo miejsca"), by, at)
    trip_rows.record(trips=ids, old=TripState.PLANNED, by=by, at=at, reason=_("Zmiana na połączeniu"))
    if rooms is not None:
        trips.refresh_routes(trips=ids)
    return row


def _change_rooms(leg, planned, rooms):
    leg.rooms.all().delete()
    _insert_rooms(leg, rooms)
    over = _change_rooms_of([trip.pk for trip in planned], rooms)
    if busy := [trip for trip in planned if trip.pk in over]:
        raise RoomBooked(busy)


def _insert_rooms(leg, rooms):
    LegRoom.objects.bulk_create(
        LegRoom(leg=leg, temperature=room.temperature, crates=room.crates, kilograms=room.kilograms)
        for room in rooms
    )


def _change_rooms_of(ids, rooms):
    """Trips on which more is booked than fits now. A chamber the lorry has no more stays as a row, closed."""
    columns = [
        [room.temperature for room in rooms],
        [room.crates for room in rooms],
        [room.grams for room in rooms],
    ]
    changed = fetch_all(
        """
        WITH wanted AS (
          SELECT * FROM unnest(%s::text[], %s::int[], %s::int[]) AS w(temperature, crates, grams)),
        locked AS MATERIALIZED (
          SELECT id, temperature FROM distribution_triproom WHERE trip_id = ANY(%s)
          ORDER BY id FOR NO KEY UPDATE)
        UPDATE distribution_triproom m
        SET crates = coalesce(w.crates, 0), grams = coalesce(w.grams, 0), is_open = w.grams IS NOT NULL
        FROM locked l LEFT JOIN wanted w ON w.temperature = l.temperature
        WHERE m.id = l.id RETURNING m.trip_id, m.booked_grams > m.grams
        """,
        [*columns, ids],
    )
    execute(
        """
        INSERT INTO distribution_triproom (trip_id, temperature, crates, grams, booked_grams, is_open)
        SELECT trip, temperature, crates, grams, 0, true
        FROM unnest(%s::bigint[]) AS t(trip),
             unnest(%s::text[], %s::int[], %s::int[]) AS w(temperature, crates, grams)
        ON CONFLICT (trip_id, temperature) DO NOTHING
        """,
        [ids, *columns],
    )
    return {trip for trip, is_over in changed if is_over}


@retried
@transaction.atomic
def plan_trips(*, until: date, at: datetime, by: User | None = None) -> int:
    """Makes the dated trips of all legs that leave after `at`, up to and including the day `until`, with their
    room. May run at any time and several times at once: a trip that exists is left alone, a cancelled one too.
    Returns how many were made."""
    return _plan(locks.legs_shared(last=until), until=until, by=by, at=at)


def _plan(legs: Iterable[Leg], *, until, by, at):
    wanted = [
        NewTrip(leg.from_centre_id, leg.to_centre_id, run, leg.pk, leg.vehicle)
        for leg in legs
        for run in runs(leg.service, first=max(local_date(at), leg.valid_from), last=until)
        if run.departs_at > at
    ]
    known = set(
        Trip.objects.filter(
            leg__in={trip.leg for trip in wanted}, departs_on__gte=local_date(at)
        ).values_list("leg", "departs_on")
    )
    made = trip_rows.insert(
        [trip for trip in wanted if (trip.leg, trip.run.departs_on) not in known], by=by, at=at
    )
    if made:
        trips.refresh_routes(trips=made)
    return len(made)


@transaction.atomic
def plan_ahead(*, at: datetime) -> None:
    """The daily work: trips of the next four weeks, and the job that does the same tomorrow."""
    plan_trips(until=local_date(at) + timedelta(days=DAYS_AHEAD), at=at)
    outbox.write([_next_planning(local_date(at) + DAY)])


@transaction.atomic
def ask_for_planning(*, at: datetime) -> None:
    """Today's job, unless it is there: whoever asks, it is done once a day."""
    outbox.write([_next_planning(local_date(at))])


def _next_planning(day):
    return NewJob(jobs.PLAN_TRIPS, f"plan_trips:{day.isoformat()}", run_after=moment(day, PLANS_AT))
