"""What buyers bring back waits in quarantine for a named person; what is found comes in by a PW."""

import pytest

from distribution.models import Balance, Document, Lot, Movement, Supply
from distribution.operations import corrections, lots, returns
from distribution.operations.corrections import ReasonMissing
from distribution.operations.counted import WrongLocation, WrongQuantity
from distribution.operations.ledger import LotHeldBack
from distribution.operations.moves import NotEnoughThere
from distribution.operations.returns import LotOver, NeverHandedOut
from distribution.queries import quarantine
from marketplace.kernel.errors import NotFound
from marketplace.kernel.models import Job
from orders.operations import collection
from orders.queries.totals import due_grosze
from tests.audit import assert_audit_clean
from tests.factories.market import HANDING_OUT, NOW, market
from tests.orders.operations.test_order_story import pack_everything, pick_everything
from tests.workers import do_jobs

pytestmark = pytest.mark.django_db


def handed_out(**offer):
    """A market whose one order of 3 of 10 was handed out."""
    m = market()
    jam = m.add(stock=10, **offer)
    m.sold = m.order([(jam, 3)])
    m.close_and_release()
    by = m.worker()
    pick_everything(m, by)
    pack_everything(m, by)
    do_jobs()
    m.sold.refresh_from_db()
    collection.hand_out(
        number=m.sold.number, centre=m.centre.pk, by=by, at=HANDING_OUT, paid_grosze=due_grosze(m.sold)
    )
    return m


def bring_back(m, units=1, *, reference=None, lot=None, reason="pęknięte wieczko", centre=None, **more):
    return returns.take_back(
        centre=(centre or m.centre).pk,
        reference=reference or m.sold.number,
        lot=lot or Lot.objects.get().pk,
        units=units,
        reason=reason,
        by=None,
        at=HANDING_OUT,
        **more,
    )


def waiting():
    return Balance.objects.get(location__kind="QUARANTINE", units__gt=0)


def let_go(m, units=1, *, code="A-02", reason="sprawdzone", at=HANDING_OUT, balance=None):
    return returns.release(
        balance=(balance or waiting()).pk,
        units=units,
        location=m.centre.locations.get(code=code).pk,
        reason=reason,
        by=None,
        at=at,
    )


def test_return_is_a_zw_into_quarantine_and_is_not_sold():
    m = handed_out()
    before = Supply.objects.get().quantity
    document = bring_back(m, 2)
    assert (document.kind, document.reference, document.lines.get().units) == ("ZW", m.sold.number, 2)
    assert (waiting().units, waiting().sellable, Supply.objects.get().quantity) == (2, False, before)
    assert_audit_clean()


def test_no_more_comes_back_than_went_out():
    m = handed_out()
    bring_back(m, 2)
    with pytest.raises(NeverHandedOut):
        bring_back(m, 2)
    bring_back(m, 1)
    with pytest.raises(NeverHandedOut):
        bring_back(m, 1)


def test_return_of_anothers_goods_is_refused():
    m, other = handed_out(), market()
    other.add(stock=5, code="OBCA")
    foreign = Lot.objects.get(code="OBCA").pk
    mine = Lot.objects.get(code="L1").pk
    for wrong in (
        {"lot": foreign},
        {"lot": mine, "reference": "Z-0000-0000"},
        {"lot": mine, "centre": other.centre},
    ):
        with pytest.raises(NeverHandedOut):
            bring_back(m, **wrong)
    for units in (0, -1, 10**9):
        with pytest.raises(WrongQuantity):
            bring_back(m, units, lot=mine)
    with pytest.raises(ReasonMissing):
        bring_back(m, lot=mine, reason=" ")


def test_named_person_lets_it_go_to_a_shelf():
    m = handed_out()
    bring_back(m, 2)
    before = Supply.objects.get().quantity
    document = let_go(m, 1)
    assert (document.kind, document.reason) == ("PW", "Dopuszczone po kontroli: sprawdzone")
    assert (waiting().units, Supply.objects.get().quantity) == (1, before + 1)
    corrections.write_off(balance=waiting().pk, units=1, reason="nie do sprzedaży", by=None, at=HANDING_OUT)
    assert_audit_clean()


def test_wrong_releases_are_refused():
    m = handed_out()
    bring_back(m, 2)
    for units in (0, -1, 3):
        with pytest.raises(NotEnoughThere):
            let_go(m, units)
    for code in ("B-01", "STAGE-A", "CRATE-01", "QUAR-1", "WASTE"):
        with pytest.raises(WrongLocation):
            let_go(m, code=code)
    with pytest.raises(WrongLocation):
        let_go(m, balance=Balance.objects.get(location__code="A-01"))
    with pytest.raises(ReasonMissing):
        let_go(m, reason="")
    with pytest.raises(LotOver):
        let_go(m, at=HANDING_OUT.replace(year=2027))
    lots.change_state(lot=waiting().lot_id, new="QUARANTINE", reason="badanie", by=None, at=NOW)
    with pytest.raises(LotHeldBack):
        let_go(m)
    assert_audit_clean()


