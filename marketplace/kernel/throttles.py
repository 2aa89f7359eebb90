"""Throttles of the API that never stand in the way of the product.

A module of its own: DRF reads the settings while its views are being imported, so what the settings
name must not import those views.
"""

from rest_framework.settings import api_settings
from rest_framework.throttling import SimpleRateThrottle

from marketplace.kernel.limits import client_address


class PoliteThrottle(SimpleRateThrottle):
    """Counts by signed-in person, else by client address, in the scope the view names; no scope, no limit.
    The local run lets loopback through, and a cache that is away lets everybody through."""

    def __init__(self) -> None:
        self.scope: str | None = None

    def allow_request(self, request, view):
        self.scope = getattr(view, "throttle_scope", None)
        if self.scope is None or client_address(request) is None:
            return True
        rate = str(api_settings.DEFAULT_THROTTLE_RATES[self.scope])
        self.rate, (self.num_requests, self.duration) = rate, self.parse_rate(rate)
        return super().allow_request(request, view)

    def get_cache_key(self, request, view):
        who = f"user{request.user.pk}" if request.user.is_authenticated else self.get_ident(request)
        return f"throttle:{self.scope}:{who}"
