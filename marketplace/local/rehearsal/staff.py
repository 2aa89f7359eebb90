"""Staff of the rehearsal: deliveries counted in, tasks worked off scan by scan, goods handed out."""

import random
import uuid
from datetime import timedelta

from django.db import connection

from distribution.models import HandlingUnit, Location, Task
from distribution.operations import receipts, scanning, tasks
from distribution.operations.receipts import Counted
from distribution.queries import arrivals
from distribution.queries import tasks as task_queries
from marketplace.kernel.clock import local_date
from marketplace.local.rehearsal.people import of
from orders.models import Order
from orders.operations import collection
from orders.queries.totals import due_grosze
from producers.models.product import DateKind

WORK = (Task.Kind.PICK, Task.Kind.PACK, Task.Kind.STAGE, Task.Kind.PUT_AWAY)


def receive_everything(*, centre, seed, at, watch, short_one_in):
    """Counts in what is expected; one line in `short_one_in` comes short. Returns the deliveries."""
    chance, by = random.Random(seed), of(centre)  # noqa: S311 - a rehearsal
    expected = list(arrivals.expected(centre).filter(due_on__lte=local_date(at)))
    for arrival in expected:
        counted = [
            _counted(line, chance, at, short_one_in)
            for line in arrivals.owed(arrival).prefetch_related("item__offers")
        ]
        with watch.step("receive"):
            receipts.post_receipt(
                centre=centre.pk, producer=arrival.producer_id, counted=counted, by=by, at=at,
                arrival=arrival.pk, last=True,
            )  # fmt: skip
    connection.close()
    return len(expected)


def _counted(line, chance, at, short_one_in):
    product, owed = line.item.product, line.owed - line.received
    units = max(1, owed - chance.randint(1, 3)) if chance.random() < 1 / short_one_in else owed
    by_weight = any(offer.sold_by == "WEIGHT" for offer in line.item.offers.all())
    day = local_date(at)
    return Counted(
        item=line.item_id,
        lot_code=f"L{day:%y-%m-%d}",
        units=units,
        printed_on=None
        if product.date_kind == DateKind.NOT_REQUIRED
        else day + timedelta(days=product.shelf_life_days),
        grams=line.item.content * units if by_weight else None,
    )


def work(*, centre, at, watch):
    """Claims and finishes tasks until none is left. Returns how many were done."""
    by, done = of(centre), 0
    while task := task_queries.queue(centre).filter(state="OPEN", kind__in=WORK).first():
        with watch.step(task.kind.lower()):
            tasks.claim(task=task.pk, by=by, at=at)
            _finish(task, by, at)
        done += 1
    connection.close()
    return done


def _finish(task, by, at):
    while True:
        step = scanning.next_step(task=Task.objects.get(pk=task.pk))
        if step.expects == "nothing":
            return
        code = _of_the_ramp(step) if task.kind == Task.Kind.PUT_AWAY else step.code
        if step.expects == "crate":
            code = _free_crate(task)
        if step.expects == "stage":
            code = Location.objects.filter(centre_id=task.centre_id, kind="STAGE").first().code
        grams = None
        if task.kind == Task.Kind.PICK and step.expects == "goods" and step.grams:
            grams = int(step.max_grams * 0.93)
        answer = scanning.scan(
            task=task, key=uuid.uuid4(), code=code, units=None, grams=grams, by=by, at=at, again=True
        )
        if answer["next"]["expects"] == "nothing":
            return


def _of_the_ramp(step):
    """The goods, then the place proposed for them."""
    return step.lot if step.expects == "goods" else step.to


def _free_crate(task):
    own = HandlingUnit.objects.filter(fulfilment=task.fulfilment_id).first()
    crate = own or HandlingUnit.objects.standing_at(task.centre_id).empty().first()
    return crate.sscc


def hand_out(*, number, seed, at, watch):
    """One buyer in forty does not come. True when the order was handed out."""
    try:
        if random.Random(f"{seed}{number}").random() < 1 / 40:  # noqa: S311 - a rehearsal
            return False
        order = Order.objects.select_related("round").get(number=number)
        with watch.step("hand_out"):
            collection.hand_out(
                number=number,
                centre=order.round.centre_id,
                by=of(order.round.centre),
                at=at,
                paid_grosze=max(due_grosze(order), 0),
            )
        return True
    finally:
        connection.close()
