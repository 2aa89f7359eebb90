"""What every page's header shows, read only when a template asks: the place, its next round, the basket."""

from django.core.cache import cache
from django.utils.functional import SimpleLazyObject

from orders.web.visit import visit
from producers.models import Producer

DEMO_KEY = "shop:demo"
DEMO_SECONDS = 300


def market(request):
    """`place`, `next_round`, `basket_summary`, `demo` for base.html: at most two statements a page."""
    return {
        "place": SimpleLazyObject(lambda: _place(request)),
        "next_round": SimpleLazyObject(lambda: _next_round(request)),
        "basket_summary": SimpleLazyObject(lambda: _basket(request)),
        "demo": SimpleLazyObject(_is_demo),
    }


def _place(request):
    place = visit(request).place
    return place.name if place else ""


def _next_round(request):
    found = visit(request).round
    return {"closes_at": found.orders_close_at, "hands_over_on": found.hands_over_on} if found else {}


def _basket(request):
    glance = visit(request).glance
    return {"count": glance.count, "total": glance.total} if glance else {}


def _is_demo():
    known = cache.get(DEMO_KEY)
    if known is None:
        known = Producer.objects.filter(is_demo=True).exists()
        cache.set(DEMO_KEY, known, DEMO_SECONDS)
    return known
