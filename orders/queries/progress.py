"""How far the centres are with an order: its parts by state, what rides between centres, and what was short."""

from dataclasses import dataclass, field
from datetime import datetime

from distribution.models import Fulfilment, Hold, RouteTrip, Shortage
from distribution.states import FulfilmentState, HoldState, TripState

AHEAD = {TripState.PLANNED, TripState.LOADING}
ROLLING = {TripState.DEPARTED, TripState.ARRIVED}


@dataclass(frozen=True)
class Journey:
    """A part made at another centre. `departs_at` is of the next trip it waits for, `arrives_at` of the one it is
    on; neither when no trip is known or it is there."""

    origin: str
    state: str
    departs_at: datetime | None = None
    arrives_at: datetime | None = None


@dataclass(frozen=True)
class Source:
    """Where goods of a line come from, and why from there."""

    centre: str
    is_here: bool
    reason: str

    @property
    def label(self) -> str:
        return str(Hold.Reason(self.reason).label)


@dataclass(frozen=True)
class Progress:
    """`parts` of the order are kept at one temperature each; `picked` of them are collected or further."""

    parts: int
    picked: int
    shortages: list[tuple[int, int, datetime]]
    """Line, pieces and moment."""
    journeys: list[Journey] = field(default_factory=list)


def progress(number: str) -> Progress:
    """Two statements, and one more when parts come from other centres."""
    parts = list(Fulfilment.objects.filter(reference=number).select_related("centre").order_by("pk"))
    short = Shortage.objects.filter(reference=number).order_by("at").values_list("line", "pieces", "at")
    live = [part for part in parts if part.state != FulfilmentState.EMPTY]
    done = sum(part.state != FulfilmentState.RELEASED for part in live)
    travelling = [part for part in live if part.route_id]
    return Progress(len(live), done, list(short), _journeys(travelling) if travelling else [])


def _journeys(parts):
    stages: dict[int, list[RouteTrip]] = {}
    rows = RouteTrip.objects.filter(route__in={part.route_id for part in parts}).select_related("trip")
    for stage in rows.order_by("route_id", "position"):
        stages.setdefault(stage.route_id, []).append(stage)
    return [_journey(part, [stage.trip for stage in stages.get(part.route_id, [])]) for part in parts]


def _journey(part, trips):
    if part.state in {FulfilmentState.RELEASED, FulfilmentState.PICKED, FulfilmentState.TO_LOAD}:
        following = next((trip for trip in trips if trip.state in AHEAD), None)
        return Journey(part.centre.name, part.state, departs_at=following and following.departs_at)
    if part.state == FulfilmentState.IN_TRANSIT:
        rolling = next((trip for trip in trips if trip.state in ROLLING), None)
        return Journey(part.centre.name, part.state, arrives_at=rolling and rolling.arrives_at)
    return Journey(part.centre.name, part.state)


def sources(number: str, *, centre: int) -> dict[int, list[Source]]:
    """By line, the centres its goods come from; `centre` is where the order is handed out. One statement."""
    found: dict[int, list[Source]] = {}
    rows = (
        Hold.objects.filter(reference=number)
        .exclude(state=HoldState.RELEASED)
        .order_by("line", "pk")
        .values_list("line", "supply__centre__name", "supply__centre", "reason")
    )
    for line, name, held_at, reason in rows:
        source = Source(name, held_at == centre, reason)
        if source not in found.setdefault(line, []):
            found[line].append(source)
    return found
