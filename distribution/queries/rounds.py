"""Which rounds a buyer can still join."""

from datetime import date, datetime
from typing import NamedTuple

from django.db.models import Prefetch

from distribution.models import HandoverPlace, Round, Slot
from distribution.queries import places
from distribution.states import RoundState
from marketplace.kernel.database import fetch_all


def joinable(*, place: HandoverPlace, at: datetime, rehearsal: bool = False) -> list[Round]:
    """Rounds of the place that take orders at `at`, soonest first, with their slots; a rehearsal has its own."""
    return list(
        Round.objects.open_at(at)
        .filter(place=place, is_rehearsal=rehearsal)
        .order_by("orders_close_at", "pk")
        .prefetch_related(Prefetch("slots", Slot.objects.order_by("starts")))
    )


def open_rounds(*, place: HandoverPlace, at: datetime) -> list[Round]:
    """The same without their slots."""
    rows = Round.objects.open_at(at).filter(place=place, is_rehearsal=False)
    return list(rows.order_by("orders_close_at", "pk"))


class Dated(NamedTuple):
    """As much of a round as a promise needs."""

    pk: int
    hands_over_on: date


OPEN_AT_CENTRE = """
SELECT r.id, r.hands_over_on
FROM distribution_centre c
JOIN distribution_handoverplace p ON p.centre_id = c.id AND p.kind = 'CENTRE' AND p.is_active
JOIN distribution_round r ON r.place_id = p.id AND NOT r.is_rehearsal
WHERE c.code = %(code)s AND r.state = 'OPEN' AND r.opens_at <= %(at)s AND r.orders_close_at > %(at)s
ORDER BY r.orders_close_at, r.id
"""


def open_at_centre(*, code: str, at: datetime) -> list[Dated]:
    """Rounds one may join at the centre itself, soonest first. Raises NotFound."""
    found = [Dated(*row) for row in fetch_all(OPEN_AT_CENTRE, {"code": code.upper(), "at": at})]
    if not found:
        places.of_centre(code)
    return found


def next_round(*, place: HandoverPlace, at: datetime) -> Round | None:
    return next(iter(open_rounds(place=place, at=at)), None)


def next_opening(*, place: HandoverPlace, at: datetime) -> Round | None:
    """The round of the place that begins to take orders soonest after `at`."""
    return (
        Round.objects.filter(place=place, state=RoundState.OPEN, opens_at__gt=at, is_rehearsal=False)
        .order_by("opens_at", "pk")
        .first()
    )
