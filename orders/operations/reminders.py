"""Sending an order's address again, to the e-mail it was placed with and nowhere else."""

from datetime import datetime

from django.db import transaction

from marketplace.kernel import outbox
from marketplace.kernel.outbox import NewJob
from orders import jobs
from orders.queries.orders import of_contact


@transaction.atomic
def send_link(*, number: str, email: str, at: datetime) -> None:
    """Queues the letter with the link, at most once an hour for an order. Nothing happens, and nothing is
    said, when number and e-mail do not belong together."""
    if of_contact(number=number, email=email) is None:
        return
    key = f"mail:link:{number}:{at:%Y%m%d%H}"
    outbox.write([NewJob(jobs.MAIL, key, {"order": number, "message": "link"}, queue="mail")])
