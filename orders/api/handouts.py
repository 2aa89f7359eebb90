"""Handing out over the API, for staff of the centre."""

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import IsAuthenticated
from rest_framework.response import Response
from rest_framework.views import APIView

from distribution.models import Centre
from marketplace.kernel.errors import NotFound
from orders.api import shapes
from orders.models import Order
from orders.operations import collection
from orders.queries import orders as order_queries


class HandOutBody(serializers.Serializer):
    paid_grosze = serializers.IntegerField(min_value=0, max_value=100_000_000, default=0)
    taken_by = serializers.CharField(max_length=80, allow_blank=True, default="")
    only = serializers.DictField(child=serializers.IntegerField(min_value=0), required=False)


class HandOut(APIView):
    permission_classes = [IsAuthenticated]

    @extend_schema(request=HandOutBody, responses=dict)
    def post(self, request, code, number):
        """Hands the order out, whole or `only` some pieces by fulfilment line, to the buyer or a proxy."""
        centre = Centre.objects.staffed_by(request.user).filter(code=code.upper()).first()
        if centre is None or not Order.objects.filter(number=number, round__centre=centre).exists():
            raise NotFound
        body = HandOutBody(data=request.data)
        body.is_valid(raise_exception=True)
        values = dict(body.validated_data)
        only = values.pop("only", None)
        collection.hand_out(
            number=number,
            centre=centre.pk,
            by=request.user,
            at=timezone.now(),
            only=only and {int(line): pieces for line, pieces in only.items() if line.isdigit()},
            **values,
        )
        return Response(shapes.order(order_queries.whole(number)))
