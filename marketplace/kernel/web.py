"""What every HTML answer shares: the request's id, the content security policy, the answer to a refusal."""

import logging
import re
import uuid

from django.db import DataError, OperationalError
from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.http import url_has_allowed_host_and_scheme

from marketplace.kernel import logs
from marketplace.kernel.errors import DomainError, Invalid, NotFound

log = logging.getLogger(__name__)
POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'self'; "
    "form-action 'self'; frame-ancestors 'none'"
)
# The admin's Alpine needs eval and inline styles; only staff with a second factor get there.
ADMIN_POLICY = (
    "default-src 'self'; img-src 'self' data:; script-src 'self' 'unsafe-eval' 'unsafe-inline'; "
    "style-src 'self' 'unsafe-inline'; object-src 'none'; base-uri 'self'; frame-ancestors 'none'"
)
TOO_MANY = 429
REQUEST_ID = re.compile(r"^[\w-]{8,64}$")


class RequestContext:
    """Gives each request an id (the proxy's, when it sends a sane one) and answers with it."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        given = request.headers.get("X-Request-Id", "")
        request.id = given if REQUEST_ID.match(given) else uuid.uuid4().hex
        token = logs.request_id.set(request.id)
        try:
            response = self.get_response(request)
        finally:
            logs.request_id.reset(token)
        response.headers["X-Request-Id"] = request.id
        return response


class ContentSecurityPolicy:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        policy = ADMIN_POLICY if request.path.startswith("/admin/") else POLICY
        response.headers.setdefault("Content-Security-Policy", policy)
        return response


class Refusals:
    """A refusal no view has answered becomes a page that says it, with its status. The API has its own way."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_exception(self, request, error):
        if isinstance(error, NotFound):
            return render(request, "404.html", {"message": error.message}, status=404)
        if isinstance(error, DomainError):
            return self._page(request, error.message, error.status)
        if isinstance(
            error, DataError
        ):  # a zero byte, a number no column holds: nothing a form of ours sends
            log.warning("the database refused a value: %s", error)
            return self._page(request, Invalid.message, Invalid.status)
        if isinstance(error, OperationalError):
            log.warning("the database did not answer: %s", error)
            # Drawn without a context: its header would ask the database again.
            return HttpResponse(render_to_string("500.html"), status=503, headers={"Retry-After": "10"})
        return None

    def _page(self, request, message, status):
        response = render(request, "refused.html", {"message": message}, status=status)
        if status == TOO_MANY:
            response.headers["Retry-After"] = "60"
        return response


def way_back(request, otherwise="/"):
    """The page of this site named in the form's `next` by its path, else `otherwise`."""
    target = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return target if safe and target.startswith("/") else otherwise
