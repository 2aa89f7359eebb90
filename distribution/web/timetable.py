"""The timetable at the planner's desk: its legs, a new one, other room, an end."""

from datetime import timedelta

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from distribution.models import Leg
from distribution.operations import timetable as operations
from distribution.queries import timetable as queries
from distribution.rules import leads
from distribution.web.floor import at_centre
from distribution.web.planning import led, page
from distribution.web.timetable_forms import ChangeLegForm, EndForm, LegForm
from marketplace.kernel.clock import local_date
from marketplace.kernel.errors import DomainError
from marketplace.kernel.forms import refused


@at_centre
def timetable(request, centre):
    """Every leg of the centre that runs or will run, out and in."""
    legs = list(queries.legs_of(centre, day=local_date(timezone.now())))
    return page(
        request,
        centre,
        "timetable",
        tab="timetable",
        tables=[
            (_("Odjazdy"), [leg for leg in legs if leg.from_centre_id == centre.pk], True),
            (_("Przyjazdy"), [leg for leg in legs if leg.to_centre_id == centre.pk], False),
        ],
        leads=leads(request.user, centre),
    )


@led
def add(request, centre):
    now = timezone.now()
    initial = {"valid_from": local_date(now) + timedelta(days=1), "weekdays": [0, 1, 2, 3, 4]}
    form = LegForm(request.POST or None, centre=centre, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            operations.add_leg(
                **form.ends,
                service=form.service,
                rooms=form.rooms,
                vehicle=form.cleaned_data["vehicle"],
                by=request.user,
                at=now,
            )
        except DomainError as refusal:
            refused(form, refusal)
        else:
            messages.success(request, _("Połączenie dodane, kursy na cztery tygodnie są w kalendarzu."))
            return redirect("distribution:timetable", centre.code)
    return _form_page(request, centre, "leg_form", form, _("Nowe połączenie"))


@led
def change(request, centre, pk):
    """Other room or another lorry; other hours are a new leg."""
    leg = _leg(centre, pk)
    form = ChangeLegForm(request.POST or None, leg=leg)
    if request.method == "POST" and form.is_valid():
        try:
            operations.change_leg(
                leg=leg.pk,
                rooms=form.rooms,
                vehicle=form.cleaned_data["vehicle"],
                by=request.user,
                at=timezone.now(),
            )
        except DomainError as refusal:
            refused(form, refusal)
        else:
            messages.success(request, _("Zmiana zapisana, także na zaplanowanych kursach."))
            return redirect("distribution:timetable", centre.code)
    history = leg.events.select_related("by").order_by("-pk")[:20]
    return _form_page(request, centre, "leg_change", form, _("Pojazd i miejsce"), leg=leg, history=history)


@led
def end(request, centre, pk):
    leg = _leg(centre, pk)
    now = timezone.now()
    form = EndForm(request.POST or None, initial={"from_day": local_date(now) + timedelta(days=1)})
    if request.method == "POST" and form.is_valid():
        try:
            operations.end_leg(leg=leg.pk, by=request.user, at=now, **form.cleaned_data)
        except DomainError as refusal:
            refused(form, refusal)
        else:
            messages.success(request, _("Połączenie zakończone, dalsze kursy odwołane."))
            return redirect("distribution:timetable", centre.code)
    return _form_page(request, centre, "leg_end", form, _("Koniec połączenia"), leg=leg)


def _leg(centre, pk) -> Leg:
    row = queries.legs_of(centre, day=local_date(timezone.now())).filter(pk=pk).first()
    if row is None:
        raise Http404
    return row


def _form_page(request, centre, template, form, title, **context):
    return page(
        request,
        centre,
        template,
        tab="timetable",
        crumbs=[(_("Rozkład"), reverse("distribution:timetable", args=[centre.code])), (title, "")],
        form=form,
        title=title,
        **context,
    )
