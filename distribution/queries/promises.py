"""A producer's goods at the centres: what lies there, what is promised, what of it is sold."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import F, Q, Sum

from distribution.models import Centre, Round, Supply
from distribution.queries.places import kilometres
from distribution.states import RoundState
from producers.models import Producer, StockItem
from producers.states import Publication

WEEKS = 6
NEARLY_GONE = 0.9  # of a promise sold: it is time to say whether there is more


@dataclass(frozen=True)
class Promise:
    """What one stock item will bring to a centre on one intake day; `sold` of it is taken."""

    item: StockItem
    on: date
    pieces: int
    sold: int
    uncovered: int = 0

    @property
    def key(self) -> str:
        return f"{self.item.pk}-{self.on:%Y%m%d}"


def centres_of(producer: Producer) -> list[Centre]:
    """Centres one may promise to: those with the producer's goods first, then the nearest."""
    known = set(
        Supply.objects.filter(item__product__producer=producer).values_list("centre", flat=True).distinct()
    )

    def order(centre):
        away = kilometres(producer.latitude, producer.longitude, centre.latitude, centre.longitude)
        return (centre.pk not in known, away)

    return sorted(Centre.objects.active(), key=order)


def intake_days(*, centre: Centre, today: date) -> list[date]:
    """Days of the next weeks on which the centre packs, soonest first."""
    rounds = Round.objects.filter(
        centre=centre,
        is_rehearsal=False,
        state__in=[RoundState.OPEN, RoundState.CLOSED],
        packs_on__range=(today, today + timedelta(weeks=WEEKS)),
    )
    return list(rounds.order_by("packs_on").values_list("packs_on", flat=True).distinct())


def items_of(producer: Producer) -> list[StockItem]:
    """Pieces the producer may promise: of products whose facts are complete."""
    rows = StockItem.objects.filter(
        product__producer=producer, product__state__in=[Publication.PUBLISHED, Publication.HIDDEN]
    )
    return list(rows.select_related("product").order_by("product__name", "pk"))


def promised(*, items: Sequence[StockItem], centre: Centre, days: Sequence[date]) -> list[Promise]:
    """Every item on every day, zeros included, in one statement."""
    rows = Supply.objects.filter(
        item__in=items, centre=centre, kind=Supply.Kind.PROMISE, available_on__in=days
    ).values_list("item", "available_on", "quantity", "held", "uncovered")
    found = {(item, on): numbers for item, on, *numbers in rows}
    return [Promise(item, on, *found.get((item.pk, on), (0, 0, 0))) for on in days for item in items]


def on_shelf(*, items: Collection[StockItem], centre: Centre) -> list[Supply]:
    """Goods of these items that lie at the centre, the earliest end first."""
    rows = Supply.objects.filter(item__in=items, centre=centre, kind=Supply.Kind.STOCK, quantity__gt=0)
    return list(rows.select_related("item__product").order_by("item__product__name", "usable_until"))


def running_short(*, producer: Producer, today: date) -> list[Supply]:
    """Promises of days to come that are sold beyond what is promised, or nearly sold out."""
    rows = Supply.objects.filter(
        Q(uncovered__gt=0) | Q(held__gt=0, held__gte=F("quantity") * NEARLY_GONE),
        item__product__producer=producer,
        kind=Supply.Kind.PROMISE,
        available_on__gte=today,
    )
    return list(
        rows.select_related("item__product", "centre").order_by("-uncovered", "available_on", "pk")[:12]
    )


def left_of(*, products: Collection[int], today: date) -> dict[int, tuple[int, int]]:
    """Pieces still to sell of each product at all centres: on the shelf, and promised for days to come."""
    left = Sum(F("quantity") - F("held"), default=0)
    rows = (
        Supply.objects.filter(item__product__in=products)
        .filter(Q(kind=Supply.Kind.STOCK) | Q(kind=Supply.Kind.PROMISE, available_on__gte=today))
        .values_list("item__product", "kind")
        .annotate(left=left)
    )
    found: dict[int, dict[str, int]] = {}
    for product, kind, pieces in rows:
        found.setdefault(product, {})[kind] = max(pieces, 0)
    return {pk: (kinds.get("STOCK", 0), kinds.get("PROMISE", 0)) for pk, kinds in found.items()}
