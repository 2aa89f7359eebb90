"""The heritage library and the clusters with their members."""

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.response import Response
from rest_framework.views import APIView

from marketplace.kernel.api import paged
from marketplace.kernel.clock import local_date
from marketplace.kernel.errors import NotFound
from marketplace.kernel.paging import page
from marketplace.shop.api import shapes
from marketplace.shop.api.catalogue import CURSOR, page_size
from marketplace.shop.filters import HeritageFilter
from marketplace.shop.queries import heritage
from producers.models import Cluster

FILTERS = [OpenApiParameter(name, str) for name in HeritageFilter.base_filters]


class Heritage(APIView):
    throttle_scope = "search"

    @extend_schema(
        operation_id="heritage_list", parameters=[*FILTERS, *CURSOR], responses=shapes.page_of(shapes.ENTRY)
    )
    def get(self, request):
        """Entries of the registers in Polish alphabetical order."""
        asked = HeritageFilter.asked(request.query_params)
        found = page(
            heritage.entries(asked).prefetch_related("voivodeships"),
            order=["sort_key", "pk"],
            cursor=request.query_params.get("cursor"),
            size=page_size(request),
        )
        return Response(paged(request, found, [shapes.entry(row) for row in found.rows]))


class HeritageDetail(APIView):
    @extend_schema(responses=shapes.ENTRY_WHOLE)
    def get(self, request, slug):
        """An entry, with the producers who name it as the ground of a mark; `offers/?producer=` has their goods."""
        row = heritage.entry(slug)
        makers = heritage.makers_of(row, day=local_date(timezone.now()))
        return Response(shapes.entry(row) | {"makers": [shapes.producer(maker) for maker in makers]})


class Clusters(APIView):
    @extend_schema(operation_id="clusters_list", responses=shapes.page_of(shapes.CLUSTER))
    def get(self, request):
        """The national cluster and its regional ones."""
        rows = Cluster.objects.select_related("voivodeship", "parent").order_by(
            "-parent_id", "sort_key", "pk"
        )
        return Response({"next": None, "previous": None, "results": [shapes.cluster(row) for row in rows]})


class ClusterDetail(APIView):
    @extend_schema(responses=shapes.CLUSTER_WHOLE)
    def get(self, request, slug):
        """A cluster with its present members of every kind."""
        row = Cluster.objects.select_related("voivodeship", "parent").filter(slug=slug).first()
        if row is None:
            raise NotFound(_("Nie ma takiego klastra."))
        members = row.members.filter(left_on=None).select_related("producer").order_by("sort_key", "pk")
        return Response(shapes.cluster(row) | {"members": [shapes.member(one) for one in members]})
