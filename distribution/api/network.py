"""The network and a centre's board over the API."""

from django.core.exceptions import PermissionDenied
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.permissions import IsAuthenticated
from rest_framework.response import Response
from rest_framework.views import APIView

from distribution.api import loads_shapes, network_shapes
from distribution.api.floor import Floor
from distribution.models import Centre
from distribution.queries import board, dead_jobs, loads, network
from distribution.rules import leads, sees_network
from marketplace.kernel import worker
from marketplace.kernel.api import paged
from marketplace.kernel.errors import NotFound
from marketplace.kernel.paging import page


class NetworkQuery(serializers.Serializer):
    """`on` is a day on which a trip leaves or arrives."""

    centre = serializers.SlugRelatedField("code", queryset=Centre.objects.all(), required=False)
    mood = serializers.ChoiceField(network.MOODS, required=False)
    on = serializers.DateField(required=False)

    @classmethod
    def of(cls, query):
        body = cls(data=query)
        body.is_valid(raise_exception=True)
        values = body.validated_data
        centre = values.get("centre")
        return network.Filter(centre.code if centre else "", values.get("mood", ""), values.get("on"))


PARAMETERS = [
    OpenApiParameter("centre", str), OpenApiParameter("mood", str, enum=network.MOODS),
    OpenApiParameter("on", str, description="YYYY-MM-DD"), OpenApiParameter("cursor", str),
]  # fmt: skip


class Network(APIView):
    """For staff of any centre and coordinators of clusters."""

    permission_classes = [IsAuthenticated]

    def initial(self, request, *args, **kwargs):
        super().initial(request, *args, **kwargs)
        if not sees_network(request.user):
            raise NotFound


class NetworkTrips(Network):
    @extend_schema(parameters=PARAMETERS, responses=dict)
    def get(self, request):
        """Trips of today and tomorrow and what is still under way, by departure."""
        now = timezone.now()
        found = page(
            network.trips(at=now, narrowed=NetworkQuery.of(request.query_params)),
            order=["departs_at", "pk"],
            cursor=request.query_params.get("cursor"),
            size=50,
        )
        return Response(paged(request, found, [network_shapes.trip(row, now) for row in found.rows]))


class NetworkOverview(Network):
    @extend_schema(responses=dict)
    def get(self, request):
        """What is overdue, what did not come, and how busy each centre is."""
        now = timezone.now()
        found = network.overview(at=now)
        return Response(
            network_shapes.overview(found, now)
            | {"discrepancies": [loads_shapes.missing(row) for row in loads.by_crate(found.differences)]}
        )


class CentreBoard(Floor):
    @extend_schema(responses=dict)
    def get(self, request, code):
        """What blocks the next departure, and every tile of the board."""
        found = board.board(centre=self.centre(code), user=request.user, at=timezone.now())
        return Response(network_shapes.board(found))


class Leading(Floor):
    def led(self, code):
        centre = self.centre(code)
        if not leads(self.request.user, centre):
            raise PermissionDenied
        return centre


class DeadJobs(Leading):
    @extend_schema(responses=dict)
    def get(self, request, code):
        """What the system gave up on at this centre, the latest first."""
        found = page(
            dead_jobs.of_centre(self.led(code)),
            order=["-dead_at", "-pk"],
            cursor=request.query_params.get("cursor"),
            size=50,
        )
        return Response(paged(request, found, [network_shapes.job(row) for row in found.rows]))


class DeadJobRetry(Leading):
    @extend_schema(request=None, responses=dict)
    def post(self, request, code, pk):
        """Brings it back with fresh attempts."""
        row = dead_jobs.at_centre(centre=self.led(code), pk=pk)
        worker.retry(pk=row.pk, by=request.user, at=timezone.now())
        return Response({"id": row.pk, "state": "open"})
