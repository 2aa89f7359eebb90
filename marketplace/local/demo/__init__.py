"""The demo network: made up from a seed, named from the registers, marked as demo data."""

from datetime import datetime

from django.db import transaction

from distribution.operations.timetable import plan_ahead, plan_trips
from marketplace.kernel.database import execute
from marketplace.local.demo import (
    catalogue,
    centres,
    clusters,
    docks,
    makers,
    people,
    promises,
    rounds,
    shelves,
    stock,
    timetable,
)
from marketplace.local.demo.dishes import Dishes
from marketplace.local.demo.world import World
from producers.models import Producer
from producers.operations import listings

# Filled in one transaction, which the planner else takes for empty until autovacuum comes.
GOODS = "producers_product, producers_stockitem, producers_offer, producers_price, distribution_supply"
WAYS = (
    "distribution_round, distribution_trip, distribution_triproom, distribution_route, distribution_routetrip"
)


class NetworkExists(Exception):
    """Demo data is only made where no producer is yet."""


def seed(*, producers: int, offers: int, seed: int, at: datetime) -> dict[str, int]:
    """Makes clusters, centres, rounds, people, producers, offers and their supply in one transaction.

    The same seed gives the same network; dates follow the Warsaw date of `at`. The registers must be loaded.
    Returns what was made. Raises NetworkExists when there are producers.
    """
    if Producer.objects.exists():
        raise NetworkExists
    world = World(producers, offers, seed, at)
    with transaction.atomic():
        dishes = Dishes()
        made = makers.make(world, dishes)
        goods = catalogue.make(world, made, dishes)
        halls = centres.make(world)
        turns = rounds.make(world, halls)
        docks.make(world, halls)
        legs = timetable.make(world, halls)
        workers = people.make(halls, made, clusters.make(world, made))
        placed = shelves.place(world, goods)
        stock.make(world, placed, halls, workers)
        promises.make(world, placed, turns)
        execute(f"ANALYZE {GOODS}")
        listed = listings.refresh(at=at)
        rounds.schedule(turns)
        plan_trips(until=max(one.hands_over_on for found in turns.values() for one in found), at=at)
        plan_ahead(at=at)
        execute(f"ANALYZE {WAYS}")
    return {
        "producers": len(made),
        "products": len({id(one.product) for one in goods}),
        "offers": listed,
        "centres": len(halls),
        "rounds": sum(len(found) for found in turns.values()),
        "legs": legs,
    }
