"""The basket's page: what it says of every line, and how lines change."""

import pytest

from orders.models import Basket, BasketLine
from producers.models import Offer
from tests.factories.people import UserFactory
from tests.factories.shopping import live_market, named, reprice, to_basket, visitor

pytestmark = pytest.mark.django_db


@pytest.fixture
def m():
    return live_market()


@pytest.fixture
def client(m):
    return visitor(m)


def text(response):
    return response.content.decode().replace("\u00a0", " ")


def quantities():
    return dict(BasketLine.objects.values_list("offer_id", "quantity"))


def test_empty_basket_shows_the_way_to_the_market():
    page = visitor().get("/koszyk/")
    assert "Koszyk jest pusty" in text(page)
    assert Basket.objects.count() == 0


def test_goods_stand_by_seller_with_unit_price_and_sum(m, client):
    to_basket(client, m.add(stock=9), 2)
    page = text(client.get("/koszyk/"))
    assert "25,00 zł" in page
    assert "50,00 zł/kg" in page
    assert 'href="/zamowienie/"' in page


def test_without_a_place_one_is_asked_for_and_the_goods_wait(m):
    client, offer = visitor(), m.add(stock=3)
    asked = to_basket(client, offer, 2, next="/produkty/")
    assert asked.url == f"/miejsce/?next=%2Fprodukty%2F&offer={offer.pk}&quantity=2"
    page = client.get(asked.url)
    assert f'name="offer" value="{offer.pk}"' in text(page)
    client.post(
        "/miejsce/", {"place": m.round.place_id, "offer": offer.pk, "quantity": 2, "next": "/produkty/"}
    )
    assert quantities() == {offer.pk: 2}


@pytest.mark.parametrize(
    "quantity", ["-1", "1.5", "abc", "", "1000000000", "99999999999999999999", "51", "٣"]
)
def test_wrong_quantity_is_refused_in_words_and_changes_nothing(m, client, quantity):
    offer = m.add(stock=3)
    to_basket(client, offer, 2)
    answer = client.post(f"/koszyk/pozycje/{offer.pk}/", {"quantity": quantity}, follow=True)
    assert answer.status_code == 200
    assert "Podaj liczbę" in text(answer)
    assert quantities() == {offer.pk: 2}


def test_zero_takes_a_line_out(m, client):
    offer = m.add(stock=3)
    to_basket(client, offer, 2)
    to_basket(client, offer, 0)
    assert quantities() == {}


@pytest.mark.parametrize("offer_id", ["999999999", "999999999999999999"])
def test_unknown_offer_is_refused_in_words(client, m, offer_id):
    answer = client.post(f"/koszyk/pozycje/{offer_id}/", {"quantity": 1}, follow=True)
    assert "Nie ma takiej oferty" in text(answer)


def test_htmx_gets_the_form_and_the_header(m, client):
    offer = m.add(stock=3)
    answer = client.post(
        f"/koszyk/pozycje/{offer.pk}/",
        {"quantity": 2, "name": "Ser", "most": "9"},
        headers={"HX-Request": "true"},
    )
    page = text(answer)
    assert "<html" not in page
    assert 'value="2"' in page
    assert 'id="basket-link" hx-swap-oob="true"' in page
    assert "25,00 zł" in page


def test_changed_price_is_said_and_accepted(m, client):
    offer = named(m, "Bryndza")
    to_basket(client, offer)
    reprice(offer, "14.00")
    page = text(client.get("/koszyk/"))
    assert "Zmieniły się ceny" in page
    assert "12,50 zł" in page
    assert "14,00 zł" in page
    assert 'href="/zamowienie/"' not in page
    client.post("/koszyk/ceny/")
    page = text(client.get("/koszyk/"))
    assert "Zmieniły się ceny" not in page
    assert 'href="/zamowienie/"' in page


def test_withdrawn_and_short_lines_are_fixed_in_one_step(m, client):
    gone, short = named(m, "Oscypek"), named(m, "Bundz", stock=3)
    to_basket(client, gone)
    to_basket(client, short, 5)
    Offer.objects.filter(pk=gone.pk).update(state="WITHDRAWN")
    page = text(client.get("/koszyk/"))
    assert "<s>Oscypek</s>" in page
    assert "zostały 3 opakowania" in page
    assert 'href="/zamowienie/"' not in page
    client.post("/koszyk/poprawki/")
    assert quantities() == {short.pk: 3}


def test_goods_by_weight_show_the_most_they_may_cost(m, client):
    offer = m.add(stock=9, grams=300, price=80, sold_by="WEIGHT", expected_grams=300, max_grams=400)
    to_basket(client, offer, 2)
    page = text(client.get("/koszyk/"))
    assert "Około 48,00 zł" in page
    assert "64,00 zł" in page
    assert "80,00 zł/kg" in page


def test_closed_market_keeps_the_basket(m, client):
    to_basket(client, m.add(stock=3))
    m.round.state = "CANCELLED"
    m.round.save()
    page = text(client.get("/koszyk/"))
    assert "Nie ma teraz otwartej tury" in page
    assert 'href="/zamowienie/"' not in page


def test_strangers_basket_is_not_shown(m, client):
    to_basket(client, m.add(stock=3))
    Basket.objects.update(user=UserFactory())
    assert "Koszyk jest pusty" in text(client.get("/koszyk/"))


def test_basket_follows_who_signs_in(m, client):
    to_basket(client, m.add(stock=3))
    person = UserFactory()
    client.force_login(person)
    to_basket(client, m.add(stock=3))
    assert Basket.objects.get().user == person
    elsewhere = visitor()
    elsewhere.force_login(person)
    assert "25,00 zł" in text(elsewhere.get("/koszyk/"))


def test_broken_cookie_is_no_basket(m, client):
    client.cookies["basket"] = "x' OR 1=1"
    client.cookies["place"] = "999999999999999999999"
    assert "Koszyk jest pusty" in text(client.get("/koszyk/"))


def test_basket_moves_to_another_place(m, client):
    offer = m.add(stock=3)
    to_basket(client, offer)
    other = live_market()
    client.post("/miejsce/", {"place": other.round.place_id})
    assert Basket.objects.get().place_id == other.round.place_id
    assert "nie ma w tej turze" in text(client.get("/koszyk/"))


@pytest.mark.parametrize("rows", [1, 30])
def test_basket_takes_the_same_statements_with_one_line_and_with_thirty(
    m, client, rows, django_assert_num_queries
):
    for _n in range(rows):
        to_basket(client, m.add(stock=1))
    client.get("/koszyk/")
    with django_assert_num_queries(4):  # the basket with its place, the round, the lines, what is left
        client.get("/koszyk/")
