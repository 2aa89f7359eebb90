"""What every page of the planner's desk shares: the centre one leads, its tabs, the way back."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from distribution.models import Centre
from distribution.rules import leads
from distribution.web.floor import at_centre

View = Callable[..., HttpResponse]
TABS = ("week", "timetable", "trips")


def led(view: View) -> View:
    """For the lead of the centre; its other people are told that it is hers, strangers find nothing."""

    @at_centre
    def permitted(request: HttpRequest, centre: Centre, **rest: Any) -> HttpResponse:
        if not leads(request.user, centre):
            raise PermissionDenied
        return view(request, centre, **rest)

    return permitted


def page(
    request: HttpRequest,
    centre: Centre,
    template: str,
    *,
    tab: str = "week",
    crumbs: list[tuple[str, str]] | None = None,
    **context: Any,
) -> HttpResponse:
    """A page of the planner's desk. `crumbs` are (label, address); the last one is this page."""
    desk = {
        "centre": centre,
        "tabs": _tabs(centre, tab),
        "crumbs": [{"label": label, "url": url} for label, url in crumbs or []],
    }
    return render(request, f"distribution/plan/{template}.html", desk | context)


def _tabs(centre, current):
    labels = (_("Tydzień"), _("Rozkład"), _("Dziś w hali"))
    return [
        {
            "label": label,
            "url": reverse(f"distribution:{name}", args=[centre.code]),
            "current": name == current,
        }
        for name, label in zip(TABS, labels, strict=True)
    ]
