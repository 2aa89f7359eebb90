from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from marketplace.kernel.clock import local_date
from marketplace.kernel.models import Job
from producers.models import Listing, Offer, Price, StockItem
from tests.factories import OfferFactory, ProductFactory
from tests.factories.desk import desk

pytestmark = pytest.mark.django_db


@pytest.fixture
def at_desk(client):
    producer, user = desk()
    client.force_login(user)
    return client, producer


def pack(**changes):
    return {
        "piece": "słoik 250 g", "content": "250", "unit": "G", "pieces": "1", "price": "12,50",
        "sold_by": "PIECE", "regime": "FULL", "max_per_order": "50", **changes,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "amount"),
    [("12,50", "12.50"), ("12.5", "12.50"), ("1 234,50", "1234.50"), ("1\u00a0234,50 zł", "1234.50")],
)
def test_a_price_is_read_as_people_write_it(at_desk, typed, amount):
    client, producer = at_desk
    product = ProductFactory(producer=producer)
    answer = client.post(reverse("desk:offer_add", args=[producer.slug, product.pk]), pack(price=typed))
    assert answer.status_code == 302
    assert Price.objects.get().amount == Decimal(amount)
    assert Listing.objects.get().price == Decimal(amount)


@pytest.mark.parametrize("typed", ["0", "-1", "0,001", "10000000", "abc", "1e9", "NaN", ""])
def test_a_wrong_price_is_refused_and_nothing_is_written(at_desk, typed):
    client, producer = at_desk
    product = ProductFactory(producer=producer)
    answer = client.post(reverse("desk:offer_add", args=[producer.slug, product.pk]), pack(price=typed))
    assert answer.status_code == 200
    assert 'id="id_price_error"' in answer.content.decode()
    assert not Offer.objects.exists()
    assert not StockItem.objects.exists()


def test_by_weight_needs_both_weights(at_desk):
    client, producer = at_desk
    product = ProductFactory(producer=producer)
    url = reverse("desk:offer_add", args=[producer.slug, product.pk])
    answer = client.post(url, pack(sold_by="WEIGHT", expected_grams="300", max_grams="200"))
    assert 'id="id_max_grams_error"' in answer.content.decode()
    assert client.post(url, pack(sold_by="WEIGHT", expected_grams="300", max_grams="360")).status_code == 302


def test_the_same_pack_twice_is_refused(at_desk):
    client, producer = at_desk
    offer = OfferFactory(stock_item__product__producer=producer)
    url = reverse("desk:offer_add", args=[producer.slug, offer.stock_item.product_id])
    answer = client.post(url, pack(item=offer.stock_item_id, piece="", content=""))
    assert 'id="id_pieces_error"' in answer.content.decode()


def test_history_grows_and_a_future_price_waits_for_its_day(at_desk):
    client, producer = at_desk
    offer = OfferFactory(stock_item__product__producer=producer)
    url = reverse("desk:offer", args=[producer.slug, offer.pk])
    day = local_date(timezone.now()) + timedelta(days=5)
    assert client.post(url, {"price": "14,00", "valid_from": day.isoformat()}).status_code == 302
    text = client.get(url).content.decode()
    assert ("12,50\xa0zł" in text, "14,00\xa0zł" in text) == (True, True)
    assert Price.objects.in_force(timezone.now()).get().amount == Decimal("12.50")
    assert Job.objects.get(kind="producers.price_due").run_after == Price.objects.latest("pk").valid_from


def test_withdrawing_asks_first(at_desk):
    client, producer = at_desk
    offer = OfferFactory(stock_item__product__producer=producer)
    url = reverse("desk:offer_withdraw", args=[producer.slug, offer.pk])
    assert client.get(url).status_code == 200
    offer.refresh_from_db()
    assert offer.state == "PUBLISHED"
    client.post(url)
    offer.refresh_from_db()
    assert offer.state == "WITHDRAWN"


def test_a_strangers_offer_is_not_there(at_desk):
    client, producer = at_desk
    other = OfferFactory()
    for name in ("offer", "offer_withdraw"):
        assert client.get(reverse(f"desk:{name}", args=[producer.slug, other.pk])).status_code == 404
    assert client.post(reverse("desk:offer_publish", args=[producer.slug, other.pk])).status_code == 404
