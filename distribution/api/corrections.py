"""Deliveries that do not come, goods that are lost, lots held back, documents reversed: over the API."""

from django.core.exceptions import PermissionDenied
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.response import Response

from distribution.api import serializers, shapes
from distribution.api.floor import Floor
from distribution.models import Balance, Document
from distribution.operations import corrections, lots, recalls, receiving
from distribution.queries import arrivals
from distribution.queries import lots as lot_queries
from distribution.rules import leads
from distribution.states import LotState
from marketplace.kernel.api import paged
from marketplace.kernel.errors import NotFound
from marketplace.kernel.paging import page


class Led(Floor):
    """What only the lead of a centre may do."""

    def require_lead(self, centre):
        if not leads(self.request.user, centre):
            raise PermissionDenied


class Arrivals(Floor):
    @extend_schema(responses=dict)
    def get(self, request, code):
        """Deliveries to come, with what is owed of each item."""
        rows = arrivals.expected(self.centre(code)).prefetch_related("lines__item__product")
        found = page(rows, order=["due_on", "pk"], cursor=request.query_params.get("cursor"), size=50)
        return Response(paged(request, found, [shapes.arrival(row) for row in found.rows]))


class ArrivalClose(Floor):
    @extend_schema(request=None, responses={204: None})
    def post(self, request, code, pk):
        """Nothing more comes: the rest is short."""
        receiving.close(centre=self.centre(code), arrival=pk, by=request.user, at=timezone.now())
        return Response(status=204)


class LotStates(Led):
    @extend_schema(request=serializers.LotStateBody, responses=dict)
    def post(self, request, pk):
        """Holds a lot back, releases or recalls it, everywhere at once; for a lead of a centre that has it."""
        lot = lot_queries.visible_to(pk=pk, user=request.user)
        body = self.checked(serializers.LotStateBody)
        if not any(leads(request.user, balance.centre) for balance in lot.balances.select_related("centre")):
            raise PermissionDenied
        if body["state"] == LotState.RECALLED:
            recalls.start(lot=lot.pk, reason=body["reason"], by=request.user, at=timezone.now())
        else:
            lots.change_state(
                lot=lot.pk, new=body["state"], reason=body["reason"], by=request.user, at=timezone.now()
            )
        return Response({"id": lot.pk, "state": body["state"].lower()})


class WriteOff(Floor):
    @extend_schema(request=serializers.WriteOffBody, responses={201: dict})
    def post(self, request, code, pk):
        """An RW for goods that are spoiled, damaged, expired or given away."""
        balance = Balance.objects.filter(pk=pk, centre=self.centre(code)).first()
        if balance is None:
            raise NotFound
        document = corrections.write_off(
            balance=balance.pk, by=request.user, at=timezone.now(), **self.checked(serializers.WriteOffBody)
        )
        return Response(shapes.document(document), status=201)


class DocumentReverse(Led):
    @extend_schema(request=serializers.ReasonBody, responses={201: dict})
    def post(self, request, code, pk):
        """The mirror of a PZ or RW; refused when the goods moved on."""
        centre = self.centre(code)
        self.require_lead(centre)
        row = Document.objects.filter(pk=pk, centre=centre, kind__in=["PZ", "RW"]).first()
        if row is None:
            raise NotFound
        document = corrections.reverse(
            document=row.pk, by=request.user, at=timezone.now(), **self.checked(serializers.ReasonBody)
        )
        return Response(shapes.document(document), status=201)
