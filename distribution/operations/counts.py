"""Counts of places: opened by the lead or by a picker's empty place, counted blind (operations/counting.py),
settled by the lead with an RW of what is missing and a PW of what was found."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from distribution import locks
from distribution.models import Balance, Count, CountLine, CountPlace, Document, Location, Movement, Task
from distribution.operations.fulfilments import end_task
from distribution.operations.ledger import post, shift, virtual
from distribution.operations.moves import Move, NotEnoughThere
from distribution.operations.papers import Paper
from distribution.states import COUNT, CountState, TaskState
from marketplace.accounts.models import User
from marketplace.kernel.database import execute, retried
from marketplace.kernel.errors import DomainError, Invalid

COUNTABLE = (Location.Kind.DOCK, Location.Kind.SLOT, Location.Kind.QUARANTINE)
UNFINISHED = (CountState.OPEN, CountState.COUNTED)
A_SHIFT = timedelta(hours=8)
MOST_PLACES = 500


class NothingToCount(Invalid):
    code = "nothing_to_count"

    def __init__(self) -> None:
        super().__init__(_("Wybierz strefę albo miejsca tego centrum (najwyżej 500)."), field="locations")


class AlreadyCounting(DomainError):
    code = "already_counting"

    def __init__(self, codes: Sequence[str]) -> None:
        super().__init__(_("To miejsce jest już liczone: %(codes)s.") % {"codes": ", ".join(codes)})


class CountOutdated(DomainError):
    """Since the count more was taken than there can have been: somebody has to look again."""

    code = "count_outdated"
    message = gettext_lazy("Od liczenia ubyło więcej, niż tam było. Zleć ponowne liczenie.")


@retried
@transaction.atomic
def open_count(
    *,
    centre: int,
    by: User | None,
    at: datetime,
    zone: int | None = None,
    locations: Sequence[int] = (),
    reason: str = "",
) -> Count:
    """A task to count for each chosen location, or each of the zone. Raises NothingToCount for places of another
    centre or of a kind that is not counted, AlreadyCounting when one of them is in a count not yet settled."""
    places = Location.objects.filter(centre_id=centre, kind__in=COUNTABLE)
    chosen = places.filter(zone_id=zone) if zone else places.filter(pk__in=locations)
    ids = list(chosen.values_list("pk", flat=True))
    if not ids or len(ids) > MOST_PLACES or (not zone and len(ids) < len(set(locations))):
        raise NothingToCount
    rows = locks.locations(ids)
    busy = CountPlace.objects.filter(location__in=ids, count__state__in=UNFINISHED)
    if codes := list(busy.order_by("location__code").values_list("location__code", flat=True)[:5]):
        raise AlreadyCounting(codes)
    return _open(centre, rows, zone, reason, at + A_SHIFT, by, at)


def _open(centre, rows, zone, reason, due_at, by, at):
    count = Count.objects.create(
        centre_id=centre, zone_id=zone, reason=reason.strip()[:200], opened_by=by, opened_at=at
    )
    made = CountPlace.objects.bulk_create([CountPlace(count=count, location=row) for row in rows])
    Task.objects.bulk_create(
        [Task(centre_id=centre, kind=Task.Kind.COUNT, count_place=place, due_at=due_at) for place in made]
    )
    return count


@transaction.atomic
def open_for_short(
    *, location: int, lot: str, by: User | None, at: datetime, left: bool = False
) -> Count | None:
    """A picker found nothing where the books say there is, or goods `left` where they say there is none: the place
    is counted now, unless it already is."""
    rows = [row for row in locks.locations([location]) if row.kind in COUNTABLE]
    busy = CountPlace.objects.filter(location=location, count__state__in=UNFINISHED)
    if not rows or busy.exists():
        return None
    said = _("Coś zostało po zebraniu: partia %(lot)s") if left else _("Brak przy zbieraniu: partia %(lot)s")
    reason = said % {"lot": lot}
    return _open(rows[0].centre_id, rows, None, reason, at, by, at)


def refresh(*, count: Count) -> None:
    """The count waits for the lead once all its places are confirmed. The caller has locked the count."""
    if count.state == CountState.OPEN and not count.places.filter(seen_movement=None).exists():
        _move(count, CountState.COUNTED)


def count_once_more(*, place: CountPlace, reason: str, by: User | None, at: datetime) -> None:
    """The place is counted afresh, by whoever takes the new task. The caller has locked the count."""
    CountLine.objects.filter(place=place).delete()
    CountPlace.objects.filter(pk=place.pk).update(
        seen_movement=None,
        started_movement=None,
        counted_at=None,
        counted_by=None,
        recounts=place.recounts + 1,
    )
    task = Task.objects.create(
        centre_id=place.location.centre_id, kind=Task.Kind.COUNT, count_place=place, due_at=at
    )
    task.events.create(new=TaskState.OPEN, by=by, at=at, reason=_("ponowne liczenie: %s") % reason[:160])


@retried
@transaction.atomic
def recount(*, place: int, by: User | None, at: datetime) -> Count:
    """The lead sends a counted place back. Raises WrongState once the count is settled."""
    row = CountPlace.objects.select_related("location").get(pk=place)
    count = locks.count(row.count_id)
    row.refresh_from_db()
    if row.seen_movement is None:
        return count  # it is being counted already
    if count.state != CountState.OPEN:
        _move(count, CountState.OPEN)
    count_once_more(place=row, reason=_("zlecił kierownik"), by=by, at=at)
    return count


@retried
@transaction.atomic
def cancel(*, count: int, by: User | None, at: datetime) -> Count:
    """Ends a count without a trace in the ledger. Raises WrongState once it is settled."""
    row = locks.count(count)
    _move(row, CountState.CANCELLED, closed_by=by, closed_at=at)
    for task in Task.objects.unfinished().filter(count_place__count=row).order_by("pk"):
        end_task(task=locks.task(task.pk), new=TaskState.CANCELLED, by=by, at=at)
    return row


@retried
@transaction.atomic
def settle(*, count: int, by: User | None, at: datetime) -> Count:
    """Puts the books right by each line's difference, counted − booked at the position the count saw, so that
    what was picked since stays picked. Surplus is a PW, loss an RW; a loss of sold goods is never refused.

    Of two leads one wins, the other gets WrongState. Raises CountOutdated."""
    row = locks.count(count)
    _move(row, CountState.SETTLED, closed_by=by, closed_at=at)
    lines = list(
        CountLine.objects.filter(place__count=row)
        .select_related("place", "lot")
        .order_by("place_id", "lot_id")
    )
    _lock_goods(row.centre_id, [line for line in lines if line.difference or _grams_off(line)])
    adjust = virtual(centre=row.centre_id, kind=Location.Kind.ADJUST)
    try:
        _post(row, Document.Kind.PW, [line for line in lines if line.difference > 0], adjust, by, at)
        _post(row, Document.Kind.RW, [line for line in lines if line.difference < 0], adjust, by, at)
        _weigh(row, [line for line in lines if _grams_off(line)], adjust, by, at)
    except NotEnoughThere as refusal:
        raise CountOutdated from refusal
    return row


def _move(count, new, **fields):
    COUNT.require(count.state, new)
    Count.objects.filter(pk=count.pk).update(state=new, **fields)
    count.state = new


def _lock_goods(centre, lines):
    """Both documents lock supply, lots and balances; taken here once for both, none waits behind a counter."""
    locks.supply_of_items(centre=centre, items={line.lot.item_id for line in lines})
    locks.lots_shared({line.lot_id for line in lines})
    locks.balances((line.lot_id, line.place.location_id) for line in lines)


def _share(line):
    """Grams that go with the pieces of the difference, at the average of what they came from."""
    if line.counted_grams is None:
        return None
    of, total = (
        (line.counted_grams, line.counted) if line.difference > 0 else (line.booked_grams, line.booked)
    )
    return (of or 0) * abs(line.difference) // total


def _grams_off(line):
    """Grams found (+) or lost (−) beside those that go with the pieces."""
    if line.counted_grams is None:
        return 0
    share = _share(line) if line.difference else 0
    return line.counted_grams - (line.booked_grams or 0) - (share if line.difference > 0 else -share)


def _post(count, kind, lines, adjust, by, at):
    if not lines:
        return
    moves = [
        Move(
            line.lot_id,
            adjust if line.difference > 0 else line.place.location_id,
            line.place.location_id if line.difference > 0 else adjust,
            abs(line.difference),
            Movement.Reason.COUNT,
            _share(line),
            line=n,
        )
        for n, line in enumerate(lines, start=1)
    ]
    reason = count.reason or _("inwentaryzacja")
    document = post(
        centre=count.centre_id,
        moves=moves,
        by=by,
        at=at,
        paper=Paper(kind=kind, reference="", reason=f"{reason} (nr {count.pk})"[:200]),
    )
    execute(
        "UPDATE distribution_countline SET document_id = %s WHERE id = ANY(%s)",
        [document.pk, [line.pk for line in lines]],
    )


def _weigh(count, lines, adjust, by, at):
    """Grams alone have no document: pieces dry out, and no scale repeats itself. Where a pick took the weight
    with it meanwhile, what is left can't be lost twice."""
    left = {
        (b.lot_id, b.location_id): b
        for b in Balance.objects.filter(lot__in={line.lot_id for line in lines}, centre=count.centre_id)
    }
    moves = []
    for line in lines:
        balance, grams = left[line.lot_id, line.place.location_id], _grams_off(line)
        if not balance.units:
            continue
        grams = max(grams, -(balance.grams or 0))
        here = line.place.location_id
        if grams:
            moves.append(
                Move(
                    line.lot_id,
                    adjust if grams > 0 else here,
                    here if grams > 0 else adjust,
                    0,
                    Movement.Reason.WEIGHING,
                    abs(grams),
                )
            )
    if moves:
        shift(centre=count.centre_id, moves=moves, by=by, at=at)
