"""Dated trips: made from the timetable or extra, given a vehicle, delayed, cancelled. Each change that goods could
notice rewrites the routes of the rounds it touches in the same transaction."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from distribution import jobs, locks
from distribution.models import Centre, Trip, TripEvent
from distribution.operations import routes
from distribution.operations.corrections import reasoned
from distribution.policies.timetable import Hours, Room, Run, is_possible, run_of
from distribution.states import TRIP, TripState
from marketplace.accounts.models import User
from marketplace.kernel import outbox
from marketplace.kernel.clock import local_date
from marketplace.kernel.database import execute, fetch_all, retried
from marketplace.kernel.errors import DomainError, Invalid
from marketplace.kernel.outbox import NewJob
from marketplace.kernel.units import Temperature

FURTHEST_DAYS = 120  # for an extra trip
LONGEST_DELAY = timedelta(days=2)
MOST_CRATES, MOST_KILOGRAMS = 2000, 40_000  # of one chamber of the largest lorry
MAY_BE_LATE = (TripState.PLANNED, TripState.LOADING, TripState.DEPARTED)


class LegToItself(Invalid):
    code = "leg_to_itself"

    def __init__(self) -> None:
        super().__init__(_("Kurs musi prowadzić do innego centrum."), field="to_centre")


class ImpossibleHours(Invalid):
    code = "impossible_hours"

    def __init__(self, hours: Hours) -> None:
        early = hours.cutoff_days_before > 0 or hours.cutoff_hour <= hours.departs_hour
        super().__init__(
            _("Przyjazd musi być po odjeździe, najdalej drugiego dnia.")
            if early
            else _("Towar musi być gotowy przed odjazdem."),
            field="arrives_hour" if early else "cutoff_hour",
        )


class WithoutRoom(Invalid):
    code = "without_room"

    def __init__(self, message: str = "") -> None:
        super().__init__(
            message or _("Podaj, ile skrzyń i kilogramów się mieści, choć w jednej komorze."), field="rooms"
        )


class WrongDay(Invalid):
    code = "wrong_day"


class DepartureTaken(DomainError):
    code = "departure_taken"

    def __init__(self) -> None:
        super().__init__(_("O tej godzinie jest już kurs na tej trasie."), field="departs_hour")


class TripUnderWay(DomainError):
    code = "trip_under_way"

    def __init__(self) -> None:
        super().__init__(_("Ten kurs już wyjechał: nie można go odwołać."))


class TripOver(DomainError):
    code = "trip_over"

    def __init__(self) -> None:
        super().__init__(_("Ten kurs już się skończył albo go odwołano."))


class NotADelay(Invalid):
    code = "not_a_delay"


@dataclass(frozen=True)
class NewTrip:
    """A trip to be made; one of a leg gets the leg's room."""

    from_centre: int
    to_centre: int
    run: Run
    leg: int | None = None
    vehicle: str = ""
    driver: str = ""


@retried
@transaction.atomic
def add_extra(
    *,
    from_centre: Centre,
    to_centre: Centre,
    departs_on: date,
    hours: Hours,
    rooms: Sequence[Room],
    vehicle: str = "",
    driver: str = "",
    reason: str,
    by: User | None,
    at: datetime,
) -> Trip:
    """A trip outside the timetable, with why. Raises LegToItself, ImpossibleHours, WithoutRoom, WrongDay,
    DepartureTaken, ReasonMissing."""
    require_possible(from_centre=from_centre, to_centre=to_centre, hours=hours, rooms=rooms)
    run = _coming(departs_on, hours, at)
    made = insert(
        [NewTrip(from_centre.pk, to_centre.pk, run, None, vehicle, driver)],
        by=by,
        at=at,
        reason=reasoned(reason),
    )
    if not made:
        raise DepartureTaken
    _insert_rooms(made[0], rooms)
    refresh_routes(trips=made)
    return Trip.objects.select_related("from_centre", "to_centre").get(pk=made[0])


def _coming(departs_on, hours, at):
    today = local_date(at)
    if not today <= departs_on <= today + timedelta(days=FURTHEST_DAYS):
        raise WrongDay(_("Podaj dzień od dziś do czterech miesięcy naprzód."), field="departs_on")
    run = run_of(hours, departs_on)
    if run.departs_at <= at:
        raise WrongDay(_("Ta godzina odjazdu już minęła."), field="departs_hour")
    return run


