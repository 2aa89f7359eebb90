"""Check digits of made-up numbers."""

NIP_WEIGHTS = (6, 5, 7, 2, 3, 4, 5, 6, 7)


def nip(serial: int) -> str:
    """A NIP with a valid check digit; it begins with 999, which no tax office has. `serial` below 900 000."""
    while True:
        body = f"999{serial:06d}"
        check = sum(int(digit) * weight for digit, weight in zip(body, NIP_WEIGHTS, strict=True)) % 11
        if check < 10:
            return f"{body}{check}"
        serial = (serial + 900_000) % 1_000_000  # no NIP ends this way; serials from 900 000 are spare


def gs1(body: str) -> str:
    """`body` with the check digit of a GTIN or SSCC behind it."""
    total = sum(int(digit) * (3 if n % 2 == 0 else 1) for n, digit in enumerate(reversed(body)))
    return f"{body}{-total % 10}"
