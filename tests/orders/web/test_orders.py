"""An order's page, cancelling, confirming, the calendar file, finding a lost link."""

import pytest
from django.utils import timezone

from distribution.models import Round
from marketplace.kernel.models import Job
from marketplace.kernel.tokens import secret_token
from orders.models import Order
from orders.operations import mails
from orders.operations.checkout import order_token
from tests.factories.people import UserFactory
from tests.factories.shopping import live_market, visitor

pytestmark = pytest.mark.django_db


@pytest.fixture
def m():
    return live_market()


@pytest.fixture
def client():
    return visitor()


def text(response):
    return response.content.decode().replace("\u00a0", " ")


def ordered(m, **changes):
    order = m.order([(m.add(stock=9), 2)], at=timezone.now(), **changes)
    return order, f"/zamowienia/{order.number}/", order_token(order.number)


def test_page_shows_code_sellers_and_money(m, client):
    order, path, token = ordered(m)
    answer = client.get(path, {"token": token})
    page = text(answer)
    assert page.count(order.number) >= 3
    assert m.producer.name in page
    assert "Zapłacisz przy odbiorze: <b>25,00 zł</b>" in page
    assert answer.headers["Referrer-Policy"] == "no-referrer"


@pytest.mark.parametrize("token", ["", "zly", "x" * 10_000])
def test_without_its_token_an_order_does_not_exist(m, client, token):
    _order, path, _token = ordered(m)
    answer = client.get(path, {"token": token})
    assert answer.status_code == 404
    assert "Nie ma takiej strony" in text(answer)


def test_buyer_who_is_signed_in_needs_no_token(m, client):
    person = UserFactory()
    order = m.order([(m.add(stock=9), 2)], at=timezone.now(), by=person)
    client.force_login(person)
    assert client.get(f"/zamowienia/{order.number}/").status_code == 200
    assert order.number in text(client.get("/zamowienia/"))
    client.force_login(UserFactory())
    assert client.get(f"/zamowienia/{order.number}/").status_code == 404
    assert order.number not in text(client.get("/zamowienia/"))


def test_order_is_cancelled_after_a_question(m, client):
    order, path, token = ordered(m)
    assert "Tak, anuluj" in text(client.get(f"{path}anulowanie/", {"token": token}))
    answer = client.post(f"{path}anulowanie/", {"token": token}, follow=True)
    assert "Anulowane" in text(answer)
    order.refresh_from_db()
    assert order.state == "CANCELLED"


def test_closed_round_says_it_is_too_late(m, client):
    order, path, token = ordered(m)
    Round.objects.update(state="CLOSED")
    assert "Anuluj zamówienie" not in text(client.get(path, {"token": token}))
    answer = client.post(f"{path}anulowanie/", {"token": token})
    assert answer.status_code == 409
    assert "jest już przygotowywane" in text(answer)
    order.refresh_from_db()
    assert order.state == "PLACED"


def test_larger_guest_order_is_confirmed_only_from_the_mail(m, client, mailoutbox, settings):
    settings.GUEST_CONFIRMATION_ABOVE = 10
    order, path, token = ordered(m)
    assert order.state == "UNCONFIRMED"
    page = text(client.get(path, {"token": token}))
    assert "Otwórz pocztę" in page
    assert "Potwierdzam zamówienie" not in page
    assert client.post(f"{path}potwierdzenie/", {"token": token}).status_code == 404
    mails.send(number=order.number, message="confirm")
    key = secret_token("confirm", order.number)
    assert f"&potwierdz={key}" in mailoutbox[0].body
    assert "Potwierdzam zamówienie" in text(client.get(path, {"token": token, "potwierdz": key}))
    client.post(f"{path}potwierdzenie/", {"token": token, "potwierdz": key})
    order.refresh_from_db()
    assert order.state == "PLACED"


def test_calendar_file_holds_place_and_hours_in_utc(m, client):
    order, path, token = ordered(m)
    answer = client.get(f"{path}kalendarz.ics", {"token": token})
    lines = answer.content.decode().split("\r\n")
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert f"UID:{order.number}@spichlerz" in lines
    assert all(len(line.encode()) <= 75 for line in lines)
    assert any(line.startswith("DTSTART:") and line.endswith("Z") for line in lines)


def test_lost_link_goes_to_the_mail_it_was_ordered_with(m, client):
    order, _path, _token = ordered(m, email="jan@example.pl")
    Job.objects.all().delete()
    known = client.post("/zamowienia/odnosnik/", {"number": order.number.lower(), "email": "JAN@example.pl"})
    other = client.post("/zamowienia/odnosnik/", {"number": order.number, "email": "ewa@example.pl"})
    assert known.url == other.url
    assert [job.payload["message"] for job in Job.objects.all()] == ["link"]


def test_mistyped_number_is_noticed(client):
    answer = client.post("/zamowienia/odnosnik/", {"number": "Z-1111-1111", "email": "jan@example.pl"})
    assert "W tym numerze jest pomyłka" in text(answer)


def test_every_letter_can_be_sent(m, mailoutbox):
    order, _path, _token = ordered(m)
    for message in mails.SUBJECTS:
        Order.objects.filter(pk=order.pk).update(expires_at=timezone.now())
        mails.send(number=order.number, message=message)
    assert len(mailoutbox) == len(mails.SUBJECTS)
    assert all(f"/zamowienia/{order.number}/?token=" in mail.body for mail in mailoutbox)


@pytest.mark.parametrize("rows", [1, 20])
def test_my_orders_take_the_same_statements_with_one_row_and_with_twenty(
    m, client, rows, django_assert_num_queries
):
    person, offer = UserFactory(), m.add(stock=60)
    for _n in range(rows):
        m.order([(offer, 1)], at=timezone.now(), by=person)
    client.force_login(person)
    client.get("/zamowienia/")
    with django_assert_num_queries(5):  # session, person, the orders; the header's basket and round
        client.get("/zamowienia/")
