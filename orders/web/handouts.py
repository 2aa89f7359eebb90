"""Handing out at a centre: find the order, take what is due, give the crates; what nobody collected."""

from decimal import Decimal, InvalidOperation

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from distribution.models import Fulfilment
from distribution.operations import handouts
from distribution.rules import leads
from distribution.web.floor import act, at_centre, page
from marketplace.kernel.money import grosze
from marketplace.kernel.polish import fold
from marketplace.kernel.references import read_reference
from orders.models import Order
from orders.operations import collection
from orders.queries import handouts as handout_queries
from orders.queries import orders as order_queries
from orders.queries.totals import due_grosze, total
from orders.states import OrderState


@at_centre
def waiting(request, centre):
    """Orders that wait, found by QR, number or surname."""
    rows = handout_queries.waiting(centre).order_by("round__hands_over_on", "slot__starts", "pk")
    typed = request.GET.get("code", "").strip()
    if typed:
        number = read_reference(typed)
        found = _find(centre, rows, number, typed)
        if len(found) == 1:
            return redirect("orders_centre:hand_out", centre.code, found[0].number)
        if not found:
            messages.error(request, _("Nie ma takiego zamówienia do wydania w tym centrum."))
        else:
            rows = found
    uncollected = handout_queries.uncollected(centre).order_by("pk")
    return page(
        request, centre, "orders/handouts", orders=rows[:60], uncollected=uncollected[:40], typed=typed
    )


def _find(centre, rows, number, typed):
    if number:
        return list(Order.objects.filter(number=number, round__centre=centre))
    words = fold(typed)
    return [row for row in rows if words and words in fold(row.contact.name)]


@at_centre
def hand_out(request, centre, number):
    """One order: where its crates stand, what is due, whole or in part, to whom."""
    order = _order(centre, number)
    parts = (
        Fulfilment.objects.filter(reference=number, destination=centre)
        .select_related("stage")
        .prefetch_related("lines", "handling_units")
        .order_by("temperature")
    )
    if request.method == "POST":
        return _hand_out(request, centre, order)
    return page(
        request,
        centre,
        "orders/handout",
        order=order,
        parts=parts,
        total=total(order),
        due=Decimal(max(due_grosze(order), 0)) / 100,
        ready=order.state in {OrderState.READY, OrderState.UNCOLLECTED},
        may_take_back=leads(request.user, centre)
        and any(line.handed_out for p in parts for line in p.lines.all()),
    )


def _hand_out(request, centre, order):
    back = reverse("orders_centre:hand_out", args=[centre.code, order.number])
    only = None
    if request.POST.get("part") == "1":
        only = {int(name[5:]): int(text) for name, text in request.POST.items()
                if name.startswith("line-") and _is_whole(name[5:]) and _is_whole(text)}  # fmt: skip
    return act(
        request,
        back,
        lambda: collection.hand_out(
            number=order.number,
            centre=centre.pk,
            by=request.user,
            at=timezone.now(),
            paid_grosze=_paid(request),
            taken_by=request.POST.get("taken_by", "")[:80],
            only=only,
        ),
        _("Wydane."),
    )


@require_POST
@at_centre
def take_back(request, centre, number):
    """The lead undoes a hand-out that was a mistake, with a reason."""
    if not leads(request.user, centre):
        raise PermissionDenied
    order = _order(centre, number)
    return act(
        request,
        reverse("orders_centre:hand_out", args=[centre.code, order.number]),
        lambda: collection.take_back(
            number=order.number,
            centre=centre.pk,
            reason=request.POST.get("reason", ""),
            by=request.user,
            at=timezone.now(),
        ),
        _("Wydanie cofnięte. Zamówienie znów czeka na odbiór."),
    )


def _paid(request):
    text = request.POST.get("paid", "").replace("\xa0", "").replace(" ", "").replace(",", ".")
    try:
        amount = Decimal(text).quantize(Decimal("0.01")) if text else Decimal(0)
        return grosze(amount) if 0 <= amount < 1_000_000 else 0
    except InvalidOperation:  # no number, or one that compares with none: NaN
        return 0


def _is_whole(text):
    return text.isascii() and text.isdigit() and len(text) <= 18


def _order(centre, number):
    order = Order.objects.filter(number=number, round__centre=centre).first()
    if order is None:
        raise Http404
    return order_queries.whole(number)


@require_POST
@at_centre
def clear(request, centre, pk):
    """What nobody collected: back to the shelf, given away, or written off."""
    row = Fulfilment.objects.filter(pk=pk, destination=centre).first()
    if row is None:
        raise Http404
    to = request.POST.get("to", "")
    if to not in {"SLOT", "DONATION", "WASTE"}:
        raise Http404
    back = reverse("orders_centre:handouts", args=[centre.code])
    return act(
        request,
        back,
        lambda: handouts.clear_uncollected(fulfilment=row.pk, to=to, by=request.user, at=timezone.now()),
        _("Zapisane w dokumencie RW."),
    )
