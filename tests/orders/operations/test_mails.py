"""What letters say of money and days: a letter is the durable copy, so what it asks for must be in it."""

import pytest

from orders.operations import endings, mails, payments
from tests.factories.market import NOW, market

pytestmark = pytest.mark.django_db


@pytest.fixture
def m():
    return market()


@pytest.fixture
def transfer(m):
    return m.order([(m.add(stock=9), 2)], payment_method="BANK_TRANSFER", at=NOW.replace(day=18))


def letter(mailoutbox, order, message):
    """Both texts of the letter, which must say the same."""
    mails.send(number=order.number, message=message)
    mail = mailoutbox[-1]
    return [text.replace("\u00a0", " ") for text in (mail.body, mail.alternatives[0].content)]


def test_transfer_is_asked_for_with_account_and_title(transfer, mailoutbox, settings):
    settings.SELLERS_AGENT_ACCOUNT, settings.SELLERS_AGENT_NAME = "12 3456 7890", "Targ"
    for text in letter(mailoutbox, transfer, "placed"):
        assert "Przelej 25,00 zł" in text
        assert f"W tytule wpisz: {transfer.number}." in text
        assert "Odbiorca: Targ" in text
        assert "12 3456 7890" in text


def test_paid_on_collection_names_no_account(m, mailoutbox, settings):
    settings.SELLERS_AGENT_ACCOUNT = "12 3456 7890"
    order = m.order([(m.add(stock=9), 2)])
    for text in letter(mailoutbox, order, "placed"):
        assert "Zapłacisz przy odbiorze." in text
        assert "12 3456 7890" not in text


def test_cancelled_after_paying_says_the_money_comes_back(transfer, mailoutbox):
    payments.receive(number=transfer.number, grosze=2500, by=None, at=NOW)
    endings.cancel(number=transfer.number, by=None, at=NOW)
    for text in letter(mailoutbox, transfer, "cancelled"):
        assert "Nadpłata: 25,00 zł. Oddamy ją tą drogą, którą przyszła." in text


def test_cancelled_before_paying_promises_no_money(transfer, mailoutbox):
    endings.cancel(number=transfer.number, by=None, at=NOW)
    for text in letter(mailoutbox, transfer, "cancelled"):
        assert "Nadpłata" not in text


def test_list_of_a_producer_names_the_day_in_words(m, mailoutbox):
    m.order([(m.add(stock=9), 2)])
    mails.send_producer_list(round_id=m.round.pk, producer_id=m.producer.pk)
    assert mailoutbox[0].subject == f"Lista na turę: {m.round.centre.name}, piątek, 27\u00a0listopada"
