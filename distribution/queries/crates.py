"""Crates of a centre."""

from distribution.models import Centre, HandlingUnit


def at_centre(*, centre: Centre, sscc: str) -> HandlingUnit | None:
    """The crate with this number, when it is at the centre now."""
    rows = HandlingUnit.objects.filter(centre=centre, sscc=sscc)
    return rows.select_related("fulfilment", "stands_at", "inside").first()


def free(centre: Centre) -> int:
    """How many crates serve no order."""
    return HandlingUnit.objects.filter(centre=centre, fulfilment=None).count()
