"""The timetable and its trips over the API: what the planner's desk does."""

from django.core.exceptions import PermissionDenied
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.response import Response

from distribution.api import serializers, timetable_shapes
from distribution.api.filters import PARAMETERS, TripFilter
from distribution.api.floor import Floor
from distribution.api.timetable_bodies import (
    DelayBody,
    EndBody,
    ExtraBody,
    LegBody,
    LegChangeBody,
    VehicleBody,
)
from distribution.models import Centre
from distribution.operations import timetable as legs
from distribution.operations import trips
from distribution.queries import timetable as leg_queries
from distribution.queries import trips as trip_queries
from distribution.rules import leads, plans
from marketplace.kernel.api import paged
from marketplace.kernel.clock import local_date
from marketplace.kernel.errors import Invalid
from marketplace.kernel.paging import page

SIZE = 50
CURSOR = OpenApiParameter("cursor", str)


class ForeignEnds(Invalid):
    code = "foreign_ends"

    def __init__(self) -> None:
        super().__init__(
            _("Kurs musi odjeżdżać z tego centrum albo do niego przyjeżdżać."), field="from_centre"
        )


class Planning(Floor):
    """People of a centre look; its lead plans what leaves or reaches it."""

    def led(self, code):
        centre = self.centre(code)
        if not leads(self.request.user, centre):
            raise PermissionDenied
        return centre

    def leg(self, pk, *, planning=False):
        return self._permitted(leg_queries.leg_for(pk=pk, user=self.request.user), planning)

    def trip(self, pk, *, planning=False):
        return self._permitted(trip_queries.trip_for(pk=pk, user=self.request.user), planning)

    def _permitted(self, row, planning):
        if planning and not plans(self.request.user, row):
            raise PermissionDenied
        return row

    def ends(self, centre, body):
        """The two centres named in the body; one of them is the centre of the address."""
        codes = [body.pop("from_centre").upper(), body.pop("to_centre").upper()]
        if centre.code not in codes:
            raise ForeignEnds
        known = {row.code: row for row in Centre.objects.active().filter(code__in=codes)}
        for name, code in zip(("from_centre", "to_centre"), codes, strict=True):
            if code not in known:
                raise UnknownCentre(name)
        return {"from_centre": known[codes[0]], "to_centre": known[codes[1]]}


class UnknownCentre(Invalid):
    code = "unknown_centre"

    def __init__(self, field: str) -> None:
        super().__init__(_("Nie ma takiego centrum."), field=field)


class Legs(Planning):
    @extend_schema(parameters=[CURSOR], responses=timetable_shapes.page_of(timetable_shapes.LEG))
    def get(self, request, code):
        """Legs that leave or reach the centre and are not over."""
        rows = leg_queries.legs_of(self.centre(code), day=local_date(timezone.now()))
        found = page(rows, order=["pk"], cursor=request.query_params.get("cursor"), size=SIZE)
        return Response(paged(request, found, [timetable_shapes.leg(row) for row in found.rows]))

    @extend_schema(request=LegBody, responses={201: timetable_shapes.LEG})
    def post(self, request, code):
        """A new leg, with its trips of the next four weeks."""
        centre, body = self.led(code), self.checked(LegBody)
        made = legs.add_leg(
            **self.ends(centre, body),
            service=LegBody.service(body),
            rooms=LegBody.rooms_of(body),
            vehicle=body["vehicle"],
            by=request.user,
            at=timezone.now(),
        )
        return Response(timetable_shapes.leg(self.leg(made.pk)), status=201)


