"""The policy against an exact plan: one minimum-cost flow per product (docs/sourcing.md has the figures)."""

from collections import defaultdict
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from distribution.policies.resourcing import improve, worth
from distribution.policies.sourcing import Choice, Source, Wanted, choose
from tests.oracles.allocation import DAY, best, by_policy, case, cost_of, parcels, served
from tests.oracles.flow import Network, send

cases = st.builds(case, st.integers(8, 40), st.integers(0, 10_000))


def test_flow_finds_the_cheapest_way_and_goes_back_on_itself():
    """The classic trap: the cheap first path must be undone for both units to pass."""
    network = Network(4)
    for start, end, room, cost in [(0, 1, 1, 1), (0, 2, 1, 4), (1, 2, 1, 1), (1, 3, 1, 5), (2, 3, 1, 1)]:
        network.join(start, end, room, cost)
    assert send(network, 0, 3) == (2, 11)


@given(cases)
@settings(max_examples=25, deadline=None)
def test_policy_is_never_better_than_the_flow_and_never_takes_what_is_not_there(found):
    total, short = cost_of(found, by_policy(found))
    least, missing, _sent = best(found, [*found.sources, *found.later])
    assert total >= least
    assert short >= missing
    assert (short == missing) or total > least


@given(cases)
@settings(max_examples=25, deadline=None)
def test_one_order_alone_gets_all_there_is_when_its_lines_need_the_same_life(found):
    order = [replace(want, enough_until=DAY) for want in found.orders[0]]
    alone = replace(found, orders=[order], later=[])
    served = sum(c.pieces for c in choose(order, found.sources))
    assert sum(want.pieces for want in order) - served == best(alone, found.sources)[1]


@given(cases)
@settings(max_examples=25, deadline=None)
def test_release_keeps_every_piece_and_is_strictly_better_where_it_moves(found):
    before, after = by_policy(found, again=False), by_policy(found)
    for order, old, new in zip(found.orders, before, after, strict=True):
        until = {want.line: want.enough_until for want in order}
        assert pieces(old) == pieces(new)
        assert all(c.source.usable_until >= until[c.line] for c in new)
        assert worth(new, until) <= worth(old, until)
    assert parcels(after) <= parcels(before)


def test_gap_to_the_flow_stays_what_the_documents_say():
    """On the very pieces that were sold, at release: dearer than the flow, with far fewer parcels."""
    found = case(200, 1)
    given = by_policy(found)
    sold = served(found, given)
    total, least, sent = cost_of(sold, given)[0], *best(sold, [*found.sources, *found.later])[::2]
    assert least <= total < 1.2 * least
    assert parcels(given) < sent


def pieces(choices):
    found = defaultdict(int)
    for c in choices:
        found[c.line] += c.pieces
    return found


def source(supply, origin, *, free=5, km=100, promised=False, days=9):
    until = DAY.replace(day=DAY.day - 7 + days) if days < 10 else DAY
    return Source(supply, 1, origin, origin or None, 0, km * origin, until, free, promised=promised)


def held(*parts):
    return [Choice(1, one, n, "LOCAL") for one, n in parts]


WANT = [Wanted(1, 1, 4, DAY.replace(day=20))]


def test_release_comes_home_leaves_promises_and_mends_splits():
    far, near, home = source(1, 3), source(2, 1), source(3, 0)
    assert [c.reason for c in improve(held((far, 4)), WANT, [home])] == ["LOCAL"]
    assert [c.reason for c in improve(held((far, 4)), WANT, [near])] == ["NEAREST"]
    awaited = source(4, 0, promised=True)
    assert [c.reason for c in improve(held((awaited, 4)), WANT, [home])] == ["ON_SHELF"]
    assert [c.reason for c in improve(held((far, 2), (near, 2)), WANT, [source(2, 1, free=2)])] == ["FEWEST"]


def test_release_leaves_alone_what_is_as_good():
    far, home = source(1, 3), source(3, 0)
    assert improve(held((home, 4)), WANT, [source(5, 0)]) == []
    assert improve(held((far, 4)), WANT, [source(6, 3)]) == []
    assert improve(held((far, 4)), WANT, [source(3, 0, free=3)]) == []
