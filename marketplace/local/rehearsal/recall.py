"""A recall in the middle of the rehearsal: of a lot that is on a lorry."""

from distribution.models import Balance, Location
from distribution.operations import recalls
from marketplace.local.rehearsal.people import of


def of_a_lot_aboard(*, at):
    """Recalls the lot of which most is in transit; None when nothing is."""
    aboard = Balance.objects.filter(location__kind=Location.Kind.TRANSIT, units__gt=0, lot__state="RELEASED")
    row = aboard.select_related("centre").order_by("-units", "pk").first()
    if row is None:
        return None
    return recalls.start(lot=row.lot_id, reason="próba: ciało obce", by=of(row.centre), at=at)
