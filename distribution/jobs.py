"""Kinds of job this package writes."""

ROUND_CLOSES = "distribution.round_closes"  # due when orders close; handled here
ROUND_CLOSED = "distribution.round_closed"  # no order can join any more; orders settles them and releases
ROUND_ENDS = "distribution.round_ends"  # due after the last slot; handled here
ROUND_OVER = "distribution.round_over"  # what was not collected gets its rule; orders tells the buyers
LINES_SHORT = "distribution.lines_short"  # a shortage is known; orders shortens lines and tells the buyer
SUPPLY_UNCOVERED = "distribution.supply_uncovered"  # goods were lost that are sold; holds must be cut
FULFILMENT_READY = "distribution.fulfilment_ready"  # packed and waiting for the buyer
FULFILMENT_WEIGHED = "distribution.fulfilment_weighed"  # picked weights settle prices
PLACE_SHORT = (
    "distribution.place_short"  # a picker found nothing at a place; it is to be counted; handled here
)
LOT_RECALLED = "distribution.lot_recalled"  # orders tells the buyers who got it
RECALL_BEGUN = "distribution.recall_begun"  # the centres that have it are told; handled here
RECALL_LETTER = "distribution.recall_letter"  # to one lead of such a centre; handled here
RECALLED_GOODS = "distribution.recalled_goods"  # recalled goods lie where they may be taken; handled here
PLAN_TRIPS = "distribution.plan_trips"  # daily: dated trips of the timetable; handled here
TRIP_CHANGED = "distribution.trip_changed"  # late or cancelled: what hangs on it is planned anew
GOODS_RETURNED = "distribution.goods_returned"  # a buyer brought goods back; orders gives the money back
