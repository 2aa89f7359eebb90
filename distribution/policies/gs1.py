"""GS1 element strings, as a scanner types them (GS1 General Specifications, section 3).

Read: 00 SSCC, 01 GTIN, 02 content GTIN, 10 lot, 11 made, 13 packed, 15 best before, 17 use by, 30 and 37 count,
310n net weight. The separator FNC1 arrives as the character GS (0x1D). Brackets around identifiers, as
printed under a barcode, are understood too.
"""

import calendar
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from marketplace.kernel.references import check_digit, gtin, is_gs1_number

GS = "\x1d"
FIXED = {"00": 18, "01": 14, "02": 14, "11": 6, "13": 6, "15": 6, "17": 6} | {f"310{n}": 6 for n in range(6)}
VARIABLE = {"10": 20, "30": 8, "37": 8}
NUMBERS = ("00", "01", "02")
DATES = ("11", "13", "15", "17")
# What a scanner says before a code that is certainly GS1: GS1-128, DataMatrix, QR, DataBar.
SYMBOLS = ("]C1", "]d2", "]Q3", "]e0")
BRACKETED = re.compile(r"\((\d{2,4})\)([^(]*)")
HOUSE = "029"  # a GTIN-14 of the restricted range 29, for goods without a number of their own


class Malformed(ValueError):
    """The text looks like GS1 but breaks its rules. `why` is brackets, unknown, repeated, contradicts, length,
    check_digit, date, count or lot; `ai` is the identifier it is about."""

    def __init__(self, why: str, ai: str = "") -> None:
        super().__init__(f"{why} {ai}".strip())
        self.why, self.ai = why, ai


@dataclass(frozen=True)
class Label:
    """What a label says; fields it does not carry are None. `grams` is a net weight, `made` the day of making or
    packing. With an `sscc` the `gtin` and `count` are those of the crate's content."""

    sscc: str | None = None
    gtin: str | None = None
    lot: str | None = None
    best_before: date | None = None
    use_by: date | None = None
    count: int | None = None
    grams: int | None = None
    made: date | None = None


def number_of(printed: str, pk: int) -> str:
    """The GTIN-14 of a stock item: its own, else one of the house (GS1 prefix 29), so that every label scans."""
    body = f"{HOUSE}{pk:010d}"
    return gtin(printed) or body + check_digit(body)


def house_item(number: str) -> int | None:
    """The stock item whose number of the house this is."""
    return int(number[len(HOUSE) : 13]) if number.startswith(HOUSE) else None


def parse(text: str) -> Label | None:
    """The label in a scanned text, or None when the text is not GS1 at all. Raises Malformed."""
    text = text.strip()
    known = text[:3] in SYMBOLS
    text = (text[3:] if known else text).strip(GS)
    found = _bracketed(text) if text.startswith("(") else _plain(text, known=known)
    if not found:
        return None
    elements: dict[str, str] = {}
    for ai, value in found:
        if ai in elements:
            raise Malformed("repeated", ai)
        _check(ai, value)
        elements[ai] = value
    _agree(elements)
    return _label(elements)


def _bracketed(text: str) -> list[tuple[str, str]]:
    found = BRACKETED.findall(text)
    if "".join(f"({ai}){value}" for ai, value in found) != text:
        raise Malformed("brackets")
    return [(ai, value.strip()) for ai, value in found]


def _plain(text: str, *, known: bool) -> list[tuple[str, str]] | None:
    elements: list[tuple[str, str]] = []
    rest = text
    while rest:
        ai = rest[:4] if rest[:4] in FIXED else rest[:2]
        body = rest[len(ai) :]
        sure = known or bool(elements)
        if ai in FIXED:
            length = FIXED[ai]
            if not _digits(body[:length]) or len(body) < length:
                if sure:
                    raise Malformed("length", ai)
                return None
            value, rest = body[:length], body[length:].removeprefix(GS)
        elif ai in VARIABLE and (sure or GS in body):
            value, _sep, rest = body.partition(GS)
        elif sure:
            raise Malformed("unknown", ai)
        else:
            return None
        elements.append((ai, value))
    return elements


