"""What a line costs: at most when it is ordered, exactly once its weight and pieces are known."""

from decimal import Decimal

from marketplace.kernel.money import ZERO, by_weight, round_zloty


def agreed(price: Decimal, quantity: int, max_grams: int | None) -> Decimal:
    """The most a line may cost in zł: packs at their price, or `max_grams` at the price per kg."""
    return price * quantity if max_grams is None else by_weight(price, max_grams)


def final(
    *,
    price: Decimal,
    quantity: int,
    pieces: int,
    short: int,
    agreed_total: Decimal,
    grams: int | None,
    agreed_max: int | None,
) -> Decimal:
    """What the line costs in zł when `short` of its `pieces` did not come and, sold by weight, `grams` were
    picked (None: not weighed yet). A broken pack costs its share. Never above `agreed_total`."""
    if short >= pieces:
        return ZERO
    if agreed_max is None:
        return min(agreed_total, round_zloty(price * quantity * (pieces - short) / pieces))
    if grams is None:
        grams = agreed_max * (pieces - short) // pieces
    return min(agreed_total, by_weight(price, grams))
