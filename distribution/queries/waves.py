"""The queue of a centre in waves: by departure, then by temperature, with how far each wave is."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import OuterRef, Q, QuerySet, Subquery

from distribution.models import Centre, Round, RouteTrip, Task, Trip
from distribution.queries import tasks
from marketplace.kernel.database import fetch_all
from marketplace.kernel.units import Temperature

ORDER = ["", *Temperature.values]
SHOWN = 300
MADE_FOR = (Task.Kind.PICK, Task.Kind.PACK)


@dataclass(frozen=True)
class Progress:
    """Parts of orders in a wave: all of them, those picked, and those packed."""

    parts: int = 0
    picked: int = 0
    packed: int = 0

    def __add__(self, other: "Progress") -> "Progress":
        return Progress(self.parts + other.parts, self.picked + other.picked, self.packed + other.packed)

    @property
    def percent(self) -> int:
        """Picking and packing count alike."""
        return round(50 * (self.picked + self.packed) / self.parts) if self.parts else 0


@dataclass
class Chamber:
    """Tasks of one temperature; an empty one is work on whole trips and places."""

    temperature: str
    tasks: list[Task] = field(default_factory=list)
    progress: Progress = field(default_factory=Progress)

    @property
    def label(self) -> str:
        return str(Temperature(self.temperature).label) if self.temperature else ""


@dataclass
class Departure:
    """What one trip or round waits for, or (with neither) work that no departure waits for."""

    trip: Trip | None
    round: Round | None
    is_arrival: bool
    due_at: datetime
    chambers: list[Chamber] = field(default_factory=list)


@dataclass(frozen=True)
class Filter:
    """What the list is narrowed to; nothing means everything."""

    trip: int | None = None
    round: int | None = None
    kind: str = ""

    def of(self, rows: QuerySet[Task]) -> QuerySet[Task]:
        if self.trip:
            rows = rows.filter(Q(leaves_by=self.trip) | Q(trip=self.trip))
        if self.round:
            rows = rows.filter(leaves_by=None, fulfilment__round=self.round)
        return rows.filter(kind=self.kind) if self.kind else rows


def with_departure(rows: QuerySet[Task]) -> QuerySet[Task]:
    """Each task with `leaves_by`: the trip that the part it makes leaves by, None for what is handed out here."""
    first = RouteTrip.objects.filter(
        route=OuterRef("fulfilment__route"), position=0, trip__from_centre=OuterRef("centre")
    )
    return rows.annotate(leaves_by=Subquery(first.values("trip")[:1]))


def departures(centre: Centre, *, narrowed: Filter) -> tuple[list[Departure], bool]:
    """Departures with open work, the most urgent first, cold last within each; and whether there is more than is
    shown. Three statements more than the tasks themselves."""
    rows = narrowed.of(with_departure(tasks.queue(centre)).select_related("fulfilment__round"))
    found = list(rows[: SHOWN + 1])
    trips = Trip.objects.select_related("from_centre", "to_centre").in_bulk(
        {row.leaves_by for row in found if row.leaves_by and row.kind in MADE_FOR}
    )
    progress = progress_of({row.wave_id for row in found if row.wave_id})
    made: dict[tuple[str, int], Departure] = {}
    for row in found[:SHOWN]:
        key = _key(row)
        if key not in made:
            made[key] = _departure(key, row, trips)
        _chamber(made[key], row).tasks.append(row)
    for departure in made.values():
        departure.chambers.sort(key=lambda chamber: ORDER.index(chamber.temperature))
        for chamber in departure.chambers:
            waves = {row.wave_id for row in chamber.tasks if row.wave_id}
            chamber.progress = sum((progress.get(wave, Progress()) for wave in waves), Progress())
    return sorted(made.values(), key=lambda one: one.due_at), len(found) > SHOWN


def _key(row):
    """By which departure a task is listed: of the trip, of the round, or of its own kind."""
    if row.kind in MADE_FOR and row.leaves_by:
        return "trip", row.leaves_by
    if row.fulfilment_id:
        return "round", row.fulfilment.round_id
    if row.trip_id:
        return ("trip" if row.trip.from_centre_id == row.centre_id else "arrival"), row.trip_id
    return "other", 0


def _departure(key, row, trips):
    what, pk = key
    trip = (trips.get(pk) or row.trip) if what in {"trip", "arrival"} else None
    return Departure(trip, row.fulfilment.round if what == "round" else None, what == "arrival", row.due_at)


def _chamber(departure, row):
    found = next((one for one in departure.chambers if one.temperature == row.temperature), None)
    if found is None:
        found = Chamber(row.temperature)
        departure.chambers.append(found)
    return found


def progress_of(waves: Iterable[int]) -> dict[int, Progress]:
    """How far the waves are, in one statement. A part that came to nothing is not counted."""
    rows = fetch_all(
        """
        SELECT wave_id, count(*) FILTER (WHERE kind = 'PICK'),
               count(*) FILTER (WHERE kind = 'PICK' AND state = 'DONE'),
               count(*) FILTER (WHERE kind = 'PACK' AND state = 'DONE')
        FROM distribution_task WHERE wave_id = ANY(%s) AND state <> 'CANCELLED' GROUP BY wave_id
        """,
        [sorted(waves)],
    )
    return {wave: Progress(*counts) for wave, *counts in rows}
