"""Runs a command at most once per key, inside the transaction of its effect."""

import hashlib
import json
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from marketplace.kernel.errors import KeyReused
from marketplace.kernel.models import Command


def body_hash(body: object) -> str:
    """A stable fingerprint of plain data."""
    text = json.dumps(body, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()


@transaction.atomic
def once(*, scope: str, key: UUID, body: object, effect: Callable[[], Any]) -> Any:
    """The answer of `effect()`, run the first time only; a repeat gets the stored answer.

    The key is inserted first, so a parallel repeat waits for the first to commit. A refusal rolls the
    key back: it may be used again. Raises KeyReused when the same key came with another body.
    """
    fingerprint = body_hash(body)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO kernel_command (scope, key, body_hash) VALUES (%s, %s, %s) "
            "ON CONFLICT (scope, key) DO NOTHING RETURNING id",
            [scope, key, fingerprint],
        )
        fresh = cursor.fetchone()
    if not fresh:
        stored = Command.objects.get(scope=scope, key=key)
        if stored.body_hash != fingerprint:
            raise KeyReused(key=str(key))
        return stored.answer
    answer = effect()
    Command.objects.filter(pk=fresh[0]).update(answer=answer)
    return answer
