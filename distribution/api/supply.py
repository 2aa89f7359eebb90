"""A producer's promises over the API."""

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import IsAuthenticated
from rest_framework.response import Response
from rest_framework.views import APIView

from distribution.api.serializers import PromiseBody
from distribution.models import Supply
from distribution.operations import supply
from distribution.queries import places
from marketplace.kernel.api import paged
from marketplace.kernel.clock import local_date
from marketplace.kernel.paging import page
from producers.queries import producers


class ProducerSupply(APIView):
    permission_classes = [IsAuthenticated]

    @extend_schema(responses=dict)
    def get(self, request):
        """What is on shelves and promised, with what of it is sold."""
        producer = producers.kept_by(request.user, slug=request.query_params.get("producer"))
        rows = (
            Supply.objects.filter(
                item__product__producer=producer, usable_until__gte=local_date(timezone.now())
            )
            .exclude(quantity=0, held=0)
            .select_related("item__product", "centre")
        )
        found = page(rows, order=["available_on", "pk"], cursor=request.query_params.get("cursor"), size=100)
        return Response(paged(request, found, [_row(row) for row in found.rows]))

    @extend_schema(request=PromiseBody, responses={201: dict})
    def post(self, request):
        """Promises pieces of an item at a centre by a day; 0 takes the promise back."""
        body = PromiseBody(data=request.data)
        body.is_valid(raise_exception=True)
        values = body.validated_data
        item = producers.item_kept_by(request.user, pk=values["item"])
        row = supply.promise(
            item=item,
            centre=places.centre(values["centre"]),
            available_on=values["available_on"],
            pieces=values["pieces"],
            by=request.user,
            at=timezone.now(),
        )
        return Response(_row(row), status=201)


def _row(row):
    return {
        "id": row.pk,
        "kind": row.kind.lower(),
        "item": row.item_id,
        "name": row.item.product.name,
        "piece": row.item.name,
        "centre": row.centre.code,
        "available_on": row.available_on.isoformat(),
        "usable_until": row.usable_until.isoformat(),
        "quantity": row.quantity,
        "held": row.held,
    }
