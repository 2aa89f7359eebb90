"""Room on trips: booked with the goods that will need it, given back with them."""

from collections import defaultdict
from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from marketplace.kernel.database import fetch_all
from marketplace.kernel.errors import DomainError


class NoRoomOnTrip(DomainError):
    code = "no_room_on_trip"
    message = _("Kurs, którym miał jechać ten towar, jest już pełny.")


# As with supply: the rooms are locked in the order of their ids before the conditional UPDATE joins them.
BOOK = """
WITH load AS (
  SELECT m.id, sum(w.grams)::int AS grams
  FROM unnest(%s::bigint[], %s::int[]) AS w(route, grams)
  JOIN distribution_route r ON r.id = w.route
  JOIN distribution_routetrip s ON s.route_id = r.id
  JOIN distribution_triproom m ON m.trip_id = s.trip_id AND m.temperature = r.temperature
  GROUP BY m.id
), locked AS MATERIALIZED (
  SELECT m.id, load.grams FROM distribution_triproom m JOIN load ON load.id = m.id
  ORDER BY m.id FOR NO KEY UPDATE OF m
), booked AS (
  UPDATE distribution_triproom m SET booked_grams = m.booked_grams + l.grams
  FROM locked l
  WHERE m.id = l.id AND (l.grams <= 0 OR m.is_open AND m.booked_grams + l.grams <= m.grams)
  RETURNING m.id
)
SELECT (SELECT count(*) FROM load), (SELECT count(*) FROM booked)
"""


def book(loads: Sequence[tuple[int, int]]) -> None:
    """Books (route, grams) on every trip of each route, or raises NoRoomOnTrip and the caller's transaction
    books nothing. The caller has locked the supply."""
    wanted: dict[int, int] = defaultdict(int)  # thousands of loads go by a few routes
    for route, grams in loads:
        if route:
            wanted[route] += grams
    if not wanted:
        return
    columns = [list(wanted), list(wanted.values())]
    wanted_rooms, booked = fetch_all(BOOK, columns)[0]
    if booked < wanted_rooms:
        raise NoRoomOnTrip


def rebook(*, old: int | None, new: int, grams: int) -> None:
    """Moves a booking from one route to another; trips of both keep it. Raises NoRoomOnTrip."""
    book([(route, load) for route, load in ((old, -grams), (new, grams)) if route])


def give_back(loads: Sequence[tuple[int | None, int]]) -> None:
    """Frees the room of (route, grams) that are not to be carried after all."""
    book([(route, -grams) for route, grams in loads if route])
