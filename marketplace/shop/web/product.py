"""A product's page: everything a buyer must know before buying (Reg. (EU) 1169/2011, art. 14), packs and prices."""

from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from marketplace.kernel.clock import local_date
from marketplace.kernel.errors import NotFound
from marketplace.shop.queries import offers
from marketplace.shop.templatetags.drawings import picture_url
from orders.web.visit import visit
from producers.models import Allergen, Product
from producers.policies.ingredients import parts
from producers.states import Publication

OTHERS = 4


@require_safe
def product(request, producer, slug):
    """`/produkty/<producer>/<product>/`. A product that was on sale once keeps its page. Raises NotFound."""
    here = visit(request)
    row = _published(producer, slug)
    cards = offers.of_product(product_id=row.pk, rounds=here.rounds)
    listed = offers.for_households().filter(producer_id=row.producer_id).exclude(product_id=row.pk)
    names = {allergen.key: str(allergen) for allergen in Allergen.objects.all()}
    context = {
        "product": row,
        "producer": row.producer,
        "picture": row.picture.url
        if row.picture
        else picture_url(row.name, row.producer.voivodeship.name, row.category.slug),
        "cards": cards,
        "content": cards[0] if cards else None,
        "ingredients": parts(row.ingredients),
        "allergens": [names.get(key, key) for key in row.allergens],
        "may_contain": [names.get(key, key) for key in row.may_contain],
        "nutrition": _nutrition(row.nutrition),
        "marks": _marks(row),
        "others": offers.shelf(listed.order_by("sort_key"), rounds=here.rounds, size=OTHERS),
        "quantities": here.quantities,
        "back": request.path,
        "chosen_place": here.place,
        "round": here.round,
        "crumbs": _crumbs(row),
    }
    return render(request, "shop/product.html", context)


def _published(producer, slug):
    row = (
        Product.objects.select_related(
            "producer__place", "producer__voivodeship", "category__parent", "vat_class"
        )
        .filter(producer__slug=producer, slug=slug, published_at__isnull=False)
        .exclude(state=Publication.DRAFT)
        .first()
    )
    if row is None:
        raise NotFound(_("Nie ma takiego produktu."))
    return row


def _marks(row):
    today = local_date(timezone.now())
    return list(row.marks.valid_on(today).select_related("mark", "heritage_entry").order_by("mark__position"))


def _nutrition(values):
    """Rows of the table in the order of the regulation; keys we do not know keep their own name."""
    if not isinstance(values, dict):
        return []
    names = _nutrition_names()
    known = [(names[key], values[key]) for key in names if key in values]
    return known + [((key, ""), value) for key, value in values.items() if key not in names]


def _nutrition_names():
    """The values of art. 30 and the one it allows beside them, in its order, with their units."""
    return {
        "energy_kj": (_("Wartość energetyczna"), "kJ"),
        "energy_kcal": (_("Wartość energetyczna"), "kcal"),
        "fat": (_("Tłuszcz"), "g"),
        "saturates": (_("w tym kwasy tłuszczowe nasycone"), "g"),
        "carbohydrate": (_("Węglowodany"), "g"),
        "sugars": (_("w tym cukry"), "g"),
        "fibre": (_("Błonnik"), "g"),
        "protein": (_("Białko"), "g"),
        "salt": (_("Sól"), "g"),
    }


def _crumbs(row):
    path = reverse("shop:products")
    shelf = row.category.parent or row.category
    return [
        {"label": _("Targ"), "url": reverse("shop:home")},
        {"label": str(shelf), "url": f"{path}?category={shelf.slug}"},
        {"label": row.name, "url": ""},
    ]
