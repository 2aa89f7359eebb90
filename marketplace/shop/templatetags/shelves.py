"""What a product's card needs beyond its listing."""

from django import template
from django.conf import settings

from marketplace.shop.templatetags.drawings import picture_url
from producers.policies.poland import borders

register = template.Library()

KINDS = {"PDO": "chnp", "PGI": "chog", "TSG": "gts", "LPT": "lpt", "ORGANIC": "eko"}
FEW = 5  # packs; from here on the number is said


@register.filter
def mark_kind(code):
    """The look of a mark for <c-mark>; one we do not know is a cluster's own."""
    return KINDS.get(code, "klaster")


@register.filter
def is_few(available):
    return available is not None and 0 < available <= FEW


@register.filter
def of(values, key):
    """The value kept under the key, or nothing."""
    return (values or {}).get(key)


@register.simple_tag
def card_picture(card):
    """The producer's photograph, else the paper cut in the region's colours."""
    if card.picture:
        return f"{settings.MEDIA_URL}{card.picture}"
    return picture_url(card.name, region_name(card.voivodeship_id), card.category_slug)


@register.filter
def region_name(teryt):
    region = borders()["regions"].get(teryt)
    return region["name"] if region else ""
