"""Checkout in three pages: one order, whatever happens on the way."""

from datetime import timedelta

import pytest
from django.utils import timezone

from distribution.models import Round, Slot
from orders.models import BasketLine, Order
from tests.factories.people import UserFactory
from tests.factories.shopping import (
    key_of,
    live_market,
    payment,
    place_order,
    reprice,
    to_basket,
    visitor,
    walk_to_payment,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def m():
    return live_market()


@pytest.fixture
def client(m):
    made = visitor(m)
    to_basket(made, m.add(stock=6), 2)
    return made


def text(response):
    return response.content.decode().replace("\u00a0", " ")


def test_three_steps_end_in_one_order(m, client):
    answer = place_order(client, m)
    order = Order.objects.get()
    assert answer.url.startswith(f"/zamowienia/{order.number}/?token=")
    assert (order.state, order.placed_total) == ("PLACED", 25)
    assert order.contact.phone == "600 100 200"
    assert BasketLine.objects.count() == 0
    assert order.number in text(client.get(answer.url))


def test_button_says_the_duty_to_pay_and_the_sum(m, client):
    page = text(walk_to_payment(client, m))
    assert "Zamawiam z obowiązkiem zapłaty – 25,00 zł" in page
    assert "przedstawiciel" in page


def test_sent_twice_it_is_the_same_order(m, client):
    key = key_of(walk_to_payment(client, m))
    first = client.post("/zamowienie/zaplata/", payment(key))
    again = client.post("/zamowienie/zaplata/", payment(key))
    changed = client.post("/zamowienie/zaplata/", payment(key, substitutes="REFUND"))
    assert first.url == again.url == changed.url
    assert Order.objects.count() == 1


def test_steps_cannot_be_skipped(m, client):
    assert client.get("/zamowienie/dane/").url == "/zamowienie/"
    assert client.get("/zamowienie/zaplata/").url == "/zamowienie/"
    assert visitor(m).get("/zamowienie/").url == "/koszyk/"


@pytest.mark.parametrize("slot", ["", "0", "abc", "999999999"])
def test_unknown_slot_is_asked_for_again(client, slot):
    answer = client.post("/zamowienie/", {"slot": slot})
    assert "Wybierz godzinę odbioru" in text(answer)
    assert "<title>Błąd:" in text(answer)


def test_full_slot_is_shown_and_cannot_be_chosen(m, client):
    Slot.objects.update(capacity=1, taken=1)
    page = text(client.get("/zamowienie/"))
    assert "brak miejsc" in page
    assert "disabled" in page
    assert "Wybierz godzinę" in text(client.post("/zamowienie/", {"slot": m.slot.pk}))


def test_slot_taken_meanwhile_leads_back_with_the_basket(m, client):
    key = key_of(walk_to_payment(client, m))
    Slot.objects.update(capacity=1, taken=1)
    answer = client.post("/zamowienie/zaplata/", payment(key), follow=True)
    assert answer.redirect_chain[-1][0] == "/zamowienie/"
    assert "jest już zajęta" in text(answer)
    assert BasketLine.objects.count() == 1


def test_wrong_details_keep_what_was_typed(client, m):
    client.post("/zamowienie/", {"slot": m.slot.pk})
    answer = client.post("/zamowienie/dane/", {"name": "Jan", "email": "jan", "phone": "x"})
    page = text(answer)
    assert "<title>Błąd:" in page
    assert 'value="Jan"' in page
    assert page.count("Wpisz adres e-mail, np. jan@example.pl.") == 2
    assert page.count("Podaj numer telefonu") == 2


def test_terms_must_be_accepted(m, client):
    key = key_of(walk_to_payment(client, m))
    answer = client.post("/zamowienie/zaplata/", payment(key, accept_terms=""))
    assert "Zaakceptuj regulamin" in text(answer)
    assert key_of(answer) == key
    assert Order.objects.count() == 0


def test_round_closed_while_typing_offers_the_next_and_keeps_the_basket(m, client):
    key = key_of(walk_to_payment(client, m))
    Round.objects.update(
        closes_on=timezone.localdate() - timedelta(days=1),
        orders_close_at=timezone.now() - timedelta(minutes=1),
    )
    answer = client.post("/zamowienie/zaplata/", payment(key), follow=True)
    assert answer.redirect_chain[-1][0] == "/zamowienie/"
    assert "już zamknięta" in text(answer)
    assert BasketLine.objects.count() == 1


def test_price_changed_meanwhile_is_said_before_ordering(m, client):
    key = key_of(walk_to_payment(client, m))
    reprice(m.offers[0], "13.00")
    answer = client.post("/zamowienie/zaplata/", payment(key), follow=True)
    assert answer.redirect_chain[-1][0] == "/koszyk/"
    assert "Zmieniły się ceny" in text(answer)
    assert Order.objects.count() == 0


def test_goods_gone_meanwhile_lead_to_the_basket_with_what_is_left(m, client):
    key = key_of(walk_to_payment(client, m))
    m.order([(m.offers[0], 5)], at=timezone.now())
    answer = client.post("/zamowienie/zaplata/", payment(key), follow=True)
    assert answer.redirect_chain[-1][0] == "/koszyk/"
    assert "zostało 1" in text(answer)
    assert Order.objects.count() == 1


def test_fourth_unpaid_order_of_one_person_is_refused_on_the_step(m, client):
    for _n in range(3):
        m.order([(m.offers[0], 1)], at=timezone.now(), email="jan@example.pl")
    answer = place_order(client, m)
    assert "nieopłacone zamówienia" in text(answer)
    assert "<title>Błąd:" in text(answer)


def test_transfer_shows_account_and_title(m, client, settings):
    settings.SELLERS_AGENT_ACCOUNT = "12 3456"
    answer = place_order(client, m, payment_method="BANK_TRANSFER")
    page = text(client.get(answer.url))
    assert "12 3456" in page
    assert Order.objects.get().number in page


def test_transfer_that_would_be_late_is_not_offered(m, client):
    Round.objects.update(closes_on=timezone.localdate() + timedelta(days=1))
    page = walk_to_payment(client, m)
    assert "BANK_TRANSFER" not in text(page)
    answer = client.post("/zamowienie/zaplata/", payment(key_of(page), payment_method="BANK_TRANSFER"))
    assert "<title>Błąd:" in text(answer)
    assert Order.objects.count() == 0


def test_signed_in_buyer_finds_their_details(m, client):
    client.force_login(UserFactory(name="Ewa Źdźbło", email="ewa@example.pl"))
    client.post("/zamowienie/", {"slot": m.slot.pk})
    page = text(client.get("/zamowienie/dane/"))
    assert "Ewa Źdźbło" in page
    assert "ewa@example.pl" in page
