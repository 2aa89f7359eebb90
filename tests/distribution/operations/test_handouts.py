"""Goods leave: whole, in part, to a proxy, or not at all."""

import pytest

from distribution.models import Balance, Document, Fulfilment, HandlingUnit, Movement, Supply, Task
from distribution.operations import corrections, handouts, rounds
from distribution.operations.handouts import NothingToHandOut, NotUncollected, SpoilsFast
from distribution.operations.ledger import LotHeldBack
from distribution.operations.lots import change_state
from orders.operations import collection
from orders.operations.collection import NotPaid, NotReady
from orders.queries.totals import due_grosze, money_state
from tests.audit import assert_audit_clean
from tests.factories.market import HANDING_OUT, PACKING, market
from tests.orders.operations.test_order_story import pack_everything, pick_everything
from tests.workers import do_jobs

pytestmark = pytest.mark.django_db


def ready(*lines, temperature="AMBIENT", method="ON_COLLECTION"):
    """An order of these quantities, packed and waiting."""
    m = market()
    offers = [m.add(stock=10, temperature=temperature) for _ in lines]
    order = m.order(list(zip(offers, lines, strict=True)), payment_method=method)
    m.close_and_release()
    by = m.worker()
    pick_everything(m, by)
    pack_everything(m, by)
    do_jobs()
    order.refresh_from_db()
    assert order.state == "READY"
    return m, order, by


def hand_out(m, order, by, **more):
    more.setdefault("paid_grosze", max(due_grosze(order), 0))
    return collection.hand_out(number=order.number, centre=m.centre.pk, by=by, at=HANDING_OUT, **more)


def uncollected(**more):
    m, order, by = ready(2, **more)
    rounds.end_round(round_id=m.round.pk, by=None, at=HANDING_OUT)
    do_jobs()
    order.refresh_from_db()
    assert order.state == "UNCOLLECTED"
    return m, order, by, Fulfilment.objects.get()


def test_in_parts_the_rest_waits_and_a_proxy_is_named():
    m, order, by = ready(2, 1)
    first, second = Fulfilment.objects.get().lines.order_by("line")
    paper = hand_out(m, order, by, only={first.pk: 1}, taken_by="Sąsiad Nowak")
    assert (paper.taken_by, paper.lines.get().units) == ("Sąsiad Nowak", 1)
    order.refresh_from_db()
    assert order.state == "READY"
    assert HandlingUnit.objects.exclude(fulfilment=None).count() == 1

    hand_out(m, order, by)
    order.refresh_from_db()
    second.refresh_from_db()
    assert (order.state, second.handed_out) == ("COLLECTED", 1)
    assert HandlingUnit.objects.exclude(fulfilment=None).count() == 0
    assert sum(Movement.objects.filter(reason="HAND_OUT").values_list("units", flat=True)) == 3
    assert money_state(order) == "paid"
    assert_audit_clean()


def test_nothing_leaves_unpaid_and_a_refusal_takes_no_money():
    m, order, by = ready(2)
    with pytest.raises(NotPaid) as refusal:
        hand_out(m, order, by, paid_grosze=100)
    assert refusal.value.details["due_grosze"] == 2400
    assert due_grosze(order) == 2500
    assert Document.objects.filter(kind="WZ").count() == 0


def test_second_hand_out_is_refused():
    m, order, by = ready(2)
    hand_out(m, order, by)
    with pytest.raises(NotReady):
        hand_out(m, order, by)
    with pytest.raises(NothingToHandOut):
        handouts.hand_out(centre=m.centre.pk, reference=order.number, by=by, at=HANDING_OUT)


def test_recalled_goods_do_not_leave_even_from_the_crate():
    m, order, by = ready(2)
    change_state(lot=Balance.objects.filter(units__gt=0).first().lot_id, new="RECALLED", reason="szkło",
                 by=None, at=PACKING)  # fmt: skip
    with pytest.raises(LotHeldBack):
        hand_out(m, order, by)
    assert due_grosze(order) == 2500
    assert_audit_clean()


def test_late_buyer_still_gets_what_waits():
    m, order, by, _fulfilment = uncollected()
    hand_out(m, order, by)
    order.refresh_from_db()
    assert order.state == "COLLECTED"
    assert_audit_clean()


