"""A region's page: its goods, its people, its heritage."""

from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from distribution.models import Centre
from marketplace.kernel.errors import NotFound
from marketplace.shop.queries import offers
from marketplace.shop.queries.makers import makers
from marketplace.shop.web.home import regions
from orders.web.visit import visit
from producers.models import HeritageEntry, Voivodeship

PRODUCTS, MAKERS, ENTRIES = 8, 6, 12


@require_safe
def region(request, slug):
    here = visit(request)
    row = Voivodeship.objects.filter(slug=slug).first()
    if row is None:
        raise NotFound(_("Nie ma takiego województwa."))
    listed = offers.for_households().filter(voivodeship_id=row.pk)
    heritage = HeritageEntry.objects.filter(voivodeships=row)
    context = {
        "region": row,
        "cards": offers.shelf(
            listed.order_by("-published_at", "-offer_id"), rounds=here.rounds, size=PRODUCTS
        ),
        "offers_count": listed.count(),
        "makers": makers(regions=[slug]).order_by("sort_key", "pk")[:MAKERS],
        "heritage": heritage.order_by("sort_key", "pk")[:ENTRIES],
        "heritage_count": heritage.count(),
        "centres": Centre.objects.active().filter(voivodeship=row),
        "regions": [
            found | {"url": reverse("shop:region", args=[_slug(found["url"])])} for found in regions(row.pk)
        ],
        "quantities": here.quantities,
        "back": request.path,
        "crumbs": [
            {"label": _("Targ"), "url": reverse("shop:home")},
            {"label": row.name, "url": ""},
        ],
    }
    return render(request, "shop/region.html", context)


def _slug(address):
    return address.partition("=")[2]
