"""The ministry's list of traditional products and the EU-protected names."""

from collections.abc import Iterable
from datetime import date

from django.utils.text import slugify

from marketplace.kernel.polish import fold, sort_key
from producers.models import Category, HeritageEntry, Voivodeship
from producers.operations.registers.shelves import EU_CATEGORIES, Shelves
from producers.operations.registers.source import rows
from producers.operations.registers.upsert import upsert

WHOLE_COUNTRY = "cała Polska"
SLUG_LENGTH = 180  # leaves room for the voivodeship and a number behind the name


class _Shop:
    """What every entry needs: shelves by name, categories and voivodeships from the database."""

    def __init__(self) -> None:
        self.shelves = Shelves()
        self.categories = {category.slug: category for category in Category.objects.all()}
        self.voivodeships = {unit.name: unit for unit in Voivodeship.objects.all()}
        self.slugs: set[str] = set()

    def category(self, name: str, register_key: str) -> Category:
        return self.categories[self.shelves.find(name, register_key)]

    def slug(self, name: str, *, within: str = "") -> str:
        """`within` keeps the ministry's slugs apart from the EU ones; a number follows a name listed twice
        in one voivodeship. A new row never changes the slug of an older one."""
        base = "-".join(part for part in (slugify(fold(name))[:SLUG_LENGTH].strip("-"), within) if part)
        slug, number = base, 1
        while slug in self.slugs:
            number += 1
            slug = f"{base}-{number}"
        self.slugs.add(slug)
        return slug


def heritage_entries() -> int:
    shop = _Shop()
    regions: dict[tuple[str, str], list[Voivodeship]] = {}
    entries = [*_traditional(shop, regions), *_protected(shop, regions)]
    saved = upsert(entries, key=("register", "source_key"))
    link = HeritageEntry.voivodeships.through
    links = (
        link(heritageentry_id=entry.pk, voivodeship_id=unit.pk)
        for entry in saved
        for unit in regions[entry.register, entry.source_key]
    )
    link.objects.bulk_create(links, ignore_conflicts=True, batch_size=5000)
    return len(saved)


def _traditional(shop: _Shop, regions: dict) -> Iterable[HeritageEntry]:
    for row in rows("traditional_products.csv"):
        unit = shop.voivodeships[row["voivodeship"]]
        regions["LPT", row["source_row"]] = [unit]
        entered_on = date.fromisoformat(row["date_entered"])
        yield _entry(
            shop,
            [unit],
            register="LPT",
            source_key=row["source_row"],
            name=row["name"],
            slug=shop.slug(row["name"], within=unit.slug),
            category=shop.category(row["name"], row["category_key"]),
            entered_on=entered_on,
            year=entered_on.year,
            source=row["source_row"],
        )


def _protected(shop: _Shop, regions: dict) -> Iterable[HeritageEntry]:
    for row in rows("gi_products.csv"):
        named = row["voivodeships"]
        everywhere = named == WHOLE_COUNTRY
        units = [unit for name, unit in shop.voivodeships.items() if everywhere or name in named.split(";")]
        regions[row["type_eu"], row["name"]] = units
        yield _entry(
            shop,
            [] if everywhere else units,
            register=row["type_eu"],
            source_key=row["name"],
            name=row["name"],
            slug=shop.slug(row["name"]),
            category=shop.category(row["name"], EU_CATEGORIES[row["category"]]),
            entered_on=None,
            year=int(row["year_registered"]),
            year_is_sure=row["year_confidence"] == "confirmed",
            source=row["source_url"],
            note=row["note"],
        )


def _entry(shop: _Shop, units: list[Voivodeship], **fields) -> HeritageEntry:
    category = fields["category"]
    top = next((c for c in shop.categories.values() if c.pk == category.parent_id), category)
    words = [
        fields["name"],
        *(unit.name for unit in units),
        category.name_pl,
        top.name_pl,
    ]
    return HeritageEntry(
        search_text=fold(" ".join(dict.fromkeys(words))),
        sort_key=sort_key(fields["name"]),
        **fields,
    )
