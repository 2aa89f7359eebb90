"""Orders over the API, for who placed them."""

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from marketplace.kernel.api import signed_in
from orders.api import shapes
from orders.operations import endings, giving_up
from orders.queries import orders as order_queries
from orders.queries.progress import progress

TOKEN = [OpenApiParameter("token", str)]


class OrderDetail(APIView):
    @extend_schema(parameters=TOKEN, responses=dict)
    def get(self, request, number):
        """An order, by its token or for who placed it signed in."""
        row = permitted(request, number)
        return Response(shapes.order(row) | shapes.way(row, progress(row.number)))


class OrderCancel(APIView):
    @extend_schema(parameters=TOKEN, request=None, responses=dict)
    def post(self, request, number):
        """Cancels the order until its round closes; what it held goes back to supply."""
        order = permitted(request, number)
        endings.cancel(number=order.number, by=signed_in(request), at=timezone.now())
        return Response(shapes.order(order_queries.whole(order.number)))


class GiveUpBody(serializers.Serializer):
    lines = serializers.ListField(child=serializers.IntegerField(min_value=1, max_value=32767), min_length=1)


class OrderGiveUp(APIView):
    @extend_schema(parameters=TOKEN, request=GiveUpBody, responses=dict)
    def post(self, request, number):
        """Gives up late lines of an order that was moved to a later day; the rest stays."""
        order = permitted(request, number)
        body = GiveUpBody(data=request.data)
        body.is_valid(raise_exception=True)
        giving_up.give_up(
            number=order.number, lines=body.validated_data["lines"], by=signed_in(request), at=timezone.now()
        )
        return Response(shapes.order(order_queries.whole(order.number)))


def permitted(request, number):
    token = request.query_params.get("token") or request.headers.get("X-Order-Token", "")
    if not token and isinstance(request.data, dict):
        token = request.data.get("token", "")
    return order_queries.visible_to(number=number, token=str(token), user=request.user)
