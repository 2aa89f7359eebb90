"""Keyset pages: a cursor holds the sort values of the row it stands at, so a deep page costs what the first does
and nothing is skipped or shown twice when rows come and go."""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import DataError
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from marketplace.kernel.errors import Invalid

READ: dict[str, Callable[[str], Any]] = {
    "at": datetime.fromisoformat,
    "on": date.fromisoformat,
    "n": Decimal,
}


class BadCursor(Invalid):
    code = "bad_cursor"
    message = _("Ten odnośnik do strony wyników jest uszkodzony. Zacznij od początku listy.")


@dataclass(frozen=True)
class Page:
    rows: Sequence[Any]
    next: str | None
    previous: str | None


def page(rows: QuerySet, *, order: Sequence[str], cursor: str | None, size: int) -> Page:
    """`size` rows ordered by `order` (names with - for descending, the last one unique), at the cursor.

    Rows may be models or, from .values(), dicts. Raises BadCursor.
    """
    backwards, at = _read(cursor, len(order)) if cursor else (False, None)
    keys = [_flip(key) for key in order] if backwards else list(order)
    found = _rows_from(rows, keys, at, size + 1)
    more, found = len(found) > size, found[:size]
    if backwards:
        found.reverse()
    has_next = more if not backwards else at is not None
    has_previous = more if backwards else at is not None
    return Page(
        found,
        _write(order, found[-1], backwards=False) if found and has_next else None,
        _write(order, found[0], backwards=True) if found and has_previous else None,
    )


def _rows_from(rows: QuerySet, keys: Sequence[str], at: Sequence[Any] | None, most: int) -> list[Any]:
    if at is None:
        return list(rows.order_by(*keys)[:most])
    try:
        return list(rows.filter(_after(keys, at)).order_by(*keys)[:most])
    except (TypeError, ValueError, ValidationError, DataError) as error:  # values of another list's cursor
        raise BadCursor from error


def _flip(key: str) -> str:
    return key[1:] if key.startswith("-") else f"-{key}"


def _after(keys: Sequence[str], at: Sequence[Any]) -> Q:
    """Rows past `at`: an index range on the first key, and the rest decides among its equals."""
    condition = Q()
    for n in reversed(range(len(keys))):
        name = keys[n].lstrip("-")
        beyond = Q(**{f"{name}__{'lt' if keys[n].startswith('-') else 'gt'}": at[n]})
        condition = beyond if not condition else beyond | (Q(**{name: at[n]}) & condition)
    first = keys[0].lstrip("-")
    return Q(**{f"{first}__{'lte' if keys[0].startswith('-') else 'gte'}": at[0]}) & condition


def _value(row: Any, name: str) -> Any:
    value = row[name] if isinstance(row, dict) else getattr(row, name)
    if isinstance(value, datetime):
        return {"at": value.isoformat()}
    if isinstance(value, date):
        return {"on": value.isoformat()}
    return {"n": str(value)} if isinstance(value, Decimal) else value


def _write(order: Sequence[str], row: Any, *, backwards: bool) -> str:
    content = [backwards, [_value(row, key.lstrip("-")) for key in order]]
    return base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")


def _read(cursor: str, length: int) -> tuple[bool, list[Any]]:
    try:
        content = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        backwards, values = content
        values = [_parse(value) for value in values]
    except (ValueError, TypeError, KeyError, binascii.Error, ArithmeticError) as error:
        raise BadCursor from error
    if len(values) != length or not isinstance(backwards, bool):
        raise BadCursor
    return backwards, values


def _parse(value: Any) -> Any:
    if isinstance(value, dict):
        ((kind, text),) = value.items()
        return READ[kind](text)
    if not isinstance(value, str | int):
        raise TypeError(value)
    return value
