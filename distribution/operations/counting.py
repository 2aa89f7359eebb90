"""Counting one place, blind: the place, then each lot with what is there, then that this is all. The counter is
never told what the books say, and what moved meanwhile is counted again."""

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _

from distribution import locks
from distribution.models import Balance, CountLine, CountPlace, Location, Lot, Task
from distribution.operations import counts, scans, tasks
from distribution.operations.balances import make_balances
from distribution.operations.fulfilments import end_task
from distribution.operations.ledger import last_movement
from distribution.operations.steps import UnknownCode, WrongCount, WrongGoods, WrongLocation
from distribution.policies import gs1
from distribution.states import TaskState
from marketplace.accounts.models import User
from marketplace.kernel.database import execute, fetch_all, insert_all
from marketplace.kernel.errors import Busy
from marketplace.kernel.units import SoldBy

MOST_UNITS = 100_000
MOST_GRAMS = 100_000_000
CHOSEN = re.compile(r"^#[0-9]{1,18}$")
ALL = "OK"  # the command code that ends a place; scanned from the laminated card, or the button


class UnknownLot(WrongGoods):
    code = "unknown_lot"


class SeveralLots(WrongGoods):
    """`details["lots"]` are the lots it may be: (id, label)."""

    code = "several_lots"


@dataclass(frozen=True)
class Counted:
    """What the counter has said of a lot so far."""

    lot: int
    code: str
    label: str
    units: int
    grams: int | None


@dataclass(frozen=True)
class CountStep:
    """What to do next; `expects` is location, goods or nothing. `again` says that the place is counted once more."""

    expects: str
    location: str = ""
    again: bool = False
    counted: list[Counted] = field(default_factory=list)


def next_step(*, task: Task) -> CountStep:
    """The step the task is at, for any device. It never carries what the books say."""
    place = _place_of(task)
    if task.state not in {TaskState.OPEN, TaskState.TAKEN} or place.seen_movement is not None:
        return CountStep("nothing", place.location.code)
    started = task.at_location_id == place.location_id
    lines = place.lines.select_related("lot__item__product").order_by("pk") if started else []
    said = [
        Counted(line.lot_id, line.lot.code, label_of(line.lot), line.counted, line.counted_grams)
        for line in lines
    ]
    expects = "goods" if started else "location"
    return CountStep(expects, place.location.code, place.recounts > 0, said)


def _place_of(task: Task) -> CountPlace:
    return CountPlace.objects.select_related("location").get(tasks=task)


def label_of(lot: Lot) -> str:
    return f"{lot.item.product.name}, {lot.item.name}"


def scan(
    *,
    task: int,
    key: UUID,
    code: str,
    units: int | None,
    grams: int | None,
    by: User,
    at: datetime,
) -> dict[str, Any]:
    """One scan: the place, a lot with its units (and grams of goods sold by weight; 0 units correct a mistake),
    or OK when that is all there is. `#` and a lot's id choose among lots of one number (SeveralLots).

    The result is location, counted, moved (with the lots to count again), again (the whole place differs too
    much) or done. Raises WrongScan (logged), WrongCount."""
    answer: dict[str, Any] = scans.run(
        task=task,
        key=key,
        body={"code": code, "units": units, "grams": grams},
        by=by,
        at=at,
        effect=lambda: _effect(task, code.strip(), units, grams, by, at),
    )
    return answer


def _effect(task, code, units, grams, by, at):
    count = locks.count(Task.objects.values_list("count_place__count_id", flat=True).get(pk=task))
    row = tasks.mine(task=task, by=by, at=at)
    place = _place_of(row)
    if row.at_location_id != place.location_id:
        answer = _begin(row, place, code)
    elif code.upper() == ALL:
        answer = _confirm(row, place, by, at)
        counts.refresh(count=count)
    else:
        answer = _count(place, code, units, grams)
    row.refresh_from_db()
    return {**answer, "next": asdict(next_step(task=row))}


def _begin(task, place, code):
    if code.upper() != place.location.code.upper():
        known = Location.objects.filter(centre_id=task.centre_id, code__iexact=code).exists()
        refusal = WrongLocation if known else UnknownCode
        sentence = _("To nie to miejsce. Idź do %(code)s.") % {"code": place.location.code}
        raise refusal(sentence, expects="location", wanted=place.location.code)
    locks.balances(_pairs(place.location_id))
    CountPlace.objects.filter(pk=place.pk).update(started_movement=last_movement())
    Task.objects.filter(pk=task.pk).update(at_location=place.location_id)
    return {"result": "location"}


def _count(place, code, units, grams):
    lot, label = _find(place.location, code)
    units = label.count if units is None else units
    if units is None or not 0 <= units <= MOST_UNITS:
        raise WrongCount(_("Podaj, ile sztuk tej partii tu leży: od 0 do 100 000."), field="units")
    weighed = lot.item.offers.filter(sold_by=SoldBy.WEIGHT).exists()
    grams = label.grams if grams is None else grams
    if weighed and not (grams == 0 if units == 0 and grams is not None else units == 0 or _is_weight(grams)):
        raise WrongCount(_("Zważ i podaj gramy."), field="grams")
    CountLine.objects.update_or_create(
        place=place,
        lot=lot,
        defaults={"counted": units, "counted_grams": (grams or 0) if weighed else None, "booked": 0},
    )
    return {"result": "counted", "lot": lot.code, "units": units}


def _is_weight(grams):
    return grams is not None and 1 <= grams <= MOST_GRAMS


