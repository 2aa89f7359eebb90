"""Checkout in three steps: where and when, who, how to pay. Without scripts; what was typed stays in the session."""

import uuid

from django.conf import settings
from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from distribution.operations.holds import NotEnoughSupply
from distribution.operations.rounds import SlotFull
from distribution.queries import rounds
from marketplace.kernel.api import signed_in
from marketplace.kernel.clock import local_date
from marketplace.kernel.errors import DomainError, KeyReused
from marketplace.kernel.limits import client_address, limited
from marketplace.kernel.money import ZERO
from orders.operations.checkout import (
    BasketEmpty,
    OfferWithdrawn,
    PriceChanged,
    Request,
    RoundClosed,
    order_token,
    place_order,
)
from orders.policies.transfers import comes_in_time
from orders.queries.baskets import gaps, lines_for
from orders.queries.orders import of_key
from orders.web.forms import DetailsForm, PaymentForm
from orders.web.visit import keep, visit

KEPT = "checkout"
SHOWN_ROUNDS = 3  # shown at once; later ones open on demand
STEP = require_http_methods(["GET", "HEAD", "POST"])


@STEP
def collection(request):
    """Step 1: one hour of one of the rounds that the basket may join and that have its goods."""
    here = visit(request)
    if not here.quantities:
        return redirect("orders:basket")
    joinable = rounds.joinable(place=here.place, at=here.at)
    missing = gaps(basket=here.basket.pk, rounds=joinable, channel=here.channel)
    error = ""
    if request.method == "POST":
        chosen = _slot(
            [round_ for round_ in joinable if round_.pk not in missing], request.POST.get("slot", "")
        )
        if chosen:
            _remember(request, round=chosen[0].pk, slot=chosen[1].pk)
            return redirect("orders:checkout_details")
        error = _("Wybierz godzinę odbioru.")
    days = [_day(round_, missing.get(round_.pk)) for round_ in joinable]
    context = {
        "can_go_on": len(missing) < len(joinable),
        "days": days[:SHOWN_ROUNDS],
        "later": days[SHOWN_ROUNDS:],
        "chosen": request.session.get(KEPT, {}).get("slot"),
        "error": error,
        "errors": [{"url": "#id_slot", "text": error}] if error else [],
        "chosen_place": here.place,
        "steps": _steps(),
        "current": 1,
    }
    return render(request, "orders/checkout_collection.html", context)


@STEP
def details(request):
    """Step 2: three fields."""
    kept = request.session.get(KEPT, {})
    if "slot" not in kept:
        return redirect("orders:checkout")
    form = DetailsForm(request.POST or None, initial=_known(request, kept))
    if request.method == "POST" and form.is_valid():
        _remember(request, **form.cleaned_data)
        return redirect("orders:checkout_payment")
    context = {"form": form, "steps": _steps(), "current": 2}
    return render(request, "orders/checkout_details.html", context)


@STEP
@limited("checkout")
def payment(request):
    """Step 3: the whole order by seller, how to pay, and the order itself, once per key."""
    here = visit(request)
    if again := _ordered_before(request, here):
        return again
    kept = request.session.get(KEPT, {})
    if "slot" not in kept or "email" not in kept:
        return redirect("orders:checkout")
    round_ = next((r for r in rounds.joinable(place=here.place, at=here.at) if r.pk == kept["round"]), None)
    asked = {"round_": round_, "at": here.at, "channel": here.channel}
    lines = lines_for(basket=here.basket.pk, **asked) if here.basket else []
    if turned_back := _turned_back(request, here, round_, lines):
        # The same form sent twice at once: the basket may have been emptied a moment ago.
        return _ordered_before(request, here) or turned_back
    early = comes_in_time(
        today=local_date(here.at),
        closes_on=round_.closes_on,
        working_days=settings.BANK_TRANSFER_WORKING_DAYS,
    )
    form = PaymentForm(request.POST or None, early=early, initial={"key": uuid.uuid4()})
    if request.method == "POST" and form.is_valid():
        try:
            return _order(request, here, kept, form.cleaned_data)
        except DomainError as refusal:
            if answer := _refused(request, here, kept, refusal):
                return answer
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
    slot = next(slot for slot in round_.slots.all() if slot.pk == kept["slot"])
    context = {
        "form": form,
        "lines": lines,
        "total": sum((line.total for line in lines), ZERO),
        "is_weighed": any(line.agreed_max for line in lines),
        "round": round_,
        "slot": slot,
        "chosen_place": here.place,
        "contact": kept,
        "early": early,
        "steps": _steps(),
        "current": 3,
    }
    return render(request, "orders/checkout_payment.html", context)


