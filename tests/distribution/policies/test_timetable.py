"""On which days a lorry runs and when exactly, holidays, the year's end and both clock changes of 2027."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from distribution.policies.timetable import (
    Hours,
    Room,
    Service,
    is_possible,
    run_of,
    runs,
    runs_on,
    too_close,
)
from marketplace.kernel.clock import WARSAW, local_date

SPRING, AUTUMN = date(2027, 3, 28), date(2027, 10, 31)
EVENING = Hours(time(16), time(18), time(23, 30))
NIGHT = Hours(time(1), time(1, 30), time(6))
WORKING = Service(EVENING, frozenset(range(5)), date(2026, 11, 2))
DAILY = replace(WORKING, weekdays=frozenset(range(7)))


def hours(departs, arrives, *, cutoff=time(0), nights=0, before=0):
    return Hours(cutoff, departs, arrives, before, nights)


@pytest.mark.parametrize(
    ("day", "answer"),
    [
        (date(2026, 11, 23), True),
        (date(2026, 11, 22), False),  # a Sunday
        (date(2026, 11, 11), False),  # Independence Day, a Wednesday
        (date(2026, 12, 24), False),  # Christmas Eve is a day off since 2025
        (date(2027, 1, 1), False),
        (date(2027, 1, 6), False),
        (date(2027, 3, 29), False),  # Easter Monday
        (date(2027, 5, 27), False),  # Corpus Christi
        (date(2026, 10, 30), False),  # not in force yet
    ],
)
def test_runs_on_its_weekdays_and_not_on_holidays(day, answer):
    assert runs_on(WORKING, day) is answer


def test_runs_on_holidays_when_told_to():
    assert runs_on(replace(WORKING, runs_on_holidays=True), date(2026, 11, 11))


def test_last_day_of_validity_still_runs():
    ended = replace(WORKING, valid_until=date(2026, 11, 24))
    assert [run.departs_on.day for run in runs(ended, first=date(2026, 11, 20), last=date(2026, 11, 30))] == [
        20, 23, 24,
    ]  # fmt: skip


def test_arrival_over_the_new_year():
    run = run_of(hours(time(22), time(3, 15), cutoff=time(18), before=1, nights=1), date(2026, 12, 31))
    assert run.cutoff_at == datetime(2026, 12, 30, 17, tzinfo=UTC)
    assert run.departs_at == datetime(2026, 12, 31, 21, tzinfo=UTC)
    assert run.arrives_at == datetime(2027, 1, 1, 2, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    ("leaves", "timing", "departs", "arrives"),
    [
        # Spring: 02:00 becomes 03:00. By the clock the night is an hour shorter.
        (date(2027, 3, 27), hours(time(22), time(4), nights=1), (27, 21, 0), (28, 2, 0)),
        (SPRING, hours(time(1, 30), time(6)), (28, 0, 30), (28, 4, 0)),
        (SPRING, hours(time(2, 30), time(6)), (28, 1, 30), (28, 4, 0)),
        # It would arrive before it has left: the arrival follows the departure.
        (SPRING, hours(time(2, 30), time(3, 0)), (28, 1, 30), (28, 2, 0)),
        (SPRING, hours(time(2, 0), time(3, 0)), (28, 1, 0), (28, 2, 0)),
        (SPRING, hours(time(18), time(23)), (28, 16, 0), (28, 21, 0)),
    ],
)
def test_moments_in_the_spring_night(leaves, timing, departs, arrives):
    run = run_of(timing, leaves)
    assert run.departs_at == datetime(2027, 3, *departs, tzinfo=UTC)
    assert run.arrives_at == datetime(2027, 3, *arrives, tzinfo=UTC)


@pytest.mark.parametrize(
    ("leaves", "timing", "departs", "arrives"),
    [
        # Autumn: 02:00–03:00 comes twice, and the first one is meant.
        (date(2027, 10, 30), hours(time(22), time(4), nights=1), (30, 20, 0), (31, 3, 0)),
        (AUTUMN, hours(time(2, 30), time(6)), (31, 0, 30), (31, 5, 0)),
        (AUTUMN, hours(time(1, 30), time(2, 30)), (30, 23, 30), (31, 0, 30)),
        (AUTUMN, hours(time(18), time(23)), (31, 17, 0), (31, 22, 0)),
    ],
)
def test_moments_in_the_autumn_night(leaves, timing, departs, arrives):
    run = run_of(timing, leaves)
    assert run.departs_at == datetime(2027, 10, *departs, tzinfo=UTC)
    assert run.arrives_at == datetime(2027, 10, *arrives, tzinfo=UTC)


def test_cutoff_never_follows_the_departure():
    run = run_of(hours(time(3, 15), time(6), cutoff=time(2, 45)), SPRING)
    assert run.cutoff_at == run.departs_at


clocks = st.times(timezones=st.none()).map(lambda t: t.replace(second=0, microsecond=0))
timings = st.builds(Hours, clocks, clocks, clocks, st.integers(0, 2), st.integers(0, 2)).filter(is_possible)


@given(timings, st.dates(date(2026, 1, 1), date(2029, 12, 31)) | st.sampled_from([SPRING, AUTUMN]))
def test_goods_are_ready_then_it_leaves_then_it_arrives(timing, day):
    run = run_of(timing, day)
    assert run.cutoff_at <= run.departs_at < run.arrives_at
    assert local_date(run.departs_at) == day
    assert run.arrives_at - run.departs_at <= timedelta(days=3, hours=1)
    if day not in {SPRING, AUTUMN}:
        assert run.departs_at.astimezone(WARSAW).time() == timing.departs_hour


@pytest.mark.parametrize(
    "wrong",
    [
        hours(time(18), time(18)),
        hours(time(18), time(17)),
        hours(time(18), time(3), nights=3),
        hours(time(18), time(3), nights=-1),
        hours(time(18), time(20), cutoff=time(18, 1)),
        hours(time(18), time(20), before=3),
    ],
)
def test_impossible_hours(wrong):
    assert not is_possible(wrong)


@pytest.mark.parametrize(
    ("other", "answer"),
    [
        ({}, True),
        ({"hours": hours(time(18, 29), time(23))}, True),
        ({"hours": hours(time(17, 31), time(23))}, True),
        ({"hours": hours(time(18, 30), time(23))}, False),
        ({"weekdays": frozenset([5, 6])}, False),
        ({"weekdays": frozenset([4, 5])}, True),
        ({"valid_until": date(2026, 11, 2)}, True),
        ({"valid_from": date(2026, 10, 1), "valid_until": date(2026, 11, 1)}, False),
        ({"valid_from": date(2030, 1, 1)}, True),
    ],
)
def test_departures_too_close_to_each_other(other, answer):
    second = replace(WORKING, **other)
    assert too_close(WORKING, second) is answer
    assert too_close(second, WORKING) is answer


def test_departures_are_close_over_midnight_and_over_the_week_end():
    before = replace(WORKING, hours=hours(time(23, 50), time(3), nights=1), weekdays=frozenset([6]))
    after = replace(WORKING, hours=NIGHT, weekdays=frozenset([0]))
    assert not too_close(before, after)
    assert too_close(before, replace(after, hours=hours(time(0, 10), time(3))))


@given(
    st.builds(replace, st.just(DAILY), hours=timings, weekdays=st.frozensets(st.integers(0, 6), min_size=1)),
    st.builds(replace, st.just(DAILY), hours=timings, weekdays=st.frozensets(st.integers(0, 6), min_size=1)),
)
def test_close_departures_are_those_that_two_weeks_show(one, other):
    """Against the dated runs themselves, in two weeks without a clock change or a holiday."""
    window = {"first": date(2027, 2, 1), "last": date(2027, 2, 14)}
    shown = any(
        abs(a.departs_at - b.departs_at) < timedelta(minutes=30)
        for a in runs(one, **window)
        for b in runs(other, **window)
    )
    assert too_close(one, other) is shown


@pytest.mark.parametrize(("crates", "kilograms", "grams"), [(10, 500, 120_000), (100, 500, 500_000)])
def test_room_is_what_is_full_first(crates, kilograms, grams):
    assert Room("CHILLED", crates, kilograms).grams == grams
