"""A producer's desk over the API: products and offers of the producers one works for."""

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.permissions import IsAuthenticated
from rest_framework.response import Response
from rest_framework.views import APIView

from marketplace.kernel.api import paged
from marketplace.kernel.errors import NotFound
from marketplace.kernel.paging import page
from producers.api import serializers
from producers.models import Offer, Price, Product
from producers.operations import offers, products
from producers.operations.offers import Piece
from producers.queries import producers

PRODUCER = [OpenApiParameter("producer", str), OpenApiParameter("cursor", str)]


class Desk(APIView):
    permission_classes = [IsAuthenticated]

    def producer(self):
        return producers.kept_by(self.request.user, slug=self.request.query_params.get("producer"))

    def product(self, pk):
        row = (
            Product.objects.kept_by(self.request.user).select_related("producer__place").filter(pk=pk).first()
        )
        if row is None:
            raise NotFound
        return row

    def offer(self, pk):
        mine = Product.objects.kept_by(self.request.user)
        row = Offer.objects.select_related("stock_item__product").filter(pk=pk, stock_item__product__in=mine)
        if (found := row.first()) is None:
            raise NotFound
        return found

    def checked(self, serializer, **options):
        body = serializer(data=self.request.data, **options)
        body.is_valid(raise_exception=True)
        return body.validated_data


class Products(Desk):
    @extend_schema(operation_id="producer_products_list", parameters=PRODUCER, responses=dict)
    def get(self, request):
        rows = Product.objects.filter(producer=self.producer()).select_related("category", "producer__place")
        found = page(rows, order=["pk"], cursor=request.query_params.get("cursor"), size=50)
        return Response(paged(request, found, [_product(row) for row in found.rows]))

    @extend_schema(request=serializers.ProductBody, responses={201: dict})
    def post(self, request):
        """A draft; the answer names the facts it still lacks."""
        producer = self.producer()
        fields = self.checked(serializers.ProductBody)
        row = products.add(producer=producer, fields=fields, by=request.user, at=timezone.now())
        return Response(_with_missing(row), status=201)


class ProductDetail(Desk):
    @extend_schema(responses=dict)
    def get(self, request, pk):
        return Response(_with_missing(self.product(pk)))

    @extend_schema(request=serializers.ProductChange, responses=dict)
    def patch(self, request, pk):
        """Changes facts; `state` PUBLISHED puts it on sale when every mandatory fact is there, HIDDEN takes it
        off."""
        row, at = self.product(pk), timezone.now()
        fields = dict(self.checked(serializers.ProductChange, partial=True))
        state = fields.pop("state", None)
        if fields:
            row = products.change(product=row, fields=fields, by=request.user, at=at)
        if state is not None:
            move = products.publish if state == "PUBLISHED" else products.hide
            row = move(product=row, by=request.user, at=at)
        return Response(_with_missing(row))


class Offers(Desk):
    @extend_schema(parameters=PRODUCER, responses=dict)
    def get(self, request):
        rows = Offer.objects.filter(stock_item__product__producer=self.producer()).select_related(
            "stock_item__product"
        )
        found = page(rows, order=["pk"], cursor=request.query_params.get("cursor"), size=50)
        return Response(paged(request, found, _offers(found.rows)))

    @extend_schema(request=serializers.OfferBody, responses={201: dict})
    def post(self, request):
        """A pack of a product's piece, with its price; on sale at once with `publish`."""
        body, at = dict(self.checked(serializers.OfferBody)), timezone.now()
        product = self.product(body.pop("product"))
        price, on_sale, piece = body.pop("price", None), body.pop("publish"), Piece(**body.pop("piece"))
        row = offers.add(product=product, piece=piece, fields=body, price=price, by=request.user, at=at)
        if on_sale:
            row = offers.publish(offer=row, by=request.user, at=at)
        return Response(_offers([row])[0], status=201)


class OfferDetail(Desk):
    @extend_schema(request=serializers.OfferChange, responses=dict)
    def patch(self, request, pk):
        """A new `price`, or `state` PUBLISHED or WITHDRAWN."""
        row, at = self.offer(pk), timezone.now()
        body = self.checked(serializers.OfferChange)
        if "price" in body:
            offers.set_price(offer=row, amount=body["price"], by=request.user, at=at)
        if "state" in body:
            move = offers.publish if body["state"] == "PUBLISHED" else offers.withdraw
            row = move(offer=row, by=request.user, at=at)
        return Response(_offers([row])[0])


def _product(row):
    return {
        "id": row.pk,
        "slug": row.slug,
        "name": row.name,
        "category": row.category.slug,
        "state": row.state,
        "ingredients": row.ingredients,
        "allergens": row.allergens,
        "temperature": row.temperature,
    }


def _with_missing(row):
    return _product(row) | {"missing": products.missing_facts(row, timezone.now())}


def _offers(rows):
    prices = Price.objects.filter(offer__in=[row.pk for row in rows], price_list="RETAIL", min_quantity=1)
    amounts = {price.offer_id: price.amount for price in prices.in_force(timezone.now())}
    return [
        {
            "id": row.pk,
            "product": row.stock_item.product_id,
            "name": row.stock_item.product.name,
            "item": row.stock_item_id,
            "pack": row.pack,
            "pieces": row.pieces,
            "sold_by": row.sold_by,
            "price": str(amounts[row.pk]) if row.pk in amounts else None,
            "state": row.state,
        }
        for row in rows
    ]
