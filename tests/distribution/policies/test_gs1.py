"""Labels as scanners type them."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from distribution.policies.gs1 import GS, Label, Malformed, parse
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
