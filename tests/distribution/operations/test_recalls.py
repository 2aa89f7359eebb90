"""Recall: blocked everywhere in one transaction, listed, pulled, told, accounted for; a drill only lists."""

import uuid
from datetime import timedelta

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.db import DatabaseError, transaction

from distribution.models import (
    Balance,
    Count,
    FulfilmentLine,
    HandlingUnit,
    Lot,
    Movement,
    Recall,
    RecallPlace,
    Task,
)
from distribution.operations import ledger, lots, pulling, recalls, returns, tasks
from distribution.operations.corrections import ReasonMissing
from distribution.operations.ledger import LotHeldBack
from distribution.operations.moves import Move
from distribution.operations.pulling import NotHere
from distribution.operations.recalls import AlreadyClosed, AlreadyRecalled, NotAccountedFor
from distribution.operations.receipts import Counted, post_receipt
from distribution.operations.steps import UnknownCode, WrongCount, WrongGoods, WrongLocation
from distribution.queries import recalls as recall_queries
from distribution.queries import traces
from marketplace.kernel.models import Job
from orders.operations import collection
from orders.queries.totals import due_grosze
from tests.audit import assert_audit_clean, assert_no_job_is_due
from tests.factories import CentreFactory, StaffFactory
from tests.factories.market import GOOD_UNTIL, HANDING_OUT, NOW, PACKING, market
from tests.orders.operations.test_order_story import pack_everything, pick_everything
from tests.workers import do_jobs

pytestmark = pytest.mark.django_db


def start(lot, by, *, drill=False, reason="szkło w słoiku"):
    return recalls.start(lot=lot.pk, reason=reason, by=by, at=PACKING, drill=drill)


def scan(task, by, code, units=None):
    return pulling.scan(task=task.pk, key=uuid.uuid4(), code=code, units=units, grams=None, by=by, at=PACKING)


def pull(task, by, code, lot="L1", units=None):
    tasks.claim(task=task.pk, by=by, at=PACKING)
    scan(task, by, code)
    return scan(task, by, lot, units)


@pytest.fixture
def m():
    """One order handed out (2), one packed (3), 5 on the shelf, and 4 of the lot in another centre."""
    m = market()
    jam = m.add(stock=10)
    gone, waiting = m.order([(jam, 2)]), m.order([(jam, 3)])
    m.close_and_release()
    by = m.worker()
    pick_everything(m, by)
    pack_everything(m, by)
    do_jobs()
    m.gone, m.waiting, m.jam = gone, waiting, jam
    m.other = CentreFactory()
    post_receipt(
        centre=m.other.pk,
        producer=m.producer.pk,
        counted=[
            Counted(jam.stock_item_id, "L1", 4, GOOD_UNTIL, location=m.other.locations.get(code="A-02").pk)
        ],
        by=None,
        at=NOW,
    )
    return m


def hand_out(m, order, by):
    order.refresh_from_db()
    collection.hand_out(
        number=order.number, centre=m.centre.pk, by=by, at=HANDING_OUT, paid_grosze=due_grosze(order)
    )


def pull_of(m, place, centre=None):
    return Task.objects.get(
        kind="PULL", balance__location__code=place, centre=centre or m.centre, state__in=["OPEN", "TAKEN"]
    )


def crates():
    """Tasks to pull out of crates, with the SSCC of each."""
    tasks_ = Task.objects.unfinished().filter(kind="PULL", balance__location__kind="CRATE")
    return [(task, HandlingUnit.objects.get(inside=task.balance.location).sscc) for task in tasks_]


def test_recall_lists_every_place_and_buyer_blocks_and_opens_tasks(m):
    by = m.worker("LEAD")
    hand_out(m, m.gone, by)
    lot = Lot.objects.get()
    recall = start(lot, by)
    lot.refresh_from_db()
    assert lot.state == "RECALLED"
    rows = {(p.location.kind if p.location else "BUYER", p.reference, p.units) for p in recall.places.all()}
    assert rows == {
        ("BUYER", m.gone.number, 2),
        ("CRATE", m.waiting.number, 3),
        ("SLOT", "", 5),
        ("SLOT", "", 4),
    }
    pulls = Task.objects.filter(kind="PULL")
    assert sorted(pulls.values_list("centre__code", flat=True)) == sorted(
        [m.centre.code, m.centre.code, m.other.code]
    )
    assert Balance.objects.filter(sellable=True).count() == 0
    mail.outbox.clear()
    do_jobs()
    told = [letter.to[0] for letter in mail.outbox if "Nie jedz" in letter.subject]
    assert told == [m.gone.contact.email]
    assert [letter.to[0] for letter in mail.outbox if "Wycofanie" in letter.subject] == [by.email]
    assert_no_job_is_due()
    assert_audit_clean()


