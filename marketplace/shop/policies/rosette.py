"""A paper cut for every product: the same name and region always give the same picture.

A sheet of the region's paper carries a folded rosette of three layers of coloured paper, the kind of food
in the middle, and a pair of roosters, trees or fans at its sides. SVG text of 4 to 8 kB, 400 x 300 units.
"""

from collections.abc import Callable, Sequence
from hashlib import sha256
from math import pi
from random import Random
from typing import TypeVar
from xml.sax.saxutils import quoteattr

from marketplace.shop.policies import motifs
from marketplace.shop.policies.palettes import Palette, palette_of
from marketplace.shop.policies.symbols import SYMBOLS, symbol_for

Choice = TypeVar("Choice")
Motif = Callable[[float, float, float], str]

WIDTH, HEIGHT = 400, 300
RADIUS = 124

PETALS: Sequence[tuple[Motif, float]] = (
    (motifs.tulip, 0.82),
    (motifs.carnation, 1.05),
    (motifs.heart, 0.85),
    (motifs.feather, 0.95),
    (motifs.drop, 0.75),
)
HOLES: Sequence[tuple[Motif, float]] = (
    (motifs.drop, 0.5),
    (motifs.heart, 0.6),
    (motifs.almond, 0.24),
    (motifs.lozenge, 0.34),
    (motifs.tulip, 0.52),
)

ROOSTER = (
    "M27-68 19-64C22-53 24-44 21-34 18-20 6-12-4-13-14-14-19-22-20-30-26-24-33-27-35-37-30-34-26-36-24-41"
    "-32-38-39-44-38-56"
    "-33-50-28-48-24-51-33-54-37-63-31-75-28-65-20-63-15-57-10-51-8-42-2-42 6-43 4-58 8-68 10-75 16-78 21-75z"
)
COMB = "M8-72C5-80 10-84 13-78 13-88 20-87 19-79 23-85 28-80 22-73zM21-64c5 3 5 9 1 12-4-3-5-8-1-12z"


def rosette(name: str, region: str, category: str = "") -> str:
    palette = palette_of(region)
    dice = Random(int.from_bytes(sha256(f"{name}|{region}".encode()).digest()[:8]))  # noqa: S311 ornament
    folds = _pick(dice, palette.folds)
    layers = [_outer(dice, folds), _petals(dice, folds), _heartwood(dice, folds)]
    inks = [(palette.first, palette.second), (palette.second, palette.first)][dice.random() < 0.3]
    drawing = [
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="{palette.paper}"/>',
        _pick(dice, (_roosters, _trees, _fans, _fans))(dice, palette),
        '<g transform="translate(200 150)">',
        _relief("a", layers[0][0], inks[0]),
        f'<g fill="{palette.paper}">{layers[0][1]}</g>',
        _relief("b", layers[1][0], inks[1]),
        f'<g fill="{palette.third}">{layers[1][1]}</g>',
        _relief("c", layers[2][0], palette.third),
        _relief("d", layers[2][1], palette.paper),
        f'<g fill="{inks[0]}">{layers[2][2]}</g>',
        _symbol(name, category, palette, inks),
        "</g>",
    ]
    size = f'viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}>{"".join(drawing)}</svg>'


def _outer(dice: Random, folds: int) -> tuple[str, str]:
    """The widest sheet and the holes snipped into its rim."""
    sheet, low, high, size = _pick(
        dice,
        (
            (_shape(motifs.scalloped(RADIUS - 9, folds * (2 if folds > 8 else 3))), 93, 112, 1),
            (_shape(motifs.lobed(RADIUS - 6, folds * (1 if folds > 10 else 2), 16)), 92, 107, 0.8),
            (_shape(motifs.toothed(RADIUS, folds * (4 if folds > 8 else 6), 9)), 93, 111, 1),
            (_crowned(motifs.carnation(70, RADIUS + 4, 250 / folds), folds), 99, 113, 0.5),
            (_crowned(motifs.tulip(76, RADIUS + 4, 200 / folds), folds), 94, 108, 0.5),
        ),
    )
    step = 2 * pi * 100 / folds
    hole, wide = _pick(dice, HOLES)
    holes = _ring(hole(low, high, min(step * 0.2, 11) * wide * size / 0.5), folds)
    return sheet, holes + _ring(motifs.ball(low + 7, high - 5, min(step * 0.09, 4.2) * size), folds, 0.5)


