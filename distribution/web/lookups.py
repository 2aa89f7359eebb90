"""Work with goods at a place: counting it blind, pulling a recalled lot, putting away. One step at a time, by scan."""

import uuid

from django.contrib import messages
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from distribution.models import Task
from distribution.operations import scanning
from distribution.operations.counting import SeveralLots
from distribution.states import TaskState
from distribution.web.floor import at_centre, page
from marketplace.kernel.errors import DomainError

TEMPLATES = {
    Task.Kind.COUNT: "distribution/task_count",
    Task.Kind.PULL: "distribution/task_pull",
    Task.Kind.PUT_AWAY: "distribution/task_put_away",
    Task.Kind.PUT_BACK: "distribution/task_put_away",
}


def task_page(request, centre, task):
    """The step of a task of these kinds; `lots` are those one number may mean."""
    mine = task.state == TaskState.TAKEN and task.taken_by_id == request.user.pk
    return page(
        request,
        centre,
        TEMPLATES[task.kind],
        task=task,
        mine=mine,
        step=scanning.next_step(task=task) if mine else None,
        lots=request.session.pop(f"lots-{task.pk}", []) if mine else [],
        key=uuid.uuid4(),
    )


@require_POST
@at_centre
def scan(request, centre, pk):
    """One scan; the answer is said above the next step."""
    row = Task.objects.filter(centre=centre, pk=pk, kind__in=TEMPLATES).first()
    if row is None:
        return redirect("distribution:queue", centre.code)
    try:
        answer = scanning.scan(
            task=row,
            key=_key(request),
            code=request.POST.get("code", "")[:120],
            units=_whole(request, "units"),
            grams=_whole(request, "grams"),
            by=request.user,
            at=timezone.now(),
        )
    except SeveralLots as refusal:
        request.session[f"lots-{row.pk}"] = refusal.details["lots"]
        messages.warning(request, str(refusal))
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        _say(request, answer)
    return redirect(reverse("distribution:task", args=[centre.code, row.pk]))


def _say(request, answer):
    result = answer["result"]
    if result == "moved":
        lots = ", ".join(answer["lots"])
        messages.warning(request, _("Ktoś ruszył towar, zanim skończyliśmy. Policz jeszcze raz: %s.") % lots)
    elif result == "again":
        messages.warning(request, _("Różnica jest duża. Ktoś policzy to miejsce jeszcze raz."))
    elif result == "counting":
        messages.warning(request, _("Zapisane: nie ma na miejscu. Miejsce zostanie policzone."))
    elif result == "counted":
        messages.success(request, _("%(lot)s: %(units)s szt.") % answer)
    elif result == "location":
        messages.success(request, _("Dobre miejsce."))
    elif result == "goods":
        messages.success(request, _("Dobry towar. Zanieś go na miejsce."))
    elif result == "put":
        messages.success(request, _("Odłożone. Reszta czeka na rampie."))
    else:
        messages.success(request, _("Zapisane."))


def _key(request):
    try:
        return uuid.UUID(request.POST.get("key", ""))
    except ValueError:
        return uuid.uuid4()


def _whole(request, name):
    text = request.POST.get(name, "").strip().replace(" ", "").replace("\xa0", "")
    return int(text) if text.isascii() and text.lstrip("-").isdigit() and len(text) < 10 else None
