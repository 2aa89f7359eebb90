"""A centre's temperatures: today's sheet by zone, with what is missing."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.conf import settings
from django.db.models import QuerySet

from distribution.models import Centre, Reading, Zone
from distribution.policies import temperatures
from marketplace.kernel.clock import MIDNIGHT, local_date, moment

FIRST_DAY = date(2020, 1, 1)


@dataclass(frozen=True)
class Sheet:
    """One zone on one day."""

    zone: Zone
    readings: list[Reading]
    missing: list[datetime]

    @property
    def breaches(self) -> int:
        return sum(1 for reading in self.readings if reading.is_breach)


def of_day(*, centre: Centre, day: date, now: datetime) -> list[Sheet]:
    """The sheets of the centre's zones, by code; `missing` are hours that passed without a reading."""
    expected = [moment(day, time(hour)) for hour in settings.READING_HOURS]
    rows = list(_on(centre, day).filter(zone__isnull=False).select_related("by"))
    sheets = []
    for zone in centre.zones.order_by("code"):
        mine = [row for row in rows if row.zone_id == zone.pk]
        gone = temperatures.missing(expected=expected, taken=[row.at for row in mine], now=now)
        sheets.append(Sheet(zone, mine, gone))
    return sheets


def elsewhere(*, centre: Centre, day: date) -> QuerySet[Reading]:
    """The day's readings of trips and receipts."""
    rows = _on(centre, day).filter(zone=None)
    return rows.select_related("trip__from_centre", "trip__to_centre", "document", "by")


def _on(centre, day):
    start, end = moment(day, MIDNIGHT), moment(day + timedelta(days=1), MIDNIGHT)
    return Reading.objects.filter(centre=centre, at__gte=start, at__lt=end).order_by("at", "pk")


def sheet_day(day: date | None, *, now: datetime) -> date:
    """The day whose sheet is meant: today, unless a day that can have one was asked for."""
    today = local_date(now)
    return day if day and FIRST_DAY <= day <= today else today


def of_centre(centre: Centre) -> QuerySet[Reading]:
    """Every reading of the centre, for a list."""
    return Reading.objects.filter(centre=centre).select_related("zone", "trip", "document", "by")
