"""The library and the clusters over the API, as their pages show them."""

import pytest
from django.utils import timezone

from producers.models import Cluster, Mark, Member, ProductMark
from tests.factories.producers import VoivodeshipFactory
from tests.factories.shopping import live_market, named
from tests.shop.web.test_heritage import written

pytestmark = pytest.mark.django_db


def get(client, path):
    answer = client.get(f"/api/v1/{path}", secure=True)
    return answer.status_code, answer.json()


def test_entries_stand_in_polish_order_and_filters_narrow_them(client):
    here = VoivodeshipFactory()
    written("Żur", region=here)
    written("Łazanki", register="PGI")
    _status, page = get(client, "heritage/")
    assert [row["name"] for row in page["results"]] == ["Łazanki", "Żur"]
    for query in (f"voivodeship={here.slug}", "q=zur", "register=LPT"):
        assert [row["name"] for row in get(client, f"heritage/?{query}")[1]["results"]] == ["Żur"]
    status, problem = get(client, "heritage/?register=NIE")
    assert (status, problem["code"]) == (422, "wrong_filter")


def test_entry_names_its_makers(client):
    m = live_market()
    product = named(m, "Ser smażony").stock_item.product
    entry = written("Ser smażony", region=m.producer.voivodeship)
    mark = Mark.objects.create(code="LPT", name_pl="Lista", short="LPT", meaning_pl="", meaning_en="")
    ProductMark.objects.create(
        product=product, mark=mark, heritage_entry=entry, valid_from=timezone.localdate()
    )
    _status, body = get(client, "heritage/ser-smazony/")
    assert [maker["slug"] for maker in body["makers"]] == [m.producer.slug]
    assert (body["entered_on"], body["voivodeships"]) == ("2007-02-19", [m.producer.voivodeship.name])
    assert get(client, "heritage/nie-ma/")[0] == 404


def test_cluster_has_its_members(client):
    m = live_market()
    root = Cluster.objects.create(slug="krajowy", name="Krajowy", sort_key="krajowy")
    row = Cluster.objects.create(slug="smaki", name="Smaki", parent=root, sort_key="smaki")
    today = timezone.localdate()
    for name, left in (("Mleczarnia", None), ("Dawny", today)):
        Member.objects.create(
            cluster=row, kind="PRODUCER", name=name, joined_on=today, left_on=left, sort_key=name,
            producer=m.producer if left is None else None,
        )  # fmt: skip
    assert {one["slug"]: one["parent"] for one in get(client, "clusters/")[1]["results"]} == {
        "krajowy": None,
        "smaki": "krajowy",
    }
    members = get(client, "clusters/smaki/")[1]["members"]
    assert [(one["name"], one["producer"]) for one in members] == [("Mleczarnia", m.producer.slug)]
    assert get(client, "clusters/nie-ma/")[0] == 404


@pytest.mark.parametrize("rows", [1, 20])
def test_library_takes_the_same_statements_with_one_entry_and_with_twenty(
    client, rows, django_assert_num_queries
):
    here = VoivodeshipFactory()
    for n in range(rows):
        written(f"Ser {n}", region=here)
    with django_assert_num_queries(2):
        client.get("/api/v1/heritage/", secure=True)
