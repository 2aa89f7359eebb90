"""The sales channel somebody buys in."""

from orders.models import BuyerChannel


def channel_of(user: object) -> str:
    """A Quota.Channel, or nothing for the open shop and whoever is not signed in. One statement for the signed in."""
    pk = getattr(user, "pk", None)
    if pk is None:
        return ""
    return BuyerChannel.objects.filter(user_id=pk).values_list("channel", flat=True).first() or ""
