"""Counts: blind, position-safe, settled once, and never refused for goods that are sold."""

import json
import uuid
from dataclasses import asdict

import pytest

from distribution.models import Balance, Count, CountLine, Document, Movement, Scan, Supply, Task
from distribution.operations import corrections, counting, counts, exits, lots, picking, tasks
from distribution.operations.counting import SeveralLots, UnknownLot
from distribution.operations.counts import AlreadyCounting, CountOutdated, NothingToCount
from distribution.operations.picking import UnknownCode, WrongCount, WrongLocation
from distribution.queries import counts as count_queries
from marketplace.kernel.errors import KeyReused
from marketplace.kernel.states import WrongState
from tests.audit import assert_audit_clean
from tests.factories import CentreFactory
from tests.factories.market import NOW, PACKING, market
from tests.orders.operations.test_order_story import scan as pick_scan
from tests.workers import do_jobs

pytestmark = pytest.mark.django_db


def place(m, code="A-01"):
    return m.centre.locations.get(code=code)


def open_count(m, *codes):
    ids = [place(m, code).pk for code in codes or ["A-01"]]
    return counts.open_count(centre=m.centre.pk, locations=ids, by=m.worker("LEAD"), at=NOW)


def claimed(m, by, count=None):
    task = Task.objects.filter(kind="COUNT", state="OPEN").order_by("pk").first()
    tasks.claim(task=task.pk, by=by, at=NOW)
    return task


def say(task, by, code, units=None, grams=None, key=None):
    return counting.scan(
        task=task.pk, key=key or uuid.uuid4(), code=code, units=units, grams=grams, by=by, at=NOW
    )


def count_place(m, by, found, code="A-01"):
    """Counts one place: `found` is {lot code: units} or (units, grams)."""
    task = claimed(m, by)
    say(task, by, code)
    for lot, units in found.items():
        say(task, by, lot, *(units if isinstance(units, tuple) else (units,)))
    return say(task, by, "OK")


def settle(count):
    return counts.settle(count=count.pk, by=None, at=NOW)


def units(code="L1"):
    return Balance.objects.get(lot__code=code, location__code="A-01").units


def test_equal_count_settles_without_a_document():
    m = market()
    m.add(stock=10)
    count = open_count(m)
    assert count_place(m, m.worker(), {"L1": 10})["result"] == "done"
    count.refresh_from_db()
    assert count.state == "COUNTED"
    settle(count)
    assert Document.objects.exclude(kind="PZ").count() == 0
    assert Count.objects.get().state == "SETTLED"
    assert_audit_clean()


@pytest.mark.parametrize(("counted", "kind"), [(8, "RW"), (12, "PW")])
def test_difference_becomes_a_document_and_supply(counted, kind):
    m = market()
    m.add(stock=10)
    count = open_count(m)
    count_place(m, m.worker(), {"L1": counted})
    settle(count)
    document = m.centre.documents.get(kind=kind)
    assert document.lines.get().units == 2
    assert CountLine.objects.get().document == document
    assert (units(), Supply.objects.get().quantity) == (counted, counted)
    assert_audit_clean()


def test_empty_place_loses_what_is_booked_after_a_second_look():
    m = market()
    m.add(stock=10)
    count = open_count(m)
    by = m.worker()
    assert count_place(m, by, {})["result"] == "again"
    assert Count.objects.get().state == "OPEN"
    assert count_place(m, m.worker(), {})["result"] == "done"
    settle(count)
    assert (units(), m.centre.documents.get(kind="RW").lines.get().units) == (0, 10)
    assert_audit_clean()


def test_loss_of_sold_goods_is_not_refused_and_shortens_orders():
    m = market()
    jam = m.add(stock=5)
    order = m.order([(jam, 5)])
    count = open_count(m)
    count_place(m, m.worker(), {"L1": 3})
    settle(count)
    assert Supply.objects.get().uncovered == 2
    assert_audit_clean()
    do_jobs()
    assert order.lines.get().short == 2
    assert_audit_clean()


