"""Entropy against closed forms, published values and naive counts of laps; each answer's evidence is replayed."""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certify import families
from certify.decision.decide import Order
from certify.entropy.enclosure import entropy
from certify.entropy.evidence import ConstantSlope, Covering, Transfer
from certify.entropy.result import Entropy, decimal_text
from certify.errors import NotInvariantError
from certify.piecewise import PiecewiseLinear
from tests import oracle
from tests.strategies import build, few, interval_maps, line_maps, read, self_maps, unit_maps
from tests.test_entropy_verifier import FIGURE_1, GOLDEN, log_fixed, verify

F = Fraction


def checked(f: PiecewiseLinear, digits: int = 10, max_nodes: int = 1_500) -> Entropy:
    """The answer, its evidence replayed by the plain verifier."""
    found = entropy(f, digits, max_nodes=max_nodes)
    verify(read(f), found)
    return found


def holds(found: Entropy, value: float) -> bool:
    return float(found.lower) - 1e-12 <= value <= float(found.upper) + 1e-12


# Closed forms


def knots(*values: int) -> PiecewiseLinear:
    """The map of [0, 1] with these values, in units of the grid, at equidistant points: Markov."""
    n = len(values) - 1
    return PiecewiseLinear([(F(i, n), F(y, n)) for i, y in enumerate(values)])


CLOSED = {
    "tent": (families.tent(), "log 2", (-2, 1)),
    "sawtooth 3": (families.sawtooth(3), "log 3", (-3, 1)),
    "sawtooth 100": (families.sawtooth(100), "log 100", (-100, 1)),
    "skew tent": (families.skew_tent("1/3"), "log 2", (-2, 1)),
    "skew tent, long numbers": (families.skew_tent("0.4242424242"), "log 2", (-2, 1)),
    "tent on the line": (PiecewiseLinear([("1/2", 1)], (2, -2)), "log 2", (-2, 1)),
    "valley on the line": (PiecewiseLinear([(0, -1)], (-2, 2)), "log 2", (-2, 1)),
    "golden": (GOLDEN, "log((1+sqrt(5))/2)", (-1, -1, 1)),
    "period 4, increasing": (knots(1, 2, 3, 0), None, (-1, -1, -1, 1)),
    "stunted at 6/7": (families.stunted_tent("6/7"), "log((1+sqrt(5))/2)", (-1, -1, 1)),
    "level 1: log 2 / 2": (families.stunted_tent("5/6"), "(log 2)/2", (-2, 0, 1)),
    "x -> 1 - x": (PiecewiseLinear([(0, 1), (1, 0)]), "0", (-1, 1)),
    "identity": (PiecewiseLinear([(0, 0), (1, 1)]), "0", (-1, 1)),
    "constant": (PiecewiseLinear([(0, "1/3"), (1, "1/3")]), "0", (-1, 1)),
    "constant on the line": (PiecewiseLinear([(0, 5)], (0, 0)), "0", (-1, 1)),
    "translation": (PiecewiseLinear([(0, 1)], (1, 1)), "0", (-1, 1)),
    "expansion": (PiecewiseLinear([(0, 0)], (2, 2)), "0", (-1, 1)),
    "flip on the line": (PiecewiseLinear([(0, 0)], (-3, -3)), "0", (-1, 1)),
    "contraction": (PiecewiseLinear([(0, "1/3"), (1, "2/3")]), "0", (-1, 1)),
    "stunted at 4/5": (families.stunted_tent("4/5"), "0", (-1, 1)),
    "steep but ordered": (
        PiecewiseLinear([(0, 0), ("1/5", "4/25"), ("2/5", "1/50"), ("1/2", "9/20"), ("3/5", "0"), (1, 0)]),
        "0",
        (-1, 1),
    ),
}


@pytest.mark.parametrize("name", CLOSED)
def test_closed_forms(name: str) -> None:
    f, closed, polynomial = CLOSED[name]
    found = checked(f)
    assert found.exact is not None
    assert found.exact.polynomial == polynomial
    assert found.closed_form == closed


