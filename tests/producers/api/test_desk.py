"""A producer's desk over the API."""

from datetime import timedelta

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from marketplace.kernel.clock import local_date
from producers.models import Price, ProducerPerson, Product
from tests.factories import UserFactory
from tests.factories.live import live_market
from tests.factories.producers import AllergenFactory, CategoryFactory, VatClassFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def m():
    return live_market()


@pytest.fixture
def api(m):
    user = UserFactory()
    ProducerPerson.objects.create(producer=m.producer, user=user, role="OWNER")
    client = APIClient()
    client.force_authenticate(user)
    return client


def draft(api, **fields):
    CategoryFactory()
    body = {"name": "Twaróg", "category": "sery", "temperature": "CHILLED", **fields}
    return api.post("/api/v1/producer/products/", body, format="json")


def offer(api, product, **fields):
    body = {
        "product": product, "piece": {"name": "kostka 250 g", "content": 250, "unit": "G"}, "pack": "kostka 250 g",
        "price": "9.90", "publish": True, **fields,
    }  # fmt: skip
    return api.post("/api/v1/producer/offers/", body, format="json")


def publish(api, product, **fields):
    return api.patch(f"/api/v1/producer/products/{product}/", {**fields, "state": "PUBLISHED"}, format="json")


def test_product_is_published_only_with_every_fact(api, m):
    VatClassFactory()
    AllergenFactory()
    made = draft(api)
    assert made.status_code == 201
    product = made.json()["id"]
    refused = publish(api, product)
    assert (refused.status_code, refused.json()["code"]) == (422, "facts_missing")
    missing = {row["code"] for row in refused.json()["missing"]}
    assert {
        "ingredients",
        "storage",
        "net_quantity",
        "nutrition",
        "date_kind",
        "vat_class",
        "origin",
    } <= missing
    offer(api, product)
    facts = {
        "ingredients": "{milk:mleko}", "storage": "2–6 °C", "origin": "Polska", "nutrition_ground": "SMALL_MAKER",
        "date_kind": "USE_BY", "shelf_life_days": 14, "minimum_life_days": 4, "vat_class": "dairy_eggs_honey",
    }  # fmt: skip
    assert publish(api, product, **facts).json()["missing"] == []
    assert [row["name"] for row in api.get("/api/v1/offers/").json()["results"]] == ["Twaróg"]
    api.patch(f"/api/v1/producer/products/{product}/", {"state": "HIDDEN"}, format="json")
    assert api.get("/api/v1/offers/").json()["results"] == []


def test_published_product_stays_complete(api, m):
    AllergenFactory()
    offer_ = m.add()
    product = offer_.stock_item.product
    answer = api.patch(f"/api/v1/producer/products/{product.pk}/", {"storage": ""}, format="json")
    assert answer.json()["code"] == "facts_missing"
    assert Product.objects.get(pk=product.pk).storage


@pytest.mark.parametrize("price", ["0", "-1", "0.001", "100000.01", "dużo", "1e9"])
def test_wrong_prices_are_refused(api, m, price):
    made = m.add()
    answer = api.patch(f"/api/v1/producer/offers/{made.pk}/", {"price": price}, format="json")
    assert answer.status_code == 422
    assert Price.objects.filter(offer=made).count() == 1


def test_price_history_only_grows(api, m):
    made = m.add()
    assert (
        api.patch(f"/api/v1/producer/offers/{made.pk}/", {"price": "11.00"}, format="json").json()["price"]
        == "11.00"
    )
    assert [str(p.amount) for p in Price.objects.filter(offer=made).order_by("pk")] == ["12.50", "11.00"]
    assert api.get("/api/v1/offers/").json()["results"][0]["lowest_30_days"] == "12.50"


def test_promise_can_be_sold_and_taken_back(api, m):
    made = m.add()
    day = m.round.packs_on.isoformat()
    body = {"item": made.stock_item_id, "centre": m.centre.code, "available_on": day, "pieces": 20}
    assert api.post("/api/v1/producer/supply/", body, format="json").status_code == 201
    assert api.get("/api/v1/offers/", {"centre": m.centre.code}).json()["results"][0]["available"] == 20
    api.post("/api/v1/producer/supply/", body | {"pieces": 0}, format="json")
    assert api.get("/api/v1/offers/", {"centre": m.centre.code}).json()["results"][0]["available"] == 0


def test_promise_in_the_past_is_refused(api, m):
    made = m.add()
    day = local_date(timezone.now()) - timedelta(days=1)
    body = {"item": made.stock_item_id, "centre": m.centre.code, "available_on": day.isoformat(), "pieces": 5}
    assert api.post("/api/v1/producer/supply/", body, format="json").json()["code"] == "wrong_promise"


def test_strangers_find_nothing(m):
    made = m.add()
    stranger, guest = APIClient(), APIClient()
    stranger.force_authenticate(UserFactory())
    product = made.stock_item.product_id
    for address in ("products/", f"products/{product}/", "offers/", "supply/", "orders/"):
        assert guest.get(f"/api/v1/producer/{address}").status_code == 401
        assert stranger.get(f"/api/v1/producer/{address}").status_code == 404
    assert (
        stranger.patch(f"/api/v1/producer/offers/{made.pk}/", {"price": "1"}, format="json").status_code
        == 404
    )


def test_rivals_do_not_see_each_other(api, m):
    rival = live_market().add()
    assert (
        api.patch(f"/api/v1/producer/offers/{rival.pk}/", {"price": "1.00"}, format="json").status_code == 404
    )
    assert api.get(f"/api/v1/producer/products/{rival.stock_item.product_id}/").status_code == 404


def test_draft_needs_a_real_category(api):
    assert draft(api, category="nie-ma").status_code == 422
    assert draft(api, temperature="HOT").status_code == 422
    assert draft(api, may_contain=["gold"]).status_code == 422