def test_goods_of_another_place_can_be_added_by_lot():
    m = market()
    m.add(stock=5)
    count = open_count(m, "A-02")
    by = m.worker()
    assert count_place(m, by, {"L1": 2}, code="A-02")["result"] == "done"
    settle(count)
    assert Balance.objects.get(location__code="A-02").units == 2
    assert_audit_clean()


def test_counter_is_never_told_what_is_booked():
    m = market()
    m.add(stock=137)
    open_count(m)
    by = m.worker()
    task = claimed(m, by)
    answers = [say(task, by, "A-01"), say(task, by, "L1", 100), say(task, by, "OK")]
    task.refresh_from_db()
    answers.append(asdict(counting.next_step(task=task)))
    text = json.dumps(answers)
    assert "137" not in text
    assert "37" not in text


def test_pick_between_count_and_settlement_is_not_undone():
    m = market()
    jam = m.add(stock=10)
    m.order([(jam, 4)])
    m.close_and_release()
    count = open_count(m)
    count_place(m, m.worker(), {"L1": 9})
    pick(m)
    assert units() == 6
    settle(count)
    assert units() == 5
    assert_audit_clean()


def pick(m):
    by, task = m.worker(), m.centre.tasks.get(kind="PICK")
    tasks.claim(task=task.pk, by=by, at=PACKING)
    for code in (m.centre.handling_units.first().sscc, "A-01", "L1"):
        pick_scan(task.pk, code, by)


def test_what_moved_while_it_was_counted_is_counted_again():
    m = market()
    jam = m.add(stock=10)
    m.add(stock=3, code="L2")
    m.order([(jam, 4)])
    m.close_and_release()
    count, by = open_count(m), m.worker()
    task = claimed(m, by)
    say(task, by, "A-01")
    say(task, by, "L1", 10)
    say(task, by, "L2", 3)
    pick(m)
    answer = say(task, by, "OK")
    assert (answer["result"], answer["lots"]) == ("moved", ["L1"])
    assert [c["code"] for c in answer["next"]["counted"]] == ["L2"]
    say(task, by, "L1", 6)
    assert say(task, by, "OK")["result"] == "done"
    settle(count)
    assert Document.objects.filter(kind__in=["RW", "PW"]).count() == 0
    assert units() == 6
    assert_audit_clean()


def test_more_taken_since_than_can_have_been_there_needs_another_look():
    m = market()
    jam = m.add(stock=4)
    m.order([(jam, 4)])
    m.close_and_release()
    count = open_count(m)
    count_place(m, m.worker(), {"L1": 2})
    pick(m)
    with pytest.raises(CountOutdated):
        settle(count)
    assert Count.objects.get().state == "COUNTED"
    counts.recount(place=count.places.get().pk, by=None, at=NOW)
    count_place(m, m.worker(), {})
    settle(count)
    assert_audit_clean()


def test_weighed_goods_differ_in_pieces_and_grams():
    m = market()
    m.add(stock=10, sold_by="WEIGHT", expected_grams=300, max_grams=400, grams=300)
    count = open_count(m)
    count_place(m, m.worker(), {"L1": (9, 2600)})
    settle(count)
    balance = Balance.objects.get(location__code="A-01")
    assert (balance.units, balance.grams) == (9, 2600)
    assert m.centre.documents.get(kind="RW").lines.get().grams == 300
    assert_audit_clean()


def test_grams_alone_are_put_right_without_a_document():
    m = market()
    m.add(stock=10, sold_by="WEIGHT", expected_grams=300, max_grams=400, grams=300)
    count = open_count(m)
    count_place(m, m.worker(), {"L1": (10, 2950)})
    settle(count)
    assert Balance.objects.get(location__code="A-01").grams == 2950
    assert Movement.objects.latest("pk").reason == "WEIGHING"
    assert_audit_clean()


