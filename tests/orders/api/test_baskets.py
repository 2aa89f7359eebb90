"""Baskets and checkout over the API: the plain way, and everything that can be wrong with a request."""

import uuid
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from distribution.models import Coverage, Round, Slot, Supply
from orders.models import Order
from producers.models import PostalCode
from producers.operations import offers
from tests.factories.live import live_market

pytestmark = pytest.mark.django_db


@pytest.fixture
def api():
    return APIClient()


@pytest.fixture
def m():
    return live_market()


@pytest.fixture
def jam(m):
    return m.add(stock=10)


@pytest.fixture
def basket(api, m, jam):
    made = api.post("/api/v1/baskets/", {"centre": m.centre.code}, format="json").json()["id"]
    put(api, made, jam, 2)
    return made


def put(api, basket, offer, quantity):
    pk = getattr(offer, "pk", offer)
    return api.put(f"/api/v1/baskets/{basket}/lines/{pk}/", {"quantity": quantity}, format="json")


def checkout(api, basket, body, key="k-1"):
    return api.post(
        f"/api/v1/baskets/{basket}/checkout/", body, format="json", headers={"Idempotency-Key": key}
    )


def test_order_is_placed_and_found_by_its_token_alone(api, m, basket):
    answer = checkout(api, basket, m.body())
    assert answer.status_code == 201
    order = answer.json()
    assert (order["status"], order["total"]) == ("placed", "25.00")
    assert order["lines"][0]["quantity"] == 2
    address = f"/api/v1/orders/{order['number']}/"
    assert api.get(address).status_code == 404
    assert api.get(address, {"token": "wrong"}).status_code == 404
    assert api.get(address, {"token": order["token"]}).json()["number"] == order["number"]


def test_cancel_returns_what_was_held(api, m, basket, jam):
    order = checkout(api, basket, m.body()).json()
    assert Supply.objects.get(item=jam.stock_item).held == 2
    address = f"/api/v1/orders/{order['number']}/cancel/?token={order['token']}"
    assert api.post(address).json()["status"] == "cancelled"
    assert api.post(address).json()["status"] == "cancelled"
    assert Supply.objects.get(item=jam.stock_item).held == 0
    assert Slot.objects.get(pk=m.slot.pk).taken == 0


def test_same_key_gives_the_same_order_and_another_body_is_refused(api, m, basket):
    first = checkout(api, basket, m.body())
    again = checkout(api, basket, m.body())
    other = checkout(api, basket, m.body(name="Ktoś inny"))
    assert again.status_code == 201
    assert again.json() == first.json()
    assert (other.status_code, other.json()["code"]) == (409, "key_reused")
    assert Order.objects.count() == 1


def test_refusal_frees_the_key(api, m, basket, jam):
    Supply.objects.filter(item=jam.stock_item).update(held=10)
    refused = checkout(api, basket, m.body())
    assert (refused.status_code, refused.json()["code"]) == (409, "not_enough_supply")
    assert refused.json()["offers"] == [
        {"offer": jam.pk, "name": jam.stock_item.product.name, "wanted": 2, "left": 0}
    ]
    Supply.objects.filter(item=jam.stock_item).update(held=0)
    assert checkout(api, basket, m.body()).status_code == 201


@pytest.mark.parametrize("quantity", [-1, 1.5, 10**9, "2", "dwa", None, True, [], {}])
def test_wrong_quantities_change_nothing(api, basket, jam, quantity):
    answer = put(api, basket, jam, quantity)
    assert answer.status_code == 422
    assert answer.json()["code"] in {"invalid", "wrong_quantity"}
    assert api.get(f"/api/v1/baskets/{basket}/").json()["lines"][0]["quantity"] == 2


def test_zero_takes_the_line_out(api, basket, jam):
    assert put(api, basket, jam, 0).json()["lines"] == []


def test_more_than_the_offer_allows_is_refused(api, basket, jam):
    answer = put(api, basket, jam, 51)
    assert (answer.status_code, answer.json()["code"], answer.json()["most"]) == (422, "wrong_quantity", 50)


def test_unknown_and_foreign_ids_do_not_exist(api, m, basket, jam):
    assert put(api, basket, 10**17, 1).status_code == 404
    assert put(api, uuid.uuid4(), jam, 1).status_code == 404
    assert api.get("/api/v1/baskets/not-a-uuid/").status_code == 404
    assert (
        api.put(f"/api/v1/baskets/{basket}/lines/99999999999999999999/", {"quantity": 1}).status_code == 404
    )
    other = live_market()
    answer = checkout(api, basket, m.body(slot=other.slot.pk))
    assert (answer.status_code, answer.json()["code"]) == (409, "slot_full")
    answer = checkout(api, basket, m.body(round=other.round.pk))
    assert (answer.status_code, answer.json()["code"]) == (409, "round_closed")
    assert checkout(api, basket, m.body(round=10**15)).status_code == 404


