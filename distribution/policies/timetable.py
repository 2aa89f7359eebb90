"""When a lorry runs: its weekdays and holidays, and the moments of a dated run. Pure.

A timetable is written in local hours, which kernel.clock turns into moments: an hour that the spring change skips
moves forward, an hour that the autumn change doubles is the first of the two.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from marketplace.kernel.clock import holidays, moment

WEEK_MINUTES = 7 * 24 * 60
DAY = timedelta(days=1)
APART_MINUTES = 30
MOST_NIGHTS = 2  # a lorry is there, and was to be loaded, at most two days from the day it leaves
CRATE_GRAMS = 12_000  # what a full crate weighs, so that room in crates can be counted in grams


@dataclass(frozen=True)
class Hours:
    """Local hours of a run; the days count from the day of departure."""

    cutoff_hour: time
    departs_hour: time
    arrives_hour: time
    cutoff_days_before: int = 0
    arrives_days_after: int = 0


@dataclass(frozen=True)
class Service:
    """On which days a lorry runs (Monday is 0), and when. An open end is None."""

    hours: Hours
    weekdays: frozenset[int]
    valid_from: date
    valid_until: date | None = None
    runs_on_holidays: bool = False


@dataclass(frozen=True)
class Room:
    """What the chamber of one temperature takes, in full crates and in weight: whichever is full first."""

    temperature: str
    crates: int
    kilograms: int

    @property
    def grams(self) -> int:
        return min(self.kilograms * 1000, self.crates * CRATE_GRAMS)


@dataclass(frozen=True)
class Run:
    """The moments of one dated run, in UTC."""

    departs_on: date
    cutoff_at: datetime
    departs_at: datetime
    arrives_at: datetime


def is_possible(hours: Hours) -> bool:
    """Goods are ready before the lorry leaves, it arrives after that, and nothing takes longer than two nights."""
    arrives_later = hours.arrives_days_after > 0 or hours.arrives_hour > hours.departs_hour
    cutoff_first = hours.cutoff_days_before > 0 or hours.cutoff_hour <= hours.departs_hour
    days = (hours.arrives_days_after, hours.cutoff_days_before)
    return arrives_later and cutoff_first and all(0 <= n <= MOST_NIGHTS for n in days)


def runs_on(service: Service, day: date) -> bool:
    """Whether the lorry leaves on the day. Public holidays are those of kernel.clock."""
    in_force = service.valid_from <= day and (service.valid_until is None or day <= service.valid_until)
    return (
        in_force
        and day.weekday() in service.weekdays
        and (service.runs_on_holidays or day not in holidays(day.year))
    )


def runs(service: Service, *, first: date, last: date) -> Iterator[Run]:
    """The dated runs from the first day to the last one, in their order."""
    for n in range((last - first).days + 1):
        day = first + n * DAY
        if runs_on(service, day):
            yield run_of(service.hours, day)


def run_of(hours: Hours, day: date) -> Run:
    """The moments of the run that leaves on the day.

    By the clock, so a night in which the clock changes is an hour shorter or longer. Only when the skipped hour
    of spring pushes the departure past another moment does that one follow: the order of the three always holds.
    """
    departs_at = moment(day, hours.departs_hour)
    cutoff_at = moment(day - hours.cutoff_days_before * DAY, hours.cutoff_hour)
    arrives_at = moment(day + hours.arrives_days_after * DAY, hours.arrives_hour)
    if arrives_at <= departs_at:
        arrives_at = departs_at + _on_the_road(hours)
    return Run(day, min(cutoff_at, departs_at), departs_at, arrives_at)


def _on_the_road(hours: Hours) -> timedelta:
    return timedelta(
        days=hours.arrives_days_after,
        minutes=_minutes(hours.arrives_hour) - _minutes(hours.departs_hour),
    )


def too_close(one: Service, other: Service) -> bool:
    """Whether two services between the same centres would leave less than half an hour apart on some day of the
    week that both have in force; just before and just after midnight counts as well."""
    if not _meet(one, other):
        return False
    departures = [_week_minutes(one), _week_minutes(other)]
    return any(
        min((a - b) % WEEK_MINUTES, (b - a) % WEEK_MINUTES) < APART_MINUTES
        for a in departures[0]
        for b in departures[1]
    )


def _meet(one: Service, other: Service) -> bool:
    first = max(one.valid_from, other.valid_from)
    ends = [end for end in (one.valid_until, other.valid_until) if end is not None]
    return not ends or first <= min(ends)


def _week_minutes(service: Service) -> list[int]:
    at = _minutes(service.hours.departs_hour)
    return [weekday * 24 * 60 + at for weekday in service.weekdays]


def _minutes(hour: time) -> int:
    return hour.hour * 60 + hour.minute
