"""The heritage library: every entry of the registers, who makes it, and what is on offer now."""

from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from marketplace.kernel.clock import local_date
from marketplace.kernel.limits import limited
from marketplace.kernel.paging import page
from marketplace.shop.queries import heritage, offers, reference
from marketplace.shop.queries.heritage import Asked
from marketplace.shop.web import addresses
from orders.web.visit import visit
from producers.models import HeritageEntry, Voivodeship

ON_A_PAGE, SHELF = 40, 8
FILTERS = ("q", "register", "voivodeship", "category")


@require_safe
@limited("search", methods=("GET",))
def library(request):
    """`/dziedzictwo/`: by register, voivodeship, category and words; entries in Polish alphabetical order."""
    path = reverse("shop:heritage")
    pairs = addresses.pairs_of(request, FILTERS)
    rows = heritage.entries(_asked(pairs)).prefetch_related("voivodeships")
    found = page(rows, order=["sort_key", "pk"], cursor=request.GET.get("cursor"), size=ON_A_PAGE)
    groups = {
        "register": [(code, label) for code, label in HeritageEntry.Register.choices],
        "voivodeship": [(row.slug, str(row)) for row in Voivodeship.objects.all()],
        "category": [(shelf.category.slug, str(shelf.category)) for shelf in reference.shelves()],
    }
    labels = {(name, value): label for name, group in groups.items() for value, label in group}
    context = {
        "entries": found.rows,
        "count": rows.count(),
        "links": addresses.page_links(path, pairs, found),
        "asked": dict(pairs).get("q", ""),
        "groups": {name: addresses.choices(pairs, name, group) for name, group in groups.items()},
        "chips": addresses.chips(path, pairs, labels | {"q": "„{}”"}),
        "clear": path,
        "chosen": len(pairs),
    }
    return render(request, "shop/heritage.html", context)


@require_safe
def entry(request, slug):
    here = visit(request)
    row = heritage.entry(slug)
    today = local_date(timezone.now())
    made = row.product_marks.valid_on(today).values("product_id")
    listed = offers.for_households().filter(product_id__in=made).order_by("sort_key", "offer_id")
    context = {
        "entry": row,
        "voivodeships": list(row.voivodeships.all()),
        "makers": heritage.makers_of(row, day=today),
        "cards": offers.shelf(listed, rounds=here.rounds, size=SHELF),
        "quantities": here.quantities,
        "back": request.path,
        "crumbs": [
            {"label": _("Targ"), "url": reverse("shop:home")},
            {"label": _("Dziedzictwo"), "url": reverse("shop:heritage")},
            {"label": row.name, "url": ""},
        ],
    }
    return render(request, "shop/entry.html", context)


def _asked(pairs):
    values = {name: [value for key, value in pairs if key == name] for name in FILTERS}
    return Asked(
        query=" ".join(values["q"]),
        registers=values["register"],
        regions=values["voivodeship"],
        categories=values["category"],
    )
