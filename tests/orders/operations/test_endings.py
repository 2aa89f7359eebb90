"""Orders that end early, and what they give back."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from distribution.models import Supply
from distribution.operations import rounds
from marketplace.kernel.models import Job
from orders.operations import confirmation, endings, payments, preparation
from orders.operations.checkout import (
    BasketEmpty,
    PriceChanged,
    RoundClosed,
    TermsNotAccepted,
    TransferTooLate,
)
from orders.operations.endings import OrderExpired, TooLateToCancel
from orders.queries.totals import due_grosze, money_state
from producers.models import Price
from tests.audit import assert_audit_clean
from tests.factories import UserFactory
from tests.factories.market import AFTER_CLOSE, NOW, market
from tests.races.buyers import buyer

pytestmark = pytest.mark.django_db
EARLY = datetime(2026, 11, 20, 9, tzinfo=UTC)  # a Friday: two working days before the closing on Wednesday


def placed(method="ON_COLLECTION", *, price=None, quantity=2, at=NOW, **more):
    m = market()
    jam = m.add(stock=10, price=price)
    return m, m.order([(jam, quantity)], payment_method=method, at=at, **more)


def held():
    return Supply.objects.get().held


def test_cancel_gives_back_goods_slot_and_debt_once():
    m, order = placed()
    endings.cancel(number=order.number, by=None, at=NOW)
    endings.cancel(number=order.number, by=None, at=NOW)
    order.refresh_from_db()
    assert (order.state, held(), m.slot.taken, due_grosze(order)) == ("CANCELLED", 0, 0, 0)
    assert order.payments.get().state == "CANCELED"
    assert order.events.count() == 2
    assert Job.objects.filter(key=f"mail:cancelled:{order.number}").count() == 1
    assert_audit_clean()


def test_cancel_is_too_late_once_the_round_is_closed():
    m, order = placed()
    rounds.close_round(round_id=m.round.pk, by=None, at=AFTER_CLOSE)
    with pytest.raises(TooLateToCancel):
        endings.cancel(number=order.number, by=None, at=NOW)


def test_transfer_that_does_not_come_expires_before_the_closing():
    m, order = placed("BANK_TRANSFER", at=EARLY)
    assert order.expires_at == m.round.orders_close_at - timedelta(hours=2)
    assert Job.objects.get(kind="orders.order_expires").run_after == order.expires_at
    assert endings.expire(number=order.number, at=order.expires_at - timedelta(seconds=1)) is False
    assert endings.expire(number=order.number, at=order.expires_at) is True
    assert endings.expire(number=order.number, at=order.expires_at) is False
    assert (held(), order.payments.get().state) == (0, "EXPIRED")
    with pytest.raises(OrderExpired):
        endings.cancel(number=order.number, by=None, at=NOW)
    assert_audit_clean()


def test_transfer_that_came_stays_and_is_released():
    m, order = placed("BANK_TRANSFER", at=EARLY)
    payments.receive(number=order.number, grosze=1000, by=None, at=NOW)
    assert order.payments.get().state == "NEW"
    payments.receive(number=order.number, grosze=1500, by=None, at=NOW)
    order.refresh_from_db()
    assert (order.payments.get().state, order.expires_at, money_state(order)) == ("CAPTURED", None, "paid")
    assert endings.expire(number=order.number, at=AFTER_CLOSE) is False
    assert m.close_and_release()["orders"] == 1
    assert_audit_clean()


def test_late_money_for_an_expired_order_is_taken_and_seen():
    _m, order = placed("BANK_TRANSFER", at=EARLY)
    endings.expire(number=order.number, at=order.expires_at)
    payments.receive(number=order.number, grosze=2500, by=None, at=AFTER_CLOSE)
    order.refresh_from_db()
    assert (order.state, order.payments.get().state, money_state(order)) == (
        "EXPIRED",
        "CAPTURED",
        "overpaid",
    )
    assert_audit_clean()


def test_closing_expires_what_is_unpaid_or_unconfirmed_and_releases_the_rest():
    m, transfer = placed("BANK_TRANSFER", at=EARLY)
    jam = m.offers[0]
    paid_later = m.order([(jam, 1)])
    dear = m.add(stock=2, price=Decimal("200.00"))
    unconfirmed = m.order([(dear, 2)])
    assert unconfirmed.state == "UNCONFIRMED"
    counts = m.close_and_release()
    assert (counts["orders"], counts["expired"]) == (1, 2)
    for order, state in [(transfer, "EXPIRED"), (unconfirmed, "EXPIRED"), (paid_later, "PREPARING")]:
        order.refresh_from_db()
        assert order.state == state
    assert_audit_clean()


def test_guest_confirms_a_large_order_within_half_an_hour():
    _m, order = placed(price=Decimal("151.00"))
    assert (order.state, order.expires_at) == ("UNCONFIRMED", NOW + timedelta(minutes=30))
    confirmation.confirm(number=order.number, at=NOW + timedelta(minutes=29))
    confirmation.confirm(number=order.number, at=NOW + timedelta(minutes=31))
    assert endings.expire(number=order.number, at=NOW + timedelta(hours=1)) is False
    order.refresh_from_db()
    assert (order.state, order.expires_at) == ("PLACED", None)


def test_guest_who_confirms_too_late_has_no_order():
    _m, order = placed(price=Decimal("151.00"))
    with pytest.raises(OrderExpired):
        confirmation.confirm(number=order.number, at=NOW + timedelta(minutes=30))
    assert endings.expire(number=order.number, at=NOW + timedelta(minutes=30)) is True
    assert held() == 0
    assert_audit_clean()


@pytest.mark.parametrize(("price", "signed_in"), [(Decimal("150.00"), False), (Decimal("151.00"), True)])
def test_smaller_or_known_buyers_need_not_confirm(price, signed_in):
    _m, order = placed(price=price, by=UserFactory() if signed_in else None)
    assert order.state == "PLACED"


def test_transfer_is_not_offered_shortly_before_the_closing():
    with pytest.raises(TransferTooLate):
        placed("BANK_TRANSFER", at=datetime(2026, 11, 24, 9, tzinfo=UTC))


def test_terms_and_empty_baskets_are_refused():
    m = market()
    jam = m.add(stock=1)
    with pytest.raises(TermsNotAccepted):
        m.order([(jam, 1)], accept_terms=False)
    with pytest.raises(BasketEmpty):
        m.order([])


def test_round_that_closed_while_the_buyer_typed_keeps_the_basket_and_the_goods():
    m = market()
    jam = m.add(stock=1)
    with pytest.raises(RoundClosed) as refusal:
        m.order([(jam, 1)], at=m.round.orders_close_at)
    assert refusal.value.details["next_round"] is None
    assert held() == 0


def test_changed_price_is_said_before_ordering():
    m = market()
    jam = m.add(stock=1)
    basket = m.basket([(jam, 1)])
    Price.objects.create(offer=jam, amount=Decimal("13.00"), valid_from=NOW)
    with pytest.raises(PriceChanged) as refusal:
        buyer(m, basket)()
    assert refusal.value.details["offers"] == [{"offer": jam.pk, "was": "12.50", "is": "13.00"}]


def test_release_of_an_open_round_does_nothing():
    m, order = placed()
    assert preparation.release(round_id=m.round.pk, by=None, at=NOW) == {}
    order.refresh_from_db()
    assert order.state == "PLACED"
