"""Crates over the API: who has them, new ones, out and back, empty ones onto a lorry."""

from django.core.exceptions import PermissionDenied
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from distribution.api.floor import Floor
from distribution.api.loads import AtTrip
from distribution.models import HandlingUnit
from distribution.operations import crates
from distribution.queries import crates as crate_queries
from distribution.rules import leads
from producers.models import Producer


class CodeBody(serializers.Serializer):
    code = serializers.CharField(max_length=120)


class GiveBody(CodeBody):
    partner = serializers.SlugRelatedField("slug", queryset=Producer.objects.active())


class WithdrawBody(CodeBody):
    reason = serializers.CharField(max_length=200)


class AddBody(serializers.Serializer):
    count = serializers.IntegerField(min_value=1, max_value=crates.MOST_AT_ONCE)


def crate(row: HandlingUnit):
    return {
        "sscc": row.sscc,
        "centre": row.centre.code,
        "owner": row.owner.slug if row.owner else None,
        "holder": row.holder.slug if row.holder else None,
        "withdrawn_at": row.withdrawn_at,
    }


class Crates(Floor):
    @extend_schema(responses=dict)
    def get(self, request, code):
        """How many stand empty, serve orders, ride empty or are out; which producers have some; which are missed."""
        centre = self.centre(code)
        found = crate_queries.summary(centre)
        return Response(
            {
                "free": found.free,
                "in_work": found.in_work,
                "riding": found.riding,
                "out": found.out,
                "partners": [
                    {"producer": debt.partner.slug, "crates": debt.crates, "deposit": str(debt.deposit)}
                    for debt in crate_queries.debts()
                ],
                "missing": [
                    {"sscc": load.unit.sscc, "trip": load.trip_id} for load in crate_queries.missing(centre)
                ],
            }
        )

    @extend_schema(request=AddBody, responses=dict)
    def post(self, request, code):
        """New crates, a lead's; returns their numbers for the labels."""
        centre = self.centre(code)
        if not leads(request.user, centre):
            raise PermissionDenied
        made = crates.add(
            centre=centre.pk, count=self.checked(AddBody)["count"], by=request.user, at=timezone.now()
        )
        return Response({"crates": [row.sscc for row in made]}, status=201)


class AtCentre(Floor):
    def done(self, row):
        fresh = HandlingUnit.objects.select_related("centre", "owner", "holder").get(pk=row.pk)
        return Response(crate(fresh))

    def asked(self, code, body=CodeBody):
        return {"centre": self.centre(code).pk, "by": self.request.user, "at": timezone.now()} | self.checked(
            body
        )


class CrateGive(AtCentre):
    @extend_schema(request=GiveBody, responses=dict)
    def post(self, request, code):
        """An empty crate to a producer, who owes its deposit."""
        asked = self.asked(code, GiveBody)
        return self.done(crates.give(**asked | {"partner": asked["partner"].pk}))


class CrateTakeBack(AtCentre):
    @extend_schema(request=CodeBody, responses=dict)
    def post(self, request, code):
        """A crate back from whoever had it, at any centre."""
        return Response({"from": crates.take_back(**self.asked(code)).slug})


class CrateFound(AtCentre):
    @extend_schema(request=CodeBody, responses=dict)
    def post(self, request, code):
        """An empty crate that its lorry did not bring."""
        return self.done(crates.found(**self.asked(code)))


class CrateWithdraw(AtCentre):
    @extend_schema(request=WithdrawBody, responses=dict)
    def post(self, request, code):
        """Out of use for good; a lead's."""
        if not leads(request.user, self.centre(code)):
            raise PermissionDenied
        return self.done(crates.withdraw(**self.asked(code, WithdrawBody)))


class TripEmpties(AtTrip):
    @extend_schema(request=CodeBody, responses=dict)
    def post(self, request, pk):
        """An empty crate onto the lorry."""
        load = crates.send(
            trip=self.at_start(pk).pk, code=self.checked(CodeBody)["code"], by=request.user, at=timezone.now()
        )
        return Response({"sscc": load.unit.sscc, "trip": load.trip_id}, status=201)
