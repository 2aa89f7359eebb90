"""Counts over the API. Work on one is a task like any other; what the books say is shown to a lead alone, and only of
places that are confirmed."""

from django.core.exceptions import PermissionDenied
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from distribution.api import shapes
from distribution.api.corrections import Led
from distribution.models import Centre, Count, CountPlace, Location
from distribution.operations import counts
from distribution.queries import counts as count_queries
from distribution.rules import leads
from marketplace.kernel.api import paged
from marketplace.kernel.errors import NotFound
from marketplace.kernel.paging import page


class OpenBody(serializers.Serializer):
    zone = serializers.CharField(max_length=6, required=False)
    locations = serializers.ListField(
        child=serializers.CharField(max_length=40), max_length=counts.MOST_PLACES, required=False
    )
    reason = serializers.CharField(max_length=200, allow_blank=True, default="")


class Counts(Led):
    @extend_schema(responses=dict)
    def get(self, request, code):
        """Counts of the centre, the newest first."""
        found = page(
            count_queries.of_centre(self.centre(code)),
            order=["-pk"],
            cursor=request.query_params.get("cursor"),
            size=50,
        )
        return Response(paged(request, found, [shapes.count(row) for row in found.rows]))

    @extend_schema(request=OpenBody, responses={201: dict})
    def post(self, request, code):
        """Opens a count of a zone or of places by their codes; for a lead."""
        centre = self.centre(code)
        self.require_lead(centre)
        body = self.checked(OpenBody)
        codes = {text.upper() for text in body.get("locations", [])}
        found = Location.objects.filter(centre=centre, code__in=codes)
        zone = centre.zones.filter(code__iexact=body.get("zone", "")).first()
        if (body.get("zone") and zone is None) or len(found) < len(codes):
            raise counts.NothingToCount
        row = counts.open_count(
            centre=centre.pk,
            zone=zone.pk if zone else None,
            locations=[place.pk for place in found],
            reason=body["reason"],
            by=request.user,
            at=timezone.now(),
        )
        return Response(_whole(row, request.user), status=201)


class Proposals(Led):
    @extend_schema(responses=dict)
    def get(self, request, code):
        """Places due for a cycle count, the most overdue first; for a lead."""
        centre = self.centre(code)
        self.require_lead(centre)
        found = count_queries.proposals(centre=centre, at=timezone.now())
        return Response({"results": [shapes.proposal(row) for row in found]})


class OfCount(Led):
    def count(self, pk):
        row = Count.objects.filter(pk=pk, centre__in=Centre.objects.staffed_by(self.request.user)).first()
        if row is None:
            raise NotFound
        return row

    def led(self, pk):
        row = self.count(pk)
        if not leads(self.request.user, row.centre):
            raise PermissionDenied
        return row


class CountDetail(OfCount):
    @extend_schema(responses=dict)
    def get(self, request, pk):
        """A count with its places; differences are told to a lead, once a place is confirmed."""
        return Response(_whole(self.count(pk), request.user))


class CountSettle(OfCount):
    @extend_schema(request=None, responses=dict)
    def post(self, request, pk):
        """Posts RW and PW of the differences; of two leads one wins, the other gets 409 `wrong_state`."""
        row = counts.settle(count=self.led(pk).pk, by=request.user, at=timezone.now())
        return Response(_whole(row, request.user))


class CountCancel(OfCount):
    @extend_schema(request=None, responses=dict)
    def post(self, request, pk):
        """Ends a count without a trace in the ledger."""
        row = counts.cancel(count=self.led(pk).pk, by=request.user, at=timezone.now())
        return Response(_whole(row, request.user))


class PlaceRecount(OfCount):
    @extend_schema(request=None, responses=dict)
    def post(self, request, pk, place):
        """Sends one counted place back to be counted again."""
        row = CountPlace.objects.filter(pk=place, count=self.led(pk)).first()
        if row is None:
            raise NotFound
        return Response(
            _whole(counts.recount(place=row.pk, by=request.user, at=timezone.now()), request.user)
        )


def _whole(row, user):
    whole = count_queries.at_centre(centre=row.centre, pk=row.pk)
    return shapes.whole_count(whole, booked=leads(user, row.centre))
