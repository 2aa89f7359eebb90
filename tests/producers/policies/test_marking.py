import pytest
from hypothesis import given
from hypothesis import strategies as st

from producers.policies import marking
from producers.policies.ingredients import allergens, is_well_marked

KEYS = {
    "gluten", "crustaceans", "eggs", "fish", "peanuts", "soybeans", "milk", "nuts", "celery", "mustard",
    "sesame", "sulphites", "lupin", "molluscs",
}  # fmt: skip


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("mąka żytnia razowa 68 %, woda, sól", "{gluten:mąka żytnia razowa} 68 %, woda, sól"),
        ("śmietanki, jaj, masła", "{milk:śmietanki}, {eggs:jaj}, {milk:masła}"),
        ("mleko migdałowe", "{nuts:mleko migdałowe}"),
        ("lecytyna sojowa, E 223", "{soybeans:lecytyna sojowa}, {sulphites:E 223}"),
        ("orzeszków ziemnych", "{peanuts:orzeszków ziemnych}"),
        ("raki, małże, śledzi", "{crustaceans:raki}, {molluscs:małże}, {fish:śledzi}"),
        (
            "selerem, gorczycy, sezamu, łubin",
            "{celery:selerem}, {mustard:gorczycy}, {sesame:sezamu}, {lupin:łubin}",
        ),
    ],
)
def test_words_of_allergens_are_marked_in_any_case(text, expected):
    assert marking.suggested(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "serce wieprzowe",
        "kwas mlekowy",
        "gałka muszkatołowa",
        "mąka kukurydziana, kasza gryczana",
        "masło kakaowe, mleko kokosowe",
        "jałowiec, karpackie zioła",
    ],
)
def test_words_that_only_sound_alike_are_left(text):
    assert marking.suggested(text) == text


def test_what_is_marked_stays_as_it_was():
    assert marking.suggested("{milk:ser} kozi, mleko") == "{milk:ser} kozi, {milk:mleko}"
    assert [one.words for one in marking.suggest("{milk:ser}, mleko, Mleko")] == ["mleko"]


def test_typed_words_are_marked_whole_and_once():
    assert marking.mark("opłatek, opłatki", {"gluten": ["opłatek"]}) == "{gluten:opłatek}, opłatki"


def test_marks_of_the_register_are_found_again():
    text = "{gluten:mąka pszenna}, {milk:mleko}, {eggs:jaja}, {nuts:orzechy włoskie}, cukier"
    assert marking.suggested(marking.bare(text)) == text


@given(st.text(alphabet="aąbcćdeęfghijklłmnńoóprsśtuwyzźż ,()%0123456789", max_size=200))
def test_suggesting_changes_no_word_and_leaves_good_marks(text):
    marked = marking.suggested(text)
    assert marking.bare(marked) == text
    assert is_well_marked(marked, KEYS)
    assert set(allergens(marked)) <= KEYS
    assert marking.suggested(marked) == marked
