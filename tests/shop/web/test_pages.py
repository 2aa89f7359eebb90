"""Producers, regions, clusters, prose, the programmers' page; strangers' addresses."""

from datetime import date

import pytest

from marketplace.kernel.polish import sort_key
from producers.models import Cluster, Member
from tests.factories.producers import ProducerFactory
from tests.factories.shopping import live_market, named, visitor

pytestmark = pytest.mark.django_db


@pytest.fixture
def m():
    made = live_market()
    named(made, "Bryndza")
    return made


def text(response):
    return response.content.decode().replace("\u00a0", " ")


def test_producers_are_found_by_name_and_region(m):
    ProducerFactory(name="Pasieka Żwirki", search_text="pasieka zwirki leszno")
    page = text(visitor().get("/producenci/?q=zwirki"))
    assert "Pasieka Żwirki" in page
    assert m.producer.name not in page
    assert "Nikogo takiego nie ma" in text(visitor().get("/producenci/?voivodeship=opolskie"))


def test_producer_page_says_who_sells(m):
    page = text(visitor(m).get(f"/producenci/{m.producer.slug}/"))
    assert "Polna 1" in page
    assert "Bryndza" in page
    assert visitor().get("/producenci/nie-ma/").status_code == 404


def test_region_page_shows_its_goods(m):
    page = text(visitor(m).get("/regiony/wielkopolskie/"))
    assert "Bryndza" in page
    assert m.centre.name in page
    assert visitor().get("/regiony/atlantyda/").status_code == 404


def test_cluster_page_shows_members_by_kind_and_their_goods(m):
    root = Cluster.objects.create(slug="krajowy", name="Klaster Krajowy", sort_key="klaster krajowy")
    row = Cluster.objects.create(
        slug="smaki", name="Leszczyńskie Smaki", parent=root, voivodeship=m.producer.voivodeship,
        sort_key="leszczynskie smaki",
    )  # fmt: skip
    for kind, name, producer in (
        ("PRODUCER", m.producer.name, m.producer),
        ("SCHOOL", "Szkoła Rolnicza", None),
    ):
        Member.objects.create(
            cluster=row,
            kind=kind,
            name=name,
            producer=producer,
            joined_on=date(2026, 1, 1),
            sort_key=sort_key(name),
        )
    page = text(visitor(m).get("/klastry/smaki/"))
    assert "Szkoła Rolnicza" in page
    assert "Bryndza" in page
    assert "2 członk" in text(visitor().get("/klastry/"))
    assert "Leszczyńskie Smaki" in text(visitor().get("/klastry/krajowy/"))
    assert visitor().get("/klastry/nie-ma/").status_code == 404


@pytest.mark.parametrize(
    "path", ["regulamin", "prywatnosc", "dostepnosc", "pomoc", "api/docs", "klastry", "producenci", "koszyk"]
)
def test_page_stands_without_any_data(path):
    answer = visitor().get(f"/{path}/")
    assert answer.status_code == 200
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'self'")
    assert "style=" not in text(answer)


def test_programmers_page_lists_the_schema():
    page = text(visitor().get("/api/docs/"))
    assert "/api/v1/baskets/{id}/checkout/" in page
    assert "Idempotency-Key" in page


def test_type_of_a_problem_leads_to_its_code(settings):
    settings.SITE_URL = "https://spichlerz.example"
    problem = visitor().get("/api/v1/places/?postal_code=x", secure=True).json()
    assert problem["type"] == "https://spichlerz.example/api/docs/#wrong_postal_code"
    assert '<code id="wrong_postal_code">' in text(visitor().get("/api/docs/"))


@pytest.mark.parametrize("rows", [1, 24])
def test_producers_take_the_same_statements_with_one_and_with_a_full_page(m, rows, django_assert_num_queries):
    for _n in range(rows):
        ProducerFactory()
    client = visitor()
    client.get("/producenci/")
    with django_assert_num_queries(3):  # the page with what is on sale, the count, the regions
        client.get("/producenci/")
