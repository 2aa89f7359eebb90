"""The floor of a centre over the API: its tasks, scans, receipts, lots."""

from dataclasses import asdict

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import IsAuthenticated
from rest_framework.response import Response
from rest_framework.views import APIView

from distribution.api import serializers, shapes
from distribution.models import Centre
from distribution.operations import exits, receiving, scanning, tasks
from distribution.queries import lots as lot_queries
from distribution.queries import tasks as task_queries
from distribution.queries import traces
from marketplace.kernel.api import paged
from marketplace.kernel.errors import NotFound
from marketplace.kernel.paging import page


class Floor(APIView):
    permission_classes = [IsAuthenticated]

    def centre(self, code):
        row = Centre.objects.staffed_by(self.request.user).filter(code=code.upper()).first()
        if row is None:
            raise NotFound
        return row

    def task(self, pk):
        return task_queries.for_worker(pk=pk, user=self.request.user)

    def checked(self, serializer):
        body = serializer(data=self.request.data)
        body.is_valid(raise_exception=True)
        return dict(body.validated_data)


class Tasks(Floor):
    @extend_schema(responses=dict)
    def get(self, request, code):
        """Work that can be done now, the most urgent first."""
        found = page(
            task_queries.queue(self.centre(code)),
            order=["due_at", "pk"],
            cursor=request.query_params.get("cursor"),
            size=50,
        )
        return Response(paged(request, found, [shapes.task(row) for row in found.rows]))


class TaskDetail(Floor):
    @extend_schema(responses=dict)
    def get(self, request, pk):
        """A task and the step it is at."""
        row = self.task(pk)
        return Response(shapes.task(row) | {"next": _next(row)})


class TaskClaim(Floor):
    @extend_schema(request=None, responses=dict)
    def post(self, request, pk):
        """Leases the task to you; the same person goes on, on any device; a lead takes over."""
        row = tasks.claim(task=self.task(pk).pk, by=request.user, at=timezone.now())
        return Response(shapes.task(row) | {"next": _next(row)})


def _next(row):
    """The step a task is at; None for work that is not done by scanning."""
    return asdict(scanning.next_step(task=row)) if scanning.is_scanned(row) else None


class TaskScan(Floor):
    @extend_schema(request=serializers.ScanBody, responses=dict)
    def post(self, request, pk):
        """One scan. The same `key` gives the same answer; a wrong code is refused and changes nothing. 409
        `another_one` asks whether a label read twice within a second is one piece more: send it `again`."""
        task = self.task(pk)
        body = self.checked(serializers.ScanBody)
        answer = scanning.scan(
            task=task,
            key=body["key"],
            code=body["code"],
            units=body.get("units"),
            grams=body.get("grams"),
            again=body["again"],
            by=request.user,
            at=timezone.now(),
        )
        return Response(answer)


class TaskShort(Floor):
    @extend_schema(request=serializers.ShortBody, responses=dict)
    def post(self, request, pk):
        """The goods of a stop are missing or damaged."""
        task, body = self.task(pk), self.checked(serializers.ShortBody)
        step = exits.report_short(task=task.pk, by=request.user, at=timezone.now(), **body)
        return Response({"next": asdict(step)})


class TaskSkip(Floor):
    @extend_schema(request=serializers.SkipBody, responses=dict)
    def post(self, request, pk):
        """The stop goes to the end of the walk."""
        task, body = self.task(pk), self.checked(serializers.SkipBody)
        step = exits.skip(task=task.pk, by=request.user, at=timezone.now(), **body)
        return Response({"next": asdict(step)})


class TaskBinFull(Floor):
    @extend_schema(request=None, responses=dict)
    def post(self, request, pk):
        """The next scan names another crate for the same part."""
        step = exits.bin_full(task=self.task(pk).pk, by=request.user, at=timezone.now())
        return Response({"next": asdict(step)})


class TaskNotEmpty(Floor):
    @extend_schema(request=serializers.PlaceBody, responses={204: None})
    def post(self, request, pk):
        """Goods are left at a place the books say is empty (`emptied` of a scan): it will be counted."""
        task, body = self.task(pk), self.checked(serializers.PlaceBody)
        exits.not_empty(task=task.pk, by=request.user, at=timezone.now(), **body)
        return Response(status=204)


class TaskComplete(Floor):
    @extend_schema(request=None, responses=dict)
    def post(self, request, pk):
        """The task, when its work has ended it; 409 `task_not_finished` while something is left."""
        return Response(shapes.task(tasks.require_done(task=self.task(pk).pk)))


class Receipts(Floor):
    @extend_schema(responses=dict)
    def get(self, request, code):
        """Posted PZ documents, the newest first."""
        found = page(
            self.centre(code).documents.filter(kind="PZ").select_related("centre", "producer"),
            order=["-pk"],
            cursor=request.query_params.get("cursor"),
            size=50,
        )
        return Response(paged(request, found, [shapes.document(row) for row in found.rows]))

    @extend_schema(request=serializers.ReceiptBody, responses={201: dict})
    def post(self, request, code):
        """Posts a PZ of what was counted, of an expected arrival or of a producer who came unannounced."""
        body = self.checked(serializers.ReceiptBody)
        answer = receiving.receive(centre=self.centre(code), by=request.user, at=timezone.now(), **body)
        return Response(answer, status=201)


class Lots(Floor):
    @extend_schema(responses=dict)
    def get(self, request, code):
        """What lies where, the earliest end first."""
        found = page(
            lot_queries.on_hand(self.centre(code)),
            order=["usable_until", "pk"],
            cursor=request.query_params.get("cursor"),
            size=50,
        )
        return Response(paged(request, found, [shapes.balance(row) for row in found.rows]))


class LotTrace(Floor):
    @extend_schema(responses=dict)
    def get(self, request, pk):
        """One step back, one step forward, every step between; the mass balance."""
        lot = lot_queries.visible_to(pk=pk, user=request.user)
        return Response(shapes.trace(traces.of_lot(lot)))
