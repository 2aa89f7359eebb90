"""Warsaw's hours, on both clock changes of 2027 and between."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from distribution.operations import rounds
from distribution.operations.rounds import NewSlot
from marketplace.kernel.clock import WARSAW, is_working_day, local_date, moment, working_days_between
from marketplace.kernel.models import Job
from tests.factories import CentreFactory

SPRING, AUTUMN = date(2027, 3, 28), date(2027, 10, 31)


@pytest.mark.parametrize(
    ("day", "hour", "utc"),
    [
        (SPRING, time(1, 59), datetime(2027, 3, 28, 0, 59, tzinfo=UTC)),
        (SPRING, time(2, 30), datetime(2027, 3, 28, 1, 30, tzinfo=UTC)),  # does not exist: 03:30
        (SPRING, time(3, 0), datetime(2027, 3, 28, 1, 0, tzinfo=UTC)),
        (SPRING, time(20, 0), datetime(2027, 3, 28, 18, 0, tzinfo=UTC)),
        (AUTUMN, time(1, 59), datetime(2027, 10, 30, 23, 59, tzinfo=UTC)),
        (AUTUMN, time(2, 30), datetime(2027, 10, 31, 0, 30, tzinfo=UTC)),  # twice: the first
        (AUTUMN, time(3, 0), datetime(2027, 10, 31, 2, 0, tzinfo=UTC)),
        (AUTUMN, time(20, 0), datetime(2027, 10, 31, 19, 0, tzinfo=UTC)),
    ],
)
def test_moment_of_an_hour_on_the_days_of_the_change(day, hour, utc):
    assert moment(day, hour) == utc


@given(st.dates(date(2026, 1, 1), date(2030, 12, 31)), st.times(timezones=st.none()))
def test_moment_reads_back_as_the_same_hour_except_in_the_gap(day, hour):
    back = moment(day, hour).astimezone(WARSAW)
    hours_off = back.replace(tzinfo=None) - datetime.combine(day, hour.replace(fold=0))
    assert hours_off in {timedelta(0), timedelta(hours=1)}
    assert local_date(moment(day, hour)) == day
    if hours_off:
        assert day.month == 3
        assert time(2) <= hour < time(3)


@pytest.mark.parametrize(
    ("at", "day"),
    [
        (datetime(2027, 1, 1, 22, 59, tzinfo=UTC), date(2027, 1, 1)),
        (datetime(2027, 1, 1, 23, 0, tzinfo=UTC), date(2027, 1, 2)),
        (datetime(2027, 7, 1, 21, 59, tzinfo=UTC), date(2027, 7, 1)),
        (datetime(2027, 7, 1, 22, 0, tzinfo=UTC), date(2027, 7, 2)),
    ],
)
def test_day_begins_at_midnight_in_warsaw(at, day):
    assert local_date(at) == day


@pytest.mark.django_db
@pytest.mark.parametrize(("day", "closes"), [(SPRING, 18), (AUTUMN, 19)])
def test_rounds_of_every_week_close_at_the_same_hour_over_the_change(day, closes):
    place = CentreFactory().places.get()
    for weeks in (-1, 0, 1):
        on = day + timedelta(weeks=weeks)
        round_ = rounds.open_round(
            place=place,
            opens_at=datetime(2027, 1, 1, tzinfo=UTC),
            closes_on=on,
            closes_hour=time(20),
            packs_on=on + timedelta(days=1),
            hands_over_on=on + timedelta(days=2),
            slots=[NewSlot(time(14), time(18), 10)],
        )
        assert round_.orders_close_at.astimezone(WARSAW).time() == time(20)
        assert Job.objects.get(key=f"round_closes:{round_.pk}").run_after == round_.orders_close_at
        if weeks == 0:
            assert round_.orders_close_at.hour == closes


def test_working_days_pass_over_holidays():
    assert not is_working_day(date(2027, 3, 29))  # Easter Monday
    assert not is_working_day(date(2026, 12, 24))
    assert working_days_between(date(2026, 12, 23), date(2026, 12, 28)) == 1
    assert working_days_between(date(2026, 11, 20), date(2026, 11, 24)) == 2
