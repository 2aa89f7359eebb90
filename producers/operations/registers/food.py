"""Allergens, VAT rates, shelves of the shop, marks, and the retail price list."""

import re
from datetime import date
from decimal import Decimal

from producers.models import Allergen, Category, Mark, PriceList, VatClass, VatRate
from producers.models.price import RETAIL
from producers.operations.registers.source import rows
from producers.operations.registers.upsert import upsert

# "0% od 2022-02-01 do 2024-03-31": what a class was taxed at before
EARLIER_RATE = re.compile(r"(\d+)\s*% od (\d{4}-\d\d-\d\d) do (\d{4}-\d\d-\d\d)")


def allergens() -> int:
    found = (
        Allergen(
            key=row["key"],
            number=int(row["annex_ii_number"]),
            name_pl=row["name_pl"],
            name_en=row["name_en"],
            examples=row["examples_pl"],
        )
        for row in rows("allergens.csv")
    )
    return len(upsert(found, key=("key",)))


def vat_classes() -> int:
    found = (
        VatClass(
            key=row["key"],
            name=row["name_pl"],
            cn=row["cn"],
            pkwiu=row["pkwiu"],
            note=row["note"],
        )
        for row in rows("vat_rates.csv")
    )
    return len(upsert(found, key=("key",)))


def vat_rates() -> int:
    """Rates an operator changed in the admin are kept: only rows that are missing are added."""
    found = [rate for row in rows("vat_rates.csv") for rate in _rates(row)]
    VatRate.objects.bulk_create(found, ignore_conflicts=True)
    return len(found)


def _rates(row: dict[str, str]) -> list[VatRate]:
    periods = [(row["rate_percent"], row["valid_from"], row["valid_to"])]
    periods += EARLIER_RATE.findall(row["history"])
    return [
        VatRate(
            vat_class_id=row["key"],
            percent=Decimal(percent),
            valid_from=date.fromisoformat(start),
            valid_to=date.fromisoformat(end) if end else None,
            legal_basis=row["legal_basis"],
            confidence=row["confidence"],
        )
        for percent, start, end in periods
    ]


def categories() -> int:
    """Two levels; the parents first, because the shelves below point to them."""
    wanted = list(enumerate(rows("categories.csv"), start=1))
    tops = upsert((_category(row, n) for n, row in wanted if not row["parent"]), key=("slug",))
    parents = {top.slug: top for top in tops}
    below = (_category(row, n, parents[row["parent"]]) for n, row in wanted if row["parent"])
    return len(tops) + len(upsert(below, key=("slug",)))


def _category(row: dict[str, str], position: int, parent: Category | None = None) -> Category:
    return Category(
        slug=row["slug"],
        name_pl=row["name_pl"],
        name_en=row["name_en"],
        parent=parent,
        register_key=row["register_key"],
        icon=row["icon"],
        position=position,
    )


def marks() -> int:
    found = (Mark(position=n, **row) for n, row in enumerate(rows("marks.csv"), start=1))
    return len(upsert(found, key=("code",)))


def price_lists() -> int:
    return len(upsert([PriceList(code=RETAIL, name="Cennik detaliczny")], key=("code",)))
