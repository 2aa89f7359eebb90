import gzip
from xml.etree import ElementTree as ET

import pytest

from marketplace.shop.policies.palettes import PALETTES
from marketplace.shop.policies.poland_map import MappedRegion, poland_map
from producers.policies.poland import borders


def everywhere(count=3):
    return [MappedRegion(teryt, f"/regiony/{teryt}/?a=1&b=2", count) for teryt in borders()["regions"]]


def test_every_voivodeship_is_a_link_with_a_title():
    drawn = ET.fromstring(poland_map(everywhere()))
    links = drawn.findall("a")
    assert len(links) == 16
    assert {link.find("title").text for link in links} == set(PALETTES)


def test_map_weighs_at_most_ten_kilobytes_compressed():
    assert len(gzip.compress(poland_map(everywhere()).encode())) <= 10_240


def test_neighbours_keep_one_line():
    """Vertices that two regions share must outnumber those of the state border."""
    corners = {}
    for teryt, region in borders()["regions"].items():
        for point in absolute(region["path"]):
            corners.setdefault(point, set()).add(teryt)
    shared = sum(1 for owners in corners.values() if len(owners) > 1)
    assert shared > len(corners) - shared


def test_unknown_region_is_an_error():
    with pytest.raises(KeyError):
        poland_map([MappedRegion("99", "/")])


def test_region_without_goods_has_no_flower():
    assert "<circle" not in poland_map(everywhere(count=0))


def absolute(path):
    start, moves = path.removesuffix("z").split("l")
    x, y = map(int, start.removeprefix("M").split())
    numbers = [int(n) for n in moves.replace("-", " -").split()]
    points = [(x, y)]
    for dx, dy in zip(numbers[::2], numbers[1::2], strict=True):
        x, y = x + dx, y + dy
        points.append((x, y))
    return points