def order_address(number):
    """The order's page for who holds its token."""
    return f"{reverse('orders:order', args=[number])}?{urlencode({'token': order_token(number)})}"


def _ordered_before(request, here):
    """Sent twice, or again from the back button after the basket was emptied: the same order once more."""
    if request.method != "POST" or here.basket is None:
        return None
    form = PaymentForm(request.POST, early=True)
    form.is_valid()
    key = form.cleaned_data.get("key")
    order = of_key(basket=here.basket.pk, key=key) if key else None
    return redirect(order_address(order.number)) if order else None


def _turned_back(request, here, round_, lines):
    if not lines:
        return redirect("orders:basket")
    if round_ is None:
        messages.warning(request, _("Ta tura jest już zamknięta. Koszyk został; wybierz następny termin."))
        return redirect("orders:checkout")
    if any(not line.on_sale or line.is_repriced for line in lines):
        messages.warning(request, _("Coś się zmieniło od włożenia do koszyka. Sprawdź, zanim zamówisz."))
        return redirect("orders:basket")
    if short := [line.name for line in lines if line.is_short]:
        messages.warning(
            request, _("W wybranym terminie nie wystarczy: %(names)s.") % {"names": ", ".join(short)}
        )
        return redirect(_where_it_is_short(here, round_.pk))
    return None


def _where_it_is_short(here, round_id):
    """The basket speaks of the next round and can correct itself to it; of later ones the first step speaks."""
    return "orders:basket" if here.round and here.round.pk == round_id else "orders:checkout"


def _order(request, here, kept, choices):
    placed = place_order(
        basket=here.own_basket(),
        key=choices["key"],
        request=Request(
            round=kept["round"],
            slot=kept["slot"],
            email=kept["email"],
            name=kept["name"],
            phone=kept["phone"],
            payment_method=choices["payment_method"],
            substitutes=choices["substitutes"],
            accept_terms=choices["accept_terms"],
            language=get_language() or "pl",
        ),
        by=signed_in(request),
        at=here.at,
        address=client_address(request),
    )
    _remember(request, slot=None, round=None)
    return keep(redirect(order_address(placed.order.number)), here.basket)


def _refused(request, here, kept, refusal):
    """Where to go on from a refusal; None: it is said on this step."""
    if isinstance(refusal, RoundClosed | SlotFull):
        messages.error(request, str(refusal))
        return redirect("orders:checkout")
    if isinstance(refusal, NotEnoughSupply):
        messages.error(request, str(refusal))
        return redirect(_where_it_is_short(here, kept["round"]))
    if isinstance(refusal, PriceChanged | OfferWithdrawn | BasketEmpty | KeyReused):
        messages.error(request, str(refusal))
        return redirect("orders:basket")
    return None


def _slot(joinable, text):
    for round_ in joinable:
        for slot in round_.slots.all():
            if str(slot.pk) == text and slot.left > 0:
                return round_, slot
    return None


def _day(round_, missing):
    """A round for <c-slots>; one that lacks goods names them in place of its hours."""
    slots = [
        {
            "id": slot.pk,
            "from": slot.starts,
            "to": slot.ends,
            "left": slot.left,
            "reason": "" if slot.left > 0 else _("brak miejsc"),
        }
        for slot in round_.slots.all()
    ]
    return {"on": round_.hands_over_on, "slots": [] if missing else slots, "missing": missing}


def _remember(request, **facts):
    kept = request.session.get(KEPT, {}) | facts
    request.session[KEPT] = {name: value for name, value in kept.items() if value is not None}


def _known(request, kept):
    """What the buyer typed already, else what their account says."""
    user = request.user
    account = {"name": user.name, "email": user.email, "phone": user.phone} if user.is_authenticated else {}
    return account | {name: kept[name] for name in ("name", "email", "phone") if name in kept}


def _steps():
    return [
        {"label": _("Odbiór"), "url": reverse("orders:checkout")},
        {"label": _("Dane"), "url": reverse("orders:checkout_details")},
        {"label": _("Zapłata"), "url": ""},
    ]
