"""Products: added, changed, published with every mandatory fact, hidden, withdrawn."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, BinaryIO

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from marketplace.accounts.models import User
from marketplace.kernel.clock import local_date
from marketplace.kernel.errors import Invalid
from marketplace.kernel.polish import fold
from producers import locks
from producers.models import (
    Allergen,
    HeritageEntry,
    Offer,
    Producer,
    Product,
    ProductEvent,
    ProductMark,
    StockItem,
)
from producers.operations import listings, pictures
from producers.policies.ingredients import allergens
from producers.policies.publication import Facts, missing
from producers.states import PUBLICATION, Publication

SAID = {
    "name": _("nazwa"),
    "ingredients": _("wykaz składników"),
    "allergens": _("poprawnie oznaczone alergeny w składnikach"),
    "net_quantity": _("ilość netto"),
    "storage": _("warunki przechowywania"),
    "origin": _("kraj pochodzenia"),
    "nutrition": _("wartość odżywcza albo podstawa zwolnienia"),
    "date_kind": _("rodzaj daty albo podstawa jej braku"),
    "shelf_life_days": _("trwałość w dniach"),
    "minimum_life_days": _("najmniejsza trwałość przy odbiorze, nie dłuższa niż cała"),
    "vat_class": _("klasa VAT"),
    "seller_address": _("adres sprzedawcy"),
    "alcohol": _("napojów powyżej 1,2 % alkoholu nie sprzedajemy"),
    "protected_name": _("świadectwo na nazwę chronioną"),
}
# What a form or the API may write; the rest follows from operations.
WRITABLE = {
    "name", "category", "description", "ingredients", "single_ingredient", "may_contain", "storage", "preparation",
    "origin", "nutrition", "nutrition_ground", "alcohol_percent", "temperature", "date_kind", "no_date_ground",
    "shelf_life_days", "minimum_life_days", "vat_class", "spoils_fast", "picture",
}  # fmt: skip


class FactsMissing(Invalid):
    """`details["missing"]` lists {"code", "name"} of each fact."""

    code = "facts_missing"

    def __init__(self, codes: Sequence[str]) -> None:
        names = [str(SAID[code]) for code in codes]
        super().__init__(
            _("Brakuje: %(names)s.") % {"names": ", ".join(names)},
            missing=[{"code": code, "name": name} for code, name in zip(codes, names, strict=True)],
        )


@transaction.atomic
def add(*, producer: Producer, fields: Mapping[str, Any], by: User | None, at: datetime) -> Product:
    """A draft with whatever is known of it."""
    product = Product(producer=producer, slug=_free_slug(producer, fields["name"]), **_allowed(fields))
    product.allergens = allergens(product.ingredients)
    product.save()
    ProductEvent.objects.create(product=product, old="", new=product.state, by=by, at=at)
    return product


@transaction.atomic
def change(*, product: Product, fields: Mapping[str, Any], by: User | None, at: datetime) -> Product:
    """Changes facts; a published product must stay complete, else FactsMissing and nothing changes."""
    row = locks.product(product.pk)
    for name, value in _allowed(fields).items():
        setattr(row, name, value)
    row.allergens = allergens(row.ingredients)
    if row.state == Publication.PUBLISHED:
        require_complete(row, at)
    row.save()
    ProductEvent.objects.create(
        product=row, old=row.state, new=row.state, by=by, at=at, reason=", ".join(sorted(fields))[:200]
    )
    _refresh(row, at)
    return row


@transaction.atomic
def set_picture(*, product: Product, file: BinaryIO, by: User | None, at: datetime) -> Product:
    """Puts a photograph in place of the one before, whose file goes after the commit. Raises NotAPicture,
    PictureTooBig."""
    fresh = pictures.prepared(file)
    row = locks.product(product.pk)
    old = row.picture.name
    row.picture.save(str(fresh.name), fresh, save=False)
    row.save(update_fields=["picture"])
    ProductEvent.objects.create(product=row, old=row.state, new=row.state, by=by, at=at, reason="picture")
    if old:
        transaction.on_commit(lambda: row.picture.storage.delete(old))
    _refresh(row, at)
    return row


@transaction.atomic
def publish(*, product: Product, by: User | None, at: datetime) -> Product:
    """Puts the product on sale with its published offers. Raises FactsMissing, naming each missing fact."""
    row = locks.product(product.pk)
    if row.state == Publication.PUBLISHED:
        return row
    PUBLICATION.require(row.state, Publication.PUBLISHED)
    require_complete(row, at)
    return _move(row, Publication.PUBLISHED, by, at, published_at=row.published_at or at)


@transaction.atomic
def hide(*, product: Product, by: User | None, at: datetime) -> Product:
    """Takes the product off the shelves until it is published again; orders stay as they are."""
    row = locks.product(product.pk)
    if row.state == Publication.HIDDEN:
        return row
    return _move(row, Publication.HIDDEN, by, at)


def missing_facts(product: Product, at: datetime) -> list[str]:
    """Codes of what keeps the product from being published."""
    return missing_of([product], at)[product.pk]


def missing_of(products: Sequence[Product], at: datetime) -> dict[int, list[str]]:
    """The same for several, by pk, in four statements however many there are. Needs `producer__place`."""
    known = set(Allergen.objects.values_list("key", flat=True))
    amounts: dict[int, list[int]] = {}
    for pk, content in StockItem.objects.filter(product__in=products).values_list("product", "content"):
        amounts.setdefault(pk, []).append(content)
    protected = _protected_names(products, at)
    return {
        product.pk: missing(
            _facts(product, amounts.get(product.pk, ()), protected.get(product.pk, "")), known
        )
        for product in products
    }


def _facts(product, amounts, protected_name):
    return Facts(
        name=product.name,
        ingredients=product.ingredients,
        single_ingredient=product.single_ingredient,
        storage=product.storage,
        origin=product.origin,
        nutrition=product.nutrition,
        nutrition_ground=product.nutrition_ground,
        date_kind=product.date_kind,
        no_date_ground=product.no_date_ground,
        shelf_life_days=product.shelf_life_days,
        minimum_life_days=product.minimum_life_days,
        has_vat_class=product.vat_class_id is not None,
        seller_address=product.producer.address,
        alcohol_percent=product.alcohol_percent,
        protected_name=protected_name,
        net_amounts=tuple(amounts),
    )


def require_complete(product: Product, at: datetime) -> None:
    if codes := missing_facts(product, at):
        raise FactsMissing(codes)


def _protected_names(products, at):
    """EU-protected names that products bear without a certificate valid today, by the product's pk."""
    registered = HeritageEntry.objects.exclude(register=HeritageEntry.Register.LPT).values_list("pk", "name")
    entries = [(pk, name, f" {fold(name)} ") for pk, name in registered]
    held = ProductMark.objects.filter(product__in=products).exclude(evidence="").valid_on(local_date(at))
    certified = set(held.values_list("product_id", "heritage_entry_id"))
    found = {}
    for product in products:
        words = f" {fold(product.name)} "
        for pk, name, folded in entries:
            if folded in words and (product.pk, pk) not in certified:
                found[product.pk] = name
                break
    return found


def _allowed(fields):
    if unknown := set(fields) - WRITABLE:
        raise TypeError(f"not writable: {sorted(unknown)}")
    return dict(fields)


def _free_slug(producer, name):
    base = slugify(fold(name))[:130] or "produkt"
    taken = set(
        Product.objects.filter(producer=producer, slug__startswith=base).values_list("slug", flat=True)
    )
    slug, n = base, 1
    while slug in taken:
        n += 1
        slug = f"{base}-{n}"
    return slug


def _move(row, new, by, at, **fields):
    PUBLICATION.require(row.state, new)
    old, row.state = row.state, new
    for name, value in fields.items():
        setattr(row, name, value)
    row.save(update_fields=["state", *fields])
    ProductEvent.objects.create(product=row, old=old, new=new, by=by, at=at)
    _refresh(row, at)
    return row


def _refresh(product, at):
    listings.refresh(
        offers=Offer.objects.filter(stock_item__product=product).values_list("pk", flat=True), at=at
    )
