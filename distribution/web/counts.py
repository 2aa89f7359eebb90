"""Counts for the lead: what to count next, a count and its differences, settling it."""

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from distribution.models import Count, CountPlace
from distribution.operations import counts
from distribution.queries import counts as count_queries
from distribution.rules import leads
from distribution.web.floor import act, at_centre, page
from distribution.web.lots import address_of
from marketplace.kernel.paging import page as keyset_page


@at_centre
def overview(request, centre):
    """Counts of the centre; a lead sees what is due, and opens one."""
    lead = leads(request.user, centre)
    found = keyset_page(
        count_queries.of_centre(centre), order=["-pk"], cursor=request.GET.get("cursor"), size=20
    )
    return page(
        request,
        centre,
        "distribution/counts",
        page=found,
        next=address_of(request, found.next),
        previous=address_of(request, found.previous),
        leads=lead,
        zones=centre.zones.order_by("code"),
        proposals=count_queries.proposals(centre=centre, at=timezone.now()) if lead else [],
    )


@require_POST
@at_centre
def open_count(request, centre):
    """A count of a zone, or of the places that are ticked."""
    _require_lead(request, centre)
    chosen = [int(text) for text in request.POST.getlist("location") if _is_key(text)]
    zone = centre.zones.filter(code=request.POST.get("zone", "")).first()

    def effect():
        counts.open_count(
            centre=centre.pk,
            zone=zone.pk if zone else None,
            locations=chosen,
            reason=request.POST.get("reason", "")[:200],
            by=request.user,
            at=timezone.now(),
        )

    return act(
        request,
        reverse("distribution:counts", args=[centre.code]),
        effect,
        _("Zadania liczenia czekają w kolejce."),
    )


def _is_key(text):
    return text.isascii() and text.isdigit() and len(text) <= 18


@at_centre
def count(request, centre, pk):
    """One count, place by place; only a lead sees what the books say, and only of places that are confirmed."""
    row = count_queries.at_centre(centre=centre, pk=pk)
    lead = leads(request.user, centre)
    return page(
        request,
        centre,
        "distribution/count",
        count=row,
        leads=lead,
        summary=count_queries.summary(row) if lead else None,
    )


@require_POST
@at_centre
def settle(request, centre, pk):
    return _decide(request, centre, pk, counts.settle, _("Rozliczone. Różnice są w dokumentach RW i PW."))


@require_POST
@at_centre
def cancel(request, centre, pk):
    return _decide(request, centre, pk, counts.cancel, _("Liczenie odwołane."))


def _decide(request, centre, pk, operation, done):
    _require_lead(request, centre)
    row = Count.objects.filter(pk=pk, centre=centre).first()
    if row is None:
        raise Http404
    back = reverse("distribution:count", args=[centre.code, row.pk])
    return act(request, back, lambda: operation(count=row.pk, by=request.user, at=timezone.now()), done)


@require_POST
@at_centre
def recount(request, centre, pk):
    """One place is counted again."""
    _require_lead(request, centre)
    row = CountPlace.objects.filter(pk=pk, count__centre=centre).first()
    if row is None:
        raise Http404
    return act(
        request,
        reverse("distribution:count", args=[centre.code, row.count_id]),
        lambda: counts.recount(place=row.pk, by=request.user, at=timezone.now()),
        _("To miejsce zostanie policzone jeszcze raz."),
    )


def _require_lead(request, centre):
    if not leads(request.user, centre):
        raise PermissionDenied
