"""One task, one step at a time: scan, count, weigh, say what is missing."""

import uuid
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from distribution.models import Task
from distribution.operations import exits, scanning
from distribution.operations import tasks as task_operations
from distribution.operations.picking import AnotherOne
from distribution.queries import loads
from distribution.queries import tasks as task_queries
from distribution.states import TaskState
from distribution.web import lookups
from distribution.web.floor import act, at_centre, page
from marketplace.kernel.errors import DomainError

DONE = {
    "crate": _("Dobra skrzynka."),
    "location": _("Dobre miejsce."),
    "picked": _("Zebrane."),
    "packed": _("Spakowane. Skrzynki stoją na miejscu."),
    "loaded": _("Załadowane."),
    "unloaded": _("Rozładowane."),
}


def of_centre(centre, pk):
    row = (
        Task.objects.filter(centre=centre, pk=pk)
        .with_subject()
        .select_related("fulfilment__round", "trip", "taken_by", "crate", "centre")
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
    return page(
        request,
        centre,
        "distribution/task",
        task=row,
        mine=mine,
        step=scanning.next_step(task=row) if mine and scanning.is_scanned(row) else None,
        crates=row.fulfilment.handling_units.select_related("stands_at") if row.fulfilment_id else [],
        ramp=loads.on_the_ramp(row.trip_id) if mine and row.kind == Task.Kind.LOAD else [],
        reasons=task_queries.reasons(row) if row.fulfilment_id else [],
        following=following,
        emptied=request.GET.get("puste", "")[:40],
        again=_again(request),
        key=uuid.uuid4(),
    )


def _again(request):
    """The scan that is to be confirmed as one more of the same."""
    code = request.GET.get("jeszcze", "")[:120]
    return {"code": code, "units": request.GET.get("sztuk", "")[:8]} if code else None


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
    """One scan, then the step that follows. A label read twice at once is asked about first."""
    row = of_centre(centre, pk)
    back = reverse("distribution:task", args=[centre.code, row.pk])
    code = request.POST.get("code", "")[:120]
    try:
        answer = scanning.scan(
            task=row,
            key=_key(request),
            code=code,
            units=_whole(request, "units"),
            grams=_whole(request, "grams"),
            again="again" in request.POST,
            by=request.user,
            at=timezone.now(),
        )
    except AnotherOne:
        return redirect(f"{back}?{urlencode({'jeszcze': code, 'sztuk': request.POST.get('units', '')})}")
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return redirect(back)
    goes = answer.get("goes")
    messages.success(request, goes or DONE[answer["result"]], extra_tags="huge" if goes else "")
    return redirect(f"{back}?{urlencode({'puste': answer['emptied']})}" if "emptied" in answer else back)


@require_POST
@at_centre
def skip(request, centre, pk):
    row = of_centre(centre, pk)
    return _exit(request, row, exits.skip, allocation=_whole(request, "allocation") or 0)


@require_POST
@at_centre
def bin_full(request, centre, pk):
    return _exit(request, of_centre(centre, pk), exits.bin_full)


@require_POST
@at_centre
def not_empty(request, centre, pk):
    row = of_centre(centre, pk)
    place = request.POST.get("place", "")[:40]
    return _exit(request, row, exits.not_empty, _("Zapisane. Ktoś policzy to miejsce."), place=place)


def _exit(request, row, operation, done="", **values):
    back = reverse("distribution:task", args=[row.centre.code, row.pk])
    return act(
        request, back, lambda: operation(task=row.pk, by=request.user, at=timezone.now(), **values), done
    )


@require_POST
@at_centre
def short(request, centre, pk):
    row = of_centre(centre, pk)
    reason = "DAMAGED" if request.POST.get("reason") == "DAMAGED" else "MISSING"
    return _exit(
        request,
        row,
        exits.report_short,
        _("Zapisane. Kupujący dostanie wiadomość."),
        allocation=_whole(request, "allocation") or 0,
        reason=reason,
    )


def _key(request):
    try:
        return uuid.UUID(request.POST.get("key", ""))
    except ValueError:
        return uuid.uuid4()


def _whole(request, name):
    text = request.POST.get(name, "").strip().replace(" ", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else None
