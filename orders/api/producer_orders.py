"""A producer's orders to prepare, by round."""

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.permissions import IsAuthenticated
from rest_framework.response import Response
from rest_framework.views import APIView

from orders.queries import producer_orders
from producers.queries import producers


class ProducerOrders(APIView):
    permission_classes = [IsAuthenticated]

    @extend_schema(parameters=[OpenApiParameter("producer", str)], responses=dict)
    def get(self, request):
        """Rounds with orders, soonest first, and the pieces of each product to bring."""
        producer = producers.kept_by(request.user, slug=request.query_params.get("producer"))
        found = producer_orders.rounds_with_orders(producer=producer)
        return Response(
            {"next": None, "previous": None, "results": [_round(producer, *row) for row in found]}
        )


def _round(producer, round_, orders):
    return {
        "round": round_.pk,
        "centre": round_.centre.code,
        "orders_close_at": round_.orders_close_at.isoformat(),
        "packs_on": round_.packs_on.isoformat(),
        "state": round_.state.lower(),
        "orders": orders,
        "items": [
            {"item": t.item, "name": t.name, "piece": t.piece, "pieces": t.pieces, "orders": t.orders}
            for t in producer_orders.totals(producer=producer, round_=round_)
        ],
    }
