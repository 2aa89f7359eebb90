"""Which trips bring goods in time: against every sequence of trips, tried one by one."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise, permutations

from hypothesis import given
from hypothesis import strategies as st

from distribution.policies.promise import CROSS_DOCK, MOST_TRIPS, Chain, Run, chains, ready_by
from marketplace.kernel.clock import moment

START = datetime(2026, 11, 25, 19, 0, tzinfo=UTC)
HERE = 0
ALL = frozenset({"AMBIENT", "CHILLED"})


@st.composite
def runs(draw):
    """A few lorries between five centres in three days, some without a cold chamber."""
    found = []
    for trip in range(draw(st.integers(0, 7))):
        origin, target = draw(st.permutations(range(5)))[:2]
        departs_at = START + timedelta(minutes=30 * draw(st.integers(0, 120)))
        found.append(
            Run(
                trip,
                origin,
                target,
                departs_at - timedelta(hours=draw(st.integers(0, 3))),
                departs_at,
                departs_at + timedelta(minutes=30 * draw(st.integers(1, 20))),
                draw(st.sampled_from([ALL, frozenset({"AMBIENT"})])),
            )
        )
    return found


def is_way(way, *, temperature, not_before, needed_by):
    """Said again in plain words, forwards."""
    stops = [way[0].origin, *(run.target for run in way)]
    return (
        way[-1].target == HERE
        and len(set(stops)) == len(stops)
        and all(temperature in run.temperatures for run in way)
        and all(run.cutoff_at >= not_before and run.arrives_at <= needed_by for run in way)
        and all(a.target == b.origin for a, b in pairwise(way))
        and all(a.arrives_at + CROSS_DOCK <= b.departs_at for a, b in pairwise(way))
    )


def oracle(found, **limits):
    best = {}
    for size in range(1, MOST_TRIPS + 1):
        for way in permutations(found, size):
            if not is_way(way, **limits):
                continue
            chain = Chain(
                way[0].origin,
                tuple(run.trip for run in way),
                way[0].cutoff_at,
                way[0].departs_at,
                way[-1].arrives_at,
            )
            if chain.origin not in best or chain.rank < best[chain.origin].rank:
                best[chain.origin] = chain
    return best


@given(runs(), st.sampled_from(["AMBIENT", "CHILLED"]), st.integers(0, 48), st.integers(12, 96))
def test_search_finds_the_best_of_all_ways(found, temperature, opens, closes):
    limits = {
        "temperature": temperature,
        "not_before": START + timedelta(hours=opens / 2),
        "needed_by": START + timedelta(hours=closes),
    }
    assert chains(runs=found, target=HERE, **limits) == oracle(found, **limits)


def test_goods_of_the_afternoon_miss_a_morning_cutoff():
    assert ready_by(moment(date(2026, 11, 26), time(16))) == date(2026, 11, 26)
    assert ready_by(moment(date(2026, 11, 26), time(11, 59))) == date(2026, 11, 25)
    # Half past midnight by the clock in Warsaw is still yesterday in UTC.
    assert ready_by(moment(date(2026, 11, 27), time(0, 30))) == date(2026, 11, 26)


def run(trip, origin, target, day, leaves, hours):
    departs_at = moment(day, leaves)
    return Run(trip, origin, target, departs_at, departs_at, departs_at + timedelta(hours=hours), ALL)


def test_night_of_the_clock_change_is_as_long_as_it_is():
    """In the night to 31 October 2027 an hour comes twice: two lorries at 01:00 and 04:00 are four hours apart;
    in the night to 28 March one hour is missing and they are two."""
    for day, hours, connects in ((date(2027, 10, 31), 3, True), (date(2027, 3, 28), 2, False)):
        found = [run(1, 2, 1, day, time(1), hours), run(2, 1, HERE, day, time(4), 1)]
        way = chains(
            runs=found,
            target=HERE,
            temperature="CHILLED",
            not_before=moment(day - timedelta(days=1), time(12)),
            needed_by=moment(day, time(12)),
        )
        assert (way.get(2) is not None) is connects


def test_no_way_without_a_chamber_all_the_way():
    warm = run(1, 2, 1, date(2026, 11, 26), time(1), 2)
    cold = run(2, 1, HERE, date(2026, 11, 26), time(6), 2)
    found = [Run(**{**warm.__dict__, "temperatures": frozenset({"AMBIENT"})}), cold]
    limits = {"target": HERE, "not_before": START, "needed_by": START + timedelta(days=2)}
    assert set(chains(runs=found, temperature="CHILLED", **limits)) == {1}
    assert set(chains(runs=found, temperature="AMBIENT", **limits)) == {1, 2}
