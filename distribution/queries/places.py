"""Which hand-over place serves a buyer: by the longest prefix of the postal code, else the nearest."""

import math
import re

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from distribution.models import Centre, Coverage, HandoverPlace, Location
from marketplace.kernel.errors import Invalid, NotFound
from producers.models import PostalCode

POSTAL_CODE = re.compile(r"^(\d{2})-?\s?(\d{3})$")


class WrongPostalCode(Invalid):
    code = "wrong_postal_code"

    def __init__(self) -> None:
        super().__init__(_("Wpisz kod pocztowy, np. 90-001."), field="postal_code")


class UnknownPostalCode(NotFound):
    code = "unknown_postal_code"

    def __init__(self) -> None:
        super().__init__(_("Nie znamy takiego kodu pocztowego. Sprawdź cyfry."), field="postal_code")


def for_postal_code(text: str) -> HandoverPlace:
    """The place that serves a Polish postal code. Raises WrongPostalCode, UnknownPostalCode."""
    match = POSTAL_CODE.match(text.strip())
    if match is None:
        raise WrongPostalCode
    code = "-".join(match.groups())
    known = PostalCode.objects.filter(code=code).first()
    if known is None:
        raise UnknownPostalCode
    prefixes = [code[:n] for n in range(2, 7)]
    covered = Coverage.objects.filter(prefix__in=prefixes, place__is_active=True).select_related(
        "place__centre"
    )
    if found := max(covered, key=lambda c: len(c.prefix), default=None):
        return found.place
    return nearest(latitude=known.latitude, longitude=known.longitude)


def nearest(*, latitude: float, longitude: float) -> HandoverPlace:
    """The active place nearest by straight line. Raises NotFound when there is none at all."""
    places = HandoverPlace.objects.filter(is_active=True).select_related("centre")
    place = min(places, key=lambda p: kilometres(latitude, longitude, p.latitude, p.longitude), default=None)
    if place is None:
        raise NotFound
    return place


def of_centre(code: str) -> HandoverPlace:
    """The place at the centre itself. Raises NotFound."""
    place = (
        HandoverPlace.objects.filter(
            centre__code=code.upper(), kind=HandoverPlace.Kind.CENTRE, is_active=True
        )
        .select_related("centre")
        .first()
    )
    if place is None:
        raise NotFound(_("Nie ma takiego centrum."))
    return place


def all_active() -> QuerySet[HandoverPlace]:
    """Every place a buyer may choose, by name."""
    return HandoverPlace.objects.filter(is_active=True).select_related("centre").order_by("name", "pk")


def centre(code: str) -> Centre:
    """An active centre by its code. Raises NotFound."""
    row = Centre.objects.active().filter(code=code.upper()).first()
    if row is None:
        raise NotFound(_("Nie ma takiego centrum."))
    return row


def kilometres(latitude: float, longitude: float, to_latitude: float, to_longitude: float) -> float:
    """Great-circle distance, by the haversine formula on a sphere of 6371 km."""
    a, b = math.radians(latitude), math.radians(to_latitude)
    half = (
        math.sin((b - a) / 2) ** 2
        + math.cos(a) * math.cos(b) * math.sin(math.radians(to_longitude - longitude) / 2) ** 2
    )
    return 2 * 6371 * math.asin(math.sqrt(half))


def location(*, centre: Centre, code: str) -> Location:
    """A location of the centre by its code, as scanned or typed. Raises NotFound."""
    row = Location.objects.filter(centre=centre, code__iexact=code.strip()).first()
    if row is None:
        raise NotFound(_("Nie ma takiego miejsca w tym centrum."), field="location")
    return row
