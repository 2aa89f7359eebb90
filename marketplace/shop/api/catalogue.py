"""Reading the market: places, centres, rounds, categories, producers, offers."""

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.response import Response
from rest_framework.views import APIView

from distribution.models import Centre
from distribution.queries import places, rounds
from marketplace.kernel.api import paged
from marketplace.kernel.errors import Invalid, NotFound
from marketplace.kernel.paging import page
from marketplace.shop.api import shapes
from marketplace.shop.filters import OfferFilter
from marketplace.shop.queries import offers
from producers.models import Category, Listing, Producer


class WrongPageSize(Invalid):
    code = "wrong_page_size"


def page_size(request, usual=offers.PAGE):
    """`page_size` from the query, 1 to 100."""
    text = request.query_params.get("page_size", str(usual))
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= offers.MOST:
        raise WrongPageSize(_("Podaj page_size od 1 do 100."), field="page_size")
    return int(text)


def asked_rounds(request):
    """Rounds one may join at the centre named in the query, soonest first; none when no centre is named."""
    code = request.query_params.get("centre")
    return rounds.open_at_centre(code=code, at=timezone.now()) if code else []


FILTERS = [OpenApiParameter(name, str) for name in OfferFilter.base_filters]
CURSOR = [OpenApiParameter("cursor", str), OpenApiParameter("page_size", int)]


class Places(APIView):
    throttle_scope = "search"

    @extend_schema(parameters=[OpenApiParameter("postal_code", str, required=True)], responses=shapes.PLACE)
    def get(self, request):
        """The place that serves a postal code, and the next round there."""
        place = places.for_postal_code(request.query_params.get("postal_code", ""))
        next_round = rounds.joinable(place=place, at=timezone.now())[:1]
        return Response(shapes.place(place, next_round[0] if next_round else None))


class Centres(APIView):
    @extend_schema(parameters=CURSOR, responses=shapes.page_of(shapes.CENTRE))
    def get(self, request):
        found = page(
            Centre.objects.active().select_related("place", "voivodeship"),
            order=["code"],
            cursor=request.query_params.get("cursor"),
            size=page_size(request, 50),
        )
        return Response(paged(request, found, [shapes.centre(row) for row in found.rows]))


class CentreRounds(APIView):
    @extend_schema(responses=shapes.page_of(shapes.ROUND))
    def get(self, request, code):
        """Rounds that take orders now, soonest first, with the room left in each slot."""
        found = rounds.joinable(place=places.of_centre(code), at=timezone.now())
        return Response({"next": None, "previous": None, "results": [shapes.round_(row) for row in found]})


class Categories(APIView):
    @extend_schema(responses=shapes.page_of(shapes.CATEGORY))
    def get(self, request):
        found = Category.objects.select_related("parent")
        return Response({"next": None, "previous": None, "results": [shapes.category(row) for row in found]})


class Producers(APIView):
    throttle_scope = "search"

    @extend_schema(
        operation_id="producers_list", parameters=CURSOR, responses=shapes.page_of(shapes.PRODUCER)
    )
    def get(self, request):
        found = page(
            Producer.objects.active().select_related("place", "voivodeship"),
            order=["sort_key", "pk"],
            cursor=request.query_params.get("cursor"),
            size=page_size(request),
        )
        return Response(paged(request, found, [shapes.producer(row) for row in found.rows]))


class ProducerDetail(APIView):
    @extend_schema(responses=shapes.PRODUCER)
    def get(self, request, slug):
        row = Producer.objects.active().select_related("place", "voivodeship").filter(slug=slug).first()
        if row is None:
            raise NotFound
        return Response(shapes.producer(row))


class Offers(APIView):
    throttle_scope = "search"

    @extend_schema(
        operation_id="offers_list",
        parameters=[OpenApiParameter("centre", str), *FILTERS, *CURSOR],
        responses=shapes.page_of(shapes.OFFER),
    )
    def get(self, request):
        """Offers on sale. With `centre`, `available` packs are left for its next round, and `next_hand_over_on` is
        the earliest day on which the goods can be handed over there."""
        found = offers.offers_page(
            filters=OfferFilter(request.query_params, queryset=Listing.objects.all()),
            rounds=asked_rounds(request),
            cursor=request.query_params.get("cursor"),
            size=page_size(request),
        )
        return Response(paged(request, found, [shapes.offer(card) for card in found.rows]))


class OfferDetail(APIView):
    @extend_schema(parameters=[OpenApiParameter("centre", str)], responses=shapes.OFFER_WHOLE)
    def get(self, request, pk):
        """One offer with its food facts (Reg. (EU) 1169/2011, art. 14)."""
        row = (
            Listing.objects.filter(offer_id=pk)
            .select_related(
                "offer__stock_item__product__producer__place", "offer__stock_item__product__vat_class"
            )
            .first()
        )
        if row is None:
            raise NotFound(_("Nie ma takiej oferty."))
        card = offers.cards([row.__dict__], rounds=asked_rounds(request))[0]
        return Response(shapes.offer_whole(card, row.offer.stock_item.product))
