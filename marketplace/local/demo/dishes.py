"""Names of the registers that the demo can offer, by voivodeship and by kind of maker."""

import re
from collections import defaultdict
from dataclasses import dataclass

from marketplace.kernel.polish import fold
from marketplace.local.demo.recipes import Cookbook, Recipe
from producers.models import HeritageEntry

EU_MARKS = ("PDO", "PGI", "TSG")
FIRST_OF_SEVERAL = re.compile(r"\s*/\s*|\s+\(|\s+[-–]\s+|,? (?:zwan|znan|dawniej|tj\.)")
STEM = 5


@dataclass(frozen=True)
class Dish:
    """A registered name with its recipe; `name` is the first of several spellings."""

    entry: int
    slug: str
    register: str
    name: str
    category: int
    year: int
    recipe: Recipe


class Dishes:
    """`of(voivodeship, maker)` in a fixed order, whatever the ids in this database are."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str], list[Dish]] = defaultdict(list)
        entries = list(
            HeritageEntry.objects.select_related("category").prefetch_related("voivodeships").order_by("slug")
        )
        protected = [
            _stems(name) for e in entries if e.register != "LPT" for name in re.split(r"\s*/\s*", e.name)
        ]
        book = Cookbook()
        for entry in entries:
            recipe = book.find(entry.name, entry.category.slug)
            if recipe and (entry.register in EU_MARKS or not _resembles(entry.name, protected)):
                self._add(entry, recipe)

    def of(self, voivodeship: str, maker: str) -> list[Dish]:
        return self._found[voivodeship, maker]

    def _add(self, entry: HeritageEntry, recipe: Recipe) -> None:
        name = FIRST_OF_SEVERAL.split(entry.name)[0].strip("„”\"' ")
        dish = Dish(
            entry=entry.pk,
            slug=entry.slug,
            register=entry.register,
            name=name[:1].upper() + name[1:],
            category=entry.category_id,
            year=entry.year,
            recipe=recipe,
        )
        for voivodeship in entry.voivodeships.all():
            for maker in recipe.makers:
                self._found[voivodeship.teryt, maker].append(dish)


def _stems(name: str) -> frozenset[str]:
    return frozenset(word[:STEM] for word in re.findall(r"\w{3,}", fold(name)))


def _resembles(name: str, protected: list[frozenset[str]]) -> bool:
    """A name of the ministry's list that the EU protects too needs a certificate: left to the EU entry."""
    stems = _stems(name)
    return any(stems <= eu or eu <= stems for eu in protected)
