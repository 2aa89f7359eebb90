"""Where goods from the ramp are proposed to lie."""

from hypothesis import given
from hypothesis import strategies as st

from distribution.policies.put_away import EMPTY, NEAR, SAME_LOT, SHARED, Room, propose


def room(n, **facts):
    return Room(n, f"A-{n:02d}", n, **{"lots": 0, **facts})


def test_own_lot_comes_first():
    found = propose([room(1), room(2, lots=1, same_lot=True, same_item=True)])
    assert (found[0].location, found[1]) == (2, SAME_LOT)


def test_empty_place_beside_the_same_item():
    found = propose([room(1), room(5), room(9, lots=1, same_item=True), room(10)])
    assert (found[0].location, found[1]) == (10, NEAR)


def test_first_empty_place_of_the_walk():
    found = propose([room(3), room(2, lots=1), room(4)])
    assert (found[0].location, found[1]) == (3, EMPTY)


def test_fullest_hall_gives_the_place_with_the_fewest_lots():
    found = propose([room(1, lots=3), room(2, lots=1), room(3, lots=1, same_item=True)])
    assert (found[0].location, found[1]) == (3, SHARED)


def test_no_place_at_all():
    assert propose([]) is None


@given(st.lists(st.tuples(st.integers(0, 3), st.booleans()), min_size=1, max_size=12), st.randoms())
def test_order_of_the_places_does_not_matter(facts, chance):
    rooms = [room(n, lots=lots, same_item=lots > 0 and same) for n, (lots, same) in enumerate(facts)]
    mixed = list(rooms)
    chance.shuffle(mixed)
    assert propose(rooms) == propose(mixed)
