"""Races of orders: with the closing of their round, for a slot, of one person, with themselves."""

import time
import uuid
from collections import Counter

import pytest
from django.db import transaction

from distribution import locks as centre_locks
from distribution.models import Round, Slot
from distribution.operations import rounds
from marketplace.kernel.errors import KeyReused
from orders import locks
from orders.models import Order
from orders.operations import audit, checkout, endings, preparation
from orders.states import OrderState
from tests.audit import assert_audit_clean
from tests.factories.market import AFTER_CLOSE, NOW, market
from tests.races.buyers import basket, buyer, crowded_market
from tests.races.crowd import Gate, alone, breaks_within, codes, deadlocks, race, waits_for_a_lock

pytestmark = [pytest.mark.race, pytest.mark.usefixtures("cloned_database")]


def close_and_release(m):
    def effect():
        rounds.close_round(round_id=m.round.pk, by=None, at=AFTER_CLOSE)
        return preparation.release(round_id=m.round.pk, by=None, at=AFTER_CLOSE)

    return effect


def test_fifty_checkouts_against_the_closing_leave_no_order_behind():
    m = crowded_market()
    jam = m.add(stock=100)
    buyers = [buyer(m, basket(m, [(jam, 1)])) for _ in range(50)]
    outcomes = race([*buyers[:25], close_and_release(m), *buyers[25:]], at_once=51)

    placed = Order.objects.count()
    assert codes(outcomes) == Counter(ok=placed + 1, round_closed=50 - placed)
    assert set(Order.objects.values_list("state", flat=True)) <= {OrderState.PREPARING}
    assert Round.objects.get().state == "RELEASED"
    assert deadlocks() == 0
    assert_audit_clean()


def held_before_the_slot(monkeypatch):
    """Checkouts stop between their look at the round and their place in the slot, until the gate opens."""
    gate = Gate()
    real = checkout.rounds.take_slot

    def wait_and_take(**arguments):
        gate.hold()
        real(**arguments)

    monkeypatch.setattr(checkout.rounds, "take_slot", wait_and_take)
    return gate


@pytest.mark.parametrize("guarded", [True, False], ids=["guarded", "control"])
def test_closing_waits_for_the_checkout_that_shares_the_round(monkeypatch, guarded):
    """Control: a checkout that only reads the round commits an order into a round that is released."""
    m = market()
    jam = m.add(stock=100)
    if not guarded:
        monkeypatch.setattr(centre_locks, "round_shared", lambda pk: Round.objects.get(pk=pk))
    gate = held_before_the_slot(monkeypatch)
    order = alone(buyer(m, basket(m, [(jam, 1)])))
    assert gate.arrived.wait(20)
    closing = alone(close_and_release(m))
    if guarded:
        waits_for_a_lock()
    else:
        closing.join()
    gate.open()

    assert (order.code(), closing.code()) == ("ok", "ok")
    assert Order.objects.get().state == (OrderState.PREPARING if guarded else OrderState.PLACED)
    assert ("released_round_left_no_order_behind" in broken()) is not guarded


def test_release_asked_for_too_early_leaves_no_order_behind(monkeypatch):
    """Somebody asks for the release while the last checkout is under way and the round is closing."""
    m = market()
    jam = m.add(stock=100)
    gate = held_before_the_slot(monkeypatch)
    order = alone(buyer(m, basket(m, [(jam, 1)])))
    assert gate.arrived.wait(20)
    closing = alone(lambda: rounds.close_round(round_id=m.round.pk, by=None, at=AFTER_CLOSE))
    waits_for_a_lock()
    early = alone(lambda: preparation.release(round_id=m.round.pk, by=None, at=AFTER_CLOSE))
    time.sleep(0.2)
    gate.open()

    assert (order.code(), closing.code(), early.code()) == ("ok", "ok", "ok")
    preparation.release(round_id=m.round.pk, by=None, at=AFTER_CLOSE)
    assert Order.objects.get().state == OrderState.PREPARING
    assert_audit_clean()


def broken():
    return {name for name, n in audit.run().breaches.items() if n}


def test_last_place_of_a_slot_goes_to_one_buyer():
    m = market(capacity=1)
    jam = m.add(stock=100)
    outcomes = race([buyer(m, basket(m, [(jam, 1)])) for _ in range(20)])
    assert codes(outcomes) == {"ok": 1, "slot_full": 19}
    assert_audit_clean()


def test_control_of_the_last_place_reads_first_and_writes_later(monkeypatch):
    """Without its predicate the slot takes everybody; only the table's check stops it, with an ugly error."""

    def take_slot(*, slot, round_id):
        row = Slot.objects.get(pk=slot)
        if row.left < 1:
            raise rounds.SlotFull
        Slot.objects.filter(pk=slot).update(taken=row.taken + 1)

    monkeypatch.setattr(checkout.rounds, "take_slot", take_slot)
    with breaks_within(5) as control:
        for _try in control:
            m = market(capacity=1)
            jam = m.add(stock=100)
            race([buyer(m, basket(m, [(jam, 1)])) for _ in range(20)])
            control.broke = m.round.orders.count() > 1


