"""The board, and taking the next task."""

from django.contrib import messages
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from distribution.models import Task
from distribution.operations import tasks
from distribution.operations.tasks import TaskOver, TaskTaken
from distribution.queries import board as boards
from distribution.queries import tasks as task_queries
from distribution.rules import leads
from distribution.web.floor import at_centre, page
from distribution.web.station import remember_station


@at_centre
def board(request, centre):
    now = timezone.now()
    found = boards.board(centre=centre, user=request.user, at=now)
    response = page(
        request, centre, "distribution/board", board=found, leads=leads(request.user, centre), now=now
    )
    return remember_station(response, centre)


@at_centre
def queue(request, centre):
    """Everything to do, the most urgent first."""
    found = task_queries.queue(centre)[:100]
    waiting = task_queries.waiting_for_goods(centre)[:50]
    return page(request, centre, "distribution/queue", tasks=found, waiting=waiting, now=timezone.now())


@require_POST
@at_centre
def take_next(request, centre):
    """The most urgent free task of a kind; two people never get the same one."""
    kind = request.POST.get("kind", Task.Kind.PICK)
    now = timezone.now()
    free = task_queries.queue(centre).filter(kind=kind)
    for task in free.exclude(taken_by__isnull=False, leased_until__gt=now)[:10]:
        try:
            tasks.claim(task=task.pk, by=request.user, at=now)
        except (TaskTaken, TaskOver):
            continue
        return redirect("distribution:task", centre.code, task.pk)
    messages.warning(request, _("Nie ma teraz wolnego zadania tego rodzaju."))
    return redirect("distribution:board", centre.code)
