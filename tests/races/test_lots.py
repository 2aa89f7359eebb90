"""Races of lots: sold or picked while they are recalled, received while they are recalled."""

import uuid

import pytest

from distribution import locks
from distribution.models import Allocation, Balance, Hold, Lot, Movement, Shortage, Supply
from distribution.operations import holds, ledger, lots, picking, receipts, tasks
from distribution.operations.receipts import Counted
from orders.models import Order
from tests.audit import assert_audit_clean, assert_no_job_is_due
from tests.factories import CentreFactory
from tests.factories.market import GOOD_UNTIL, NOW, PACKING, market
from tests.races.buyers import basket, buyer, crowded_market
from tests.races.crowd import Gate, alone, codes, deadlocks, race, waits_for_a_lock
from tests.workers import do_jobs

pytestmark = [pytest.mark.race, pytest.mark.usefixtures("cloned_database")]

# The guard this replaces is `quantity` itself, written by the recall. Joined, the lot's state is read as it
# was when the statement began, however long it then waits for the row.
JOINED = holds.TAKE.replace(
    "WHERE s.centre_id = %(centre)s",
    "WHERE EXISTS (SELECT 1 FROM distribution_lot t WHERE t.item_id = s.item_id "
    "AND t.usable_until = s.usable_until AND t.state = 'RELEASED') AND s.centre_id = %(centre)s",
)


def recall(m, lot=None, *, new="RECALLED"):
    pk = lot or Lot.objects.get().pk

    def effect():
        return lots.change_state(lot=pk, new=new, reason="metal", by=None, at=NOW)

    return effect


def test_sixty_buyers_against_a_recall_leave_nothing_sold_of_the_lot():
    m = crowded_market()
    jam = m.add(stock=40)
    buyers = [buyer(m, basket(m, [(jam, 1)])) for _ in range(60)]
    outcomes = race([*buyers[:24], recall(m), *buyers[24:]], at_once=12)

    assert set(codes(outcomes)) == {"ok", "not_enough_supply"}
    assert deadlocks() == 0
    do_jobs()
    supply = Supply.objects.get()
    assert (supply.quantity, supply.held, supply.uncovered) == (0, 0, 0)
    assert Hold.objects.filter(state="ACTIVE").count() == 0
    assert Shortage.objects.count() == Order.objects.count()
    assert_audit_clean()
    m.close_and_release()
    do_jobs()
    assert set(Order.objects.values_list("state", flat=True)) == {"CANCELLED"}
    assert_no_job_is_due()
    assert_audit_clean()


def sold_while_the_recall_commits(m, monkeypatch, statement):
    """A buyer's statement waits for the row that the recall has locked. True when it sold the lot."""
    monkeypatch.setattr(holds, "TAKE", statement)
    jam = m.add(stock=5)
    lot = Lot.objects.get(item=jam.stock_item)
    gate = Gate()
    real = locks.lot_alone

    def wait_and_lock(pk):
        row = real(pk)
        gate.hold()
        return row

    monkeypatch.setattr(locks, "lot_alone", wait_and_lock)
    recalling = alone(recall(m, lot.pk))
    assert gate.arrived.wait(20)
    buying = alone(buyer(m, basket(m, [(jam, 1)])))
    waits_for_a_lock()
    gate.open()
    return recalling.code(), buying.code()


def test_a_reserve_that_waited_for_the_recall_is_refused(monkeypatch):
    m = market()
    assert sold_while_the_recall_commits(m, monkeypatch, holds.TAKE) == ("ok", "not_enough_supply")
    assert_audit_clean()


def test_control_with_the_state_joined_sells_a_recalled_lot(monkeypatch):
    """The recall marks the lot and nothing else, as a design without copied columns would."""
    monkeypatch.setattr(lots, "_move_supply", lambda lot, sign, day: set())
    m = market()
    assert sold_while_the_recall_commits(m, monkeypatch, JOINED) == ("ok", "ok")
    assert Lot.objects.get().state == "RECALLED"
    assert Hold.objects.filter(state="ACTIVE").count() == 1


def test_goods_set_aside_are_taken_back_when_their_lot_is_recalled():
    m = market()
    jam = m.add(stock=10)
    m.order([(jam, 4)])
    m.close_and_release()
    recall(m)()
    do_jobs()
    assert Allocation.objects.filter(state="ACTIVE").count() == 0
    assert Shortage.objects.get().pieces == 4
    assert_no_job_is_due()
    assert_audit_clean()


