"""A small market in one call, through the operations people use."""

import uuid
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time

from distribution.models import Centre, Round, Slot
from distribution.operations import receipts, rounds
from distribution.operations.receipts import Counted
from orders.operations import baskets, checkout
from orders.operations.checkout import Request
from orders.operations.preparation import release
from producers.models import Offer
from tests.factories.distribution import CentreFactory, RoundFactory, StaffFactory
from tests.factories.producers import OfferFactory, ProducerFactory, ProductFactory, StockItemFactory

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
AFTER_CLOSE = datetime(2026, 11, 25, 20, 0, tzinfo=UTC)
PACKING = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)
HANDING_OUT = datetime(2026, 11, 27, 14, 0, tzinfo=UTC)
GOOD_UNTIL = date(2026, 12, 24)


@dataclass
class Market:
    centre: Centre
    round: Round
    producer: object
    offers: list[Offer] = field(default_factory=list)

    @property
    def slot(self) -> Slot:
        return self.round.slots.get(starts=time(14))

    def add(
        self,
        *,
        stock=0,
        until=GOOD_UNTIL,
        code="L1",
        price=None,
        pieces=1,
        temperature="AMBIENT",
        item=None,
        grams=None,
        **offer,
    ):
        """One more offer, with `stock` pieces received on the shelf (`grams` each when sold by weight)."""
        if item is None:
            product = ProductFactory(producer=self.producer, temperature=temperature)
            item = StockItemFactory(product=product)
        made = OfferFactory(stock_item=item, pieces=pieces, price=price, **offer)
        self.offers.append(made)
        if stock:
            self.receive(item, stock, until=until, code=code, grams=grams and grams * stock)
        return made

    def receive(
        self, item, units, *, until=GOOD_UNTIL, code="L1", grams=None, at=NOW, by=None, on_ramp=False, **more
    ):
        zone = {"AMBIENT": "A", "CHILLED": "B", "FROZEN": "C"}[item.product.temperature]
        slot = self.centre.locations.get(code=f"{zone}-01")
        counted = Counted(item.pk, code, units, until, grams, location=None if on_ramp else slot.pk)
        return receipts.post_receipt(
            centre=self.centre.pk, producer=self.producer.pk, counted=[counted], by=by, at=at, **more
        )

    def basket(self, lines, *, by=None, at=NOW):
        made = baskets.start(place=self.round.place, by=by)
        for offer, quantity in lines:
            baskets.set_quantity(basket=made, offer_id=offer.pk, quantity=quantity, at=at)
        return made

    def request(self, **changes):
        return Request(
            **{
                "round": self.round.pk,
                "slot": self.slot.pk,
                "email": f"{uuid.uuid4().hex[:8]}@example.pl",
                "name": "Jan Kowalski",
                "phone": "600100200",
                "payment_method": "ON_COLLECTION",
                "accept_terms": True,
                **changes,
            }
        )

    def order(self, lines, *, by=None, at=NOW, key=None, **changes):
        placed = checkout.place_order(
            basket=self.basket(lines, by=by, at=at),
            key=key or uuid.uuid4(),
            request=self.request(**changes),
            by=by,
            at=at,
            address=None,
        )
        return placed.order

    def close_and_release(self):
        rounds.close_round(round_id=self.round.pk, by=None, at=AFTER_CLOSE)
        return release(round_id=self.round.pk, by=None, at=AFTER_CLOSE)

    def worker(self, role="WORKER"):
        return StaffFactory(centre=self.centre, role=role).user


def market(*, capacity=1000) -> Market:
    """A centre with an open round and a producer; no offers yet."""
    centre = CentreFactory()
    return Market(centre, RoundFactory(centre=centre, capacity=capacity), ProducerFactory())


__all__ = ["AFTER_CLOSE", "GOOD_UNTIL", "HANDING_OUT", "NOW", "PACKING", "Market", "market"]
