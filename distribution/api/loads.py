"""What the floor does with trips, over the API: the same operations as on the trip's page."""

from django.core.exceptions import PermissionDenied
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from distribution.api import loads_shapes, timetable_shapes
from distribution.api.floor import Floor
from distribution.api.serializers import ReasonBody
from distribution.models import Load
from distribution.operations import loading, unloading
from distribution.queries import loads, trips
from distribution.rules import leads, works_at
from marketplace.kernel.errors import NotFound
from marketplace.kernel.units import Temperature


class PerhapsReason(serializers.Serializer):
    reason = serializers.CharField(max_length=200, allow_blank=True, default="")


class ElsewhereBody(ReasonBody):
    chamber = serializers.ChoiceField(choices=Temperature.choices)


class AtTrip(Floor):
    """People of both ends see a trip; each end does its own part."""

    def trip(self, pk):
        return trips.trip_for(pk=pk, user=self.request.user)

    def at_start(self, pk, *, leading=False):
        return self._permitted(self.trip(pk), "from_centre", leading)

    def at_end(self, pk, *, leading=False):
        return self._permitted(self.trip(pk), "to_centre", leading)

    def _permitted(self, row, end, leading):
        may = leads if leading else works_at
        if not may(self.request.user, getattr(row, end)):
            raise PermissionDenied
        return row

    def state(self, pk):
        return Response(timetable_shapes.trip(self.trip(pk)))


class TripCrates(AtTrip):
    @extend_schema(responses=loads_shapes.CRATES)
    def get(self, request, pk):
        """Crates of the trip, what is still made for it, and whether it may leave."""
        return Response(loads_shapes.crates(loads.of_trip(self.trip(pk))))


class TripDepart(AtTrip):
    @extend_schema(request=PerhapsReason, responses=timetable_shapes.TRIP)
    def post(self, request, pk):
        """409 `not_loaded` names the crates and orders it waits for; a lead's reason leaves them behind."""
        reason = self.checked(PerhapsReason)["reason"].strip()
        row = self.at_start(pk, leading=bool(reason))
        loading.depart(trip=row.pk, by=request.user, at=timezone.now(), reason=reason)
        return self.state(pk)


class TripArrive(AtTrip):
    @extend_schema(request=None, responses=timetable_shapes.TRIP)
    def post(self, request, pk):
        """The lorry stands at the ramp."""
        unloading.arrive(trip=self.at_end(pk).pk, by=request.user, at=timezone.now())
        return self.state(pk)


class TripConfirm(AtTrip):
    @extend_schema(request=PerhapsReason, responses=timetable_shapes.TRIP)
    def post(self, request, pk):
        """Unloading is over; crates that did not come need a `reason` and become discrepancies."""
        body = self.checked(PerhapsReason)
        unloading.confirm(trip=self.at_end(pk).pk, by=request.user, at=timezone.now(), **body)
        return self.state(pk)


class TripDiscrepancies(AtTrip):
    @extend_schema(responses=loads_shapes.MISSING(many=True))
    def get(self, request, pk):
        """Crates that did not come and were neither found nor given up."""
        return Response([loads_shapes.missing(row) for row in loads.missing_of(self.trip(pk))])


class CrateFound(AtTrip):
    @extend_schema(request=None, responses=dict)
    def post(self, request, pk, unit):
        """`goes` says where it is to stand."""
        row = self.at_end(pk, leading=True)
        goes = unloading.find(trip=row.pk, unit=unit, by=request.user, at=timezone.now())
        return Response({"goes": goes})


class CrateLost(AtTrip):
    @extend_schema(request=ReasonBody, responses=dict)
    def post(self, request, pk, unit):
        """Its goods are written off by an RW, and its buyers are told."""
        row = self.at_end(pk, leading=True)
        document = unloading.give_up(
            trip=row.pk, unit=unit, by=request.user, at=timezone.now(), **self.checked(ReasonBody)
        )
        return Response({"document": document.pk})


class LoadElsewhere(AtTrip):
    @extend_schema(request=ElsewhereBody, responses=loads_shapes.LOAD)
    def post(self, request, pk):
        """A lead lets a crate ride in another chamber, and says why."""
        load = Load.objects.filter(pk=pk).first()
        if load is None:
            raise NotFound
        self.at_start(load.trip_id, leading=True)
        body = self.checked(ElsewhereBody)
        loading.put_elsewhere(load=load.pk, by=request.user, at=timezone.now(), **body)
        return Response(loads_shapes.load(loads.load_of(trip=load.trip, pk=load.pk)))
