"""What buyers are told that is not about their order alone."""

from django.db import transaction

from distribution.queries import recalls
from marketplace.kernel import outbox
from marketplace.kernel.outbox import NewJob
from orders import jobs
from orders.models import Order


@transaction.atomic
def tell_buyers(*, recall: int) -> int:
    """A letter to everybody who was handed pieces of the recalled lot; safe to run twice. Returns how many."""
    got = recalls.buyers(recalls.whole(recall))
    numbers = Order.objects.filter(number__in=got).order_by("pk").values_list("number", flat=True)
    letters = [
        NewJob(
            jobs.MAIL,
            f"mail:recalled:{recall}:{number}",
            {"order": number, "message": "recalled", "recall": recall},
            queue="mail",
        )
        for number in numbers
    ]
    outbox.write(letters)
    return len(letters)
