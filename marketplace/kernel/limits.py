"""How often one person may send a form: a counter in the cache per scope, person and minute."""

import time
from collections.abc import Callable
from functools import wraps
from ipaddress import ip_address
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from marketplace.kernel.errors import DomainError

LOOPBACK = {"127.0.0.1", "::1"}
WINDOW = 60  # seconds


class TooOften(DomainError):
    code = "too_many_requests"
    status = 429

    def __init__(self) -> None:
        super().__init__(_("Za dużo prób w krótkim czasie. Odczekaj minutę i spróbuj ponownie."))


def limited(scope: str, *, methods: tuple[str, ...] = ("POST",)) -> Callable[..., Any]:
    """A view decorator: at most `settings.PAGE_LIMITS[scope]` requests of these methods a minute from one
    person or address, then TooOften. Loopback passes in the local run; everybody does while the cache is away."""

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.method in methods:
                count(request, scope)
            return view(request, *args, **kwargs)

        return guarded

    return decorate


def client_address(request: HttpRequest) -> str | None:
    """The address people are counted by: the one our proxy saw, where there is a proxy, never what a client
    says of itself. None for loopback in the local run, which is never counted, and for what is no address."""
    address = request.META.get("REMOTE_ADDR", "")
    if settings.BEHIND_PROXY:
        address = request.META.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2].strip() or address
    if not _is_address(address):
        return None
    return None if settings.LOCAL_RUN and address in LOOPBACK else address


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def count(request: HttpRequest, scope: str) -> None:
    """Counts one request of the scope. Raises TooOften."""
    address = client_address(request)
    if address is None:
        return
    who = f"user{request.user.pk}" if request.user.is_authenticated else address
    key = f"limit:{scope}:{who}:{int(time.time()) // WINDOW}"
    cache.add(key, 0, WINDOW)
    try:
        seen = cache.incr(key)
    except ValueError:  # the counter expired between the two calls
        return
    if seen > settings.PAGE_LIMITS[scope]:
        raise TooOften


class SignInLimit:
    """Middleware: the same for forms of the account pages, whose views are not ours to decorate."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> None:
        if request.method == "POST" and request.path.startswith("/konto/"):
            count(request, "sign_in")