@pytest.mark.parametrize("tip", ["1/10", "1/3", "1/2", "0.77"])
def test_a_full_skew_tent_has_two_full_laps(tip: str) -> None:
    assert checked(families.skew_tent(tip)).closed_form == "log 2"


@pytest.mark.parametrize("height", ["51/100", "3/5", "7/10", "9/10", "0.987654321"])
def test_a_tent_has_the_logarithm_of_its_slope(height: str) -> None:
    found = checked(families.tent(height), 20)
    slope = 2 * F(height)
    assert found.exact is not None
    assert found.exact.interval == (slope, slope)
    assert isinstance(found.below, ConstantSlope) or slope == 2


@pytest.mark.parametrize("slope", ["6/5", "3/2", "17/10", "19/10"])
def test_towers_find_the_slope_of_a_tent_with_a_bent_foot(slope: str) -> None:
    """The points left of the tent's core move right until they are in it: however steep their way, it adds nothing."""
    s = F(slope)
    a = s * (1 - s / 2) * F(9, 10)
    f = PiecewiseLinear([(0, 0), (a / 2, s * a * F(4, 5)), (a, s * a), ("1/2", s / 2), (1, 0)])
    found = checked(f, 6)
    assert isinstance(found.below, Covering)
    assert isinstance(found.above, Transfer)
    assert holds(found, math.log(s))
    assert found.upper - found.lower <= F(1, 10**6)


@pytest.mark.parametrize(
    "values",
    [
        (0, 4, 1, 3, 0),
        (2, 0, 4, 1, 3),
        (0, 3, 1, 4, 2),
        (1, 5, 0, 3, 2, 4),
        (4, 0, 4, 1, 4),
        (0, 2, 1, 2, 0),
        (3, 0, 6, 2, 5, 1, 4),
    ],
)
def test_markov_maps_against_their_partition(values: tuple[int, ...]) -> None:
    """exp h is the growth of the 0/1 matrix of the grid's intervals, whose powers are taken in whole numbers."""
    n = len(values) - 1
    found = checked(knots(*values))
    matrix = [[int(min(u, v) <= j < max(u, v)) for j in range(n)] for u, v in pairwise(values)]
    counts = [paths(matrix, t) for t in (300, 600)]
    growth = math.exp((math.log(sum(counts[1])) - math.log(sum(counts[0]))) / 300)
    assert found.exact is not None
    low, high = found.exact.interval
    assert float(low) - 1e-2 <= growth <= float(high) + 1e-2
    if growth > 1.01:
        assert float(low) - 1e-9 <= growth <= float(high) + 1e-9


# Published and independent values


def test_the_map_of_figure_1() -> None:
    """exp h = 1.99189659049..., from a prototype in plain rationals with other graphs."""
    found = checked(FIGURE_1, 30)
    assert found.digits is not None
    assert found.digits >= 30
    low, high = log_fixed(F("1.99189659049"), 20)[0], log_fixed(F("1.99189659050"), 20)[1]
    assert low <= found.lower <= found.upper <= high
    assert isinstance(found.below, Covering)
    assert isinstance(found.above, Transfer)
    assert F("1.99189659049") < found.below.growth < found.above.growth < F("1.99189659050")


def kneading_root(f: oracle.Map, places: int) -> float:
    """1/s for the least zero in (0, 1) of the kneading series of a unimodal map with its peak at the turning point.

    sum of e_0 ... e_n t^n, e_i = +1 (-1) if f^i(f(c)) is left (right) of c (Milnor, Thurston 1988), in doubles.
    """
    (c,) = oracle.turning(f)
    x, sign, coefficients = oracle.value(f, c), 1, [1]
    for _ in range(places):
        sign *= 1 if x < c else -1
        coefficients.append(sign)
        x = oracle.value(f, x)
    t = 0.5
    while sum(a * t**i for i, a in enumerate(coefficients)) > 0 and t < 1:
        t += 1e-4
    low, high = t - 1e-4, t
    for _ in range(60):
        t = (low + high) / 2
        low, high = (t, high) if sum(a * t**i for i, a in enumerate(coefficients)) > 0 else (low, t)
    return 1 / t


