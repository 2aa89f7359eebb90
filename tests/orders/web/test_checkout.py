"""Checkout in three pages: one order, whatever happens on the way."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from distribution.models import Round, Slot, Supply
from orders.models import BasketLine, Order
from tests.factories.distribution import RoundFactory
from tests.factories.people import UserFactory
from tests.factories.shopping import (
    key_of,
    live_market,
    named,
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
    assert page.count(">Wpisz adres e-mail, np. jan@example.pl.") == 2
    assert page.count(">Podaj numer telefonu") == 2


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


def later_round(m, *, days=7):
    """One more round of the same place, a week after the first."""
    first = m.round
    return RoundFactory(
        centre=m.centre,
        opens_at=first.opens_at,
        closes_on=first.closes_on + timedelta(days=days),
        packs_on=first.packs_on + timedelta(days=days),
        hands_over_on=first.hands_over_on + timedelta(days=days),
    )


def promised_for(m, round_, offer, units):
    Supply.objects.create(
        item=offer.stock_item,
        centre=m.centre,
        kind=Supply.Kind.PROMISE,
        available_on=round_.packs_on,
        usable_until=round_.hands_over_on + timedelta(days=40),
        quantity=units,
    )


def test_round_without_the_goods_names_them_beside_itself(m, client):
    rare = named(m, "Żurek na zakwasie", stock=1)
    to_basket(client, rare, 3)
    late = later_round(m)
    promised_for(m, late, rare, 5)
    page = text(client.get("/zamowienie/"))
    assert page.count("Na ten dzień nie wystarczy towaru:") == 1
    assert "Żurek na zakwasie – jest 1 opakowanie, w koszyku 3" in page
    assert f'value="{m.slot.pk}"' not in page
    assert "Wybierz godzinę" in text(client.post("/zamowienie/", {"slot": m.slot.pk}))
    chosen = client.post("/zamowienie/", {"slot": late.slots.get(starts=m.slot.starts).pk})
    assert chosen.url == "/zamowienie/dane/"


def test_no_round_with_all_goods_leads_to_the_basket(m, client):
    to_basket(client, named(m, "Żurek na zakwasie", stock=0), 1)
    page = text(client.get("/zamowienie/"))
    assert "Żurek na zakwasie – nie ma ani jednego opakowania" in page
    assert "Żaden termin nie ma wszystkiego" in page
    assert "Dalej: Twoje dane" not in page


def test_goods_gone_from_a_later_round_are_named_on_the_first_step(m, client):
    rare = named(m, "Żurek na zakwasie", stock=0)
    to_basket(client, rare, 2)
    late = later_round(m)
    promised_for(m, late, rare, 2)
    client.post("/zamowienie/", {"slot": late.slots.get(starts=m.slot.starts).pk})
    client.post("/zamowienie/dane/", {"name": "Jan Żak", "email": "jan@example.pl", "phone": "600 100 200"})
    Supply.objects.filter(item=rare.stock_item).update(held=1)
    answer = client.get("/zamowienie/zaplata/", follow=True)
    assert answer.redirect_chain[-1][0] == "/zamowienie/"
    assert "W wybranym terminie nie wystarczy: Żurek na zakwasie." in text(answer)


def test_first_step_takes_the_same_statements_with_one_round_and_with_six(
    m, client, django_assert_num_queries
):
    client.get("/zamowienie/")
    with CaptureQueriesContext(connection) as one:
        client.get("/zamowienie/")
    for week in range(1, 6):
        later_round(m, days=7 * week)
    with django_assert_num_queries(len(one)):
        client.get("/zamowienie/")
