"""Picking by scan, in strict steps: a crate, then for each stop its location, the goods, the count; packing has one
step, the staging place. A wrong scan is refused and logged and changes nothing; the same key twice gives the same
answer."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from distribution import locks
from distribution.models import (
    Allocation,
    Balance,
    HandlingUnit,
    Location,
    Movement,
    Scan,
    Task,
)
from distribution.operations import fulfilments, labels, packing, tasks
from distribution.operations.ledger import shift
from distribution.operations.moves import Move
from distribution.operations.steps import (
    Step,
    UnknownCode,
    WrongCount,
    WrongCrate,
    WrongGoods,
    WrongLocation,
    WrongScan,
    find_crate,
)
from distribution.policies import gs1
from distribution.states import AllocationState
from marketplace.accounts.models import User
from marketplace.kernel import commands
from marketplace.kernel.database import execute, retried
from marketplace.kernel.errors import DomainError
from marketplace.kernel.references import gtin
from marketplace.kernel.units import SoldBy

TWICE = timedelta(seconds=1)  # a label read twice by one pull of the trigger comes within this


class AnotherOne(DomainError):
    """The same label came again at once. Sent with `again` it counts."""

    code = "another_one"

    def __init__(self, label: str) -> None:
        super().__init__(_("Ten sam kod drugi raz w ciągu sekundy. Jeszcze jedna sztuka: %s?") % label)


def next_step(*, task: Task) -> Step:
    """The step the task is at, read from what has been done, so any device can go on."""
    if task.kind in {Task.Kind.PACK, Task.Kind.STAGE}:
        return Step("stage", label=_("Sprawdź skrzynki i zeskanuj pole wydań"), left=1)
    stops = stops_of(task)
    left = len(stops)
    if not left:
        return Step("nothing")
    if task.crate_id is None:
        return Step("crate", label=_("Zeskanuj pustą skrzynkę"), left=left)
    stop = stops[0]
    step = Step(
        "location",
        code=stop.location.code,
        location=stop.location.code,
        label=stop.fulfilment_line.label,
        lot=stop.lot.code,
        units=stop.units - stop.picked,
        grams=stop.fulfilment_line.sold_by == SoldBy.WEIGHT,
        max_grams=_max_grams(stop.fulfilment_line, stop.units - stop.picked),
        allocation=stop.pk,
        left=left,
    )
    if task.at_location_id == stop.location_id:
        return Step(**{**asdict(step), "expects": "goods", "code": stop.lot.code})
    return step


def scan(
    *,
    task: int,
    key: UUID,
    code: str,
    units: int | None,
    grams: int | None,
    by: User,
    at: datetime,
    again: bool = False,
) -> dict:
    """One scan of a task: `{"result", "next": Step}`. Units default to all that the stop needs;
    goods sold by weight need grams. A pick that leaves its place empty by the books also answers with
    `"emptied"`, the place's code. Raises WrongScan (logged) and leaves everything as it was; AnotherOne when the
    same pieces were picked within the last second, unless they come `again`."""
    try:
        return _scan(task=task, key=key, code=code, units=units, grams=grams, again=again, by=by, at=at)
    except WrongScan as refusal:
        row = Task.objects.get(pk=task)
        Scan.objects.create(centre_id=row.centre_id, task=row, text=code[:120], refused=refusal.code, by=by)
        raise


@retried
@transaction.atomic
def _scan(*, task, key, code, units, grams, again, by, at):
    body = {"task": task, "code": code, "units": units, "grams": grams}
    return commands.once(
        scope="scan",
        key=key,
        body=body,
        effect=lambda: _effect(task, code.strip(), units, grams, again, by, at),
    )


def _effect(task, code, units, grams, again, by, at):
    leaves_by = packing.first_trip(task)
    fulfilment = locks.fulfilment(Task.objects.values_list("fulfilment_id", flat=True).get(pk=task))
    row = tasks.mine(task=task, by=by, at=at)
    step = next_step(task=row)
    if step.expects == "stage":
        packing.stage(task=row, fulfilment=fulfilment, leaves_by=leaves_by, code=code, by=by, at=at)
        return {"result": "packed", "next": asdict(Step("nothing"))}
    if step.expects == "crate":
        result = _use_crate(row, code)
    elif step.expects == "location":
        result = _confirm_location(row, step, code)
    elif step.expects == "goods":
        emptied = _pick(row, step, code, units, grams, again, by, at)
        more = {"emptied": step.location} if emptied else {}
        return {"result": "picked", "next": asdict(next_step(task=row)), **more}
    else:
        raise WrongScan(_("W tym zadaniu nie ma już nic do zebrania."), expects="nothing", wanted="")
    return {"result": result, "next": asdict(next_step(task=row))}


def _use_crate(task, code):
    crate = find_crate(code=code, among=HandlingUnit.objects.standing_at(task.centre_id))
    if crate is None:
        raise UnknownCode(_("Nie znam takiej skrzynki."), expects="crate", wanted="")
    if crate.fulfilment_id not in {None, task.fulfilment_id}:
        raise WrongCrate(_("Ta skrzynka ma już inne zamówienie."), expects="crate", wanted="")
    HandlingUnit.objects.filter(pk=crate.pk).update(fulfilment_id=task.fulfilment_id)
    task.crate = crate
    task.save(update_fields=["crate"])
    return "crate"


def _confirm_location(task, step, code):
    if code.upper() != step.code.upper():
        known = Location.objects.filter(centre_id=task.centre_id, code__iexact=code).exists()
        refusal = WrongLocation if known else UnknownCode
        raise refusal(
            _("To nie to miejsce. Idź do %(code)s.") % {"code": step.code},
            expects="location",
            wanted=step.code,
        )
    task.at_location = Location.objects.get(centre_id=task.centre_id, code=step.code)
    task.save(update_fields=["at_location"])
    return "location"


def _pick(task, step, code, units, grams, again, by, at):
    """Moves the pieces into the crate. True when none of the lot is left at the place."""
    stop = stops_of(task)[0]
    said = _read_goods(stop, code)
    units = step.units if units is None else units
    if not 1 <= units <= step.units:
        raise WrongCount(_("Podaj od 1 do %(units)s sztuk.") % {"units": step.units}, field="units")
    grams = said if grams is None else grams
    if step.grams:
        _check_weight(stop, units, grams)
    elif not again and _just_picked(task, stop, units, at):
        raise AnotherOne(stop.fulfilment_line.label)
    shift(
        centre=task.centre_id,
        moves=[
            Move(
                stop.lot_id,
                stop.location_id,
                task.crate.inside_id,
                units,
                Movement.Reason.PICK,
                grams if step.grams else None,
                allocated=units,
                reference=task.fulfilment.reference,
            )
        ],
        by=by,
        at=at,
    )
    _count(stop, units, grams if step.grams else None)
    fulfilments.refresh(ids=[task.fulfilment_id], by=by, at=at)
    return not Balance.objects.filter(location=stop.location_id, lot=stop.lot_id, units__gt=0).exists()


def _just_picked(task, stop, units, at):
    """Whether as many pieces of the lot went into this crate within the last second."""
    latest = Movement.objects.filter(
        lot=stop.lot_id, to_location=task.crate.inside_id, reason=Movement.Reason.PICK, units=units
    )
    return latest.filter(happened_at__gt=at - TWICE, happened_at__lte=at).exists()


def _read_goods(stop, code):
    """Checks that the scanned goods are the stop's lot; returns the grams the label carries, if any."""
    wrong = WrongGoods(
        _("To nie ta partia. Weź partię %(lot)s: %(label)s.")
        % {"lot": stop.lot.code, "label": stop.fulfilment_line.label},
        expects="goods",
        wanted=stop.lot.code,
    )
    if code.upper() == stop.lot.code.upper():
        return None
    number = gs1.number_of(stop.lot.item.gtin, stop.lot.item_id)
    if gtin(code) and gtin(code) == number:
        return None
    try:
        label = gs1.parse(code)
    except gs1.Malformed as error:
        raise UnknownCode(labels.said(error), expects="goods", wanted=stop.lot.code) from error
    if label is None or (label.gtin is None and label.lot is None):
        raise UnknownCode(_("Nie znam takiego kodu."), expects="goods", wanted=stop.lot.code)
    if label.gtin and label.gtin != number:
        raise wrong
    if label.lot and label.lot.upper() != stop.lot.code.upper():
        raise wrong
    return label.grams