def _digits(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _check(ai: str, value: str) -> None:
    if ai in FIXED:
        if len(value) != FIXED[ai] or not _digits(value):
            raise Malformed("date" if ai in DATES else "length", ai)
        if ai in NUMBERS and not is_gs1_number(value):
            raise Malformed("check_digit", ai)
    elif ai not in VARIABLE:
        raise Malformed("unknown", ai)
    elif ai == "10":
        if not 1 <= len(value) <= VARIABLE[ai] or not value.isprintable():
            raise Malformed("lot", ai)
    elif not _digits(value) or len(value) > VARIABLE[ai] or not int(value):
        raise Malformed("count", ai)


def _agree(elements: Mapping[str, str]) -> None:
    """Two things a label says must not exclude each other (section 4.14)."""
    if "01" in elements and "02" in elements:
        raise Malformed("contradicts", "02")
    if "30" in elements and "37" in elements and int(elements["30"]) != int(elements["37"]):
        raise Malformed("contradicts", "37")
    if sum(ai.startswith("310") for ai in elements) > 1:
        raise Malformed("contradicts", "310")
    made = max((_day(elements[ai], ai) for ai in ("11", "13") if ai in elements), default=None)
    for ai in ("15", "17"):
        if made and ai in elements and _day(elements[ai], ai) < made:
            raise Malformed("contradicts", ai)


def _label(elements: Mapping[str, str]) -> Label:
    days = {ai: _day(elements[ai], ai) for ai in DATES if ai in elements}
    count = elements.get("37") or elements.get("30")
    return Label(
        sscc=elements.get("00"),
        gtin=elements.get("01") or elements.get("02"),
        lot=elements.get("10"),
        best_before=days.get("15"),
        use_by=days.get("17"),
        count=int(count) if count else None,
        grams=_grams(elements),
        made=days.get("13") or days.get("11"),
    )


def _day(text: str, ai: str) -> date:
    """YYMMDD of this century; day 00 is the month's last (section 7.12)."""
    year, month, day = 2000 + int(text[:2]), int(text[2:4]), int(text[4:])
    try:
        return date(year, month, day or calendar.monthrange(year, month)[1])
    except (ValueError, calendar.IllegalMonthError) as error:
        raise Malformed("date", ai) from error


def _grams(elements: Mapping[str, str]) -> int | None:
    for ai, value in elements.items():
        if ai.startswith("310"):
            exact = Decimal(value).scaleb(3 - int(ai[3]))
            return int(exact.quantize(Decimal(1), ROUND_HALF_UP))
    return None


def elements_of(label: Label) -> list[tuple[str, str]]:
    """What a label says as (identifier, value), those of fixed length first, as section 7.8 recommends: a crate's
    SSCC with its content (02, 37), or goods (01, 30). Raises ValueError for what has no room on a label."""
    made: list[tuple[str, str | None]] = [
        ("00", label.sscc),
        ("02" if label.sscc else "01", label.gtin),
        ("13", _digits_of(label.made)),
        ("15", _digits_of(label.best_before)),
        ("17", _digits_of(label.use_by)),
        *_weight(label.grams),
        ("10", label.lot),
        ("37" if label.sscc else "30", str(label.count) if label.count else None),
    ]
    found = [(ai, value) for ai, value in made if value]
    for ai, value in found:
        _check(ai, value)
    return found


def _digits_of(day: date | None) -> str | None:
    return f"{day:%y%m%d}" if day else None


def _weight(grams: int | None) -> list[tuple[str, str | None]]:
    """Six digits of kilograms, with as many decimal places as there is room for."""
    for places in (3, 2, 1, 0):
        if grams is not None and grams // 10 ** (3 - places) < 10**6:
            return [(f"310{places}", f"{grams // 10 ** (3 - places):06d}")]
    return []


def scanned(elements: list[tuple[str, str]], *, separator: str = GS) -> str:
    """The element string as it is read: a separator ends each field of variable length but the last."""
    parts = [ai + value for ai, value in elements]
    ends = [separator if ai in VARIABLE else "" for ai, _value in elements[:-1]] + [""]
    return "".join(part + end for part, end in zip(parts, ends, strict=True))


def printed(elements: list[tuple[str, str]]) -> str:
    """The same for people, as it stands below a barcode."""
    return "".join(f"({ai}){value}" for ai, value in elements)
