"""A refusal: a clear sentence with a stable code. HTML shows it beside the field, the API answers it as
`application/problem+json`. Subclasses are named after what happened and live beside the rule."""

from collections.abc import Callable
from types import TracebackType
from typing import Any

from django.db import IntegrityError
from django.utils.translation import gettext_lazy as _


class DomainError(Exception):
    """`code` is part of the API; `status` is 404, 409 or 422; `details` are facts a client may act on."""

    code = "refused"
    status = 409
    message: Any = _("Nie można tego zrobić.")

    def __init__(self, message: Any = None, *, field: str | None = None, **details: Any) -> None:
        self.message = self.message if message is None else message
        self.field = field
        self.details = details
        super().__init__(self.code)

    def __str__(self) -> str:
        return str(self.message)


class NotFound(DomainError):
    code = "not_found"
    status = 404
    message = _("Nie ma tu takiej rzeczy.")


class Invalid(DomainError):
    code = "invalid"
    status = 422
    message = _("Popraw zaznaczone pola.")


class KeyReused(DomainError):
    code = "key_reused"
    message = _("Ten klucz był już użyty z inną treścią.")


class Busy(DomainError):
    """Somebody else holds the row; the caller may try again at once."""

    code = "busy"
    message = _("Ktoś właśnie to zmienia. Spróbuj jeszcze raz.")


def known() -> dict[str, int]:
    """The code of every refusal of the loaded packages, in order, with its status."""
    kinds, found = [DomainError], {}
    while kinds:
        kind = kinds.pop()
        found[kind.code] = kind.status
        kinds += kind.__subclasses__()
    return dict(sorted(found.items()))


def constraint_of(error: IntegrityError) -> str:
    """Name of the database constraint that refused, or an empty string."""
    cause = error.__cause__
    return getattr(getattr(cause, "diag", None), "constraint_name", None) or ""


class refusals:  # noqa: N801 - reads as a sentence: with refusals(name=Error): ...
    """Turns a named constraint's refusal into its DomainError; other integrity errors pass."""

    def __init__(self, **by_constraint: Callable[[], DomainError]) -> None:
        self.by_constraint = by_constraint

    def __enter__(self) -> None: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if isinstance(error, IntegrityError) and (make := self.by_constraint.get(constraint_of(error))):
            raise make() from error
