"""Which rounds a buyer can still join."""

from datetime import datetime

from django.db.models import Prefetch

from distribution.models import HandoverPlace, Round, Slot
from distribution.queries import places
from distribution.states import RoundState


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


def open_at_centre(*, code: str, at: datetime) -> list[Round]:
    """The same for the centre's own place, one statement as a rule, no more of each round than a promise needs.
    Raises NotFound."""
    rows = Round.objects.open_at(at).filter(
        place__centre__code=code.upper(),
        place__kind=HandoverPlace.Kind.CENTRE,
        place__is_active=True,
        is_rehearsal=False,
    )
    found = list(rows.order_by("orders_close_at", "pk").only("hands_over_on"))
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
