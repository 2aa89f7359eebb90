"""Sharing what there is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from distribution.policies.sharing import OLDEST, PRO_RATA, Claim, share

RULES = st.sampled_from([OLDEST, PRO_RATA])


@st.composite
def claims(draw):
    return [
        Claim(
            n,
            draw(st.integers(1, 9)),
            draw(st.integers(0, 9)),
            draw(st.integers(0, 2)),
            draw(st.integers(0, 3)),
        )
        for n in range(draw(st.integers(0, 7)))
    ]


@given(claims(), st.integers(0, 60), RULES)
def test_all_of_it_goes_and_nobody_gets_more_than_asked(made, available, rule):
    got = share(made, available, rule)
    assert sum(got.values()) == min(available, sum(claim.pieces for claim in made))
    assert all(0 <= got[claim.key] <= claim.pieces for claim in made)


@given(claims(), st.integers(0, 60), RULES)
def test_a_lower_rank_gets_nothing_while_a_higher_one_lacks(made, available, rule):
    got = share(made, available, rule)
    for claim in made:
        for other in made:
            if claim.rank < other.rank and got[claim.key] < claim.pieces:
                assert got[other.key] == 0


@given(claims(), st.integers(0, 60))
def test_equal_shares_differ_by_less_than_a_piece(made, available):
    got = share(made, available, PRO_RATA)
    for rank in range(3):
        group = [claim for claim in made if claim.rank == rank]
        wanted, given_ = sum(c.pieces for c in group), sum(got[c.key] for c in group)
        assert all(abs(got[c.key] - c.pieces * given_ / wanted) < 1 for c in group)


@pytest.mark.parametrize(("rule", "expected"), [(OLDEST, {1: 4, 2: 1}), (PRO_RATA, {1: 2, 2: 3})])
def test_who_lost_last_time_goes_first_when_shares_do_not_divide(rule, expected):
    assert share([Claim(1, 4, 1), Claim(2, 4, 2, lost=1)], 5, rule) == expected
