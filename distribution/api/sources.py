"""Where the goods of orders come from, and moving a line by hand, over the API."""

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from distribution.api.corrections import Led
from distribution.operations import overrides
from distribution.queries import sources
from marketplace.kernel.errors import NotFound

RECENT = 100


class MoveBody(serializers.Serializer):
    line = serializers.IntegerField(min_value=1, max_value=32767)
    supply = serializers.IntegerField(min_value=1, max_value=2**62, required=False)
    lot = serializers.IntegerField(min_value=1, max_value=2**62, required=False)
    from_centre = serializers.IntegerField(min_value=1, max_value=2**62, required=False)
    reason = serializers.CharField(max_length=200)


class Sources(Led):
    @extend_schema(parameters=[OpenApiParameter("order", str)], responses=dict)
    def get(self, request, code):
        """Lines whose goods travel from or to the centre, or those of one order; and what was moved lately."""
        centre = self.centre(code)
        number = request.query_params.get("order", "").strip().upper()
        changes = sources.changes(centre, references=[number] if number else ())[:RECENT]
        return Response(
            {
                "results": [_line(row) for row in sources.lines(centre, number=number)],
                "changes": [_change(row) for row in changes],
            }
        )


class SourceMove(Led):
    @extend_schema(request=MoveBody, responses={201: dict})
    def post(self, request, code, number):
        """A lead moves a line to another row of supply, or to a lot of the same centre, before it is picked."""
        centre = self.centre(code)
        self.require_lead(centre)
        body = self.checked(MoveBody)
        rows = [row for row in sources.lines(centre, number=number) if row.line == body["line"]]
        wanted = body.pop("from_centre", None)
        row = next((row for row in rows if wanted in {None, row.centre}), None)
        if row is None:
            raise NotFound
        change = overrides.move_line(
            reference=number, centre=row.centre, by=request.user, at=timezone.now(), **body
        )
        return Response(_change(change), status=201)


def _line(row):
    return {
        "order": row.reference,
        "line": row.line,
        "name": row.label,
        "pieces": row.pieces,
        "centre": row.centre,
        "centre_name": row.name,
        "usable_until": row.usable_until.isoformat(),
        "awaited": row.awaited,
        "reason": row.reason.lower(),
        "explained": row.explained,
        "departs_at": row.departs_at and row.departs_at.isoformat(),
        "may_move": not row.begun,
    }


def _change(row):
    return {
        "order": row.reference,
        "line": row.line,
        "pieces": row.pieces,
        "from": row.old.centre.code,
        "to": row.new.centre.code,
        "lot": row.lot and row.lot.code,
        "reason": row.why.lower(),
        "explained": row.explained,
        "by": row.by and row.by.label,
        "at": row.at.isoformat(),
    }
