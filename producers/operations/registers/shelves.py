"""On which shelf of the shop a registered name belongs, by its words within its register category."""

import re
from dataclasses import dataclass

from marketplace.kernel.polish import fold
from producers.operations.registers.source import rows

# What the EU register calls the ministry's categories.
EU_CATEGORIES = {
    "sery": "nabial",
    "owoce i warzywa": "warzywa_owoce",
    "miody": "miody",
    "ryby": "ryby",
    "wyroby piekarnicze i cukiernicze": "pieczywo_cukiernicze",
    "produkty mięsne": "mieso",
    "mięso świeże": "mieso",
    "napoje": "napoje",
    "napoje spirytusowe": "napoje",
    "oleje i tłuszcze": "oleje_tluszcze",
}


WORD = re.compile(r"\w+")


def words_of(name: str) -> list[str]:
    """Folded words, each ended by a full stop, so that the beginning "zur." means that whole word."""
    return [f"{word}." for word in WORD.findall(fold(name))]


@dataclass(frozen=True)
class Shelf:
    slug: str
    register_key: str
    decisive: tuple[str, ...]
    ordinary: tuple[str, ...]


class Shelves:
    """`find` answers with the slug of the first shelf with a decisive word ("*kiszon": the way it is made
    says more than the vegetable); else of the shelf whose ordinary word stands first in the name, because
    what it is comes before where from ("Ser z Miodowa"); else the top shelf of the register's category."""

    def __init__(self) -> None:
        found = list(rows("categories.csv"))
        keys = {row["slug"]: row["register_key"] for row in found}
        self._tops = {key: slug for slug, key in keys.items() if key}
        self._shelves = [_shelf(row, keys[row["parent"]]) for row in found if row["parent"]]

    def find(self, name: str, register_key: str) -> str:
        words = words_of(name)
        shelves = [shelf for shelf in self._shelves if shelf.register_key == register_key]
        for shelf in shelves:
            if any(word.startswith(shelf.decisive) for word in words):
                return shelf.slug
        for word in words:
            for shelf in shelves:
                if word.startswith(shelf.ordinary):
                    return shelf.slug
        return self._tops[register_key]


def _shelf(row: dict[str, str], register_key: str) -> Shelf:
    words = row["words"].split()
    return Shelf(
        slug=row["slug"],
        register_key=register_key,
        decisive=tuple(word[1:] for word in words if word.startswith("*")),
        ordinary=tuple(word for word in words if not word.startswith("*")),
    )
