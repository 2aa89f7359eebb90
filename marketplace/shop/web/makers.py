"""Producers: the list, and a page for each."""

from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from marketplace.kernel.limits import limited
from marketplace.kernel.paging import page
from marketplace.shop.queries import makers, offers
from marketplace.shop.web import addresses
from orders.web.visit import visit
from producers.models import Member, Voivodeship

ON_A_PAGE, SHELF = 24, 24


@require_safe
@limited("search", methods=("GET",))
def producers(request):
    path = reverse("shop:producers")
    pairs = addresses.pairs_of(request, ("q", "voivodeship"))
    regions = [value for name, value in pairs if name == "voivodeship"]
    rows = makers.makers(query=dict(pairs).get("q", ""), regions=regions)
    found = page(rows, order=["sort_key", "pk"], cursor=request.GET.get("cursor"), size=ON_A_PAGE)
    labelled = [(row.slug, str(row)) for row in Voivodeship.objects.all()]
    context = {
        "makers": found.rows,
        "count": rows.count(),
        "links": addresses.page_links(path, pairs, found),
        "voivodeships": addresses.choices(pairs, "voivodeship", labelled),
        "asked": dict(pairs).get("q", ""),
        "chips": addresses.chips(
            path, pairs, {("voivodeship", slug): label for slug, label in labelled} | {"q": "„{}”"}
        ),
        "chosen": len(pairs),
    }
    return render(request, "shop/producers.html", context)


@require_safe
def producer(request, slug):
    """Who it is, where, under which signs, and everything they sell."""
    here = visit(request)
    row = makers.maker(slug)
    listed = offers.for_households().filter(producer_id=row.pk).order_by("sort_key", "offer_id")
    context = {
        "maker": row,
        "cards": offers.shelf(listed, rounds=here.rounds, size=SHELF),
        "memberships": Member.objects.filter(producer=row, left_on=None).select_related("cluster"),
        "quantities": here.quantities,
        "back": request.path,
        "chosen_place": here.place,
        "round": here.round,
        "crumbs": [
            {"label": _("Targ"), "url": reverse("shop:home")},
            {"label": _("Producenci"), "url": reverse("shop:producers")},
            {"label": row.name, "url": ""},
        ],
    }
    return render(request, "shop/producer.html", context)
