"""The filters of the market's list, the same for pages and API. Several values of one filter mean any of them."""

import django_filters as filters
from django.db.models import Case, IntegerField, Q, Value, When
from django.utils.translation import gettext_lazy as _

from marketplace.kernel.errors import Invalid
from marketplace.kernel.polish import fold
from marketplace.kernel.units import Temperature
from marketplace.shop.queries.heritage import Asked
from producers.models import Category, HeritageEntry, Listing, Voivodeship

ORDERINGS = {
    "name": ["sort_key", "offer_id"],
    "-name": ["-sort_key", "-offer_id"],
    "price": ["price", "offer_id"],
    "-price": ["-price", "-offer_id"],
    "unit_price": ["unit_price", "offer_id"],
    "newest": ["-published_at", "-offer_id"],
}
BY_RELEVANCE = ["rank", "sort_key", "offer_id"]


class WrongFilter(Invalid):
    code = "wrong_filter"


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


class HeritageFilter(filters.FilterSet):
    """The API's filters of the library; the pages allow several of each."""

    q = filters.CharFilter(label=_("szukaj"), max_length=100)
    register = filters.ChoiceFilter(choices=HeritageEntry.Register.choices, label=_("rejestr"))
    voivodeship = filters.CharFilter(label=_("województwo"), max_length=60)
    category = filters.CharFilter(label=_("kategoria"), max_length=60)

    class Meta:
        model = HeritageEntry
        fields: list[str] = []

    @classmethod
    def asked(cls, query):
        """What the query asks for. Raises WrongFilter."""
        made = cls(query, queryset=HeritageEntry.objects.none())
        if not made.is_valid():
            raise WrongFilter(errors=made.form.errors.get_json_data())
        values = made.form.cleaned_data
        several = {name: [value] for name, value in values.items() if value}
        return Asked(
            query=values["q"],
            registers=several.get("register", []),
            regions=several.get("voivodeship", []),
            categories=several.get("category", []),
        )


def _rank(folded):
    """0 when the name begins with the words (the search text begins with the name), else 1."""
    return Case(
        When(search_text__startswith=folded, then=Value(0)), default=Value(1), output_field=IntegerField()
    )
