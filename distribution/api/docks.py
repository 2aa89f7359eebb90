"""Hours at the ramp over the API: offered by a centre, taken by its producers."""

from datetime import timedelta

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import IsAuthenticated
from rest_framework.response import Response
from rest_framework.views import APIView

from distribution.api import shapes
from distribution.api.corrections import Led
from distribution.models import DockSlot
from distribution.operations import docks
from distribution.operations.docks import FURTHEST_DAYS, MOST_CAPACITY, MOST_CRATES
from distribution.queries import arrivals
from marketplace.kernel.api import paged
from marketplace.kernel.clock import local_date
from marketplace.kernel.errors import NotFound
from marketplace.kernel.paging import page
from producers.queries import producers


class WindowBody(serializers.Serializer):
    first = serializers.DateField()
    last = serializers.DateField()
    weekdays = serializers.ListField(
        child=serializers.IntegerField(min_value=0, max_value=6), allow_empty=False, max_length=7
    )
    starts = serializers.TimeField()
    ends = serializers.TimeField()
    capacity = serializers.IntegerField(min_value=1, max_value=MOST_CAPACITY)


class CapacityBody(serializers.Serializer):
    capacity = serializers.IntegerField(min_value=0, max_value=MOST_CAPACITY)


class BookingBody(serializers.Serializer):
    slot = serializers.IntegerField(min_value=1, max_value=2**62)
    crates = serializers.IntegerField(min_value=1, max_value=MOST_CRATES, required=False, allow_null=True)


class DockSlots(Led):
    @extend_schema(responses=dict)
    def get(self, request, code):
        """Windows from today on, with how many deliveries each has."""
        today = local_date(timezone.now())
        rows = arrivals.windows(self.centre(code), first=today, last=today + timedelta(days=FURTHEST_DAYS))
        found = page(rows, order=["on", "starts"], cursor=request.query_params.get("cursor"), size=100)
        return Response(paged(request, found, [shapes.dock_slot(row) for row in found.rows]))

    @extend_schema(request=WindowBody, responses={201: dict})
    def post(self, request, code):
        """Offers a window on each of the weekdays (0 is Monday) between two days; for the lead."""
        centre = self.centre(code)
        self.require_lead(centre)
        made = docks.offer(centre=centre, by=request.user, at=timezone.now(), **self.checked(WindowBody))
        return Response({"results": [shapes.dock_slot(row) for row in made]}, status=201)


class DockSlotRoom(Led):
    @extend_schema(operation_id="centres_dock_slot_change", request=CapacityBody, responses=dict)
    def post(self, request, code, pk):
        """Changes a window's room; 0 takes it away. For the lead."""
        centre = self.centre(code)
        self.require_lead(centre)
        row = DockSlot.objects.filter(pk=pk, centre=centre).first()
        if row is None:
            raise NotFound
        left = docks.change(slot=row.pk, by=request.user, at=timezone.now(), **self.checked(CapacityBody))
        return Response(shapes.dock_slot(left) if left else {"id": pk, "capacity": 0})


class ProducerArrivals(APIView):
    permission_classes = [IsAuthenticated]

    @extend_schema(responses=dict)
    def get(self, request):
        """What the producer owes each centre, and what is sold in rounds that still take orders."""
        producer = producers.kept_by(request.user, slug=request.query_params.get("producer"))
        rows = arrivals.owed_by(producer)
        found = page(rows, order=["due_on", "pk"], cursor=request.query_params.get("cursor"), size=50)
        answer = paged(request, found, [shapes.delivery(row) for row in found.rows])
        return Response(answer | {"sold": [shapes.sold(row) for row in arrivals.sold_by(producer)]})


class ArrivalSlot(APIView):
    """The hour at the ramp of one delivery; `producer` says whose, for somebody who works for several."""

    permission_classes = [IsAuthenticated]

    def arrival(self, pk):
        producer = producers.kept_by(self.request.user, slug=self.request.query_params.get("producer"))
        return arrivals.of_producer(producer=producer, pk=pk)

    @extend_schema(responses=dict)
    def get(self, request, pk):
        """Windows this delivery may take."""
        row = self.arrival(pk)
        found = arrivals.windows_for(row, at=timezone.now())
        return Response(shapes.delivery(row) | {"windows": [shapes.dock_slot(slot) for slot in found]})

    @extend_schema(request=BookingBody, responses=dict)
    def put(self, request, pk):
        """Takes the window, or changes to it; 409 `window_full` when another delivery has the last place."""
        body = BookingBody(data=request.data)
        body.is_valid(raise_exception=True)
        row = docks.book(
            arrival=self.arrival(pk).pk, by=request.user, at=timezone.now(), **dict(body.validated_data)
        )
        return Response(shapes.delivery(row))

    @extend_schema(responses={204: None})
    def delete(self, request, pk):
        """Gives the hour back; the goods are still owed."""
        docks.cancel(arrival=self.arrival(pk).pk, by=request.user, at=timezone.now())
        return Response(status=204)
