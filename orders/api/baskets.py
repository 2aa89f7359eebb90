"""Baskets and checkout over the API."""

import uuid

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.response import Response
from rest_framework.views import APIView

from distribution.queries import places, rounds
from marketplace.kernel.api import signed_in
from marketplace.kernel.errors import Invalid, NotFound
from marketplace.kernel.limits import client_address
from orders.api import serializers, shapes
from orders.operations import baskets, checkout
from orders.operations.checkout import Request
from orders.queries import baskets as basket_queries
from orders.queries import orders as order_queries
from orders.queries.channels import channel_of


class KeyMissing(Invalid):
    code = "idempotency_key_missing"


class Baskets(APIView):
    throttle_scope = "basket"

    @extend_schema(request=serializers.NewBasket, responses={201: dict})
    def post(self, request):
        """A new empty basket at a centre, or at the place that serves a postal code."""
        body = checked(serializers.NewBasket, request)
        code = body.get("centre")
        place = places.of_centre(code) if code else places.for_postal_code(body["postal_code"])
        basket = baskets.start(place=place, by=signed_in(request))
        return Response(whole(basket), status=201)


class BasketDetail(APIView):
    @extend_schema(responses=dict)
    def get(self, request, pk):
        return Response(whole(permitted(request, pk)))


class BasketLineDetail(APIView):
    throttle_scope = "basket"

    @extend_schema(request=serializers.Quantity, responses=dict)
    def put(self, request, pk, offer_id):
        """Sets how many packs of an offer are in the basket, at today's price; 0 takes it out."""
        basket = permitted(request, pk)
        quantity = checked(serializers.Quantity, request)["quantity"]
        baskets.set_quantity(basket=basket, offer_id=offer_id, quantity=quantity, at=timezone.now())
        return Response(whole(basket))


class Checkout(APIView):
    throttle_scope = "basket"

    @extend_schema(
        request=serializers.Checkout,
        responses={201: dict},
        parameters=[OpenApiParameter("Idempotency-Key", str, OpenApiParameter.HEADER, required=True)],
    )
    def post(self, request, pk):
        """Places the basket as one order, once per key: the same key and body give the same answer again."""
        basket = permitted(request, pk)
        body = checked(serializers.Checkout, request)
        placed = checkout.place_order(
            basket=basket,
            key=idempotency_key(request),
            request=Request(**body, language=get_language() or "pl"),
            by=signed_in(request),
            at=timezone.now(),
            address=client_address(request),
        )
        order = order_queries.whole(placed.order.number)
        return Response(shapes.order(order, token=placed.token), status=201)


def permitted(request, pk):
    basket = basket_queries.open_to(basket=pk, user=request.user)
    if basket is None:
        raise NotFound(_("Nie ma takiego koszyka."))
    return basket


def checked(serializer, request):
    body = serializer(data=request.data)
    body.is_valid(raise_exception=True)
    return body.validated_data


def whole(basket):
    at = timezone.now()
    round_ = rounds.next_round(place=basket.place, at=at)
    channel = channel_of(basket.user)
    lines = basket_queries.lines_for(basket=basket.pk, round_=round_, at=at, channel=channel)
    return shapes.basket(basket, lines, round_)


def idempotency_key(request):
    """The header as a UUID; any other text of up to 200 characters gets one of its own."""
    text = request.headers.get("Idempotency-Key", "").strip()
    if not 1 <= len(text) <= 200:
        raise KeyMissing(_("Podaj nagłówek Idempotency-Key: jeden na każdą próbę zamówienia."))
    try:
        return uuid.UUID(text)
    except ValueError:
        return uuid.uuid5(uuid.NAMESPACE_OID, text)
