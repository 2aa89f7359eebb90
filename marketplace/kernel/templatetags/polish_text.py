"""Filters that speak the reader's language; amounts and dates come out ready, with unbreakable spaces."""

import re

from django import template
from django.utils.functional import Promise
from django.utils.html import conditional_escape
from django.utils.safestring import SafeData, mark_safe
from django.utils.translation import get_language

from marketplace.kernel import polish

register = template.Library()

# Tags with their attributes, and code with its content, stay as they are.
UNTOUCHED = re.compile(r"(<code\b.*?</code>|<[^>]*>)", re.DOTALL)


POSTAL_CODE = re.compile(r"\b\d{2}-\d{3}\b")


def language():
    return "en" if (get_language() or "pl").startswith("en") else "pl"


@register.filter
def glue(text):
    """Unbreakable spaces in prose; in ready HTML only the text between tags is touched."""
    if isinstance(text, Promise):
        text = str(text)  # a help text that is HTML is safe only once it is made
    if not isinstance(text, SafeData):
        return mark_safe(conditional_escape(polish.glue(str(text))))  # noqa: S308 escaped on this line
    parts = UNTOUCHED.split(str(text))
    parts[::2] = [polish.glue(part) for part in parts[::2]]
    return mark_safe("".join(parts))  # noqa: S308 was safe before


@register.filter
def address(text):
    """An address whose postal code and number of a street stay on one line."""
    glued = conditional_escape(polish.glue(str(text)))
    return mark_safe(POSTAL_CODE.sub(r'<span class="nowrap">\g<0></span>', glued))  # noqa: S308 escaped above


@register.filter
def zloty(amount):
    return "" if amount in (None, "") else polish.zloty(amount, language())


@register.filter
def unit_price(amount, unit):
    """`{{ offer.unit_price|unit_price:"kg" }}` -> '24,00 zł/kg', on one line."""
    return "" if amount in (None, "") else f"{polish.zloty(amount, language())}/{unit}"


@register.filter
def grams(weight):
    return "" if weight in (None, "") else polish.grams(weight, language())


@register.filter
def day(on, form=""):
    """'sobota, 28 listopada'; `day:"short"` -> 'sob., 28 listopada', `day:"year"` adds the year."""
    if not on:
        return ""
    if form == "short":
        return polish.short_day(on, language())
    return polish.day(on, language(), year=form == "year")


@register.filter
def moment(at):
    return polish.moment(at, language()) if at else ""


@register.filter(expects_localtime=True)
def clock(at):
    """Of an hour, or of a moment by the clock in Warsaw."""
    return polish.clock(at, language()) if at is not None else ""


@register.filter
def weekday(on):
    return polish.WEEKDAYS[language()][on.weekday()] if on else ""


@register.filter
def short_weekday(on):
    return polish.SHORT_WEEKDAYS[language()][on.weekday()] if on else ""


@register.filter
def weekdays(days):
    """'pon.–pt., niedz.' of days of the week, Monday being 0."""
    return polish.weekdays(days, language())


@register.filter
def month(on):
    """'listopada': the form used after a day number."""
    return polish.MONTHS[language()][on.month - 1] if on else ""
