"""Handing out over the API, for staff of the centre."""

from django.core.exceptions import PermissionDenied
from django.db.models import F
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.permissions import IsAuthenticated
from rest_framework.response import Response
from rest_framework.views import APIView

from distribution.models import Centre, Fulfilment
from distribution.operations import handouts
from distribution.rules import leads
from marketplace.kernel.api import paged
from marketplace.kernel.errors import NotFound
from marketplace.kernel.paging import page
from orders.api import shapes
from orders.models import Order
from orders.operations import collection
from orders.queries import handouts as handout_queries
from orders.queries import orders as order_queries

CURSOR = [OpenApiParameter("cursor", str)]


class HandOutBody(serializers.Serializer):
    paid_grosze = serializers.IntegerField(min_value=0, max_value=100_000_000, default=0)
    taken_by = serializers.CharField(max_length=80, allow_blank=True, default="")
    only = serializers.DictField(child=serializers.IntegerField(min_value=0), required=False)


class TakeBackBody(serializers.Serializer):
    reason = serializers.CharField(max_length=200)


class ClearBody(serializers.Serializer):
    to = serializers.ChoiceField(choices=["SLOT", "DONATION", "WASTE"])


class Desk(APIView):
    permission_classes = [IsAuthenticated]

    def own(self, code):
        """The centre one works at."""
        row = Centre.objects.staffed_by(self.request.user).filter(code=code.upper()).first()
        if row is None:
            raise NotFound
        return row


class Collected(Desk):
    def centre(self, code, number):
        """The centre one works at, when it has this order."""
        row = self.own(code)
        if not Order.objects.filter(number=number, round__centre=row).exists():
            raise NotFound
        return row


class Waiting(Desk):
    @extend_schema(parameters=CURSOR, responses=dict)
    def get(self, request, code):
        """Orders ready to be collected, the first day first."""
        found = page(
            handout_queries.waiting(self.own(code)).annotate(day=F("round__hands_over_on")),
            order=["day", "pk"],
            cursor=request.query_params.get("cursor"),
            size=50,
        )
        return Response(paged(request, found, [shapes.waiting(row) for row in found.rows]))


class Uncollected(Desk):
    @extend_schema(parameters=CURSOR, responses=dict)
    def get(self, request, code):
        """Parts of orders that nobody came for, or that were given up."""
        found = page(
            handout_queries.uncollected(self.own(code)),
            order=["pk"],
            cursor=request.query_params.get("cursor"),
            size=50,
        )
        return Response(paged(request, found, [shapes.uncollected(row) for row in found.rows]))


class UncollectedClear(Desk):
    @extend_schema(request=ClearBody, responses={204: None})
    def post(self, request, code, pk):
        """Puts the part back on the shelf, gives it away or writes it off: an RW."""
        row = Fulfilment.objects.filter(pk=pk, destination=self.own(code)).first()
        if row is None:
            raise NotFound
        body = ClearBody(data=request.data)
        body.is_valid(raise_exception=True)
        handouts.clear_uncollected(
            fulfilment=row.pk, to=body.validated_data["to"], by=request.user, at=timezone.now()
        )
        return Response(status=204)


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
            only=only
            and {int(line): pieces for line, pieces in only.items() if line.isdecimal() and len(line) <= 18},
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
