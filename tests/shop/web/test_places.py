"""Choosing a place: by postal code, from the list; wrong answers are said."""

import pytest

from distribution.models import Coverage
from producers.models import PostalCode
from tests.factories.shopping import live_market, named, visitor

pytestmark = pytest.mark.django_db


@pytest.fixture
def m():
    made = live_market()
    place = made.producer.place
    PostalCode.objects.create(
        code="64-100", place_name="Leszno", voivodeship=place.voivodeship, latitude=51.84, longitude=16.57
    )
    Coverage.objects.create(prefix="64", place=made.round.place)
    return made


def text(response):
    return response.content.decode().replace("\u00a0", " ")


@pytest.mark.parametrize("code", ["64-100", "64100", " 64-100 ", "64 100"])
def test_postal_code_finds_the_place_and_the_round_is_on_every_page(m, code):
    client = visitor()
    assert client.post("/miejsce/", {"postal_code": code, "next": "/pomoc/"}).url == "/pomoc/"
    page = text(client.get("/pomoc/"))
    assert m.centre.name in page
    assert "zamów do" in page


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("", "Wpisz kod pocztowy, np. 90-001."),
        ("abc", "Wpisz kod pocztowy, np. 90-001."),
        ("99-999", "Nie znamy takiego kodu pocztowego"),
        ("٦٤-١٠٠", "Nie znamy takiego kodu pocztowego"),
        ("6" * 500, "znak"),
    ],
)
def test_wrong_postal_code_is_said_beside_the_field(m, code, says):
    answer = visitor().post("/miejsce/", {"postal_code": code})
    assert "<title>Błąd:" in text(answer)
    assert says in text(answer)


@pytest.mark.parametrize("place", ["", "abc", "999999"])
def test_unknown_place_asks_again(m, place):
    answer = visitor().post("/miejsce/", {"place": place})
    assert answer.status_code == 200
    assert "place" not in answer.cookies


def test_way_back_never_leaves_the_site(m):
    answer = visitor().post("/miejsce/", {"place": m.round.place_id, "next": "https://zly.example/"})
    assert answer.url == "/"


def test_home_shows_the_round_or_asks_for_the_place(m):
    named(m, "Bryndza")
    page = text(visitor().get("/"))
    assert "Gdzie chcesz odbierać?" in page
    assert "Bryndza" in page
    page = text(visitor(m).get("/"))
    assert "Zamówienia otwarte" in page
    assert m.centre.name in page


def test_home_says_when_the_round_is_about_to_close_and_when_none_is_open(m):
    m.round.state = "CANCELLED"
    m.round.save()
    page = text(visitor(m).get("/"))
    assert "Tura zamknięta" in page
    assert "Następną ogłosimy wkrótce" in page


@pytest.mark.parametrize("rows", [1, 12])
def test_home_takes_the_same_statements_with_one_product_and_with_twelve(m, rows, django_assert_num_queries):
    for _n in range(rows):
        m.add(stock=1)
    client = visitor(m)
    client.get("/")
    # place, round, goods, what is left, shelves, regions, makers
    with django_assert_num_queries(7):
        client.get("/")
