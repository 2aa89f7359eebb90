"""A product on its producer's desk: its facts, what it still lacks, its allergens, its photograph."""

from django.contrib import messages
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from marketplace.kernel.errors import DomainError
from marketplace.kernel.forms import refused
from marketplace.kernel.uploads import is_too_big
from producers.models import Product
from producers.operations import pictures, products
from producers.operations.products import FactsMissing
from producers.policies.ingredients import parts
from producers.queries import desk
from producers.web.door import at_desk, own_product, page
from producers.web.forms import MORE, PictureForm, ProductForm

# Where each missing fact is put right: a field of the form, or a page of its own.
FIELD = {"nutrition": "nutrition_ground", "alcohol": "alcohol_percent", "protected_name": "name"}
IN_MORE = {*MORE, "nutrition", "alcohol"}


@at_desk
def product(request, producer, pk):
    """Everything about one product: what it lacks, its packs and prices, and what can be done with it."""
    row = own_product(producer, pk)
    now = timezone.now()
    return page(
        request,
        producer,
        "producers/desk/product",
        crumbs=_crumbs(producer, (row.name, "")),
        product=row,
        ingredients=parts(row.ingredients),
        missing=missing_links(row, products.missing_facts(row, now)),
        offers=desk.offers_of(product=row, at=now),
    )


@at_desk
def add(request, producer):
    """A draft with whatever is known of it."""
    form = ProductForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        row = products.add(
            producer=producer, fields=form.fields_for_operation(""), by=request.user, at=timezone.now()
        )
        messages.success(request, _("Szkic zapisany."))
        return redirect(_after_facts(row), producer.slug, row.pk)
    return page(
        request,
        producer,
        "producers/desk/product_form",
        crumbs=_crumbs(producer, (_("Nowy produkt"), "")),
        form=form,
        opens_more=form.opens_more,
    )


@at_desk
def edit(request, producer, pk):
    row = own_product(producer, pk)
    lacking = products.missing_facts(row, timezone.now())
    form = ProductForm(request.POST or None, instance=row)
    if request.method == "POST" and form.is_valid():
        fields = form.fields_for_operation(row.ingredients)
        try:
            changed = products.change(product=row, fields=fields, by=request.user, at=timezone.now())
        except FactsMissing as refusal:
            _say_missing(form, refusal)
        except DomainError as refusal:
            refused(form, refusal)
        else:
            messages.success(request, _("Zmiany zapisane."))
            same = changed.ingredients == row.ingredients
            return redirect("desk:product" if same else _after_facts(changed), producer.slug, row.pk)
    return page(
        request,
        producer,
        "producers/desk/product_form",
        crumbs=_crumbs(producer, (row.name, _address(row)), (_("Dane produktu"), "")),
        form=form,
        product=row,
        missing=missing_links(row, lacking),
        opens_more=form.opens_more or bool(IN_MORE & set(lacking)),
    )


@require_POST
@at_desk
def publish(request, producer, pk):
    """On sale when nothing is missing; else the page says each fact."""
    row = own_product(producer, pk)
    try:
        products.publish(product=row, by=request.user, at=timezone.now())
    except FactsMissing as refusal:
        lacking = [one["code"] for one in refusal.details["missing"]]
        return page(
            request,
            producer,
            "producers/desk/product",
            crumbs=_crumbs(producer, (row.name, "")),
            product=row,
            ingredients=parts(row.ingredients),
            errors=missing_links(row, lacking),
            offers=desk.offers_of(product=row, at=timezone.now()),
        )
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Produkt jest w sprzedaży."))
    return redirect(_address(row))


@require_POST
@at_desk
def hide(request, producer, pk):
    row = own_product(producer, pk)
    try:
        products.hide(product=row, by=request.user, at=timezone.now())
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Produkt jest ukryty. Przyjęte zamówienia zostają bez zmian."))
    return redirect(_address(row))


@at_desk
def picture(request, producer, pk):
    """A photograph, from the camera or a file."""
    row = own_product(producer, pk)
    form = PictureForm(*([request.POST, request.FILES] if request.method == "POST" else []))
    if request.method == "POST" and is_too_big(request.META):
        form.errors.clear()
        refused(form, pictures.PictureTooBig())
    elif form.is_valid():
        file = form.cleaned_data["picture"]
        try:
            products.set_picture(product=row, file=file, by=request.user, at=timezone.now())
        except DomainError as refusal:
            refused(form, refusal)
        else:
            messages.success(request, _("Zdjęcie zapisane."))
            return redirect(_address(row))
    return page(
        request,
        producer,
        "producers/desk/picture",
        crumbs=_crumbs(producer, (row.name, _address(row)), (_("Zdjęcie"), "")),
        form=form,
        product=row,
    )


def missing_links(product: Product, codes: list[str]) -> list[dict[str, str]]:
    """Each missing fact in words, with the address of the place where it is put right."""
    slug, pk = product.producer.slug, product.pk
    own = {
        "allergens": reverse("desk:allergens", args=[slug, pk]),
        "net_quantity": reverse("desk:offer_add", args=[slug, pk]),
        "seller_address": "",
    }
    form = reverse("desk:product_edit", args=[slug, pk])
    return [
        {"text": products.SAID[code], "url": own.get(code, f"{form}#id_{FIELD.get(code, code)}")}
        for code in codes
    ]


def _say_missing(form, refusal):
    for one in refusal.details["missing"]:
        name = FIELD.get(one["code"], one["code"])
        words = _("W sprzedaży nie może brakować: %s.") % one["name"]
        form.add_error(name if name in form.fields else None, words)


def _after_facts(row):
    """Where allergens may stand in the list, a person looks at them next."""
    return "desk:allergens" if row.ingredients else "desk:product"


def _address(row):
    return reverse("desk:product", args=[row.producer.slug, row.pk])


def _crumbs(producer, *more):
    return [(_("Produkty"), reverse("desk:products", args=[producer.slug])), *more]
