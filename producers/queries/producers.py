"""Producers whose desk somebody may open."""

from marketplace.kernel.errors import NotFound
from producers.models import Producer


def kept_by(user: object, *, slug: str | None = None) -> Producer:
    """The producer this person works for: the one named, else their only or first one. Raises NotFound."""
    rows = Producer.objects.kept_by(user).select_related("place").order_by("pk")
    row = rows.filter(slug=slug).first() if slug else rows.first()
    if row is None:
        raise NotFound
    return row
