"""The board of a centre: what blocks the next hand-over first. Every number is a query over the rows themselves."""

from dataclasses import dataclass
from datetime import datetime

from distribution.models import Centre, Round, Task
from distribution.queries import arrivals, lots, tasks
from distribution.states import FulfilmentState, RoundState
from marketplace.kernel.clock import local_date
from marketplace.kernel.database import fetch_row
from marketplace.kernel.models import Job


@dataclass(frozen=True)
class Counts:
    """Of one centre, now."""

    to_pick: int
    to_pack: int
    waiting_for_goods: int
    ready: int
    uncollected: int
    short: int


@dataclass(frozen=True)
class Board:
    round: Round | None
    next_round: Round | None
    counts: Counts
    mine: list[Task]
    arrivals: list
    late: int
    expired: int
    dead_jobs: int
    unserved: int

    @property
    def urgent(self) -> str:
        """Which work blocks the deadline: goods first, then picking, then packing."""
        if self.arrivals and self.counts.waiting_for_goods:
            return "receive"
        if self.counts.to_pick:
            return "pick"
        return "pack" if self.counts.to_pack else ""


def board(*, centre: Centre, user: object, at: datetime) -> Board:
    in_work = Round.objects.filter(centre=centre, state=RoundState.RELEASED).order_by("hands_over_on", "pk")
    coming = Round.objects.open_at(at).filter(centre=centre).order_by("orders_close_at")
    jobs = Job.objects.filter(centre=centre.code)
    return Board(
        round=in_work.prefetch_related("slots").first(),
        next_round=coming.first(),
        counts=_counts(centre),
        mine=list(
            Task.objects.unfinished()
            .filter(centre=centre, taken_by=user, leased_until__gt=at)
            .select_related("fulfilment")
            .order_by("due_at")
        ),
        arrivals=list(arrivals.expected(centre)[:8]),
        late=tasks.queue(centre).filter(due_at__lt=at).count(),
        expired=lots.expired_on(centre, local_date(at)).count(),
        dead_jobs=jobs.dead().count(),
        unserved=_unserved(centre),
    )


def _counts(centre):
    row = fetch_row(
        """
        SELECT
          (SELECT count(DISTINCT t.id) FROM distribution_task t
             JOIN distribution_allocation a ON a.task_id = t.id AND a.state = 'ACTIVE'
             WHERE t.centre_id = %(c)s AND t.kind = 'PICK' AND t.state IN ('OPEN', 'TAKEN')),
          (SELECT count(*) FROM distribution_task t
             WHERE t.centre_id = %(c)s AND t.kind = 'PACK' AND t.state IN ('OPEN', 'TAKEN')),
          (SELECT count(DISTINCT l.fulfilment_id) FROM distribution_fulfilmentline l
             JOIN distribution_fulfilment f ON f.id = l.fulfilment_id
             WHERE f.centre_id = %(c)s AND l.awaited > 0),
          (SELECT count(DISTINCT reference) FROM distribution_fulfilment
             WHERE destination_id = %(c)s AND state = %(ready)s),
          (SELECT count(DISTINCT reference) FROM distribution_fulfilment
             WHERE destination_id = %(c)s AND state = %(uncollected)s),
          (SELECT count(*) FROM distribution_fulfilmentline l
             JOIN distribution_fulfilment f ON f.id = l.fulfilment_id
             JOIN distribution_round r ON r.id = f.round_id AND r.state = 'RELEASED'
             WHERE f.centre_id = %(c)s AND l.short > 0)
        """,
        {"c": centre.pk, "ready": FulfilmentState.READY, "uncollected": FulfilmentState.UNCOLLECTED},
    )
    return Counts(*row)


def _unserved(centre):
    """Jobs of this centre that have been due for over a minute and nobody took: its queue has no worker."""
    row = fetch_row(
        "SELECT count(*) FROM kernel_job WHERE centre = %s AND done_at IS NULL AND dead_at IS NULL "
        "AND run_after < now() - interval '1 minute' AND (lease_until IS NULL OR lease_until < now())",
        [centre.code],
    )
    return row[0]
