"""Temperatures: of a zone, of a chamber of a trip, of goods at receipt. One above the limit holds the lots it
touched, in the same transaction (Reg. (EC) 852/2004, annex II, ch. IX)."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from distribution import locks
from distribution.models import Balance, Document, Lot, Reading, Supply, Trip, Zone
from distribution.operations import lots
from distribution.policies import temperatures
from distribution.states import LoadState, LotState
from marketplace.accounts.models import User
from marketplace.kernel.database import retried
from marketplace.kernel.errors import Invalid
from marketplace.kernel.units import Temperature


class ImpossibleTemperature(Invalid):
    code = "impossible_temperature"

    def __init__(self) -> None:
        super().__init__(_("Podaj temperaturę od −60 do 60 °C."), field="tenths")


@retried
@transaction.atomic
def of_zone(
    *, zone: int, tenths: int, by: User | None, at: datetime, sensor: str = "", note: str = ""
) -> Reading:
    """Above the zone's limit, every lot on its shelves and in crates that stand in it goes to quarantine.
    Raises ImpossibleTemperature."""
    row = Zone.objects.get(pk=zone)
    reading = _write(row.centre_id, row.temperature, tenths, row.max_tenths, sensor, note, by, at, zone=row)
    touched = Q(location__zone=row) | Q(location__handling_unit__stands_at__zone=row)
    _hold_back(reading, _("strefa %s") % row.code, Balance.objects.filter(touched, centre=row.centre_id))
    return reading


@retried
@transaction.atomic
def of_trip(
    *,
    trip: int,
    centre: int,
    temperature: str,
    tenths: int,
    by: User | None,
    at: datetime,
    sensor: str = "",
    note: str = "",
) -> Reading:
    """Of one chamber, read at either end or on the way; above the limit of its class, every lot in the crates
    that were aboard in that chamber goes to quarantine. Raises ImpossibleTemperature."""
    row = Trip.objects.get(pk=trip)
    limit = temperatures.limit_of(temperature)
    reading = _write(centre, temperature, tenths, limit, sensor, note, by, at, trip=row)
    loads = "location__handling_unit__loads"
    put = Q(**{f"{loads}__chamber": temperature}) | Q(
        **{f"{loads}__chamber": "", f"{loads}__temperature": temperature}
    )
    aboard = Q(**{f"{loads}__trip": row, f"{loads}__state__in": [LoadState.LOADED, LoadState.UNLOADED]})
    name = _("kurs %(pk)s, %(kind)s") % {"pk": row.pk, "kind": Temperature(temperature).label}
    _hold_back(reading, name, Balance.objects.filter(aboard & put))
    return reading


@retried
@transaction.atomic
def of_receipt(
    *, document: int, temperature: str, tenths: int, by: User | None, at: datetime, note: str = ""
) -> Reading:
    """Of goods of one class on a PZ; above the limit, the lots of that class on it go to quarantine. Raises
    ImpossibleTemperature."""
    row = Document.objects.get(pk=document)
    limit = temperatures.limit_of(temperature)
    reading = _write(row.centre_id, temperature, tenths, limit, "", note, by, at, document=row)
    came = Balance.objects.filter(lot__document_lines__document=row, item__product__temperature=temperature)
    _hold_back(reading, f"PZ {row.year}/{row.number}", came)
    return reading


def note_receipt(*, document: Document, measured: Mapping[str, int], by: User | None, at: datetime) -> None:
    """Logs the warmest probe of each class at receipt. It holds nothing: what came too warm was put in quarantine
    piece by piece, and goods of the same lot that came well before are not to blame."""
    for temperature, tenths in sorted(measured.items()):
        limit = temperatures.limit_of(temperature)
        _write(document.centre_id, temperature, tenths, limit, "", "", by, at, document=document)


def _write(centre, temperature, tenths, limit, sensor, note, by, at, **of):
    if not temperatures.is_possible(tenths):
        raise ImpossibleTemperature
    return Reading.objects.create(
        centre_id=centre,
        temperature=temperature,
        tenths=tenths,
        limit_tenths=limit,
        sensor=sensor.strip()[:40],
        note=note.strip()[:200],
        by=by,
        at=at,
        **of,
    )


def _hold_back(reading, where, balances):
    if not reading.is_breach:
        return
    touched = balances.filter(units__gt=0, lot__state=LotState.RELEASED)
    reason = _("Odczyt nr %(pk)s: %(measured)s °C przy dopuszczalnych %(limit)s °C (%(where)s)") % {
        "pk": reading.pk,
        "measured": _degrees(reading.tenths),
        "limit": _degrees(reading.limit_tenths),
        "where": where,
    }
    hold_back(
        ids=touched.values_list("lot_id", flat=True).distinct(),
        reason=reason[:200],
        by=reading.by,
        at=reading.at,
    )


def _degrees(tenths):
    return f"{tenths / 10:.1f}".replace(".", ",").replace("-", "−")


def hold_back(*, ids: Iterable[int], reason: str, by: User | None, at: datetime) -> None:
    """Puts several lots in quarantine, everywhere. All supply is locked first, then all lots: one lot's supply
    after another's balances would break the order of locks. A lot that somebody held back meanwhile stays so."""
    known = Lot.objects.in_bulk(set(ids))
    rows = Q()
    for lot in known.values():
        rows |= Q(item_id=lot.item_id, usable_until=lot.usable_until)
    if not known:
        return
    locks.supply(Supply.objects.filter(rows, kind=Supply.Kind.STOCK).values_list("pk", flat=True))
    locks.lots_alone(known)
    states = dict(Lot.objects.filter(pk__in=known).values_list("pk", "state"))
    for pk in sorted(known):
        if states[pk] == LotState.RELEASED:
            lots.change_state(lot=pk, new=LotState.QUARANTINE, reason=reason, by=by, at=at)
