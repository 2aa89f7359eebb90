"""A lorry at the other end: crates out by scan, on to their next trip or to the buyers' stage; what did not come
is written down as a difference and stays in transit until it is found or given up."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from distribution import locks
from distribution.models import (
    Balance,
    Discrepancy,
    Document,
    Fulfilment,
    HandlingUnit,
    Load,
    Location,
    Movement,
    RouteTrip,
    Shortage,
    Task,
)
from distribution.operations import corrections, counted, fulfilments, loading, scans, tasks
from distribution.operations.ledger import extend, post, virtual
from distribution.operations.moves import Move
from distribution.operations.papers import Paper, open_paper
from distribution.operations.steps import Step, UnknownCode, WrongCrate, find_crate
from distribution.states import FulfilmentState, LoadState, LotState, TaskState, TripState
from marketplace.accounts.models import User
from marketplace.kernel.clock import WARSAW
from marketplace.kernel.database import retried
from marketplace.kernel.errors import DomainError, NotFound


class NotArrived(WrongCrate):
    code = "not_arrived"


class ArrivalConfirmed(DomainError):
    code = "arrival_confirmed"

    def __init__(self) -> None:
        super().__init__(_("Ten przyjazd ktoś już zatwierdził."))


class NothingMissing(DomainError):
    code = "nothing_missing"

    def __init__(self) -> None:
        super().__init__(_("Ta skrzynka nie jest zaginiona."))


@retried
@transaction.atomic
def arrive(*, trip: int, by: User | None, at: datetime) -> Document:
    """The lorry stands at the ramp: opens the MM that its crates will fill. Raises WrongState, also when somebody
    else said so first."""
    row = locks.trip(trip)
    loading.move_trip(trip=row, new=TripState.ARRIVED, by=by, at=at, arrived_at=at)
    return open_paper(centre=row.to_centre_id, by=by, at=at, paper=Paper(kind=Document.Kind.MM, trip=row.pk))


def next_step(*, task: Task) -> Step:
    aboard = (
        Load.objects.filter(trip=task.trip_id, state=LoadState.LOADED).select_related("unit").order_by("pk")
    )
    left = len(aboard)
    if task.trip and task.trip.state == TripState.DEPARTED:
        return Step("arrival", label=_("Potwierdź, że kurs przyjechał."), left=left)
    if not left:
        return Step("done", label=_("Wszystkie skrzynki są rozładowane."))
    return Step("crate", label=_("Zeskanuj skrzynkę."), left=left)


def scan(*, task: int, key: UUID, code: str, by: User, at: datetime, **_counted: object) -> dict[str, Any]:
    """One crate out of the lorry: `{"result", "goes", "next"}`; `goes` says where it is to stand."""
    return scans.by_code(task=task, key=key, code=code, by=by, at=at, effect=_scan)


def _scan(task, code, by, at):
    trip = locks.trip(Task.objects.values_list("trip_id", flat=True).get(pk=task))
    onward = _onward(code, trip)
    unit = find_crate(code=code)
    parts = locks.fulfilments([unit.fulfilment_id]) if unit and unit.fulfilment_id else []
    row = tasks.mine(task=task, by=by, at=at)
    if trip.state != TripState.ARRIVED:
        raise NotArrived(_("Najpierw potwierdź, że kurs przyjechał."), expects="arrival", wanted="")
    load = _load_of(unit, trip)
    _take_out(load, unit, trip, by, at)
    goes = _send_on(parts[0], onward, by, at) if parts else str(_("puste skrzynie"))
    return {"result": "unloaded", "goes": goes, "next": next_step(task=row).__dict__}


def _onward(code, trip):
    """The next trip of the crate's way, locked before its order's part is; None when this is where it ends."""
    unit = HandlingUnit.objects.filter(loads__trip=trip, sscc__endswith=code[-18:]).first()
    if unit is None or unit.fulfilment_id is None:
        return None
    stages = RouteTrip.objects.filter(route__fulfilments=unit.fulfilment_id)
    here = stages.filter(trip=trip).values_list("position", flat=True).first()
    following = stages.filter(position=here + 1).first() if here is not None else None
    return locks.trip(following.trip_id) if following else None


def _load_of(unit, trip):
    if unit is None:
        raise UnknownCode(_("Nie znam takiej skrzynki."), expects="crate", wanted="")
    load = Load.objects.select_for_update(no_key=True).filter(unit=unit, trip=trip).first()
    if load is None or load.state in {LoadState.LEFT, LoadState.EXPECTED}:
        raise WrongCrate(
            _("Tej skrzynki nie było na tym kursie. Odstaw ją i powiedz kierownikowi."),
            expects="crate",
            wanted="",
        )
    if load.state == LoadState.UNLOADED:
        raise WrongCrate(_("Ta skrzynka jest już rozładowana."), expects="crate", wanted="")
    return load


def _take_out(load, unit, trip, by, at):
    """Its contents leave transit; goods of a lot that is held back go to quarantine instead."""
    place, _made = Location.objects.get_or_create(
        centre_id=trip.to_centre_id, code=unit.sscc, defaults={"kind": Location.Kind.CRATE}
    )
    held = Location.objects.filter(centre_id=trip.to_centre_id, kind=Location.Kind.QUARANTINE)[:1].get()
    document = Document.objects.get(trip=trip, centre=trip.to_centre_id, kind=Document.Kind.MM)
    inside = list(
        Balance.objects.filter(location=unit.inside_id, units__gt=0).select_related("lot").order_by("lot_id")
    )
    start = document.lines.count()
    moves = [
        Move(
            b.lot_id,
            b.location_id,
            place.pk if b.lot.state == LotState.RELEASED else held.pk,
            b.units,
            Movement.Reason.ARRIVAL,
            b.grams,
            line=start + n,
        )
        for n, b in enumerate(inside, start=1)
    ]
    if moves:
        paper = Paper(kind=Document.Kind.MM, crates={start + n: unit.sscc for n in range(1, len(moves) + 1)})
        extend(document=document, moves=moves, by=by, at=at, paper=paper)
    dock = counted.dock(trip.to_centre_id)
    HandlingUnit.objects.filter(pk=unit.pk).update(inside=place, centre=trip.to_centre_id, stands_at=dock)
    Load.objects.filter(pk=load.pk).update(state=LoadState.UNLOADED, unloaded_at=at, unloaded_by=by)
    for b in inside:
        if b.lot.state != LotState.RELEASED and unit.fulfilment_id:
            corrections.shorten(
                fulfilment=Fulfilment.objects.get(pk=unit.fulfilment_id), item=b.item_id, units=b.units,
                reason=Shortage.Reason.LOST_SUPPLY, by=by, at=at,
            )  # fmt: skip


def _send_on(part, onward, by, at):
    """Where the crate goes: to the ramp of its next trip, or to the stage once the whole part is there."""
    part.refresh_from_db()
    if Load.objects.filter(unit__fulfilment=part, state=LoadState.LOADED).exists():
        return _goes(onward)
    if Load.objects.filter(unit__fulfilment=part, state=LoadState.MISSING).exists():
        return _goes(onward)  # it waits for what is missing
    if onward is not None and onward.state in loading.LOADS:
        fulfilments.move(fulfilment=part, new=FulfilmentState.TO_LOAD, by=by, at=at)
        loading.expect(fulfilment=part, trip=onward.pk)
    elif onward is not None:
        fulfilments.move(
            fulfilment=part, new=FulfilmentState.TO_LOAD, by=by, at=at
        )  # its trip has gone: planned anew
    else:
        settle_arrived(part=part, by=by, at=at)
    return _goes(onward)


def _goes(onward):
    if onward is None:
        return str(_("pole wydań"))
    hour = onward.departs_at.astimezone(WARSAW)
    return _("rampa: kurs do %(centre)s o %(hour)s") % {
        "centre": onward.to_centre.name,
        "hour": f"{hour:%H.%M}",
    }


def settle_arrived(*, part: Fulfilment, by: User | None, at: datetime) -> None:
    """A part whose crates have all come is to be staged; one of which nothing is left is over. The caller holds
    the part."""
    if not part.lines.filter(picked__gt=0).exists():
        fulfilments.move(fulfilment=part, new=FulfilmentState.EMPTY, by=by, at=at)
        fulfilments.announce_ready(fulfilment=part, at=at)
        HandlingUnit.objects.filter(fulfilment=part).update(fulfilment=None)
        return
    fulfilments.move(fulfilment=part, new=FulfilmentState.ARRIVED, by=by, at=at)
    Task.objects.create(
        kind=Task.Kind.STAGE, centre_id=part.destination_id, fulfilment=part, due_at=part.round.due_at
    )


@retried
@transaction.atomic
def confirm(*, trip: int, by: User, at: datetime, reason: str = "") -> list[Discrepancy]:
    """Ends the unloading. Crates that did not come become differences, one row a lot; their goods stay in transit.
    Two people confirm: the second hears ArrivalConfirmed. Raises ReasonMissing while crates are missing."""
    row = locks.trip(trip)
    if row.state == TripState.CLOSED:
        raise ArrivalConfirmed
    missing = list(
        Load.objects.filter(trip=row, state=LoadState.LOADED).select_related("unit").order_by("pk")
    )
    why = corrections.reasoned(reason) if missing else ""
    loading.move_trip(trip=row, new=TripState.CLOSED, by=by, at=at, reason=why)
    Load.objects.filter(pk__in=[load.pk for load in missing]).update(state=LoadState.MISSING)
    made = Discrepancy.objects.bulk_create(
        Discrepancy(
            trip=row,
            unit=load.unit,
            lot_id=b.lot_id,
            expected_units=b.units,
            found_units=0,
            reason=why,
            by=by,
            at=at,
        )
        for load in missing
        for b in Balance.objects.filter(location=load.unit.inside_id, units__gt=0).order_by("lot_id")
    )
    open_tasks = Task.objects.unfinished().filter(kind=Task.Kind.UNLOAD, trip=row)
    for pk in open_tasks.order_by("pk").values_list("pk", flat=True):
        task = locks.task(pk)
        new = TaskState.DONE if task.state == TaskState.TAKEN else TaskState.CANCELLED
        fulfilments.end_task(task=task, new=new, by=by, at=at)
    return made


@retried
@transaction.atomic
def find(*, trip: int, unit: int, by: User, at: datetime) -> str:
    """A missing crate turned up at the trip's end: it is unloaded after all. Returns where it goes; raises
    NothingMissing."""
    row, crate, load, part = _lock_missing(trip, unit)
    onward = _onward(crate.sscc, row)
    _take_out(load, crate, row, by, at)
    _settle(row, crate, None, by, at)
    return _send_on(part, onward, by, at)


@retried
@transaction.atomic
def give_up(*, trip: int, unit: int, reason: str, by: User, at: datetime) -> Document:
    """A missing crate is lost: an RW takes its goods out of transit, its lines become short and their buyers are
    told. Raises NothingMissing, ReasonMissing."""
    why = corrections.reasoned(reason)
    row, crate, load, part = _lock_missing(trip, unit)
    inside = list(Balance.objects.filter(location=crate.inside_id, units__gt=0).order_by("lot_id"))
    waste = virtual(centre=row.from_centre_id, kind=Location.Kind.WASTE)
    document = post(
        centre=row.from_centre_id,
        moves=[
            Move(b.lot_id, b.location_id, waste, b.units, Movement.Reason.WRITE_OFF, b.grams, line=n)
            for n, b in enumerate(inside, start=1)
        ],
        by=by,
        at=at,
        paper=Paper(kind=Document.Kind.RW, trip=row.pk, reason=why),
    )
    Load.objects.filter(pk=load.pk).update(state=LoadState.UNLOADED, unloaded_at=at, unloaded_by=by)
    _settle(row, crate, document, by, at)
    lost: dict[int, int] = defaultdict(int)
    for b in inside:
        lost[b.item_id] += b.units
    for item, units in sorted(lost.items()):
        corrections.shorten(
            fulfilment=part, item=item, units=units, reason=Shortage.Reason.LOST_IN_TRANSIT, by=by, at=at
        )
    HandlingUnit.objects.filter(pk=crate.pk).update(fulfilment=None)
    if not _still_travels(part):
        settle_arrived(part=part, by=by, at=at)
    return document


def _lock_missing(trip, unit):
    row = locks.trip(trip)
    crate = HandlingUnit.objects.filter(pk=unit).first()
    if crate is None:
        raise NotFound
    parts: Sequence[Fulfilment] = locks.fulfilments([crate.fulfilment_id]) if crate.fulfilment_id else []
    load = (
        Load.objects.select_for_update(no_key=True)
        .filter(trip=row, unit=crate, state=LoadState.MISSING)
        .first()
    )
    if load is None or not parts:
        raise NothingMissing
    return row, crate, load, parts[0]


def _still_travels(part):
    return Load.objects.filter(
        unit__fulfilment=part, state__in=[LoadState.LOADED, LoadState.MISSING, LoadState.EXPECTED]
    ).exists()


def _settle(trip, crate, document, by, at):
    Discrepancy.objects.filter(trip=trip, unit=crate, settled_at=None).update(
        settled_at=at, settled_by=by, document=document
    )
