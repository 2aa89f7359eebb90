"""Both languages are complete: nothing empty, nothing promised that the other text does not hold."""

import re
from pathlib import Path

import polib
import pytest
from django.utils.translation import ngettext, override

LOCALE = Path("marketplace/locale")
HOLES = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\}")


def catalogue(language):
    return polib.pofile(str(LOCALE / language / "LC_MESSAGES" / "django.po"))


def test_english_is_complete():
    assert [entry.msgid for entry in catalogue("en") if not entry.translated()] == []
    assert [entry.msgid for entry in catalogue("en") if entry.fuzzy] == []


def test_polish_plurals_have_all_four_forms():
    plural = [entry for entry in catalogue("pl") if entry.msgid_plural]
    assert plural
    assert [entry.msgid for entry in plural if sorted(entry.msgstr_plural) != [0, 1, 2, 3]] == []
    assert [entry.msgid for entry in plural if not all(entry.msgstr_plural.values())] == []


@pytest.mark.parametrize("language", ["en", "pl"])
def test_texts_have_the_same_holes(language):
    wrong = []
    for entry in catalogue(language):
        told = [entry.msgstr, *entry.msgstr_plural.values()]
        wanted = set(HOLES.findall(entry.msgid + entry.msgid_plural))
        wrong += [entry.msgid for text in told if text and not set(HOLES.findall(text)) <= wanted]
    assert wrong == []


@pytest.mark.parametrize(
    ("n", "said"),
    [
        (0, "0 produktów"), (1, "1 produkt"), (2, "2 produkty"), (5, "5 produktów"), (12, "12 produktów"),
        (22, "22 produkty"), (112, "112 produktów"),
    ],
)  # fmt: skip
def test_polish_counts(n, said):
    with override("pl"):
        assert ngettext("%(n)s produkt", "%(n)s produktów", n) % {"n": n} == said


def test_english_counts():
    with override("en"):
        assert ngettext("%(n)s produkt", "%(n)s produktów", 1) % {"n": 1} == "1 product"
        assert ngettext("%(n)s produkt", "%(n)s produktów", 2) % {"n": 2} == "2 products"
