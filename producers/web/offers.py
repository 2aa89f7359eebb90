"""Packs and prices on the producer's desk."""

from django.contrib import messages
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from marketplace.kernel import clock
from marketplace.kernel.errors import DomainError
from marketplace.kernel.forms import refused
from producers.operations import offers
from producers.operations.offers import Piece
from producers.queries import desk
from producers.states import Publication
from producers.web.door import at_desk, own_offer, own_product, page
from producers.web.forms import OfferForm, PriceForm


@at_desk
def add(request, producer, pk):
    """A pack with its price, on sale at once: the product's own state still decides."""
    product = own_product(producer, pk)
    form = OfferForm(product, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            offers.add_on_sale(
                product=product,
                piece=_piece(form),
                fields=form.offer_fields(),
                price=form.cleaned_data["price"],
                by=request.user,
                at=timezone.now(),
            )
        except DomainError as refusal:
            refused(form, refusal)
        else:
            messages.success(request, _("Opakowanie z ceną zapisane."))
            return redirect("desk:product", producer.slug, product.pk)
    return page(
        request,
        producer,
        "producers/desk/offer_form",
        crumbs=_crumbs(product, (_("Nowe opakowanie"), "")),
        form=form,
        product=product,
    )


@at_desk
def offer(request, producer, pk):
    """One pack: its price and what it used to be, a new price now or from a day."""
    row = own_offer(producer, pk)
    product, now = row.stock_item.product, timezone.now()
    form = PriceForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        day = form.cleaned_data["valid_from"]
        try:
            offers.set_price(
                offer=row,
                amount=form.cleaned_data["price"],
                by=request.user,
                at=now,
                valid_from=clock.moment(day, clock.MIDNIGHT) if day and day > clock.local_date(now) else None,
            )
        except DomainError as refusal:
            refused(form, refusal)
        else:
            messages.success(request, _("Cena zapisana."))
            return redirect("desk:offer", producer.slug, row.pk)
    return page(
        request,
        producer,
        "producers/desk/offer",
        crumbs=_crumbs(product, (row.pack, "")),
        form=form,
        offer=row,
        product=product,
        history=desk.price_history(offer=row, at=now),
        priced=next((one for one in desk.offers_of(product=product, at=now) if one.pk == row.pk), None),
    )


@require_POST
@at_desk
def publish(request, producer, pk):
    row = own_offer(producer, pk)
    try:
        offers.publish(offer=row, by=request.user, at=timezone.now())
    except DomainError as refusal:
        messages.error(request, str(refusal))
    return redirect("desk:offer", producer.slug, row.pk)


@at_desk
def withdraw(request, producer, pk):
    """Asks first: a withdrawn pack does not come back."""
    row = own_offer(producer, pk)
    product = row.stock_item.product
    if row.state == Publication.WITHDRAWN:
        return redirect("desk:offer", producer.slug, row.pk)
    if request.method == "POST":
        offers.withdraw(offer=row, by=request.user, at=timezone.now())
        messages.success(request, _("Opakowanie wycofane ze sprzedaży."))
        return redirect("desk:product", producer.slug, product.pk)
    address = reverse("desk:offer", args=[producer.slug, row.pk])
    return page(
        request,
        producer,
        "producers/desk/offer_withdraw",
        crumbs=_crumbs(product, (row.pack, address), (_("Wycofanie"), "")),
        offer=row,
        product=product,
    )


def _piece(form):
    values = form.cleaned_data
    item = values.get("item")
    if item:
        return Piece(item.name, item.content, item.unit)
    return Piece(values["piece"], values["content"], values["unit"] or "G", values["gtin"])


def _crumbs(product, *more):
    slug = product.producer.slug
    return [
        (_("Produkty"), reverse("desk:products", args=[slug])),
        (product.name, reverse("desk:product", args=[slug, product.pk])),
        *more,
    ]
