"""Markets joined by lorries: goods bought at one centre that lie at another."""

from dataclasses import dataclass
from datetime import date, time

from distribution.models import Trip
from distribution.operations import routes
from marketplace.kernel.clock import moment
from tests.factories.distribution import CentreFactory
from tests.factories.market import Market, market
from tests.factories.network import TripFactory
from tests.factories.producers import ProducerFactory

NIGHT = date(2026, 11, 26)  # the lorries leave after the round has closed, on the eve of the hand-over


@dataclass
class Network:
    """`here` hands over on Friday; goods lie at `there`, from where `trip` leaves on Thursday evening."""

    here: Market
    there: Market
    trip: Trip


def network(*, rooms=None, hub=False) -> Network:
    """Two centres and a direct trip between them; with `hub` two trips over a third centre."""
    here = market()
    there = Market(CentreFactory(), here.round, ProducerFactory())
    if hub:
        middle = CentreFactory()
        trip = TripFactory(from_centre=there.centre, to_centre=middle, departs_on=NIGHT, rooms=rooms)
        TripFactory(
            from_centre=middle,
            to_centre=here.centre,
            departs_on=date(2026, 11, 27),
            planned_departs_at=moment(date(2026, 11, 27), time(2)),
            rooms=rooms,
        )
    else:
        trip = TripFactory(from_centre=there.centre, to_centre=here.centre, departs_on=NIGHT, rooms=rooms)
    routes.refresh(rounds=[here.round.pk])
    return Network(here, there, trip)
