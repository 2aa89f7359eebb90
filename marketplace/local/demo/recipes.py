"""Which food a registered name is, and its facts (recipes.toml)."""

import re
import tomllib
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from producers.operations.registers.shelves import words_of

FILE = Path(__file__).with_name("recipes.toml")
ALLERGEN = re.compile(r"\{(\w+):")


@dataclass(frozen=True)
class Pack:
    """`low` and `high` are prices in zł, per kg when `max_grams` says that it is sold by weight."""

    name: str
    content: int
    unit: str
    low: int
    high: int
    max_grams: int | None = None


@dataclass(frozen=True)
class Recipe:
    words: tuple[str, ...]
    unless: tuple[str, ...]
    shelves: tuple[str, ...]
    makers: tuple[str, ...]
    packs: tuple[Pack, ...]
    by_name: tuple[tuple[str, str], ...]
    about: str
    vat: str
    temperature: str
    date_kind: str
    no_date_ground: str
    life: int
    minimum: int
    fresh: bool
    spoils_fast: bool
    storage: str
    preparation: str
    origin: str
    nutrition: str
    single: bool
    staple: bool
    table: tuple[float, ...]

    def fits(self, words: list[str], shelf: str) -> bool:
        return (
            shelf in self.shelves
            and any(word.startswith(self.words) for word in words)
            and not any(word.startswith(self.unless) for word in words)
        )

    def ingredients(self, name: str) -> str:
        words = words_of(name)
        for beginning, text in self.by_name:
            if any(word.startswith(beginning) for word in words):
                return text
        raise ValueError(name)


class Cookbook:
    """`find` answers with the first recipe that fits a name of that shelf; None: it is not offered."""

    def __init__(self) -> None:
        book = tomllib.loads(FILE.read_text(encoding="utf-8"))
        self.never = tuple(book["never"])
        self.recipes = [_recipe(group, own) for group in book["group"] for own in group["recipes"]]

    def find(self, name: str, shelf: str) -> Recipe | None:
        words = words_of(name)
        if any(word.startswith(self.never) for word in words):
            return None
        return next((recipe for recipe in self.recipes if recipe.fits(words, shelf)), None)


# Fields that are not simply a fact of the same name in the file.
OWN = {"words", "unless", "shelves", "makers", "packs", "by_name", "table"}
DEFAULTS = {
    "fresh": False,
    "spoils_fast": False,
    "single": False,
    "staple": False,
    "table": (),
    "nutrition": "SMALL_MAKER",
    "no_date_ground": "",
    "origin": "Polska",
    "preparation": "",
    "not": "",
}


def _recipe(group: dict[str, Any], own: dict[str, Any]) -> Recipe:
    facts = DEFAULTS | group | own
    shelves = facts["shelves"]
    return Recipe(
        words=tuple(facts["words"].split()),
        unless=tuple(facts["not"].split()),
        shelves=(shelves,) if isinstance(shelves, str) else tuple(shelves),
        makers=tuple(facts["makers"]),
        packs=tuple(Pack(*pack) for pack in facts["packs"]),
        table=tuple(facts["table"]),
        by_name=tuple(facts.get("by_name", {"": facts.get("ingredients", "")}).items()),
        **{fact: facts[fact] for fact in Recipe.__dataclass_fields__ if fact not in OWN},
    )


def nutrition(recipe: Recipe, share: float) -> dict[str, float]:
    """The table of Reg. 1169/2011 art. 30, `share` (0 to 1) of the way from a lean to a rich batch; the energy
    by the factors of its Annex XIV."""
    richness = min(0.93 + 0.14 * share, 100 / (recipe.table[0] + recipe.table[2] + recipe.table[4]))
    fat, saturates, carbohydrate, sugars, protein, salt = (round(part * richness, 1) for part in recipe.table)
    return {
        "energy_kj": round(37 * fat + 17 * (carbohydrate + protein)),
        "energy_kcal": round(9 * fat + 4 * (carbohydrate + protein)),
        "fat": fat,
        "saturates": saturates,
        "carbohydrate": carbohydrate,
        "sugars": sugars,
        "protein": protein,
        "salt": salt,
    }


def allergens_in(ingredients: str) -> list[str]:
    return sorted(set(ALLERGEN.findall(ingredients)))


def price(pack: Pack, share: float) -> Decimal:
    """A price between low and high, `share` of the way, ending in 0, 50 or 90 grosze."""
    amount = pack.low + share * (pack.high - pack.low)
    whole, part = int(amount), amount % 1
    return Decimal(whole) + (Decimal("0.90") if part > 0.7 else Decimal("0.50") if part > 0.3 else Decimal(0))
