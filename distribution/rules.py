"""Who may do what in a centre, as short named predicates."""

from typing import Any

from distribution.models import Centre, CentreStaff, Leg, Trip
from producers.models import ClusterRole


def works_at(user: object, centre: Centre) -> bool:
    return Centre.objects.staffed_by(user).filter(pk=centre.pk).exists()


def leads(user: object, centre: Centre) -> bool:
    """May reverse documents, hold, release and recall lots, and retry dead jobs."""
    return CentreStaff.objects.filter(
        centre=centre, user=user, role=CentreStaff.Role.LEAD, is_active=True
    ).exists()


def plans(user: object, way: Leg | Trip) -> bool:
    """May change a leg or a trip: leads a centre that it leaves or reaches."""
    return CentreStaff.objects.filter(
        centre__in=[way.from_centre_id, way.to_centre_id],
        user=user,
        role=CentreStaff.Role.LEAD,
        is_active=True,
    ).exists()


def sees_network(user: Any) -> bool:
    """May look at every centre's trips: works at any centre, or coordinates a cluster."""
    return Centre.objects.staffed_by(user).exists() or ClusterRole.objects.filter(user_id=user.pk).exists()
