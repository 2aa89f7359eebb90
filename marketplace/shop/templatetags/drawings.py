"""Drawings made on the server: QR codes, the map, the season strip, the address of a product's picture."""

from urllib.parse import urlencode

import segno
from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django.utils.text import slugify

from marketplace.kernel.polish import fold
from marketplace.shop.policies.poland_map import MappedRegion, poland_map
from marketplace.shop.web.pictures import EDITION

register = template.Library()

ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")


@register.simple_tag
def qr(text, label=""):
    """Black on white with its quiet zone; `label` is read aloud instead of the picture."""
    drawn = segno.make(str(text), error="m", micro=False).svg_inline(
        border=4, omitsize=True, svgclass=None, lineclass=None
    )
    body = mark_safe(drawn.partition(">")[2].removesuffix("</svg>"))  # noqa: S308 segno's own path
    size = segno.make(str(text), error="m", micro=False).symbol_size(border=4)[0]
    return format_html(
        '<svg viewBox="0 0 {0} {0}" width="220" height="220" role="img" aria-label="{1}">{2}</svg>',
        size,
        label,
        body,
    )


@register.simple_tag
def poland(regions):
    """The map for a list of {"teryt", "url", "count", "here"}."""
    mapped = [
        MappedRegion(region["teryt"], region["url"], region.get("count") or 0, bool(region.get("here")))
        for region in regions or ()
    ]
    return mark_safe(poland_map(mapped))  # noqa: S308 escapes what it is given


@register.filter
def year(months):
    """Twelve {"number", "roman", "inside"}; Polish calendars write months in Roman numerals."""
    inside = set(months or ())
    return [{"number": n, "roman": roman, "inside": n in inside} for n, roman in enumerate(ROMAN, 1)]


@register.simple_tag
def picture_url(name, region="", category=""):
    """Address of the paper cut that stands for a product without a photograph."""
    words = urlencode({"name": name, "region": region, "category": category, "v": EDITION})
    slug = slugify(fold(name))[:80] or "produkt"
    return f"{reverse('shop:picture', args=[slug])}?{words}"
