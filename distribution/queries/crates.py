"""Crates of a centre and of its partners."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, QuerySet, Sum

from distribution.models import Centre, CrateEvent, HandlingUnit, Load
from distribution.states import LoadState
from marketplace.kernel.database import fetch_row
from producers.models import Producer

SUMMARY = """
SELECT count(*) FILTER (WHERE u.holder_id IS NULL AND u.fulfilment_id IS NULL AND r.state IS NULL),
       count(*) FILTER (WHERE u.fulfilment_id IS NOT NULL),
       count(*) FILTER (WHERE u.holder_id IS NULL AND u.fulfilment_id IS NULL AND r.state = 'LOADED'),
       count(*) FILTER (WHERE u.holder_id IS NOT NULL)
FROM distribution_handlingunit u
LEFT JOIN distribution_load r ON r.unit_id = u.id AND r.state IN ('LOADED', 'MISSING')
WHERE u.centre_id = %s AND u.withdrawn_at IS NULL
"""


@dataclass(frozen=True)
class Summary:
    """Crates of a centre: standing empty, with orders, empty on lorries, with producers."""

    free: int
    in_work: int
    riding: int
    out: int


@dataclass(frozen=True)
class Debt:
    """Crates a producer has, and the deposit for them in zlotys."""

    partner: Producer
    crates: int
    deposit: Decimal


def at_centre(*, centre: Centre, sscc: str) -> HandlingUnit | None:
    """The crate with this number, when it is at the centre now."""
    rows = HandlingUnit.objects.filter(centre=centre, sscc=sscc)
    return rows.select_related("fulfilment", "stands_at", "inside", "owner", "holder").first()


def summary(centre: Centre) -> Summary:
    return Summary(*fetch_row(SUMMARY, [centre.pk]))


def debts(*, partners: Sequence[int] | None = None) -> list[Debt]:
    """What producers have of ours, all or these, by name; the deposit is the sum of the events."""
    rows = HandlingUnit.objects.exclude(holder=None)
    if partners is not None:
        rows = rows.filter(holder__in=partners)
    have = dict(rows.values_list("holder").annotate(Count("pk")))
    owed = dict(CrateEvent.objects.filter(partner__in=have).values_list("partner").annotate(Sum("deposit")))
    names = Producer.objects.filter(pk__in=have).order_by("sort_key", "pk")
    return [Debt(row, have[row.pk], Decimal(owed.get(row.pk, 0)) / 100) for row in names]


def missing(centre: Centre) -> QuerySet[Load]:
    """Empty crates that a lorry from or to the centre did not bring."""
    rows = Load.objects.filter(state=LoadState.MISSING, unit__fulfilment=None, unit__withdrawn_at=None)
    ours = rows.filter(trip__from_centre=centre) | rows.filter(trip__to_centre=centre)
    return ours.select_related("unit", "trip__from_centre", "trip__to_centre").order_by("pk")


def journal(centre: Centre) -> QuerySet[CrateEvent]:
    """What happened to crates here, the latest first."""
    return CrateEvent.objects.filter(centre=centre).select_related("unit", "partner", "by").order_by("-pk")


def partners(centre: Centre) -> QuerySet[Producer]:
    """Producers who may be given crates: those who deliver to the centre, or have any of its crates."""
    return (
        Producer.objects.active()
        .filter(products__stock_items__supply__centre=centre)
        .distinct()
        .order_by("sort_key", "pk")
    )
