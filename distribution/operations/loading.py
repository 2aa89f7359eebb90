"""Loading a lorry: crates onto a trip by scan, deepest first, each into the chamber of its temperature; then the
departure, which moves everything aboard into transit under one MM."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from distribution import locks
from distribution.models import (
    Balance,
    Document,
    Fulfilment,
    HandlingUnit,
    Load,
    Location,
    Movement,
    RouteTrip,
    Task,
    Trip,
    TripEvent,
    TripRoom,
)
from distribution.operations import corrections, fulfilments, offloading, scans, tasks, trips
from distribution.operations.ledger import post
from distribution.operations.moves import Move
from distribution.operations.papers import Paper
from distribution.operations.steps import Step, UnknownCode, WrongChamber, WrongCrate, WrongGoods, find_crate
from distribution.queries import loads
from distribution.states import TRIP, FulfilmentState, LoadState, LotState, TaskState, TripState
from marketplace.accounts.models import User
from marketplace.kernel import outbox
from marketplace.kernel.database import retried
from marketplace.kernel.errors import DomainError
from marketplace.kernel.units import Temperature

# What is printed at the doors of a lorry's chambers.
CHAMBERS = {"KOM-A": Temperature.AMBIENT, "KOM-B": Temperature.CHILLED, "KOM-C": Temperature.FROZEN}
CHAMBER_OF = {temperature: code for code, temperature in CHAMBERS.items()}
LOADS = (TripState.PLANNED, TripState.LOADING)


class TripGone(WrongCrate):
    code = "trip_gone"


class NotLoaded(DomainError):
    """`details` names the crates on the ramp and the orders still in work."""

    code = "not_loaded"

    def __init__(self, crates: Sequence[str], orders: Sequence[str]) -> None:
        super().__init__(
            _("Kurs nie może odjechać: na rampie %(crates)s skrzyń, w przygotowaniu %(orders)s zamówień.")
            % {"crates": len(crates), "orders": len(orders)},
            crates=list(crates),
            orders=list(orders),
        )


def expect(*, fulfilment: Fulfilment, trip: int) -> None:
    """The crates of a packed part go by this trip: they are expected on the ramp, and loading is a task. The
    caller holds the trip and the fulfilment."""
    row = Trip.objects.get(pk=trip)
    units = HandlingUnit.objects.filter(fulfilment=fulfilment).order_by("pk")
    Load.objects.bulk_create(
        Load(trip=row, unit=unit, temperature=fulfilment.temperature, stays_aboard=_stays(fulfilment, row))
        for unit in units
    )
    open_task(kind=Task.Kind.LOAD, centre=row.from_centre_id, trip=row, due_at=row.departs_at)


def _stays(fulfilment, trip):
    """How many more trips the crate goes by in the same lorry."""
    stages = list(RouteTrip.objects.filter(route=fulfilment.route_id).select_related("trip"))
    here = next(stage.position for stage in stages if stage.trip_id == trip.pk)
    count = 0
    for stage in stages:
        if stage.position > here and trip.vehicle and stage.trip.vehicle == trip.vehicle:
            count += 1
    return count


def open_task(*, kind: str, centre: int, trip: Trip, due_at: datetime) -> None:
    """The one open task of a kind for a trip at a centre; made when there is none."""
    open_ones = Task.objects.unfinished().filter(kind=kind, centre_id=centre, trip=trip)
    if not open_ones.exists():
        Task.objects.create(kind=kind, centre_id=centre, trip=trip, due_at=due_at)


def next_step(*, task: Task) -> Step:
    """The crate that goes in next, or the chamber for the one in hand."""
    waiting = loads.on_the_ramp(task.trip_id or 0)
    if task.crate_id is not None:
        load = next((load for load in waiting if load.unit_id == task.crate_id), None)
        if load:
            chamber = CHAMBER_OF[Temperature(load.temperature)]
            return Step("chamber", code=chamber, location=chamber, label=load.unit.sscc, left=len(waiting))
    if not waiting:
        return Step("done", label=_("Wszystko na rampie jest załadowane."))
    load = waiting[0]
    place = load.unit.stands_at.code if load.unit.stands_at else ""
    return Step(
        "crate", code=load.unit.sscc, location=place, label=str(load.trip.to_centre), left=len(waiting)
    )


def scan(*, task: int, key: UUID, code: str, by: User, at: datetime, **_counted: object) -> dict[str, Any]:
    """One scan: a crate, then its chamber. Raises WrongScan, logged, which changes nothing."""
    return scans.by_code(task=task, key=key, code=code, by=by, at=at, effect=_scan)


def _scan(task, code, by, at):
    trip = locks.trip(Task.objects.values_list("trip_id", flat=True).get(pk=task))
    still_loads(trip)
    row = tasks.mine(task=task, by=by, at=at)
    if row.crate_id is not None and code.upper() in CHAMBERS:
        _put_in(row, CHAMBERS[code.upper()], by, at)
        result = "loaded"
    else:
        row.crate = _take_up(row, code)
        row.save(update_fields=["crate"])
        result = "crate"
    begin(trip=trip, by=by, at=at)
    return {"result": result, "next": next_step(task=row).__dict__}


def still_loads(trip: Trip) -> None:
    """Raises TripGone once nothing more goes onto the trip."""
    if trip.state not in LOADS:
        raise TripGone(_("Ten kurs już odjechał albo go odwołano."), expects="nothing", wanted="")


def begin(*, trip: Trip, by: User, at: datetime) -> None:
    """The first crate aboard makes it a trip that is being loaded. The caller holds it."""
    if trip.state == TripState.PLANNED:
        move_trip(trip=trip, new=TripState.LOADING, by=by, at=at)


def _take_up(task, code):
    """The crate in hand. It must be on the ramp for this trip, whole, and not shut in by others."""
    unit = find_crate(code=code)
    load = None if unit is None else unit.loads.filter(trip=task.trip_id).order_by("-pk").first()
    if unit is None:
        raise UnknownCode(_("Nie znam takiej skrzynki."), expects="crate", wanted="")
    if load is None or load.state == LoadState.LEFT:
        raise WrongCrate(_("Ta skrzynka nie jedzie tym kursem."), expects="crate", wanted="")
    if load.state != LoadState.EXPECTED:
        raise WrongCrate(_("Ta skrzynka jest już załadowana."), expects="crate", wanted="")
    if held := held_back(unit):
        raise WrongGoods(
            _("W skrzynce jest wstrzymana partia %(lot)s: nie może jechać.") % {"lot": held},
            expects="crate",
            wanted="",
        )
    deeper = [other for other in loads.on_the_ramp(task.trip_id) if other.stays_aboard > load.stays_aboard]
    if deeper:
        raise WrongCrate(
            _("Najpierw skrzynki, które jadą dalej: %(sscc)s.") % {"sscc": deeper[0].unit.sscc},
            expects="crate",
            wanted=deeper[0].unit.sscc,
        )
    return unit


def held_back(unit: HandlingUnit) -> str:
    """The number of a lot in the crate that must not be moved, or nothing."""
    inside = Balance.objects.filter(location=unit.inside_id, units__gt=0).exclude(
        lot__state=LotState.RELEASED
    )
    return inside.values_list("lot__code", flat=True).first() or ""


def _put_in(task, chamber, by, at):
    load = Load.objects.get(trip=task.trip_id, unit=task.crate_id, state=LoadState.EXPECTED)
    if load.temperature != chamber:
        wanted = CHAMBER_OF[Temperature(load.temperature)]
        raise WrongChamber(
            _("Zła komora. Ta skrzynka jedzie w: %(wanted)s.") % {"wanted": wanted},
            expects="chamber",
            wanted=wanted,
        )
    _load(load, chamber, "", by, at)
    task.crate = None
    task.save(update_fields=["crate"])


def _load(load, chamber, reason, by, at):
    Load.objects.filter(pk=load.pk).update(
        state=LoadState.LOADED, chamber=chamber, reason=reason, loaded_at=at, loaded_by=by
    )
    HandlingUnit.objects.filter(pk=load.unit_id).update(stands_at=None)


@retried
@transaction.atomic
def put_elsewhere(*, load: int, chamber: str, reason: str, by: User, at: datetime) -> Load:
    """A lead lets a crate ride in another chamber, and says why. Raises TripGone, WrongCrate, ReasonMissing."""
    trip = locks.trip(Load.objects.values_list("trip_id", flat=True).get(pk=load))
    row = Load.objects.select_for_update(no_key=True).select_related("unit").get(pk=load)
    still_loads(trip)
    if row.state != LoadState.EXPECTED or held_back(row.unit):
        raise WrongCrate(_("Tej skrzynki nie można teraz załadować."), expects="crate", wanted="")
    _load(row, chamber, corrections.reasoned(reason), by, at)
    row.refresh_from_db()
    return row


@retried
@transaction.atomic
def depart(*, trip: int, by: User | None, at: datetime, reason: str = "") -> Document | None:
    """The lorry leaves: what is aboard goes into transit under an MM, and unloading waits at the other end. None
    when it leaves empty.

    While a crate waits on the ramp or an order of this trip is in work it stays (NotLoaded), unless a lead gives
    the reason: then those orders, with every crate they have, stay behind and are planned anew.
    """
    row = locks.trip(trip)
    TRIP.require(row.state, TripState.DEPARTED)
    riding = list(Load.objects.filter(trip=row).exclude(state=LoadState.LEFT).select_related("unit"))
    parts = {
        part.pk: part
        for part in locks.fulfilments(
            {_part(load) for load in riding if not load.is_empty}
            | set(loads.in_work_for(row).values_list("pk", flat=True))
        )
    }
    waiting = [load for load in riding if load.state == LoadState.EXPECTED]
    unfinished = [part for part in parts.values() if part.state in loads.IN_WORK]
    if (waiting or unfinished) and not reason.strip():
        raise NotLoaded([load.unit.sscc for load in waiting], sorted({part.reference for part in unfinished}))
    behind = {_part(load) for load in waiting}
    offloading.leave_behind(loads=[load for load in riding if _part(load) in behind], trip=row)
    aboard = [load for load in riding if _part(load) not in behind]
    for part in sorted({_part(load) for load in aboard if not load.is_empty}):
        fulfilments.move(fulfilment=parts[part], new=FulfilmentState.IN_TRANSIT, by=by, at=at)
    _end_loading(row, by, at)
    if aboard:
        open_task(kind=Task.Kind.UNLOAD, centre=row.to_centre_id, trip=row, due_at=row.arrives_at)
    TripRoom.objects.filter(trip=row).order_by("pk").update(is_open=False)
    document = _into_transit(row, aboard, by, at)
    move_trip(trip=row, new=TripState.DEPARTED, by=by, at=at, reason=reason.strip(), departed_at=at)
    if behind or unfinished:
        outbox.write([trips.changed(row, at)])
    return document


def _part(load: Load) -> int:
    """The part whose crate it is; a crate on a trip has one, unless it rides empty."""
    return load.unit.fulfilment_id or 0


def _end_loading(trip, by, at):
    for task in Task.objects.unfinished().filter(kind=Task.Kind.LOAD, trip=trip).order_by("pk"):
        row = locks.task(task.pk)
        new = TaskState.DONE if row.state == TaskState.TAKEN else TaskState.CANCELLED
        fulfilments.end_task(task=row, new=new, by=by, at=at)


def _into_transit(trip, aboard, by, at):
    """Every crate gets a place of its own on the trip, and its contents move there."""
    units = {load.unit_id: load.unit for load in aboard}
    if not units:
        return None
    contents = Balance.objects.filter(location__in=[u.inside_id for u in units.values()], units__gt=0)
    by_place = {unit.inside_id: unit for unit in units.values()}
    places = {unit.pk: _place_aboard(trip, unit) for unit in units.values()}
    lines = list(contents.order_by("location_id", "lot_id"))
    document = lines and _paper(trip, lines, by_place, places, by, at)
    for unit in units.values():
        HandlingUnit.objects.filter(pk=unit.pk).update(inside=places[unit.pk], stands_at=None)
    return document or None


def _paper(trip, lines, by_place, places, by, at):
    return post(
        centre=trip.from_centre_id,
        moves=[
            Move(
                balance.lot_id,
                balance.location_id,
                places[by_place[balance.location_id].pk].pk,
                balance.units,
                Movement.Reason.DEPARTURE,
                balance.grams,
                line=n,
            )
            for n, balance in enumerate(lines, start=1)
        ],
        by=by,
        at=at,
        paper=Paper(
            kind=Document.Kind.MM,
            trip=trip.pk,
            crates={n: by_place[balance.location_id].sscc for n, balance in enumerate(lines, start=1)},
        ),
    )


def _place_aboard(trip, unit):
    place, _made = Location.objects.get_or_create(
        centre_id=trip.from_centre_id,
        code=f"K{trip.pk}-{unit.sscc}",
        defaults={"kind": Location.Kind.TRANSIT, "trip": trip},
    )
    return place


def move_trip(
    *, trip: Trip, new: str, by: User | None, at: datetime, reason: str = "", **fields: object
) -> None:
    """Moves a trip the caller has locked to a new state, with its history row."""
    TRIP.require(trip.state, new)
    Trip.objects.filter(pk=trip.pk).update(state=new, **fields)
    TripEvent.objects.create(
        trip=trip, old=trip.state, new=new, arrives_at=trip.arrives_at, by=by, at=at, reason=reason[:200]
    )
    trip.state = new
