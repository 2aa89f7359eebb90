"""Crates of a trip: on the ramp, aboard, out again, missing; and what is still made for it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from distribution.models import Discrepancy, Document, Fulfilment, Load, Trip
from distribution.states import FulfilmentState, LoadState
from marketplace.kernel.errors import NotFound
from marketplace.kernel.units import Temperature

IN_WORK = (FulfilmentState.RELEASED, FulfilmentState.PICKED)
ORDER = list(Temperature.values)


@dataclass(frozen=True)
class Missing:
    """A crate that did not come, with the lots its MM says are in it."""

    rows: list[Discrepancy]

    @property
    def first(self) -> Discrepancy:
        return self.rows[0]


@dataclass(frozen=True)
class Aboard:
    """The crates of a trip by what became of them; `in_work` are parts of orders that still have none."""

    loads: list[Load]
    in_work: list[Fulfilment]

    def of(self, state: str) -> list[Load]:
        return [load for load in self.loads if load.state == state]

    @property
    def ramp(self) -> list[Load]:
        return in_loading_order(self.of(LoadState.EXPECTED))

    @property
    def loaded(self) -> list[Load]:
        return self.of(LoadState.LOADED)

    @property
    def unloaded(self) -> list[Load]:
        return self.of(LoadState.UNLOADED)

    @property
    def is_blocked(self) -> bool:
        """Whether the trip may not leave without a lead's word."""
        return bool(self.in_work or self.of(LoadState.EXPECTED))


def of_trip(trip: Trip) -> Aboard:
    return Aboard(list(loads_of(trip)), list(in_work_for(trip).select_related("round").order_by("pk")))


def loads_of(trip: Trip) -> QuerySet[Load]:
    """What was to go by the trip and was not left behind."""
    rows = Load.objects.filter(trip=trip).exclude(state=LoadState.LEFT)
    return rows.select_related("unit__stands_at", "unit__fulfilment", "loaded_by").order_by("pk")


def load_of(*, trip: Trip, pk: int) -> Load:
    """Raises NotFound."""
    row = loads_of(trip).filter(pk=pk).first()
    if row is None:
        raise NotFound
    return row


def in_work_for(trip: Trip) -> QuerySet[Fulfilment]:
    """Parts that the trip's first centre still makes for it."""
    return Fulfilment.objects.filter(
        centre=trip.from_centre_id, route__stages__trip=trip, route__stages__position=0, state__in=IN_WORK
    )


def on_the_ramp(trip: int) -> list[Load]:
    """Loads still to be scanned, in the order in which they go in."""
    rows = Load.objects.filter(trip=trip, state=LoadState.EXPECTED)
    return in_loading_order(rows.select_related("unit__stands_at", "trip__to_centre"))


def in_loading_order(rows: Sequence[Load] | QuerySet[Load]) -> list[Load]:
    """What stays aboard longest first, then cold last."""
    return sorted(rows, key=lambda load: (-load.stays_aboard, ORDER.index(load.temperature), load.pk))


def missing_of(trip: Trip) -> list[Missing]:
    """Open differences of the trip, crate by crate."""
    return by_crate(open_differences().filter(trip=trip))


def open_differences() -> QuerySet[Discrepancy]:
    """Everything that did not come and was neither found nor given up, the oldest first."""
    rows = Discrepancy.objects.filter(settled_at=None)
    return rows.select_related(
        "trip__from_centre", "trip__to_centre", "unit__fulfilment", "lot__item__product", "by"
    ).order_by("at", "trip_id", "unit_id", "pk")


def settled_of(trip: Trip) -> QuerySet[Discrepancy]:
    rows = trip.discrepancies.exclude(settled_at=None)
    return rows.select_related("unit", "lot__item__product", "settled_by", "document__centre").order_by("pk")


def by_crate(rows: Iterable[Discrepancy]) -> list[Missing]:
    crates: dict[tuple[int, int], list[Discrepancy]] = {}
    for row in rows:
        crates.setdefault((row.trip_id, row.unit_id), []).append(row)
    return [Missing(found) for found in crates.values()]


def documents_of(trip: Trip) -> QuerySet[Document]:
    """The MM of both ends, and the RW of what was given up."""
    return trip.documents.select_related("centre", "by").order_by("pk")
