"""Labels as scanners type them."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from distribution.policies.gs1 import (
    GS,
    Label,
    Malformed,
    elements_of,
    house_item,
    number_of,
    parse,
    printed,
    scanned,
)
from marketplace.kernel.references import check_digit

LOT_CHARACTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-/.+_"


def with_check(body):
    return body + check_digit(body)


GTIN = with_check("0590000000001")
gtins = st.text("0123456789", min_size=13, max_size=13).map(with_check)
sscc = st.text("0123456789", min_size=17, max_size=17).map(with_check)
lots = st.text(LOT_CHARACTERS, min_size=1, max_size=20)
days = st.dates(date(2000, 1, 1), date(2099, 12, 31))


@st.composite
def labels(draw):
    return Label(
        gtin=draw(gtins),
        lot=draw(st.none() | lots),
        best_before=draw(st.none() | days),
        use_by=draw(st.none() | days),
        count=draw(st.none() | st.integers(1, 99_999_999)),
        grams=draw(st.none() | st.integers(0, 999_999)),
    )


def elements(label):
    """(identifier, value, has a fixed length) in the order GS1 recommends: fixed ones first."""
    yield "01", label.gtin, True
    if label.best_before:
        yield "15", f"{label.best_before:%y%m%d}", True
    if label.use_by:
        yield "17", f"{label.use_by:%y%m%d}", True
    if label.grams is not None:
        yield "3103", f"{label.grams:06d}", True
    if label.lot is not None:
        yield "10", label.lot, False
    if label.count is not None:
        yield "37", str(label.count), False


def as_scanned(label, *, prefix="", always_separate=False):
    parts = list(elements(label))
    text = prefix
    for n, (ai, value, fixed) in enumerate(parts):
        last = n == len(parts) - 1
        text += ai + value + ("" if last or (fixed and not always_separate) else GS)
    return text


def as_printed(label):
    return "".join(f"({ai}){value}" for ai, value, _fixed in elements(label))


@given(labels(), st.sampled_from(["", "]C1", "]d2", "]Q3", GS]), st.booleans())
def test_scanned_label_reads_back(label, prefix, always_separate):
    assert parse(as_scanned(label, prefix=prefix, always_separate=always_separate)) == label


@given(labels())
def test_printed_label_reads_back(label):
    assert parse(as_printed(label)) == label


@given(sscc)
def test_crate_reads_back(code):
    assert parse(f"00{code}").sscc == code
    assert parse(f"(00){code}").sscc == code


@given(gtins, st.integers(0, 13), st.integers(1, 9))
def test_one_wrong_digit_is_noticed(code, place, add):
    wrong = code[:place] + str((int(code[place]) + add) % 10) + code[place + 1 :]
    with pytest.raises(Malformed):
        parse(f"(01){wrong}")


@given(st.text(max_size=60))
def test_whatever_is_typed_is_a_label_nothing_or_malformed(text):
    try:
        found = parse(text)
    except Malformed:
        return
    assert found is None or isinstance(found, Label)


@given(st.text("0123456789()" + GS, max_size=60))
def test_whatever_digits_are_scanned_are_a_label_nothing_or_malformed(text):
    try:
        parse(text)
    except Malformed:
        return


@pytest.mark.parametrize(("ai", "grams"), [("3100", 2_000), ("3101", 200), ("3102", 20), ("3103", 2)])
def test_decimal_place_of_a_weight(ai, grams):
    expected = {"3100": 2000, "3101": 200, "3102": 20, "3103": 2}[ai]
    assert parse(f"01{GTIN}{ai}000002").grams == expected == grams


def test_day_zero_is_the_last_of_its_month():
    assert parse(f"01{GTIN}17270200").use_by == date(2027, 2, 28)


@pytest.mark.parametrize("date_", ["271301", "270230", "27ab01"])
def test_impossible_dates_are_malformed(date_):
    with pytest.raises(Malformed):
        parse(f"(01){GTIN}(17){date_}")


@pytest.mark.parametrize("text", ["", "A-01", "L2026", "STAGE-A", "12"])
def test_other_texts_are_no_label(text):
    assert parse(text) is None


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (f"01{GTIN}10A{GS}10B", "repeated"),
        (f"01{GTIN}1526120115261201", "repeated"),
        (f"(01){GTIN}(99)x", "unknown"),
        (f"01{GTIN}99x", "unknown"),
        ("]C19912", "unknown"),
        (f"01{GTIN}02{GTIN}", "contradicts"),
        (f"01{GTIN}305{GS}376", "contradicts"),
        (f"01{GTIN}31030001003102000010", "contradicts"),
        (f"01{GTIN}1126120115261130", "contradicts"),
        (f"01{GTIN[:-1]}{(int(GTIN[-1]) + 1) % 10}", "check_digit"),
        (f"01{GTIN}1726", "length"),
        (f"(01){GTIN}(17)27", "date"),
        (f"01{GTIN}17270230", "date"),
        (f"01{GTIN}3103-00100", "length"),
        (f"(01){GTIN}(3103)", "length"),
        (f"01{GTIN}37zero", "count"),
        (f"01{GTIN}370", "count"),
        (f"01{GTIN}10{'x' * 21}", "lot"),
        (f"(01){GTIN}(10", "brackets"),
    ],
)
def test_what_a_label_must_not_say(text, why):
    with pytest.raises(Malformed) as refusal:
        parse(text)
    assert refusal.value.why == why


def test_scanner_that_says_it_is_gs1_needs_no_separator():
    assert parse("]C110L26-11").lot == "L26-11"
    assert parse("10L26-11") is None


printable = st.text(LOT_CHARACTERS, min_size=1, max_size=20)


@given(gtins, printable, days, st.none() | st.integers(1, 99_999_999), st.none() | st.integers(1, 999_999))
def test_printed_label_reads_back_as_it_was_made(number, lot, until, count, grams):
    made = Label(gtin=number, lot=lot, use_by=until, count=count, grams=grams)
    assert parse(scanned(elements_of(made))) == made
    assert parse(printed(elements_of(made))) == made


@given(sscc, gtins, printable, st.integers(1, 99_999_999))
def test_crate_label_reads_back_with_its_content(crate, number, lot, count):
    made = Label(sscc=crate, gtin=number, lot=lot, count=count)
    assert parse(scanned(elements_of(made))) == made


@given(st.integers(1, 10**10 - 1))
def test_number_of_the_house_names_its_item(pk):
    number = number_of("", pk)
    assert parse(f"01{number}").gtin == number
    assert house_item(number) == pk
    assert number_of(GTIN, pk) == GTIN
