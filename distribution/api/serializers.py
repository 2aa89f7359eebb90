"""Bodies of the centres' API, checked for shape."""

from rest_framework import serializers

from distribution.models import DocumentLine, ReceiptItem
from distribution.states import LotState


class ScanBody(serializers.Serializer):
    key = serializers.UUIDField()
    code = serializers.CharField(max_length=120, trim_whitespace=False)
    units = serializers.IntegerField(min_value=0, max_value=100_000, required=False, allow_null=True)
    grams = serializers.IntegerField(min_value=0, max_value=10_000_000, required=False, allow_null=True)
    again = serializers.BooleanField(default=False)


class SkipBody(serializers.Serializer):
    allocation = serializers.IntegerField(min_value=1, max_value=2**62)


class PlaceBody(serializers.Serializer):
    place = serializers.CharField(max_length=40)


class CountedBody(serializers.Serializer):
    item = serializers.IntegerField(min_value=1, max_value=2**62, required=False)
    gtin = serializers.CharField(max_length=120, required=False, trim_whitespace=False)
    lot_code = serializers.CharField(max_length=20, allow_blank=True, default="")
    printed_on = serializers.DateField(required=False, allow_null=True)
    units = serializers.IntegerField(min_value=0, max_value=100_000, required=False)
    grams = serializers.IntegerField(min_value=1, max_value=2_000_000_000, required=False, allow_null=True)
    temperature = serializers.DecimalField(max_digits=4, decimal_places=1, required=False, allow_null=True)
    refused_units = serializers.IntegerField(min_value=0, max_value=100_000, default=0)
    refused_for = serializers.ChoiceField(choices=DocumentLine.Refusal.choices, default="", allow_blank=True)
    difference_for = serializers.ChoiceField(
        choices=ReceiptItem.Difference.choices, default="", allow_blank=True
    )
    note = serializers.CharField(max_length=200, allow_blank=True, default="")
    location = serializers.CharField(max_length=24, required=False)


class ReceiptBody(serializers.Serializer):
    key = serializers.UUIDField()
    producer = serializers.SlugField(max_length=80, required=False)
    arrival = serializers.IntegerField(min_value=1, max_value=2**62, required=False)
    last = serializers.BooleanField(default=False)
    seen = serializers.IntegerField(min_value=0, max_value=10**9, default=0)
    reference = serializers.CharField(max_length=40, allow_blank=True, default="")
    lines = CountedBody(many=True, allow_empty=False)


class ShortBody(serializers.Serializer):
    allocation = serializers.IntegerField(min_value=1, max_value=2**62)
    reason = serializers.ChoiceField(choices=["MISSING", "DAMAGED"])


class PromiseBody(serializers.Serializer):
    item = serializers.IntegerField(min_value=1, max_value=2**62)
    centre = serializers.CharField(max_length=12)
    available_on = serializers.DateField()
    pieces = serializers.IntegerField(min_value=0, max_value=100_000)


class ReasonBody(serializers.Serializer):
    reason = serializers.CharField(max_length=200)


class LotStateBody(ReasonBody):
    state = serializers.ChoiceField(choices=LotState.choices)


class WriteOffBody(serializers.Serializer):
    units = serializers.IntegerField(min_value=1, max_value=100_000)
    reason = serializers.CharField(max_length=200)
    donated = serializers.BooleanField(default=False)
    own_use = serializers.BooleanField(default=False)
    taken_by = serializers.CharField(max_length=80, allow_blank=True, default="")
    weight = serializers.IntegerField(min_value=1, max_value=10**9, required=False, allow_null=True)
