from datetime import UTC, date, datetime, time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.kernel import polish

NBSP = "\u00a0"


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Żurek ŁÓDZKI", "zurek lodzki"),
        ("  Zażółć\u00a0gęślą \n jaźń ", "zazolc gesla jazn"),
        ("Bœuf Straße Ærø", "boeuf strasse aero"),
        ("crème brûlée", "creme brulee"),
        ("", ""),
    ],
)
def test_fold(text, folded):
    assert polish.fold(text) == folded


@given(st.text())
def test_fold_is_stable(text):
    assert polish.fold(polish.fold(text)) == polish.fold(text)


def test_sort_key_follows_the_polish_alphabet():
    alphabet = "aąbcćdeęfghijklłmnńoópqrsśtuvwxyzźż"
    shuffled = sorted(alphabet)
    assert "".join(sorted(shuffled, key=polish.sort_key)) == alphabet


def test_sort_key_compares_whole_names():
    names = [
        "żurek",
        "Łosoś",
        "lwy",
        "zupa",
        "źródło",
        "10 jaj",
        "ławka",
        "Lód",
        "lodówka",
        "ser",
        "Ser biały",
        "śliwka",
    ]
    ordered = [
        "10 jaj", "lodówka", "Lód", "lwy", "ławka", "Łosoś",
        "ser", "Ser biały", "śliwka", "zupa", "źródło", "żurek",
    ]  # fmt: skip
    assert sorted(names, key=polish.sort_key) == ordered


def test_sort_key_ignores_case_and_punctuation():
    assert polish.sort_key("„Ser” – KORYCIŃSKI") == polish.sort_key("ser koryciński")


@given(st.text())
def test_sort_key_is_ascii(text):
    assert polish.sort_key(text).isascii()


@pytest.mark.parametrize(
    ("text", "glued"),
    [
        ("Ser z Podhala i miód", "Ser z~Podhala i~miód"),
        ("a z rana", "a~z~rana"),
        ("W lesie. O świcie", "W~lesie. O~świcie"),
        ("słoik 350 g za 12,50 zł", "słoik 350~g za 12,50~zł"),
        ("1 234,50 zł", "1~234,50~zł"),
        ("ul. Rynek 5, nr 12", "ul.~Rynek 5, nr~12"),
        ("28 listopada 2026 r.", "28~listopada 2026~r."),
        ("(w lesie)", "(w~lesie)"),
        ("witamina a, b", "witamina a, b"),
        ("120 gramów", "120 gramów"),
    ],
)
def test_glue(text, glued):
    assert polish.glue(text) == glued.replace("~", NBSP)


@given(st.text())
def test_glue_changes_only_spaces(text):
    assert polish.glue(text).split() == text.split()


@pytest.mark.parametrize(
    ("amount", "language", "shown"),
    [
        (Decimal("1234.5"), "pl", "1~234,50~zł"),
        (Decimal(0), "pl", "0,00~zł"),
        (Decimal("-3.2"), "pl", "\u22123,20~zł"),
        (1234567, "pl", "1~234~567,00~zł"),
        (Decimal("2.345"), "pl", "2,35~zł"),
        (Decimal("1234.5"), "en", "1,234.50~zł"),
    ],
)
def test_zloty(amount, language, shown):
    assert polish.zloty(amount, language) == shown.replace("~", NBSP)


def test_zloty_refuses_floats():
    with pytest.raises(TypeError):
        polish.zloty(1.5)


@pytest.mark.parametrize(
    ("weight", "language", "shown"),
    [
        (350, "pl", "350~g"),
        (1000, "pl", "1~kg"),
        (1200, "pl", "1,2~kg"),
        (1255, "en", "1.255~kg"),
        (10000, "pl", "10~kg"),
    ],
)
def test_grams(weight, language, shown):
    assert polish.grams(weight, language) == shown.replace("~", NBSP)


def test_day():
    saturday = date(2026, 11, 28)
    assert polish.day(saturday) == f"sobota, 28{NBSP}listopada"
    assert polish.day(saturday, year=True) == f"sobota, 28{NBSP}listopada{NBSP}2026"
    assert polish.day(saturday, "en") == f"Saturday 28{NBSP}November"
    assert polish.short_day(saturday) == f"sob., 28{NBSP}listopada"


def test_moment_is_read_from_the_clock_in_warsaw():
    assert polish.moment(datetime(2026, 11, 25, 19, 0, tzinfo=UTC)) == f"śr., 25{NBSP}listopada, 20.00"
    assert polish.moment(datetime(2026, 7, 1, 22, 5, tzinfo=UTC), "en") == f"Thu 2{NBSP}July, 0:05"


@pytest.mark.parametrize(
    ("at", "shown"),
    [
        (datetime(2027, 3, 28, 0, 30, tzinfo=UTC), "1.30"),
        (datetime(2027, 3, 28, 1, 30, tzinfo=UTC), "3.30"),
        (datetime(2027, 10, 31, 0, 30, tzinfo=UTC), "2.30"),
        (datetime(2027, 10, 31, 1, 30, tzinfo=UTC), "2.30"),
    ],
)
def test_moment_across_the_clock_changes(at, shown):
    assert polish.moment(at).endswith(f", {shown}")


def test_moment_refuses_a_naive_time():
    with pytest.raises(ValueError, match="time zone"):
        polish.moment(datetime(2026, 11, 25, 20, 0))  # noqa: DTZ001 the point of the test


def test_span():
    assert polish.span(time(9), time(11, 30)) == "9.00\u201311.30"
    assert polish.span(time(9), time(11, 30), "en") == "9:00\u201311:30"


@pytest.mark.parametrize(
    ("days", "pl", "en"),
    [
        ([0, 1, 2, 3, 4], "pon.\u2013pt.", "Mon\u2013Fri"),
        ([4, 0], "pon., pt.", "Mon, Fri"),
        ([0, 1, 5], "pon., wt., sob.", "Mon, Tue, Sat"),
        ([6, 0, 1, 2], "pon.\u2013śr., niedz.", "Mon\u2013Wed, Sun"),
        (range(7), "pon.\u2013niedz.", "Mon\u2013Sun"),
        ([], "", ""),
    ],
)
def test_weekdays(days, pl, en):
    assert (polish.weekdays(days), polish.weekdays(days, "en")) == (pl, en)
