"""Crates: new ones, out to producers against a deposit and back, empty on a lorry, lost and found, out of use."""

from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from distribution import locks
from distribution.models import Balance, CrateEvent, HandlingUnit, Load, Location
from distribution.operations import corrections, counted, loading
from distribution.operations.steps import UnknownCode, WrongCrate, find_crate
from distribution.states import LoadState
from marketplace.accounts.models import User
from marketplace.kernel.database import retried
from marketplace.kernel.errors import Invalid
from marketplace.kernel.references import check_digit
from producers.models import Producer

MOST_AT_ONCE = 200
Kind = CrateEvent.Kind


class WrongNumberOfCrates(Invalid):
    code = "wrong_number_of_crates"

    def __init__(self) -> None:
        super().__init__(_("Podaj liczbę skrzyń od 1 do %(most)s.") % {"most": MOST_AT_ONCE}, field="count")


@retried
@transaction.atomic
def add(
    *, centre: int, count: int, by: User, at: datetime, owner: int | None = None
) -> Sequence[HandlingUnit]:
    """New empty crates at a centre, numbered on from its last one; the network's, or an owner's who lends them.
    Raises WrongNumberOfCrates."""
    if not 1 <= count <= MOST_AT_ONCE:
        raise WrongNumberOfCrates
    row = locks.centre(centre)
    dock = counted.dock(row.pk)
    numbers = _next_numbers(row, count)
    places = Location.objects.bulk_create(
        Location(centre=row, kind=Location.Kind.CRATE, code=sscc) for sscc in numbers
    )
    made = HandlingUnit.objects.bulk_create(
        HandlingUnit(sscc=sscc, centre=row, inside=place, stands_at=dock, owner_id=owner)
        for sscc, place in zip(numbers, places, strict=True)
    )
    CrateEvent.objects.bulk_create(
        CrateEvent(unit=unit, kind=Kind.ADDED, centre=row, by=by, at=at) for unit in made
    )
    return made


def _next_numbers(centre, count):
    """SSCC (GS1 General Specifications 3.2): extension digit 0, company prefix, the centre, a serial number."""
    body = f"0{settings.GS1_COMPANY_PREFIX}{centre.pk % 10_000:04d}"
    serial = 16 - len(body) + 1
    last = HandlingUnit.objects.filter(sscc__startswith=body).order_by("-sscc").first()
    first = int(last.sscc[len(body) : 17]) + 1 if last else 1
    bodies = [f"{body}{first + n:0{serial}d}" for n in range(count)]
    return [text + check_digit(text) for text in bodies]


@retried
@transaction.atomic
def give(*, centre: int, partner: int, code: str, by: User, at: datetime) -> HandlingUnit:
    """An empty crate goes to a producer, who owes the deposit for it until it is back; none for a crate of their
    own. Raises UnknownCode, WrongCrate."""
    crate = _empty_here(centre, code)
    HandlingUnit.objects.filter(pk=crate.pk).update(holder=partner, stands_at=None)
    deposit = 0 if crate.owner_id == partner else settings.CRATE_DEPOSIT
    CrateEvent.objects.create(
        unit=crate, kind=Kind.GIVEN, centre_id=centre, partner_id=partner, deposit=deposit, by=by, at=at
    )
    return crate


@retried
@transaction.atomic
def take_back(*, centre: int, code: str, by: User, at: datetime) -> Producer:
    """A crate comes back, at any centre, and with it the deposit that was taken for it. Returns who had it; raises
    UnknownCode, WrongCrate."""
    crate = _known(code)
    if crate.holder_id is None:
        raise WrongCrate(_("Tej skrzyni nikt nie ma: jest w sieci."), expects="crate", wanted="")
    given = crate.events.filter(kind=Kind.GIVEN).latest("pk")
    _stand(crate, centre, holder=None)
    CrateEvent.objects.create(
        unit=crate, kind=Kind.TAKEN_BACK, centre_id=centre, partner_id=crate.holder_id, deposit=-given.deposit,
        by=by, at=at,
    )  # fmt: skip
    return Producer.objects.get(pk=crate.holder_id)


