"""What the shop's filters offer: shelves, regions, signs, allergens."""

from dataclasses import dataclass

from django.core.cache import cache
from django.db.models import Count

from producers.models import Category, Listing

COUNTS_KEY = "shop:offers-by-region"
COUNTS_SECONDS = 120


@dataclass(frozen=True)
class Shelf:
    category: Category
    children: list[Category]


def shelves() -> list[Shelf]:
    """The two levels of categories in their order, in one statement."""
    rows = list(Category.objects.all())
    return [
        Shelf(row, [child for child in rows if child.parent_id == row.pk])
        for row in rows
        if row.parent_id is None
    ]


def offers_by_region() -> dict[str, int]:
    """How many offers are on sale from each voivodeship (TERYT); up to two minutes old."""
    known = cache.get(COUNTS_KEY)
    if known is None:
        known = dict(
            Listing.objects.order_by()
            .values_list("voivodeship_id")
            .annotate(n=Count("pk"))
            .values_list("voivodeship_id", "n")
        )
        cache.set(COUNTS_KEY, known, COUNTS_SECONDS)
    return known
