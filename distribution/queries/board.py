"""The board of a centre: what blocks the next departure first. Every number is a query over the rows themselves."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from distribution.models import Arrival, Centre, Round, Task
from distribution.queries import arrivals, blocks, tiles, trips
from distribution.queries.blocks import Deadline
from distribution.queries.tiles import Expiring, Room, WaveRow
from distribution.queries.trips import Call
from marketplace.kernel.clock import local_date
from marketplace.kernel.database import fetch_row

COUNTS = """
SELECT
  (SELECT count(DISTINCT t.id) FROM distribution_task t
     JOIN distribution_allocation a ON a.task_id = t.id AND a.state = 'ACTIVE'
     WHERE t.centre_id = %(c)s AND t.kind = 'PICK' AND t.state IN ('OPEN', 'TAKEN')),
  (SELECT count(*) FROM distribution_task t
     WHERE t.centre_id = %(c)s AND t.kind = 'PACK' AND t.state IN ('OPEN', 'TAKEN')),
  (SELECT count(*) FROM distribution_task t
     WHERE t.centre_id = %(c)s AND t.state IN ('OPEN', 'TAKEN') AND t.due_at < %(at)s AND CASE
       WHEN t.kind = 'PICK' THEN EXISTS (
         SELECT 1 FROM distribution_allocation a WHERE a.task_id = t.id AND a.state = 'ACTIVE')
       WHEN t.kind IN ('PUT_AWAY', 'PUT_BACK') THEN EXISTS (
         SELECT 1 FROM distribution_balance b WHERE b.id = t.balance_id AND b.units > b.allocated)
       ELSE true END),
  (SELECT count(DISTINCT reference) FROM distribution_fulfilment
     WHERE destination_id = %(c)s AND state = 'READY'),
  (SELECT count(DISTINCT reference) FROM distribution_fulfilment
     WHERE destination_id = %(c)s AND state IN ('UNCOLLECTED', 'GIVEN_UP')),
  (SELECT count(*) FROM distribution_fulfilmentline l
     JOIN distribution_fulfilment f ON f.id = l.fulfilment_id
     JOIN distribution_round r ON r.id = f.round_id AND r.state = 'RELEASED'
     WHERE f.centre_id = %(c)s AND l.short > 0),
  (SELECT count(*) FROM distribution_balance b
     WHERE b.centre_id = %(c)s AND b.units > 0 AND b.usable_until < %(day)s),
  (SELECT count(*) FROM kernel_job WHERE centre = %(code)s AND done_at IS NULL AND dead_at IS NOT NULL),
  -- due for over a minute and nobody took it: the queue of this centre has no worker
  (SELECT count(*) FROM kernel_job WHERE centre = %(code)s AND done_at IS NULL AND dead_at IS NULL
     AND run_after < now() - interval '1 minute' AND (lease_until IS NULL OR lease_until < now()))
"""


@dataclass(frozen=True)
class Counts:
    """Of one centre, now. Late are tasks past their hour, expired is what should not lie on a shelf any more."""

    to_pick: int
    to_pack: int
    late: int
    ready: int
    uncollected: int
    short: int
    expired: int
    dead_jobs: int
    unserved: int


@dataclass(frozen=True)
class Life:
    """Goods whose life ends within so many days, and what they sell for."""

    rows: int
    value: Decimal


@dataclass(frozen=True)
class Board:
    deadline: Deadline | None
    later: list[Deadline]
    next_round: Round | None
    counts: Counts
    mine: list[Task]
    arrivals: list[Arrival]
    arrivals_late: int
    calls: list[Call]
    waves: list[WaveRow]
    rooms: list[Room]
    soon: Life
    week: Life
    people: list[Task]


def board(*, centre: Centre, user: object, at: datetime) -> Board:
    """Nine to twelve statements, whatever the centre holds."""
    today = local_date(at)
    held_up = blocks.deadlines(centre)
    coming = Round.objects.open_at(at).filter(centre=centre).order_by("orders_close_at")
    due = list(arrivals.expected(centre).filter(due_on__lte=today))
    ending = tiles.expiring(centre, day=today)
    in_hands = list(tiles.in_hands(centre, at=at))
    return Board(
        deadline=held_up[0] if held_up else None,
        later=held_up[1:],
        next_round=None if held_up else coming.first(),
        counts=_counts(centre, at),
        mine=[task for task in in_hands if task.taken_by_id == getattr(user, "pk", None)],
        arrivals=due,
        arrivals_late=sum(arrivals.is_late(arrival, at) for arrival in due),
        calls=trips.calls(centre, first=today, last=today)[today],
        waves=tiles.waves(centre),
        rooms=tiles.rooms(centre),
        soon=_life([row for row in ending if (row.usable_until - today).days <= tiles.SOON]),
        week=_life(ending),
        people=in_hands,
    )


def _life(rows: list[Expiring]) -> Life:
    return Life(len(rows), tiles.value(rows))


def _counts(centre, at):
    return Counts(*fetch_row(COUNTS, {"c": centre.pk, "code": centre.code, "at": at, "day": local_date(at)}))