def require_possible(*, from_centre: Centre, to_centre: Centre, hours: Hours, rooms: Sequence[Room]) -> None:
    """What holds for a leg and an extra trip alike. Raises LegToItself, ImpossibleHours, WithoutRoom."""
    if from_centre.pk == to_centre.pk:
        raise LegToItself
    if not is_possible(hours):
        raise ImpossibleHours(hours)
    require_rooms(rooms)


def require_rooms(rooms: Sequence[Room]) -> None:
    """At least one chamber, none twice, of a size that lorries have. Raises WithoutRoom."""
    if not rooms:
        raise WithoutRoom
    known = [room.temperature for room in rooms]
    if len(set(known)) < len(known) or not set(known) <= set(Temperature.values):
        raise WithoutRoom(_("Każdą komorę podaj raz."))
    if any(not (0 < room.crates <= MOST_CRATES and 0 < room.kilograms <= MOST_KILOGRAMS) for room in rooms):
        raise WithoutRoom(_("Komora mieści od 1 do 2000 skrzyń i od 1 do 40 000 kg."))


def insert(new: Sequence[NewTrip], *, by: User | None, at: datetime, reason: str = "") -> list[int]:
    """Makes the trips in one statement, with the room of their legs and the first row of their history. A trip
    that is there already, by leg and day or by departure, is left alone. Returns the ids of those made."""
    made = [
        pk
        for (pk,) in fetch_all(
            """
            INSERT INTO distribution_trip (leg_id, from_centre_id, to_centre_id, departs_on, cutoff_at,
              planned_departs_at, planned_arrives_at, departs_at, arrives_at, state, vehicle, driver)
            SELECT leg, origin, target, day, cutoff, departs, arrives, departs, arrives, 'PLANNED', vehicle, driver
            FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::date[], %s::timestamptz[],
                        %s::timestamptz[], %s::timestamptz[], %s::text[], %s::text[])
              WITH ORDINALITY AS new(leg, origin, target, day, cutoff, departs, arrives, vehicle, driver, nth)
            ORDER BY nth ON CONFLICT DO NOTHING RETURNING id
            """,
            [
                [trip.leg for trip in new],
                [trip.from_centre for trip in new],
                [trip.to_centre for trip in new],
                [trip.run.departs_on for trip in new],
                [trip.run.cutoff_at for trip in new],
                [trip.run.departs_at for trip in new],
                [trip.run.arrives_at for trip in new],
                [trip.vehicle for trip in new],
                [trip.driver for trip in new],
            ],
        )
    ]
    execute(
        """
        INSERT INTO distribution_triproom (trip_id, temperature, crates, grams, booked_grams, is_open)
        SELECT t.id, r.temperature, r.crates, least(r.kilograms * 1000, r.crates * 12000), 0, true
        FROM distribution_trip t JOIN distribution_legroom r ON r.leg_id = t.leg_id
        WHERE t.id = ANY(%s) ORDER BY t.id, r.id
        """,
        [made],
    )
    record(trips=made, old="", by=by, at=at, reason=reason)
    return made


def _insert_rooms(trip, rooms):
    execute(
        """
        INSERT INTO distribution_triproom (trip_id, temperature, crates, grams, booked_grams, is_open)
        SELECT %s, temperature, crates, grams, 0, true
        FROM unnest(%s::text[], %s::int[], %s::int[]) AS r(temperature, crates, grams)
        """,
        [
            trip,
            [room.temperature for room in rooms],
            [room.crates for room in rooms],
            [room.grams for room in rooms],
        ],
    )


def record(*, trips: Collection[int], old: str, by: User | None, at: datetime, reason: str = "") -> list[int]:
    """A row of history for each trip, from what it is now. Returns their ids."""
    rows = fetch_all(
        """
        INSERT INTO distribution_tripevent (trip_id, old, new, arrives_at, by_id, at, reason)
        SELECT id, %s, state, arrives_at, %s, %s, %s FROM distribution_trip WHERE id = ANY(%s) ORDER BY id
        RETURNING id
        """,
        [old, by and by.pk, at, reason, list(trips)],
    )
    return [pk for (pk,) in rows]


@transaction.atomic
def set_vehicle(*, trip: int, vehicle: str, driver: str, by: User | None, at: datetime) -> Trip:
    """Which lorry goes, and who drives. The history names the lorry alone: a driver's name can be erased.
    Raises TripOver."""
    row = locks.trip(trip)
    if row.state not in MAY_BE_LATE:
        raise TripOver
    if (row.vehicle, row.driver) != (vehicle, driver):
        row.vehicle, row.driver = vehicle, driver
        row.save(update_fields=["vehicle", "driver"])
        TripEvent.objects.create(
            trip=row, old=row.state, new=row.state, arrives_at=row.arrives_at, by=by, at=at, reason=vehicle
        )
    return row


