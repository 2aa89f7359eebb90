"""Loading the public registers of producers/data: idempotent, set-based, in one transaction."""

from collections.abc import Callable, Iterable
from typing import Any

from django.db import transaction

from producers.operations.registers import food, geography, heritage

# In the order in which rows point to each other.
REGISTERS: tuple[Callable[[], int], ...] = (
    geography.voivodeships,
    geography.powiaty,
    geography.powiat_neighbours,
    geography.gminy,
    geography.places,
    geography.postal_codes,
    food.allergens,
    food.vat_classes,
    food.vat_rates,
    food.categories,
    food.marks,
    food.price_lists,
    heritage.heritage_entries,
)


def load_registers(*, track: Callable[[Iterable[Any]], Iterable[Any]] = iter) -> dict[str, int]:
    """Brings every register up to date with the files and returns the number of rows of each file.

    `track` wraps the steps, for a progress bar. Running it again changes nothing; rows gone from a file stay.
    """
    with transaction.atomic():
        return {register.__name__: register() for register in track(REGISTERS)}
