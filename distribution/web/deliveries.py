"""A producer's deliveries: what is owed where and when, and the hour at the ramp for each."""

from django import forms
from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from distribution.operations import docks
from distribution.operations.docks import MOST_CRATES
from distribution.queries import arrivals, crates
from marketplace.kernel.errors import DomainError, NotFound
from marketplace.kernel.forms import refused
from marketplace.kernel.templatetags.polish_text import day as day_words
from producers.web.door import at_desk, page


class WindowChoice(forms.Form):
    """An hour at the ramp for one delivery; the choices are the windows of its day."""

    slot = forms.TypedChoiceField(
        coerce=int,
        error_messages={"required": gettext_lazy("Wybierz godzinę.")},
        label=gettext_lazy("Godzina"),
    )
    crates = forms.IntegerField(
        label=gettext_lazy("Ile skrzynek przywieziesz"), min_value=1, max_value=MOST_CRATES, required=False
    )

    def __init__(self, windows, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["slot"].choices = [(row.pk, row.pk) for row in windows]


@at_desk
def deliveries(request, producer):
    """What the producer owes, by centre and day, and what is sold in rounds that still take orders."""
    now = timezone.now()
    rows = list(arrivals.owed_by(producer))
    return page(
        request,
        producer,
        "distribution/desk/deliveries",
        tab="deliveries",
        deliveries=[(row, _owed(row), arrivals.is_late(row, now)) for row in rows],
        sold=arrivals.sold_by(producer)[:100],
        debt=next(iter(crates.debts(partners=[producer.pk])), None),
    )


def _owed(row):
    """Its lines with something to bring, as (name, pieces)."""
    return [
        (f"{line.item.product.name}, {line.item.name}", line.owed - line.received)
        for line in row.lines.all()
        if line.owed > line.received
    ]


@at_desk
def delivery(request, producer, pk):
    """One delivery: what to bring, and the choice of its hour."""
    row = _own(producer, pk)
    now = timezone.now()
    windows = arrivals.windows_for(row, at=now)
    sent = request.POST if request.method == "POST" else None
    form = WindowChoice(windows, sent, initial={"slot": row.dock_slot_id, "crates": row.crates})
    if form.is_valid():
        try:
            docks.book(arrival=row.pk, by=request.user, at=now, **form.cleaned_data)
        except DomainError as refusal:
            refused(form, refusal)
            windows = arrivals.windows_for(row, at=now)
        else:
            messages.success(request, _("Godzina umówiona."))
            return redirect("desk:delivery", producer.slug, row.pk)
    return page(
        request,
        producer,
        "distribution/desk/delivery",
        tab="deliveries",
        crumbs=[
            (_("Dostawy"), reverse("desk:deliveries", args=[producer.slug])),
            (f"{row.centre.name}, {day_words(row.due_on, 'short')}", ""),
        ],
        status=422 if form.errors else 200,
        delivery=row,
        owed=_owed(row),
        form=form,
        days=_days(row, windows),
    )


def _days(row, windows):
    """The windows as `<c-slots>` shows them; a full one can't be chosen."""
    if not windows:
        return []
    shown = [
        {
            "id": str(slot.pk),
            "from": slot.starts,
            "to": slot.ends,
            "left": slot.capacity - slot.taken,
            "reason": _("pełne") if slot.taken >= slot.capacity and slot.pk != row.dock_slot_id else "",
        }
        for slot in windows
    ]
    return [{"on": windows[0].on, "slots": shown}]


@require_POST
@at_desk
def give_back(request, producer, pk):
    """The hour is free for somebody else; the goods are still owed."""
    row = _own(producer, pk)
    docks.cancel(arrival=row.pk, by=request.user, at=timezone.now())
    messages.success(request, _("Godzina oddana. Towar nadal trzeba przywieźć."))
    return redirect("desk:delivery", producer.slug, row.pk)


def _own(producer, pk):
    try:
        return arrivals.of_producer(producer=producer, pk=pk)
    except NotFound as error:
        raise Http404 from error
