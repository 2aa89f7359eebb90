"""Who is shopping: the basket this browser keeps, the place chosen, and the round that comes next there."""

from datetime import timedelta
from functools import cached_property
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from distribution.queries import rounds
from distribution.web.chosen import YEAR, chosen_place
from marketplace.kernel.api import signed_in
from orders.operations import baskets
from orders.queries.baskets import at_a_glance
from orders.queries.channels import channel_of

COOKIE = "basket"
SOON = timedelta(hours=3)


class Visit:
    """Read at most once a request, and only when a page asks: the basket with its place in one statement
    (without a basket the place alone), the round in another."""

    def __init__(self, request):
        self.request = request
        self.at = timezone.now()
        self._made = None

    @cached_property
    def glance(self):
        return at_a_glance(basket=self._basket_id(), user=signed_in(self.request))

    @cached_property
    def place(self):
        if self.glance and self.glance.basket.place.is_active:
            return self.glance.basket.place
        return chosen_place(self.request)

    @cached_property
    def rounds(self):
        """Rounds of the place that take orders, soonest first."""
        return rounds.open_rounds(place=self.place, at=self.at) if self.place else []

    @cached_property
    def channel(self):
        """The sales channel of the signed-in person, or nothing."""
        return channel_of(signed_in(self.request))

    @property
    def round(self):
        return self.rounds[0] if self.rounds else None

    @property
    def round_state(self):
        """For <c-deadline>: "soon" in the last hours of a round that takes orders."""
        return "soon" if self.round.orders_close_at - self.at < SOON else "open"

    @property
    def basket(self):
        return self.glance.basket if self.glance else None

    @property
    def quantities(self):
        return self.glance.quantities if self.glance else {}

    def own_basket(self):
        """The basket to change: the one kept here, taken over by who signed in meanwhile, or a new one at the
        chosen place. None while no place is chosen."""
        if self.basket is None:
            return self._start() if self.place else None
        if self.basket.user_id is None and self.request.user.is_authenticated:
            baskets.adopt(basket=self.basket.pk, by=self.request.user)
        return self.basket

    def _start(self):
        # The browser learns its id only from the answer, and this request may still ask.
        made = baskets.start(place=self.place, by=signed_in(self.request))
        self._made = made.pk
        return made

    def forget(self):
        """What was read is read again: the basket has changed."""
        for name in ("glance", "place", "rounds"):
            self.__dict__.pop(name, None)

    def _basket_id(self):
        if self._made:
            return self._made
        try:
            return UUID(self.request.COOKIES.get(COOKIE, ""))
        except ValueError:
            return None


def visit(request) -> Visit:
    """The request's visit, made on first use."""
    if not hasattr(request, "market_visit"):
        request.market_visit = Visit(request)
    return request.market_visit


def keep(response, basket):
    """The browser keeps the basket's id, which is the key to an anonymous one."""
    response.set_cookie(
        COOKIE, str(basket.pk), max_age=YEAR, samesite="Lax", secure=settings.HTTPS, httponly=True
    )
    return response
