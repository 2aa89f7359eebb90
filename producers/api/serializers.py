"""Bodies of the producers' API, checked for shape."""

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from marketplace.kernel.units import SoldBy, Temperature, Unit
from producers.models import Allergen, Category, Product, VatClass
from producers.models.offer import Regime
from producers.models.product import DateKind, NoDateGround, NutritionGround


class ProductBody(serializers.ModelSerializer):
    category = serializers.SlugRelatedField(slug_field="slug", queryset=Category.objects.all())
    vat_class = serializers.SlugRelatedField(
        slug_field="key", queryset=VatClass.objects.all(), required=False, allow_null=True
    )
    temperature = serializers.ChoiceField(choices=Temperature.choices)
    date_kind = serializers.ChoiceField(choices=DateKind.choices, required=False)
    no_date_ground = serializers.ChoiceField(choices=NoDateGround.choices, required=False, allow_blank=True)
    nutrition_ground = serializers.ChoiceField(
        choices=NutritionGround.choices, required=False, allow_blank=True
    )
    may_contain = serializers.ListField(child=serializers.CharField(max_length=20), required=False)

    class Meta:
        model = Product
        fields = (
            "name", "category", "description", "ingredients", "single_ingredient", "may_contain", "storage",
            "preparation", "origin", "nutrition", "nutrition_ground", "alcohol_percent", "temperature",
            "date_kind", "no_date_ground", "shelf_life_days", "minimum_life_days", "vat_class", "spoils_fast",
        )  # fmt: skip

    def validate_may_contain(self, keys):
        if unknown := set(keys) - set(Allergen.objects.values_list("key", flat=True)):
            raise serializers.ValidationError(_("Nieznany alergen: %s.") % ", ".join(sorted(unknown)))
        return keys


class PieceBody(serializers.Serializer):
    name = serializers.CharField(max_length=60)
    content = serializers.IntegerField(min_value=1, max_value=1_000_000)
    unit = serializers.ChoiceField(choices=Unit.choices)
    gtin = serializers.CharField(max_length=14, required=False, allow_blank=True)


class OfferBody(serializers.Serializer):
    product = serializers.IntegerField(min_value=1, max_value=2**62)
    piece = PieceBody()
    pack = serializers.CharField(max_length=60)
    pieces = serializers.IntegerField(min_value=1, max_value=1000, default=1)
    sold_by = serializers.ChoiceField(choices=SoldBy.choices, default=SoldBy.PIECE)
    expected_grams = serializers.IntegerField(min_value=1, max_value=100_000, required=False)
    max_grams = serializers.IntegerField(min_value=1, max_value=100_000, required=False)
    regime = serializers.ChoiceField(choices=Regime.choices, default=Regime.FULL)
    max_per_order = serializers.IntegerField(min_value=1, max_value=1000, default=50)
    price = serializers.DecimalField(max_digits=12, decimal_places=2, required=False)
    publish = serializers.BooleanField(default=False)


class OfferChange(serializers.Serializer):
    price = serializers.DecimalField(max_digits=12, decimal_places=2, required=False)
    state = serializers.ChoiceField(choices=["PUBLISHED", "WITHDRAWN"], required=False)


class ProductChange(ProductBody):
    state = serializers.ChoiceField(choices=["PUBLISHED", "HIDDEN"], required=False)

    class Meta(ProductBody.Meta):
        fields = (*ProductBody.Meta.fields, "state")
