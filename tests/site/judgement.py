"""Whether a day was clean: everything that was accepted has its effect once, and nothing else happened."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta

from django.db.models import F, Sum
from django.utils import timezone

from distribution.models import Balance, Document, HandlingUnit, Movement
from marketplace.kernel.models import Job
from orders.models import Line, Order
from orders.operations import collection
from orders.queries.totals import due_grosze
from tests.audit import assert_audit_clean, assert_no_job_is_due


@dataclass
class Expected:
    """What a fault rightly changes; without one, nothing.

    `cancelled` orders were given up by their buyers in time. Every piece of a `recalled` item is missing, from its
    lot `lot`. `lost` pieces by (order, item) were picked and never came. `dead` jobs were given up. `slowest` is how
    many seconds a job may have been due and open.
    """

    cancelled: set[str] = field(default_factory=set)
    recalled: int | None = None
    lot: int | None = None
    lost: Counter = field(default_factory=Counter)
    dead: set[int] = field(default_factory=set)
    slowest: float | None = None

    @property
    def is_short(self):
        return bool(self.recalled or self.lost)


def judge(day, expected):
    """Each accepted order is there once, in the state it should have; in its crates are the pieces it was sold, less
    what rightly is short; nothing else was picked; jobs were done in time; refusals say why, and nothing broke; the
    audit is clean."""
    assert_no_job_is_due(dead=expected.dead)
    assert len(day.accepted) == day.orders
    assert set(Order.objects.values_list("number", flat=True)) == set(day.accepted)
    assert Order.objects.count() == day.orders
    assert day.answers.counts["unexplained"] == 0
    assert set(day.answers.server_errors) <= {503}
    lines = list(Line.objects.select_related("order").exclude(order__number__in=expected.cancelled))
    wrong = {(x.order.number, x.position): x.short for x in lines if x.short != _short(x, expected)}
    assert not wrong, f"lines that are short of other pieces than they should be: {wrong}"
    sold = Counter()
    for line in lines:
        sold[line.order.number] += line.pieces - line.short
    _judge_states(sold, expected)
    assert in_crates() == +sold
    picks = Movement.objects.filter(reason="PICK").exclude(lot=expected.lot)
    assert sum(picks.values_list("units", flat=True)) == sold.total() + expected.lost.total()
    _judge_jobs(day, expected)
    assert_audit_clean()


def _short(line, expected):
    if line.item_id == expected.recalled and line.replaces_id is None:
        return line.pieces
    return min(line.pieces, expected.lost[line.order.number, line.item_id])


def _judge_states(sold, expected):
    """An order of which nothing came has ended; when it was packed before, it stands there empty."""
    for number, state in Order.objects.values_list("number", "state"):
        if number in expected.cancelled:
            assert state == "CANCELLED", f"{number} was cancelled and is {state}"
        elif sold[number] or not expected.is_short:
            assert state == "READY", f"{number} is {state}"
        else:
            assert state in {"CANCELLED", "READY"}, f"{number}, of which nothing came, is {state}"


def in_crates():
    """Pieces that lie in the crates of each order."""
    whose = dict(HandlingUnit.objects.exclude(fulfilment=None).values_list("inside", "fulfilment__reference"))
    inside = Counter()
    for place, units in Balance.objects.filter(location__in=whose, units__gt=0).values_list(
        "location", "units"
    ):
        inside[whose[place]] += units
    return inside


def _judge_jobs(day, expected):
    mails = {
        "placed": day.orders,
        "ready": Order.objects.filter(state="READY").count(),
        "cancelled": len(expected.cancelled),
    }
    written = {message: Job.objects.filter(key__startswith=f"mail:{message}:").count() for message in mails}
    assert written == mails
    if expected.slowest is not None:
        late = Job.objects.filter(done_at__gt=F("run_after") + timedelta(seconds=expected.slowest))
        rows = [(job.kind, job.attempts, str(job.done_at - job.run_after)) for job in late]
        assert not rows, f"open longer than {expected.slowest} s: {rows}"


def hand_out():
    """Everybody whose order has something in it comes, pays and gets it."""
    full = in_crates()
    for order in Order.objects.select_related("round").filter(state="READY", number__in=full):
        collection.hand_out(
            number=order.number,
            centre=order.round.centre_id,
            by=None,
            at=timezone.now(),
            paid_grosze=due_grosze(order),
        )
    assert set(Order.objects.filter(number__in=full).values_list("state", flat=True)) == {"COLLECTED"}
    assert Document.objects.filter(kind="WZ").count() == len(full)
    given = Movement.objects.filter(reason="HAND_OUT").aggregate(units=Sum("units"))
    assert given["units"] == full.total()
    assert not in_crates()
    assert_audit_clean()
