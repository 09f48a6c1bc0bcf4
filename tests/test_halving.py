"""Halving against the naive loop of composed iterates, closed forms, and deep cascades that the loop does not reach."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given

from certify import families
from certify.decision.halving import cascade, core, witness
from certify.errors import BudgetExceeded
from certify.numbers import fraction, rational
from tests import oracle
from tests.strategies import build, few, read, unit_maps


@few(400)
@given(unit_maps())
def test_the_naive_loop_agrees(f: oracle.Map) -> None:
    expected = oracle.decide(f, max_level=3, cap=2000)
    found = cascade(build(f), 5000)
    if expected is None:
        return
    assert found is not None
    assert (found.level, found.point is None) == (expected.level, expected.ordered)
    if found.point is not None:
        x = fraction(witness(build(f), found.level, found.point))
        assert oracle.odd_return(f, found.level, 3, x, "right")


@pytest.mark.parametrize("seed", range(40))
def test_random_networks(seed: int) -> None:
    f = families.rnn(12, 16.0, seed).to_piecewise_linear()
    expected = oracle.decide(read(f), max_level=3, cap=4000)
    found = cascade(f, 20_000)
    assert expected is not None
    assert found is not None
    assert (found.level, found.point is None) == (expected.level, expected.ordered)


def thue_morse(length: int) -> int:
    """The first digits t_0 t_1 ... of the Thue-Morse word 0110 1001 ..., as a binary number."""
    return sum((bin(i).count("1") % 2) << (length - 1 - i) for i in range(length))


def height(j: int) -> Fraction:
    """2/3, 4/5, 14/17, ...: above it the stunted tent has a cycle of least period 2^j, and up to it none.

    Twice the binary number whose digits are the first 2^j of the Thue-Morse word, for ever (Metropolis, Stein and Stein 1973).
    """
    return 2 * Fraction(thue_morse(2**j), 2**2**j - 1)


def test_the_first_heights_by_hand() -> None:
    assert [height(j) for j in (1, 2, 3)] == [Fraction(2, 3), Fraction(4, 5), Fraction(14, 17)]


@pytest.mark.parametrize("j", range(1, 9))
def test_the_cascade_of_the_stunted_tents(j: int) -> None:
    found = cascade(families.stunted_tent((height(j) + height(j + 1)) / 2), 5000)
    assert found == (j, None)
    assert cascade(families.stunted_tent(height(j)), 5000) == (j - 1, None)


def test_beyond_its_levels_it_says_nothing() -> None:
    limit = Fraction(thue_morse(1 << 15), 1 << ((1 << 15) - 1))
    assert cascade(families.stunted_tent(limit), 5000) is None


def test_a_budget_is_kept() -> None:
    with pytest.raises(BudgetExceeded):
        cascade(families.sawtooth(16), 100)


def test_where_there_are_no_cycles_nothing_is_left() -> None:
    assert core(families.tent(rational("1/3"))) is None
    assert core(families.tent()) is not None
