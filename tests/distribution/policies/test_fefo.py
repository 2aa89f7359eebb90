"""Which lots serve which lines."""

from collections import Counter
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from distribution.policies.fefo import Demand, Pick, Shelf, allocate

DAY = date(2026, 11, 27)
days = st.integers(0, 6).map(lambda n: DAY + timedelta(days=n))


@st.composite
def halls(draw):
    """Demands and shelves of three items; a shelf's supply row is its item and end."""
    until = {lot: draw(days) for lot in range(1, 9)}
    places = draw(st.lists(st.tuples(st.integers(1, 8), st.integers(1, 4)), unique=True, max_size=16))
    shelves = [
        Shelf(
            lot, place, supply_of(lot % 3, until[lot]), 1, lot % 3, until[lot], place, draw(st.integers(0, 9))
        )
        for lot, place in places
    ]
    demands = [
        Demand(key, 1, draw(st.integers(0, 2)), draw(st.integers(0, 12)), draw(days))
        for key in range(draw(st.integers(0, 8)))
    ]
    room = {shelf.supply: draw(st.integers(0, 20)) for shelf in shelves}
    return demands, shelves, room


def supply_of(item, until):
    return 100 * item + until.day


@given(halls())
def test_nobody_gets_more_than_asked_or_more_than_there_is(hall):
    demands, shelves, room = hall
    picks = allocate(demands, shelves, dict(room))
    asked = {d.key: d for d in demands}
    by_key, by_place, by_supply = Counter(), Counter(), Counter()
    for pick in picks:
        assert pick.pieces > 0
        by_key[pick.key] += pick.pieces
        by_place[pick.lot, pick.location] += pick.pieces
        by_supply[pick.supply] += pick.pieces
    assert all(n <= asked[key].pieces for key, n in by_key.items())
    assert all(n <= room[supply] for supply, n in by_supply.items())
    free = {(s.lot, s.location): s.free for s in shelves}
    assert all(n <= free[place] for place, n in by_place.items())


@given(halls())
def test_goods_fit_the_item_and_last_long_enough(hall):
    demands, shelves, room = hall
    asked = {d.key: d for d in demands}
    place = {(s.lot, s.location): s for s in shelves}
    for pick in allocate(demands, shelves, room):
        shelf, demand = place[pick.lot, pick.location], asked[pick.key]
        assert (shelf.item, shelf.supply) == (demand.item, pick.supply)
        assert shelf.usable_until >= demand.enough_until


@given(halls())
def test_nothing_is_left_that_could_have_served_somebody(hall):
    demands, shelves, room = hall
    picks = allocate(demands, shelves, dict(room))
    free = {(s.lot, s.location): s.free for s in shelves}
    left, got = dict(room), Counter()
    for pick in picks:
        free[pick.lot, pick.location] -= pick.pieces
        left[pick.supply] -= pick.pieces
        got[pick.key] += pick.pieces
    for demand in demands:
        if got[demand.key] == demand.pieces:
            continue
        for s in shelves:
            fits = s.item == demand.item and s.usable_until >= demand.enough_until
            assert not (fits and free[s.lot, s.location] > 0 and left[s.supply] > 0)


@given(halls())
def test_a_line_never_gets_a_later_lot_while_an_earlier_one_that_fits_is_left(hall):
    demands, shelves, room = hall
    until = {s.lot: s.usable_until for s in shelves}
    picks = allocate(demands, shelves, dict(room))
    for demand in demands:
        ends = [until[p.lot] for p in picks if p.key == demand.key]
        assert ends == sorted(ends)


def test_earliest_end_then_oldest_lot_then_the_walk():
    def shelf(lot, place, days_, walk):
        return Shelf(lot, place, 1, 1, 1, DAY + timedelta(days=days_), walk, 1)

    shelves = [shelf(3, 1, 1, 1), shelf(2, 2, 2, 2), shelf(2, 3, 2, 1), shelf(1, 4, 2, 9)]
    picks = allocate([Demand(7, 1, 1, 4, DAY)], shelves, {1: 9})
    assert [(p.lot, p.location) for p in picks] == [(3, 1), (1, 4), (2, 3), (2, 2)]
    assert picks[0] == Pick(7, 3, 1, 1, 1)


def test_held_for_others_stays_theirs():
    shelf = Shelf(1, 1, 5, 1, 1, DAY, 1, 10)
    assert [p.pieces for p in allocate([Demand(1, 1, 1, 8, DAY)], [shelf], {5: 3})] == [3]
    assert allocate([Demand(1, 1, 1, 8, DAY)], [shelf], {}) == []
