"""Who serves which line: against every set of centres, tried one by one."""

from datetime import date, timedelta
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from distribution.policies.sourcing import Source, Wanted, choose

DAY = date(2026, 11, 27)
HOME = 0


@st.composite
def orders(draw):
    wanted = [
        Wanted(
            line,
            draw(st.integers(1, 3)),
            draw(st.integers(1, 6)),
            DAY + timedelta(days=draw(st.integers(0, 2))),
        )
        for line in range(1, draw(st.integers(1, 4)) + 1)
    ]
    sources = []
    for supply in range(draw(st.integers(0, 9))):
        origin = draw(st.integers(0, 4))
        sources.append(
            Source(
                supply,
                draw(st.integers(1, 3)),
                origin,
                None if origin == HOME else origin * 10,
                draw(st.integers(0, 2)),
                100 * origin,
                DAY + timedelta(days=draw(st.integers(0, 3))),
                draw(st.integers(0, 6)),
            )
        )
    return wanted, sources


def served(choices):
    return sum(choice.pieces for choice in choices)


def senders(choices):
    return {choice.source.origin for choice in choices if choice.source.route}


@given(orders())
def test_nothing_is_taken_that_is_not_there_or_ends_too_soon(order):
    wanted, sources = order
    choices = choose(wanted, sources)
    lines = {want.line: want for want in wanted}
    for source in sources:
        assert sum(c.pieces for c in choices if c.source.supply == source.supply) <= source.free
    for line, want in lines.items():
        mine = [c for c in choices if c.line == line]
        assert served(mine) <= want.pieces
        assert all(c.source.item == want.item and c.source.usable_until >= want.enough_until for c in mine)


@given(orders())
def test_as_few_centres_send_as_can_serve_as_much(order):
    wanted, sources = order
    choices = choose(wanted, sources)
    away = sorted({s.origin for s in sources if s.route})
    for size in range(len(senders(choices))):
        for some in combinations(away, size):
            fewer = choose(wanted, [s for s in sources if s.route is None or s.origin in some])
            assert served(fewer) < served(choices)


@given(orders())
def test_own_centre_comes_first(order):
    wanted, sources = order
    at_home = choose(wanted, [s for s in sources if s.route is None])
    assert served(at_home) == served([c for c in choose(wanted, sources) if c.reason == "LOCAL"])


def source(supply, item, origin, *, km=100, free=5, rooms=(), grams=0, changes=0):
    return Source(supply, item, origin, origin * 10 or None, changes, km, DAY, free, grams, rooms)


def test_one_far_centre_beats_two_near_ones_and_says_why():
    wanted = [Wanted(1, 1, 2, DAY), Wanted(2, 2, 2, DAY)]
    near = [source(1, 1, 1, km=50), source(2, 2, 2, km=60)]
    far = [source(3, 1, 3, km=400), source(4, 2, 3, km=400)]
    choices = choose(wanted, near + far)
    assert senders(choices) == {3}
    assert {choice.reason for choice in choices} == {"FEWEST"}
    assert {c.reason for c in choose(wanted[:1], [near[0], far[0]])} == {"NEAREST"}
    assert {c.reason for c in choose(wanted[:1], far)} == {"ONLY"}


def test_lorry_takes_no_more_than_its_room():
    shared = ((7, 1000),)
    wanted = [Wanted(1, 1, 5, DAY), Wanted(2, 2, 5, DAY)]
    found = [source(1, 1, 1, rooms=shared, grams=300), source(2, 2, 2, rooms=shared, grams=300)]
    assert served(choose(wanted, found)) == 3
