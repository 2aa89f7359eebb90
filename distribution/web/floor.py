"""What every page of the hall shares: the centre one works at, the person, and refusals said as hall results."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from distribution.models import Centre
from marketplace.kernel.errors import DomainError

View = Callable[..., HttpResponse]


def at_centre(view: View) -> View:
    """Signed in, and the centre among those one works at; else it does not exist."""

    @login_required
    def permitted(request: HttpRequest, code: str, **rest: Any) -> HttpResponse:
        centre = Centre.objects.staffed_by(request.user).filter(code=code.upper()).first()
        if centre is None:
            raise Http404
        return view(request, centre, **rest)

    return permitted


def page(
    request: HttpRequest, centre: Centre, template: str, *, status: int = 200, **context: Any
) -> HttpResponse:
    """A hall page with the bar's own context."""
    bar = {
        "centre": centre.name,
        "code": centre.code,
        "person": request.user.label,
        "board_url": reverse("distribution:board", args=[centre.code]),
        "switch_url": reverse("distribution:switch", args=[centre.code]),
    }
    return render(request, f"{template}.html", bar | context, status=status)


def act(request: HttpRequest, back: str, effect: Callable[[], Any], done: str = "") -> HttpResponse:
    """Runs the operation and goes `back`; a refusal is said there, and a success when `done` has words."""
    try:
        effect()
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        if done:
            messages.success(request, done)
    return redirect(back)
