"""Work of the system at a centre that was given up after all its attempts."""

from django.db.models import Count, QuerySet

from distribution.models import Centre
from marketplace.kernel.errors import NotFound
from marketplace.kernel.models import Job


def of_centre(centre: Centre) -> QuerySet[Job]:
    """The latest first, with how often each was brought back before."""
    dead = Job.objects.filter(centre=centre.code).dead()
    return dead.annotate(times_retried=Count("retries")).order_by("-dead_at", "-pk")


def at_centre(*, centre: Centre, pk: int) -> Job:
    """Raises NotFound, also when it is not dead any more."""
    row = of_centre(centre).filter(pk=pk).first()
    if row is None:
        raise NotFound
    return row
