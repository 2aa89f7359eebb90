"""The shortage desk over the API, for staff of the centre."""

from django.core.exceptions import PermissionDenied
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import IsAuthenticated
from rest_framework.response import Response
from rest_framework.views import APIView

from distribution.models import Centre, ShortageRule
from distribution.operations import centre_rules
from distribution.rules import leads
from marketplace.kernel.errors import NotFound
from orders.operations import rescues
from orders.queries import shortages


class RuleBody(serializers.Serializer):
    rule = serializers.ChoiceField(choices=ShortageRule.choices)
    reason = serializers.CharField(max_length=200)


class OfCentre(APIView):
    permission_classes = [IsAuthenticated]

    def centre(self, code):
        row = Centre.objects.staffed_by(self.request.user).filter(code=code.upper()).first()
        if row is None:
            raise NotFound
        return row


class Shortages(OfCentre):
    @extend_schema(responses=dict)
    def get(self, request, code):
        """Short lines of the centre's orders, what can still be done, and who got how much of the same goods."""
        centre = self.centre(code)
        desk = shortages.desk(centre, at=timezone.now())
        return Response({"rule": centre.shortage_rule, "results": [_row(row) for row in desk.rows]})


class ShortagesSearch(OfCentre):
    @extend_schema(request=None, responses=dict)
    def post(self, request, code):
        """Tries another lot, another centre and a substitute once more for every open line."""
        found = rescues.search_again(centre=self.centre(code), by=request.user, at=timezone.now())
        return Response({"results": [one.__dict__ for one in found]})


class ShortageRuleDetail(OfCentre):
    @extend_schema(request=RuleBody, responses=dict)
    def put(self, request, code):
        """Another rule for who gets goods that are short, for the lead, with why."""
        centre = self.centre(code)
        if not leads(request.user, centre):
            raise PermissionDenied
        body = RuleBody(data=request.data)
        body.is_valid(raise_exception=True)
        row = centre_rules.set_shortage_rule(
            centre=centre.pk, by=request.user, at=timezone.now(), **body.validated_data
        )
        return Response({"rule": row.shortage_rule})


def _row(row):
    return {
        "order": row.line.order.number,
        "line": row.line.position,
        "name": row.line.name,
        "ordered": row.line.pieces,
        "missing": row.missing,
        "short": row.short,
        "reason": row.reason.lower(),
        "refunded": str(row.refunded),
        "pending": row.pending,
        "open": row.is_open,
        "here": row.here,
        "elsewhere": [{"centre": name, "pieces": pieces} for name, pieces in row.elsewhere],
        "stands_in": row.stands_in and row.stands_in.name,
        "shares": [share.__dict__ for share in row.shares],
    }
