"""The network of a day: centres with an open round, goods on their shelves, crates, and perhaps a lorry."""

from dataclasses import dataclass, field
from datetime import time, timedelta
from queue import SimpleQueue

from distribution.models import HandlingUnit, Location
from distribution.operations import receipts, routes
from distribution.operations.receipts import Counted
from marketplace.kernel.clock import local_date, moment
from marketplace.kernel.references import check_digit
from producers.models import Price
from tests.factories import CentreFactory, OfferFactory, ProducerFactory, ProductFactory, StockItemFactory
from tests.factories.distribution import RoundFactory
from tests.factories.network import TripFactory

LIFE = timedelta(days=60)


@dataclass
class Place:
    """A centre with an open round, as people see it."""

    centre: object
    code: str
    round: int
    slot: int
    offers: list[int]
    crates: SimpleQueue = field(default_factory=SimpleQueue)

    @property
    def pk(self):
        return self.centre.pk

    def next_crate(self):
        return self.crates.get_nowait()


def offers(count, *, at):
    """So many offers of one producer."""
    producer = ProducerFactory()
    made = [
        OfferFactory(stock_item=StockItemFactory(product=ProductFactory(producer=producer)))
        for _ in range(count)
    ]
    Price.objects.bulk_create(
        Price(offer=offer, amount="12.50", valid_from=at - timedelta(days=1)) for offer in made
    )
    return made


def open_place(stock, *, crates, at):
    """A centre that hands over in two days, with `stock` pieces of each offer and so many crates."""
    centre, today = CentreFactory(), local_date(at)
    round_ = RoundFactory(
        centre=centre,
        opens_at=at - timedelta(days=1),
        closes_on=today + timedelta(days=1),
        packs_on=today + timedelta(days=1),
        hands_over_on=today + timedelta(days=2),
        ends_at=moment(today + timedelta(days=2), time(18)),
    )
    ids = [offer.pk for offer in stock]
    place = Place(centre, centre.code, round_.pk, round_.slots.get().pk, ids)
    receive(place, stock, at=at)
    for sscc in _crates(centre, crates):
        place.crates.put(sscc)
    return place


def receive(place, stock, *, at):
    """Puts `stock` (pieces by offer) on three shelves, each offer in a lot of its own."""
    shelves = list(place.centre.locations.filter(code__in=["A-01", "A-02", "A-03"]).order_by("code"))
    receipts.post_receipt(
        centre=place.pk,
        producer=next(iter(stock)).stock_item.product.producer_id,
        counted=[
            Counted(
                offer.stock_item_id,
                f"L{offer.pk}",
                pieces,
                local_date(at) + LIFE,
                location=shelves[n % len(shelves)].pk,
            )
            for n, (offer, pieces) in enumerate(stock.items())
        ],
        by=None,
        at=at,
    )


def _crates(centre, count):
    bodies = [f"0590{centre.pk % 10000:04d}{n:09d}" for n in range(count)]
    inside = Location.objects.bulk_create(
        Location(centre=centre, kind="CRATE", code=f"BOX-{n}") for n in range(count)
    )
    made = HandlingUnit.objects.bulk_create(
        HandlingUnit(centre=centre, sscc=body + check_digit(body), inside=location)
        for body, location in zip(bodies, inside, strict=True)
    )
    return [crate.sscc for crate in made]


def open_way(there, here, stock, *, at):
    """A lorry goes in the night before the hand-over, and goods that lie at one end are sold at the other. Returns
    the trip."""
    receive(there, stock, at=at)
    day = local_date(at) + timedelta(days=2)
    trip = TripFactory(
        from_centre=there.centre,
        to_centre=here.centre,
        departs_on=day,
        planned_departs_at=moment(day, time(2)),
        rooms={"AMBIENT": 40_000_000},
    )
    routes.refresh(rounds=[here.round])
    here.offers += [offer.pk for offer in stock]
    return trip.pk
