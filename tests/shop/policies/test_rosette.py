from hashlib import sha256
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.shop.policies.palettes import COUNTRY, PALETTES
from marketplace.shop.policies.rosette import rosette
from marketplace.shop.policies.symbols import SYMBOLS, WORDS, symbol_for

NAMES = ("Oscypek", "Miód wrzosowy z Borów Dolnośląskich", "Rogal świętomarciński", "x")


def luminance(colour):
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_there_is_a_palette_for_every_voivodeship():
    assert len(PALETTES) == 16


@pytest.mark.parametrize("region", [*PALETTES, ""])
def test_inks_are_visible_on_their_paper(region):
    palette = PALETTES.get(region, COUNTRY)
    assert contrast(palette.first, palette.paper) >= 4.5
    assert contrast(palette.second, palette.paper) >= 3


@pytest.mark.parametrize("region", [*PALETTES, ""])
@pytest.mark.parametrize("name", NAMES)
def test_picture_is_small_well_formed_and_obeys_a_strict_policy(region, name):
    drawn = rosette(name, region)
    assert 3_000 <= len(drawn) <= 8_192
    root = ET.fromstring(drawn)
    names = {element.tag.rpartition("}")[2] for element in root.iter()}
    assert not names & {"style", "script", "image", "foreignObject"}
    assert not any("style" in element.attrib for element in root.iter())


def test_picture_never_changes_for_the_same_words():
    assert rosette("Oscypek", "małopolskie", "sery") == rosette("Oscypek", "małopolskie", "sery")
    assert rosette("Oscypek", "małopolskie") != rosette("Oscypek", "śląskie")
    assert rosette("Oscypek", "małopolskie") != rosette("Bryndza", "małopolskie")


def test_two_hundred_names_give_many_different_pictures():
    pictures = {sha256(rosette(f"ser {n}", "podlaskie").encode()).hexdigest() for n in range(200)}
    assert len(pictures) >= 150


@given(st.text(), st.text(), st.text())
def test_no_words_break_the_drawing(name, region, category):
    ET.fromstring(rosette(name, region, category))


@pytest.mark.parametrize(
    ("name", "category", "symbol"),
    [
        ("Miód wrzosowy", "", "honey"),
        ("Oscypek", "sery", "oscypek"),
        ("Kiełbasa lisiecka", "", "sausage"),
        ("Szczodraki", "wyroby piekarnicze", "bread"),
        ("Sielawa wędzona", "", "fish"),
        ("Całkiem nieznane", "", "flower"),
        ("Gęś owsiana", "mięso", "goose"),
    ],
)
def test_symbol_is_found_by_name_then_category(name, category, symbol):
    assert symbol_for(name, category) == symbol


def test_every_word_leads_to_a_drawn_symbol():
    assert {symbol for symbol, _ in WORDS} | {"flower"} == set(SYMBOLS)
