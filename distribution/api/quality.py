"""Temperatures, returns, finds, quarantine and donations over the API."""

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from distribution.api import shapes
from distribution.api.corrections import Led
from distribution.models import Balance, Document, Lot, Trip
from distribution.operations import readings, returns
from distribution.queries import places, quarantine, reports
from distribution.queries import readings as reading_queries
from marketplace.kernel import files
from marketplace.kernel.api import paged
from marketplace.kernel.clock import local_date
from marketplace.kernel.errors import Invalid, NotFound
from marketplace.kernel.paging import page
from marketplace.kernel.units import Temperature

UNITS = {"min_value": 1, "max_value": 100_000}
GRAMS = {"min_value": 1, "max_value": 10**8, "required": False, "allow_null": True}


class ReadingBody(serializers.Serializer):
    celsius = serializers.DecimalField(max_digits=5, decimal_places=1)
    zone = serializers.CharField(max_length=6, required=False)
    trip = serializers.IntegerField(min_value=1, max_value=2**62, required=False)
    document = serializers.IntegerField(min_value=1, max_value=2**62, required=False)
    temperature = serializers.ChoiceField(choices=Temperature.choices, required=False)
    sensor = serializers.CharField(max_length=40, allow_blank=True, default="")
    note = serializers.CharField(max_length=200, allow_blank=True, default="")


class DayBody(serializers.Serializer):
    day = serializers.DateField(required=False)


class ReturnBody(serializers.Serializer):
    order = serializers.CharField(max_length=20)
    lot = serializers.IntegerField(min_value=1, max_value=2**62)
    units = serializers.IntegerField(**UNITS)
    grams = serializers.IntegerField(**GRAMS)
    reason = serializers.CharField(max_length=200)
    refund = serializers.BooleanField(default=True)


class PutBody(serializers.Serializer):
    location = serializers.CharField(max_length=40)
    units = serializers.IntegerField(**UNITS)
    reason = serializers.CharField(max_length=200)


class FindBody(PutBody):
    lot = serializers.IntegerField(min_value=1, max_value=2**62)
    grams = serializers.IntegerField(**GRAMS)


class Readings(Led):
    @extend_schema(responses=dict)
    def get(self, request, code):
        """Every reading of the centre, the newest first."""
        found = page(
            reading_queries.of_centre(self.centre(code)),
            order=["-pk"],
            cursor=request.query_params.get("cursor"),
            size=100,
        )
        return Response(paged(request, found, [shapes.reading(row) for row in found.rows]))

    @extend_schema(request=ReadingBody, responses={201: dict})
    def post(self, request, code):
        """Logs a reading of a zone, of a chamber of a trip, or of a class of goods on a receipt. Above the limit it
        holds the lots it touched."""
        centre, body = self.centre(code), self.checked(ReadingBody)
        of = [name for name in ("zone", "trip", "document") if name in body]
        if len(of) != 1 or (of != ["zone"]) != ("temperature" in body):
            raise Invalid
        tenths = int(body["celsius"] * 10)
        row = getattr(self, f"_of_{of[0]}")(centre, body, tenths)
        return Response(shapes.reading(row), status=201)

    def _of_zone(self, centre, body, tenths):
        zone = centre.zones.filter(code__iexact=body["zone"]).first()
        if zone is None:
            raise NotFound(field="zone")
        return readings.of_zone(
            zone=zone.pk, tenths=tenths, by=self.request.user, at=timezone.now(),
            sensor=body["sensor"], note=body["note"],
        )  # fmt: skip

    def _of_trip(self, centre, body, tenths):
        trip = Trip.objects.at_centres([centre]).filter(pk=body["trip"]).first()
        if trip is None:
            raise NotFound(field="trip")
        return readings.of_trip(
            trip=trip.pk, centre=centre.pk, temperature=body["temperature"], tenths=tenths, by=self.request.user,
            at=timezone.now(), sensor=body["sensor"], note=body["note"],
        )  # fmt: skip

    def _of_document(self, centre, body, tenths):
        document = Document.objects.filter(pk=body["document"], centre=centre, kind=Document.Kind.PZ).first()
        if document is None:
            raise NotFound(field="document")
        return readings.of_receipt(
            document=document.pk, temperature=body["temperature"], tenths=tenths, by=self.request.user,
            at=timezone.now(), note=body["note"],
        )  # fmt: skip


