"""Finance: transfers awaited, and booking one that came."""

import uuid
from decimal import Decimal
from functools import wraps

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from marketplace.kernel.commands import once
from marketplace.kernel.errors import DomainError
from marketplace.kernel.forms import AmountField, refused
from marketplace.kernel.money import grosze
from marketplace.kernel.paging import page as keyset_page
from marketplace.kernel.references import read_reference
from orders.models import Order
from orders.operations import payments
from orders.queries import transfers
from orders.queries.totals import due_grosze, money_state, total
from producers.web.door import page_at

PAGE = 40


class TransferForm(forms.Form):
    """`key` makes a second press of the button harmless. `amount` is the operation's word."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    amount = AmountField(label=gettext_lazy("Kwota (zł)"), max_digits=9, decimal_places=2)
    note = forms.CharField(label=gettext_lazy("Tytuł przelewu lub uwaga"), max_length=140, required=False)


def for_clerks(view):
    """Signed in and looking after payments; to anybody else the page does not exist."""

    @login_required
    @wraps(view)
    def permitted(request, **rest):
        if not transfers.is_clerk(request.user):
            raise Http404
        return view(request, **rest)

    return permitted


@for_clerks
def awaited(request):
    """The first due first; one field finds an order by its number."""
    typed = request.GET.get("numer", "").strip()
    if typed:
        number = read_reference(typed)
        if number and Order.objects.filter(number=number).exists():
            return redirect("finance:order", number=number)
        messages.error(request, _("Nie ma zamówienia o takim numerze."))
    found = keyset_page(
        transfers.awaited(), order=["due_on", "pk"], cursor=request.GET.get("cursor"), size=PAGE
    )
    return render(
        request,
        "orders/finance/awaited.html",
        {
            "payments": [(row, Decimal(row.due) / 100) for row in found.rows],
            "typed": typed,
            "now": timezone.now(),
            "next": page_at(request, found.next),
            "previous": page_at(request, found.previous),
        },
    )


@for_clerks
def order(request, number):
    """One order: what is due, what came, and booking a transfer."""
    row = Order.objects.filter(number=number).select_related("contact", "round__centre").first()
    if row is None:
        raise Http404
    due = Decimal(due_grosze(row)) / 100
    form = TransferForm(
        request.POST if request.method == "POST" else None,
        initial={"key": uuid.uuid4(), "amount": max(due, Decimal(0))},
    )
    if request.method == "POST" and form.is_valid():
        try:
            _book(row, form.cleaned_data, request.user)
        except DomainError as refusal:
            refused(form, refusal)
        else:
            messages.success(request, _("Wpłata zaksięgowana."))
            return redirect("finance:order", number=number)
    return render(
        request,
        "orders/finance/order.html",
        {
            "order": row,
            "form": form,
            "due": due,
            "total": total(row),
            "money": money_state(row),
            "receipts": [(one, Decimal(one.grosze) / 100) for one in transfers.receipts(row)],
        },
    )


def _book(order, values, user):
    amount, note = values["amount"], values["note"]

    def effect():
        payments.receive(number=order.number, grosze=grosze(amount), by=user, at=timezone.now(), note=note)

    once(
        scope=f"transfer:{order.number}",
        key=values["key"],
        body={"amount": str(amount), "note": note},
        effect=effect,
    )
