"""Poland as one SVG whose sixteen voivodeships are links; a text list beside it says the same.

The drawing is for pointers: it stays out of the tab order and away from readers, who get the list.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from producers.policies.poland import borders

# A flower grows with what a region has to show; the fourth size is for the fullest.
FLOWER_SIZES = ((1, 9), (10, 13), (50, 17), (150, 21))


@dataclass(frozen=True)
class MappedRegion:
    teryt: str
    url: str
    count: int = 0
    here: bool = False


def poland_map(regions: Sequence[MappedRegion]) -> str:
    """SVG text; a code that is no voivodeship raises KeyError."""
    drawn = borders()
    shapes = "".join(_region(region, drawn["regions"][region.teryt]) for region in regions)
    flowers = "".join(_flower(region, drawn["regions"][region.teryt]) for region in regions)
    return (
        f'<svg class="poland" viewBox="0 0 {drawn["width"]} {drawn["height"]}" '
        'aria-hidden="true" focusable="false">'
        f"{shapes}<g>{flowers}</g></svg>"
    )


def _region(region: MappedRegion, drawn: dict[str, Any]) -> str:
    here = ' class="here"' if region.here else ""
    return (
        f'<a href="{escape(region.url)}" tabindex="-1"{here}><title>{escape(drawn["name"])}</title>'
        f'<path d="{drawn["path"]}"/></a>'
    )


def _flower(region: MappedRegion, drawn: dict[str, Any]) -> str:
    sizes = [size for least, size in FLOWER_SIZES if region.count >= least]
    if not sizes:
        return ""
    petal = f"M0 0q{sizes[-1]}-{sizes[-1]} 0-{sizes[-1] * 2}q-{sizes[-1]} {sizes[-1]} 0 {sizes[-1] * 2}"
    petals = "".join(f'<path d="{petal}" transform="rotate({angle})"/>' for angle in range(0, 360, 60))
    here = ' class="here"' if region.here else ""
    place = f"translate({drawn['x']} {drawn['y']})"
    return f'<g transform="{place}"{here}>{petals}<circle r="{sizes[-1] / 2.5:g}"/></g>'
