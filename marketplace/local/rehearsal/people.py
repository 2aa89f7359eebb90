"""Who works where in the rehearsal."""

from distribution.models import CentreStaff


def of(centre):
    """Somebody of the centre's staff."""
    return CentreStaff.objects.filter(centre=centre, is_active=True).select_related("user").first().user
