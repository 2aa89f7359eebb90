"""The rows of trips, each kind written in one statement: the trips, their room, their history."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from distribution.policies.timetable import Room, Run
from marketplace.accounts.models import User
from marketplace.kernel.database import execute, fetch_all


@dataclass(frozen=True)
class NewTrip:
    """A trip to be made; one of a leg gets the leg's room."""

    from_centre: int
    to_centre: int
    run: Run
    leg: int | None = None
    vehicle: str = ""
    driver: str = ""


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


def insert_rooms(*, trip: int, rooms: Sequence[Room]) -> None:
    """The chambers of an extra trip."""
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
