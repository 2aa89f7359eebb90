"""Poland as a drawing: the outlines of the voivodeships, and where a place lies among them."""

import json
import math
from functools import lru_cache
from pathlib import Path
from typing import Any

BORDERS = Path(__file__).with_name("voivodeships.json")
# The outlines are a transverse Mercator drawing about this meridian, of this many units to the radius of the Earth.
MERIDIAN = 19.17
SCALE = 9080.0
WEST, SOUTH = -0.05314, 0.85627  # the edges of the country in radii of the Earth
LEFT, BOTTOM = 10.0, 926.0  # where those edges are drawn


@lru_cache(maxsize=1)
def borders() -> dict[str, Any]:
    """Width, height and per TERYT code: name, path, x and y of the middle."""
    found: dict[str, Any] = json.loads(BORDERS.read_text(encoding="utf-8"))
    return found


def project(latitude: float, longitude: float) -> tuple[int, int]:
    """x and y of a place on the drawing of `borders`, in its own units (about 0.7 km), to within two of them."""
    east, north = math.radians(longitude - MERIDIAN), math.radians(latitude)
    x = math.atanh(math.cos(north) * math.sin(east))
    y = math.atan2(math.tan(north), math.cos(east))
    return round(LEFT + (x - WEST) * SCALE), round(BOTTOM - (y - SOUTH) * SCALE)