@pytest.mark.parametrize(
    "points",
    [
        [(0, 0), ("2/5", "19/20"), (1, 0)],
        [(0, 0), ("1/5", "1/2"), ("1/2", "97/100"), (1, "1/50")],
        [(0, "1/10"), ("1/3", "9/10"), ("2/3", "3/5"), (1, 0)],
        [(0, 0), ("3/5", "4/5"), (1, 0)],
    ],
)
def test_unimodal_maps_against_their_kneading_series(points: list[tuple[object, object]]) -> None:
    f = PiecewiseLinear(points)
    found = checked(f, 10)
    assert found.lower > 0
    assert holds(found, math.log(kneading_root(read(f), 150)))


def test_iterates_multiply_the_entropy() -> None:
    f = PiecewiseLinear([(0, 0), ("2/5", "19/20"), (1, 0)])
    one, three = checked(f, 9), checked(f.iterate(3), 9)
    assert max(3 * one.lower, three.lower) <= min(3 * one.upper, three.upper)


def test_conjugate_maps_have_the_same_entropy() -> None:
    f = PiecewiseLinear([(0, 0), ("2/5", "19/20"), (1, 0)])
    unit, origin = F("1e-60"), F("1e30")
    far = PiecewiseLinear([(origin + unit * x, origin + unit * y) for x, y in f.knots])
    mirrored = PiecewiseLinear([(-x, -y) for x, y in reversed(f.knots)])
    values = [checked(g, 9) for g in (f, far, mirrored)]
    assert max(v.lower for v in values) <= min(v.upper for v in values)
    assert all(v.digits is not None and v.digits >= 9 for v in values)


# Monotone families


def test_stunted_tents_grow_with_their_height() -> None:
    """The entropy of min(tent, h) is monotone in h; 2/3 < h: the first cycles; 0 up to 4/5 and beyond, log 2 at 1."""
    heights = [F(i, 64) for i in range(40, 64)] + [F(1)]
    found = [checked(families.stunted_tent(h) if h < 1 else families.tent(), 8) for h in heights]
    for below, above in pairwise(found):
        assert below.lower <= above.upper
    assert found[0].upper == 0
    assert found[-1].closed_form == "log 2"
    assert 0 < found[-2].lower < found[-1].lower


# Random maps against naive counts


def lap_number(f: oracle.Map) -> int:
    return 1 + len(oracle.turning(f))


def against_naive(f: oracle.Map, found: Entropy, deepest: int = 7, cap: int = 400) -> None:
    """laps(f^(s+t)) <= laps(f^s) laps(f^t), so h <= (1/t) log laps(f^t); and the graphs' paths count laps of f^t."""
    g = oracle.identity(f)
    lo, hi = oracle.core(f, found.above.core_steps) if isinstance(found.above, Transfer) else (F(0), F(0))
    for t in range(1, deepest):
        try:
            g = oracle.compose(f, g, cap)
        except oracle.TooManyPieces:
            return
        laps = lap_number(g)
        assert found.lower <= log_fixed(F(laps), 30)[1] / t
        if isinstance(found.above, Transfer):
            turns = [x for x in oracle.turning(g) if lo < x < hi]
            assert len(turns) <= max(1, paths(found.above.matrix, t)[0]) + 1
        if isinstance(found.below, Covering):
            assert laps >= max(closed(found.below.matrix, t))


def paths(matrix: list[list[int]], steps: int) -> list[int]:
    counts = [1] * len(matrix)
    for _ in range(steps):
        counts = [sum(m * c for m, c in zip(row, counts)) for row in matrix]
    return counts


def closed(matrix: list[list[int]], steps: int) -> list[int]:
    """The number of closed paths from each node: f^t maps so many intervals over their hull, and has so many laps."""
    found = []
    for i in range(len(matrix)):
        counts = [int(j == i) for j in range(len(matrix))]
        for _ in range(steps):
            counts = [sum(m * c for m, c in zip(row, counts)) for row in matrix]
        found.append(counts[i])
    return found


@few(120)
@given(interval_maps())
def test_random_maps_of_an_interval(f: oracle.Map) -> None:
    found = checked(build(f), 6, max_nodes=200)
    against_naive(f, found)


