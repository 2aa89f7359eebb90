"""The hand-over place a visitor chose, kept in a cookie of this browser."""

from django.conf import settings

from distribution.models import HandoverPlace

COOKIE = "place"
YEAR = 365 * 24 * 60 * 60


def chosen_place(request):
    """The active place named in the visitor's cookie, or None."""
    text = request.COOKIES.get(COOKIE, "")
    if not (text.isascii() and text.isdigit() and len(text) <= 18):
        return None
    return HandoverPlace.objects.select_related("centre").filter(pk=int(text), is_active=True).first()


def remember_place(response, place):
    response.set_cookie(
        COOKIE, str(place.pk), max_age=YEAR, samesite="Lax", secure=settings.HTTPS, httponly=True
    )
