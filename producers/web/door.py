"""What every page of a producer's desk shares: the producer one works for, the tabs, refusals said beside fields."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from producers.models import Offer, Producer, Product

View = Callable[..., HttpResponse]
TABS = ("today", "products", "promises", "deliveries", "orders")


def at_desk(view: View) -> View:
    """Signed in, and the producer among those one works for; to anybody else it does not exist."""

    @login_required
    def permitted(request: HttpRequest, slug: str, **rest: Any) -> HttpResponse:
        producer = Producer.objects.kept_by(request.user).select_related("place").filter(slug=slug).first()
        if producer is None:
            raise Http404
        return view(request, producer, **rest)

    return permitted


def own_product(producer: Producer, pk: int) -> Product:
    """The producer's product with what its pages show, else 404."""
    rows = Product.objects.filter(producer=producer).select_related(
        "producer__place", "category", "vat_class"
    )
    if (found := rows.filter(pk=pk).first()) is None:
        raise Http404
    return found


def own_offer(producer: Producer, pk: int) -> Offer:
    rows = Offer.objects.filter(stock_item__product__producer=producer)
    if (found := rows.select_related("stock_item__product__producer").filter(pk=pk).first()) is None:
        raise Http404
    return found


def page(
    request: HttpRequest,
    producer: Producer,
    template: str,
    *,
    tab: str = "products",
    crumbs: list[tuple[str, str]] | None = None,
    status: int = 200,
    **context: Any,
) -> HttpResponse:
    """A desk page. `crumbs` are (label, address) below the producer's own; the last one is this page."""
    desk = {
        "producer": producer,
        "tabs": _tabs(producer, tab),
        "crumbs": [{"label": label, "url": url} for label, url in crumbs or []],
    }
    return render(request, f"{template}.html", desk | context, status=status)


def page_at(request: HttpRequest, cursor: str | None) -> str:
    """Address of this list at the cursor, with its other choices; empty when there is no such page."""
    if cursor is None:
        return ""
    query = request.GET.copy()
    query["cursor"] = cursor
    return f"?{query.urlencode()}"


def _tabs(producer, current):
    labels = (_("Dziś"), _("Produkty"), _("Zapowiedzi"), _("Dostawy"), _("Zamówienia"))
    return [
        {"label": label, "url": reverse(f"desk:{name}", args=[producer.slug]), "current": name == current}
        for name, label in zip(TABS, labels, strict=True)
    ]