class LegDetail(Planning):
    @extend_schema(responses=timetable_shapes.LEG)
    def get(self, request, pk):
        return Response(timetable_shapes.leg(self.leg(pk)))

    @extend_schema(request=LegChangeBody, responses=timetable_shapes.LEG)
    def patch(self, request, pk):
        """Other room, another lorry. Other hours are a new leg."""
        row, body = self.leg(pk, planning=True), self.checked(LegChangeBody)
        legs.change_leg(
            leg=row.pk,
            rooms=LegChangeBody.rooms_of(body) if "rooms" in body else None,
            vehicle=body.get("vehicle"),
            by=request.user,
            at=timezone.now(),
        )
        return Response(timetable_shapes.leg(self.leg(pk)))

    @extend_schema(
        parameters=[
            OpenApiParameter("from", str, description="Pierwszy dzień bez kursów; jutro, gdy pominięty.")
        ],
        request=None,
        responses=timetable_shapes.LEG,
    )
    def delete(self, request, pk):
        """Ends the leg from a day on (tomorrow, when none is given); its trips after it are cancelled."""
        row, now = self.leg(pk, planning=True), timezone.now()
        body = EndBody(data=request.query_params)
        body.is_valid(raise_exception=True)
        ended = legs.end_leg(leg=row.pk, from_day=body.day(today=local_date(now)), by=request.user, at=now)
        return Response(timetable_shapes.leg(self.leg(ended.pk)))


class CentreTrips(Planning):
    @extend_schema(
        parameters=[*PARAMETERS, CURSOR], responses=timetable_shapes.page_of(timetable_shapes.TRIP)
    )
    def get(self, request, code):
        """Trips out and in by departure; `from` and `to` are days of departure."""
        centre = self.centre(code)
        filters = TripFilter.of(request.query_params, centre=centre)
        found = page(
            filters.qs, order=["departs_at", "pk"], cursor=request.query_params.get("cursor"), size=SIZE
        )
        return Response(paged(request, found, [timetable_shapes.trip(row) for row in found.rows]))

    @extend_schema(request=ExtraBody, responses={201: timetable_shapes.TRIP})
    def post(self, request, code):
        """A trip outside the timetable."""
        centre, body = self.led(code), self.checked(ExtraBody)
        made = trips.add_extra(
            **self.ends(centre, body),
            departs_on=body["departs_on"],
            hours=ExtraBody.hours(body),
            rooms=ExtraBody.rooms_of(body),
            vehicle=body["vehicle"],
            driver=body["driver"],
            reason=body["reason"],
            by=request.user,
            at=timezone.now(),
        )
        return Response(timetable_shapes.trip(self.trip(made.pk)), status=201)


class TripDetail(Planning):
    @extend_schema(responses=timetable_shapes.TRIP_WHOLE)
    def get(self, request, pk):
        """One trip with its history and how many orders hang on it."""
        return self._whole(pk)

    @extend_schema(request=VehicleBody, responses=timetable_shapes.TRIP_WHOLE)
    def patch(self, request, pk):
        """Which lorry goes, and who drives."""
        row, body = self.trip(pk, planning=True), self.checked(VehicleBody)
        trips.set_vehicle(
            trip=row.pk,
            vehicle=body.get("vehicle", row.vehicle),
            driver=body.get("driver", row.driver),
            by=request.user,
            at=timezone.now(),
        )
        return self._whole(pk)

    def _whole(self, pk):
        row = self.trip(pk)
        return Response(
            timetable_shapes.trip_whole(
                row, history=trip_queries.history(row), orders=trip_queries.orders_on(row)
            )
        )


class TripDelay(Planning):
    @extend_schema(request=DelayBody, responses=timetable_shapes.TRIP)
    def post(self, request, pk):
        """What is expected now. Without `departs_at` only the arrival changes."""
        row, body = self.trip(pk, planning=True), self.checked(DelayBody)
        trips.delay(
            trip=row.pk,
            departs_at=body.get("departs_at") or row.departs_at,
            arrives_at=body["arrives_at"],
            reason=body["reason"],
            by=request.user,
            at=timezone.now(),
        )
        return Response(timetable_shapes.trip(self.trip(pk)))


class TripCancel(Planning):
    @extend_schema(request=serializers.ReasonBody, responses=timetable_shapes.TRIP)
    def post(self, request, pk):
        """The trip does not go; what hangs on it is planned anew."""
        row = self.trip(pk, planning=True)
        trips.cancel(trip=row.pk, by=request.user, at=timezone.now(), **self.checked(serializers.ReasonBody))
        return Response(timetable_shapes.trip(self.trip(pk)))
