"""When a trip is late, cancelled or left goods behind: which promises no longer hold, and another way for parts that
are made already."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from distribution import locks
from distribution.models import Fulfilment, HandlingUnit, Hold, Load, Round, Route, RouteTrip, Task, Trip
from distribution.operations import loading, rooms, routes
from distribution.policies.promise import CROSS_DOCK, chains
from distribution.states import FulfilmentState, HoldState, LoadState, TripState
from marketplace.accounts.models import User

# A new promise leaves two hours to lay goods out; one that is given already is kept when half an hour is left.
JUST_IN_TIME = timedelta(minutes=30)
MADE_HERE = (FulfilmentState.RELEASED, FulfilmentState.PICKED)
UNDER_WAY = (*MADE_HERE, FulfilmentState.TO_LOAD, FulfilmentState.IN_TRANSIT)


@dataclass(frozen=True)
class Broken:
    """What no longer comes in time: references of orders whose holds, or whose made parts, went by the trip."""

    held: list[str]
    made: list[str]


def broken_by(trip: int) -> Broken:
    """Every order that a trip as it is now leaves without its promise."""
    late = [route for route in _routes_of(trip) if not keeps(route)]
    held = Hold.objects.filter(route__in=late, state=HoldState.ACTIVE)
    parts = Fulfilment.objects.filter(route__stages__trip=trip, state__in=UNDER_WAY).select_related(
        "route", "round"
    )
    ids = {route.pk for route in late}
    made = {part.reference for part in parts if part.route_id in ids or is_stranded(part)}
    references = held.exclude(reference__in=Fulfilment.objects.filter(reference__in=made).values("reference"))
    return Broken(sorted(set(references.values_list("reference", flat=True)) - made), sorted(made))


def _routes_of(trip):
    return Route.objects.filter(stages__trip=trip).prefetch_related("stages__trip", "round__slots")


def keeps(route: Route) -> bool:
    """Whether the trips of a route, as they are now, still connect and reach its round."""
    stages = [stage.trip for stage in route.stages.all()]
    if any(trip.state == TripState.CANCELLED for trip in stages):
        return False
    for trip, following in pairwise(stages):
        if trip.arrives_at + CROSS_DOCK > following.departs_at and following.state in loading.LOADS:
            return False
    return not stages or stages[-1].arrives_at <= route.round.due_at - JUST_IN_TIME


def is_stranded(part: Fulfilment) -> bool:
    """Made, or still in work, and no trip takes it on."""
    if part.route is None:
        return False
    if part.state in MADE_HERE:
        return not part.route.stages.filter(position=0, trip__state__in=loading.LOADS).exists()
    waits = Load.objects.filter(unit__fulfilment=part, state__in=[LoadState.EXPECTED, LoadState.LOADED])
    return part.state == FulfilmentState.TO_LOAD and not waits.filter(trip__state__in=loading.LOADS).exists()


def send_otherwise(*, part: Fulfilment, round_: Round, by: User | None, at: datetime) -> Route | None:
    """Another way for a part from where it is now to the round; its room is booked there and given back here. None
    when there is none. The caller holds the order, the round and the part."""
    prefix = _behind(part)
    start = prefix[-1].to_centre_id if prefix else _stands_at(part)
    ready_at = max([at, *(trip.arrives_at + CROSS_DOCK for trip in prefix[-1:])])
    if start == part.destination_id:
        tail: Sequence[int] = ()
        if prefix and prefix[-1].arrives_at > round_.due_at - JUST_IN_TIME:
            return None
    else:
        found = chains(
            runs=routes.runs_between(
                earliest=ready_at,
                latest=round_.due_at - JUST_IN_TIME,
                by_departure=bool(prefix),
                rehearsal=round_.is_rehearsal,
            ),
            target=part.destination_id,
            temperature=part.temperature,
            not_before=ready_at,
            needed_by=round_.due_at - JUST_IN_TIME,
        ).get(start)
        if found is None:
            return None
        tail = found.trips
    route = routes.special(round_=round_, part=part, trips=[*(trip.pk for trip in prefix), *tail])
    try:
        _rebook(part, route)
    except rooms.NoRoomOnTrip:
        return None
    _expect_again(part, route, tail, by, at)
    return route


def _behind(part):
    """Trips of the way the part has gone by, or rides on now."""
    if part.state != FulfilmentState.IN_TRANSIT and part.state != FulfilmentState.TO_LOAD:
        return []
    gone = Load.objects.filter(unit__fulfilment=part, state__in=[LoadState.LOADED, LoadState.UNLOADED])
    trips = set(gone.filter(trip__state__in=GONE).values_list("trip_id", flat=True))
    return [stage.trip for stage in part.route.stages.select_related("trip") if stage.trip_id in trips]


GONE = (TripState.DEPARTED, TripState.ARRIVED, TripState.CLOSED)


def _stands_at(part):
    unit = HandlingUnit.objects.filter(fulfilment=part).first()
    return unit.centre_id if unit else part.centre_id


def _rebook(part, route):
    """Room on trips goes with the part."""
    holds = Hold.objects.filter(
        reference=part.reference, round_id=part.round_id, route_id=part.route_id, supply__centre_id=part.centre_id,
        supply__item__product__temperature=part.temperature,
    ).exclude(state=HoldState.RELEASED)  # fmt: skip
    grams = sum(holds.values_list("load_grams", flat=True))
    if part.route_id != route.pk:
        rooms.rebook(old=part.route_id, new=route.pk, grams=grams)
    holds.update(route=route, round_id=route.round_id)


def _expect_again(part, route, tail, by, at):
    """The part's crates, and the work on it, follow the new way."""
    Load.objects.filter(unit__fulfilment=part, state=LoadState.EXPECTED).update(state=LoadState.LEFT)
    Fulfilment.objects.filter(pk=part.pk).update(route=route, round_id=route.round_id)
    part.refresh_from_db()
    if not tail:
        return
    first = Trip.objects.get(pk=tail[0])
    if part.state == FulfilmentState.TO_LOAD:
        loading.expect(fulfilment=part, trip=first.pk)
    Task.objects.unfinished().filter(fulfilment=part, kind__in=["PICK", "PACK"]).update(
        due_at=first.cutoff_at
    )


def lock_trips(parts: Sequence[Fulfilment]) -> None:
    """Locks every trip the parts' ways use, in the order of their ids."""
    ids = RouteTrip.objects.filter(route__in=[part.route_id for part in parts]).values_list(
        "trip_id", flat=True
    )
    for pk in sorted(set(ids)):
        locks.trip(pk)
