"""Scissor cuts as SVG path data: petals that point up from the middle, and round plates with a cut edge.

Petals run from radius `low` to `high` with half width `wide`; everything is rounded to 0.1 of a unit.
"""

import re
from math import cos, pi, sin

NEEDLESS_SPACE = re.compile(r"(?<=[A-Za-z]) | (?=[A-Za-z-])")


def path(*parts: object) -> str:
    """Joins commands and numbers without a needless digit or space."""
    words = (part if isinstance(part, str) else f"{part:.1f}".removesuffix(".0") for part in parts)
    return NEEDLESS_SPACE.sub("", " ".join(words).replace("-0 ", "0 "))


def drop(low: float, high: float, wide: float) -> str:
    tall = high - low
    return path(
        "M", 0, -low, "C", wide, -low - tall * 0.3, wide, -high + tall * 0.12, 0, -high,
        "C", -wide, -high + tall * 0.12, -wide, -low - tall * 0.3, 0, -low, "z",
    )  # fmt: skip


def almond(low: float, high: float, wide: float) -> str:
    middle = (low + high) / 2
    return path("M", 0, -low, "Q", 2 * wide, -middle, 0, -high, "Q", -2 * wide, -middle, 0, -low, "z")


def heart(low: float, high: float, wide: float) -> str:
    tall = high - low
    dip = high - tall * 0.22
    return path(
        "M", 0, -low,
        "C", wide * 0.5, -low - tall * 0.3, wide * 1.25, -low - tall * 0.45, wide, -high + tall * 0.22,
        "C", wide * 0.8, -high - tall * 0.06, wide * 0.1, -high, 0, -dip,
        "C", -wide * 0.1, -high, -wide * 0.8, -high - tall * 0.06, -wide, -high + tall * 0.22,
        "C", -wide * 1.25, -low - tall * 0.45, -wide * 0.5, -low - tall * 0.3, 0, -low, "z",
    )  # fmt: skip


def tulip(low: float, high: float, wide: float) -> str:
    tall = high - low
    valley = high - tall * 0.34
    return path(
        "M", 0, -low, "C", wide * 0.8, -low - tall * 0.06, wide * 1.2, -low - tall * 0.5, wide, -high,
        "Q", wide * 0.72, -high + tall * 0.22, wide * 0.45, -valley,
        "Q", wide * 0.3, -high + tall * 0.12, 0, -high,
        "Q", -wide * 0.3, -high + tall * 0.12, -wide * 0.45, -valley,
        "Q", -wide * 0.72, -high + tall * 0.22, -wide, -high,
        "C", -wide * 1.2, -low - tall * 0.5, -wide * 0.8, -low - tall * 0.06, 0, -low, "z",
    )  # fmt: skip


def carnation(low: float, high: float, wide: float) -> str:
    """A fan whose outer edge is snipped into five teeth."""
    tall = high - low
    edge: list[object] = []
    for step in range(9):
        across = wide * (1 - step / 4)
        rim = high - tall * 0.2 * (across / wide) ** 2
        edge += ["L", across, -(rim if step % 2 == 0 else rim - tall * 0.16)]
    shoulder = high - tall * 0.2
    return path(
        "M", 0, -low,
        "C", wide * 0.3, -low - tall * 0.3, wide * 0.8, -low - tall * 0.4, wide, -shoulder, *edge,
        "C", -wide * 0.8, -low - tall * 0.4, -wide * 0.3, -low - tall * 0.3, 0, -low, "z",
    )  # fmt: skip


def feather(low: float, high: float, wide: float) -> str:
    """A leaf with teeth on both sides."""
    teeth = 5
    right: list[object] = []
    for step in range(1, teeth + 1):
        at = low + (high - low) * step / (teeth + 1)
        reach = wide * sin(pi * (step + 0.4) / (teeth + 1.6))
        right += ["L", reach, -at - 2, "L", reach * 0.62, -at - 2.5]
    left: list[object] = []
    for index in range(len(right) - 3, -1, -3):
        left += ["L", -float(str(right[index + 1])), right[index + 2]]
    return path("M", 0, -low, *right, "L", 0, -high, *left, "z")


def lozenge(low: float, high: float, wide: float) -> str:
    middle = (low + high) / 2
    return path("M", 0, -low, "L", wide, -middle, 0, -high, -wide, -middle, "z")


def ball(low: float, high: float, wide: float) -> str:
    """A dot at the outer end; `wide` is its radius."""
    return path(
        "M",
        -wide,
        -(low + high) / 2,
        "a",
        wide,
        wide,
        0,
        1,
        0,
        2 * wide,
        0,
        "a",
        wide,
        wide,
        0,
        1,
        0,
        -2 * wide,
        0,
        "z",
    )


def moon(low: float, high: float, wide: float) -> str:
    tall = high - low
    return path(
        "M", -wide, -low, "Q", 0, -high - tall * 0.6, wide, -low, "Q", 0, -high + tall * 0.1, -wide, -low, "z"
    )


def scalloped(radius: float, count: int) -> str:
    """A plate whose edge is `count` half-round scallops."""
    bump = radius * sin(pi / count) * 1.04
    points = _ring(radius, count, 0.5)
    arcs: list[object] = []
    for x, y in points[1:] + points[:1]:
        arcs += ["A", bump, bump, 0, 0, 1, x, y]
    return path("M", *points[0], *arcs, "z")


def toothed(radius: float, count: int, deep: float) -> str:
    """A plate with a zigzag edge, `deep` units deep."""
    outer, inner = _ring(radius, count), _ring(radius - deep, count, 0.5)
    corners = [n for pair in zip(outer, inner, strict=True) for point in pair for n in point]
    return path("M", corners[0], corners[1], "L", *corners[2:], "z")


def lobed(radius: float, count: int, deep: float) -> str:
    """A flower-shaped plate: rounded lobes with narrow valleys between them."""
    tips, valleys = _ring(radius * 1.12, count), _ring(radius - deep, count, 0.5)
    curve: list[object] = []
    for tip, valley in zip(tips, valleys, strict=True):
        curve += ["Q", *tip, *valley]
    return path("M", *valleys[-1], *curve, "z")


def disc(radius: float, count: int = 0) -> str:
    return path(
        "M",
        -radius,
        0,
        "a",
        radius,
        radius,
        0,
        1,
        0,
        2 * radius,
        0,
        "a",
        radius,
        radius,
        0,
        1,
        0,
        -2 * radius,
        0,
        "z",
    )


def _ring(radius: float, count: int, turn: float = 0) -> list[tuple[float, float]]:
    angles = [2 * pi * (step + turn) / count for step in range(count)]
    return [(radius * sin(angle), -radius * cos(angle)) for angle in angles]
