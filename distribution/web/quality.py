"""Quarantine, returns, finds and donations: what waits for somebody's word, and what leaves for good."""

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from distribution.models import Balance, Location, Lot
from distribution.operations import corrections, returns
from distribution.queries import places, quarantine, traces
from distribution.rules import leads
from distribution.web.floor import act, at_centre, page
from marketplace.kernel.clock import local_date
from marketplace.kernel.errors import Invalid
from marketplace.kernel.references import read_reference

UNITS = {"min_value": 1, "max_value": 100_000}
GRAMS = {"min_value": 1, "max_value": 10**8, "required": False}


class ReleaseForm(forms.Form):
    location = forms.CharField(max_length=40)
    units = forms.IntegerField(**UNITS)
    reason = forms.CharField(max_length=200)


class ReturnForm(forms.Form):
    lot = forms.IntegerField(min_value=1, max_value=2**62)
    units = forms.IntegerField(**UNITS)
    grams = forms.IntegerField(**GRAMS)
    reason = forms.CharField(max_length=200)
    refund = forms.BooleanField(required=False)


class FindForm(ReleaseForm):
    grams = forms.IntegerField(label=gettext_lazy("Waga (g)"), **GRAMS)


class GiftForm(forms.Form):
    units = forms.IntegerField(**UNITS)
    taken_by = forms.CharField(max_length=80)
    weight = forms.IntegerField(min_value=1, max_value=10**9, required=False)


@at_centre
def waiting(request, centre):
    """What may not be sold for now, and why; a lead lets it go, or writes it off."""
    shelves = Location.objects.filter(centre=centre, kind=Location.Kind.SLOT).order_by("walk_order", "pk")
    return page(
        request,
        centre,
        "distribution/quarantine",
        rows=quarantine.waiting(centre),
        shelves=shelves.values_list("code", flat=True),
        leads=leads(request.user, centre),
    )


@require_POST
@at_centre
def release(request, centre, pk):
    """Out of quarantine onto a shelf, on a lead's word."""
    _require_lead(request, centre)
    balance = _balance(centre, pk)

    def effect():
        values = _checked(ReleaseForm(request.POST))
        place = places.location(centre=centre, code=values.pop("location"))
        returns.release(balance=balance.pk, location=place.pk, by=request.user, at=timezone.now(), **values)

    back = reverse("distribution:quarantine", args=[centre.code])
    return act(request, back, effect, _("Dopuszczone do sprzedaży. Wystawiono PW."))


@at_centre
def returned(request, centre):
    """A buyer brings goods back: the order by its number, then what of it."""
    typed = request.GET.get("code", "").strip()
    number = read_reference(typed) if typed else None
    return page(
        request,
        centre,
        "distribution/returns",
        typed=typed,
        number=number,
        lots=[row for row in traces.of_order(number) if row.handed_out > 0] if number else [],
    )


@require_POST
@at_centre
def take_back(request, centre, number):
    """The ZW of one lot of the order."""
    back = reverse("distribution:returns", args=[centre.code]) + f"?code={number}"

    def effect():
        returns.take_back(
            centre=centre.pk,
            reference=number,
            by=request.user,
            at=timezone.now(),
            **_checked(ReturnForm(request.POST)),
        )

    return act(request, back, effect, _("Przyjęte do kwarantanny. Wystawiono ZW."))


@require_POST
@at_centre
def found(request, centre, pk):
    """A PW of pieces of a lot that were found, on a lead's word."""
    _require_lead(request, centre)
    lot = Lot.objects.filter(pk=pk, balances__centre=centre).first()
    if lot is None:
        raise Http404

    def effect():
        values = _checked(FindForm(request.POST))
        place = places.location(centre=centre, code=values.pop("location"))
        returns.put_in(
            centre=centre.pk, lot=lot.pk, location=place.pk, by=request.user, at=timezone.now(), **values
        )

    back = reverse("distribution:lot", args=[centre.code, lot.pk])
    return act(request, back, effect, _("Zapisane w dokumencie PW."))


@at_centre
def donations(request, centre):
    """Goods that are still good and too late to sell: one tap each gives them away."""
    rows = quarantine.to_donate(centre=centre, day=local_date(timezone.now()))
    return page(
        request,
        centre,
        "distribution/donations",
        rows=[(row, quarantine.grams_of(row, row.free)) for row in rows],
        receiver=quarantine.last_receiver(centre),
    )


@require_POST
@at_centre
def donate(request, centre, pk):
    balance = _balance(centre, pk)

    def effect():
        corrections.write_off(
            balance=balance.pk,
            reason=_("Darowizna przed upływem terminu"),
            donated=True,
            by=request.user,
            at=timezone.now(),
            **_checked(GiftForm(request.POST)),
        )

    back = reverse("distribution:donations", args=[centre.code])
    return act(request, back, effect, _("Oddane. Wystawiono RW."))


def _require_lead(request, centre):
    if not leads(request.user, centre):
        raise PermissionDenied


def _balance(centre, pk):
    row = Balance.objects.filter(pk=pk, centre=centre).first()
    if row is None:
        raise Http404
    return row


def _checked(form):
    """The form's values; the first thing that is wrong is the refusal."""
    if not form.is_valid():
        name, texts = next(iter(form.errors.items()))
        raise Invalid(texts[0], field=name)
    return dict(form.cleaned_data)
