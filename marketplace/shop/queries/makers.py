"""Producers as the shop shows them, with how much each has on sale."""

from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from marketplace.kernel.errors import NotFound
from marketplace.kernel.polish import fold
from producers.models import Listing, Producer


def makers(*, query: str = "", regions: list[str] | None = None) -> QuerySet[Producer]:
    """Active producers by name; `query` looks into their name and place, `regions` are slugs."""
    on_sale = (
        Listing.objects.filter(producer_id=OuterRef("pk"))
        .order_by()
        .values("producer_id")
        .annotate(n=Count("product_id", distinct=True))
        .values("n")
    )
    rows = Producer.objects.active().select_related("place", "voivodeship")
    rows = rows.annotate(on_sale=Coalesce(Subquery(on_sale, output_field=IntegerField()), 0))
    for word in fold(query).split():
        rows = rows.filter(search_text__contains=word)
    return rows.filter(voivodeship__slug__in=regions) if regions else rows


def maker(slug: str) -> Producer:
    """Raises NotFound."""
    row = makers().filter(slug=slug).first()
    if row is None:
        raise NotFound
    return row
