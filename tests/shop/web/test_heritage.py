"""The library of registers: filters, pages, an entry with its makers and goods."""

from datetime import date

import pytest
from django.utils import timezone

from marketplace.kernel.polish import fold, sort_key
from producers.models import HeritageEntry, Mark, ProductMark, Voivodeship
from producers.operations import listings
from tests.factories.producers import CategoryFactory, VoivodeshipFactory
from tests.factories.shopping import live_market, named, visitor

pytestmark = pytest.mark.django_db


def written(name, *, register="LPT", region=None, category=None, year=2007):
    row = HeritageEntry.objects.create(
        register=register,
        source_key=f"{register}:{name}",
        name=name,
        slug=fold(name).replace(" ", "-"),
        category=category or CategoryFactory(),
        entered_on=date(year, 2, 19),
        year=year,
        source="MRiRW-LPT:1",
        search_text=fold(name),
        sort_key=sort_key(name),
    )
    if region:
        row.voivodeships.add(region)
    return row


def text(response):
    return response.content.decode().replace("\u00a0", " ")


def test_entries_stand_in_polish_order_and_filters_narrow_them():
    here = VoivodeshipFactory()
    there = Voivodeship.objects.create(
        teryt="12", name="małopolskie", name_en="", slug="malopolskie", capital="Kraków", iso="PL-12",
        latitude=50, longitude=20, sort_key="malopolskie",
    )  # fmt: skip
    written("Łosoś", region=here)
    written("Lin", region=here)
    written("Oscypek", register="PDO", region=there)
    page = text(visitor().get("/dziedzictwo/"))
    assert page.index(">Lin<") < page.index(">Łosoś<") < page.index(">Oscypek<")
    assert "3 wpis" in page
    assert ">Oscypek<" not in text(visitor().get("/dziedzictwo/?register=LPT"))
    assert ">Lin<" not in text(visitor().get("/dziedzictwo/?voivodeship=malopolskie"))
    assert ">Łosoś<" in text(visitor().get("/dziedzictwo/?q=LOSOS"))
    assert "Takiego wpisu nie ma" in text(visitor().get("/dziedzictwo/?q=nie+ma&category=miody"))


def test_entry_shows_register_source_makers_and_goods():
    m = live_market()
    row = written("Miód wrzosowy", region=m.producer.voivodeship)
    offer = named(m, "Miód wrzosowy z Leszna")
    mark, _made = Mark.objects.get_or_create(
        code="LPT", defaults={"name_pl": "LPT", "short": "LPT", "meaning_pl": ""}
    )
    page = text(visitor(m).get("/dziedzictwo/miod-wrzosowy/"))
    assert "poniedziałek, 19 lutego 2007" in page
    assert "MRiRW-LPT:1" in page
    assert "Wpis to nie certyfikat" in page
    assert "nikt tego jeszcze nie robi" in page
    ProductMark.objects.create(
        product=offer.stock_item.product, mark=mark, heritage_entry=row, valid_from=timezone.localdate()
    )
    listings.refresh(at=timezone.now())
    page = text(visitor(m).get("/dziedzictwo/miod-wrzosowy/"))
    assert m.producer.name in page
    assert "Miód wrzosowy z Leszna" in page


def test_protected_name_says_who_may_use_it():
    written("Oscypek", register="PDO")
    assert "ważnym świadectwem zgodności" in text(visitor().get("/dziedzictwo/oscypek/"))


def test_unknown_entry_is_404():
    assert visitor().get("/dziedzictwo/nie-ma/").status_code == 404


@pytest.mark.parametrize("rows", [1, 40])
def test_library_takes_the_same_statements_with_one_entry_and_with_forty(rows, django_assert_num_queries):
    region = VoivodeshipFactory()
    for n in range(rows):
        written(f"Wpis {n}", region=region)
    client = visitor()
    client.get("/dziedzictwo/")
    with django_assert_num_queries(5):  # the page, its regions, the count, two lists of filters
        client.get("/dziedzictwo/")
