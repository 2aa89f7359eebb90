"""Recalls over the API, for leads: the goods of one centre may be in any other tomorrow."""

from django.core.exceptions import PermissionDenied
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from distribution.api import shapes
from distribution.api.corrections import Led
from distribution.operations import recalls
from distribution.queries import recalls as recall_queries
from distribution.queries import reports, traces
from marketplace.kernel import files
from marketplace.kernel.api import paged
from marketplace.kernel.errors import NotFound
from marketplace.kernel.paging import page


class RecallBody(serializers.Serializer):
    reason = serializers.CharField(max_length=200)
    drill = serializers.BooleanField(default=False)


class LotRecall(Led):
    @extend_schema(request=RecallBody, responses={201: dict})
    def post(self, request, pk):
        """Recalls the lot in every centre, or lists it as a drill. To a stranger there is no such lot."""
        if not recall_queries.is_lead(request.user):
            if request.user.centre_roles.filter(is_active=True).exists():
                raise PermissionDenied
            raise NotFound
        lot = recall_queries.lot_of_network(pk)
        body = self.checked(RecallBody)
        recall = recalls.start(lot=lot.pk, by=request.user, at=timezone.now(), **body)
        whole = recall_queries.whole(recall.pk)
        return Response(shapes.progress(recall_queries.progress(whole)), status=201)


class Recalls(Led):
    @extend_schema(operation_id="recalls_list", responses=dict)
    def get(self, request):
        """Recalls and drills of the network, the newest first."""
        if not recall_queries.is_lead(request.user):
            raise NotFound
        found = page(
            recall_queries.all_recalls(), order=["-pk"], cursor=request.query_params.get("cursor"), size=50
        )
        return Response(paged(request, found, [shapes.recall(row) for row in found.rows]))


class RecallDetail(Led):
    @extend_schema(responses=dict)
    def get(self, request, pk):
        """What was listed, what is where now, which work is open, and the mass balance."""
        row = recall_queries.visible_to(pk=pk, user=request.user)
        return Response(shapes.progress(recall_queries.progress(row)))


class RecallClose(Led):
    @extend_schema(request=None, responses=dict)
    def post(self, request, pk):
        """Ends a recall whose every unit is accounted for; 409 `not_accounted_for` says what is not."""
        row = recall_queries.visible_to(pk=pk, user=request.user)
        recalls.close(recall=row.pk, by=request.user, at=timezone.now())
        return Response(shapes.progress(recall_queries.progress(recall_queries.whole(row.pk))))


class RecallCsv(Led):
    renderer_classes = files.CSV

    @extend_schema(responses=str)
    def get(self, request, pk):
        """The report as a table."""
        row = recall_queries.visible_to(pk=pk, user=request.user)
        return files.csv(recall_queries.as_csv(row), f"wycofanie-{row.pk}.csv")


class RecallPdf(Led):
    renderer_classes = files.PDF

    @extend_schema(responses=bytes)
    def get(self, request, pk):
        """The report to be filed."""
        row = recall_queries.visible_to(pk=pk, user=request.user)
        return files.pdf(reports.recall_pdf(row), f"wycofanie-{row.pk}.pdf")


class OrderTrace(Led):
    @extend_schema(responses=dict)
    def get(self, request, code, number):
        """Which lots an order of this centre got, and which deliveries they came with."""
        centre = self.centre(code)
        if not traces.is_order_of(centre, number):
            raise NotFound
        found = traces.of_order(number)
        return Response({"order": number, "lots": [shapes.ingredient(row) for row in found]})
