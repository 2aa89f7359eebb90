"""Recall for leads: find the lot by its number, see where it is and who got it, confirm, follow, report. And the one
field that traces anything."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from distribution.models import HandlingUnit, Lot
from distribution.operations import recalls
from distribution.queries import recalls as recall_queries
from distribution.queries import reports, traces
from distribution.rules import leads
from distribution.web.floor import act, at_centre, page
from distribution.web.lots import address_of
from marketplace.kernel import files
from marketplace.kernel.errors import DomainError
from marketplace.kernel.paging import page as keyset_page
from marketplace.kernel.references import read_reference


def led(view):
    """At a centre that one leads; beside it a worker is told no."""

    def permitted(request, centre, **rest):
        if not leads(request.user, centre):
            raise PermissionDenied
        return view(request, centre, **rest)

    return at_centre(permitted)


@led
def overview(request, centre):
    """Recalls and drills of the network, and the field that finds a lot."""
    typed = request.GET.get("code", "").strip()
    found = keyset_page(
        recall_queries.all_recalls(), order=["-pk"], cursor=request.GET.get("cursor"), size=20
    )
    return page(
        request,
        centre,
        "distribution/recalls",
        page=found,
        next=address_of(request, found.next),
        previous=address_of(request, found.previous),
        typed=typed,
        lots=recall_queries.lots_found(typed)[:30] if typed else [],
    )


@led
def lot(request, centre, pk):
    """Where a lot of the network is and who has it; below it the recall is confirmed."""
    row = recall_queries.lot_of_network(pk)
    if request.method == "POST":
        return _start(request, centre, row)
    return page(
        request,
        centre,
        "distribution/recall_lot",
        lot=row,
        trace=traces.of_lot(row),
        recall=row.recalls.filter(is_drill=False).first(),
    )


def _start(request, centre, lot):
    drill = request.POST.get("drill") == "1"
    if not drill and request.POST.get("sure") != "on":
        messages.error(request, _("Zaznacz, że wycofujesz tę partię wszędzie."))
        return redirect("distribution:recall_lot", centre.code, lot.pk)
    try:
        made = recalls.start(
            lot=lot.pk, reason=request.POST.get("reason", ""), by=request.user, at=timezone.now(), drill=drill
        )
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return redirect("distribution:recall_lot", centre.code, lot.pk)
    messages.success(
        request, _("Lista gotowa.") if drill else _("Partia jest wstrzymana we wszystkich centrach.")
    )
    return redirect("distribution:recall", centre.code, made.pk)


@led
def recall(request, centre, pk):
    """What was listed, what is where now, what is still to be pulled, the mass balance, closing."""
    row = recall_queries.whole(pk)
    return page(request, centre, "distribution/recall", progress=recall_queries.progress(row), recall=row)


@led
def close(request, centre, pk):
    if request.method != "POST":
        raise Http404
    row = recall_queries.whole(pk)
    back = reverse("distribution:recall", args=[centre.code, row.pk])
    return act(
        request,
        back,
        lambda: recalls.close(recall=row.pk, by=request.user, at=timezone.now()),
        _("Wycofanie zamknięte: bilans się zgadza."),
    )


@led
def report_csv(request, centre, pk):
    row = recall_queries.whole(pk)
    return files.csv(recall_queries.as_csv(row), f"wycofanie-{row.pk}.csv")


@led
def report_pdf(request, centre, pk):
    row = recall_queries.whole(pk)
    return files.pdf(reports.recall_pdf(row), f"wycofanie-{row.pk}.pdf")


@at_centre
def trace(request, centre):
    """One field: an order's number, a crate or a lot. An order shows its lots and their deliveries; a lot its own
    page, which goes the other way."""
    typed = request.GET.get("code", "").strip()
    number = (read_reference(typed) or _of_crate(typed)) if typed else None
    lots = [] if number or not typed else list(_lots_here(centre, typed))
    if len(lots) == 1:
        return redirect("distribution:lot", centre.code, lots[0].pk)
    return page(
        request,
        centre,
        "distribution/trace",
        typed=typed,
        number=number,
        ingredients=traces.of_order(number) if number and traces.is_order_of(centre, number) else [],
        lots=lots,
    )


def _of_crate(text):
    unit = (
        HandlingUnit.objects.filter(sscc=text.removeprefix("00")[-18:]).select_related("fulfilment").first()
    )
    return unit.fulfilment.reference if unit and unit.fulfilment else None


def _lots_here(centre, text):
    rows = Lot.objects.filter(code__icontains=text, balances__centre=centre).distinct()
    return rows.select_related("item__product", "producer").order_by("-pk")[:30]
