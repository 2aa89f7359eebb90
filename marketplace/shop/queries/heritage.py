"""The heritage library: registers of traditional products and protected names."""

from dataclasses import dataclass, field

from django.db.models import Q, QuerySet

from marketplace.kernel.errors import NotFound
from marketplace.kernel.polish import fold
from producers.models import HeritageEntry, Producer


@dataclass(frozen=True)
class Asked:
    """What a reader looks for; several values of one kind mean any of them."""

    query: str = ""
    registers: list[str] = field(default_factory=list)
    regions: list[str] = field(default_factory=list)
    categories: list[str] = field(default_factory=list)


def entries(asked: Asked) -> QuerySet[HeritageEntry]:
    """Entries without repeats, with their category; ordered by the caller."""
    rows = HeritageEntry.objects.select_related("category")
    for word in fold(asked.query).split():
        rows = rows.filter(search_text__contains=word)
    if asked.registers:
        rows = rows.filter(register__in=asked.registers)
    if asked.categories:
        rows = rows.filter(
            Q(category__slug__in=asked.categories) | Q(category__parent__slug__in=asked.categories)
        )
    if asked.regions:
        within = HeritageEntry.voivodeships.through.objects.filter(voivodeship__slug__in=asked.regions)
        rows = rows.filter(pk__in=within.values("heritageentry_id"))
    return rows


def entry(slug: str) -> HeritageEntry:
    """Raises NotFound."""
    row = (
        HeritageEntry.objects.select_related("category")
        .prefetch_related("voivodeships")
        .filter(slug=slug)
        .first()
    )
    if row is None:
        raise NotFound
    return row


def makers_of(row: HeritageEntry, *, day) -> list[Producer]:
    """Producers with a published product that names the entry as its ground for a mark valid on the day."""
    return list(
        Producer.objects.active()
        .select_related("place", "voivodeship")
        .filter(products__state="PUBLISHED", products__marks__in=row.product_marks.valid_on(day))
        .distinct()
        .order_by("sort_key", "pk")
    )
