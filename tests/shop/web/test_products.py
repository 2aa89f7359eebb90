"""The market's list: search, filters, chips, tabs, pages, and what to try when nothing is found."""

import re

import pytest

from tests.factories.producers import CategoryFactory
from tests.factories.shopping import live_market, named, visitor

pytestmark = pytest.mark.django_db


@pytest.fixture
def m():
    return live_market()


@pytest.fixture
def client(m):
    return visitor(m)


def text(response):
    return response.content.decode().replace("\u00a0", " ")


def names(response):
    return re.findall(r'class="card-name"><a href="[^"]+">([^<]+)</a>', text(response))


@pytest.mark.parametrize("query", ["zurek", "ZUREK", "żurek", "  Żurek "])
def test_search_knows_no_accents_and_no_capitals(m, client, query):
    named(m, "Żurek wielkopolski")
    named(m, "Barszcz")
    assert names(client.get("/produkty/", {"q": query})) == ["Żurek wielkopolski"]


def test_mistyped_word_is_answered_with_the_nearest_one(m, client):
    named(m, "Żurek wielkopolski")
    page = text(client.get("/produkty/", {"q": "zrek"}))
    assert "Nic takiego teraz nie ma" in page
    assert "Czy chodzi o:" in page
    assert '<a href="/produkty/?q=%C5%BCurek">żurek</a>' in page


def test_filter_that_stands_in_the_way_can_be_dropped(m, client):
    named(m, "Żurek")
    page = text(client.get("/produkty/", {"q": "żurek", "mark": "PDO"}))
    assert re.search(r'href="/produkty/\?q=%C5%BCurek">bez [^<]+ \(1\)</a>', page)


def test_chosen_filters_stand_as_chips_that_take_themselves_off(m, client):
    named(m, "Bryndza", category=CategoryFactory(slug="sery"))
    page = text(client.get("/produkty/?category=sery&without_allergens=eggs&min_price=5"))
    assert page.count('class="chip"') == 3
    assert 'href="/produkty/?without_allergens=eggs&amp;min_price=5"' in page


def test_allergen_takes_goods_off_the_list(m, client):
    named(m, "Bryndza", allergens=["milk"])
    named(m, "Powidła", allergens=[], ingredients="śliwki")
    assert names(client.get("/produkty/?without_allergens=milk")) == ["Powidła"]


@pytest.mark.parametrize("query", ["min_price=abc", "temperature=HOT", "ordering=secret", "min_price=-1"])
def test_filter_that_means_nothing_is_left_out_and_said(m, client, query):
    named(m, "Bryndza")
    answer = client.get(f"/produkty/?{query}")
    assert answer.status_code == 200
    assert "Pominęliśmy filtr" in text(answer)
    assert names(answer) == ["Bryndza"]


def test_broken_cursor_is_a_page_and_no_fault(m, client):
    answer = client.get("/produkty/?cursor=zepsuty")
    assert answer.status_code == 422
    assert "uszkodzony" in text(answer)


def test_first_tab_holds_what_is_left_for_the_round(m, client):
    named(m, "Bryndza")
    named(m, "Oscypek", stock=0)
    assert names(client.get("/produkty/")) == ["Bryndza"]
    page = client.get("/produkty/?termin=caly-targ")
    assert names(page) == ["Bryndza", "Oscypek"]
    assert "nie ma w żadnej otwartej turze" in text(page)
    page = client.get("/produkty/?q=oscypek")
    assert names(page) == ["Oscypek"]
    assert "pokazujemy cały targ" in text(page)


def test_without_a_place_everything_is_shown_and_the_place_is_asked_for(m):
    named(m, "Bryndza", stock=0)
    page = visitor().get("/produkty/")
    assert names(page) == ["Bryndza"]
    assert "Wybierz miejsce" in text(page)


def test_empty_market_says_so(m, client):
    page = text(client.get("/produkty/"))
    assert "Nic takiego teraz nie ma" in page


def test_card_says_date_stock_and_lowest_price(m, client):
    offer = named(m, "Bryndza", stock=3)
    page = text(client.get("/produkty/"))
    assert "zostały 3" in page
    assert "50,00 zł/kg" in page
    assert f'action="/koszyk/pozycje/{offer.pk}/"' in page


def test_names_with_quotes_and_tags_are_text(m, client):
    named(m, """Ser "łagodny" <b>& spółka's</b>""")
    page = text(client.get("/produkty/"))
    assert "<b>&" not in page
    assert "&amp;amp;" not in page
    assert "&amp;quot;" not in page
    assert "&amp;lt;" not in page


def test_pages_lead_on_and_back_with_the_filters(m, client):
    for _n in range(26):
        m.add(stock=1)
    page = client.get("/produkty/?ordering=price&without_allergens=fish")
    assert len(names(page)) == 24
    following = re.search(r'rel="next" href="([^"]+)"', text(page))[1].replace("&amp;", "&")
    assert "without_allergens=fish" in following
    second = client.get(following)
    assert len(names(second)) == 2
    assert 'rel="prev"' in text(second)


@pytest.mark.parametrize("rows", [1, 24])
def test_list_takes_the_same_statements_with_one_row_and_with_a_full_page(
    m, client, rows, django_assert_num_queries
):
    for _n in range(rows):
        m.add(stock=1)
    client.get("/produkty/")
    # place, round, two counts, the page, what is left, four lists of filters
    with django_assert_num_queries(10):
        client.get("/produkty/")
