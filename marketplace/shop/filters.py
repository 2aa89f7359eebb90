"""The filters of the market's list, the same for pages and API. Several values of one filter mean any of them."""

import django_filters as filters
from django.db.models import Case, F, IntegerField, Q, Value, When
from django.utils.translation import gettext_lazy as _

from marketplace.kernel.polish import fold
from marketplace.kernel.units import Temperature
from producers.models import Allergen, Category, Listing, Mark, Voivodeship

ORDERINGS = {
    "name": ["sort_key", "offer_id"],
    "-name": ["-sort_key", "-offer_id"],
    "price": ["price", "offer_id"],
    "-price": ["-price", "-offer_id"],
    "unit_price": ["unit_price", "offer_id"],
    "newest": ["-published_at", "-offer_id"],
}
BY_RELEVANCE = ["rank", "sort_key", "offer_id"]


class AnyOf(filters.BaseInFilter, filters.CharFilter):
    """Values by comma or repeated."""


class OfferFilter(filters.FilterSet):
    q = filters.CharFilter(method="search", label=_("szukaj"), max_length=100)
    category = filters.CharFilter(method="in_category", label=_("kategoria"))
    voivodeship = filters.CharFilter(method="in_voivodeship", label=_("województwo"))
    mark = filters.CharFilter(method="with_mark", label=_("znak"))
    producer = filters.CharFilter(field_name="producer_slug", label=_("producent"))
    without_allergens = filters.CharFilter(method="without", label=_("bez alergenów"))
    temperature = filters.ChoiceFilter(choices=Temperature.choices, label=_("temperatura"))
    min_price = filters.NumberFilter(field_name="price", lookup_expr="gte", min_value=0, label=_("cena od"))
    max_price = filters.NumberFilter(field_name="price", lookup_expr="lte", min_value=0, label=_("cena do"))
    ordering = filters.ChoiceFilter(
        choices=[(key, key) for key in ORDERINGS], method="skip", label=_("kolejność")
    )

    class Meta:
        model = Listing
        fields: list[str] = []

    def values(self, name):
        """Every value given for a filter, by comma or repeated."""
        given = self.data.getlist(name) if hasattr(self.data, "getlist") else [self.data.get(name) or ""]
        return [word.strip() for text in given for word in text.split(",") if word.strip()]

    def search(self, rows, name, value):
        words = fold(value).split()
        for word in words:
            rows = rows.filter(search_text__contains=word)
        return rows.annotate(rank=_rank(" ".join(words)))

    def in_category(self, rows, name, value):
        wanted = Category.objects.filter(slug__in=self.values("category")).values_list("pk", flat=True)
        return rows.filter(category_ids__overlap=list(wanted))

    def in_voivodeship(self, rows, name, value):
        given = self.values("voivodeship")
        found = Voivodeship.objects.filter(Q(pk__in=given) | Q(slug__in=given) | Q(name__in=given))
        return rows.filter(voivodeship_id__in=list(found.values_list("pk", flat=True)))

    def with_mark(self, rows, name, value):
        return rows.filter(marks__overlap=[code.upper() for code in self.values("mark")])

    def without(self, rows, name, value):
        return rows.exclude(allergens__overlap=self.values("without_allergens"))

    def skip(self, rows, name, value):
        return rows

    @property
    def order(self):
        """The keys to page by: as asked, else by relevance of a search, else by name."""
        asked = self.form.cleaned_data.get("ordering")
        if asked:
            return ORDERINGS[asked]
        return BY_RELEVANCE if self.form.cleaned_data.get("q") else ORDERINGS["name"]


def _rank(folded):
    """0 when the name begins with the words, 1 when it has them, 2 when only something else does."""
    return Case(
        When(search_text__startswith=folded, then=Value(0)),
        When(name_text__contains=folded, then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )


__all__ = ["Allergen", "F", "Mark", "OfferFilter"]