def test_zone_is_counted_place_by_place():
    m = market()
    m.add(stock=5)
    zone = m.centre.zones.get(code="A")
    count = counts.open_count(centre=m.centre.pk, zone=zone.pk, by=None, at=NOW)
    assert count.places.count() == 3
    by = m.worker()
    for code, found in [("A-01", {"L1": 5}), ("A-02", {}), ("A-03", {})]:
        count.refresh_from_db()
        assert count.state == "OPEN"
        count_place(m, by, found, code=code)
    count.refresh_from_db()
    assert count.state == "COUNTED"


def test_surplus_of_a_recalled_lot_is_pulled_and_not_sold():
    m = market()
    m.add(stock=5)
    lot = Balance.objects.get().lot
    lots.change_state(lot=lot.pk, new="RECALLED", reason="szkło", by=None, at=NOW)
    count = open_count(m)
    count_place(m, m.worker(), {"L1": 7})
    settle(count)
    assert (units(), Supply.objects.get().quantity) == (7, 0)
    assert_audit_clean()


def test_picker_who_finds_nothing_has_the_place_counted():
    m = market()
    jam = m.add(stock=2)
    m.order([(jam, 2)])
    m.close_and_release()
    task, by = m.centre.tasks.get(), m.worker()
    tasks.claim(task=task.pk, by=by, at=PACKING)
    pick_scan(task.pk, m.centre.handling_units.first().sscc, by)
    step = picking.next_step(task=m.centre.tasks.get())
    exits.report_short(task=task.pk, allocation=step.allocation, reason="MISSING", by=by, at=PACKING)
    do_jobs()
    count = Count.objects.get()
    assert (count.places.get().location.code, count.opened_by) == ("A-01", by)
    assert "L1" in count.reason
    counts.open_for_short(location=place(m).pk, lot="L1", by=by, at=PACKING)
    assert Count.objects.count() == 1


def test_places_of_another_centre_or_kind_are_not_counted():
    m, other = market(), CentreFactory()
    foreign, crate = other.locations.get(code="A-01"), m.centre.locations.get(code="CRATE-01")
    for wrong in ([foreign.pk], [place(m).pk, foreign.pk], [crate.pk], [], [10**15]):
        with pytest.raises(NothingToCount):
            counts.open_count(centre=m.centre.pk, locations=wrong, by=None, at=NOW)
    with pytest.raises(NothingToCount):
        counts.open_count(centre=m.centre.pk, zone=other.zones.first().pk, by=None, at=NOW)


def test_place_is_in_one_count_at_a_time():
    m = market()
    count = open_count(m)
    with pytest.raises(AlreadyCounting):
        open_count(m)
    counts.cancel(count=count.pk, by=None, at=NOW)
    assert Task.objects.get().state == "CANCELLED"
    open_count(m)
    assert_audit_clean()


@pytest.mark.parametrize("amount", [-1, None, 10**9])
def test_wrong_numbers_are_refused(amount):
    m = market()
    m.add(stock=5)
    open_count(m)
    by = m.worker()
    task = claimed(m, by)
    say(task, by, "A-01")
    with pytest.raises(WrongCount):
        say(task, by, "L1", amount)
    assert CountLine.objects.count() == 0


@pytest.mark.parametrize("weight", [-5, 0, None, 10**12])
def test_wrong_weights_are_refused(weight):
    m = market()
    m.add(stock=10, sold_by="WEIGHT", expected_grams=300, max_grams=400, grams=300)
    open_count(m)
    by = m.worker()
    task = claimed(m, by)
    say(task, by, "A-01")
    with pytest.raises(WrongCount):
        say(task, by, "L1", 3, weight)


