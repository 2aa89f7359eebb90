"""Dead letters: what the system gave up on at this centre, and bringing it back."""

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from distribution.queries import dead_jobs
from distribution.web.floor import act, page
from distribution.web.planning import led
from marketplace.kernel import worker


@require_safe
@led
def dead(request, centre):
    return page(request, centre, "distribution/dead_jobs", jobs=dead_jobs.of_centre(centre)[:100])


@require_POST
@led
def retry(request, centre, pk):
    row = dead_jobs.at_centre(centre=centre, pk=pk)
    back = reverse("distribution:dead_jobs", args=[centre.code])
    return act(
        request,
        back,
        lambda: worker.retry(pk=row.pk, by=request.user, at=timezone.now()),
        _("Zadanie wróciło do kolejki."),
    )
