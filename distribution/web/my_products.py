"""A producer's products as cards: state, price, what is left."""

from dataclasses import dataclass

from django.utils import timezone

from distribution.queries import promises
from marketplace.kernel.clock import local_date
from marketplace.kernel.paging import page as keyset_page
from producers.models import Product
from producers.queries import desk
from producers.web.door import at_desk, page, page_at

PAGE = 24


@dataclass(frozen=True)
class Card:
    product: Product
    price: desk.FirstPrice | None
    on_shelf: int
    promised: int


@at_desk
def products(request, producer):
    """Five statements whatever the number of products."""
    rows = Product.objects.filter(producer=producer).select_related("category", "producer__voivodeship")
    found = keyset_page(rows, order=["name", "pk"], cursor=request.GET.get("cursor"), size=PAGE)
    now = timezone.now()
    prices = desk.first_prices(products=found.rows, at=now)
    left = promises.left_of(products=[row.pk for row in found.rows], today=local_date(now))
    return page(
        request,
        producer,
        "distribution/desk/products",
        cards=[Card(row, prices.get(row.pk), *left.get(row.pk, (0, 0))) for row in found.rows],
        next=page_at(request, found.next),
        previous=page_at(request, found.previous),
    )
