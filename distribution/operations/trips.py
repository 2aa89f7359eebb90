"""Dated trips: made from the timetable or extra, given a vehicle, delayed, cancelled. Each change that goods could
notice rewrites the routes of the rounds it touches in the same transaction."""

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from uuid import uuid4

from django.db import transaction
from django.utils.translation import gettext as _

from distribution import jobs, locks
from distribution.models import Centre, Trip, TripEvent
from distribution.operations import offloading, routes, trip_rows
from distribution.operations.corrections import reasoned
from distribution.operations.trip_rows import NewTrip
from distribution.policies.timetable import Hours, Room, is_possible, run_of
from distribution.states import TRIP, TripState
from marketplace.accounts.models import User
from marketplace.kernel import outbox
from marketplace.kernel.clock import local_date
from marketplace.kernel.database import retried
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
    made = trip_rows.insert(
        [NewTrip(from_centre.pk, to_centre.pk, run, None, vehicle, driver)],
        by=by,
        at=at,
        reason=reasoned(reason),
    )
    if not made:
        raise DepartureTaken
    trip_rows.insert_rooms(trip=made[0], rooms=rooms)
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
    trip_rows.record(trips=[row.pk], old=row.state, by=by, at=at, reason=reasoned(reason))
    routes.refresh(rounds={*before, *routes.rounds_touched(trips=[row.pk])})
    outbox.write([changed(row, at)])
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
    """The trip does not go: it takes no more goods from this moment, what was loaded stands on the dock again and
    loading ends. The job it writes looks after what it was to carry. Raises TripUnderWay, TripOver, ReasonMissing."""
    row = locks.trip(trip)
    if not TRIP.may(row.state, TripState.CANCELLED):
        raise TripOver if row.state in TRIP.final else TripUnderWay
    reason = reasoned(reason)
    rounds = routes.rounds_touched(trips=[row.pk])
    locks.routes()
    offloading.call_back(trip=row, by=by, at=at, reason=_("Kurs odwołany: %(why)s") % {"why": reason[:150]})
    call_off(trips=[row.pk], old=row.state, by=by, at=at, reason=reason)
    routes.refresh(rounds=rounds)
    row.state = TripState.CANCELLED
    outbox.write([changed(row, at)])
    return row


def call_off(*, trips: Collection[int], old: str, by: User | None, at: datetime, reason: str) -> list[int]:
    """Cancels locked trips that are all in the state `old`, and closes their rooms. Returns their events."""
    locks.routes()
    Trip.objects.filter(pk__in=trips, state=old).update(state=TripState.CANCELLED)
    trip_rows.close_rooms(trips=trips)
    return trip_rows.record(trips=trips, old=old, by=by, at=at, reason=reason)


def refresh_routes(*, trips: Collection[int]) -> None:
    """Rewrites the routes of every round that goods of these trips could reach."""
    routes.refresh(rounds=routes.rounds_touched(trips=trips))


def changed(trip: Trip, at: datetime) -> NewJob:
    """The job that plans anew what no longer goes by the trip; one for each change, however close they come."""
    facts = {"trip": trip.pk, "at": at.isoformat()}
    return NewJob(jobs.TRIP_CHANGED, f"trip_changed:{trip.pk}:{uuid4()}", facts, trip.from_centre.code)
