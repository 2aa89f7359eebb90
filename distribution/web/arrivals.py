"""Deliveries to come, day by day, and the hours at the ramp which the centre offers for them."""

from datetime import timedelta

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from distribution.models import DockSlot
from distribution.operations import docks, receiving
from distribution.operations.docks import MOST_CAPACITY
from distribution.queries import arrivals
from distribution.rules import leads
from distribution.web.floor import act, at_centre, page
from distribution.web.timetable_forms import WEEKDAYS, DayField
from marketplace.kernel.clock import local_date
from marketplace.kernel.errors import DomainError
from marketplace.kernel.forms import refused
from producers.models import Producer

SHOWN_DAYS = 21


class WindowForm(forms.Form):
    """A window on some weekdays between two days."""

    first = DayField(label=gettext_lazy("Od dnia"))
    last = DayField(label=gettext_lazy("Do dnia"))
    starts = forms.TimeField(label=gettext_lazy("Od godziny"), widget=forms.TimeInput(attrs={"type": "time"}))
    ends = forms.TimeField(label=gettext_lazy("Do godziny"), widget=forms.TimeInput(attrs={"type": "time"}))
    capacity = forms.IntegerField(
        label=gettext_lazy("Ile dostaw naraz"), min_value=1, max_value=MOST_CAPACITY, initial=2
    )
    weekdays = forms.TypedMultipleChoiceField(
        label=gettext_lazy("W które dni"),
        choices=WEEKDAYS,
        coerce=int,
        initial=[0, 1, 2, 3, 4],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Zaznacz choć jeden dzień tygodnia.")},
    )


@at_centre
def expected(request, centre):
    """Deliveries to come by day and hour, what will still be sold for those days, and the way in for one that
    nobody announced."""
    now = timezone.now()
    return page(
        request,
        centre,
        "distribution/arrivals",
        days=arrivals.by_day(centre, at=now),
        today=local_date(now),
        sold=arrivals.sold_to(centre)[:100],
        producers=Producer.objects.active().order_by("sort_key").only("slug", "name"),
        documents=centre.documents.filter(kind="PZ").select_related("producer").order_by("-pk")[:10],
    )


@at_centre
def close(request, centre, pk):
    """Nothing more comes of an arrival: the rest is short."""
    row = arrivals.at_centre(centre=centre, pk=pk)
    back = reverse("distribution:arrivals", args=[centre.code])
    if request.method != "POST":
        return page(request, centre, "distribution/arrival_close", arrival=row, owed=arrivals.owed(row))
    return act(
        request,
        back,
        lambda: receiving.close(centre=centre, arrival=row.pk, by=request.user, at=timezone.now()),
        _("Dostawa zamknięta. Kupujący dostaną wiadomość o brakach."),
    )


@at_centre
def windows(request, centre):
    """The windows of the next weeks; the lead offers more of them."""
    now = timezone.now()
    may_change = leads(request.user, centre)
    today = local_date(now)
    form = WindowForm(
        request.POST if request.method == "POST" else None,
        initial={"first": today, "last": today + timedelta(days=SHOWN_DAYS - 1)},
    )
    if request.method == "POST":
        if not may_change:
            raise PermissionDenied
        if form.is_valid():
            try:
                made = docks.offer(centre=centre, by=request.user, at=now, **form.cleaned_data)
            except DomainError as refusal:
                refused(form, refusal)
            else:
                messages.success(request, _("Dodane okna: %s") % len(made))
                return redirect("distribution:windows", centre.code)
    rows = arrivals.windows(centre, first=today, last=today + timedelta(days=SHOWN_DAYS - 1))
    return page(
        request,
        centre,
        "distribution/windows",
        status=422 if form.errors else 200,
        rows=rows,
        form=form,
        leads=may_change,
    )


@require_POST
@at_centre
def window(request, centre, pk):
    """The lead changes a window's room; 0 takes it away."""
    if not leads(request.user, centre):
        raise PermissionDenied
    row = DockSlot.objects.filter(pk=pk, centre=centre).first()
    if row is None:
        raise Http404
    text = request.POST.get("capacity", "").strip()
    capacity = int(text) if text.isascii() and text.isdigit() and len(text) < 6 else -1
    return act(
        request,
        reverse("distribution:windows", args=[centre.code]),
        lambda: docks.change(slot=row.pk, capacity=capacity, by=request.user, at=timezone.now()),
        _("Okno zmienione."),
    )


@require_POST
@at_centre
def book(request, centre, pk):
    """The centre takes or gives back an hour for a producer who rang."""
    row = arrivals.at_centre(centre=centre, pk=pk)
    text = request.POST.get("slot", "")
    back = reverse("distribution:arrival", args=[centre.code, row.pk])
    if text == "":
        return act(
            request,
            back,
            lambda: docks.cancel(arrival=row.pk, by=request.user, at=timezone.now()),
            _("Godzina oddana."),
        )
    slot = int(text) if text.isascii() and text.isdigit() and len(text) < 18 else 0
    return act(
        request,
        back,
        lambda: docks.book(arrival=row.pk, slot=slot, by=request.user, at=timezone.now(), crates=row.crates),
        _("Godzina umówiona."),
    )
