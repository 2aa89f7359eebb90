"""GS1 element strings, as a scanner types them (GS1 General Specifications, section 3).

Read: 00 SSCC, 01 GTIN, 02 content GTIN, 10 lot, 11 made, 13 packed, 15 best before, 17 use by, 30 and 37 count,
310n net weight. The separator FNC1 arrives as the character GS (0x1D). Brackets around identifiers, as
printed under a barcode, are understood too.
"""

import calendar
import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from marketplace.kernel.references import is_gs1_number

GS = "\x1d"
FIXED = {"00": 18, "01": 14, "02": 14, "11": 6, "13": 6, "15": 6, "17": 6}
VARIABLE = {"10": 20, "30": 8, "37": 8}
BRACKETED = re.compile(r"\((\d{2,4})\)([^(]*)")


class Malformed(ValueError):
    """The text looks like GS1 but breaks its rules."""


@dataclass(frozen=True)
class Label:
    """What a label says; fields it does not carry are None. `grams` is a net weight."""

    sscc: str | None = None
    gtin: str | None = None
    lot: str | None = None
    best_before: date | None = None
    use_by: date | None = None
    count: int | None = None
    grams: int | None = None


def parse(text: str) -> Label | None:
    """The label in a scanned text, or None when the text is not GS1 at all. Raises Malformed."""
    text = text.strip().removeprefix("]C1").removeprefix("]d2").removeprefix("]Q3").strip(GS)
    elements = _bracketed(text) if text.startswith("(") else _plain(text)
    if elements is None:
        return None
    return _label(elements)


def _bracketed(text: str) -> dict[str, str]:
    found = BRACKETED.findall(text)
    if "".join(f"({ai}){value}" for ai, value in found) != text:
        raise Malformed("brackets")
    return {ai: value.strip() for ai, value in found}


def _plain(text: str) -> dict[str, str] | None:
    elements: dict[str, str] = {}
    rest = text
    while rest:
        ai = rest[:4] if rest[:3] == "310" and rest[3:4].isdigit() else rest[:2]
        length = 6 if len(ai) == 4 else FIXED.get(ai)
        body = rest[len(ai) :]
        if length is not None:
            if len(body) < length or not body[:length].isdigit():
                if elements:
                    raise Malformed(ai)
                return None
            elements[ai], rest = body[:length], body[length:].removeprefix(GS)
        elif ai in VARIABLE and (elements or GS in body):
            value, _sep, rest = body.partition(GS)
            elements[ai] = value
        elif elements:
            raise Malformed(ai)
        else:
            return None
    return elements or None


def _label(elements: dict[str, str]) -> Label:
    for ai in ("00", "01", "02"):
        if ai in elements and (len(elements[ai]) != FIXED[ai] or not is_gs1_number(elements[ai])):
            raise Malformed(f"check digit of {ai}")
    lot = elements.get("10")
    if lot is not None and not 1 <= len(lot) <= VARIABLE["10"]:
        raise Malformed("10")
    count = elements.get("37") or elements.get("30")
    if count is not None and not (count.isdigit() and len(count) <= VARIABLE["37"]):
        raise Malformed("count")
    return Label(
        sscc=elements.get("00"),
        gtin=elements.get("01") or elements.get("02"),
        lot=lot,
        best_before=_day(elements.get("15")),
        use_by=_day(elements.get("17")),
        count=int(count) if count else None,
        grams=_grams(elements),
    )


def _day(text: str | None) -> date | None:
    """YYMMDD; day 00 is the month's last; the century is the nearest (51–99 back, section 7.12)."""
    if text is None:
        return None
    if len(text) != 6 or not text.isdigit():
        raise Malformed("date")
    year, month, day = 2000 + int(text[:2]), int(text[2:4]), int(text[4:])
    try:
        return date(year, month, day or calendar.monthrange(year, month)[1])
    except (ValueError, calendar.IllegalMonthError) as error:
        raise Malformed("date") from error


def _grams(elements: dict[str, str]) -> int | None:
    for ai, value in elements.items():
        if ai.startswith("310"):
            return int(Decimal(value).scaleb(3 - int(ai[3])))
    return None
