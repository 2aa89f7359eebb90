"""One task, one step at a time: scan, count, weigh, say what is missing."""

import uuid

from django.contrib import messages
from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from distribution.models import Task
from distribution.operations import picking, scanning
from distribution.operations import tasks as task_operations
from distribution.states import TaskState
from distribution.web import lookups
from distribution.web.floor import act, at_centre, page

DONE = {
    "crate": _("Skrzynka przypisana."),
    "location": _("Dobre miejsce."),
    "picked": _("Zebrane."),
    "packed": _("Spakowane. Skrzynki stoją na miejscu."),
    "loaded": _("Załadowane."),
    "unloaded": _("Rozładowane."),
}


def of_centre(centre, pk):
    row = (
        Task.objects.filter(centre=centre, pk=pk)
        .select_related("fulfilment__round", "taken_by", "crate", "centre")
        .first()
    )
    if row is None:
        raise Http404
    return row


@at_centre
def task(request, centre, pk):
    """The step the task is at. A task somebody else works on shows who."""
    row = of_centre(centre, pk)
    if row.kind in lookups.TEMPLATES:
        return lookups.task_page(request, centre, row)
    mine = row.state == TaskState.TAKEN and row.taken_by_id == request.user.pk
    following = None
    if row.state == TaskState.DONE and row.kind == Task.Kind.PICK:
        following = Task.objects.unfinished().filter(fulfilment=row.fulfilment, kind=Task.Kind.PACK).first()
    crates = row.fulfilment.handling_units.select_related("stands_at")
    return page(
        request,
        centre,
        "distribution/task",
        task=row,
        mine=mine,
        step=scanning.next_step(task=row) if mine else None,
        crates=crates,
        following=following,
        key=uuid.uuid4(),
    )


@require_POST
@at_centre
def claim(request, centre, pk):
    row = of_centre(centre, pk)
    back = reverse("distribution:task", args=[centre.code, row.pk])
    return act(request, back, lambda: task_operations.claim(task=row.pk, by=request.user, at=timezone.now()))


@require_POST
@at_centre
def give_back(request, centre, pk):
    row = of_centre(centre, pk)
    back = reverse("distribution:board", args=[centre.code])
    return act(
        request, back, lambda: task_operations.give_back(task=row.pk, by=request.user, at=timezone.now())
    )


@require_POST
@at_centre
def scan(request, centre, pk):
    row = of_centre(centre, pk)
    back = reverse("distribution:task", args=[centre.code, row.pk])

    def effect():
        answer = scanning.scan(
            task=row,
            key=_key(request),
            code=request.POST.get("code", "")[:120],
            units=_whole(request, "units"),
            grams=_whole(request, "grams"),
            by=request.user,
            at=timezone.now(),
        )
        messages.success(request, DONE[answer["result"]])

    return act(request, back, effect)


@require_POST
@at_centre
def short(request, centre, pk):
    row = of_centre(centre, pk)
    back = reverse("distribution:task", args=[centre.code, row.pk])
    reason = "DAMAGED" if request.POST.get("reason") == "DAMAGED" else "MISSING"
    return act(
        request,
        back,
        lambda: picking.report_short(
            task=row.pk,
            allocation=_whole(request, "allocation") or 0,
            reason=reason,
            by=request.user,
            at=timezone.now(),
        ),
        _("Zapisane. Kupujący dostanie wiadomość."),
    )


def _key(request):
    try:
        return uuid.UUID(request.POST.get("key", ""))
    except ValueError:
        return uuid.uuid4()


def _whole(request, name):
    text = request.POST.get(name, "").strip().replace(" ", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else None
