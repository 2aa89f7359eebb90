"""What an order takes out of supply, and gives back."""

from datetime import date, timedelta

import pytest

from distribution.models import Hold, Supply
from distribution.operations import holds, supply
from distribution.operations.holds import NotEnoughSupply
from distribution.policies.sourcing import Wanted
from tests.audit import assert_audit_clean
from tests.factories.market import NOW, PACKING, market

pytestmark = pytest.mark.django_db


def take(m, *wanted, reference="Z-1"):
    return holds.take(round_id=m.round.pk, reference=reference, wanted=wanted)


def want(offer, pieces, *, line=1, until=date(2026, 12, 2)):
    return Wanted(line, offer.stock_item_id, pieces, until)


def held():
    return list(Supply.objects.order_by("usable_until").values_list("quantity", "held"))


def test_piece_and_case_share_one_stock():
    m = market()
    jar = m.add(stock=10)
    case = m.add(item=jar.stock_item, pieces=6)
    m.order([(jar, 3), (case, 1)])
    assert held() == [(10, 9)]
    with pytest.raises(NotEnoughSupply) as refusal:
        m.order([(case, 1)])
    assert refusal.value.details["offers"][0]["left"] == 0
    assert refusal.value.details["offers"][0]["wanted"] == 1
    m.order([(jar, 1)])
    assert held() == [(10, 10)]


def test_earliest_end_goes_first_and_one_line_may_have_several_holds():
    m = market()
    jam = m.add(stock=4, until=date(2026, 12, 20), code="L2")
    m.receive(jam.stock_item, 3, until=date(2026, 12, 10), code="L1")
    take(m, want(jam, 5))
    assert held() == [(3, 3), (4, 2)]
    assert sorted(Hold.objects.values_list("line", "pieces")) == [(1, 2), (1, 3)]


def test_goods_that_end_too_soon_are_not_sold():
    m = market()
    jam = m.add(stock=3, until=date(2026, 12, 1))
    with pytest.raises(NotEnoughSupply) as refusal:
        take(m, want(jam, 1, until=date(2026, 12, 2)))
    assert refusal.value.details["lines"] == {1: 0}
    take(m, want(jam, 1, until=date(2026, 12, 1)))


def test_promise_counts_from_the_day_it_comes():
    m = market()
    jam = m.add()
    late = PACKING.date() + timedelta(days=1)
    for day, pieces in ((late, 5), (PACKING.date(), 2)):
        supply.promise(item=jam.stock_item, centre=m.centre, available_on=day, pieces=pieces, by=None, at=NOW)
    with pytest.raises(NotEnoughSupply):
        take(m, want(jam, 3))
    take(m, want(jam, 2))


def test_all_lines_or_none():
    m = market()
    jam, cheese = m.add(stock=5), m.add(stock=1)
    with pytest.raises(NotEnoughSupply) as refusal:
        m.order([(jam, 2), (cheese, 2)])
    assert [o["offer"] for o in refusal.value.details["offers"]] == [cheese.pk]
    assert held() == [(5, 0), (1, 0)]
    assert Hold.objects.count() == 0


def test_two_lines_of_one_item_share_what_is_left():
    m = market()
    jar = m.add(stock=7)
    with pytest.raises(NotEnoughSupply) as refusal:
        take(m, want(jar, 3, line=1), want(jar, 6, line=2))
    assert refusal.value.details["lines"] == {2: 4}


def test_release_gives_everything_back_once():
    m = market()
    jam = m.add(stock=5)
    take(m, want(jam, 3))
    assert holds.release(references=["Z-1"]) == 3
    assert holds.release(references=["Z-1"]) == 0
    assert held() == [(5, 0)]
    assert_audit_clean()


@pytest.mark.parametrize(("pieces", "code"), [(-1, "wrong_promise"), (100_001, "wrong_promise")])
def test_promise_out_of_range_is_refused(pieces, code):
    m = market()
    with pytest.raises(supply.WrongPromise) as refusal:
        supply.promise(
            item=m.add().stock_item,
            centre=m.centre,
            available_on=PACKING.date(),
            pieces=pieces,
            by=None,
            at=NOW,
        )
    assert refusal.value.code == code


def test_promise_taken_back_below_what_is_sold_leaves_it_uncovered_with_a_job():
    m = market()
    jam = m.add()
    promise = {
        "item": jam.stock_item,
        "centre": m.centre,
        "available_on": PACKING.date(),
        "by": None,
        "at": NOW,
    }
    supply.promise(pieces=5, **promise)
    m.order([(jam, 4)])
    row = supply.promise(pieces=1, **promise)
    assert (row.quantity, row.held, row.uncovered) == (1, 4, 3)
    assert_audit_clean()