def test_twenty_orders_of_one_person_at_once_leave_three():
    m = crowded_market()
    jam = m.add(stock=100)
    outcomes = race([buyer(m, basket(m, [(jam, 1)]), email="Anna@example.pl") for _ in range(20)])
    assert codes(outcomes) == {"ok": 3, "too_many_unpaid_orders": 17}
    assert Order.objects.count() == 3
    assert_audit_clean()


def test_control_without_the_lock_counts_too_late(monkeypatch):
    monkeypatch.setattr(locks, "people", lambda *keys: None)
    with breaks_within(5) as control:
        for n in control:
            m = crowded_market()
            jam = m.add(stock=100)
            race([buyer(m, basket(m, [(jam, 1)]), email=f"anna{n}@example.pl") for _ in range(20)])
            control.broke = m.round.orders.count() > 3


def test_same_key_ten_times_at_once_is_one_order():
    m = crowded_market()
    jam = m.add(stock=100)
    made, key, slot = basket(m, [(jam, 2)]), uuid.uuid4(), m.slot.pk
    same = buyer(m, made, key=key, slot=slot, email="anna@example.pl")
    outcomes = race([same] * 10)

    assert codes(outcomes) == {"ok": 10}
    assert len({(o.order.number, o.token) for o in outcomes}) == 1
    assert sum(o.is_new for o in outcomes) == 1
    assert Order.objects.count() == 1
    with pytest.raises(KeyReused):
        buyer(m, made, key=key, slot=slot, email="ewa@example.pl")()
    assert_audit_clean()


def test_same_key_with_two_bodies_at_once_is_one_order_and_a_refusal():
    m = crowded_market()
    jam = m.add(stock=100)
    made, key = basket(m, [(jam, 2)]), uuid.uuid4()
    outcomes = race(
        [buyer(m, made, key=key, email=f"anna{n % 2}@example.pl", slot=m.slot.pk) for n in range(10)]
    )
    assert codes(outcomes) == {"ok": 5, "key_reused": 5}
    assert Order.objects.count() == 1
    assert_audit_clean()


def test_third_order_of_a_person_repeated_at_once_is_answered_not_refused():
    """The repeat counts itself among the open orders; it must get its answer before it is counted."""
    m = crowded_market()
    jam = m.add(stock=100)
    for _ in range(2):
        m.order([(jam, 1)], email="anna@example.pl")
    made, key = basket(m, [(jam, 1)]), uuid.uuid4()
    outcomes = race([buyer(m, made, key=key, slot=m.slot.pk, email="anna@example.pl")] * 10)
    assert codes(outcomes) == {"ok": 10}
    assert Order.objects.count() == 3


def test_cancel_against_release_ends_in_one_of_the_two():
    m = crowded_market()
    jam = m.add(stock=100)
    numbers = [m.order([(jam, 1)]).number for _ in range(24)]

    def cancel(n, number):
        def effect():
            time.sleep(n * 0.003)
            return endings.cancel(number=number, by=None, at=NOW)

        return effect

    outcomes = race([close_and_release(m), *(cancel(*row) for row in enumerate(numbers))], at_once=25)
    cancelled = Order.objects.filter(state=OrderState.CANCELLED).count()
    assert codes(outcomes) == Counter(ok=cancelled + 1, too_late_to_cancel=24 - cancelled)
    assert Order.objects.filter(state=OrderState.PREPARING).count() == 24 - cancelled
    assert deadlocks() == 0
    assert_audit_clean()


@pytest.mark.parametrize("guarded", [True, False], ids=["guarded", "control"])
def test_cancelled_while_it_is_released(monkeypatch, guarded):
    """The release holds the order; a cancel that arrives meanwhile waits and is refused. Control: a cancel
    that only reads the order ends one that the centre picks."""
    m = market()
    jam = m.add(stock=5)
    order = m.order([(jam, 2)])
    rounds.close_round(round_id=m.round.pk, by=None, at=AFTER_CLOSE)
    if not guarded:
        monkeypatch.setattr(locks, "order", lambda number: Order.objects.get(number=number))
        monkeypatch.setattr(centre_locks, "round_shared", lambda pk: Round(pk=pk, state="OPEN"))
    with transaction.atomic():
        preparation.release(round_id=m.round.pk, by=None, at=AFTER_CLOSE)
        cancel = alone(lambda: endings.cancel(number=order.number, by=None, at=NOW))
        waits_for_a_lock()
    assert cancel.code() == ("too_late_to_cancel" if guarded else "ok")
    assert Order.objects.get().state == ("PREPARING" if guarded else "CANCELLED")
    assert bool(broken()) is not guarded
