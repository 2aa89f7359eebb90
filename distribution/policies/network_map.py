"""The network on the map of Poland: centres as dots, trips as arcs whose state is told by shape as well as colour.

The drawing is for the eye alone; a table beneath it says the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from producers.policies.poland import borders, project

# The worst of the trips between two centres decides how their arc is drawn.
DONE, PLANNED, MOVING, CANCELLED, LATE, OVERDUE = "done", "planned", "moving", "cancelled", "late", "overdue"
WORST_LAST = (DONE, PLANNED, MOVING, CANCELLED, LATE, OVERDUE)
BEND = 0.12  # of the distance, so that the way there and the way back are two arcs


@dataclass(frozen=True)
class Dot:
    code: str
    latitude: float
    longitude: float


@dataclass(frozen=True)
class Arc:
    """A trip between two codes; `mood` is one of WORST_LAST."""

    origin: str
    target: str
    mood: str


def network_map(dots: Sequence[Dot], arcs: Sequence[Arc]) -> str:
    """SVG text. An arc whose end is no dot is left out."""
    drawn = borders()
    land = "".join(f'<path d="{region["path"]}"/>' for region in drawn["regions"].values())
    at = {dot.code: project(dot.latitude, dot.longitude) for dot in dots}
    worst: dict[tuple[str, str], str] = {}
    for arc in arcs:
        if arc.origin in at and arc.target in at:
            pair = (arc.origin, arc.target)
            worst[pair] = max(worst.get(pair, DONE), arc.mood, key=WORST_LAST.index)
    ways = "".join(
        _arc(at[origin], at[target], mood)
        for (origin, target), mood in sorted(worst.items(), key=lambda one: WORST_LAST.index(one[1]))
    )
    places = "".join(_dot(dot.code, *at[dot.code]) for dot in dots)
    return (
        f'<svg class="network-map" viewBox="0 0 {drawn["width"]} {drawn["height"]}" aria-hidden="true" '
        f'focusable="false"><g class="land">{land}</g>{ways}<g class="dots">{places}</g></svg>'
    )


def _arc(start: tuple[int, int], end: tuple[int, int], mood: str) -> str:
    (x1, y1), (x2, y2) = start, end
    bend_x, bend_y = round((x1 + x2) / 2 + (y2 - y1) * BEND), round((y1 + y2) / 2 - (x2 - x1) * BEND)
    middle = (x1 + 2 * bend_x + x2) // 4, (y1 + 2 * bend_y + y2) // 4
    return f'<g class="way way-{mood}"><path d="M{x1} {y1}Q{bend_x} {bend_y} {x2} {y2}"/>{_sign(mood, *middle)}</g>'


def _sign(mood: str, x: int, y: int) -> str:
    """A triangle on late ones, a cross on cancelled ones, a disc on those that roll."""
    if mood in {LATE, OVERDUE}:
        size = 17 if mood == LATE else 24
        return f'<path class="sign" d="M{x} {y - size}l{size} {size * 2}h-{size * 2}z"/>'
    if mood == CANCELLED:
        return f'<path class="cross" d="M{x - 13} {y - 13}l26 26m0-26l-26 26"/>'
    if mood == MOVING:
        return f'<circle class="sign" cx="{x}" cy="{y}" r="13"/>'
    return ""


def _dot(code: str, x: int, y: int) -> str:
    return f'<circle cx="{x}" cy="{y}" r="11"/><text x="{x}" y="{y - 18}">{escape(code)}</text>'
