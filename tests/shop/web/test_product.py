"""A product's page says everything before the goods can be put in the basket."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from producers.models import Allergen, Mark, Price, Product, ProductMark
from producers.operations import listings
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


def page_of(client, offer):
    product = offer.stock_item.product
    return client.get(f"/produkty/{product.producer.slug}/{product.slug}/")


def test_every_food_fact_is_there(m, client):
    Allergen.objects.create(key="milk", number=7, name_pl="Mleko", name_en="Milk", examples="")
    Allergen.objects.create(key="nuts", number=8, name_pl="Orzechy", name_en="Nuts", examples="")
    offer = named(m, "Bryndza", ingredients="{milk:mleko owcze}, sól", may_contain=["nuts"], spoils_fast=True)
    page = text(page_of(client, offer))
    for fact in (
        "Składniki: <b>mleko owcze</b>, sól",
        "<b>Mleko</b>",
        "Może zawierać śladowe ilości: Orzechy",
        "słoik 250 g",
        "Przechowywać w 2–8 °C.",
        "najlepiej spożyć przed",
        "Przy odbiorze co najmniej 5 dni",
        "Polska",
        "małe ilości, wprost od wytwórcy",
        "Polna 1",
        "nie ma prawa odstąpienia",
        "50,00 zł/kg",
    ):
        assert fact in page
    assert page.index("Składniki") < page.index("/koszyk/pozycje/")


def test_goods_that_keep_have_the_right_of_withdrawal(m, client):
    assert "Masz 14 dni" in text(page_of(client, named(m, "Miód")))


def test_lowered_price_shows_the_lowest_of_thirty_days(m, client):
    offer = named(m, "Bryndza")
    Price.objects.create(offer=offer, amount=Decimal(20), valid_from=timezone.now() - timedelta(days=10))
    reprice(offer, "15.00")
    page = text(page_of(client, offer))
    assert "15,00 zł" in page
    assert "Najniższa cena z 30 dni: 12,50 zł" in page or "Najniższa cena z 30 dni: 20,00 zł" in page


def test_goods_that_spoil_fast_show_the_price_before_the_reduction_on_list_page_and_basket(m, client):
    offer = named(m, "Bryndza", spoils_fast=True, stock=5)
    Price.objects.create(offer=offer, amount=Decimal(20), valid_from=timezone.now() - timedelta(days=10))
    reprice(offer, "15.00")
    to_basket(client, offer)
    for page in (page_of(client, offer), client.get("/produkty/"), client.get("/koszyk/")):
        assert "Cena przed obniżką: 20,00 zł" in text(page)
        assert "Najniższa cena" not in text(page)


def test_goods_by_weight_say_the_range_and_the_most(m, client):
    offer = m.add(stock=9, grams=300, price=80, sold_by="WEIGHT", expected_grams=300, max_grams=400)
    page = text(page_of(client, offer))
    assert "Waży zwykle 300 g, najwyżej 400 g" in page
    assert "Zapłacisz za faktyczną wagę, najwyżej 32,00 zł" in page


def test_nutrition_is_given_in_the_order_of_the_law(m, client):
    offer = named(m, "Bryndza", nutrition={"salt": "2,1", "energy_kcal": "310"}, nutrition_ground="")
    page = text(page_of(client, offer))
    assert page.index("Wartość energetyczna") < page.index("310&nbsp;kcal") < page.index("2,1&nbsp;g")


def test_mark_is_explained_until_it_ends(m, client):
    offer, today = named(m, "Bryndza"), timezone.localdate()
    mark, _made = Mark.objects.get_or_create(
        code="PDO", defaults={"name_pl": "Chroniona Nazwa", "short": "ChNP", "meaning_pl": "Kontrolowana."}
    )
    row = ProductMark.objects.create(
        product=offer.stock_item.product, mark=mark, evidence="PL/1", valid_from=today
    )
    page = text(page_of(client, offer))
    assert "Numer: PL/1" in page
    ProductMark.objects.filter(pk=row.pk).update(
        valid_from=today - timedelta(days=9), valid_until=today - timedelta(days=1)
    )
    assert "PL/1" not in text(page_of(client, offer))


def test_what_was_sold_once_keeps_its_page(m, client):
    offer = named(m, "Bryndza")
    Product.objects.update(state="WITHDRAWN")
    listings.refresh(at=timezone.now())
    page = page_of(client, offer)
    assert page.status_code == 200
    assert "Nie ma go teraz w sprzedaży" in text(page)
    assert "/koszyk/pozycje/" not in text(page)


@pytest.mark.parametrize("state", ["DRAFT"])
def test_draft_has_no_page(m, client, state):
    offer = named(m, "Bryndza")
    Product.objects.update(state=state)
    answer = page_of(client, offer)
    assert answer.status_code == 404
    assert "Nie ma takiego produktu" in text(answer)


@pytest.mark.parametrize("others", [1, 8])
def test_page_takes_the_same_statements_with_one_neighbour_and_with_eight(
    m, client, others, django_assert_num_queries
):
    offer = named(m, "Bryndza")
    for _n in range(others):
        m.add(stock=1)
    page_of(client, offer)
    # place, round; product, packs, what is left, allergens, marks, neighbours, what is left of them
    with django_assert_num_queries(9):
        page_of(client, offer)