@few(80)
@given(line_maps())
def test_random_maps_of_the_line(f: oracle.Map) -> None:
    found = checked(build(f), 6, max_nodes=200)
    against_naive(f, found)


@few(60)
@given(self_maps(), st.sampled_from([2, 3]))
def test_iterates_of_random_maps(f: oracle.Map, t: int) -> None:
    one = checked(build(f), 6, max_nodes=150)
    more = checked(build(f).iterate(t), 6, max_nodes=150)
    assert max(t * one.lower, more.lower) <= min(t * one.upper, more.upper)


@few(60)
@given(unit_maps())
def test_order_and_entropy_agree(f: oracle.Map) -> None:
    verdict = oracle.decide(f, 3)
    found = checked(build(f), 6, max_nodes=200)
    if verdict is not None and verdict.ordered:
        assert found.lower == 0
    if verdict is not None and not verdict.ordered:
        assert found.upper > 0
        assert found.lower > 0 or found.digits is None or found.digits < 6


@pytest.mark.parametrize("seed", range(60))
def test_random_networks(seed: int) -> None:
    """Clipped networks: most are Markov or have entropy 0, all are enclosed; those of width 8 counted naively."""
    f = families.rnn(8, 256.0, seed).to_piecewise_linear()
    found = checked(f, 8)
    against_naive(read(f), found, 5)
    assert found.upper - found.lower <= F(1, 10**8)


def test_random_networks_are_of_all_kinds() -> None:
    kinds = {_kind(entropy(families.rnn(64, 1024.0, seed).to_piecewise_linear(), 6)) for seed in range(40)}
    assert kinds >= {"zero", "integer", "algebraic"}


def _kind(found: Entropy) -> str:
    if found.upper == 0:
        return "zero"
    if found.exact is None:
        return "enclosed"
    return "integer" if found.exact.degree == 1 else "algebraic"


# Budgets, refusals and texts


def test_a_small_budget_still_proves_something() -> None:
    found = entropy(FIGURE_1, 30, max_nodes=12)
    verify(read(FIGURE_1), found)
    assert "12 intervals" in found.reason
    assert found.upper - found.lower > F(1, 10**30)
    assert found.lower < F("0.68908724541") < found.upper


def test_no_time_at_all() -> None:
    found = entropy(FIGURE_1, 30, time_limit=0.0)
    verify(read(FIGURE_1), found)
    assert found.lower == 0
    assert F("0.68908") < found.upper < 2
    assert "budget" in found.reason


def test_zero_by_order_alone() -> None:
    """A graph of one interval sees nothing of an attracting 2-cycle; the mesh that proves order does."""
    f = PiecewiseLinear([(0, "11/20"), ("1/2", "4/5"), (1, "1/10")])
    found = checked(f, 10, max_nodes=1)
    naive = oracle.decide(read(f), 3)
    assert naive is not None
    assert naive.ordered
    assert isinstance(found.above, Order)
    assert (found.lower, found.upper, found.closed_form) == (0, 0, "0")


def test_more_digits_enclose_within_fewer() -> None:
    f = PiecewiseLinear([(0, 0), ("2/5", "19/20"), (1, 0)])
    few_digits, many = checked(f, 4), checked(f, 18)
    assert few_digits.lower <= many.lower <= many.upper <= few_digits.upper
    assert many.digits is not None
    assert many.digits >= 18
    assert len(many.text[0]) <= len("0.") + 20


def test_a_map_that_leaves_its_domain_is_refused() -> None:
    with pytest.raises(NotInvariantError):
        entropy(PiecewiseLinear([(0, 0), (1, 2)]))


def test_digits_are_positive() -> None:
    with pytest.raises(ValueError, match="at least 1"):
        entropy(families.tent(), 0)


@pytest.mark.parametrize(
    ("value", "text"), [("0", "0"), ("1/2", "0.5"), ("3/125", "0.024"), ("12", "12"), ("1/1024", "0.0009765625")]
)
def test_decimal_texts(value: str, text: str) -> None:
    assert decimal_text(F(value)) == text


def test_a_third_has_no_decimal_text() -> None:
    with pytest.raises(ValueError, match="decimal"):
        decimal_text(F(1, 3))
