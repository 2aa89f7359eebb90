"""Orders over the API, for who placed them."""

import hmac

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.permissions import IsAuthenticated
from rest_framework.response import Response
from rest_framework.views import APIView

from marketplace.kernel.api import paged, signed_in
from marketplace.kernel.errors import NotFound
from marketplace.kernel.paging import page
from marketplace.kernel.tokens import secret_token
from orders.api import shapes
from orders.operations import confirmation, endings, giving_up
from orders.queries import orders as order_queries
from orders.queries.progress import progress

TOKEN = [OpenApiParameter("token", str)]


class Orders(APIView):
    permission_classes = [IsAuthenticated]

    @extend_schema(operation_id="orders_list", parameters=[OpenApiParameter("cursor", str)], responses=dict)
    def get(self, request):
        """One's own orders, the newest first."""
        rows = order_queries.placed_by(request.user)
        found = page(rows, order=["-placed_at", "-id"], cursor=request.query_params.get("cursor"), size=20)
        return Response(paged(request, found, [shapes.order_row(row) for row in found.rows]))


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


class ConfirmBody(serializers.Serializer):
    key = serializers.CharField(max_length=200)


class OrderConfirm(APIView):
    @extend_schema(parameters=TOKEN, request=ConfirmBody, responses=dict)
    def post(self, request, number):
        """Confirms a guest's larger order with the `potwierdz` of the link in the letter."""
        order = permitted(request, number)
        body = ConfirmBody(data=request.data)
        body.is_valid(raise_exception=True)
        known = secret_token("confirm", order.number)
        if not hmac.compare_digest(body.validated_data["key"].encode(), known.encode()):
            raise NotFound
        confirmation.confirm(number=order.number, at=timezone.now())
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
