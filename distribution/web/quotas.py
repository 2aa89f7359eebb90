"""Quotas: the producer divides a day's promises between channels; the centre sees them and may end one early."""

from datetime import time

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from distribution.models import Quota
from distribution.operations import quotas as operations
from distribution.operations.quotas import Kept
from distribution.queries import quotas
from distribution.rules import leads
from distribution.web.floor import act, at_centre
from distribution.web.floor import page as hall_page
from distribution.web.promises import centre_of, date_of
from distribution.web.timetable_forms import DayField, HourField
from marketplace.kernel.clock import WARSAW, moment
from marketplace.kernel.errors import DomainError
from marketplace.kernel.forms import refused
from marketplace.kernel.templatetags.polish_text import day as day_words
from producers.web.door import at_desk, page

NOON = time(12)


class QuotasForm(forms.Form):
    """A number for each promise and channel, and the hour at which the rest serves everybody."""

    day = DayField(label=gettext_lazy("Dla wszystkich od dnia"))
    hour = HourField(label=gettext_lazy("od godziny"))

    def __init__(self, divided, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.divided = divided
        for one in divided:
            for channel, label in Quota.Channel.choices:
                kept = one.quotas.get(channel)
                key = self.key(one, channel)
                self.fields[key] = forms.IntegerField(
                    label=label, min_value=0, max_value=one.supply.quantity, required=False
                )
                self.initial[key] = kept.pieces if kept else 0

    @staticmethod
    def key(one, channel):
        return f"{one.supply.pk}-{channel}"

    @property
    def groups(self):
        return [
            (one, [(self[self.key(one, c)], one.quotas.get(c)) for c in Quota.Channel.values])
            for one in self.divided
        ]

    @property
    def kept(self):
        """What differs from now; a quota that keeps something also takes the new hour."""
        values = self.cleaned_data
        return [
            Kept(one.supply.item, channel, values[key] or 0)
            for one in self.divided
            for channel in Quota.Channel.values
            if (values[key := self.key(one, channel)] or 0) or one.quotas.get(channel)
        ]

    @property
    def flows_back_at(self):
        return moment(self.cleaned_data["day"], self.cleaned_data["hour"])


@at_desk
def day(request, producer, code, on):
    """The day's promises, each with a number for every channel."""
    centre, chosen = centre_of(code), date_of(on)
    divided = quotas.of_day(producer=producer, centre=centre, on=chosen)
    if not divided:
        raise Http404
    form = QuotasForm(divided, request.POST or None, initial=_hour(divided, chosen))
    back = reverse("desk:promises_day", args=[producer.slug, centre.code, on])
    if request.method == "POST" and form.is_valid():
        try:
            operations.keep(
                centre=centre,
                available_on=chosen,
                kept=form.kept,
                flows_back_at=form.flows_back_at,
                by=request.user,
                at=timezone.now(),
            )
        except DomainError as refusal:
            refused(form, refusal)
        else:
            messages.success(request, _("Pule zapisane."))
            return redirect(back)
    promises = reverse("desk:promises", args=[producer.slug]) + f"?centrum={centre.code}"
    crumbs = [(_("Zapowiedzi"), promises), (day_words(chosen, "short"), back), (_("Pule kanałów"), "")]
    return page(
        request, producer, "distribution/desk/quotas", tab="promises", crumbs=crumbs, centre=centre,
        day=chosen, form=form,
    )  # fmt: skip


def _hour(divided, on):
    """The hour the quotas have, or noon of the day itself."""
    hours = [quota.flows_back_at for one in divided for quota in one.quotas.values()]
    at = max(hours).astimezone(WARSAW) if hours else None
    return {"day": at.date() if at else on, "hour": at.time() if at else NOON}


@require_safe
@at_centre
def overview(request, centre):
    """What is kept for channels of what is to come to this centre, or lies there."""
    return hall_page(
        request,
        centre,
        "distribution/quotas",
        rows=quotas.live(centre=centre)[:200],
        leads=leads(request.user, centre),
    )


@require_POST
@at_centre
def free(request, centre, pk):
    """A lead lets what a channel has not bought serve everybody before its hour."""
    if not leads(request.user, centre):
        raise PermissionDenied
    row = quotas.live(centre=centre).filter(pk=pk).first()
    if row is None:
        raise Http404
    return act(
        request,
        reverse("distribution:quotas", args=[centre.code]),
        lambda: operations.flow_back(at=timezone.now(), by=request.user, only=[row.pk]),
        _("Reszta puli jest dla wszystkich."),
    )
