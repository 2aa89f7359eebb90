"""What every API answer shares: problems (RFC 9457), who asks, pages with whole addresses."""

import logging
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import DataError, OperationalError
from django.http import Http404
from django.utils.translation import gettext as _
from rest_framework import exceptions, status
from rest_framework.response import Response
from rest_framework.views import set_rollback

from marketplace.kernel.errors import DomainError, Invalid
from marketplace.kernel.paging import Page

log = logging.getLogger(__name__)


def problem(error: Exception, context: dict[str, Any]) -> Response | None:
    """The exception handler: `{"type", "title", "status", "code", "detail", …}` as application/problem+json."""
    set_rollback()
    body = _describe(error)
    if body is None:
        return None
    response = Response(body, status=body["status"], content_type="application/problem+json")
    if wait := getattr(error, "wait", None):
        response["Retry-After"] = str(int(wait) + 1)
    if isinstance(error, exceptions.APIException) and (auth := getattr(error, "auth_header", None)):
        response["WWW-Authenticate"] = auth
    return response


def _describe(error: Exception) -> dict[str, Any] | None:
    if isinstance(error, DomainError):
        extra = {"field": error.field} if error.field else {}
        return _body(error.status, error.code, str(error.message), **extra, **error.details)
    if isinstance(error, exceptions.ValidationError):
        return _body(422, "invalid", _("Popraw zaznaczone pola."), errors=error.detail)
    if isinstance(error, exceptions.ParseError):
        return _body(400, "malformed", _("Treść nie jest poprawnym dokumentem JSON."))
    if isinstance(error, Http404 | exceptions.NotFound):
        return _body(404, "not_found", _("Nie ma tu takiej rzeczy."))
    if isinstance(error, exceptions.Throttled):
        return _body(429, "too_many_requests", _("Za dużo zapytań. Odczekaj chwilę."))
    if isinstance(error, PermissionDenied):
        return _body(403, "not_allowed", _("Nie masz do tego prawa."))
    if isinstance(error, exceptions.APIException):
        return _body(error.status_code, str(error.default_code), str(error.detail))
    if isinstance(error, DataError):
        log.warning("the database refused a value: %s", error)
        return _body(422, "invalid", str(Invalid.message))
    if isinstance(error, OperationalError):
        log.warning("the database did not answer: %s", error)
        return _body(
            status.HTTP_503_SERVICE_UNAVAILABLE, "try_again", _("Chwilowy kłopot. Spróbuj za moment.")
        )
    return None


def _body(code: int, name: str, detail: str, **extra: Any) -> dict[str, Any]:
    return {
        "type": f"{settings.SITE_URL}/api/docs/#{name}",
        "title": detail,
        "status": code,
        "code": name,
        "detail": detail,
        **extra,
    }


def signed_in(request: Any) -> Any:
    """Who asks, or None for a guest: operations take people, not anonymous stand-ins."""
    return request.user if request.user.is_authenticated else None


def paged(request: Any, page: Page, results: list[Any]) -> dict[str, Any]:
    """A page of results with whole addresses of its neighbours."""
    return {
        "next": _address(request, page.next),
        "previous": _address(request, page.previous),
        "results": results,
    }


def _address(request, cursor):
    if cursor is None:
        return None
    query = request.query_params.copy()
    query["cursor"] = cursor
    return request.build_absolute_uri(f"{request.path}?{query.urlencode()}")
