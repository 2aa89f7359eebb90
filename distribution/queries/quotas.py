"""What producers keep for sales channels: of one day's promises, and of a centre."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date

from django.db.models import QuerySet

from distribution.models import Centre, Quota, Supply
from producers.models import Producer


@dataclass(frozen=True)
class Divided:
    """A promise and what of it each channel has: pieces kept and bought, by channel."""

    supply: Supply
    quotas: dict[str, Quota] = field(default_factory=dict)

    @property
    def free(self) -> int:
        """Pieces left for everybody."""
        return max(self.supply.quantity - self.supply.held - self.supply.reserved, 0)


def of_day(*, producer: Producer, centre: Centre, on: date) -> list[Divided]:
    """The producer's promises to the centre for the day, each with its quotas; two statements."""
    rows = (
        Supply.objects.filter(
            item__product__producer=producer,
            centre=centre,
            kind=Supply.Kind.PROMISE,
            available_on=on,
            quantity__gt=0,
        )
        .select_related("item__product")
        .prefetch_related("quotas")
        .order_by("item__product__name", "pk")
    )
    return [Divided(row, {quota.channel: quota for quota in row.quotas.all()}) for row in rows]


def live(
    *, centre: Centre | None = None, products: Collection[int] | QuerySet | None = None
) -> QuerySet[Quota]:
    """Quotas that still keep something or have not passed their hour, the first to flow back first."""
    rows = Quota.objects.filter(flowed_back_at=None, pieces__gt=0)
    if centre is not None:
        rows = rows.filter(supply__centre=centre)
    if products is not None:
        rows = rows.filter(supply__item__product__in=products)
    return rows.select_related("supply__item__product__producer", "supply__centre").order_by(
        "flows_back_at", "pk"
    )
