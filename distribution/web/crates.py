"""Crates: one by its code, who has them, new ones, out to producers and back, empty ones onto a lorry."""

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from distribution.operations import crates
from distribution.operations.steps import crate_number
from distribution.queries import crates as crate_queries
from distribution.queries import labels, trips
from distribution.rules import leads
from distribution.web.floor import act, at_centre, page
from marketplace.kernel import files

JOURNAL = 20


class PartnerForm(forms.Form):
    """Whom a crate goes to; `partners` limits it to those who deliver here."""

    def __init__(self, *args, partners, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["partner"] = forms.ModelChoiceField(partners)


@require_safe
@at_centre
def overview(request, centre):
    """One crate by its code: what is in it, where it stands, its label; or all of them."""
    code = request.GET.get("code", "")[:120]
    row = crate_queries.at_centre(centre=centre, sscc=crate_number(code)) if code.strip() else None
    if row is not None:
        contents = labels.contents(row)
        return page(request, centre, "distribution/crate", crate=row, contents=contents)
    if code.strip():
        messages.error(request, _("Nie ma tu takiej skrzyni."))
    return page(
        request,
        centre,
        "distribution/crates",
        summary=crate_queries.summary(centre),
        debts=crate_queries.debts(),
        missing=crate_queries.missing(centre),
        journal=crate_queries.journal(centre)[:JOURNAL],
        partners=crate_queries.partners(centre),
        chosen=request.GET.get("partner", ""),
        most=crates.MOST_AT_ONCE,
        leads=leads(request.user, centre),
    )


@require_safe
@at_centre
def label(request, centre, sscc):
    row = crate_queries.at_centre(centre=centre, sscc=sscc)
    if row is None:
        raise Http404
    return files.pdf(labels.of_crate(row), f"skrzynia-{row.sscc}.pdf")


@require_POST
@at_centre
def add(request, centre):
    """New crates; the lead's."""
    if not leads(request.user, centre):
        raise PermissionDenied
    text = request.POST.get("count", "")
    count = int(text) if text.isascii() and text.isdigit() and len(text) < 5 else 0
    return act(
        request,
        _home(centre),
        lambda: crates.add(centre=centre.pk, count=count, by=request.user, at=timezone.now()),
        ngettext("Przybyła %(n)s skrzynia.", "Przybyło %(n)s skrzyń.", count) % {"n": count},
    )


@require_POST
@at_centre
def give(request, centre):
    """A crate to a producer; the page stays with that producer, for the next scan."""
    form = PartnerForm(request.POST, partners=crate_queries.partners(centre))
    if not form.is_valid():
        messages.error(request, _("Wybierz producenta."))
        return act(request, _home(centre), lambda: None)
    partner = form.cleaned_data["partner"]
    return act(
        request,
        f"{_home(centre)}?partner={partner.pk}",
        lambda: crates.give(
            centre=centre.pk, partner=partner.pk, code=_code(request), by=request.user, at=timezone.now()
        ),
        _("Wydana: %(partner)s.") % {"partner": partner.name},
    )


@require_POST
@at_centre
def take_back(request, centre):
    def effect():
        partner = crates.take_back(centre=centre.pk, code=_code(request), by=request.user, at=timezone.now())
        messages.success(request, _("Przyjęta od: %(partner)s.") % {"partner": partner.name})

    return act(request, _home(centre), effect)


@require_POST
@at_centre
def found(request, centre):
    return act(
        request,
        _home(centre),
        lambda: crates.found(centre=centre.pk, code=_code(request), by=request.user, at=timezone.now()),
        _("Odnaleziona. Stoi przy rampie."),
    )


@require_POST
@at_centre
def withdraw(request, centre):
    """Out of use for good; the lead's."""
    if not leads(request.user, centre):
        raise PermissionDenied
    return act(
        request,
        _home(centre),
        lambda: crates.withdraw(
            centre=centre.pk,
            code=_code(request),
            reason=request.POST.get("reason", ""),
            by=request.user,
            at=timezone.now(),
        ),
        _("Wycofana."),
    )


@require_POST
@at_centre
def send(request, centre, pk):
    """An empty crate onto a lorry that starts here."""
    row = trips.at_centre(centre=centre, pk=pk)
    if row.from_centre_id != centre.pk:
        raise Http404
    return act(
        request,
        reverse("distribution:trip", args=[centre.code, row.pk]) + "#puste",
        lambda: crates.send(trip=row.pk, code=_code(request), by=request.user, at=timezone.now()),
        _("Pusta skrzynia jedzie tym kursem."),
    )


def _code(request):
    return request.POST.get("code", "")[:120]


def _home(centre):
    return reverse("distribution:crates", args=[centre.code])
