"""Set-based writing: one multi-row INSERT ... ON CONFLICT DO UPDATE per few thousand rows."""

from collections.abc import Iterable
from typing import Any, TypeVar

from django.db.models import Model

BATCH = 5000

M = TypeVar("M", bound=Model)


def upsert(rows: Iterable[M], *, key: tuple[str, ...]) -> list[M]:
    """Inserts the rows, or brings those that exist up to date by `key`. Rows gone from a source stay: goods
    and producers may point to them. Returns the rows with their primary keys."""
    found = list(rows)
    if not found:
        return []
    fields = [f.name for f in found[0]._meta.concrete_fields if f.name not in key and not f.primary_key]
    model: Any = type(found[0])
    return model.objects.bulk_create(
        found,
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=list(key),
        update_fields=fields,
    )
