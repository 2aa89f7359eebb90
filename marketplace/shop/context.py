"""What every page's header shows, read only when a template asks: the place, its next round, the basket, the
desks of who is signed in."""

from django.core.cache import cache
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from marketplace.shop.queries import desks
from orders.web.visit import visit
from producers.models import Producer

DEMO_KEY = "shop:demo"
DEMO_SECONDS = 300
DESKS_SECONDS = 120


def market(request):
    """`place`, `next_round`, `basket_summary`, `demo`, `account_links` for base.html: at most two statements a
    page; for who is signed in one more every two minutes."""
    return {
        "place": SimpleLazyObject(lambda: _place(request)),
        "next_round": SimpleLazyObject(lambda: _next_round(request)),
        "basket_summary": SimpleLazyObject(lambda: _basket(request)),
        "demo": SimpleLazyObject(_is_demo),
        "account_links": SimpleLazyObject(lambda: _desks(getattr(request, "user", None))),
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


def _desks(user):
    if user is None or not user.is_authenticated:
        return []
    key = f"shop:desks:{user.pk}"
    kinds = cache.get(key)
    if kinds is None:
        kinds = desks.desks_of(user)
        cache.set(key, kinds, DESKS_SECONDS)
    links = {
        desks.PRODUCER: {"label": _("Stół producenta"), "url": reverse("desk:choose"), "icon": "tractor"},
        desks.CENTRE: {"label": _("Hala"), "url": reverse("distribution:centres"), "icon": "warehouse"},
        desks.CLUSTER: {"label": _("Klaster"), "url": reverse("cluster:choose"), "icon": "flower-2"},
        desks.FINANCE: {"label": _("Finanse"), "url": reverse("finance:awaited"), "icon": "wallet"},
    }
    found = [links[kind] for kind in kinds]
    if user.is_staff:
        found.append({"label": _("Administracja"), "url": reverse("admin:index"), "icon": "settings"})
    return found


def _is_demo():
    known = cache.get(DEMO_KEY)
    if known is None:
        known = Producer.objects.filter(is_demo=True).exists()
        cache.set(DEMO_KEY, known, DEMO_SECONDS)
    return known
