"""What the floor does with a trip: it departs, arrives, is confirmed; a crate rides elsewhere, is found or lost."""

from django import forms
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from distribution.models import Centre, Trip
from distribution.operations import loading, unloading
from distribution.operations.corrections import ReasonMissing
from distribution.queries import loads, trips
from distribution.rules import leads
from distribution.states import TripState
from distribution.web.floor import act, at_centre
from distribution.web.planning import led
from marketplace.kernel.errors import NotFound
from marketplace.kernel.units import Temperature
from marketplace.kernel.web import way_back


class ElsewhereForm(forms.Form):
    chamber = forms.ChoiceField(choices=Temperature.choices)
    reason = forms.CharField(max_length=200)


def of_trip(trip: Trip, centre: Centre, *, leads: bool) -> dict:
    """What the trip's page shows of its crates, and what may be done with them at this end."""
    aboard = loads.of_trip(trip)
    is_out = trip.from_centre_id == centre.pk
    return {
        "aboard": aboard,
        "missing": loads.missing_of(trip),
        "settled": list(loads.settled_of(trip)),
        "papers": list(loads.documents_of(trip)),
        "may_depart": is_out and trip.state in loading.LOADS,
        "may_arrive": not is_out and trip.state == TripState.DEPARTED,
        "may_confirm": not is_out and trip.state == TripState.ARRIVED,
        "may_settle": not is_out and leads,
        "chambers": [(value, loading.CHAMBER_OF[Temperature(value)]) for value in Temperature.values],
    }


def _trip(centre, pk, *, out):
    """The trip, at the end where the work is done; at its other end the address does not exist."""
    row = trips.at_centre(centre=centre, pk=pk)
    if (row.from_centre_id == centre.pk) != out:
        raise NotFound
    return row


def _act(request, centre, trip, effect, done):
    here = reverse("distribution:trip", args=[centre.code, trip.pk])
    return act(request, way_back(request, here), effect, done)


@require_POST
@at_centre
def depart(request, centre, pk):
    """The lorry leaves. Only the lead may say why it leaves without something."""
    row = _trip(centre, pk, out=True)
    reason = request.POST.get("reason", "").strip()
    if reason and not leads(request.user, centre):
        raise PermissionDenied
    return _act(
        request,
        centre,
        row,
        lambda: loading.depart(trip=row.pk, by=request.user, at=timezone.now(), reason=reason),
        _("Kurs odjechał. Towar jest w drodze."),
    )


@require_POST
@at_centre
def arrive(request, centre, pk):
    """The lorry stands at the ramp."""
    row = _trip(centre, pk, out=False)
    return _act(
        request,
        centre,
        row,
        lambda: unloading.arrive(trip=row.pk, by=request.user, at=timezone.now()),
        _("Kurs przyjechał. Można rozładowywać."),
    )


@require_POST
@at_centre
def confirm(request, centre, pk):
    """Unloading is over; what did not come is written down, with why."""
    row = _trip(centre, pk, out=False)
    reason = request.POST.get("reason", "")
    return _act(
        request,
        centre,
        row,
        lambda: unloading.confirm(trip=row.pk, by=request.user, at=timezone.now(), reason=reason),
        _("Przyjazd zatwierdzony."),
    )


@require_POST
@led
def put_elsewhere(request, centre, pk, load):
    """The lead lets a crate ride in another chamber, and says why."""
    row = loads.load_of(trip=_trip(centre, pk, out=True), pk=load)
    form = ElsewhereForm(request.POST)

    def effect():
        if not form.is_valid():
            raise ReasonMissing
        loading.put_elsewhere(load=row.pk, by=request.user, at=timezone.now(), **form.cleaned_data)

    return _act(request, centre, row.trip, effect, _("Załadowane."))


@require_POST
@led
def find(request, centre, pk, unit):
    """A missing crate turned up."""
    row = _trip(centre, pk, out=False)
    return _act(
        request,
        centre,
        row,
        lambda: unloading.find(trip=row.pk, unit=unit, by=request.user, at=timezone.now()),
        _("Skrzynka odnaleziona i rozładowana."),
    )


@require_POST
@led
def give_up(request, centre, pk, unit):
    """A missing crate is lost: an RW, and its buyers are told."""
    row = _trip(centre, pk, out=False)
    reason = request.POST.get("reason", "")
    return _act(
        request,
        centre,
        row,
        lambda: unloading.give_up(trip=row.pk, unit=unit, reason=reason, by=request.user, at=timezone.now()),
        _("Spisane w dokumencie RW. Kupujący dostaną wiadomość."),
    )
