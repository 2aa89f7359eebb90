from datetime import date

import pytest

from producers.models import Cluster, ClusterRole, Mark, Member, ProductMark
from tests.factories import ProducerFactory, ProductFactory, UserFactory

pytestmark = pytest.mark.django_db


def cluster(client, *, members=1):
    made = Cluster.objects.create(slug="smaki", name="Smaki", sort_key="smaki")
    user = UserFactory()
    ClusterRole.objects.create(cluster=made, user=user)
    client.force_login(user)
    producers = [ProducerFactory(vat_status="EXEMPT") for _n in range(members)]
    for one in producers:
        Member.objects.create(
            cluster=made,
            kind="PRODUCER",
            name=one.name,
            producer=one,
            joined_on=date(2026, 1, 1),
            sort_key=one.name,
        )
    return made, producers


def test_readiness_says_what_a_member_lacks(client):
    _made, [producer] = cluster(client)
    mark = Mark.objects.create(code="ORGANIC", name_pl="Ekologiczne", name_en="Organic", short="eko")
    product = ProductFactory(producer=producer)
    ProductMark.objects.create(
        product=product, mark=mark, valid_from=date(2025, 1, 1), valid_until=date(2025, 12, 31), evidence="1"
    )
    text = client.get("/klaster/smaki/").content.decode()
    assert "nikt nie ma dostępu" in text
    assert f"minęło 31.12.2025 – eko: {product.name}" in text


def test_the_only_cluster_is_opened_at_once(client):
    cluster(client)
    assert client.get("/klaster/").url == "/klaster/smaki/"


@pytest.mark.parametrize("members", [1, 15])
def test_members_take_the_same_statements_for_one_and_many(client, members, django_assert_num_queries):
    cluster(client, members=members)
    client.get("/klaster/smaki/")
    with django_assert_num_queries(10):
        client.get("/klaster/smaki/")


def test_strangers_find_no_cluster(client):
    cluster(client)
    client.force_login(UserFactory())
    assert client.get("/klaster/smaki/").status_code == 404
    assert client.get("/klaster/").status_code == 404
