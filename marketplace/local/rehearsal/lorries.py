"""Lorries of the rehearsal: from every centre to the hub in the evening, and back in the night."""

import uuid
from datetime import time, timedelta

from django.db import connection

from distribution.models import Load, Task, Trip, TripRoom
from distribution.operations import loading, scanning, tasks, unloading
from distribution.operations import trips as delays
from distribution.queries.places import kilometres
from distribution.states import LoadState
from marketplace.kernel.clock import local_date, moment
from marketplace.kernel.units import Temperature
from marketplace.local.rehearsal.people import of

EVENING, NIGHT = time(18), time(2)
EVENING_HOURS, NIGHT_HOURS = 5, 5
GRAMS, CRATES = 2_000_000, 400


def timetable(centres, *, evening, at):
    """Trips of one night over the centre that is nearest to all others; the day after is the hand-over. They leave
    past the hour by as much as it is now, so two rehearsals of a day have their own."""
    if len(centres) < 2:
        return []
    hub = min(centres, key=lambda centre: sum(_away(centre, other) for other in centres))
    past = timedelta(minutes=at.minute, seconds=at.second)
    morning = evening + timedelta(days=1)
    made = []
    for centre in centres:
        if centre != hub:
            made.append(_trip(centre, hub, moment(evening, EVENING) + past, EVENING_HOURS))
            made.append(_trip(hub, centre, moment(morning, NIGHT) + past, NIGHT_HOURS))
    trips = Trip.objects.bulk_create(made)
    TripRoom.objects.bulk_create(
        TripRoom(trip=trip, temperature=temperature, crates=CRATES, grams=GRAMS)
        for trip in trips
        for temperature in Temperature.values
    )
    return trips


def _away(one, other):
    return kilometres(one.latitude, one.longitude, other.latitude, other.longitude)


def _trip(start, end, departs_at, hours):
    arrives_at = departs_at + timedelta(hours=hours)
    return Trip(
        from_centre=start,
        to_centre=end,
        departs_on=local_date(departs_at),
        cutoff_at=departs_at - timedelta(hours=1),
        planned_departs_at=departs_at,
        planned_arrives_at=arrives_at,
        departs_at=departs_at,
        arrives_at=arrives_at,
        is_rehearsal=True,
    )


def break_down(trips, *, at):
    """The lorry that was to carry most is ten hours late: what hangs on it is planned anew."""
    first = min(trip.departs_at for trip in trips)
    booked = TripRoom.objects.filter(trip__in=trips, trip__departs_at=first).order_by("-booked_grams", "pk")
    trip = booked.select_related("trip__from_centre").first().trip
    late = timedelta(hours=10)
    delays.delay(
        trip=trip.pk,
        departs_at=trip.departs_at + late,
        arrives_at=trip.arrives_at + late,
        reason="awaria chłodni",
        by=of(trip.from_centre),
        at=at,
    )


def ride(trip, watch):
    """Loads what is on the ramp, drives and unloads; a trip with nothing to carry leaves empty."""
    trip.refresh_from_db()
    _load(trip, watch)
    loading.depart(trip=trip.pk, by=of(trip.from_centre), at=trip.departs_at)
    unloading.arrive(trip=trip.pk, by=of(trip.to_centre), at=trip.arrives_at)
    _unload(trip, watch)
    unloading.confirm(trip=trip.pk, by=of(trip.to_centre), at=trip.arrives_at)
    connection.close()


def _load(trip, watch):
    task = Task.objects.unfinished().filter(kind=Task.Kind.LOAD, trip=trip).first()
    if task is None:
        return
    by, at = of(trip.from_centre), trip.cutoff_at
    tasks.claim(task=task.pk, by=by, at=at)
    step = scanning.next_step(task=Task.objects.get(pk=task.pk))
    while step.expects != "done":
        with watch.step("load"):
            _scan(task, step.code, by, at)
        step = scanning.next_step(task=Task.objects.get(pk=task.pk))


def _unload(trip, watch):
    task = Task.objects.unfinished().filter(kind=Task.Kind.UNLOAD, trip=trip).first()
    if task is None:
        return
    by, at = of(trip.to_centre), trip.arrives_at
    tasks.claim(task=task.pk, by=by, at=at)
    for load in Load.objects.filter(trip=trip, state=LoadState.LOADED).select_related("unit").order_by("pk"):
        with watch.step("unload"):
            _scan(task, load.unit.sscc, by, at)


def _scan(task, code, by, at):
    return scanning.scan(task=task, key=uuid.uuid4(), code=code, units=None, grams=None, by=by, at=at)
