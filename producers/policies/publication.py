"""What a product must say before anybody may buy it (Reg. (EU) 1169/2011, art. 9 and 14), and what is missing."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from producers.policies.ingredients import is_well_marked

NOT_REQUIRED = "NOT_REQUIRED"
CRAFT = "CRAFT"
ALCOHOL_FROM = Decimal("1.2")  # percent; above it a permit is needed, and online sale is contested


@dataclass(frozen=True)
class Facts:
    """A product as far as publication looks at it. `protected_name` is an EU name the product bears without a
    certificate."""

    name: str
    ingredients: str
    single_ingredient: bool
    storage: str
    origin: str
    nutrition: object
    nutrition_ground: str
    date_kind: str
    no_date_ground: str
    shelf_life_days: int | None
    minimum_life_days: int | None
    has_vat_class: bool
    seller_address: str
    alcohol_percent: Decimal | None = None
    protected_name: str = ""
    net_amounts: Sequence[int] = field(default_factory=tuple)


def missing(facts: Facts, known_allergens: set[str]) -> list[str]:
    """Codes of the facts that are missing or wrong, in the order of the form; empty when it may be published."""
    craft = facts.nutrition_ground == CRAFT
    checks = {
        "name": bool(facts.name.strip()),
        "ingredients": craft or facts.single_ingredient or bool(facts.ingredients.strip()),
        "allergens": is_well_marked(facts.ingredients, known_allergens),
        "net_quantity": bool(facts.net_amounts) and all(amount > 0 for amount in facts.net_amounts),
        "storage": bool(facts.storage.strip()),
        "origin": bool(facts.origin.strip()),
        "nutrition": bool(facts.nutrition) or bool(facts.nutrition_ground),
        "date_kind": bool(facts.date_kind)
        and (facts.date_kind != NOT_REQUIRED or bool(facts.no_date_ground)),
        "shelf_life_days": bool(facts.shelf_life_days),
        "minimum_life_days": facts.minimum_life_days is not None
        and facts.minimum_life_days <= (facts.shelf_life_days or 0),
        "vat_class": facts.has_vat_class,
        "seller_address": bool(facts.seller_address.strip(" ,")),
        "alcohol": (facts.alcohol_percent or 0) <= ALCOHOL_FROM,
        "protected_name": not facts.protected_name,
    }
    return [code for code, holds in checks.items() if not holds]
