"""The catalogue over the API: pages, filters, search, availability."""

from decimal import Decimal

import pytest
from rest_framework.test import APIClient

from producers.operations import listings
from tests.factories.live import live_market
from tests.factories.market import NOW
from tests.factories.producers import ProductFactory, StockItemFactory

pytestmark = pytest.mark.django_db
OFFERS = "/api/v1/offers/"


@pytest.fixture
def api():
    return APIClient()


@pytest.fixture
def m():
    return live_market()


def named(m, name, **product):
    made = ProductFactory(producer=m.producer, name=name, **product)
    return m.add(stock=6, item=StockItemFactory(product=made))


def names(answer):
    return [row["name"] for row in answer.json()["results"]]


def test_offer_says_what_is_left_and_when(api, m):
    offer = m.add(stock=7, pieces=2)
    row = api.get(OFFERS, {"centre": m.centre.code}).json()["results"][0]
    assert (row["id"], row["price"], row["unit_price"], row["unit"]) == (offer.pk, "12.50", "25.00", "kg")
    assert row["available"] == 3
    assert row["next_hand_over_on"] == m.round.hands_over_on.isoformat()
    assert api.get(OFFERS).json()["results"][0]["available"] is None


@pytest.mark.parametrize("rows", [1, 30])
def test_list_takes_the_same_statements_with_one_row_and_with_thirty(api, m, rows, django_assert_num_queries):
    for _n in range(rows):
        m.add(stock=1)
    with django_assert_num_queries(3):  # the rounds, the page, what is left
        api.get(OFFERS, {"centre": m.centre.code, "page_size": 100})


def test_pages_follow_one_another_and_back(api, m):
    for n in range(5):
        named(m, f"Ser {n}")
    first = api.get(OFFERS, {"page_size": 2})
    second = api.get(first.json()["next"])
    third = api.get(second.json()["next"])
    assert names(first) + names(second) + names(third) == [f"Ser {n}" for n in range(5)]
    assert third.json()["next"] is None
    assert names(api.get(third.json()["previous"])) == names(second)
    assert names(api.get(second.json()["previous"])) == names(first)


@pytest.mark.parametrize("ordering", ["name", "-name", "price", "-price", "unit_price", "newest"])
def test_every_order_pages_through_everything_once(api, m, ordering):
    for n in range(7):
        m.add(price=Decimal(5 + n % 3))
    seen, address = [], f"{OFFERS}?ordering={ordering}&page_size=3"
    while address:
        answer = api.get(address).json()
        seen += [row["id"] for row in answer["results"]]
        address = answer["next"]
    assert sorted(seen) == sorted(offer.pk for offer in m.offers)


@pytest.mark.parametrize("words", ["zurek", "ZUREK", "żurek", "  Żurek "])
def test_search_needs_no_polish_letters(api, m, words):
    named(m, "Barszcz z żurkiem")
    named(m, "Żurek wielkopolski")
    assert names(api.get(OFFERS, {"q": words}))[:1] == ["Żurek wielkopolski"]


def test_filters_narrow(api, m):
    cheese = named(m, "Ser", allergens=["milk"], temperature="CHILLED")
    honey = named(m, "Miód", allergens=[])
    found = lambda **query: {row["id"] for row in api.get(OFFERS, query).json()["results"]}  # noqa: E731
    assert found(without_allergens="milk") == {honey.pk}
    assert found(without_allergens="milk,eggs") == {honey.pk}
    assert found(temperature="CHILLED") == {cheese.pk}
    assert found(category="sery") == {cheese.pk, honey.pk}
    assert found(category="nie-ma-takiej") == set()
    assert found(voivodeship="wielkopolskie") == {cheese.pk, honey.pk}
    assert found(producer=m.producer.slug) == {cheese.pk, honey.pk}
    assert found(min_price="12.51") == set()
    assert found(max_price="12.50") == {cheese.pk, honey.pk}


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"min_price": "tanio"}, "wrong_filter"),
        ({"temperature": "HOT"}, "wrong_filter"),
        ({"ordering": "magic"}, "wrong_filter"),
        ({"q": "x" * 101}, "wrong_filter"),
        ({"cursor": "nonsense"}, "bad_cursor"),
        ({"cursor": "W10"}, "bad_cursor"),
        ({"page_size": "0"}, "wrong_page_size"),
        ({"page_size": "1000"}, "wrong_page_size"),
        ({"page_size": "many"}, "wrong_page_size"),
    ],
)
def test_wrong_queries_are_refused_by_name(api, m, query, code):
    m.add()
    answer = api.get(OFFERS, query)
    assert (answer.status_code, answer.json()["code"]) == (422, code)


def test_unknown_centre_does_not_exist(api):
    assert api.get(OFFERS, {"centre": "NIE"}).status_code == 404
    assert api.get("/api/v1/centres/NIE/rounds/").status_code == 404


def test_offer_shows_every_food_fact(api, m):
    offer = m.add(stock=3)
    row = api.get(f"{OFFERS}{offer.pk}/", {"centre": m.centre.code}).json()
    assert row["ingredients"] == "MLEKO, sól"
    assert row["storage"]
    assert row["net_amount"] == 250
    assert "Leszno" in row["seller_address"]
    assert api.get(f"{OFFERS}999999999/").status_code == 404


def test_place_answers_with_its_centre_and_round(api, m):
    rounds = api.get(f"/api/v1/centres/{m.centre.code}/rounds/").json()["results"]
    assert rounds[0]["id"] == m.round.pk
    assert rounds[0]["slots"][0]["left"] == 1000
    assert api.get("/api/v1/places/", {"postal_code": "x"}).json()["code"] == "wrong_postal_code"


def test_lists_answer_in_pages(api, m):
    m.add()
    for address in ("centres/", "categories/", "producers/", "offers/"):
        answer = api.get(f"/api/v1/{address}").json()
        assert set(answer) == {"next", "previous", "results"}
        assert answer["results"]
    assert api.get(f"/api/v1/producers/{m.producer.slug}/").json()["name"] == m.producer.name
    assert api.get("/api/v1/producers/nie-ma/").status_code == 404


def test_schema_describes_the_api(api):
    text = api.get("/api/schema/").content.decode()
    assert "/api/v1/baskets/{id}/checkout/" in text
    assert "without_allergens" in text


def test_listing_disappears_when_nothing_is_for_sale(api, m):
    offer = m.add()
    type(offer).objects.filter(pk=offer.pk).update(state="HIDDEN")
    listings.refresh(offers=[offer.pk], at=NOW)
    assert api.get(OFFERS).json()["results"] == []
