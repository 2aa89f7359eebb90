"""Handing out over the API, for staff of the centre."""

from django.core.exceptions import PermissionDenied
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import IsAuthenticated
from rest_framework.response import Response
from rest_framework.views import APIView

from distribution.models import Centre
from distribution.rules import leads
from marketplace.kernel.errors import NotFound
from orders.api import shapes
from orders.models import Order
from orders.operations import collection
from orders.queries import orders as order_queries


class HandOutBody(serializers.Serializer):
    paid_grosze = serializers.IntegerField(min_value=0, max_value=100_000_000, default=0)
    taken_by = serializers.CharField(max_length=80, allow_blank=True, default="")
    only = serializers.DictField(child=serializers.IntegerField(min_value=0), required=False)


class TakeBackBody(serializers.Serializer):
    reason = serializers.CharField(max_length=200)


class Collected(APIView):
    permission_classes = [IsAuthenticated]

    def centre(self, code, number):
        """The centre one works at, when it has this order."""
        row = Centre.objects.staffed_by(self.request.user).filter(code=code.upper()).first()
        if row is None or not Order.objects.filter(number=number, round__centre=row).exists():
            raise NotFound
        return row


class HandOut(Collected):
    @extend_schema(request=HandOutBody, responses=dict)
    def post(self, request, code, number):
        """Hands the order out, whole or `only` some pieces by fulfilment line, to the buyer or a proxy."""
        centre = self.centre(code, number)
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


class TakeBack(Collected):
    @extend_schema(request=TakeBackBody, responses=dict)
    def post(self, request, code, number):
        """Undoes the newest hand-out, for the lead: the WZ is reversed, the order waits again."""
        centre = self.centre(code, number)
        if not leads(request.user, centre):
            raise PermissionDenied
        body = TakeBackBody(data=request.data)
        body.is_valid(raise_exception=True)
        collection.take_back(
            number=number, centre=centre.pk, by=request.user, at=timezone.now(), **body.validated_data
        )
        return Response(shapes.order(order_queries.whole(number)))
