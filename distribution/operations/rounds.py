"""Rounds: opened with slots, closed once for everybody, ended when the hand-over is over."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from django.db import transaction
from django.utils.translation import gettext as _

from distribution import jobs, locks
from distribution.models import HandoverPlace, Round, RoundEvent
from distribution.operations import routes
from distribution.states import ROUND, RoundState
from marketplace.accounts.models import User
from marketplace.kernel import outbox
from marketplace.kernel.clock import moment
from marketplace.kernel.database import execute, insert_all
from marketplace.kernel.errors import DomainError, refusals
from marketplace.kernel.outbox import NewJob


class SlotFull(DomainError):
    code = "slot_full"

    def __init__(self) -> None:
        super().__init__(_("Ta godzina odbioru jest już zajęta. Wybierz inną."), field="slot")


class RoundExists(DomainError):
    code = "round_exists"

    def __init__(self) -> None:
        super().__init__(_("To miejsce ma już turę w tym dniu."), field="hands_over_on")


@dataclass(frozen=True)
class NewSlot:
    starts: time
    ends: time
    capacity: int


@transaction.atomic
def open_round(
    *,
    place: HandoverPlace,
    opens_at: datetime,
    closes_on: date,
    closes_hour: time,
    packs_on: date,
    hands_over_on: date,
    slots: Sequence[NewSlot],
    is_rehearsal: bool = False,
) -> Round:
    """A round with its slots, and the jobs that will close and end it. Raises RoundExists."""
    with refusals(distribution_round_day_once=RoundExists):
        round_ = Round.objects.create(
            place=place,
            centre_id=place.centre_id,
            opens_at=opens_at,
            closes_on=closes_on,
            closes_hour=closes_hour,
            orders_close_at=moment(closes_on, closes_hour),
            packs_on=packs_on,
            hands_over_on=hands_over_on,
            ends_at=moment(hands_over_on, max(slot.ends for slot in slots)),
            is_rehearsal=is_rehearsal,
        )
    insert_all(
        "distribution_slot",
        {
            "round_id": ("bigint", [round_.pk] * len(slots)),
            "starts": ("time", [slot.starts for slot in slots]),
            "ends": ("time", [slot.ends for slot in slots]),
            "capacity": ("int", [slot.capacity for slot in slots]),
            "taken": ("int", [0] * len(slots)),
        },
    )
    routes.refresh(rounds=[round_.pk])
    if not is_rehearsal:
        outbox.write(due_jobs(round_, place.centre.code))
    return round_


def due_jobs(round_: Round, centre_code: str) -> list[NewJob]:
    """What happens to a round by itself, by the database's clock."""
    return [
        NewJob(
            jobs.ROUND_CLOSES,
            f"round_closes:{round_.pk}",
            {"round": round_.pk},
            centre_code,
            run_after=round_.orders_close_at,
        ),
        NewJob(
            jobs.ROUND_ENDS,
            f"round_ends:{round_.pk}",
            {"round": round_.pk},
            centre_code,
            run_after=round_.ends_at,
        ),
    ]


@transaction.atomic
def close_round(*, round_id: int, by: User | None, at: datetime) -> bool:
    """No order joins or leaves after this commits: the lock waits for checkouts that share the round. Writes
    the job that settles its orders. False when the round was not open."""
    round_ = locks.round_alone(round_id)
    if round_.state != RoundState.OPEN:
        return False
    _move(round_, RoundState.CLOSED, by, at)
    outbox.write([_next(jobs.ROUND_CLOSED, round_, at)])
    return True


@transaction.atomic
def end_round(*, round_id: int, by: User | None, at: datetime) -> bool:
    """The hand-over is over: writes the job for what was not collected. False when the round was not in work."""
    round_ = locks.round_alone(round_id)
    if round_.state != RoundState.RELEASED:
        return False
    _move(round_, RoundState.OVER, by, at)
    outbox.write([_next(jobs.ROUND_OVER, round_, at)])
    return True


def _next(kind, round_, at):
    return NewJob(kind, f"{kind}:{round_.pk}", {"round": round_.pk, "at": at.isoformat()}, round_.centre.code)


def _move(round_, new, by, at):
    ROUND.require(round_.state, new)
    Round.objects.filter(pk=round_.pk).update(state=new)
    RoundEvent.objects.create(round=round_, old=round_.state, new=new, by=by, at=at)


def take_slot(*, slot: int, round_id: int) -> None:
    """One more order in the slot, or SlotFull."""
    taken = execute(
        "UPDATE distribution_slot SET taken = taken + 1 WHERE id = %s AND round_id = %s AND taken < capacity",
        [slot, round_id],
    )
    if not taken:
        raise SlotFull


def free_slots(*, slots: Sequence[int]) -> None:
    """Gives slots back, in the order of their ids; a slot named twice gets two places."""
    execute(
        """
        WITH freed AS (SELECT slot, count(*)::int AS n FROM unnest(%s::bigint[]) AS f(slot) GROUP BY slot),
        locked AS MATERIALIZED (
          SELECT s.id, f.n FROM distribution_slot s JOIN freed f ON f.slot = s.id
          ORDER BY s.id FOR NO KEY UPDATE OF s)
        UPDATE distribution_slot s SET taken = s.taken - l.n FROM locked l WHERE s.id = l.id
        """,
        [list(slots)],
    )