def test_nothing_of_it_can_be_handed_out_or_moved(m):
    by = m.worker("LEAD")
    start(Lot.objects.get(), by)
    with pytest.raises(LotHeldBack):
        hand_out(m, m.waiting, by)
    balance = Balance.objects.get(location__code="A-01", units__gt=0)
    stage = m.centre.locations.get(code="STAGE-A")
    with pytest.raises(LotHeldBack), transaction.atomic():
        ledger.shift(
            centre=m.centre.pk,
            moves=[Move(balance.lot_id, balance.location_id, stage.pk, 1, Movement.Reason.MOVE)],
            by=None,
            at=PACKING,
        )


def test_pulled_goods_are_in_quarantine_and_their_order_is_shorter(m):
    lead, by = m.worker("LEAD"), m.worker()
    recall = start(Lot.objects.get(), lead)
    shelf = pull_of(m, "A-01")
    assert pull(shelf, by, "A-01", units=2)["result"] == "pulled"
    assert scan(shelf, by, "L1")["result"] == "done"
    for task, sscc in crates():
        assert pull(task, by, f"00{sscc}")["result"] == "done"
    do_jobs()
    assert Balance.objects.get(location__code="QUAR-1").units == 10
    assert FulfilmentLine.objects.filter(short__gt=0).count() == 2
    assert m.waiting.lines.get().short == 3
    assert_audit_clean()
    with pytest.raises(NotAccountedFor) as refusal:
        recalls.close(recall=recall.pk, by=lead, at=PACKING)
    assert refusal.value.details == {"outside": 0, "loose": 4}


def test_recall_closes_when_all_is_accounted_for(m):
    lead = m.worker("LEAD")
    hand_out(m, m.gone, lead)
    recall = start(Lot.objects.get(), lead)
    pull(pull_of(m, "A-01"), lead, "A-01")
    pull(pull_of(m, "A-02", m.other), lead, "A-02")
    for task, sscc in crates():
        pull(task, lead, sscc)
    do_jobs()
    balance = traces.of_lot(Lot.objects.get()).balance
    assert (balance.received, balance.with_buyers, balance.stock, balance.outside) == (14, 2, 12, 0)
    recalls.close(recall=recall.pk, by=lead, at=PACKING)
    with pytest.raises(AlreadyClosed):
        recalls.close(recall=recall.pk, by=lead, at=PACKING)
    assert_audit_clean()


def test_drill_lists_the_same_and_changes_nothing(m):
    lead = m.worker("LEAD")
    hand_out(m, m.gone, lead)
    lot = Lot.objects.get()
    drill = start(lot, lead, drill=True)
    lot.refresh_from_db()
    assert (lot.state, Task.objects.filter(kind="PULL").count()) == ("RELEASED", 0)
    assert drill.closed_at == PACKING
    before = {(p.location_id, p.reference, p.units) for p in drill.places.all()}
    real = start(lot, lead)
    assert {(p.location_id, p.reference, p.units) for p in real.places.all()} == before
    do_jobs()
    assert_audit_clean()


def test_lot_is_recalled_once_and_a_blocked_one_can_still_be_listed(m):
    lead, lot = m.worker("LEAD"), Lot.objects.get()
    lots.change_state(lot=lot.pk, new="RECALLED", reason="pomyłka", by=lead, at=NOW)
    start(lot, lead)
    with pytest.raises(AlreadyRecalled):
        start(lot, lead)
    with pytest.raises(ReasonMissing):
        start(lot, lead, drill=True, reason=" ")
    assert Recall.objects.count() == 1


def test_goods_received_after_the_recall_are_pulled_too(m):
    lead = m.worker("LEAD")
    start(Lot.objects.get(), lead)
    pull(pull_of(m, "A-01"), lead, "A-01")
    m.receive(m.jam.stock_item, 6)
    do_jobs()
    assert pull_of(m, "A-01").balance.units == 6
    assert_audit_clean()


def test_returned_pieces_go_to_quarantine_and_into_the_balance(m):
    lead = m.worker("LEAD")
    hand_out(m, m.gone, lead)
    lot = Lot.objects.get()
    start(lot, lead)
    returns.take_back(
        centre=m.centre.pk,
        reference=m.gone.number,
        lot=lot.pk,
        units=1,
        reason="wycofane",
        by=lead,
        at=PACKING,
    )
    balance = traces.of_lot(lot).balance
    assert (balance.handed_out, balance.returned, balance.with_buyers, balance.outside) == (2, 1, 1, 0)
    do_jobs()
    assert_audit_clean()


def test_goods_that_are_not_there_have_their_place_counted(m):
    lead = m.worker("LEAD")
    start(Lot.objects.get(), lead)
    task = pull_of(m, "A-01")
    tasks.claim(task=task.pk, by=lead, at=PACKING)
    assert scan(task, lead, "BRAK")["result"] == "counting"
    assert Count.objects.get().places.get().location.code == "A-01"
    crate, _sscc = crates()[0]
    tasks.claim(task=crate.pk, by=lead, at=PACKING)
    with pytest.raises(NotHere):
        scan(crate, lead, "BRAK")
    do_jobs()
    assert_audit_clean()


