"""Where a signed-in person works: a producer's desk, a centre's hall, a cluster, the payments."""

from django.db.models import CharField, Value

from distribution.models import CentreStaff
from marketplace.accounts.models import User
from orders.models import FinanceRole
from producers.models import ClusterRole, ProducerPerson

PRODUCER, CENTRE, CLUSTER, FINANCE = "producer", "centre", "cluster", "finance"


def desks_of(user: User) -> list[str]:
    """Kinds of desk the person may open, in the order of a day's work; one statement."""
    roles = {
        PRODUCER: ProducerPerson.objects.filter(user=user),
        CENTRE: CentreStaff.objects.filter(user=user, is_active=True),
        CLUSTER: ClusterRole.objects.filter(user=user),
        FINANCE: FinanceRole.objects.filter(user=user),
    }
    first, *rest = [
        rows.order_by().annotate(kind=Value(kind, CharField())).values_list("kind", flat=True)
        for kind, rows in roles.items()
    ]
    found = set(first.union(*rest))
    return [kind for kind in roles if kind in found]
