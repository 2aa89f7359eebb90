import pytest
from django.urls import reverse

from producers.models import Product, ProductEvent
from producers.operations import products
from tests.factories import OfferFactory, ProductFactory, StockItemFactory, UserFactory
from tests.factories.desk import desk, facts
from tests.factories.market import NOW

pytestmark = pytest.mark.django_db
PAGES = ["product", "product_edit", "allergens", "picture", "offer_add", "product_promises"]


@pytest.fixture
def at_desk(client):
    producer, user = desk()
    client.force_login(user)
    return client, producer


def address(name, producer, *rest):
    return reverse(f"desk:{name}", args=[producer.slug, *rest])


def test_a_draft_is_saved_with_a_name_and_little_else(at_desk):
    client, producer = at_desk
    body = facts(
        ingredients="", storage="", date_kind="", shelf_life_days="", minimum_life_days="", vat_class=""
    )
    answer = client.post(address("product_add", producer), body)
    product = Product.objects.get()
    assert answer.url == address("product", producer, product.pk)
    assert (product.state, product.name) == ("DRAFT", "Twaróg klinek")


def test_known_allergens_are_marked_and_then_shown(at_desk):
    client, producer = at_desk
    answer = client.post(address("product_add", producer), facts(ingredients="śmietanka, sól"))
    product = Product.objects.get()
    assert product.ingredients == "{milk:śmietanka}, sól"
    assert product.allergens == ["milk"]
    assert answer.url == address("allergens", producer, product.pk)
    assert "śmietanka – Mleko" in client.get(answer.url).content.decode()


def test_a_confirmed_list_keeps_words_that_were_taken_off(at_desk):
    client, producer = at_desk
    product = ProductFactory(producer=producer, state="DRAFT", ingredients="{milk:ser} z soi, {milk:mleko}")
    body = {"found": ["1"], "words_soybeans": "ser z soi", "may_contain": ["nuts"]}
    client.post(address("allergens", producer, product.pk), body)
    product.refresh_from_db()
    assert product.ingredients == "{soybeans:ser z soi}, {milk:mleko}"
    assert product.may_contain == ["nuts"]
    client.post(address("product_edit", producer, product.pk), facts(ingredients="ser z soi, mleko"))
    product.refresh_from_db()
    assert product.ingredients == "{soybeans:ser z soi}, {milk:mleko}"


def test_a_word_that_is_not_in_the_list_is_refused_beside_its_field(at_desk):
    client, producer = at_desk
    product = ProductFactory(producer=producer, state="DRAFT", ingredients="mleko")
    answer = client.post(address("allergens", producer, product.pk), {"words_fish": "karp"})
    assert answer.status_code == 200
    assert "W składzie nie ma słów „karp”." in answer.content.decode()


def test_publication_names_each_missing_fact_with_its_place(at_desk):
    client, producer = at_desk
    product = ProductFactory(
        producer=producer,
        state="DRAFT",
        published_at=None,
        storage="",
        origin="",
        vat_class=None,
        date_kind="",
    )
    answer = client.post(address("publish", producer, product.pk))
    text = answer.content.decode()
    assert answer.status_code == 200
    assert "<title>Błąd:" in text
    for words in ("ilość netto", "warunki przechowywania", "kraj pochodzenia", "rodzaj daty", "klasa VAT"):
        assert words in text
    assert f"{address('product_edit', producer, product.pk)}#id_storage" in text
    assert address("offer_add", producer, product.pk) in text
    product.refresh_from_db()
    assert product.state == "DRAFT"


def test_a_published_product_may_not_lose_a_fact(at_desk):
    client, producer = at_desk
    product = ProductFactory(producer=producer)
    StockItemFactory(product=product)
    answer = client.post(address("product_edit", producer, product.pk), facts(storage="", name="Zmieniony"))
    text = answer.content.decode()
    assert answer.status_code == 200
    assert 'value="Zmieniony"' in text
    assert "warunki przechowywania" in text
    product.refresh_from_db()
    assert product.storage != ""


def test_hidden_and_published_again(at_desk):
    client, producer = at_desk
    offer = OfferFactory(stock_item__product__producer=producer)
    product = offer.stock_item.product
    for step, state in (("hide", "HIDDEN"), ("publish", "PUBLISHED")):
        client.post(address(step, producer, product.pk))
        product.refresh_from_db()
        assert product.state == state
    assert ProductEvent.objects.filter(product=product).count() == 2


def test_half_a_nutrition_table_is_refused(at_desk):
    client, producer = at_desk
    answer = client.post(address("product_add", producer), facts(nutrition_energy_kj="120,5"))
    assert answer.status_code == 200
    assert "Uzupełnij całą tabelę" in answer.content.decode()


@pytest.mark.parametrize("name", PAGES)
def test_a_stranger_finds_nothing(client, name):
    producer, _user = desk()
    product = ProductFactory(producer=producer)
    other, stranger = desk()
    client.force_login(stranger)
    assert client.get(address(name, producer, product.pk)).status_code == 404
    assert client.get(address(name, other, product.pk)).status_code == 404
    client.force_login(UserFactory())
    assert client.get(address("products", producer)).status_code == 404
    client.logout()
    assert client.get(address("products", producer)).status_code == 302


@pytest.mark.parametrize("count", [1, 20])
def test_my_products_take_the_same_statements_for_one_and_for_many(at_desk, count, django_assert_num_queries):
    client, producer = at_desk
    for _n in range(count):
        OfferFactory(stock_item__product__producer=producer)
    client.get(address("products", producer))  # the header's own rows are cached from here on
    with django_assert_num_queries(8):
        text = client.get(address("products", producer)).content.decode()
    assert text.count('class="card-picture"') == count


def test_missing_facts_of_many_take_four_statements(django_assert_num_queries):
    producer, _user = desk()
    rows = [
        ProductFactory(producer=producer, state="DRAFT", storage="" if n % 2 else "W chłodzie.")
        for n in range(6)
    ]
    with django_assert_num_queries(4):
        found = products.missing_of(rows, NOW)
    assert [("storage" in found[row.pk]) for row in rows] == [False, True] * 3