def _check_weight(stop, units, grams):
    most = _max_grams(stop.fulfilment_line, units)
    if grams is None or grams <= 0:
        raise WrongCount(_("Zważ i podaj gramy."), field="grams")
    if grams > most:
        raise WrongCount(
            _("To więcej niż %(most)s g, na które zgodził się kupujący. Weź mniejszą sztukę.")
            % {"most": most},
            field="grams",
            max_grams=most,
        )


def _max_grams(line, units):
    return (line.max_grams or 0) * units // line.pieces


def _count(stop, units, grams):
    picked = stop.picked + units
    state = AllocationState.PICKED if picked == stop.units else AllocationState.ACTIVE
    Allocation.objects.filter(pk=stop.pk).update(picked=picked, state=state)
    execute(
        "UPDATE distribution_fulfilmentline SET picked = picked + %s, "
        "picked_grams = CASE WHEN %s::int IS NULL THEN picked_grams ELSE coalesce(picked_grams, 0) + %s::int END "
        "WHERE id = %s",
        [units, grams, grams, stop.fulfilment_line_id],
    )


def stops_of(task: Task) -> Sequence[Allocation]:
    """What is still to be picked for the task, in the order of the walk."""
    return list(
        Allocation.objects.filter(task=task, state=AllocationState.ACTIVE)
        .select_related("location", "lot__item", "fulfilment_line")
        .order_by("skips", "location__walk_order", "location_id", "pk")
    )