@retried
@transaction.atomic
def delay(
    *, trip: int, departs_at: datetime, arrives_at: datetime, reason: str, by: User | None, at: datetime
) -> Trip:
    """What is expected now; the planned moments stay. Of a trip on its way only the arrival changes. Writes the
    job that looks after what it carries. Raises TripOver, NotADelay, ReasonMissing."""
    row = locks.trip(trip)
    if row.state not in MAY_BE_LATE:
        raise TripOver
    if row.state == TripState.DEPARTED:
        departs_at = row.departs_at
    _require_delay(row, departs_at, arrives_at, at)
    before = routes.rounds_touched(trips=[row.pk])
    row.departs_at, row.arrives_at = departs_at, arrives_at
    row.save(update_fields=["departs_at", "arrives_at"])
    events = record(trips=[row.pk], old=row.state, by=by, at=at, reason=reasoned(reason))
    routes.refresh(rounds={*before, *routes.rounds_touched(trips=[row.pk])})
    _announce(row, events[0], at)
    return row


def _require_delay(row, departs_at, arrives_at, at):
    if (departs_at, arrives_at) == (row.departs_at, row.arrives_at):
        raise NotADelay(_("Te godziny są takie jak dotąd."), field="arrives_at")
    if departs_at < row.planned_departs_at:
        raise NotADelay(_("Kurs nie może wyjechać przed czasem z rozkładu."), field="departs_at")
    if row.state != TripState.DEPARTED and departs_at < at:
        raise NotADelay(_("Ta godzina odjazdu już minęła."), field="departs_at")
    if arrives_at <= departs_at:
        raise NotADelay(_("Przyjazd musi być po odjeździe."), field="arrives_at")
    if arrives_at < at:
        raise NotADelay(_("Ta godzina przyjazdu już minęła."), field="arrives_at")
    if arrives_at > row.planned_arrives_at + LONGEST_DELAY:
        raise NotADelay(_("To ponad dwie doby: odwołaj kurs i dodaj nowy."), field="arrives_at")


@retried
@transaction.atomic
def cancel(*, trip: int, reason: str, by: User | None, at: datetime) -> Trip:
    """The trip does not go: it takes no more goods from this moment, and the job it writes looks after those it
    was to carry. Raises TripUnderWay, TripOver, ReasonMissing."""
    row = locks.trip(trip)
    if not TRIP.may(row.state, TripState.CANCELLED):
        raise TripOver if row.state in TRIP.final else TripUnderWay
    reason = reasoned(reason)
    rounds = routes.rounds_touched(trips=[row.pk])
    old = call_off(trips=[row.pk], old=row.state, by=by, at=at, reason=reason)
    routes.refresh(rounds=rounds)
    row.state = TripState.CANCELLED
    _announce(row, old[0], at)
    return row


def call_off(*, trips: Collection[int], old: str, by: User | None, at: datetime, reason: str) -> list[int]:
    """Cancels locked trips that are all in the state `old`, and closes their rooms. Returns their events."""
    locks.routes()
    Trip.objects.filter(pk__in=trips, state=old).update(state=TripState.CANCELLED)
    close_rooms(trips=trips)
    return record(trips=trips, old=old, by=by, at=at, reason=reason)


def close_rooms(*, trips: Collection[int]) -> dict[int, int]:
    """Nothing more can be booked on the trips: who waited for the room finds it closed. Returns the grams booked
    by trip."""
    rows = fetch_all(
        """
        WITH locked AS MATERIALIZED (
          SELECT id FROM distribution_triproom WHERE trip_id = ANY(%s) ORDER BY id FOR NO KEY UPDATE),
        closed AS (
          UPDATE distribution_triproom m SET is_open = false FROM locked l WHERE m.id = l.id
          RETURNING m.trip_id, m.booked_grams)
        SELECT trip_id, sum(booked_grams)::bigint FROM closed GROUP BY trip_id
        """,
        [list(trips)],
    )
    return dict(rows)


def refresh_routes(*, trips: Collection[int]) -> None:
    """Rewrites the routes of every round that goods of these trips could reach."""
    routes.refresh(rounds=routes.rounds_touched(trips=trips))


def _announce(row, event, at):
    outbox.write(
        [
            NewJob(
                jobs.TRIP_CHANGED,
                f"trip_changed:{row.pk}:{event}",
                {"trip": row.pk, "at": at.isoformat()},
                row.from_centre.code,
            )
        ]
    )
