"""What a line costs: never above what was agreed, and its parts always sum."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.kernel.money import by_weight, grosze, net_and_tax, round_zloty
from orders.policies.amounts import agreed, final

prices = st.integers(1, 100_000).map(lambda n: Decimal(n) / 100)
rates = st.sampled_from([Decimal(n) for n in ("0", "5", "8", "23")])
packs = st.integers(1, 50)


@st.composite
def lines(draw):
    """A line and what came of it: by piece, or by weight with grams within what was agreed or beyond."""
    price, quantity, each = draw(prices), draw(packs), draw(st.integers(1, 12))
    pieces = quantity * each
    max_grams = draw(st.none() | st.integers(1, 5_000).map(lambda n: n * pieces))
    return {
        "price": price,
        "quantity": quantity,
        "pieces": pieces,
        "short": draw(st.integers(0, pieces)),
        "agreed_total": round_zloty(agreed(price, quantity, max_grams)),
        "grams": draw(st.none() | st.integers(0, 2 * max_grams)) if max_grams else None,
        "agreed_max": max_grams,
    }


@given(lines())
def test_never_above_what_was_agreed_and_never_below_nothing(line):
    cost = final(**line)
    assert 0 <= cost <= line["agreed_total"]
    assert cost == round_zloty(cost)


@given(lines())
def test_everything_came_by_piece_costs_what_was_agreed_and_nothing_costs_nothing(line):
    whole = line | {"short": 0, "agreed_max": None, "agreed_total": line["price"] * line["quantity"]}
    assert final(**whole) == whole["agreed_total"]
    assert final(**(line | {"short": line["pieces"]})) == 0


@given(lines())
def test_more_missing_never_costs_more(line):
    if line["short"] < line["pieces"]:
        assert final(**(line | {"short": line["short"] + 1})) <= final(**line)


@given(prices, rates)
def test_net_and_tax_sum_to_the_gross(gross, percent):
    net, tax = net_and_tax(gross, percent)
    assert net + tax == gross
    assert net >= 0
    assert tax >= 0
    assert abs(net * percent / 100 - tax) <= Decimal("0.02")
    assert grosze(net) + grosze(tax) == grosze(gross)


@given(st.lists(st.tuples(prices, rates), min_size=1, max_size=20))
def test_parts_of_an_order_sum_to_its_total(amounts):
    split = [net_and_tax(gross, percent) for gross, percent in amounts]
    assert sum(net + tax for net, tax in split) == sum(gross for gross, _percent in amounts)


@pytest.mark.parametrize(
    ("gross", "percent", "net", "tax"),
    [("12.50", "5", "11.90", "0.60"), ("0.01", "23", "0.01", "0.00"), ("1.23", "23", "1.00", "0.23")],
)
def test_known_splits(gross, percent, net, tax):
    assert net_and_tax(Decimal(gross), Decimal(percent)) == (Decimal(net), Decimal(tax))


def test_halves_go_away_from_zero():
    assert round_zloty(Decimal("0.005")) == Decimal("0.01")
    assert round_zloty(Decimal("-0.005")) == Decimal("-0.01")
    assert by_weight(Decimal("49.90"), 613) == Decimal("30.59")


def test_broken_pack_costs_its_share():
    case = {"price": Decimal("60.00"), "quantity": 2, "pieces": 12, "agreed_total": Decimal("120.00")}
    assert final(**case, short=5, grams=None, agreed_max=None) == Decimal("70.00")
