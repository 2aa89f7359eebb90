"""Routes: how goods of every centre reach a round, kept ready beside it and rewritten when its trips change."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.db import transaction

from distribution import locks
from distribution.models import Centre, Fulfilment, Round, Route, RouteTrip, Trip
from distribution.policies.promise import Chain, Run, chains, ready_by
from distribution.queries.places import kilometres
from distribution.states import RoundState, TripState
from marketplace.kernel.database import execute, fetch_all
from marketplace.kernel.units import Temperature

# Crates that come by a trip are unloaded and stand at their stage this long before the first buyer comes.
LAID_OUT = timedelta(hours=2)
TAKES_GOODS = (TripState.PLANNED, TripState.LOADING)


@transaction.atomic
def refresh(*, rounds: Iterable[int]) -> None:
    """Rewrites which routes are current for these rounds, from the trips as they are now. Routes that holds or
    fulfilments went by stay as history. Rounds no longer open keep what they have."""
    wanted = list(
        Round.objects.filter(pk__in=list(rounds), state=RoundState.OPEN)
        .select_related("centre")
        .prefetch_related("slots")
        .order_by("pk")
    )
    if not wanted:
        return
    locks.routes()
    centres = Centre.objects.in_bulk()
    runs = {
        rehearsal: runs_between(
            earliest=min(round_.orders_close_at for round_ in wanted),
            latest=max(round_.due_at for round_ in wanted),
            rehearsal=rehearsal,
        )
        for rehearsal in {round_.is_rehearsal for round_ in wanted}
    }
    found = [row for round_ in wanted for row in _routes(round_, centres, runs[round_.is_rehearsal])]
    _write([round_.pk for round_ in wanted], found)


def rounds_touched(*, trips: Iterable[int]) -> list[int]:
    """Open rounds that goods of these trips could reach: those that already go by them, and those handed over
    within three days of their arrival."""
    rows = fetch_all(
        """
        SELECT DISTINCT r.id FROM distribution_round r, distribution_trip t
        WHERE t.id = ANY(%s) AND r.state = 'OPEN'
          AND (r.hands_over_on BETWEEN t.arrives_at::date - 1 AND t.arrives_at::date + 4
               OR EXISTS (SELECT 1 FROM distribution_route w JOIN distribution_routetrip s ON s.route_id = w.id
                          WHERE w.round_id = r.id AND s.trip_id = t.id))
        ORDER BY r.id
        """,
        [list(trips)],
    )
    return [pk for (pk,) in rows]


def needed_by(round_: Round) -> datetime:
    """When goods from other centres must be there for the round."""
    return round_.due_at - LAID_OUT


def special(*, round_: Round, part: Fulfilment, trips: Sequence[int]) -> Route:
    """The route by these trips for one part that lost its own; not offered to others."""
    rides = {trip.pk: trip for trip in Trip.objects.filter(pk__in=trips)}
    route, made = Route.objects.get_or_create(
        round=round_,
        origin_id=part.centre_id,
        temperature=part.temperature,
        chain="-".join(map(str, trips)),
        defaults={
            "changes": len(trips) - 1,
            "ready_by": ready_by(rides[trips[0]].cutoff_at),
            "leaves_at": rides[trips[0]].departs_at,
            "arrives_at": rides[trips[-1]].arrives_at,
            "is_current": False,
        },
    )
    if made:
        RouteTrip.objects.bulk_create(
            RouteTrip(route=route, position=n, trip_id=trip) for n, trip in enumerate(trips)
        )
    return route


def runs_between(
    *, earliest: datetime, latest: datetime, by_departure: bool = False, rehearsal: bool = False
) -> list[Run]:
    """Trips that still take goods between two moments; a rehearsal has its own. Crates that only change lorries
    need not make a cut-off: `by_departure` counts from when the lorry leaves."""
    begins = "departs_at__gte" if by_departure else "cutoff_at__gte"
    trips = (
        Trip.objects.filter(
            state__in=TAKES_GOODS, arrives_at__lte=latest, is_rehearsal=rehearsal, **{begins: earliest}
        )
        .prefetch_related("rooms")
        .order_by("pk")
    )
    return [
        Run(
            trip.pk,
            trip.from_centre_id,
            trip.to_centre_id,
            trip.departs_at if by_departure else trip.cutoff_at,
            trip.departs_at,
            trip.arrives_at,
            frozenset(room.temperature for room in trip.rooms.all() if room.is_open),
        )
        for trip in trips
    ]


def _routes(round_, centres, runs):
    """The rows of one round: its own centre for every temperature, then each centre with a chain of trips."""
    here = round_.centre
    for temperature in Temperature.values:
        yield _row(round_, here.pk, temperature, None, 0)
        found = chains(
            runs=runs,
            target=here.pk,
            temperature=temperature,
            not_before=round_.orders_close_at,
            needed_by=needed_by(round_),
        )
        for origin, chain in sorted(found.items()):
            there = centres[origin]
            away = kilometres(there.latitude, there.longitude, here.latitude, here.longitude)
            yield _row(round_, origin, temperature, chain, round(away))


def _row(round_, origin, temperature, chain: Chain | None, away):
    if chain is None:
        return (round_.pk, origin, temperature, "", 0, 0, round_.packs_on, None, None)
    return (
        round_.pk,
        origin,
        temperature,
        "-".join(map(str, chain.trips)),
        len(chain.trips) - 1,
        away,
        chain.ready_by,
        chain.departs_at,
        chain.arrives_at,
    )


def _write(rounds, rows):
    execute(
        "UPDATE distribution_route SET is_current = false WHERE round_id = ANY(%s) AND is_current", [rounds]
    )
    made = fetch_all(
        """
        INSERT INTO distribution_route AS r (round_id, origin_id, temperature, chain, changes, kilometres,
                                             ready_by, leaves_at, arrives_at, is_current)
        SELECT *, true FROM unnest(%s::bigint[], %s::bigint[], %s::text[], %s::text[], %s::int[], %s::int[],
                                   %s::date[], %s::timestamptz[], %s::timestamptz[])
        ON CONFLICT (round_id, origin_id, temperature, chain) DO UPDATE
        SET is_current = true, ready_by = excluded.ready_by, leaves_at = excluded.leaves_at,
            arrives_at = excluded.arrives_at
        RETURNING r.id, r.chain
        """,
        [list(column) for column in zip(*rows, strict=True)],
    )
    stages = [
        RouteTrip(route_id=pk, position=n, trip_id=int(trip))
        for pk, chain in made
        for n, trip in enumerate(chain.split("-") if chain else ())
    ]
    RouteTrip.objects.bulk_create(stages, ignore_conflicts=True)
