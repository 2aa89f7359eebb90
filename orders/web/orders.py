"""An order's page for who placed it or holds its token, and what they may still do with it."""

import hmac
from decimal import Decimal

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from distribution.states import RoundState
from marketplace.kernel.api import signed_in
from marketplace.kernel.errors import DomainError, NotFound
from marketplace.kernel.forms import refused
from marketplace.kernel.limits import limited
from marketplace.kernel.paging import page
from marketplace.kernel.tokens import secret_token
from orders.operations import confirmation as confirmations
from orders.operations import endings, giving_up, reminders
from orders.queries import orders as order_queries
from orders.queries.progress import progress, sources
from orders.queries.totals import due_grosze, money_state, total
from orders.states import OPEN, OrderState, PaymentMethod
from orders.web.calendar import event
from orders.web.forms import FindForm, GiveUpForm
from orders.web.timeline import timeline

ON_A_PAGE = 20


@require_safe
def order(request, number):
    """State, code to collect with, lines by seller, money; what may be done until the round closes."""
    found, token = _permitted(request, number)
    steps = progress(found.number)
    _show_sources(found)
    context = {
        "order": found,
        "token": token,
        "key": f"?token={token}" if token else "",
        "events": timeline(found, steps, timezone.now()),
        "total": total(found),
        "due": Decimal(max(due_grosze(found), 0)) / 100,
        "money": money_state(found),
        "is_transfer": found.payment_method == PaymentMethod.BANK_TRANSFER,
        "may_cancel": _may_cancel(found),
        "may_confirm": _may_confirm(request, found),
        "confirm_key": request.GET.get("potwierdz", ""),
        "is_unconfirmed": found.state == OrderState.UNCONFIRMED,
        "postponed": giving_up.open_for(found),
        "is_over": found.state in {OrderState.CANCELLED, OrderState.EXPIRED},
        "account": settings.SELLERS_AGENT_ACCOUNT,
        "account_name": settings.SELLERS_AGENT_NAME,
    }
    response = render(request, "orders/order.html", context)
    # The token in the address opens the order: it goes nowhere else.
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _show_sources(found):
    """Each line says where its goods come from when that is not simply the place they are collected at."""
    known = sources(found.number, centre=found.round.centre_id)
    for part in found.seller_parts.all():
        for line in part.lines.all():
            line.sources = [one for one in known.get(line.position, []) if not one.is_here]


def cancellation(request, number):
    """Asks once more, then cancels."""
    found, token = _permitted(request, number)
    if request.method == "POST":
        endings.cancel(number=found.number, by=signed_in(request), at=timezone.now())
        messages.success(request, _("Zamówienie jest anulowane. Towar wrócił do sprzedaży."))
        return redirect(_address(found, token))
    if not _may_cancel(found):
        return redirect(_address(found, token))
    context = {"order": found, "token": token, "key": f"?token={token}" if token else ""}
    return render(request, "orders/cancellation.html", context)


def late(request, number):
    """Which of the late lines the buyer gives up; the rest of the order stays."""
    found, token = _permitted(request, number)
    postponed = giving_up.open_for(found)
    if postponed is None:
        return redirect(_address(found, token))
    lines = [line for line in found.lines.all() if line.position in postponed.lines]
    form = GiveUpForm(request.POST or None, lines=lines)
    if request.method == "POST" and form.is_valid():
        try:
            giving_up.give_up(
                number=found.number, lines=form.chosen, by=signed_in(request), at=timezone.now()
            )
        except DomainError as refusal:
            refused(form, refusal)
        else:
            messages.success(request, _("Spóźnione pozycje są zdjęte z zamówienia."))
            return redirect(_address(found, token))
    context = {
        "order": found,
        "token": token,
        "key": f"?token={token}" if token else "",
        "form": form,
        "postponed": postponed,
    }
    return render(request, "orders/late.html", context)


@require_POST
def confirmation(request, number):
    """Confirms a guest's larger order with the key from the mail."""
    found, token = _permitted(request, number)
    if found.state == OrderState.UNCONFIRMED and not _may_confirm(request, found):
        raise NotFound
    confirmations.confirm(number=found.number, at=timezone.now())
    messages.success(request, _("Zamówienie jest potwierdzone."))
    return redirect(_address(found, token))


@require_safe
def calendar(request, number):
    """The collection as a file for a calendar."""
    found, token = _permitted(request, number)
    address = f"{settings.SITE_URL}{_address(found, token)}"
    response = HttpResponse(event(found, address=address), content_type="text/calendar; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{found.number}.ics"'
    return response


@require_safe
def order_list(request):
    """A signed-in person's orders, newest first; for others the way to find one."""
    context = {"form": FindForm()}
    if request.user.is_authenticated:
        context["page"] = page(
            order_queries.placed_by(request.user),
            order=["-placed_at", "-id"],
            cursor=request.GET.get("cursor"),
            size=ON_A_PAGE,
        )
    return render(request, "orders/list.html", context)


@require_POST
@limited("sign_in")
def link(request):
    """Sends the order's address to the e-mail it was placed with; says the same whether there is one or not."""
    form = FindForm(request.POST)
    if not form.is_valid():
        return render(request, "orders/list.html", {"form": form})
    reminders.send_link(
        number=form.cleaned_data["number"], email=form.cleaned_data["email"], at=timezone.now()
    )
    messages.success(
        request, _("Jeśli jest takie zamówienie, za chwilę przyjdzie wiadomość z odnośnikiem do niego.")
    )
    return redirect("orders:list")


def _permitted(request, number):
    token = request.GET.get("token") or request.POST.get("token") or ""
    return order_queries.visible_to(number=number, token=token, user=request.user), token


def _address(found, token):
    query = f"?token={token}" if token else ""
    return f"/zamowienia/{found.number}/{query}"


def _may_cancel(found):
    return found.state in OPEN and found.round.state == RoundState.OPEN


def _may_confirm(request, found):
    given = request.GET.get("potwierdz") or request.POST.get("potwierdz") or ""
    return found.state == OrderState.UNCONFIRMED and hmac.compare_digest(
        given.encode(), secret_token("confirm", found.number).encode()
    )
