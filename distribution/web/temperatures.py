"""Temperatures of a centre: today's sheet by zone, logging a reading, the signed sheet of a day."""

from datetime import timedelta

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from distribution.models import Reading, Trip
from distribution.operations import readings
from distribution.queries import readings as reading_queries
from distribution.queries import reports
from distribution.rules import leads
from distribution.states import TripState
from distribution.web.floor import at_centre, page
from marketplace.kernel import files
from marketplace.kernel.clock import WARSAW, local_date
from marketplace.kernel.errors import DomainError
from marketplace.kernel.units import Temperature


class ReadingForm(forms.Form):
    """`of` is zone-CODE or trip-ID-CLASS."""

    of = forms.ChoiceField(label=gettext_lazy("Gdzie"), widget=forms.RadioSelect)
    celsius = forms.DecimalField(
        label=gettext_lazy("Temperatura (°C)"), max_digits=5, decimal_places=1, localize=True
    )
    sensor = forms.CharField(label=gettext_lazy("Czujnik"), max_length=40, required=False)
    note = forms.CharField(label=gettext_lazy("Uwagi"), max_length=200, required=False)

    def __init__(self, centre, *args, **kwargs):
        super().__init__(*args, **kwargs)
        zones = [
            (
                f"zone-{zone.code}",
                _("Strefa %(code)s, %(kind)s") % {"code": zone.code, "kind": zone.get_temperature_display()},
            )
            for zone in centre.zones.order_by("code")
        ]
        trips = [
            (f"trip-{trip.pk}-{room.temperature}", _chamber(trip, room))
            for trip in _on_the_way(centre)
            for room in trip.rooms.all()
            if room.temperature != Temperature.AMBIENT
        ]
        self.fields["of"].choices = zones + trips


def _chamber(trip, room):
    return _("Kurs %(way)s, %(kind)s") % {
        "way": f"{trip.from_centre.code}–{trip.to_centre.code}",
        "kind": room.get_temperature_display(),
    }


def _on_the_way(centre):
    live = [TripState.LOADING, TripState.DEPARTED, TripState.ARRIVED]
    rows = Trip.objects.at_centres([centre]).filter(state__in=live)
    return (
        rows.select_related("from_centre", "to_centre").prefetch_related("rooms").order_by("departs_at")[:10]
    )


@at_centre
def today(request, centre):
    """The sheet of a day; a reading is logged for now. What is above the limit says so and what it held."""
    now = timezone.now()
    day = _day(request, now)
    form = ReadingForm(centre, request.POST or None)
    if request.method == "POST" and form.is_valid() and _log(request, centre, form.cleaned_data, now):
        return redirect("distribution:temperatures", centre.code)
    sheets = reading_queries.of_day(centre=centre, day=day, now=now)
    return page(
        request,
        centre,
        "distribution/temperatures",
        status=422 if form.errors else 200,
        form=form,
        day=day,
        before=day - timedelta(days=1),
        after=day + timedelta(days=1) if day < local_date(now) else None,
        sheets=[(sheet, [_point(row) for row in sheet.readings]) for sheet in sheets],
        others=reading_queries.elsewhere(centre=centre, day=day),
        leads=leads(request.user, centre),
    )


def _point(reading: Reading):
    at = reading.at.astimezone(WARSAW)
    return at.hour + at.minute / 60, reading.tenths, reading.is_breach


def _log(request, centre, values, now):
    tenths = int(values["celsius"] * 10)
    kind, *key = values["of"].split("-")
    common = {
        "tenths": tenths,
        "sensor": values["sensor"],
        "note": values["note"],
        "by": request.user,
        "at": now,
    }
    try:
        if kind == "zone":
            row = readings.of_zone(zone=centre.zones.get(code=key[0]).pk, **common)
        else:
            row = readings.of_trip(trip=int(key[0]), centre=centre.pk, temperature=key[1], **common)
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return False
    if row.is_breach:
        messages.warning(
            request, _("Za ciepło. Partie, których to dotyczy, są wstrzymane do decyzji kierownika.")
        )
    else:
        messages.success(request, _("Zapisane."))
    return True


def _day(request, now):
    try:
        asked = parse_date(request.GET.get("dzien", ""))
    except ValueError:
        asked = None
    return reading_queries.sheet_day(asked, now=now)


@at_centre
def sheet(request, centre):
    """The day's sheet as PDF, with the name of the lead who signs it."""
    if not leads(request.user, centre):
        raise PermissionDenied
    now = timezone.now()
    day = _day(request, now)
    made = reports.day_sheet_pdf(centre=centre, day=day, signed_by=request.user.label, now=now)
    return files.pdf(made, f"temperatury-{centre.code}-{day}.pdf")
