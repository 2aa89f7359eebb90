"""Late and cancelled trips: the pages that say, before it is confirmed, what becomes of the orders."""

from collections import Counter, defaultdict
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import ngettext

from distribution.web import trips
from distribution.web.planning import led
from marketplace.kernel.money import ZERO
from marketplace.kernel.templatetags.polish_text import zloty
from orders.operations import replanning


@led
def delay(request, centre, pk):
    return trips.delay(request, centre, pk, cost_of=cost_of)


@led
def cancel(request, centre, pk):
    return trips.cancel(request, centre, pk, cost_of=cost_of)


def cost_of(trip, change):
    """What would become of the orders that hang on the trip, as facts: how many, and worth how much."""
    orders, worth = Counter(), defaultdict[str, Decimal](lambda: ZERO)
    for fate in replanning.cost(change=change, trip=trip.pk, at=timezone.now()):
        orders[fate.label] += 1
        worth[fate.label] += fate.value
    return [
        {
            "term": label,
            "value": ngettext("%(n)d zamówienie, %(zl)s", "%(n)d zamówień, %(zl)s", n)
            % {"n": n, "zl": zloty(worth[label])},
        }
        for label, n in orders.items()
    ]