@pytest.mark.parametrize(
    ("steps", "code", "units", "refusal"),
    [
        ([], "A-02", None, WrongLocation),
        ([], "NIE-MA", None, UnknownCode),
        (["A-01"], "INNA", None, UnknownCode),
        (["A-01"], "(10)INNA", None, WrongGoods),
        (["A-01"], "L1", 0, WrongCount),
        (["A-01"], "L1", -3, WrongCount),
        (["A-01"], "L1", 10**6, WrongCount),
    ],
)
def test_wrong_pulls_change_nothing(m, steps, code, units, refusal):
    lead = m.worker("LEAD")
    start(Lot.objects.get(), lead)
    task = pull_of(m, "A-01")
    tasks.claim(task=task.pk, by=lead, at=PACKING)
    for step in steps:
        scan(task, lead, step)
    before = Movement.objects.count()
    with pytest.raises(refusal):
        scan(task, lead, code, units)
    assert Movement.objects.count() == before


def test_order_is_traced_to_its_producers_delivery(m):
    (ingredient,) = traces.of_order(m.waiting.number)
    assert (ingredient.code, ingredient.picked, ingredient.handed_out) == ("L1", 3, 0)
    assert [d.units for d in ingredient.deliveries] == [10, 4]
    assert ingredient.deliveries[0].number.startswith(f"PZ/{m.centre.code}/")
    assert traces.of_order("Z-0000-0000") == []


def test_traces_are_two_statements_whatever_the_lot(m, django_assert_num_queries):
    lot = Lot.objects.get()
    with django_assert_num_queries(2):
        traces.of_lot(lot)
    with django_assert_num_queries(2):
        traces.of_order(m.waiting.number)


def test_report_says_when_where_and_how_much(m):
    lead = m.worker("LEAD")
    hand_out(m, m.gone, lead)
    recall = start(Lot.objects.get(), lead, reason="=cmd|' /C calc'!A0")
    text = recall_queries.as_csv(recall_queries.whole(recall.pk))
    assert text.startswith("\ufeff")
    assert f";{m.gone.number};2" in text
    assert "'=cmd" in text
    assert m.gone.contact.email not in text


def test_invariants_of_recalls_can_fail(m):
    lead = m.worker("LEAD")
    recall = start(Lot.objects.get(), lead)
    do_jobs()
    Task.objects.filter(kind="PULL").update(state="CANCELLED")
    with pytest.raises(AssertionError, match="recalled_goods_are_being_pulled"):
        assert_audit_clean()
    Recall.objects.filter(pk=recall.pk).update(closed_at=PACKING)
    with pytest.raises(AssertionError, match="closed_recall_leaves_nothing_to_take"):
        assert_audit_clean()
    Lot.objects.update(state="RELEASED")
    with pytest.raises(AssertionError, match="recall_blocks_its_lot"):
        assert_audit_clean()
    Balance.objects.filter(location__code="A-02").update(units=5)
    with pytest.raises(AssertionError, match="lot_is_conserved"):
        assert_audit_clean()


def test_list_only_grows(m):
    start(Lot.objects.get(), m.worker("LEAD"))
    with pytest.raises(DatabaseError), transaction.atomic():
        RecallPlace.objects.all().delete()


def test_letter_that_fails_is_tried_again_and_takes_nothing_back(m, monkeypatch):
    """The mail server refuses one lead's letter: the recall stands, the others are told, the job is tried again."""
    by = m.worker("LEAD")
    other = StaffFactory(centre=m.centre, role="LEAD").user
    recall = start(Lot.objects.get(), by)
    send = EmailMultiAlternatives.send

    def refuses(letter, *args, **kwargs):
        if letter.to == [by.email]:
            raise ConnectionRefusedError
        return send(letter, *args, **kwargs)

    monkeypatch.setattr(EmailMultiAlternatives, "send", refuses)
    mail.outbox.clear()
    do_jobs()
    assert other.email in [letter.to[0] for letter in mail.outbox]
    failed = Job.objects.get(kind="distribution.recall_letter", done_at=None)
    assert (failed.attempts, failed.dead_at, "ConnectionRefused" in failed.error) == (1, None, True)
    recall.refresh_from_db()
    assert recall.lot.state == "RECALLED"
    monkeypatch.undo()
    Job.objects.filter(pk=failed.pk).update(run_after=NOW - timedelta(days=1))
    do_jobs()
    assert [letter.to[0] for letter in mail.outbox if "Wycofanie" in letter.subject].count(by.email) == 1
    assert_no_job_is_due()
