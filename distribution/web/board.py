"""The board, the rows behind its tiles, the queue in waves, and taking the next task."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from distribution.models import Task
from distribution.operations import tasks
from distribution.operations.tasks import TaskOver, TaskTaken
from distribution.queries import blocks, tiles, waves
from distribution.queries import board as boards
from distribution.queries import tasks as task_queries
from distribution.rules import leads
from distribution.web.floor import at_centre, page
from distribution.web.station import remember_station
from marketplace.kernel.clock import local_date
from marketplace.kernel.units import Temperature

WAITING = "GOODS"  # in the list's filter: only what waits for an arrival


@require_safe
@at_centre
def board(request, centre):
    """The whole board, or only its live part, which a page that is open asks for again and again."""
    now = timezone.now()
    response = page(
        request,
        centre,
        "distribution/_board" if request.htmx else "distribution/board",
        board=boards.board(centre=centre, user=request.user, at=now),
        leads=leads(request.user, centre),
        now=now,
    )
    response.headers["Cache-Control"] = "private, no-store"
    return remember_station(response, centre)


@require_safe
@at_centre
def rows(request, centre, tile):
    """The rows a tile has counted."""
    now = timezone.now()
    today = local_date(now)
    if tile == "terminy":
        context = {"title": _("Krótki termin"), "ending": tiles.expiring(centre, day=today), "today": today}
    elif tile == "ludzie":
        context = {"title": _("Kto co robi"), "people": tiles.in_hands(centre, at=now)}
    elif tile == "w-drodze":
        context = {"title": _("W drodze do nas"), "coming": blocks.coming(centre)}
    elif tile.upper() in Temperature.values:
        label = Temperature(tile.upper()).label
        slots = tiles.used_slots(centre, temperature=tile.upper())
        context = {"title": _("Miejsca: %s") % label, "slots": slots}
    else:
        raise Http404
    return page(request, centre, "distribution/rows", now=now, **context)


@require_safe
@at_centre
def queue(request, centre):
    """Everything to do by departure and temperature, the most urgent first; one departure or kind when asked."""
    kind = request.GET.get("praca", "").upper()
    narrowed = waves.Filter(
        trip=_number(request, "kurs"),
        round=_number(request, "tura"),
        kind=kind if kind in Task.Kind.values else "",
    )
    departures, more = ([], False) if kind == WAITING else waves.departures(centre, narrowed=narrowed)
    waiting = waves.with_departure(task_queries.waiting_for_goods(centre))
    if narrowed.kind:
        waiting = waiting.none()
    return page(
        request,
        centre,
        "distribution/queue",
        departures=departures,
        more=more,
        is_narrowed=bool(narrowed.trip or narrowed.round or kind),
        waiting=waves.Filter(narrowed.trip, narrowed.round).of(waiting)[:100],
        now=timezone.now(),
    )


def _number(request, name):
    text = request.GET.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


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