def _find(location, code):
    """The lot the code means, among those this centre ever had; the one booked here when numbers repeat."""
    ours = Lot.objects.filter(balances__centre=location.centre_id).distinct().select_related("item__product")
    if CHOSEN.match(code):
        found, label = list(ours.filter(pk=int(code[1:]))), gs1.Label()
    else:
        found, label = scans.lots_named(code=code, among=ours)
    if not found:
        raise UnknownLot(
            _("Tej partii nie było w tym centrum. Odłóż ją na kwarantannę i powiedz kierownikowi."),
            expects="goods",
            wanted="",
        )
    here = set(Balance.objects.filter(location=location, units__gt=0).values_list("lot_id", flat=True))
    best = [lot for lot in found if lot.pk in here] or found
    if len(best) > 1:
        raise SeveralLots(
            _("Ten numer ma kilka partii. Zeskanuj kod GS1 z opakowania albo wybierz z listy."),
            expects="goods",
            wanted="",
            lots=[(lot.pk, f"{label_of(lot)}, {lot.usable_until:%d.%m.%Y}") for lot in best],
        )
    return best[0], label


def _confirm(task, place, by, at):
    """That is all: what the books say at this moment, of every lot booked or found here, is written beside it."""
    said = list(place.lines.all())
    lots = Lot.objects.in_bulk({line.lot_id for line in said} | {lot for lot, _ in _pairs(place.location_id)})
    locks.lots_shared(lots)
    make_balances(
        pairs=sorted((lot, place.location_id) for lot in lots),
        lots=lots,
        places={place.location_id: place.location},
        weighed=[(line.lot_id, place.location_id) for line in said if line.counted_grams is not None],
    )
    locks.balances((lot, place.location_id) for lot in lots)
    if {lot for lot, _ in _pairs(place.location_id)} - set(lots):
        raise Busy
    seen = last_movement()
    if moved := _moved(place, seen):
        return _count_again(place, moved, seen)
    _write_lines(place, said, booked_at(location=place.location_id, lots=list(lots), position=seen))
    CountPlace.objects.filter(pk=place.pk).update(seen_movement=seen, counted_by=by, counted_at=at)
    end_task(task=task, new=TaskState.DONE, by=by, at=at)
    if place.recounts == 0 and (far := _far_off(place)):
        counts.count_once_more(place=place, reason=", ".join(far), by=by, at=at)
        return {"result": "again"}
    return {"result": "done"}


def _pairs(location):
    """(lot, location) of what is booked at the place."""
    rows = Balance.objects.filter(location=location, units__gt=0)
    return list(rows.values_list("lot_id", "location_id"))


def _moved(place, seen):
    """Lots that came or went while the place was counted."""
    rows = fetch_all(
        "SELECT DISTINCT lot_id FROM distribution_movement WHERE id > %s AND id <= %s AND units > 0 "
        "AND (from_location_id = %s OR to_location_id = %s)",
        [place.started_movement, seen, place.location_id, place.location_id],
    )
    return [lot for (lot,) in rows]


def _count_again(place, moved, seen):
    CountLine.objects.filter(place=place, lot__in=moved).delete()
    CountPlace.objects.filter(pk=place.pk).update(started_movement=seen)
    codes = Lot.objects.filter(pk__in=moved).order_by("pk").values_list("code", flat=True)
    return {"result": "moved", "lots": list(codes)}


def booked_at(*, location: int, lots: Sequence[int], position: int) -> dict[int, tuple[int, int]]:
    """Units and grams of each lot at the location by the ledger's movements up to the position."""
    rows = fetch_all(
        """
        SELECT lot_id, sum(CASE WHEN to_location_id = %(here)s THEN units ELSE -units END)::int,
               sum(CASE WHEN to_location_id = %(here)s THEN coalesce(grams, 0) ELSE -coalesce(grams, 0) END)::int
        FROM distribution_movement
        WHERE lot_id = ANY(%(lots)s) AND id <= %(position)s
          AND (from_location_id = %(here)s OR to_location_id = %(here)s)
        GROUP BY lot_id
        """,
        {"here": location, "lots": list(lots), "position": position},
    )
    return {lot: (units, grams) for lot, units, grams in rows}


def _write_lines(place, said, booked):
    """Books beside what was said; what is booked and was not found is counted as nothing."""
    execute(
        "UPDATE distribution_countline l SET booked = n.units, booked_grams = "
        "CASE WHEN l.counted_grams IS NULL THEN NULL ELSE n.grams END "
        "FROM unnest(%s::bigint[], %s::int[], %s::int[]) AS n(id, units, grams) WHERE l.id = n.id",
        [
            [line.pk for line in said],
            [booked.get(line.lot_id, (0, 0))[0] for line in said],
            [booked.get(line.lot_id, (0, 0))[1] for line in said],
        ],
    )
    known = {line.lot_id for line in said}
    missing = [(lot, *sums) for lot, sums in sorted(booked.items()) if lot not in known and sums[0]]
    insert_all(
        "distribution_countline",
        {
            "place_id": ("bigint", [place.pk] * len(missing)),
            "lot_id": ("bigint", [lot for lot, _, _ in missing]),
            "counted": ("int", [0] * len(missing)),
            "counted_grams": ("int", [0 if grams else None for _, _, grams in missing]),
            "booked": ("int", [units for _, units, _ in missing]),
            "booked_grams": ("int", [grams or None for _, _, grams in missing]),
        },
    )


def _far_off(place):
    """Numbers of the lots whose difference is beyond the tolerance."""
    return [
        line.lot.code
        for line in place.lines.select_related("lot").order_by("pk")
        if abs(line.difference) > settings.COUNT_TOLERANCE_UNITS
        or abs((line.counted_grams or 0) - (line.booked_grams or 0)) > settings.COUNT_TOLERANCE_GRAMS
    ]
