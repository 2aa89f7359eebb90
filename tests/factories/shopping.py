"""A visitor of the shop's pages: a test client that has chosen a place."""

import re
from decimal import Decimal

from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from producers.models import Price
from producers.operations import listings
from tests.factories.live import live_market
from tests.factories.producers import ProductFactory, StockItemFactory


def visitor(market=None) -> Client:
    """With a market, its centre is the place chosen. What earlier tests left in the cache is gone."""
    cache.clear()
    client = Client()
    if market:
        client.cookies["place"] = str(market.round.place_id)
    return client


def named(market, name, *, stock=6, price=None, offer=None, **product):
    """One more offer of a product of this name."""
    made = ProductFactory(producer=market.producer, name=name, **product)
    return market.add(stock=stock, price=price, item=StockItemFactory(product=made), **(offer or {}))


def reprice(offer, amount):
    """From now on the offer costs another amount."""
    now = timezone.now()
    Price.objects.create(offer=offer, amount=Decimal(amount), valid_from=now)
    listings.refresh(offers=[offer.pk], at=now)


def to_basket(client, offer, quantity=1, **more):
    return client.post(f"/koszyk/pozycje/{offer.pk}/", {"quantity": quantity, **more})


def walk_to_payment(client, market, *, email="jan@example.pl"):
    """The first two steps; answers the page of the third."""
    client.post("/zamowienie/", {"slot": market.slot.pk})
    client.post("/zamowienie/dane/", {"name": "Jan Żak", "email": email, "phone": "600 100 200"})
    return client.get("/zamowienie/zaplata/")


def key_of(page):
    return re.search(r'name="key" value="([^"]+)"', page.content.decode())[1]


def payment(key, **changes):
    return {
        "key": key,
        "payment_method": "ON_COLLECTION",
        "substitutes": "SIMILAR",
        "accept_terms": "on",
        **changes,
    }


def place_order(client, market, **changes):
    """Walks through checkout with what is in the basket; answers the last response."""
    page = walk_to_payment(client, market)
    return client.post("/zamowienie/zaplata/", payment(key_of(page), **changes))


__all__ = [
    "key_of",
    "live_market",
    "named",
    "payment",
    "place_order",
    "reprice",
    "to_basket",
    "visitor",
    "walk_to_payment",
]
