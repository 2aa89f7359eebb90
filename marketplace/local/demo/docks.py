"""Hours at every centre's ramp for the coming weeks, on all days but Sundays and holidays."""

from datetime import time, timedelta

from distribution.models import DockSlot
from marketplace.kernel.clock import holidays
from marketplace.local.demo.centres import Hall
from marketplace.local.demo.world import World, save

DAYS = 21
SUNDAY = 6
HOURS = ((6, 8), (8, 10), (10, 12), (12, 14))
PLACES = 3


def make(world: World, halls: dict[str, Hall]) -> None:
    span = [world.today + timedelta(days=n) for n in range(DAYS)]
    days = [on for on in span if on.weekday() != SUNDAY and on not in holidays(on.year)]
    save(
        [
            DockSlot(centre=hall.centre, on=on, starts=time(start), ends=time(end), capacity=PLACES)
            for hall in halls.values()
            for on in days
            for start, end in HOURS
        ],
        "godziny na rampach",
    )
