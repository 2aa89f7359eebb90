"""Polish text: folding for search, order of names, spaces that must not break, money, weights and dates.

Pure functions without Django; `language` is "pl" or "en". Templates use the filters of `polish_text`.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from decimal import ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo

NBSP = "\u00a0"
MINUS = "\u2212"
WARSAW = ZoneInfo("Europe/Warsaw")

# Letters that do not decompose into a base letter and an accent.
UNDECOMPOSED = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "ß": "ss", "œ": "oe", "æ": "ae", "ı": "i", "ŋ": "n"}
)
# "~" follows every ASCII letter, so "ą" lands behind "az" and before "b"; "ż" behind "ź".
POLISH_ORDER = str.maketrans(
    dict(zip("ąćęłńóśźż", ("a~", "c~", "e~", "l~", "n~", "o~", "s~", "z~", "z~~"), strict=True))
)

WEEKDAYS = {
    "pl": ("poniedziałek", "wtorek", "środa", "czwartek", "piątek", "sobota", "niedziela"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
SHORT_WEEKDAYS = {
    "pl": ("pon.", "wt.", "śr.", "czw.", "pt.", "sob.", "niedz."),
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
}
# In Polish the genitive, as said in dates.
MONTHS = {
    "pl": (
        "stycznia", "lutego", "marca", "kwietnia", "maja", "czerwca",
        "lipca", "sierpnia", "września", "października", "listopada", "grudnia",
    ),
    "en": (
        "January", "February", "March", "April", "May", "June",
        "July", "August", "September", "October", "November", "December",
    ),
}  # fmt: skip

ONE_LETTER_WORD = re.compile(r"(?<![^\s(„\"'\u2013-])([aiouwz])[ \n]+(?=\S)", re.IGNORECASE)
UNITS = (
    "zł|gr|kg|dag|g|mg|l|ml|cl|szt\\.|km|m|cm|mm|ha|%|°C|kcal|kJ|min|godz\\.|h|dni|tys\\.|mln|r\\.|"
    + "|".join(MONTHS["pl"])
)
NUMBER_AND_UNIT = re.compile(rf"(?<=\d)[ \n]+(?=(?:{UNITS})(?!\w))")
DIGIT_GROUPS = re.compile(r"(?<=\d)[ ](?=\d{3}(?!\d))")
ABBREVIATION = re.compile(
    r"(?<!\w)(nr|ul\.|al\.|pl\.|os\.|woj\.|pow\.|gm\.|tel\.)[ \n]+(?=\S)", re.IGNORECASE
)


def fold(text: str) -> str:
    """Lower case without diacritics and with single spaces: 'Żurek  ŁÓDZKI' -> 'zurek lodzki'."""
    return " ".join(_unaccented(_lower(text).translate(UNDECOMPOSED)).split())


def sort_key(text: str) -> str:
    """ASCII whose byte order is the Polish alphabetical order; letter case and punctuation don't count."""
    ordered = _unaccented(_lower(text).translate(POLISH_ORDER).translate(UNDECOMPOSED))
    return " ".join(re.sub(r"[^a-z0-9~]+", " ", ordered).split())


def glue(text: str) -> str:
    """Plain prose with U+00A0 after one-letter words, between number and unit, and after 'nr' or 'ul.'."""
    text = ONE_LETTER_WORD.sub(rf"\1{NBSP}", text)
    text = NUMBER_AND_UNIT.sub(NBSP, text)
    text = DIGIT_GROUPS.sub(NBSP, text)
    return ABBREVIATION.sub(rf"\1{NBSP}", text)


def zloty(amount: Decimal | int, language: str = "pl") -> str:
    """'1 234,50 zł', never breaking; halves of a grosz are rounded up. Floats are refused: TypeError."""
    if isinstance(amount, float):
        raise TypeError("Money is Decimal, never float.")
    rounded = Decimal(amount).quantize(Decimal("0.01"), ROUND_HALF_UP)
    sign = MINUS if rounded < 0 else ""
    return f"{sign}{_number(f'{abs(rounded):,.2f}', language)}{NBSP}zł"


def grams(weight: int, language: str = "pl") -> str:
    """'350 g', '1,2 kg'."""
    if weight < 1000:
        return f"{weight}{NBSP}g"
    kilograms = f"{Decimal(weight) / 1000:,.3f}".rstrip("0").rstrip(".")
    return f"{_number(kilograms, language)}{NBSP}kg"


def day(on: date, language: str = "pl", *, year: bool = False) -> str:
    """'sobota, 28 listopada'; with `year` also '2026'."""
    weekday = WEEKDAYS[language][on.weekday()]
    return f"{weekday}{_comma(language)}{_day_and_month(on, language)}{f'{NBSP}{on.year}' if year else ''}"


def short_day(on: date, language: str = "pl") -> str:
    """'sob., 28 listopada'."""
    return f"{SHORT_WEEKDAYS[language][on.weekday()]}{_comma(language)}{_day_and_month(on, language)}"


def moment(at: datetime, language: str = "pl") -> str:
    """'śr., 25 listopada, 20.00' by the clock in Warsaw. A naive datetime is refused: ValueError."""
    if at.tzinfo is None:
        raise ValueError("A moment needs a time zone.")
    local = at.astimezone(WARSAW)
    return f"{short_day(local, language)}, {clock(local.time(), language)}"


def clock(at: time, language: str = "pl") -> str:
    """'9.00' in Polish, '9:00' in English."""
    return f"{at.hour}{'.' if language == 'pl' else ':'}{at.minute:02}"


def span(start: time, end: time, language: str = "pl") -> str:
    """'9.00–11.00'."""
    return f"{clock(start, language)}\u2013{clock(end, language)}"


def weekdays(days: Iterable[int], language: str = "pl") -> str:
    """'pon.–pt., niedz.': days of the week in their order, Monday being 0, three and more in a row as a range."""
    rows: list[list[int]] = []
    for day in sorted(set(days)):
        if rows and rows[-1][-1] == day - 1:
            rows[-1].append(day)
        else:
            rows.append([day])
    return ", ".join(_days_in_a_row(row, SHORT_WEEKDAYS[language]) for row in rows)


def _days_in_a_row(days: list[int], names: Sequence[str]) -> str:
    if len(days) > 2:
        return f"{names[days[0]]}\u2013{names[days[-1]]}"
    return ", ".join(names[day] for day in days)


def _lower(text: str) -> str:
    # Composed first: "ą" may arrive as two characters, a styled capital as no ordinary one.
    return unicodedata.normalize("NFKC", text).lower()


def _unaccented(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))


def _number(plain: str, language: str) -> str:
    if language != "pl":
        return plain
    return plain.replace(",", NBSP).replace(".", ",")


def _comma(language: str) -> str:
    return ", " if language == "pl" else " "


def _day_and_month(on: date, language: str) -> str:
    return f"{on.day}{NBSP}{MONTHS[language][on.month - 1]}"
