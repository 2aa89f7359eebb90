"""Quotas over the API: a producer's, and what a centre has of them."""

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import IsAuthenticated
from rest_framework.response import Response
from rest_framework.views import APIView

from distribution.api.corrections import Led
from distribution.models import Quota
from distribution.operations import quotas as operations
from distribution.operations.quotas import Kept
from distribution.queries import places, quotas
from marketplace.kernel.errors import NotFound
from producers.models import Product
from producers.queries import producers


class QuotaBody(serializers.Serializer):
    item = serializers.IntegerField(min_value=1, max_value=2**62)
    centre = serializers.CharField(max_length=12)
    available_on = serializers.DateField()
    channel = serializers.ChoiceField(choices=Quota.Channel.choices)
    pieces = serializers.IntegerField(min_value=0, max_value=100_000)
    flows_back_at = serializers.DateTimeField()


class ProducerQuotas(APIView):
    permission_classes = [IsAuthenticated]

    @extend_schema(responses=dict)
    def get(self, request):
        """What is kept for channels of what the producer promised."""
        producer = producers.kept_by(request.user, slug=request.query_params.get("producer"))
        rows = quotas.live(products=Product.objects.filter(producer=producer))
        return Response({"results": [_row(row) for row in rows[:500]]})

    @extend_schema(request=QuotaBody, responses={201: dict})
    def post(self, request):
        """Keeps pieces of a promise for a channel until an hour; 0 gives back what it has not bought."""
        body = QuotaBody(data=request.data)
        body.is_valid(raise_exception=True)
        values = body.validated_data
        item = producers.item_kept_by(request.user, pk=values["item"])
        made = operations.keep(
            centre=places.centre(values["centre"]),
            available_on=values["available_on"],
            kept=[Kept(item, values["channel"], values["pieces"])],
            flows_back_at=values["flows_back_at"],
            by=request.user,
            at=timezone.now(),
        )
        return Response(_row(made[0]), status=201)


class CentreQuotas(Led):
    @extend_schema(responses=dict)
    def get(self, request, code):
        """What is kept for channels at the centre."""
        return Response({"results": [_row(row) for row in quotas.live(centre=self.centre(code))[:500]]})


class QuotaFree(Led):
    @extend_schema(request=None, responses=dict)
    def post(self, request, code, pk):
        """A lead lets what the channel has not bought serve everybody before its hour."""
        centre = self.centre(code)
        self.require_lead(centre)
        row = quotas.live(centre=centre).filter(pk=pk).first()
        if row is None:
            raise NotFound
        freed = operations.flow_back(at=timezone.now(), by=request.user, only=[row.pk])
        return Response({"freed": freed})


def _row(row):
    return {
        "id": row.pk,
        "item": row.supply.item_id,
        "name": row.supply.item.product.name,
        "centre": row.supply.centre.code,
        "available_on": row.supply.available_on.isoformat(),
        "channel": row.channel.lower(),
        "pieces": row.pieces,
        "sold": row.sold,
        "flows_back_at": row.flows_back_at.isoformat(),
    }
