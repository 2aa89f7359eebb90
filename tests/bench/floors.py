"""Floors: the least that could be done in the same place, measured in the same run."""

from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from producers.models import Listing
from tests.bench.shape import CHECKOUT

FIELDS = (
    "offer_id", "name", "producer_slug", "producer_name", "place_name", "pack", "pieces", "sold_by", "price",
    "unit_price", "unit", "lowest_30_days", "before_reduction", "expected_grams", "max_grams", "category_slug",
    "voivodeship_id", "marks", "allergens", "temperature", "max_per_order",
)  # fmt: skip


class Row(serializers.ModelSerializer):
    class Meta:
        model = Listing
        fields = FIELDS


class BareList(APIView):
    """A plain list of 24 rows as wide as an offer, from where `after` says: no filter, no stock, no date."""

    def get(self, request):
        after = int(request.query_params.get("after", 0))
        rows = Listing.objects.filter(offer_id__gt=after).order_by("offer_id")[:24]
        return Response(Row(rows, many=True).data)


class ByKey(APIView):
    """24 rows by primary key."""

    def get(self, request):
        keys = [int(key) for key in request.query_params["keys"].split(",")]
        return Response(Row(Listing.objects.filter(pk__in=keys), many=True).data)


def bare_checkout(connection, ids):
    """The rows of one order of four lines, written by psycopg alone: one transaction, no question asked."""
    with connection.transaction(), connection.cursor() as cursor:
        order = None
        for sql in CHECKOUT:
            cursor.execute(sql, ids | {"order": order})
            if order is None:
                order = cursor.fetchone()[0]
