"""Amounts that food is measured and compared in. Quantities are integers: pieces, grams, millilitres."""

from decimal import Decimal

from django.db import models
from django.utils.translation import gettext_lazy as _

from marketplace.kernel.money import round_zloty


class Unit(models.TextChoices):
    GRAM = "G", "g"
    MILLILITRE = "ML", "ml"
    PIECE = "PCS", _("szt.")


class SoldBy(models.TextChoices):
    PIECE = "PIECE", _("na sztuki")
    WEIGHT = "WEIGHT", _("na wagę")


class Temperature(models.TextChoices):
    """Class of storage and carriage; the order here is the order of picking, cold last."""

    AMBIENT = "AMBIENT", _("temperatura pokojowa")
    CHILLED = "CHILLED", _("chłodnia")
    FROZEN = "FROZEN", _("mroźnia")


# The unit a price is compared in, and how many of the small ones make it (price information act, art. 4).
COMPARED_IN = {Unit.GRAM: ("kg", 1000), Unit.MILLILITRE: ("l", 1000), Unit.PIECE: ("szt.", 1)}


def unit_price(price: Decimal, amount: int, unit: str) -> tuple[Decimal, str]:
    """Price per kg, litre or piece of a pack holding `amount` of `unit`, and the name of that unit."""
    name, size = COMPARED_IN[Unit(unit)]
    return round_zloty(price * size / amount), name
