"""Numbers and their check digits. Those people read aloud are in Crockford's base 32 (no I, L, O, U)."""

import secrets

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
READ_AS = str.maketrans("OIL", "011")
LENGTH = 7  # 35 random bits; the unique constraint settles the rest


def _check(body: str) -> str:
    return ALPHABET[sum((n + 1) * ALPHABET.index(c) for n, c in enumerate(body)) % 31]


def new_reference(prefix: str) -> str:
    """A fresh random number such as `Z-7K3M-9QXA`; one mistyped or swapped character is noticed."""
    body = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
    code = body + _check(body)
    return f"{prefix}-{code[:4]}-{code[4:]}"


def read_reference(text: str) -> str | None:
    """The canonical form of a typed or scanned number, or None when it cannot be one."""
    prefix, _dash, rest = text.strip().upper().replace(" ", "-").partition("-")
    code = rest.replace("-", "").translate(READ_AS)
    if len(code) != LENGTH + 1 or any(c not in ALPHABET for c in code) or _check(code[:-1]) != code[-1]:
        return None
    return f"{prefix}-{code[:4]}-{code[4:]}"


def check_digit(body: str) -> str:
    """The mod-10 digit with weights 3, 1 from the right that ends a GTIN, GLN or SSCC (GS1, section 7.9)."""
    return str(-sum(int(c) * (3 if n % 2 == 0 else 1) for n, c in enumerate(reversed(body))) % 10)


def is_gs1_number(text: str) -> bool:
    """Digits that end in their own check digit."""
    return text.isascii() and text.isdigit() and len(text) > 1 and check_digit(text[:-1]) == text[-1]


def gtin(text: str) -> str | None:
    """The canonical GTIN-14 of a right GTIN-8, -12, -13 or -14, else None."""
    return text.zfill(14) if len(text) in {8, 12, 13, 14} and is_gs1_number(text) else None
