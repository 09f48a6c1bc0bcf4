"""Cycles as evidence: known growth rates, and laps and crossings counted naively."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise, permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certify import families
from certify.decision.budget import Budget
from certify.decision.cycles import cycles_of
from certify.entropy.cycle_growth import (
    CycleGrowth,
    covering_matrix,
    cycle_growth,
    increasing_bound,
    period_bound,
    spectral_radius,
)
from certify.entropy.enclosure import entropy
from certify.errors import DomainError
from certify.piecewise import PiecewiseLinear
from tests import oracle
from tests.strategies import few, read
from tests.test_entropy_verifier import evaluate, log_fixed, verify_number

F = Fraction
TENT = families.tent()


def near(value: object, expected: str) -> bool:
    """Whether the number agrees with a published decimal in all digits given."""
    low, high = value.interval  # type: ignore[attr-defined]
    half = F(1, 2 * 10 ** len(expected.partition(".")[2]))
    return F(expected) - half <= low <= high <= F(expected) + half


@pytest.mark.parametrize(
    ("period", "growth"),
    [(3, "1.618034"), (5, "1.512876"), (7, "1.465571"), (9, "1.441315"), (1, "1"), (2, "1"), (4, "1"), (64, "1")],
)
def test_the_growth_of_a_period(period: int, growth: str) -> None:
    found = period_bound(period)
    verify_number(found)
    assert near(found, growth)


def test_doubled_periods_have_roots_of_the_growth() -> None:
    three = period_bound(3)
    for j in (1, 2, 3):
        found = period_bound(3 << j)
        verify_number(found)
        low, high = (end ** (1 << j) for end in found.interval)
        assert low <= three.interval[1]
        assert three.interval[0] <= high
    assert period_bound(6).log_closed_form == "(log((1+sqrt(5))/2))/2"


@pytest.mark.parametrize(("period", "growth"), [(3, "1.618034"), (4, "1.839287"), (5, "1.927562")])
def test_the_growth_of_increasing_cycles(period: int, growth: str) -> None:
    found = increasing_bound(period)
    verify_number(found)
    assert near(found, growth)
    cycle = tuple((i + 1) % period for i in range(period))
    assert spectral_radius(covering_matrix(cycle)).polynomial == found.polynomial


def test_bad_periods_are_refused() -> None:
    with pytest.raises(ValueError, match="at least 1"):
        period_bound(0)
    with pytest.raises(ValueError, match="period 3"):
        increasing_bound(2)


def test_the_tent_s_cycle_of_period_3() -> None:
    found = cycle_growth(TENT, ["4/7", "6/7", "2/7"])
    assert found.points == (F(2, 7), F(4, 7), F(6, 7))
    assert found.orbit == (F(2, 7), F(4, 7), F(6, 7))
    assert found.permutation == (1, 2, 0)
    assert found.itinerary == (0, 1, 1)
    assert found.matrix == ((0, 1), (1, 1))
    assert found.growth.log_closed_form == "log((1+sqrt(5))/2)"
    assert found.laps(6) == (2, 3, 5, 8, 13, 21)  # Fibonacci
    assert found.crossings(3) == ((1, 2), (2, 3), (3, 5))
    assert found.increasing


def test_cycles_of_power_2_may_grow() -> None:
    increasing = cycle_growth(TENT, [F(2, 15), F(4, 15), F(8, 15), F(14, 15)])
    doubling = cycle_growth(TENT, [F(2, 17), F(4, 17), F(8, 17), F(16, 17)])
    assert increasing.increasing
    assert doubling.increasing
    assert near(increasing.growth, "1.839287")
    assert increasing.period_bound.polynomial == (-1, 1)


def test_fixed_points_and_2_cycles() -> None:
    fixed = cycle_growth(TENT, ["2/3"])
    assert (fixed.matrix, fixed.laps(3), fixed.crossings(2)) == ((), (1, 1, 1), ((), ()))
    assert fixed.growth.interval == (1, 1)
    two = cycle_growth(TENT, ["2/5", "4/5"])
    assert (two.matrix, two.laps(3), two.crossings(2)) == (((1,),), (1, 1, 1), ((1,), (1,)))
    assert not two.increasing


def test_what_is_no_cycle_is_refused() -> None:
    with pytest.raises(ValueError, match="not a periodic orbit"):
        cycle_growth(TENT, ["2/7", "4/7"])
    with pytest.raises(ValueError, match="differ"):
        cycle_growth(TENT, ["2/3", "2/3"])
    with pytest.raises(ValueError, match="at least one"):
        cycle_growth(TENT, [])
    with pytest.raises(DomainError):
        cycle_growth(TENT, ["7/3"])


# Every cyclic permutation of few points


def cyclic(n: int) -> list[tuple[int, ...]]:
    found = []
    for rest in permutations(range(1, n)):
        path = (0, *rest)
        images = dict(zip(path, (*rest, 0)))
        found.append(tuple(images[i] for i in range(n)))
    return found


def dots(permutation: tuple[int, ...]) -> oracle.Map:
    return oracle.make([(i, y) for i, y in enumerate(permutation)])


def passages(g: oracle.Map, lo: Fraction, hi: Fraction) -> int:
    """How many laps of g cross [lo, hi] from end to end."""
    turns = [g.knots[0][0], *oracle.turning(g), g.knots[-1][0]]
    spans = [sorted((oracle.value(g, a), oracle.value(g, b))) for a, b in pairwise(turns)]
    return sum(a <= lo and hi <= b for a, b in spans)


@pytest.mark.parametrize("n", [2, 3, 4, 5])
def test_laps_and_crossings_of_every_cycle(n: int) -> None:
    for permutation in cyclic(n):
        f = dots(permutation)
        found = CycleGrowth(tuple(map(F, range(n))), tuple(map(F, range(n))), (), permutation)
        laps, crossings = found.laps(5), found.crossings(5)
        for t in range(1, 6):
            g = oracle.iterate(f, t)
            assert laps[t - 1] == 1 + len(oracle.turning(g))
            assert crossings[t - 1] == tuple(passages(g, F(j), F(j + 1)) for j in range(n - 1))


@pytest.mark.parametrize("n", [3, 4, 5, 6])
def test_no_cycle_grows_less_than_its_period_and_one_just_so(n: int) -> None:
    bound = period_bound(n)
    growths = {spectral_radius(covering_matrix(permutation)) for permutation in cyclic(n)}
    assert all(growth.interval[1] >= bound.interval[0] for growth in growths)
    if n != 4:  # the bound of 4 is 1, of which nothing is a root
        assert bound.polynomial in {growth.polynomial for growth in growths}
    assert min(growth.interval[0] for growth in growths) <= bound.interval[1]


@pytest.mark.parametrize("n", [4, 5])
def test_the_growth_is_the_entropy_of_the_dots(n: int) -> None:
    for permutation in cyclic(n):
        f = PiecewiseLinear([(i, y) for i, y in enumerate(permutation)])
        found = entropy(f)
        assert found.exact is not None
        assert found.exact.polynomial == spectral_radius(covering_matrix(permutation)).polynomial


# Cycles of other maps


@few(25)
@given(st.integers(0, 60), st.integers(3, 5))
def test_random_networks_have_the_laps_of_their_cycles(seed: int, period: int) -> None:
    f = families.rnn(8, 256.0, seed).to_piecewise_linear()
    found = cycles_of(f, period, Budget())
    whole = entropy(f, 8)
    naive = [oracle.iterate(read(f), t) for t in range(1, 5)]
    for orbit in found.orbits[:4]:
        cycle = cycle_growth(f, orbit.points)
        assert cycle.itinerary == orbit.itinerary
        assert log_fixed(cycle.growth.interval[0], 20)[0] <= whole.upper
        assert cycle.growth.interval[1] >= cycle.period_bound.interval[0]
        for t, g in enumerate(naive):
            assert cycle.laps(4)[t] <= 1 + len(oracle.turning(g))
            for j, (a, b) in enumerate(pairwise(cycle.points)):
                assert cycle.crossings(4)[t][j] <= passages(g, a, b)


def test_growth_is_a_root_of_the_characteristic_polynomial() -> None:
    """A 0/1 matrix of four intervals, its characteristic polynomial by hand (Leibniz)."""
    permutation = (2, 4, 3, 1, 0)
    growth = spectral_radius(covering_matrix(permutation))
    low, high = growth.interval
    assert (determinant(permutation, low) > 0) != (determinant(permutation, high) > 0)
    assert evaluate(growth.polynomial, low) * evaluate(growth.polynomial, high) < 0


def determinant(permutation: tuple[int, ...], x: Fraction) -> Fraction:
    matrix = covering_matrix(permutation)
    n, total = len(matrix), F(0)
    for order in permutations(range(n)):
        sign = (-1) ** sum(order[i] > order[j] for i in range(n) for j in range(i + 1, n))
        product = F(sign)
        for i, j in enumerate(order):
            product *= (x if i == j else 0) - matrix[i][j]
        total += product
    return total
