"""Putting goods from the ramp on a shelf: scan the goods, carry them, scan the place. Another place of the same
temperature will do as well; another temperature will not. Pieces that are set aside for orders stay on the ramp."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from distribution import locks
from distribution.models import Balance, Location, Lot, Movement, Task
from distribution.operations import ramp, scans, tasks
from distribution.operations.counted import quarantine
from distribution.operations.fulfilments import end_task
from distribution.operations.ledger import shift
from distribution.operations.moves import Move
from distribution.operations.steps import UnknownCode, WrongCount, WrongGoods, WrongLocation
from distribution.policies import put_away
from distribution.queries import put_away as places
from distribution.states import LotState, TaskState
from marketplace.accounts.models import User

WHY = {
    put_away.SAME_LOT: gettext_lazy("leży tam ta sama partia"),
    put_away.NEAR: gettext_lazy("wolne, obok tego samego towaru"),
    put_away.EMPTY: gettext_lazy("wolne miejsce"),
    put_away.SHARED: gettext_lazy("nic nie jest wolne, tam leży najmniej"),
    "QUARANTINE": gettext_lazy("partia jest wstrzymana"),
}


@dataclass(frozen=True)
class PutStep:
    """What to do next; `expects` is goods, location or nothing. `to` is the place proposed, and `why`."""

    expects: str
    location: str = ""
    label: str = ""
    lot: str = ""
    units: int = 0
    to: str = ""
    why: str = ""
    temperature: str = ""


def next_step(*, task: Task) -> PutStep:
    """The step the task is at, for any device."""
    balance = _balance(task)
    free = balance.units - balance.allocated
    if task.state not in {TaskState.OPEN, TaskState.TAKEN} or free <= 0:
        return PutStep("nothing")
    to, why = _proposed(balance)
    return PutStep(
        "location" if task.at_lot_id == balance.lot_id else "goods",
        balance.location.code,
        f"{balance.item.product.name}, {balance.item.name}",
        balance.lot.code,
        free,
        to,
        str(WHY[why]) if why else "",
        balance.item.product.get_temperature_display(),
    )


def _balance(task):
    rows = Balance.objects.select_related("lot__item", "location", "item__product")
    return rows.get(pk=task.balance_id)


def _proposed(balance):
    if balance.lot.state != LotState.RELEASED:
        return quarantine(balance.centre_id).code, "QUARANTINE"
    found = put_away.propose(places.rooms(balance))
    return (found[0].code, found[1]) if found else ("", "")


def scan(
    *, task: int, key: UUID, code: str, units: int | None, grams: int | None, by: User, at: datetime
) -> dict[str, Any]:
    """One scan: the goods, then the place with the units put there (all that are free by default). The result is
    goods, put or done. Raises WrongScan (logged) and WrongCount, and leaves everything as it was."""
    answer: dict[str, Any] = scans.run(
        task=task,
        key=key,
        body={"code": code, "units": units, "grams": grams},
        by=by,
        at=at,
        effect=lambda: _effect(task, code.strip(), units, by, at),
    )
    return answer


def _effect(task, code, units, by, at):
    row = tasks.mine(task=task, by=by, at=at)
    locks.supply_of_items(
        centre=row.centre_id, items=[_balance(row).item_id]
    )  # nobody sets pieces aside meanwhile
    step = next_step(task=row)
    if step.expects == "nothing":
        _finish(row, by, at, reason=_("nic już nie zostało"))
        result = "done"
    elif step.expects == "goods":
        result = _take(row, step, code)
    else:
        result = _put(row, step, code, units, by, at)
    row.refresh_from_db()
    return {"result": result, "next": asdict(next_step(task=row))}


def _take(task, step, code):
    balance = _balance(task)
    found, _label = scans.lots_named(code=code, among=Lot.objects.filter(pk=balance.lot_id))
    if not found:
        sentence = _("To nie ta partia. Weź partię %(lot)s: %(label)s.")
        raise WrongGoods(sentence % {"lot": step.lot, "label": step.label}, expects="goods", wanted=step.lot)
    Task.objects.filter(pk=task.pk).update(at_lot=balance.lot_id)
    return "goods"


def _put(task, step, code, units, by, at):
    balance = _balance(task)
    place = _place(balance, step, code)
    units = step.units if units is None else units
    if not 1 <= units <= step.units:
        raise WrongCount(_("Podaj od 1 do %(units)s sztuk.") % {"units": step.units}, field="units")
    shift(
        centre=task.centre_id,
        moves=[
            Move(
                balance.lot_id,
                balance.location_id,
                place.pk,
                units,
                Movement.Reason.PUT_BACK if task.kind == Task.Kind.PUT_BACK else Movement.Reason.PUT_AWAY,
                None if balance.grams is None else balance.grams * units // balance.units,
            )
        ],
        by=by,
        at=at,
    )
    if units < step.units:
        return "put"
    _finish(task, by, at)
    return "done"


def _finish(task, by, at, reason=""):
    """Pieces set aside for orders are left there; should they be free again, a new task is at hand."""
    end_task(task=task, new=TaskState.DONE, by=by, at=at, reason=reason)
    lot, place = Balance.objects.values_list("lot_id", "location_id").get(pk=task.balance_id)
    ramp.follow(came={(lot, place)}, left=set(), back=task.kind == Task.Kind.PUT_BACK, at=at)


def _place(balance, step, code):
    """The scanned place when these goods may lie there."""
    place = (
        Location.objects.filter(centre_id=balance.centre_id, code__iexact=code).select_related("zone").first()
    )
    if place is None:
        raise UnknownCode(_("Nie znam takiego miejsca."), expects="location", wanted=step.to)
    if balance.lot.state != LotState.RELEASED:
        if place.kind != Location.Kind.QUARANTINE:
            sentence = _("Ta partia jest wstrzymana. Odłóż ją na %(place)s.") % {"place": step.to}
            raise WrongLocation(sentence, expects="location", wanted=step.to)
    elif place.kind != Location.Kind.SLOT:
        sentence = _("To nie jest miejsce na półce. Odłóż na przykład na %(place)s.") % {"place": step.to}
        raise WrongLocation(sentence, expects="location", wanted=step.to)
    elif place.zone and place.zone.temperature != balance.item.product.temperature:
        sentence = _(
            "Zła temperatura: tu jest %(here)s, a ten towar jest: %(wanted)s. Odłóż na %(place)s."
        ) % {
            "here": place.zone.get_temperature_display(),
            "wanted": step.temperature,
            "place": step.to,
        }
        raise WrongLocation(sentence, expects="location", wanted=step.to)
    return place
