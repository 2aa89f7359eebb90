"""Kinds of job this package writes."""

ORDER_EXPIRES = "orders.order_expires"  # due when an unpaid or unconfirmed order loses its holds
MAIL = "orders.mail"  # a message to a buyer: `message` names it
PRODUCER_LIST = "orders.producer_list"  # the round's list, to a producer
