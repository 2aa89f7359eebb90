"""The end of packing: checked crates stand where their buyer or their lorry will find them."""

from datetime import datetime

from django.utils.translation import gettext as _

from distribution import locks
from distribution.models import Fulfilment, HandlingUnit, Location, Task, Trip
from distribution.operations import fulfilments, loading, trips
from distribution.operations.steps import WrongLocation
from distribution.states import FulfilmentState, TaskState
from marketplace.accounts.models import User
from marketplace.kernel import outbox
from marketplace.kernel.units import SoldBy


def first_trip(task: int) -> Trip | None:
    """The trip a packed part leaves by, locked before the part; None for what is handed out here."""
    row = Task.objects.select_related("fulfilment").get(pk=task)
    if row.kind != Task.Kind.PACK or row.fulfilment.route_id is None:
        return None
    return locks.trip(row.fulfilment.route.stages.get(position=0).trip_id)


def stage(
    *, task: Task, fulfilment: Fulfilment, leaves_by: Trip | None, code: str, by: User, at: datetime
) -> None:
    """The crates stand at a staging location, checked: the part is ready for its buyer, or for its trip."""
    place = Location.objects.filter(
        centre_id=task.centre_id, code__iexact=code, kind=Location.Kind.STAGE
    ).first()
    if place is None:
        raise WrongLocation(_("To nie jest pole wydań."), expects="stage", wanted="")
    HandlingUnit.objects.filter(fulfilment=fulfilment).update(stands_at=place)
    new = FulfilmentState.READY if leaves_by is None else FulfilmentState.TO_LOAD
    fulfilments.move(fulfilment=fulfilment, new=new, by=by, at=at, stage=place)
    fulfilments.end_task(task=task, new=TaskState.DONE, by=by, at=at)
    if leaves_by is not None:
        if leaves_by.state in loading.LOADS:
            loading.expect(fulfilment=fulfilment, trip=leaves_by.pk)
        else:
            outbox.write([trips.changed(leaves_by, at)])
        return
    weighed = fulfilment.lines.filter(sold_by=SoldBy.WEIGHT, picked__gt=0)
    fulfilments.announce_weighed(
        fulfilment=fulfilment, lines={line.line: line.picked_grams or 0 for line in weighed}, at=at
    )
    fulfilments.announce_ready(fulfilment=fulfilment, at=at)