@pytest.mark.parametrize(
    ("steps", "code", "refusal"),
    [
        ([], "A-02", WrongLocation),
        ([], "L1", UnknownCode),
        (["A-01"], "NIE-MA", UnknownCode),
        (["A-01"], "(10)NIE-MA", UnknownLot),
        (["A-01"], "OBCA", UnknownLot),
        (["A-01"], "\x1d\x1d", UnknownCode),
        (["A-01"], "#999999999", UnknownLot),
        (["A-01"], "#", UnknownCode),
    ],
)
def test_wrong_scans_are_logged_and_change_nothing(steps, code, refusal):
    m, other = market(), market()
    m.add(stock=5)
    other.add(stock=5, code="OBCA")
    open_count(m)
    by = m.worker()
    task = claimed(m, by)
    for step in steps:
        say(task, by, step)
    expected = UnknownCode if code == "OBCA" else refusal
    with pytest.raises(expected):
        say(task, by, code, 1)
    assert Scan.objects.get().text == code
    assert CountLine.objects.count() == 0


def test_one_number_of_two_products_asks_which():
    m = market()
    m.add(stock=5, code="L9")
    m.add(stock=5, code="L9")
    open_count(m)
    by = m.worker()
    task = claimed(m, by)
    say(task, by, "A-01")
    with pytest.raises(SeveralLots) as refusal:
        say(task, by, "L9", 5)
    for lot, _label in refusal.value.details["lots"]:
        say(task, by, f"#{lot}", 5)
    assert say(task, by, "OK")["result"] == "done"


def test_same_key_counts_once_and_another_body_is_refused():
    m = market()
    m.add(stock=5)
    open_count(m)
    by, key = m.worker(), uuid.uuid4()
    task = claimed(m, by)
    say(task, by, "A-01")
    assert say(task, by, "L1", 5, key=key) == say(task, by, "L1", 5, key=key)
    with pytest.raises(KeyReused):
        say(task, by, "L1", 4, key=key)


def test_settled_count_is_over():
    m = market()
    m.add(stock=5)
    count = open_count(m)
    with pytest.raises(WrongState):
        settle(count)
    count_place(m, m.worker(), {"L1": 5})
    settle(count)
    for again in (
        lambda: settle(count),
        lambda: counts.cancel(count=count.pk, by=None, at=NOW),
        lambda: counts.recount(place=count.places.get().pk, by=None, at=NOW),
    ):
        with pytest.raises(WrongState):
            again()


def test_proposals_name_the_places_never_counted_and_the_dearest_first():
    m = market()
    m.add(stock=5)
    found = count_queries.proposals(centre=m.centre, at=NOW)
    assert found[0].code == "A-01"
    assert (found[0].days, found[0].moved, found[0].every) == (None, 5, 30)
    count = open_count(m)
    assert "A-01" not in {p.code for p in count_queries.proposals(centre=m.centre, at=NOW)}
    count_place(m, m.worker(), {"L1": 5})
    settle(count)
    assert "A-01" not in {p.code for p in count_queries.proposals(centre=m.centre, at=NOW)}


def test_invariants_of_counts_can_fail():
    m = market()
    m.add(stock=10)
    count = open_count(m)
    count_place(m, m.worker(), {"L1": 8})
    settle(count)
    for change, name in [
        ({"booked": 9, "counted": 7}, "count_saw_what_the_ledger_says"),
        ({"counted": 5}, "settled_count_has_documents_of_its_differences"),
        ({"document": None}, "settled_count_has_documents_of_its_differences"),
    ]:
        before = CountLine.objects.values().get()
        CountLine.objects.update(**change)
        with pytest.raises(AssertionError, match=name):
            assert_audit_clean()
        CountLine.objects.update(**{key: before[key] for key in ("booked", "counted", "document_id")})
    assert_audit_clean()
    other = open_count(m)
    Task.objects.filter(count_place__count=other).update(state="CANCELLED")
    with pytest.raises(AssertionError, match="open_count_has_its_tasks"):
        assert_audit_clean()


def test_write_off_of_a_counted_place_keeps_its_difference():
    m = market()
    m.add(stock=10)
    count = open_count(m)
    count_place(m, m.worker(), {"L1": 9})
    corrections.write_off(balance=Balance.objects.get().pk, units=3, reason="stłuczone", by=None, at=NOW)
    settle(count)
    assert units() == 6
    assert_audit_clean()
