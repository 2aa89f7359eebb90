"""A centre's queue of work."""

from dataclasses import dataclass

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from distribution.models import Allocation, Centre, Fulfilment, Hold, Task
from distribution.states import AllocationState, HoldState
from marketplace.kernel.errors import NotFound


def queue(centre: Centre) -> QuerySet[Task]:
    """Unfinished tasks that can be worked on, the most urgent first, cold last within one deadline.

    `stops` counts what is still to pick. A pick task whose goods are all awaited is not in the queue, nor is one to
    put away what orders will take from the ramp.
    """
    active = Q(allocations__state=AllocationState.ACTIVE)
    return (
        Task.objects.unfinished()
        .filter(centre=centre)
        .annotate(stops=Count("allocations", filter=active))
        .exclude(kind=Task.Kind.PICK, stops=0)
        .exclude(kind__in=Task.FROM_RAMP, balance__units__lte=F("balance__allocated"))
        .with_subject()
        .select_related("taken_by", "crate", "wave")
        .order_by("due_at", "kind", "fulfilment__temperature", "pk")
    )


def waiting_for_goods(centre: Centre) -> QuerySet[Task]:
    """Pick tasks that wait for an arrival."""
    ready = Allocation.objects.filter(task=OuterRef("pk"), state=AllocationState.ACTIVE)
    return (
        Task.objects.unfinished()
        .filter(centre=centre, kind=Task.Kind.PICK)
        .filter(~Exists(ready))
        .select_related("fulfilment", "wave")
        .order_by("due_at", "pk")
    )


def for_worker(*, pk: int, user: object) -> Task:
    """A task of a centre this person works at. Raises NotFound."""
    row = (
        Task.objects.filter(pk=pk, centre__in=Centre.objects.staffed_by(user))
        .with_subject()
        .select_related("centre", "crate", "at_location", "taken_by", "trip")
        .first()
    )
    if row is None:
        raise NotFound
    return row


@dataclass(frozen=True)
class Why:
    """Why a line of a part is served from here: the policy's word, or the person's who overrode it."""

    line: int
    label: str
    reason: str
    explained: str


def reasons(task: Task) -> list[Why]:
    """For each line of the task's part, why its goods were taken from this centre."""
    part = task.fulfilment
    labels = dict(part.lines.values_list("line", "label"))
    holds = (
        Hold.objects.filter(
            reference=part.reference, round=part.round_id, line__in=labels, supply__centre=part.centre_id
        )
        .exclude(state=HoldState.RELEASED)
        .order_by("line", "pk")
        .values_list("line", "reason", "explained")
        .distinct()
    )
    return [Why(line, labels[line], Hold.Reason(reason).label, said) for line, reason, said in holds]


def progress(centre: Centre) -> list[dict]:
    """Fulfilments of rounds in work by round and state: how many are still to pick, pack, hand out."""
    return list(
        Fulfilment.objects.filter(centre=centre, round__state="RELEASED")
        .values("round_id", "state", hands_over_on=F("round__hands_over_on"))
        .annotate(n=Count("pk"))
        .order_by("hands_over_on", "state")
    )
