"""Pages that only say something."""

from django.conf import settings
from django.shortcuts import render
from django.views.decorators.http import require_safe


def text(template):
    """A view of one page of prose."""

    @require_safe
    def shown(request):
        return render(request, template, {"terms_version": settings.TERMS_VERSION})

    return shown
