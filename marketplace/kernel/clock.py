"""Warsaw dates and UTC moments. Rounds and calendars store local date and time; only here do they
become moments. Business time is always the argument `at`, never read from the machine."""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

WARSAW = ZoneInfo("Europe/Warsaw")
MIDNIGHT = time(0, 0)


def moment(day: date, hour: time) -> datetime:
    """The UTC moment of a Warsaw date and time. An hour the spring change skips moves forward by the
    length of the gap; an hour the autumn change doubles means the first one."""
    # fold=0 reads the offset before the change, which does both: first of two, or past the gap.
    return datetime.combine(day, hour.replace(fold=0), tzinfo=WARSAW).astimezone(UTC)


def local_date(at: datetime) -> date:
    """The Warsaw date of a moment; UTC is still yesterday until 01:00 or 02:00 there."""
    return at.astimezone(WARSAW).date()


@lru_cache(maxsize=64)
def holidays(year: int) -> frozenset[date]:
    """Polish public holidays (Act of 18 January 1951 on days off, Christmas Eve included since 2025)."""
    golden, century = year % 19, year // 100
    epact = (century - century // 4 - (8 * century + 13) // 25 + 19 * golden + 15) % 30
    epact -= (epact // 28) * (1 - (29 // (epact + 1)) * ((21 - golden) // 11))
    weekday = (year + year // 4 + epact + 2 - century + century // 4) % 7
    offset = epact - weekday
    month = 3 + (offset + 40) // 44
    easter = date(year, month, offset + 28 - 31 * (month // 4))
    fixed = [(1, 1), (1, 6), (5, 1), (5, 3), (8, 15), (11, 1), (11, 11), (12, 25), (12, 26)]
    if year >= 2025:
        fixed.append((12, 24))
    moving = [easter, easter + timedelta(days=1), easter + timedelta(days=49), easter + timedelta(days=60)]
    return frozenset([date(year, *pair) for pair in fixed] + moving)


def is_working_day(day: date) -> bool:
    return day.weekday() < 5 and day not in holidays(day.year)


def working_days_between(start: date, end: date) -> int:
    """Working days after `start` up to and including `end`."""
    return sum(is_working_day(start + timedelta(days=n)) for n in range(1, (end - start).days + 1))
