"""The basket's page, and changes to its lines from any page."""

from collections import defaultdict

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from marketplace.kernel.errors import DomainError
from marketplace.kernel.limits import limited
from marketplace.kernel.money import ZERO
from marketplace.kernel.web import way_back
from orders.operations import baskets
from orders.operations.baskets import WrongQuantity
from orders.queries.baskets import gaps, lines_for
from orders.web.visit import keep, visit

LONGEST_QUANTITY = 9  # digits


@require_safe
def basket(request):
    """What is in the basket by seller, as it stands now: prices in force, what is left, what changed."""
    here = visit(request)
    lines = _lines(here)
    unavailable = [line for line in lines if not line.on_sale or line.is_short]
    context = {
        "sellers": _by_seller(lines),
        "total": sum((line.total for line in lines), ZERO),
        "expected": sum((line.expected_total for line in lines), ZERO),
        "repriced": [line for line in lines if line.is_repriced],
        "unavailable": unavailable,
        "serves_all": _serves_all(here) if unavailable else None,
        "is_ready": bool(lines) and all(line.on_sale and not line.is_repriced for line in lines),
        "chosen_place": here.place,
        "round": here.round,
        "state": here.round_state if here.round else "closed",
    }
    return render(request, "orders/basket.html", context)


@require_POST
@limited("basket")
def line(request, offer_id):
    """Sets how many packs of an offer are in the basket; without a place yet, asks for one first."""
    here = visit(request)
    own = here.own_basket()
    quantity = request.POST.get("quantity", "1")
    if own is None:
        return _to_place(request, offer_id, quantity)
    error = ""
    try:
        baskets.set_quantity(basket=own, offer_id=offer_id, quantity=_whole(quantity), at=here.at)
    except DomainError as refusal:
        error = str(refusal)
    here.forget()
    if request.htmx:
        return keep(_fragment(request, here, offer_id, error), own)
    if error:
        messages.error(request, error)
    elif quantity != "0":
        messages.success(request, _("Jest w koszyku."))
    return keep(redirect(way_back(request, reverse("orders:basket"))), own)


@require_POST
@limited("basket")
def prices(request):
    """The buyer agrees to today's prices."""
    here = visit(request)
    if own := here.own_basket():
        baskets.accept_prices(basket=own, at=here.at)
    return redirect("orders:basket")


@require_POST
@limited("basket")
def fixes(request):
    """Takes out what is no longer sold and lowers what is short to what is left."""
    here = visit(request)
    own = here.own_basket()
    for wanted in _lines(here):
        left = wanted.available if wanted.on_sale else 0
        if left < wanted.quantity:
            baskets.set_quantity(
                basket=own, offer_id=wanted.offer, quantity=min(left, wanted.max_per_order), at=here.at
            )
    messages.success(request, _("Koszyk zawiera teraz tylko to, co jest dostępne."))
    return redirect("orders:basket")


def _lines(here):
    if here.basket is None:
        return []
    return lines_for(basket=here.basket.pk, round_=here.round, at=here.at, channel=here.channel)


def _serves_all(here):
    """The earliest round that has the whole basket, when the next one has not."""
    short = gaps(basket=here.basket.pk, rounds=here.rounds, channel=here.channel)
    return next((round_ for round_ in here.rounds if round_.pk not in short), None)


def _by_seller(lines):
    grouped = defaultdict(list)
    for line_ in lines:
        grouped[line_.producer].append(line_)
    return [
        {
            "name": found[0].producer_name,
            "slug": found[0].producer_slug,
            "lines": found,
            "total": sum((line_.total for line_ in found), ZERO),
        }
        for found in grouped.values()
    ]


def _whole(text):
    text = text.strip()
    if not (text.isascii() and text.isdigit() and len(text) <= LONGEST_QUANTITY):
        raise WrongQuantity(_("Podaj liczbę opakowań, np. 2."), field="quantity")
    return int(text)


def _to_place(request, offer_id, quantity):
    query = urlencode(
        {"next": way_back(request, reverse("orders:basket")), "offer": offer_id, "quantity": quantity}
    )
    address = f"{reverse('shop:place')}?{query}"
    if not request.htmx:
        return redirect(address)
    response = render(request, "orders/_added.html")
    response.headers["HX-Redirect"] = address
    return response


def _fragment(request, here, offer_id, error):
    context = {
        "offer": offer_id,
        "name": request.POST.get("name", "")[:160],
        "most": request.POST.get("most", "")[:4],
        "quantity": here.quantities.get(offer_id, 0),
        "error": error,
        "back": way_back(request, reverse("orders:basket")),
    }
    return render(request, "orders/_added.html", context)
