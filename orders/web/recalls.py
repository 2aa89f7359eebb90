"""Who was handed pieces of a recalled lot, with how to reach them, for a lead."""

from distribution.queries import recalls
from distribution.web.floor import page
from distribution.web.recalls import led
from orders.models import Order


@led
def buyers(request, centre, pk):
    """Orders with the buyer's contact; erased ones say so."""
    recall = recalls.whole(pk)
    got = recalls.buyers(recall)
    orders = Order.objects.filter(number__in=got).select_related("contact", "place").order_by("number")
    return page(
        request,
        centre,
        "orders/recall_buyers",
        recall=recall,
        rows=[(order, got[order.number]) for order in orders],
    )
