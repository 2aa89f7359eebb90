"""How warm goods, chambers and zones may be, in 0.1 °C, and which readings of a day are missing."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from marketplace.kernel.units import Temperature

# The warmest a product of each class may come in at (Reg. (EC) 853/2004 ceilings; a zone's own limit may be
# stricter). Ambient goods are not measured at receipt.
WARMEST_TENTHS = {Temperature.CHILLED: 80, Temperature.FROZEN: -150}
WARMEST_ROOM_TENTHS = 250  # of an ambient chamber that has no limit of its own

# What a thermometer in a food centre can show at all.
COLDEST_POSSIBLE, WARMEST_POSSIBLE = -600, 600
AN_HOUR = timedelta(hours=1)


def limit_of(temperature: str) -> int:
    """The limit of a chamber or a receipt of this class."""
    return WARMEST_TENTHS.get(Temperature(temperature), WARMEST_ROOM_TENTHS)


def is_possible(tenths: int) -> bool:
    return COLDEST_POSSIBLE <= tenths <= WARMEST_POSSIBLE


def missing(*, expected: Sequence[datetime], taken: Sequence[datetime], now: datetime) -> list[datetime]:
    """The expected moments that have passed by an hour without a reading at most an hour away."""
    return [
        moment
        for moment in expected
        if moment + AN_HOUR <= now and not any(abs(at - moment) <= AN_HOUR for at in taken)
    ]