@pytest.mark.parametrize(("to", "quantity"), [("WASTE", 8), ("DONATION", 8), ("SLOT", 10)])
def test_uncollected_goods_are_cleared(to, quantity):
    m, _order, by, fulfilment = uncollected()
    paper = handouts.clear_uncollected(fulfilment=fulfilment.pk, to=to, by=by, at=HANDING_OUT)
    fulfilment.refresh_from_db()
    assert (paper.kind, fulfilment.state) == ("RW", "CLEARED")
    assert Supply.objects.get().quantity == quantity
    assert HandlingUnit.objects.exclude(fulfilment=None).count() == 0
    assert Task.objects.unfinished().filter(kind="PUT_BACK").count() == (to == "SLOT")
    assert_audit_clean()
    with pytest.raises(NotUncollected):
        handouts.clear_uncollected(fulfilment=fulfilment.pk, to=to, by=by, at=HANDING_OUT)
    assert m.centre.documents.filter(kind="RW").count() == 1


def test_chilled_goods_do_not_go_back_on_the_shelf():
    _m, _order, by, fulfilment = uncollected(temperature="CHILLED")
    with pytest.raises(SpoilsFast):
        handouts.clear_uncollected(fulfilment=fulfilment.pk, to="SLOT", by=by, at=HANDING_OUT)


def spoil(units, *, by):
    crate = Balance.objects.get(location__kind="CRATE", units__gt=0)
    return corrections.write_off(balance=crate.pk, units=units, reason="stłuczone", by=by, at=PACKING)


def test_goods_spoiled_in_the_crate_are_neither_handed_out_nor_charged():
    m, order, by = ready(3)
    spoil(1, by=by)
    do_jobs()
    assert due_grosze(order) == 2500
    assert order.lines.get().short == 1
    paper = hand_out(m, order, by)
    assert paper.lines.get().units == 2
    order.refresh_from_db()
    assert order.state == "COLLECTED"
    assert_audit_clean()


def test_weighed_goods_spoiled_in_the_crate_take_their_grams_off_the_price():
    m = market()
    cheese = m.add(stock=10, sold_by="WEIGHT", expected_grams=300, max_grams=350, grams=300)
    order, by = m.order([(cheese, 2)]), m.worker()
    m.close_and_release()
    pick_everything(m, by)
    pack_everything(m, by)
    do_jobs()
    before = due_grosze(order)
    spoil(1, by=by)
    do_jobs()
    line = order.lines.get()
    assert (line.short, line.final_grams) == (1, 350)
    assert (before, due_grosze(order)) == (875, 438)
    hand_out(m, order, by)
    assert_audit_clean()


def test_goods_spoiled_before_packing_shorten_the_order_too():
    m = market()
    jam = m.add(stock=10)
    order, by = m.order([(jam, 2)]), m.worker()
    m.close_and_release()
    pick_everything(m, by)
    spoil(2, by=by)
    do_jobs()
    assert due_grosze(order) == 0
    assert_audit_clean()


def test_papers_of_an_order_are_undone_with_the_order_only():
    m, order, by, fulfilment = uncollected()
    cleared = handouts.clear_uncollected(fulfilment=fulfilment.pk, to="WASTE", by=by, at=HANDING_OUT)
    with pytest.raises(corrections.BelongsToOrder):
        corrections.reverse(document=cleared.pk, reason="pomyłka", by=by, at=HANDING_OUT)
    jam = m.offers[0]
    assert jam.stock_item.supply.get().quantity == 8
    assert order.number == cleared.reference
    assert_audit_clean()


def test_hand_out_is_taken_back_by_its_own_operation():
    m, order, by = ready(2)
    paper = hand_out(m, order, by)
    with pytest.raises(corrections.BelongsToOrder):
        corrections.reverse(document=paper.pk, reason="pomyłka", by=by, at=HANDING_OUT)
    collection.take_back(number=order.number, centre=m.centre.pk, reason="pomyłka", by=by, at=HANDING_OUT)
    assert_audit_clean()
    hand_out(m, order, by)
    assert_audit_clean()
