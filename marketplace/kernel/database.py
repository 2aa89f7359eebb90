"""Set-based SQL in one line, and transactions that are tried again when the database asks for it."""

import functools
import random
import time
from collections.abc import Callable, Sequence
from typing import Any, ParamSpec, TypeVar

from django.db import OperationalError, connection
from django.db.transaction import TransactionManagementError

from marketplace.kernel.errors import Busy

P = ParamSpec("P")
R = TypeVar("R")

# serialization failure, deadlock detected
TRY_AGAIN = {"40001", "40P01"}
LOCK_NOT_AVAILABLE = "55P03"
TRIES = 5


def require_transaction() -> None:
    """Raises TransactionManagementError outside a transaction: what follows locks, and writes in several steps."""
    if not connection.in_atomic_block:
        raise TransactionManagementError("this changes several tables and must run in a transaction")


def fetch_all(sql: str, params: Sequence[Any] | dict[str, Any] = ()) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()


def fetch_one(sql: str, params: Sequence[Any] | dict[str, Any] = ()) -> tuple[Any, ...] | None:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchone()


def fetch_row(sql: str, params: Sequence[Any] | dict[str, Any] = ()) -> tuple[Any, ...]:
    """The row of a statement that always answers with one."""
    return fetch_all(sql, params)[0]


def execute(sql: str, params: Sequence[Any] | dict[str, Any] = ()) -> int:
    """Number of rows the statement touched."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.rowcount


def insert_all(
    table: str, columns: dict[str, tuple[str, Sequence[Any]]], *, returning: str = ""
) -> list[Any]:
    """One INSERT of many rows: `columns` maps a name to its SQL type and its values, all of one length.

    Returns the `returning` column of each row, in the order of the values.
    """
    names = ", ".join(columns)
    arrays = ", ".join(f"%s::{kind}[]" for kind, _values in columns.values())
    sql = (
        f"INSERT INTO {table} ({names}) SELECT {names} FROM unnest({arrays}) "  # noqa: S608 - names are ours
        f"WITH ORDINALITY AS new({names}, nth) ORDER BY nth"
    )
    values = [list(values) for _kind, values in columns.values()]
    if returning:
        return [row[0] for row in fetch_all(f"{sql} RETURNING {returning}", values)]
    execute(sql, values)
    return []


def retried(operation: Callable[P, R]) -> Callable[P, R]:
    """Runs the whole operation again, up to 5 times with jitter, when the database breaks a deadlock or the
    operation found that what it locked had moved. Inside a caller's transaction it runs once."""

    @functools.wraps(operation)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        for attempt in range(1, TRIES + 1):
            try:
                return operation(*args, **kwargs)
            except (OperationalError, Busy) as error:
                state = getattr(error.__cause__, "sqlstate", None)
                again = isinstance(error, Busy) or state in TRY_AGAIN
                if connection.in_atomic_block or not again or attempt == TRIES:
                    if state in TRY_AGAIN | {LOCK_NOT_AVAILABLE} and not connection.in_atomic_block:
                        raise Busy from error
                    raise
                time.sleep(random.uniform(0.01, 0.05) * attempt)  # noqa: S311 - jitter
        raise AssertionError

    return run
