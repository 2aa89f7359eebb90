import pytest
from django.urls import reverse

from producers.models import ProducerPerson
from tests.factories import ProductFactory, UserFactory
from tests.factories.desk import desk
from tests.factories.market import market

pytestmark = pytest.mark.django_db


@pytest.fixture
def at_desk(client):
    made = market()
    _producer, user = desk(made.producer)
    client.force_login(user)
    made.offer = made.add(stock=50)
    return client, made


def address(name, made, *rest):
    return reverse(f"desk:{name}", args=[made.producer.slug, *rest])


def test_totals_and_orders_without_the_buyers_person(at_desk):
    client, made = at_desk
    first = made.order([(made.offer, 2)])
    second = made.order([(made.offer, 3)])
    for name in ("round", "sheet"):
        text = client.get(address(name, made, made.round.pk)).content.decode()
        assert first.number in text
        assert second.number in text
        assert "<b>5</b>" in text
        assert "Kowalski" not in text
        assert first.contact.email not in text
    assert "Drukuj" in client.get(address("sheet", made, made.round.pk)).content.decode()


def test_only_ones_own_lines_are_listed(at_desk):
    client, made = at_desk
    other = market()
    theirs = ProductFactory(producer=other.producer, name="Cudzy ser")
    made.order([(made.offer, 1)])
    text = client.get(address("round", made, made.round.pk)).content.decode()
    assert theirs.name not in text
    assert client.get(address("round", made, other.round.pk)).status_code == 404


def test_today_says_what_to_bring_and_which_drafts_lack_facts(at_desk, monkeypatch):
    client, made = at_desk
    made.order([(made.offer, 4)])
    ProductFactory(producer=made.producer, state="DRAFT", name="Szkic sera", storage="")
    text = client.get(address("today", made)).content.decode()
    assert "Szkic sera" in text
    assert "warunki przechowywania" in text


def test_an_idle_day_says_so(client):
    producer, user = desk()
    client.force_login(user)
    text = client.get(reverse("desk:today", args=[producer.slug])).content.decode()
    assert "Na dziś wszystko gotowe" in text


def test_the_way_in_leads_to_the_only_desk_or_asks(client):
    producer, user = desk()
    client.force_login(user)
    assert client.get("/producent/").url == reverse("desk:today", args=[producer.slug])
    second, _user = desk()
    ProducerPerson.objects.create(producer=second, user=user, role="HELPER")
    assert second.name in client.get("/producent/").content.decode()
    client.force_login(UserFactory())
    assert client.get("/producent/").status_code == 404


@pytest.mark.parametrize("count", [1, 12])
def test_a_round_takes_the_same_statements_for_one_order_and_many(at_desk, count, django_assert_num_queries):
    client, made = at_desk
    for _n in range(count):
        made.order([(made.offer, 1)])
    client.get(address("round", made, made.round.pk))
    with django_assert_num_queries(8):
        client.get(address("round", made, made.round.pk))


@pytest.mark.parametrize("drafts", [1, 8])
def test_today_takes_the_same_statements_for_one_draft_and_many(at_desk, drafts, django_assert_num_queries):
    client, made = at_desk
    for _n in range(drafts):
        ProductFactory(producer=made.producer, state="DRAFT")
    client.get(address("today", made))
    with django_assert_num_queries(11):
        client.get(address("today", made))


@pytest.mark.parametrize("name", ["today", "orders", "products", "promises", "product_add"])
def test_strangers_find_no_desk(client, name):
    producer, _user = desk()
    _other, stranger = desk()
    client.force_login(stranger)
    assert client.get(reverse(f"desk:{name}", args=[producer.slug])).status_code == 404
