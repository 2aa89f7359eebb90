import json

import pytest
from allauth.account.models import EmailAddress
from knox.models import AuthToken

from distribution.models import CentreStaff
from marketplace.accounts.models import User
from orders.models import Basket, OrderContact
from orders.operations import endings, erasure
from orders.operations.erasure import LastAtDesk, OrdersUnderway
from producers.models import ProducerPerson
from tests.factories import StaffFactory, UserFactory
from tests.factories.desk import desk
from tests.factories.market import NOW, market

pytestmark = pytest.mark.django_db
PASSWORD = "dużo-masła-9"


@pytest.fixture
def person(client):
    user = UserFactory(name="Ewa Kowalska", email="ewa@example.pl")
    user.set_password(PASSWORD)
    user.save()
    client.force_login(user)
    return user


def test_the_overview_leads_to_every_desk(client, person):
    producer, _user = desk()
    ProducerPerson.objects.create(producer=producer, user=person, role="HELPER")
    staff = StaffFactory(user=person)
    text = client.get("/konto/").content.decode()
    assert f"/producent/{producer.slug}/" in text
    assert f"/centrum/{staff.centre.code}/" in text


def test_a_key_is_shown_once_works_and_ends(client, person):
    text = client.post("/konto/klucze/").content.decode()
    token = text.partition('<code class="token">')[2].partition("</code>")[0]
    header = {"HTTP_AUTHORIZATION": f"Token {token}"}
    client.logout()
    assert client.get("/api/v1/producer/products/", **header).status_code == 404
    client.force_login(person)
    assert token not in client.get("/konto/klucze/").content.decode()
    client.post(f"/konto/klucze/{AuthToken.objects.get().token_key}/usun/")
    client.logout()
    assert client.get("/api/v1/producer/products/", **header).status_code == 401


def test_nobody_ends_anothers_key(client, person):
    other, _token = AuthToken.objects.create(UserFactory())
    client.post(f"/konto/klucze/{other.token_key}/usun/")
    assert AuthToken.objects.count() == 1


def test_ones_data_come_as_a_file(client, person):
    made = market()
    order = made.order([(made.add(stock=5), 1)], by=person)
    made.order([(made.offers[0], 1)])
    answer = client.get("/konto/dane/")
    assert "attachment" in answer["Content-Disposition"]
    data = json.loads(answer.content)
    assert data["account"]["email"] == "ewa@example.pl"
    assert [one["number"] for one in data["orders"]] == [order.number]


def test_erasing_clears_the_person_and_keeps_the_facts(client, person):
    made = market()
    EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
    AuthToken.objects.create(person)
    StaffFactory(user=person)
    mine = made.order([(made.add(stock=5), 1)], by=person)
    guest = made.order([(made.offers[0], 1)], email=person.email)
    for order in (mine, guest):
        endings.cancel(number=order.number, by=person, at=NOW)
    answer = client.post("/konto/usun/", {"password": PASSWORD, "sure": "on"})
    assert answer.url == "/"
    gone = User.objects.get(pk=person.pk)
    assert (gone.name, gone.is_active, gone.erased_at is None) == ("", False, False)
    assert "ewa" not in gone.email
    assert set(OrderContact.objects.values_list("name", "email", "phone")) == {("", "", "")}
    assert mine.lines.count() == 1
    assert mine.money_events.count() == 2
    assert not Basket.objects.filter(user=person).exists()
    assert not CentreStaff.objects.filter(user=person, is_active=True).exists()
    assert not AuthToken.objects.exists()
    assert client.get("/konto/").status_code == 302


@pytest.mark.parametrize("body", [{"password": "zgaduję", "sure": "on"}, {"password": PASSWORD}, {}])
def test_erasing_needs_the_password_and_a_yes(client, person, body):
    assert "<title>Błąd:" in client.post("/konto/usun/", body).content.decode()
    assert User.objects.get(pk=person.pk).erased_at is None


def test_a_person_with_orders_underway_is_not_erased(person):
    made = market()
    made.order([(made.add(stock=5), 1)], by=person)
    with pytest.raises(OrdersUnderway):
        erasure.erase(user=person, by=person, at=NOW)


def test_the_last_owner_of_a_desk_is_not_erased():
    _producer, user = desk()
    with pytest.raises(LastAtDesk):
        erasure.erase(user=user, by=user, at=NOW)
    assert ProducerPerson.objects.filter(user=user).exists()


@pytest.mark.parametrize("path", ["", "klucze/", "dane/", "usun/"])
def test_a_guest_signs_in_first(client, path):
    assert client.get(f"/konto/{path}").url.startswith("/konto/login/")
