"""One order from basket to hand-over, through every operation on its way."""

import uuid

import pytest

from distribution.models import (
    Allocation,
    Balance,
    Document,
    Fulfilment,
    HandlingUnit,
    Movement,
    Shortage,
    Supply,
    Task,
)
from distribution.operations import picking, supply, tasks
from orders.models import MoneyEvent
from orders.operations import audit, collection, preparation
from orders.queries.totals import due_grosze
from tests.factories.market import HANDING_OUT, NOW, PACKING, market

pytestmark = pytest.mark.django_db


def scan(task, code, by, **counted):
    return picking.scan(
        task=task,
        key=uuid.uuid4(),
        code=code,
        units=counted.get("units"),
        grams=counted.get("grams"),
        by=by,
        at=PACKING,
    )


def pick_everything(market, by):
    for task in Task.objects.unfinished().filter(kind="PICK", centre=market.centre):
        tasks.claim(task=task.pk, by=by, at=PACKING)
        step = picking.next_step(task=Task.objects.get(pk=task.pk))
        while step.expects != "nothing":
            code = step.code
            if step.expects == "crate":
                code = HandlingUnit.objects.filter(centre=market.centre, fulfilment=None).first().sscc
            grams = step.max_grams if step.expects == "goods" and step.grams else None
            scan(task.pk, code, by, grams=grams)
            step = picking.next_step(task=Task.objects.get(pk=task.pk))


def pack_everything(market, by):
    for task in Task.objects.unfinished().filter(kind="PACK", centre=market.centre):
        tasks.claim(task=task.pk, by=by, at=PACKING)
        scan(task.pk, "STAGE-A", by)


def test_order_from_stock_reaches_its_buyer():
    m = market()
    jam, cheese = m.add(stock=10), m.add(stock=5, temperature="CHILLED")
    order = m.order([(jam, 3), (cheese, 2)])
    assert order.placed_total == 5 * 12.5
    assert Supply.objects.get(item=jam.stock_item).held == 3

    counts = m.close_and_release()
    assert counts["orders"] == 1
    assert counts["fulfilments"] == 2
    assert Allocation.objects.count() == 2

    worker = m.worker()
    pick_everything(m, worker)
    assert Supply.objects.get(item=jam.stock_item).held == 0
    assert Supply.objects.get(item=jam.stock_item).quantity == 7
    pack_everything(m, worker)
    assert preparation.make_ready(reference=order.number, at=PACKING)

    collection.hand_out(
        number=order.number, centre=m.centre.pk, by=worker, at=HANDING_OUT, paid_grosze=due_grosze(order)
    )
    order.refresh_from_db()
    assert order.state == "COLLECTED"
    assert Document.objects.filter(kind="WZ").count() == 1
    assert sum(Balance.objects.values_list("units", flat=True)) == 10
    assert HandlingUnit.objects.exclude(fulfilment=None).count() == 0
    assert Movement.objects.filter(reason="HAND_OUT").count() == 2

    collection.take_back(
        number=order.number, centre=m.centre.pk, reason="nie ta osoba", by=worker, at=HANDING_OUT
    )
    order.refresh_from_db()
    assert order.state == "READY"
    assert sum(Balance.objects.values_list("units", flat=True)) == 15
    assert set(Fulfilment.objects.values_list("state", flat=True)) == {"READY"}
    collection.hand_out(number=order.number, centre=m.centre.pk, by=worker, at=HANDING_OUT)
    order.refresh_from_db()
    assert (order.state, due_grosze(order)) == ("COLLECTED", 0)
    assert not any(audit.run().breaches.values())


def test_promised_goods_come_short_and_the_buyer_pays_less():
    m = market()
    bread = m.add()
    supply.promise(
        item=bread.stock_item, centre=m.centre, available_on=PACKING.date(), pieces=10, by=None, at=NOW
    )
    first, second = m.order([(bread, 6)]), m.order([(bread, 4)])
    m.close_and_release()
    arrival = m.centre.arrivals.get()
    assert arrival.lines.get().owed == 10

    m.receive(bread.stock_item, 7, arrival=arrival.pk, last=True, at=PACKING)
    assert Supply.objects.get(kind="PROMISE").held == 0
    preparation.shorten(reference=second.number, shortage_ids=shortages_of(second), at=PACKING)

    assert Fulfilment.objects.get(reference=first.number).lines.get().short == 0
    assert Fulfilment.objects.get(reference=second.number).lines.get().short == 3
    assert due_grosze(second) == 1250
    assert MoneyEvent.objects.get(kind="SHORTENED").grosze == -3750


def shortages_of(order):
    return list(Shortage.objects.filter(reference=order.number).values_list("pk", flat=True))