def test_body_that_is_no_json_is_a_problem(api, basket):
    answer = api.put(f"/api/v1/baskets/{basket}/lines/1/", "{nope", content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed")
    assert answer["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"centre": "LES", "postal_code": "64-100"},
        {"centre": 5, "x": []},
        {"postal_code": "64"},
        [],
        "text",
        None,
    ],
)
def test_basket_needs_one_place(api, body):
    answer = api.post("/api/v1/baskets/", body, format="json")
    assert 400 <= answer.status_code < 500


def test_postal_code_finds_its_place(api, m):
    PostalCode.objects.create(
        code="64-100", place_name="Leszno", voivodeship=m.centre.voivodeship, latitude=51, longitude=16
    )
    Coverage.objects.create(prefix="64-1", place=m.round.place)
    answer = api.post("/api/v1/baskets/", {"postal_code": "64 100"}, format="json")
    assert answer.status_code == 201
    assert answer.json()["centre"]["code"] == m.centre.code
    unknown = api.post("/api/v1/baskets/", {"postal_code": "99-999"}, format="json")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "unknown_postal_code")


def test_round_that_closed_keeps_the_basket_and_offers_the_next(api, m, basket):
    Round.objects.filter(pk=m.round.pk).update(
        opens_at=timezone.now() - timedelta(days=9), orders_close_at=timezone.now()
    )
    answer = checkout(api, basket, m.body())
    assert (answer.status_code, answer.json()["code"], answer.json()["next_round"]) == (
        409,
        "round_closed",
        None,
    )
    assert len(api.get(f"/api/v1/baskets/{basket}/").json()["lines"]) == 1


def test_full_slot_is_said(api, m, basket):
    Slot.objects.filter(pk=m.slot.pk).update(capacity=0)
    answer = checkout(api, basket, m.body())
    assert (answer.status_code, answer.json()["code"], answer.json()["field"]) == (409, "slot_full", "slot")


def test_changed_price_is_said_before_ordering(api, m, basket, jam):
    offers.set_price(offer=jam, amount=Decimal("14.00"), by=None, at=timezone.now())
    answer = checkout(api, basket, m.body())
    assert (answer.status_code, answer.json()["code"]) == (409, "price_changed")
    assert answer.json()["offers"] == [{"offer": jam.pk, "was": "12.50", "is": "14.00"}]
    assert api.get(f"/api/v1/baskets/{basket}/").json()["lines"][0]["price_changed"] is True
    put(api, basket, jam, 2)
    assert checkout(api, basket, m.body()).json()["total"] == "28.00"


def test_withdrawn_offer_is_said_before_ordering(api, m, basket, jam):
    offers.withdraw(offer=jam, by=None, at=timezone.now())
    answer = checkout(api, basket, m.body())
    assert (answer.status_code, answer.json()["code"], answer.json()["offers"]) == (
        409,
        "offer_withdrawn",
        [jam.pk],
    )
    assert put(api, basket, jam, 3).json()["code"] == "offer_withdrawn"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"email": "nobody"}, "invalid"),
        ({"email": "a" * 300 + "@example.pl"}, "invalid"),
        ({"name": ""}, "invalid"),
        ({"name": "x" * 121}, "invalid"),
        ({"phone": "abc"}, "invalid"),
        ({"payment_method": "gold"}, "invalid"),
        ({"payment_method": 7}, "invalid"),
        ({"substitutes": "maybe"}, "invalid"),
        ({"round": "x"}, "invalid"),
        ({"slot": -1}, "invalid"),
        ({"accept_terms": False}, "terms_not_accepted"),
    ],
)
def test_wrong_details_are_refused_by_name(api, m, basket, change, code):
    answer = checkout(api, basket, m.body(**change))
    assert (answer.status_code, answer.json()["code"]) == (422, code)


def test_key_is_required(api, m, basket):
    answer = api.post(f"/api/v1/baskets/{basket}/checkout/", m.body(), format="json")
    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_missing")


def test_fourth_unpaid_order_of_one_person_waits(api, m, jam):
    for n in range(4):
        made = api.post("/api/v1/baskets/", {"centre": m.centre.code}, format="json").json()["id"]
        put(api, made, jam, 1)
        answer = checkout(api, made, m.body(email="JAN@example.pl"), key=f"k-{n}")
    assert (answer.status_code, answer.json()["code"], answer.json()["most"]) == (
        409,
        "too_many_unpaid_orders",
        3,
    )


def test_large_guest_order_waits_for_confirmation(api, m):
    dear = m.add(stock=5, price=Decimal("301.00"))
    made = api.post("/api/v1/baskets/", {"centre": m.centre.code}, format="json").json()["id"]
    put(api, made, dear, 1)
    answer = checkout(api, made, m.body()).json()
    assert answer["status"] == "unconfirmed"
    assert answer["expires_at"]


def test_checkout_takes_few_statements_whatever_the_lines(api, m, django_assert_max_num_queries):
    made = api.post("/api/v1/baskets/", {"centre": m.centre.code}, format="json").json()["id"]
    for _n in range(8):
        put(api, made, m.add(stock=5), 1)
    with django_assert_max_num_queries(30):
        assert checkout(api, made, m.body()).status_code == 201
