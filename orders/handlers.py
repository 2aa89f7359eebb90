"""Jobs written below, and our own, that this package does."""

from distribution import jobs as centre_jobs
from marketplace.kernel.worker import handles
from orders import jobs
from orders.operations import endings, mails, notices, preparation, refunds, replanning


@handles(centre_jobs.ROUND_CLOSED)
def round_closed(*, round, at):  # noqa: A002 - the payload's word
    preparation.release(round_id=round, by=None, at=at)


@handles(centre_jobs.LINES_SHORT)
def lines_short(*, reference, shortages, at):
    preparation.shorten(reference=reference, shortage_ids=shortages, at=at)


@handles(centre_jobs.SUPPLY_UNCOVERED)
def supply_uncovered(*, supply, at):
    preparation.settle_uncovered(supply=supply, at=at)


@handles(centre_jobs.FULFILMENT_READY)
def fulfilment_ready(*, reference, at):
    preparation.make_ready(reference=reference, at=at)


@handles(centre_jobs.FULFILMENT_WEIGHED)
def fulfilment_weighed(*, reference, grams, at):
    weights = {int(line): value for line, value in grams.items()}
    preparation.settle_weights(reference=reference, grams=weights, at=at)


@handles(centre_jobs.TRIP_CHANGED, atomic=False)
def trip_changed(*, trip, at):
    replanning.replan(trip=trip, at=at)


@handles(centre_jobs.ROUND_OVER)
def round_over(*, round, at):  # noqa: A002
    preparation.leave_uncollected(round_id=round, at=at)


@handles(jobs.ORDER_EXPIRES)
def order_expires(*, order, at):
    endings.expire(number=order, at=at)


@handles(centre_jobs.LOT_RECALLED)
def lot_recalled(*, recall, at):
    notices.tell_buyers(recall=recall)


@handles(centre_jobs.GOODS_RETURNED)
def goods_returned(*, reference, item, units, document, at):
    refunds.refund_returned(reference=reference, item=item, units=units, document=document, at=at)


@handles(jobs.MAIL, atomic=False)
def mail(*, order, message, at, recall=None):
    mails.send(number=order, message=message, recall=recall)


@handles(jobs.PRODUCER_LIST, atomic=False)
def producer_list(*, round, producer, at):  # noqa: A002
    mails.send_producer_list(round_id=round, producer_id=producer)