class DaySheet(Led):
    @extend_schema(parameters=[DayBody], responses=dict)
    def get(self, request, code):
        """The sheet of a day, today by default: readings by zone, and the hours that are missing."""
        centre, now = self.centre(code), timezone.now()
        day = _day(request, now)
        found = reading_queries.of_day(centre=centre, day=day, now=now)
        return Response({"day": day.isoformat(), "zones": [shapes.sheet(row) for row in found]})


class DaySheetPdf(Led):
    renderer_classes = files.PDF

    @extend_schema(parameters=[DayBody], responses=bytes)
    def get(self, request, code):
        """The same to be signed, for a lead, whose name it bears."""
        centre, now = self.centre(code), timezone.now()
        self.require_lead(centre)
        day = _day(request, now)
        made = reports.day_sheet_pdf(centre=centre, day=day, signed_by=request.user.label, now=now)
        return files.pdf(made, f"temperatury-{centre.code}-{day}.pdf")


def _day(request, now):
    body = DayBody(data=request.query_params)
    body.is_valid(raise_exception=True)
    return reading_queries.sheet_day(body.validated_data.get("day"), now=now)


class Quarantine(Led):
    @extend_schema(responses=dict)
    def get(self, request, code):
        """What may not be sold for now, and why."""
        found = quarantine.waiting(self.centre(code))
        return Response({"results": [shapes.waiting(row) for row in found]})


class Release(Led):
    @extend_schema(request=PutBody, responses={201: dict})
    def post(self, request, code, pk):
        """A lead lets goods out of quarantine onto a shelf."""
        centre = self.centre(code)
        self.require_lead(centre)
        body = self.checked(PutBody)
        balance = Balance.objects.filter(pk=pk, centre=centre).first()
        if balance is None:
            raise NotFound
        place = places.location(centre=centre, code=body.pop("location"))
        document = returns.release(
            balance=balance.pk, location=place.pk, by=request.user, at=timezone.now(), **body
        )
        return Response(shapes.document(document), status=201)


class Returns(Led):
    @extend_schema(request=ReturnBody, responses={201: dict})
    def post(self, request, code):
        """A ZW: a buyer brings pieces of a lot back, into quarantine."""
        body = self.checked(ReturnBody)
        document = returns.take_back(
            centre=self.centre(code).pk,
            reference=body.pop("order").strip().upper(),
            by=request.user,
            at=timezone.now(),
            **body,
        )
        return Response(shapes.document(document), status=201)


class Finds(Led):
    @extend_schema(request=FindBody, responses={201: dict})
    def post(self, request, code):
        """A PW of goods that were found; for a lead."""
        centre = self.centre(code)
        self.require_lead(centre)
        body = self.checked(FindBody)
        if not Lot.objects.filter(pk=body["lot"], balances__centre=centre).exists():
            raise NotFound(field="lot")
        place = places.location(centre=centre, code=body.pop("location"))
        document = returns.put_in(
            centre=centre.pk, location=place.pk, by=request.user, at=timezone.now(), **body
        )
        return Response(shapes.document(document), status=201)


class Donations(Led):
    @extend_schema(responses=dict)
    def get(self, request, code):
        """Goods to give away before their date comes; the write-off with `donated` makes the RW."""
        centre = self.centre(code)
        rows = quarantine.to_donate(centre=centre, day=local_date(timezone.now()))
        return Response(
            {
                "receiver": quarantine.last_receiver(centre),
                "results": [
                    shapes.balance(row)
                    | {"id": row.pk, "free": row.free, "weight": quarantine.grams_of(row, row.free)}
                    for row in rows
                ],
            }
        )
