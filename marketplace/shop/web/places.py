"""Choosing where to collect: by postal code or from the list. The basket comes along."""

from django import forms
from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from distribution.queries import places
from distribution.web.chosen import remember_place
from marketplace.kernel.errors import DomainError
from marketplace.kernel.limits import limited
from marketplace.kernel.web import way_back
from orders.operations import baskets
from orders.web.visit import keep, visit


class PlaceForm(forms.Form):
    postal_code = forms.CharField(
        label=gettext_lazy("Kod pocztowy"),
        max_length=10,
        error_messages=dict.fromkeys(
            ["required", "invalid"], gettext_lazy("Wpisz kod pocztowy, np. 90-001.")
        ),
        widget=forms.TextInput(
            attrs={"autocomplete": "postal-code", "inputmode": "numeric", "pattern": r"\s*\d{2}-?\s?\d{3}\s*"}
        ),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@limited("basket")
def place(request):
    """GET: the question. POST with `postal_code` or `place`: remembers the answer, moves the basket there, puts
    in it what was waiting for a place, and goes back."""
    form = PlaceForm()
    if request.method == "POST":
        form = PlaceForm(request.POST)
        chosen = _by_id(request.POST["place"]) if "place" in request.POST else _by_code(form)
        if chosen:
            return _chosen(request, chosen)
    context = {
        "form": form,
        "places": places.all_active(),
        "next": way_back(request, reverse("shop:home")),
        "waiting": {
            name: request.POST.get(name) or request.GET.get(name, "") for name in ("offer", "quantity")
        },
        "chosen_place": visit(request).place,
    }
    return render(request, "shop/place.html", context)


def _by_id(text):
    return next((row for row in places.all_active() if str(row.pk) == text), None)


def _by_code(form):
    if not form.is_valid():
        return None
    try:
        return places.for_postal_code(form.cleaned_data["postal_code"])
    except DomainError as refusal:
        form.add_error("postal_code", str(refusal))
        return None


def _chosen(request, chosen):
    here = visit(request)
    response = redirect(way_back(request, reverse("shop:home")))
    remember_place(response, chosen)
    own = here.basket and here.own_basket()
    if own and own.place_id != chosen.pk:
        baskets.move(basket=own, place=chosen)
    here.__dict__.update(place=chosen)
    if waiting := request.POST.get("offer"):
        own = here.own_basket()
        _put(request, own, waiting)
        keep(response, own)
    messages.success(request, _("Miejsce odbioru: %s.") % chosen.name)
    return response


def _put(request, own, waiting):
    """What the visitor wanted before a place was known; a refusal is said, the choice of place stands."""
    quantity = request.POST.get("quantity", "1")
    if not (_is_number(waiting) and _is_number(quantity)):
        return
    try:
        baskets.set_quantity(basket=own, offer_id=int(waiting), quantity=int(quantity), at=visit(request).at)
    except DomainError as refusal:
        messages.error(request, str(refusal))


def _is_number(text):
    return text.isascii() and text.isdigit() and len(text) <= 9