def _crowned(petal: str, folds: int) -> str:
    """A ring of petals on a plate, instead of one cut edge."""
    return _shape(motifs.disc(RADIUS - 21)) + _ring(petal, folds)


def _petals(dice: Random, folds: int) -> tuple[str, str]:
    """A ring of petals over the sheet, and the coloured paper that shows through them."""
    petal, wide = _pick(dice, PETALS)
    room = 2 * pi * 76 / folds
    half = room * 0.5 * wide
    slit = _pick(dice, (motifs.almond, motifs.drop, motifs.lozenge))
    marks = _ring(slit(60, 79, min(half * (0.2 if slit is motifs.almond else 0.36), 7)), folds)
    between = _ring(motifs.ball(81, 93, min(room * 0.09, 4)), folds, 0.5)
    plate = _shape(motifs.disc(57))
    return plate + _ring(petal(48, 95, min(half, 25)), folds), marks + between


def _heartwood(dice: Random, folds: int) -> tuple[str, str, str]:
    """The two plates in the middle, and the ring of small cuts between them."""
    count = folds if folds > 8 else folds * 2
    rim = _pick(
        dice,
        (
            motifs.scalloped(55, count),
            motifs.toothed(60, count * 2, 6),
            motifs.lobed(55, count, 7),
            motifs.toothed(60, count, 9),
        ),
    )
    tooth = _pick(dice, (motifs.ball(48, 52, 2), motifs.lozenge(47, 53, 2.1), motifs.moon(47, 52, 3.2)))
    return _shape(rim), _shape(motifs.disc(45.5)), _ring(tooth, count)


def _symbol(name: str, category: str, palette: Palette, inks: tuple[str, str]) -> str:
    drawn = SYMBOLS[symbol_for(name, category)]
    coloured = drawn.format(ink=inks[0], tint=inks[1], glow=palette.third, cut=palette.paper)
    return f'<g fill="none" transform="scale(1.14)">{coloured}</g>'


def _roosters(dice: Random, palette: Palette) -> str:
    """Two roosters that look at each other."""
    bird = (
        f'<g stroke="{palette.third}" stroke-width="3" fill="none"><path d="M3-14V0h7M-6-14V0H1"/></g>'
        f'<path fill="{palette.first}" d="{ROOSTER}"/><path fill="{palette.second}" d="{COMB}"/>'
        f'<path fill="{palette.third}" d="M-12-34C-4-42 12-40 15-28 6-20-8-22-12-34z"/>'
        f'<g stroke="{palette.paper}" stroke-width="2" fill="none">'
        '<path d="M-7-33C0-35 6-33 9-28M9-49l11 3M8-55l11 2"/></g>'
        f'<circle cx="17" cy="-69" r="1.8" fill="{palette.paper}"/>'
    )
    flower = _stem(palette, _pick(dice, (motifs.tulip, motifs.carnation, motifs.heart)), 52)
    low = f'<g transform="translate(42 268) scale(1.05)">{bird}</g>'
    high = f'<g transform="translate(34 124) scale(.9)">{flower}</g>'
    return _mirrored(low + high)


