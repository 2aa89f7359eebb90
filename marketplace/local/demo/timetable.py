"""The timetable between the centres: night lines through Łódź six nights a week, and day lines between neighbours.

A round closes two days before it is handed over, is packed the day before and laid out by noon. So what every centre
puts on the evening lorry of the packing day is in Łódź by midnight, changes lorries there, and is at every other
centre in the morning of the hand-over.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from distribution.models import Centre, Leg, LegRoom
from distribution.queries.places import kilometres
from marketplace.kernel.units import Temperature
from marketplace.local.demo.centres import Hall
from marketplace.local.demo.world import World, save

HUB = "LDZ"
SPEED = 65  # km an hour in a straight line
STEP = 15  # minutes; hours of arrival are rounded up to it
# Sunday to Friday evening, so Monday to Saturday morning: there is a round on each of those days.
EVENINGS, MORNINGS = (6, 0, 1, 2, 3, 4), (0, 1, 2, 3, 4, 5)
READY_BY, EVENING = time(16), time(18)
HUB_READY_BY = time(1)
# By the way that is ahead: the furthest leave first. In kilometres, at least.
FROM_HUB = ((250, time(1, 30)), (150, time(2)), (0, time(2, 30)))
# Neighbours with a lorry of their own: there in the early morning, back before noon or later.
NEIGHBOURS = (
    ("POZ", "LES"), ("POZ", "GOR"), ("WRO", "OPO"), ("OPO", "KAT"), ("KAT", "KRA"), ("GDA", "BYD"), ("WAW", "BIA"),
    ("LUB", "RZE"), ("WAW", "LDZ"), ("KRA", "KIE"), ("OLS", "GDA"),
)  # fmt: skip
DAY_READY_BY, DAY_LEAVES = time(20), time(6, 30)  # the goods are ready the evening before
REST = 60  # minutes to unload and load again
# Crates and kilograms of a chamber: of the evening lorries, and of the vans of the day.
LORRY = {Temperature.AMBIENT: (160, 1800), Temperature.CHILLED: (110, 1200), Temperature.FROZEN: (40, 450)}
VAN = {Temperature.AMBIENT: (50, 550), Temperature.CHILLED: (40, 420)}
WITHOUT_FREEZER = 0.15  # of the night lorries


@dataclass
class Line:
    """A leg with its chambers before it is saved."""

    leg: Leg
    rooms: dict[str, tuple[int, int]]


def make(world: World, halls: dict[str, Hall]) -> int:
    """The legs with their room, in force since yesterday. Returns how many."""
    chance = world.chance("timetable")
    centres = {code: hall.centre for code, hall in halls.items()}
    since = world.today - timedelta(days=1)
    lines = [*_night_lines(centres, since, chance), *_day_lines(centres, since, chance)]
    save([line.leg for line in lines], "połączenia")
    save(
        [
            LegRoom(leg=line.leg, temperature=temperature, crates=crates, kilograms=kilograms)
            for line in lines
            for temperature, (crates, kilograms) in line.rooms.items()
        ],
        "komory",
    )
    return len(lines)


def _night_lines(centres: dict[str, Centre], since: date, chance: random.Random) -> Iterator[Line]:
    """A lorry from each centre to the hub in the evening, and back from there after midnight."""
    hub = centres[HUB]
    for code, centre in centres.items():
        if code == HUB:
            continue
        way, vehicle = _kilometres(centre, hub), _vehicle(code, chance)
        rooms = dict(LORRY)
        if chance.random() < WITHOUT_FREEZER:
            del rooms[Temperature.FROZEN]
        common = {"vehicle": vehicle, "valid_from": since, "runs_on_holidays": True}
        evening = _hours(EVENING, way) | {"cutoff_hour": READY_BY}
        yield Line(
            Leg(from_centre=centre, to_centre=hub, weekdays=list(EVENINGS), **evening, **common), rooms
        )
        leaves = next(hour for least, hour in FROM_HUB if way >= least)
        morning = _hours(leaves, way) | {"cutoff_hour": HUB_READY_BY}
        yield Line(
            Leg(from_centre=hub, to_centre=centre, weekdays=list(MORNINGS), **morning, **common), rooms
        )


def _day_lines(centres: dict[str, Centre], since: date, chance: random.Random) -> Iterator[Line]:
    """A van from one neighbour to the other and back, on working days and Saturdays."""
    for first, second in NEIGHBOURS:
        one, other = centres[first], centres[second]
        way, vehicle = _kilometres(one, other), _vehicle(first, chance)
        there = _hours(DAY_LEAVES, way)
        back = _hours(_later(there["arrives_hour"], REST), way)
        for origin, target, hours in ((one, other, there), (other, one, back)):
            leg = Leg(
                from_centre=origin,
                to_centre=target,
                weekdays=list(MORNINGS),
                cutoff_days_before=1,
                cutoff_hour=DAY_READY_BY,
                valid_from=since,
                vehicle=vehicle,
                **hours,
            )
            yield Line(leg, VAN)


def _hours(leaves: time, way: float) -> dict[str, object]:
    minutes = -(-way / SPEED * 60 // STEP) * STEP
    arrives = datetime.combine(date.min, leaves) + timedelta(minutes=int(minutes))
    return {
        "departs_hour": leaves,
        "arrives_hour": arrives.time(),
        "arrives_days_after": (arrives.date() - date.min).days,
    }


def _later(hour: time, minutes: int) -> time:
    return (datetime.combine(date.min, hour) + timedelta(minutes=minutes)).time()


def _kilometres(one: Centre, other: Centre) -> float:
    return kilometres(one.latitude, one.longitude, other.latitude, other.longitude)


def _vehicle(code: str, chance: random.Random) -> str:
    return f"{code} {chance.randrange(10_000, 100_000)}"
