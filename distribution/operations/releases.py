"""Release of a closed round: its holds become fulfilments, lots allocated FEFO, pick tasks and expected
arrivals, in one set-based transaction. Lots are chosen now, not when the buyer clicked."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from django.db import transaction

from distribution import locks
from distribution.models import Centre, Fulfilment, Round, RoundEvent
from distribution.operations import allocations, fulfilments, parts, resourcing, shortages
from distribution.operations.holds import give_back
from distribution.operations.parts import Part, Recipient
from distribution.policies.fefo import Demand, allocate
from distribution.states import ROUND, FulfilmentState, RoundState
from marketplace.accounts.models import User
from marketplace.kernel.database import execute
from marketplace.kernel.errors import DomainError


@transaction.atomic
def release_round(
    *, round_id: int, recipients: Sequence[Recipient], by: User | None, at: datetime
) -> dict[str, int]:
    """Releases a CLOSED round for the given orders, oldest first; returns counts of what was made. Where their goods
    come from is looked at once more before (operations.resourcing).

    Holds of orders that are not named stay as they are (the caller has given theirs back). Pieces that were
    held but are no longer there become shortages.
    """
    round_ = locks.round_alone(round_id)
    ROUND.require(round_.state, RoundState.RELEASED)
    resourcing.improve_round(round_=round_, references=[r.reference for r in recipients], by=by, at=at)
    held = parts.held_by(round_, recipients)
    made = parts.make_fulfilments(round_, recipients, held, by, at)
    lines = parts.gather_lines(held, made)
    parts.make_arrivals(held)
    picks = _allocate(round_, held, lines)
    parts.make_lines(lines)
    tasks = parts.make_tasks(round_, made, at)
    allocations.set_aside(
        [replace(pick, key=lines[pick.key].pk) for pick in picks],
        tasks={line.pk: tasks.get(line.fulfilment) for line in lines},
    )
    _note_short(lines, by, at)
    fulfilments.refresh(ids={line.fulfilment for line in lines if line.stock > line.allocated}, by=by, at=at)
    Round.objects.filter(pk=round_.pk).update(state=RoundState.RELEASED)
    RoundEvent.objects.create(round=round_, old=round_.state, new=RoundState.RELEASED, by=by, at=at)
    return {
        "fulfilments": len(made),
        "lines": len(lines),
        "allocations": len(picks),
        "awaited": sum(line.awaited for line in lines),
        "short": sum(line.stock - line.allocated for line in lines),
    }


class PackedAlready(DomainError):
    """The part that the goods belong to is packed, or has this line already."""

    code = "packed_already"


@transaction.atomic
def add(
    *, round_id: int, recipient: Recipient, holds: Sequence[int], by: User | None, at: datetime
) -> dict[str, int]:
    """The same for a few holds of one order taken after its round was released. They join a part that is still in
    work, or make a new one. Raises PackedAlready. The caller holds the order's fulfilments."""
    round_ = Round.objects.select_related("centre").prefetch_related("slots").get(pk=round_id)
    held = [h for h in parts.held_by(round_, [recipient]) if h.hold in set(holds)]
    known = _parts_in_work(round_, recipient, held, by, at)
    new = parts.make_fulfilments(round_, [recipient], [h for h in held if h.part not in known], by, at)
    made = new | {part: made_already for part, (made_already, _task) in known.items()}
    lines = parts.gather_lines(held, made)
    parts.make_arrivals(held)
    picks = _allocate(round_, held, lines)
    parts.make_lines(lines)
    tasks = dict(known.values()) | parts.make_tasks(round_, new, at)
    allocations.set_aside(
        [replace(pick, key=lines[pick.key].pk) for pick in picks],
        tasks={line.pk: tasks.get(line.fulfilment) for line in lines},
    )
    _note_short(lines, by, at)
    fulfilments.refresh(ids=set(made.values()), by=by, at=at)
    return {"lines": len(lines), "allocations": len(picks)}


def _parts_in_work(round_, recipient, held, by, at):
    """Parts of the order that exist, by Part, with their pick task; one of which nothing came begins anew."""
    found: dict[Part, tuple[int, int | None]] = {}
    for part in {h.part for h in held}:
        row = Fulfilment.objects.filter(
            reference=recipient.reference,
            round=round_,
            centre=part.centre,
            route=part.route,
            temperature=part.temperature,
        ).first()
        if row is None:
            continue
        if row.state == FulfilmentState.EMPTY:
            fulfilments.move(fulfilment=row, new=FulfilmentState.RELEASED, by=by, at=at)
            found[part] = (row.pk, next(iter(parts.make_tasks(round_, {part: row.pk}, at).values())))
            continue
        lines = {h.line for h in held if h.part == part}
        if row.state != FulfilmentState.RELEASED or row.lines.filter(line__in=lines).exists():
            raise PackedAlready
        task = row.tasks.filter(kind="PICK", state__in=["OPEN", "TAKEN"]).values_list("pk", flat=True).first()
        found[part] = (row.pk, task)
    return found


def _allocate(round_, held, lines):
    """Locks supply and balances, chooses lots, and moves `held` and `allocated` accordingly."""
    from_stock = [h for h in held if h.kind == "STOCK"]
    pairs = {(h.centre, h.item) for h in from_stock}
    room = {row.pk: row.quantity - row.held for row in locks.supply_at(pairs) if row.kind == "STOCK"}
    for h in from_stock:
        room[h.supply] += h.pieces
    picks = allocate(_demands(round_, lines), allocations.free_shelves(pairs), room)
    execute(
        "UPDATE distribution_hold SET state = 'ALLOCATED' WHERE id = ANY(%s)", [[h.hold for h in from_stock]]
    )
    give_back([(h.supply, h.pieces) for h in from_stock] + [(pick.supply, -pick.pieces) for pick in picks])
    for pick in picks:
        lines[pick.key].allocated += pick.pieces
    return picks


def _demands(round_, lines):
    return [
        Demand(
            n,
            line.held.centre,
            line.held.item,
            line.stock,
            round_.hands_over_on + timedelta(days=line.held.minimum_life_days),
        )
        for n, line in enumerate(lines)
        if line.stock
    ]


def _note_short(lines, by, at):
    """By centre, so that each one's queue settles its own shortages."""
    missing: dict[int, list[shortages.Missing]] = defaultdict(list)
    for line in lines:
        if line.stock > line.allocated:
            missing[line.held.centre].append(
                shortages.Missing(line.held.reference, line.held.line, line.pk, line.stock - line.allocated)
            )
    codes = dict(Centre.objects.filter(pk__in=missing).values_list("pk", "code"))
    for centre, found in sorted(missing.items()):
        shortages.note(centre_code=codes[centre], missing=found, reason="LOST_SUPPLY", by=by, at=at)
