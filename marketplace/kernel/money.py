"""Złoty as Decimal with two places; one rounding function; net + tax = gross by construction."""

from decimal import ROUND_HALF_UP, Decimal

GROSZ = Decimal("0.01")
ZERO = Decimal("0.00")


def round_zloty(amount: Decimal) -> Decimal:
    """`amount` to whole grosze, halves away from zero (the rule of art. 106e(11) of the VAT Act)."""
    return amount.quantize(GROSZ, rounding=ROUND_HALF_UP)


def net_and_tax(gross: Decimal, percent: Decimal) -> tuple[Decimal, Decimal]:
    """Splits a gross amount in zł by a VAT rate in percent; the two parts always sum to `gross`."""
    tax = round_zloty(gross * percent / (100 + percent))
    return gross - tax, tax


def grosze(amount: Decimal) -> int:
    """The same amount as an integer of grosze, for the ledger and the payment gateway."""
    return int((amount * 100).to_integral_exact())


def by_weight(price_per_kg: Decimal, grams: int) -> Decimal:
    """Price in zł of `grams` at `price_per_kg`."""
    return round_zloty(price_per_kg * grams / 1000)
