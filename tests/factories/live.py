"""A market of today, for pages and the API, which ask the clock themselves."""

from datetime import timedelta

from django.utils import timezone

from marketplace.kernel.clock import local_date
from producers.operations import listings
from tests.factories.distribution import CentreFactory, RoundFactory
from tests.factories.market import Market
from tests.factories.producers import ProducerFactory


class LiveMarket(Market):
    """Its round closes in three days; its offers are listed as they are added."""

    def add(self, **options):
        now = timezone.now()
        stock = options.pop("stock", 0)
        until = options.pop("until", local_date(now) + timedelta(days=40))
        code, grams = options.pop("code", "L1"), options.pop("grams", None)
        made = super().add(**options)
        if stock:
            self.receive(
                made.stock_item, stock, until=until, code=code, grams=grams and grams * stock, at=now
            )
        listings.refresh(offers=[made.pk], at=now)
        return made

    def body(self, **changes):
        """A checkout's JSON."""
        return {
            "round": self.round.pk,
            "slot": self.slot.pk,
            "email": "jan@example.pl",
            "name": "Jan Żak",
            "phone": "600 100 200",
            "payment_method": "on_collection",
            "substitutes": "similar",
            "accept_terms": True,
            **changes,
        }


def live_market(*, capacity=1000) -> LiveMarket:
    today = local_date(timezone.now())
    centre = CentreFactory()
    round_ = RoundFactory(
        centre=centre,
        capacity=capacity,
        opens_at=timezone.now() - timedelta(days=1),
        closes_on=today + timedelta(days=6),
        packs_on=today + timedelta(days=7),
        hands_over_on=today + timedelta(days=8),
    )
    return LiveMarket(centre, round_, ProducerFactory())
