"""Lots and documents: where goods are, where they came from and went, and putting mistakes right."""

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from distribution.models import Balance, Document, Lot
from distribution.operations import corrections
from distribution.operations import lots as lot_operations
from distribution.queries import lots, traces
from distribution.rules import leads
from distribution.states import LotState
from distribution.web.floor import act, at_centre, page
from marketplace.kernel.clock import local_date
from marketplace.kernel.paging import page as keyset_page

PAGE = 40
MIRRORED = (
    Document.Kind.PZ,
    Document.Kind.RW,
)  # what its mirror puts right; an MM is put right by the next trip


class WriteOffForm(forms.Form):
    units = forms.IntegerField(label=gettext_lazy("Ile sztuk"), min_value=1, max_value=100_000)
    reason = forms.CharField(label=gettext_lazy("Powód"), max_length=200)
    donated = forms.BooleanField(label=gettext_lazy("darowizna, nie strata"), required=False)
    own_use = forms.BooleanField(label=gettext_lazy("zużycie własne"), required=False)
    taken_by = forms.CharField(label=gettext_lazy("Kto przyjął darowiznę"), max_length=80, required=False)
    weight = forms.IntegerField(
        label=gettext_lazy("Waga darowizny (g)"), min_value=1, max_value=10**9, required=False
    )


class StateForm(forms.Form):
    """A recall has a page of its own, which lists where the lot is before it is confirmed."""

    state = forms.ChoiceField(choices=[(s.value, s.label) for s in (LotState.RELEASED, LotState.QUARANTINE)])
    reason = forms.CharField(label=gettext_lazy("Powód"), max_length=200)


@at_centre
def on_hand(request, centre):
    """What lies where, the earliest end first; one field finds a lot, a place or a product. `?stan=po-terminie`
    shows what should not lie there any more."""
    query, today = request.GET.get("q", "").strip(), local_date(timezone.now())
    is_expired = request.GET.get("stan") == "po-terminie"
    rows = lots.expired_on(centre, today) if is_expired else lots.on_hand(centre)
    if query:
        rows = lots.matching(rows, query)
    found = keyset_page(rows, order=["usable_until", "pk"], cursor=request.GET.get("cursor"), size=PAGE)
    return page(
        request,
        centre,
        "distribution/lots",
        page=found,
        query=query,
        is_expired=is_expired,
        today=today,
        next=address_of(request, found.next),
        previous=address_of(request, found.previous),
    )


def address_of(request, cursor):
    """The address of a neighbouring page, or nothing."""
    if cursor is None:
        return ""
    query = request.GET.copy()
    query["cursor"] = cursor
    return f"?{query.urlencode()}"


@at_centre
def lot(request, centre, pk):
    """One lot: its way, who got it, what is left, and the mass balance."""
    row = (
        Lot.objects.filter(pk=pk, balances__centre=centre).select_related("item__product", "producer").first()
    )
    if row is None:
        raise Http404
    here = Balance.objects.filter(lot=row, centre=centre, units__gt=0).select_related("location")
    return page(
        request,
        centre,
        "distribution/lot",
        lot=row,
        trace=traces.of_lot(row),
        balances=here,
        form=WriteOffForm(),
        leads=leads(request.user, centre),
        states=[
            (value, label) for value, label in LotState.choices if value not in {row.state, LotState.RECALLED}
        ],
    )


@require_POST
@at_centre
def write_off(request, centre, pk):
    """An RW for a balance at this centre."""
    balance = Balance.objects.filter(pk=pk, centre=centre).first()
    if balance is None:
        raise Http404
    form = WriteOffForm(request.POST)
    back = reverse("distribution:lot", args=[centre.code, balance.lot_id])

    def effect():
        if not form.is_valid():
            raise corrections.ReasonMissing
        corrections.write_off(balance=balance.pk, by=request.user, at=timezone.now(), **form.cleaned_data)

    return act(request, back, effect, _("Zapisane w dokumencie RW."))


@require_POST
@at_centre
def change_state(request, centre, pk):
    """The lead holds a lot back, releases or recalls it, with a reason."""
    if not leads(request.user, centre):
        raise PermissionDenied
    row = Lot.objects.filter(pk=pk, balances__centre=centre).first()
    if row is None:
        raise Http404
    form = StateForm(request.POST)

    def effect():
        if not form.is_valid():
            raise corrections.ReasonMissing
        lot_operations.change_state(
            lot=row.pk,
            new=form.cleaned_data["state"],
            reason=form.cleaned_data["reason"],
            by=request.user,
            at=timezone.now(),
        )

    return act(
        request, reverse("distribution:lot", args=[centre.code, row.pk]), effect, _("Stan partii zmieniony.")
    )


@at_centre
def documents(request, centre):
    found = keyset_page(
        centre.documents.select_related("producer", "by", "trip__from_centre", "trip__to_centre"),
        order=["-pk"],
        cursor=request.GET.get("cursor"),
        size=PAGE,
    )
    return page(
        request,
        centre,
        "distribution/documents",
        page=found,
        next=address_of(request, found.next),
        previous=address_of(request, found.previous),
    )


@at_centre
def document(request, centre, pk):
    """A posted document with its lines; it can be reversed, never edited."""
    rows = Document.objects.filter(pk=pk, centre=centre)
    row = rows.select_related("producer", "by", "reverses", "trip__from_centre", "trip__to_centre").first()
    if row is None:
        raise Http404
    return page(
        request,
        centre,
        "distribution/document",
        document=row,
        lines=row.lines.select_related("lot__item__product").order_by("position"),
        items=row.items.select_related("item__product").order_by("item__product__name", "pk"),
        photos=row.photos.select_related("by").order_by("pk"),
        reversed_by=Document.objects.filter(reverses=row).first(),
        may_reverse=leads(request.user, centre) and row.kind in MIRRORED and not row.reverses_id,
    )


@require_POST
@at_centre
def reverse_document(request, centre, pk):
    """The lead posts the mirror of a document, with a reason."""
    if not leads(request.user, centre):
        raise PermissionDenied
    row = Document.objects.filter(pk=pk, centre=centre, kind__in=MIRRORED).first()
    if row is None:
        raise Http404
    back = reverse("distribution:document", args=[centre.code, row.pk])
    return act(
        request,
        back,
        lambda: corrections.reverse(
            document=row.pk, reason=request.POST.get("reason", ""), by=request.user, at=timezone.now()
        ),
        _("Dokument wystornowany."),
    )