def test_goods_of_a_recalled_lot_are_replaced_from_another_where_there_is_one():
    m = market()
    jam = m.add(stock=10)
    m.receive(jam.stock_item, 10, code="L2")
    m.order([(jam, 4)])
    m.close_and_release()
    first = Allocation.objects.get()
    recall(m, first.lot_id)()
    do_jobs()
    now = Allocation.objects.get(state="ACTIVE")
    assert (now.units, now.lot.code, now.task) == (4, "L2", first.task)
    assert Shortage.objects.count() == 0
    assert_no_job_is_due()
    assert_audit_clean()


def pick_first_stop(m, worker_, task):
    tasks.claim(task=task.pk, by=worker_, at=PACKING)
    while (step := picking.next_step(task=type(task).objects.get(pk=task.pk))).expects != "goods":
        code = step.code or m.centre.handling_units.filter(fulfilment=None).first().sscc
        scan(task, code, worker_)
    return step


def scan(task, code, by):
    return picking.scan(task=task.pk, key=uuid.uuid4(), code=code, units=None, grams=None, by=by, at=PACKING)


def test_picking_against_a_recall_never_takes_from_a_recalled_lot():
    m = market()
    jam, worker_ = m.add(stock=10), m.worker()
    m.order([(jam, 4)])
    m.close_and_release()
    task = m.centre.tasks.get()
    step = pick_first_stop(m, worker_, task)
    recall(m)()
    (outcome,) = race([lambda: scan(task, step.code, worker_)])
    assert codes([outcome]) == {"lot_held_back": 1}
    assert Movement.objects.filter(reason="PICK").count() == 0
    do_jobs()
    assert_audit_clean()


@pytest.mark.parametrize("seed", range(3))
def test_picker_and_recall_at_the_same_moment(seed):
    m = market()
    jam, worker_ = m.add(stock=10), m.worker()
    m.order([(jam, 4)])
    m.close_and_release()
    task = m.centre.tasks.get()
    step = pick_first_stop(m, worker_, task)
    outcomes = race([lambda: scan(task, step.code, worker_), recall(m)])
    assert codes(outcomes[1:]) == {"ok": 1}
    assert codes(outcomes[:1]).keys() <= {"ok", "lot_held_back"}
    do_jobs()
    assert deadlocks() == 0
    assert_audit_clean()


def test_control_without_the_look_at_the_lot_picks_what_was_recalled(monkeypatch):
    monkeypatch.setattr(ledger, "_require_released", lambda *args: None)
    m = market()
    jam, worker_ = m.add(stock=10), m.worker()
    m.order([(jam, 4)])
    m.close_and_release()
    task = m.centre.tasks.get()
    step = pick_first_stop(m, worker_, task)
    recall(m)()
    scan(task, step.code, worker_)
    assert Movement.objects.filter(reason="PICK").count() == 1
    with pytest.raises(AssertionError, match="held_or_recalled_lots_leave_only_to_be_lost"):
        assert_audit_clean()


def test_lot_that_arrives_in_another_centre_while_it_is_recalled(monkeypatch):
    """The recall can't lock a supply row that does not exist yet; it must notice that one came."""
    m = market()
    jam = m.add(stock=10)
    other = CentreFactory()
    gate = Gate()
    real = ledger.change_balances

    def wait_and_apply(*args):
        gate.hold()
        return real(*args)

    monkeypatch.setattr(ledger, "change_balances", wait_and_apply)
    receiving = alone(
        lambda: receipts.post_receipt(
            centre=other.pk,
            producer=m.producer.pk,
            counted=[Counted(jam.stock_item_id, "L1", 7, GOOD_UNTIL)],
            by=None,
            at=NOW,
        )
    )
    assert gate.arrived.wait(20)
    recalling = alone(recall(m))
    waits_for_a_lock()
    gate.open()
    assert (receiving.code(), recalling.code()) == ("ok", "ok")
    assert set(Supply.objects.values_list("quantity", flat=True)) == {0}
    assert_audit_clean()


def test_released_and_recalled_at_once_ends_recalled_and_unsold(monkeypatch):
    m = market()
    m.add(stock=10)
    recall(m, new="QUARANTINE")()
    gate = Gate()
    real = lots._mark_balances

    def wait_and_mark(lot, new):
        if new == "RELEASED":
            gate.hold()
        real(lot, new)

    monkeypatch.setattr(lots, "_mark_balances", wait_and_mark)
    releasing = alone(recall(m, new="RELEASED"))
    assert gate.arrived.wait(20)
    recalling = alone(recall(m, new="RECALLED"))
    waits_for_a_lock()
    gate.open()
    assert (releasing.code(), recalling.code()) == ("ok", "ok")
    assert Lot.objects.get().state == "RECALLED"
    assert Supply.objects.get().quantity == 0
    assert Balance.objects.filter(sellable=True).count() == 0
    assert_audit_clean()
