"""The stylesheet without a browser: contrast of every token, weight, files it names."""

import re
from itertools import product
from pathlib import Path

import brotli
import pytest

STATIC = Path(__file__).parents[2] / "marketplace" / "static"
CSS = (STATIC / "spichlerz.css").read_text(encoding="utf-8")
KILOBYTE = 1024

TEXT = 4.5
CONTROL = 3.0
PAIRS = [
    *(
        (text, paper, TEXT)
        for text, paper in product(("ink", "ink-2", "link", "accent", "primary"), ("bg", "surface", "sunk"))
    ),
    *((f"{tone}", f"{tone}-tint", TEXT) for tone in ("error", "ok", "warn", "info")),
    *(("ink", f"{tone}-tint", TEXT) for tone in ("error", "ok", "warn", "info")),
    *(("ink-2", f"{tone}-tint", TEXT) for tone in ("ok", "warn")),
    ("on-primary", "primary", TEXT),
    ("on-primary", "primary-hover", TEXT),
    ("honey-ink", "bg", TEXT),
    ("honey-ink", "surface", TEXT),
    ("error", "surface", TEXT),
    ("bg", "accent", TEXT),
    ("surface", "accent", TEXT),
    *((ring, paper, CONTROL) for ring, paper in product(("field", "focus"), ("bg", "surface", "sunk"))),
]
HALL_PAIRS = [("#FFFFFF", "ok"), ("#FFFFFF", "error"), ("#000000", "warn"), ("#FFFFFF", "info")]


def tokens():
    """Name -> (light, dark)."""
    light = dict(re.findall(r"--([\w-]+): (#[0-9A-F]{6});", CSS.partition("@supports")[0]))
    both = re.findall(r"--([\w-]+): light-dark\((#[0-9A-F]{6}), (#[0-9A-F]{6})\)", CSS)
    return {name: (colour, colour) for name, colour in light.items()} | {name: (a, b) for name, a, b in both}


def luminance(colour):
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("mode", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("above", "below", "least"), PAIRS)
def test_tokens_can_be_read(above, below, least, mode):
    known = tokens()
    assert contrast(known[above][mode], known[below][mode]) >= least


@pytest.mark.parametrize("mode", [0, 1], ids=["light", "dark"])
def test_honey_carries_dark_letters_in_both_modes(mode):
    assert contrast(tokens()["honey"][mode], tokens()["on-honey"][mode]) >= TEXT


@pytest.mark.parametrize(("letters", "tone"), HALL_PAIRS)
def test_hall_is_read_from_afar(letters, tone):
    colour = re.search(rf"--hall-{tone}: (#[0-9A-F]{{6}})", CSS)[1]
    assert contrast(letters, colour) >= 7


def test_light_fallbacks_equal_the_light_values():
    fallback = dict(re.findall(r"--([\w-]+): (#[0-9A-F]{6});", CSS.partition("@supports")[0]))
    modern = {name: light for name, light, _ in re.findall(r"--([\w-]+): light-dark\((#\w+), (#\w+)\)", CSS)}
    assert {name: fallback[name] for name in modern} == modern


def test_weights():
    assert len(brotli.compress(CSS.encode())) <= 20 * KILOBYTE
    assert len((STATIC / "app.js").read_bytes()) <= 8 * KILOBYTE
    assert len((STATIC / "hall.js").read_bytes()) <= 8 * KILOBYTE
    assert sum(font.stat().st_size for font in (STATIC / "fonts").glob("*.woff2")) <= 45 * KILOBYTE


def test_every_file_named_in_the_stylesheet_is_there():
    named = re.findall(r'url\("(?!data:)([^"]+)"\)', CSS)
    assert len(named) == 4
    assert all((STATIC / name).is_file() for name in named)


def test_templates_carry_no_inline_style_or_script():
    """The policy would refuse them; letters are exempt, mail programs know nothing else."""
    packages = [
        STATIC.parent,
        *(STATIC.parents[1] / name for name in ("producers", "distribution", "orders")),
    ]
    pages = [p for package in packages for p in package.rglob("*.html") if "mail" not in p.parts]
    assert {page.relative_to(STATIC.parents[1]).parts[0] for page in pages} == {p.name for p in packages}
    for page in pages:
        text = page.read_text(encoding="utf-8")
        assert not re.search(r"\sstyle=|<style|\son\w+=\"|hx-on|<script>", text), page
