"""Trips: today's in the hall, a week of them at the planner's desk, one of them, an extra one, late or cancelled."""

from datetime import timedelta

from django.contrib import messages
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from distribution.operations import trips as operations
from distribution.queries import trips as queries
from distribution.rules import leads
from distribution.states import TRIP, TripState
from distribution.web import floor, loads, planning
from distribution.web.floor import act, at_centre
from distribution.web.planning import led
from distribution.web.timetable_forms import DelayForm, ExtraForm, ReasonForm, VehicleForm, WeekForm
from marketplace.kernel.clock import local_date
from marketplace.kernel.errors import DomainError
from marketplace.kernel.forms import refused
from marketplace.kernel.templatetags.polish_text import grams
from marketplace.kernel.units import Temperature

WEEK = timedelta(days=7)
DAY = timedelta(days=1)


@at_centre
def trips(request, centre):
    """What leaves and arrives today and tomorrow: the hall's own list."""
    today = local_date(timezone.now())
    days = queries.calls(centre, first=today, last=today + DAY)
    return floor.page(request, centre, "distribution/trips", days=list(days.items()))


@at_centre
def week(request, centre):
    """Seven days in and out, as a calendar and as a table."""
    today = local_date(timezone.now())
    monday = WeekForm.monday(request.GET.get("dzien", ""), today=today)
    days = queries.calls(centre, first=monday, last=monday + WEEK - DAY)
    return planning.page(
        request,
        centre,
        "week",
        days=list(days.items()),
        count=sum(map(len, days.values())),
        today=today,
        monday=monday,
        sunday=monday + WEEK - DAY,
        previous=f"?dzien={monday - WEEK:%Y-%m-%d}",
        next=f"?dzien={monday + WEEK:%Y-%m-%d}",
        leads=leads(request.user, centre),
    )


@at_centre
def trip(request, centre, pk):
    """One trip: when, how full, what happened; its lead may change it."""
    row = queries.at_centre(centre=centre, pk=pk)
    is_lead = leads(request.user, centre)
    return floor.page(
        request,
        centre,
        "distribution/trip",
        trip=row,
        is_out=row.from_centre_id == centre.pk,
        rooms=queries.rooms_of(row),
        orders=queries.orders_on(row),
        events=[(event, TripState(event.new).label) for event in queries.history(row)],
        may_delay=is_lead and row.state in operations.MAY_BE_LATE,
        may_cancel=is_lead and TRIP.may(row.state, TripState.CANCELLED),
        form=VehicleForm(initial={"vehicle": row.vehicle, "driver": row.driver}),
        leads=is_lead,
        **loads.of_trip(row, centre, leads=is_lead),
    )


@require_POST
@led
def vehicle(request, centre, pk):
    row = queries.at_centre(centre=centre, pk=pk)
    form = VehicleForm(request.POST)
    back = reverse("distribution:trip", args=[centre.code, row.pk])
    if not form.is_valid():
        messages.error(request, _("Pojazd ma do 40 znaków, kierowca do 80."))
        return redirect(back)
    return act(
        request,
        back,
        lambda: operations.set_vehicle(trip=row.pk, by=request.user, at=timezone.now(), **form.cleaned_data),
        _("Zapisane."),
    )


@led
def extra(request, centre):
    """A trip outside the timetable."""
    now = timezone.now()
    form = ExtraForm(request.POST or None, centre=centre, initial={"departs_on": local_date(now) + DAY})
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            made = operations.add_extra(
                **form.ends,
                departs_on=values["departs_on"],
                hours=form.hours,
                rooms=form.rooms,
                vehicle=values["vehicle"],
                driver=values["driver"],
                reason=values["reason"],
                by=request.user,
                at=now,
            )
        except DomainError as refusal:
            refused(form, refusal)
        else:
            messages.success(request, _("Kurs dodatkowy jest w kalendarzu."))
            return redirect("distribution:trip", centre.code, made.pk)
    return planning.page(
        request,
        centre,
        "extra",
        crumbs=[(_("Tydzień"), reverse("distribution:week", args=[centre.code])), (_("Kurs dodatkowy"), "")],
        form=form,
    )


def delay(request, centre, pk, *, cost_of):
    """The new hours, then what they would cost, then the change itself. `cost_of` gives the facts of what a change,
    a call, would do to orders; the page is mounted where orders are known."""
    row = queries.at_centre(centre=centre, pk=pk)
    form = DelayForm(request.POST or None, trip=row)
    shown = request.method == "POST" and form.is_valid()

    def change():
        operations.delay(
            trip=row.pk,
            departs_at=form.departs_at,
            arrives_at=form.arrives_at,
            reason=form.cleaned_data["reason"],
            by=request.user,
            at=timezone.now(),
        )

    cost = None
    if shown:
        try:
            if "confirmed" in request.POST:
                change()
            else:
                cost = cost_of(row, change)
        except DomainError as refusal:
            refusal.field = DelayForm.FIELD_OF.get(refusal.field or "", refusal.field)
            refused(form, refusal)
        else:
            if cost is None:
                messages.success(request, _("Opóźnienie zapisane."))
                return redirect("distribution:trip", centre.code, row.pk)
    shown = shown and not form.errors
    return _change_page(
        request, centre, row, "delay_confirm" if shown else "delay", form, _("Opóźnienie"),
        cost=[*_aboard(row), *(cost or [])] if shown else None,
    )  # fmt: skip


def cancel(request, centre, pk, *, cost_of):
    """What the cancellation would cost stands above its button."""
    row = queries.at_centre(centre=centre, pk=pk)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            operations.cancel(trip=row.pk, by=request.user, at=timezone.now(), **form.cleaned_data)
        except DomainError as refusal:
            refused(form, refusal)
        else:
            messages.success(request, _("Kurs odwołany."))
            return redirect("distribution:trip", centre.code, row.pk)
    return _change_page(
        request,
        centre,
        row,
        "cancel",
        form,
        _("Odwołanie kursu"),
        cost=[*_aboard(row), *_of_cancelling(request, row, cost_of)],
    )


def _of_cancelling(request, row, cost_of):
    def change():
        operations.cancel(trip=row.pk, reason=_("odwołanie"), by=request.user, at=timezone.now())

    try:
        return cost_of(row, change)
    except DomainError:
        return []  # it can't be cancelled, which the button will say


def _aboard(row):
    """What hangs on the trip, as facts: {"term", "value"}."""
    n = queries.orders_on(row)
    facts = [
        {
            "term": _("Zamówienia, które mają nim jechać"),
            "value": ngettext("%(n)d zamówienie", "%(n)d zamówień", n) % {"n": n},
        }
    ]
    return facts + [
        {"term": Temperature(use.room.temperature).label, "value": grams(use.booked)}
        for use in queries.rooms_of(row)
        if use.booked
    ]


def _change_page(request, centre, row, template, form, title, **context):
    here = reverse("distribution:trip", args=[centre.code, row.pk])
    return planning.page(
        request,
        centre,
        template,
        crumbs=[
            (_("Tydzień"), reverse("distribution:week", args=[centre.code])),
            (_("Kurs"), here),
            (title, ""),
        ],
        trip=row,
        is_out=row.from_centre_id == centre.pk,
        form=form,
        back=here,
        **context,
    )
