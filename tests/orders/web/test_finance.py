import uuid

import pytest
from django.urls import reverse

from orders.models import FinanceRole, OfflineReceipt, Payment
from orders.queries.totals import due_grosze
from tests.factories import UserFactory
from tests.factories.market import NOW, market

pytestmark = pytest.mark.django_db


@pytest.fixture
def clerk(client):
    user = UserFactory()
    FinanceRole.objects.create(user=user)
    client.force_login(user)
    return client


@pytest.fixture
def order():
    made = market()
    offer = made.add(stock=20)
    return made.order([(offer, 2)], payment_method="BANK_TRANSFER", at=NOW.replace(day=18))


def body(amount, key=None):
    return {"key": str(key or uuid.uuid4()), "amount": amount, "note": "przelew"}


def test_a_transfer_is_awaited_found_by_number_and_booked(clerk, order):
    assert order.number in clerk.get("/finanse/").content.decode()
    typed = order.number.lower().replace("-", " ")
    url = reverse("finance:order", args=[order.number])
    assert clerk.get("/finanse/", {"numer": typed}).url == url
    assert clerk.post(url, body("25,00")).status_code == 302
    assert Payment.objects.get().state == "CAPTURED"
    assert due_grosze(order) == 0
    assert order.number not in clerk.get("/finanse/").content.decode()


def test_the_same_form_sent_twice_books_once(clerk, order):
    url, key = reverse("finance:order", args=[order.number]), uuid.uuid4()
    for _n in range(2):
        assert clerk.post(url, body("10", key)).status_code == 302
    assert OfflineReceipt.objects.get().grosze == 1000
    assert "wpłacono część" in clerk.get("/finanse/").content.decode()


@pytest.mark.parametrize("amount", ["0", "-5", "1,234", "dużo", "99999999999"])
def test_a_wrong_amount_books_nothing(clerk, order, amount):
    text = clerk.post(reverse("finance:order", args=[order.number]), body(amount)).content.decode()
    assert 'id="id_amount_error"' in text
    assert not OfflineReceipt.objects.exists()


def test_an_unknown_number_is_said(clerk):
    assert "Nie ma zamówienia o takim numerze." in clerk.get("/finanse/", {"numer": "x"}).content.decode()


def test_strangers_find_no_finance(client, order):
    client.force_login(UserFactory())
    assert client.get("/finanse/").status_code == 404
    assert client.get(reverse("finance:order", args=[order.number])).status_code == 404