def test_weighed_goods_come_back_by_weight():
    m = handed_out(sold_by="WEIGHT", expected_grams=300, max_grams=400, grams=300)
    gone = sum(Movement.objects.filter(reason="HAND_OUT").values_list("grams", flat=True))
    bring_back(m, 1)
    assert waiting().grams == gone // 3
    bring_back(m, 1, grams=250)
    assert waiting().grams == gone // 3 + 250
    assert_audit_clean()


def put_in(m, units=2, *, code="A-02", lot=None, reason="znalezione za regałem", **more):
    return returns.put_in(
        centre=m.centre.pk,
        lot=lot or Lot.objects.get(code="L1").pk,
        location=m.centre.locations.get(code=code).pk,
        units=units,
        reason=reason,
        by=None,
        at=NOW,
        **more,
    )


def test_found_goods_are_a_pw():
    m = market()
    m.add(stock=5)
    document = put_in(m)
    assert (document.kind, Supply.objects.get().quantity) == ("PW", 7)
    assert_audit_clean()


def test_found_goods_of_a_held_lot_go_to_quarantine_only():
    m = market()
    m.add(stock=5)
    lots.change_state(lot=Lot.objects.get().pk, new="QUARANTINE", reason="badanie", by=None, at=NOW)
    with pytest.raises(LotHeldBack):
        put_in(m)
    put_in(m, code="QUAR-1")
    assert waiting().units == 2
    assert_audit_clean()


def test_wrong_finds_are_refused():
    m, other = market(), market()
    m.add(stock=5)
    other.add(stock=5, code="OBCA")
    with pytest.raises(NotFound):
        put_in(m, lot=Lot.objects.get(code="OBCA").pk)
    for units in (0, -5, 10**8):
        with pytest.raises(WrongQuantity):
            put_in(m, units)
    for code in ("B-01", "CRATE-01", "SUPPLIER"):
        with pytest.raises(WrongLocation):
            put_in(m, code=code)
    with pytest.raises(ReasonMissing):
        put_in(m, reason="")
    assert Document.objects.filter(kind="PW").count() == 0


def test_quarantine_says_why_and_what_may_be_released():
    m = handed_out()
    bring_back(m, 2)
    (row,) = quarantine.waiting(m.centre)
    assert (row.why, row.may_be_released) == ("ZW: pęknięte wieczko", True)
    lots.change_state(lot=waiting().lot_id, new="QUARANTINE", reason="badanie", by=None, at=NOW)
    found = quarantine.waiting(m.centre)
    assert {row.why for row in found} == {"badanie"}
    assert not any(row.may_be_released for row in found)


def test_goods_two_days_before_their_date_are_proposed_for_donation():
    m = market()
    soon, later = NOW.date().replace(day=24), NOW.date().replace(day=25)
    bread = m.add(stock=6, until=soon, code="DZIS")
    m.add(stock=6, until=later, code="POTEM")
    m.add(stock=6, until=NOW.date(), code="OSTATNI")
    found = quarantine.to_donate(centre=m.centre, day=NOW.date())
    assert [(row.lot.code, row.free) for row in found] == [("OSTATNI", 6), ("DZIS", 6)]
    corrections.write_off(
        balance=found[1].pk,
        units=6,
        reason="termin",
        donated=True,
        taken_by="Caritas",
        weight=900,
        by=None,
        at=NOW,
    )
    assert [row.lot.code for row in quarantine.to_donate(centre=m.centre, day=NOW.date())] == ["OSTATNI"]
    assert quarantine.last_receiver(m.centre) == "Caritas"
    assert bread.stock_item.supply.get().quantity == 0


def test_buyer_gets_what_they_paid_for_and_never_more():
    m = handed_out(price="12.50")
    bring_back(m, 2)
    do_jobs()
    assert due_grosze(m.sold) == -2500
    assert m.sold.events.latest("pk").reason == "returned: 2"
    letter = Job.objects.get(payload__message="returned")
    assert letter.done_at is not None
    bring_back(m, 1)
    do_jobs()
    assert due_grosze(m.sold) == -3750
    assert_audit_clean()


def test_goods_come_back_without_money_when_none_is_owed():
    m = handed_out(price="12.50")
    bring_back(m, 2, refund=False)
    do_jobs()
    assert due_grosze(m.sold) == 0