@retried
@transaction.atomic
def send(*, trip: int, code: str, by: User, at: datetime) -> Load:
    """An empty crate rides along, wherever there is room; no order waits for it. Raises TripGone, UnknownCode,
    WrongCrate."""
    row = locks.trip(trip)
    loading.still_loads(row)
    crate = _empty_here(row.from_centre_id, code)
    if crate.loads.filter(state__in=[LoadState.EXPECTED, LoadState.LOADED]).exists():
        raise WrongCrate(_("Ta skrzynka jest już załadowana."), expects="crate", wanted="")
    load = Load.objects.create(trip=row, unit=crate, state=LoadState.LOADED, loaded_at=at, loaded_by=by)
    HandlingUnit.objects.filter(pk=crate.pk).update(stands_at=None)
    loading.begin(trip=row, by=by, at=at)
    return load


@retried
@transaction.atomic
def found(*, centre: int, code: str, by: User, at: datetime) -> HandlingUnit:
    """An empty crate that its lorry did not bring turned up. Raises UnknownCode, WrongCrate."""
    crate = _known(code)
    load = _missed(crate)
    if load is None:
        raise WrongCrate(_("Ta skrzynka nie jest zaginiona."), expects="crate", wanted="")
    Load.objects.filter(pk=load.pk).update(state=LoadState.UNLOADED, unloaded_at=at, unloaded_by=by)
    _stand(crate, centre)
    CrateEvent.objects.create(unit=crate, kind=Kind.FOUND, centre_id=centre, by=by, at=at)
    return crate


@retried
@transaction.atomic
def withdraw(*, centre: int, code: str, reason: str, by: User, at: datetime) -> HandlingUnit:
    """An empty crate, or one that never came, is out of use for good. Raises UnknownCode, WrongCrate,
    ReasonMissing."""
    why = corrections.reasoned(reason)
    crate = _known(code)
    if _missed(crate) is None:
        crate = _empty_here(centre, code)
    HandlingUnit.objects.filter(pk=crate.pk).update(withdrawn_at=at, stands_at=None)
    CrateEvent.objects.create(unit=crate, kind=Kind.WITHDRAWN, centre_id=centre, reason=why, by=by, at=at)
    return crate


def _known(code):
    crate = find_crate(code=code)
    if crate is None or crate.withdrawn_at is not None:
        raise UnknownCode(_("Nie znam takiej skrzynki."), expects="crate", wanted="")
    return crate


def _empty_here(centre, code):
    crate = _known(code)
    if crate.holder_id is not None:
        raise WrongCrate(_("Tę skrzynkę ma producent. Najpierw ją przyjmij."), expects="crate", wanted="")
    if crate.centre_id != centre or _missed(crate) or crate.loads.filter(state=LoadState.LOADED).exists():
        raise WrongCrate(_("Tej skrzynki tu nie ma."), expects="crate", wanted="")
    if (
        crate.fulfilment_id is not None
        or Balance.objects.filter(location=crate.inside_id, units__gt=0).exists()
    ):
        raise WrongCrate(_("Ta skrzynka nie jest pusta."), expects="crate", wanted="")
    return crate


def _missed(crate):
    """The load of an empty crate whose trip ended without it."""
    last = crate.loads.order_by("-pk").first()
    gone = last is not None and last.state == LoadState.MISSING and crate.fulfilment_id is None
    return last if gone else None


def _stand(crate, centre, **fields):
    """The crate stands at the centre's dock, its contents' place is the centre's own."""
    place, _made = Location.objects.get_or_create(
        centre_id=centre, code=crate.sscc, defaults={"kind": Location.Kind.CRATE}
    )
    inside = (
        crate.inside_id if crate.inside.centre_id == centre and crate.inside.trip_id is None else place.pk
    )
    HandlingUnit.objects.filter(pk=crate.pk).update(
        centre=centre, inside=inside, stands_at=counted.dock(centre), **fields
    )
