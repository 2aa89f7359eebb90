"""Crates that do not go by a trip after all: back on the ramp of the centre they were to leave."""

from collections.abc import Sequence
from datetime import datetime

from distribution import locks
from distribution.models import Fulfilment, FulfilmentEvent, HandlingUnit, Load, Task, Trip
from distribution.operations import counted, fulfilments
from distribution.states import LoadState, TaskState
from marketplace.accounts.models import User


def leave_behind(*, loads: Sequence[Load], trip: Trip) -> None:
    """These crates stay; those that were aboard stand on the dock again. The caller holds the trip."""
    Load.objects.filter(pk__in=[load.pk for load in loads]).update(state=LoadState.LEFT)
    dock = counted.dock(trip.from_centre_id)
    aboard = [load.unit_id for load in loads if load.loaded_at]
    HandlingUnit.objects.filter(pk__in=aboard).update(stands_at=dock)


def call_back(*, trip: Trip, by: User | None, at: datetime, reason: str) -> list[Fulfilment]:
    """Nothing goes by the trip: every crate on its ramp or aboard is left behind, each part says so in its history,
    and loading ends for whoever is at it. Returns the parts. The caller holds the trip and the routes."""
    riding = Load.objects.filter(trip=trip, state__in=[LoadState.EXPECTED, LoadState.LOADED])
    loads = list(riding.select_related("unit").order_by("pk"))
    parts = locks.fulfilments({load.unit.fulfilment_id for load in loads if load.unit.fulfilment_id})
    for pk in Task.objects.unfinished().filter(trip=trip).order_by("pk").values_list("pk", flat=True):
        fulfilments.end_task(task=locks.task(pk), new=TaskState.CANCELLED, by=by, at=at, reason=reason)
    leave_behind(loads=loads, trip=trip)
    FulfilmentEvent.objects.bulk_create(
        FulfilmentEvent(fulfilment=part, old=part.state, new=part.state, by=by, at=at, reason=reason)
        for part in parts
    )
    return parts
