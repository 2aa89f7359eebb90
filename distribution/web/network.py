"""The network view: trips on a map of Poland and in a table, what is overdue, what did not come, centres' load."""

from urllib.parse import urlencode

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import render
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from distribution.models import Centre
from distribution.policies.network_map import Arc, Dot, network_map
from distribution.queries import loads, network
from distribution.queries.network import DAY, Filter
from distribution.rules import sees_network
from marketplace.kernel.clock import local_date

MOODS = [
    (network.PLANNED, _("zgodnie z planem")),
    (network.MOVING, _("w drodze")),
    (network.LATE, _("opóźniony")),
    (network.OVERDUE, _("po godzinie")),
    (network.CANCELLED, _("odwołany")),
    (network.DONE, _("zakończony")),
]
WORDS = dict(MOODS)


class NetworkForm(forms.Form):
    """A value it does not know narrows nothing: an old address still shows the network."""

    centrum = forms.ChoiceField(label=_("Centrum"), required=False)
    stan = forms.ChoiceField(label=_("Stan"), required=False, choices=[("", _("każdy")), *MOODS])
    dzien = forms.ChoiceField(
        label=_("Dzień"),
        required=False,
        choices=[("", _("oba dni")), ("dzis", _("dziś")), ("jutro", _("jutro"))],
    )

    def __init__(self, *args, centres, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["centrum"].choices = [("", _("wszystkie")), *((row.code, row.name) for row in centres)]

    def narrowed(self, today):
        self.is_valid()
        values = self.cleaned_data
        days = {"dzis": today, "jutro": today + DAY}
        return Filter(values.get("centrum", ""), values.get("stan", ""), days.get(values.get("dzien", "")))


@require_safe
@login_required
def view(request):
    """Whole, or only its live part, which an open page asks for again and again."""
    if not sees_network(request.user):
        raise Http404
    now = timezone.now()
    centres = list(network.centres())
    form = NetworkForm(request.GET, centres=centres)
    narrowed = form.narrowed(local_date(now))
    found = network.overview(at=now, narrowed=narrowed)
    rows = [(trip, network.mood(trip, now)) for trip in found.trips]
    mine = set(Centre.objects.staffed_by(request.user).values_list("code", flat=True))
    context = {
        "form": form,
        "now": now,
        "overview": found,
        "rows": [(trip, mood, WORDS[mood], _door(trip, mine)) for trip, mood in rows],
        "legend": [(mood, word, sum(one == mood for _trip, one in rows)) for mood, word in MOODS],
        "missing": loads.by_crate(found.differences),
        "map": mark_safe(  # noqa: S308 escapes what it is given
            network_map(
                [Dot(row.code, row.latitude, row.longitude) for row in centres],
                [Arc(trip.from_centre.code, trip.to_centre.code, mood) for trip, mood in rows],
            )
        ),
        "live": f"?{urlencode({name: value for name, value in request.GET.items() if name in form.fields})}",
        "is_narrowed": narrowed != Filter(),
    }
    template = "distribution/_network.html" if request.htmx else "distribution/network.html"
    response = render(request, template, context)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _door(trip, mine):
    """The code of the centre under which this person may open the trip, or nothing."""
    return next((code for code in (trip.from_centre.code, trip.to_centre.code) if code in mine), "")
