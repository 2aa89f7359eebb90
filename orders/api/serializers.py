"""Bodies of the orders API, checked for shape; whether they are allowed is the operations' business."""

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from orders.rules import PHONE
from orders.states import PaymentMethod, Substitutes


class StrictInteger(serializers.IntegerField):
    """A JSON whole number: not 1.5, not "2", not true."""

    def to_internal_value(self, data):
        if isinstance(data, bool) or not isinstance(data, int):
            self.fail("invalid")
        return super().to_internal_value(data)


class LowerChoice(serializers.ChoiceField):
    """A choice that is upper case inside and lower case in the API."""

    def to_internal_value(self, data):
        return super().to_internal_value(data.upper() if isinstance(data, str) else data)


class NewBasket(serializers.Serializer):
    centre = serializers.CharField(required=False, max_length=12)
    postal_code = serializers.CharField(required=False, max_length=10)

    def validate(self, values):
        if len(values) != 1:
            raise serializers.ValidationError(_("Podaj centrum albo kod pocztowy."))
        return values


class Quantity(serializers.Serializer):
    quantity = StrictInteger(min_value=0, max_value=10_000)


class Checkout(serializers.Serializer):
    round = StrictInteger(min_value=1, max_value=2**62)
    slot = StrictInteger(min_value=1, max_value=2**62)
    email = serializers.EmailField(max_length=254)
    name = serializers.CharField(max_length=120)
    phone = serializers.CharField(max_length=20, validators=[PHONE])
    payment_method = LowerChoice(choices=PaymentMethod.choices)
    substitutes = LowerChoice(choices=Substitutes.choices, default=Substitutes.SIMILAR)
    accept_terms = serializers.BooleanField()