def _trees(dice: Random, palette: Palette) -> str:
    """A tall plant from a pot, as Kurpie cutters make it."""
    crown = _pick(dice, (motifs.tulip, motifs.carnation, motifs.heart))
    leaf = motifs.feather(4, 34, 9) if dice.random() < 0.5 else motifs.drop(2, 34, 8)
    pairs = "".join(
        f'<g transform="translate(0 {-y})"><path d="{leaf}" transform="rotate(58)"/>'
        f'<path d="{leaf}" transform="rotate(-58)"/></g>'
        for y in (44, 84, 124)
    )
    half = (
        f'<g transform="translate(38 274)"><path fill="{palette.second}" d="M-2-24h4v-150h-4z"/>'
        f'<g fill="{palette.second}">{pairs}</g>'
        f'<path fill="{palette.first}" d="M-15-26h30l-5 26h-20z"/>'
        f'<path fill="{palette.third}" d="M-18-31h36v8h-36z"/>'
        f'<path fill="{palette.first}" d="{crown(168, 224, 22)}"/>'
        f'<path fill="{palette.third}" d="{motifs.almond(178, 204, 4)}"/></g>'
    )
    return _mirrored(half)


def _fans(dice: Random, palette: Palette) -> str:
    """A fan of petals in each corner."""
    petal, wide = _pick(dice, PETALS)
    leaf = _pick(dice, (motifs.feather, motifs.drop))
    corner = (
        f'<g fill="{palette.second}"><path d="{leaf(14, 66, 10)}" transform="rotate(104)"/>'
        f'<path d="{leaf(14, 66, 10)}" transform="rotate(166)"/></g>'
        f'<path fill="{palette.first}" d="{petal(12, 64, 22 * wide)}" transform="rotate(135)"/>'
        f'<path fill="{palette.third}" d="{motifs.drop(26, 48, 5)}" transform="rotate(135)"/>'
        f'<circle r="11" fill="{palette.third}"/>'
    )
    pair = f'<g transform="translate(14 14)">{corner}</g><g transform="matrix(1 0 0-1 14 286)">{corner}</g>'
    return _mirrored(pair)


def _stem(palette: Palette, crown: Motif, tall: float) -> str:
    leaf = motifs.drop(2, 24, 6)
    return (
        f'<g fill="{palette.second}"><path d="M-1.5 0h3v-{tall}h-3z"/>'
        f'<path d="{leaf}" transform="rotate(52)"/><path d="{leaf}" transform="rotate(-52)"/></g>'
        f'<path fill="{palette.first}" d="{crown(tall - 8, tall + 38, 19)}"/>'
        f'<path fill="{palette.third}" d="{motifs.almond(tall, tall + 20, 3.5)}"/>'
    )


def _mirrored(half: str) -> str:
    return f'<g id="h">{half}</g><use href="#h" transform="matrix(-1 0 0 1 {WIDTH} 0)"/>'


def _relief(key: str, shapes: str, fill: str) -> str:
    """Cut paper lies on paper: the same outline, dark and pale, a step lower."""
    return (
        f'<defs><g id="{key}">{shapes}</g></defs>'
        f'<use href="#{key}" fill="#1b140a" opacity=".16" transform="translate(1 2.4)"/>'
        f'<use href="#{key}" fill={quoteattr(fill)}/>'
    )


def _shape(outline: str) -> str:
    return f'<path d="{outline}"/>'


def _ring(outline: str, folds: int, turn: float = 0) -> str:
    """The outline repeated around the middle; `folds` is even, `turn` a part of one step."""
    key = f"{sha256(outline.encode()).hexdigest()[:5]}{turn:g}"
    step = 360 / folds
    copies = "".join(
        f'<use href="#p{key}" transform="rotate({step * at:g})"/>' for at in range(1, folds // 2)
    )
    half = f'<g id="g{key}"><path id="p{key}" d="{outline}" transform="rotate({step * turn:g})"/>{copies}</g>'
    return f'{half}<use href="#g{key}" transform="rotate(180)"/>'


def _pick(dice: Random, choices: Sequence[Choice]) -> Choice:
    """Only `random()` is promised to stay the same between Python versions."""
    return choices[int(dice.random() * len(choices))]
