"""Recall: blocked everywhere in one transaction, listed, pulled, told, accounted for; a drill only lists."""

import uuid

import pytest

from distribution.operations import pulling, recalls, tasks
from distribution.operations.receipts import Counted, post_receipt
from tests.factories import CentreFactory
from tests.factories.market import GOOD_UNTIL, NOW, PACKING, market
from tests.orders.operations.test_order_story import pack_everything, pick_everything
from tests.workers import do_jobs

pytestmark = pytest.mark.django_db


def start(lot, by, *, drill=False, reason="szkło w słoiku"):
    return recalls.start(lot=lot.pk, reason=reason, by=by, at=PACKING, drill=drill)


def scan(task, by, code, units=None):
    return pulling.scan(task=task.pk, key=uuid.uuid4(), code=code, units=units, grams=None, by=by, at=PACKING)


def pull(task, by, code, lot="L1", units=None):
    tasks.claim(task=task.pk, by=by, at=PACKING)
    scan(task, by, code)
    return scan(task, by, lot, units)


@pytest.fixture
def m():
    """One order handed out (2), one packed (3), 5 on the shelf, and 4 of the lot in another centre."""
    m = market()
    jam = m.add(stock=10)
    gone, waiting = m.order([(jam, 2)]), m.order([(jam, 3)])
    m.close_and_release()
    by = m.worker()
    pick_everything(m, by)
    pack_everything(m, by)
    do_jobs()
    m.gone, m.waiting, m.jam = gone, waiting, jam
    m.other = CentreFactory()
    post_receipt(
        centre=m.other.pk,
        producer=m.producer.pk,
        counted=[
            Counted(jam.stock_item_id, "L1", 4, GOOD_UNTIL, location=m.other.locations.get(code="A-02").pk)
        ],
        by=None,
        at=NOW,
    )
    return m


def hand_out(m, order, by):
    order.refresh_from_db()
