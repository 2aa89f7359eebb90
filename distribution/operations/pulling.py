"""Pulling recalled goods: scan where they are, scan the lot, say how many; they go to quarantine. A packed order that
loses them is made shorter at once."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from distribution.models import Balance, HandlingUnit, Location, Movement, Shortage, Task
from distribution.operations import corrections, counts, scans, tasks
from distribution.operations.counted import quarantine
from distribution.operations.fulfilments import end_task
from distribution.operations.ledger import shift
from distribution.operations.moves import Move
from distribution.operations.steps import (
    UnknownCode,
    WrongCount,
    WrongGoods,
    WrongLocation,
    crate_number,
)
from distribution.states import TaskState
from marketplace.accounts.models import User
from marketplace.kernel.errors import DomainError

NOTHING = "BRAK"  # the command code: there is none of it here


class NotHere(DomainError):
    """Only a place that can be counted may be said to be empty."""

    code = "look_again"

    def __init__(self) -> None:
        super().__init__(_("Tej skrzynki nie można policzyć. Znajdź ją albo powiedz kierownikowi."))


@dataclass(frozen=True)
class PullStep:
    """What to do next; `expects` is location, crate, goods or nothing."""

    expects: str
    location: str = ""
    stands_at: str = ""
    label: str = ""
    lot: str = ""
    units: int = 0
    to: str = ""


def next_step(*, task: Task) -> PullStep:
    """The step the task is at, for any device."""
    balance = _balance(task)
    if task.state not in {TaskState.OPEN, TaskState.TAKEN} or not balance.units:
        return PullStep("nothing")
    crate = HandlingUnit.objects.filter(inside=balance.location).select_related("stands_at").first()
    expects = "goods" if task.at_location_id == balance.location_id else "crate" if crate else "location"
    return PullStep(
        expects,
        crate.sscc if crate else balance.location.code,
        crate.stands_at.code if crate and crate.stands_at else "",
        f"{balance.item.product.name}, {balance.item.name}",
        balance.lot.code,
        balance.units,
        quarantine(balance.centre_id).code,
    )


def _balance(task):
    return Balance.objects.select_related("lot__item", "location", "item__product").get(pk=task.balance_id)


def scan(
    *, task: int, key: UUID, code: str, units: int | None, grams: int | None, by: User, at: datetime
) -> dict[str, Any]:
    """One scan: the place or crate, then the lot with its units (all of it by default), or BRAK when it is not
    there, which has the place counted. The result is location, pulled, counting or done. Raises WrongScan
    (logged), WrongCount, NotHere."""
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
    location = Task.objects.values_list("balance__location_id", flat=True).get(pk=task)
    packed = corrections.packed_for(location)
    row = tasks.mine(task=task, by=by, at=at)
    step = next_step(task=row)
    if step.expects == "nothing":
        end_task(task=row, new=TaskState.DONE, by=by, at=at, reason=_("nic już nie zostało"))
        result = "done"
    elif code.upper() == NOTHING:
        result = _not_here(row, by, at)
    elif step.expects == "goods":
        result = _pull(row, packed, code, units, by, at)
    else:
        result = _arrive(row, step, code)
    row.refresh_from_db()
    return {"result": result, "next": asdict(next_step(task=row))}


def _arrive(task, step, code):
    said = crate_number(code) if step.expects == "crate" else code
    if said.upper() != step.location.upper():
        known = Location.objects.filter(centre_id=task.centre_id, code__iexact=said).exists()
        sentence = _("To nie to miejsce. Idź do %(code)s.") % {"code": step.location}
        raise (WrongLocation if known else UnknownCode)(sentence, expects=step.expects, wanted=step.location)
    Task.objects.filter(pk=task.pk).update(at_location=_balance(task).location_id)
    return "location"


def _pull(task, packed, code, units, by, at):
    balance = _balance(task)
    found, _label = scans.lots_named(code=code, among=type(balance.lot).objects.filter(pk=balance.lot_id))
    if not found:
        sentence = _("To nie ta partia. Szukaj partii %(lot)s.") % {"lot": balance.lot.code}
        raise WrongGoods(sentence, expects="goods", wanted=balance.lot.code)
    units = balance.units if units is None else units
    if not 1 <= units <= balance.units:
        raise WrongCount(_("Podaj od 1 do %(units)s sztuk.") % {"units": balance.units}, field="units")
    shift(
        centre=balance.centre_id,
        moves=[
            Move(
                balance.lot_id,
                balance.location_id,
                quarantine(balance.centre_id).pk,
                units,
                Movement.Reason.MOVE,
                None if balance.grams is None else balance.grams * units // balance.units,
            )
        ],
        by=by,
        at=at,
    )
    if packed:
        corrections.shorten(
            fulfilment=packed,
            item=balance.item_id,
            units=units,
            reason=Shortage.Reason.LOST_SUPPLY,
            by=by,
            at=at,
        )
    if units < balance.units:
        return "pulled"
    end_task(task=task, new=TaskState.DONE, by=by, at=at)
    return "done"


def _not_here(task, by, at):
    """The books are wrong: a count of the place settles what became of it."""
    balance = _balance(task)
    if balance.location.kind not in counts.COUNTABLE:
        raise NotHere
    counts.open_for_short(location=balance.location_id, lot=balance.lot.code, by=by, at=at)
    end_task(task=task, new=TaskState.DONE, by=by, at=at, reason=_("nie ma na miejscu"))
    return "counting"
