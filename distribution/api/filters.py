"""Filters of the centres' lists."""

import django_filters as filters
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter

from distribution.models import Centre, Trip
from distribution.queries import trips
from distribution.states import TripState
from marketplace.kernel.errors import Invalid


class WrongFilter(Invalid):
    code = "wrong_filter"


class TripFilter(filters.FilterSet):
    """`from` and `to`, days of departure, are added by name: the first is a word of Python."""

    state = filters.ChoiceFilter(
        choices=[(state.lower(), label) for state, label in TripState.choices],
        method="in_state",
        label=_("stan"),
    )
    direction = filters.ChoiceFilter(
        choices=[("out", _("odjazdy")), ("in", _("przyjazdy"))], method="going", label=_("kierunek")
    )

    class Meta:
        model = Trip
        fields: list[str] = []

    @classmethod
    def get_filters(cls):
        days = {
            "from": filters.DateFilter(field_name="departs_on", lookup_expr="gte", label=_("od dnia")),
            "to": filters.DateFilter(field_name="departs_on", lookup_expr="lte", label=_("do dnia")),
        }
        return super().get_filters() | days

    @classmethod
    def of(cls, query, *, centre: Centre):
        """The filters of a request for the centre's trips. Raises WrongFilter."""
        made = cls(query, queryset=trips.of_centre(centre))
        made.centre = centre
        if not made.is_valid():
            raise WrongFilter(errors=made.form.errors.get_json_data())
        return made

    def in_state(self, rows, name, value):
        return rows.filter(state=value.upper())

    def going(self, rows, name, value):
        return rows.filter(**{"from_centre" if value == "out" else "to_centre": self.centre})


PARAMETERS = [
    OpenApiParameter("from", str, description="YYYY-MM-DD"),
    OpenApiParameter("to", str, description="YYYY-MM-DD"),
    OpenApiParameter("state", str, enum=[state.lower() for state in TripState.values]),
    OpenApiParameter("direction", str, enum=["out", "in"]),
]
