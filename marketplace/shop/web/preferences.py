"""What a visitor sets for this browser only: light or dark paper."""

from django.conf import settings
from django.http import HttpResponseRedirect
from django.views.decorators.http import require_POST

from marketplace.kernel.web import way_back

THEMES = ("light", "dark")
YEAR = 365 * 24 * 60 * 60


@require_POST
def theme(request):
    """Keeps `theme` in a cookie that base.html reads; anything but light or dark means as the system."""
    response = HttpResponseRedirect(way_back(request))
    chosen = request.POST.get("theme")
    if chosen in THEMES:
        response.set_cookie(
            "theme", chosen, max_age=YEAR, samesite="Lax", secure=settings.HTTPS, httponly=True
        )
    else:
        response.delete_cookie("theme", samesite="Lax")
    return response
