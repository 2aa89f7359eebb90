"""Jobs of this package."""

from marketplace.kernel.worker import handles
from producers import jobs
from producers.operations import listings


@handles(jobs.PRICE_DUE)
def price_due(*, offer, at):
    listings.refresh(offers=[offer], at=at)
