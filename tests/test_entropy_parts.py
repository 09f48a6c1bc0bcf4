"""The parts that entropy is made of: laps, towers, components, Perron vectors, algebraic numbers, logarithms."""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certify import families
from certify.entropy.algebra import Algebraic, Spectrum, log_bounds, polynomial_text
from certify.entropy.anatomy import Anatomy
from certify.entropy.components import components
from certify.entropy.laps import Laps
from certify.entropy.perron import perron
from certify.entropy.tower import Grid, Side, finite_tower, tower
from certify.numbers import INF, NEG_INF, Q, fraction, rational
from certify.piecewise import PiecewiseLinear
from tests import oracle
from tests.strategies import build, few, interval_maps, outside, self_maps, unit_maps
from tests.test_entropy_verifier import FIGURE_1, GOLDEN, laps, log_fixed, monotone_image, verify_number

F = Fraction

# Laps

HILL = PiecewiseLinear([(0, 0), (1, 2), (2, 2), (3, 1), (4, 1), (5, 0), (6, 3), (7, 3)])
"""Up, a plateau on top, down with a step, up, a plateau at the end."""


def test_laps_of_a_map_with_plateaus() -> None:
    found = Laps.of(HILL)
    assert found.laps == ((0, 1), (2, 5), (5, 6))
    assert found.plateaus == ((1, 2), (3, 4), (6, 7))
    assert list(found.images(Q(1, 2), Q(4))) == [(0, (1, 2)), (1, (1, 2))]
    assert list(found.images(Q(1), Q(2))) == []
    assert list(found.images(Q(3), Q(4))) == []


def test_plateaus_at_the_ends_of_an_interval() -> None:
    found = Laps.of(HILL)
    assert found.widened(Q(3, 2), Q(7, 2)) == (1, 4)
    assert found.trimmed(Q(3, 2), Q(7, 2)) == (2, 3)
    assert found.trimmed(Q(1), Q(2)) is None
    assert found.widened(Q(1, 2), Q(5, 2)) == found.trimmed(Q(1, 2), Q(5, 2)) == (Q(1, 2), Q(5, 2))


def test_laps_of_the_line() -> None:
    found = Laps.of(PiecewiseLinear([(0, 1), (1, 1)], (2, -1)))
    assert found.laps == ((NEG_INF, 0), (1, INF))
    assert list(found.images(NEG_INF, INF)) == [(0, (NEG_INF, 1)), (1, (NEG_INF, 1))]
    assert Laps.of(PiecewiseLinear([(0, 1)], (0, 0))).laps == ()


@few(80)
@given(self_maps())
def test_laps_against_the_definition(f: oracle.Map) -> None:
    found = Laps.of(build(f))
    assert [(outside(a), outside(b)) for a, b in found.laps] == laps(f)
    assert len(found.laps) == (1 + len(oracle.turning(f)) if any(s for _, _, s, _ in oracle.pieces(f)) else 0)


# Towers


@st.composite
def nearly_tied(draw: st.DrawFn) -> oracle.Map:
    """A map whose values are moved inward by multiples of 3^-200: long numbers that doubles confuse with short ones."""
    f = draw(interval_maps(6))
    middle = (f.knots[0][0] + f.knots[-1][0]) / 2
    moved = [y + draw(st.integers(0, 3)) * F(1, 3**200) * (middle - y) for _, y in f.knots]
    return oracle.Map(tuple((x, y) for (x, _), y in zip(f.knots, moved)))


@few(150)
@given(
    st.one_of(unit_maps(7), nearly_tied()),
    st.sampled_from(["inside", "outside"]),
    st.integers(1, 8),
    st.integers(1, 40),
    st.sampled_from([1, 10, 100, 1000]),
)
def test_each_edge_keeps_its_inclusion(f: oracle.Map, side: Side, depth: int, most: int, bits: int) -> None:
    """Whatever depth, size and rounding."""
    g = build(f)
    root = g.ends
    found = tower(Laps.of(g), root, side, depth, most, Grid.on(g, root, bits))
    runs = laps(f)
    for (a, b), row in zip(found.intervals, found.rows):
        for k, j in row:
            part = max(outside(a), runs[k][0]), min(outside(b), runs[k][1])
            lo, hi = monotone_image(f, part)
            c, d = (outside(x) for x in found.intervals[j])
            assert (lo <= c < d <= hi) if side == "inside" else (c <= lo < hi <= d)


def test_finite_and_infinite_towers() -> None:
    root = (Q(0), Q(1))
    golden = finite_tower(Laps.of(GOLDEN), root, 10, Grid.on(GOLDEN, root, 100))
    assert golden is not None
    assert set(golden.intervals) == {(Q(0), Q(1)), (Q(1, 2), Q(1))}
    assert finite_tower(Laps.of(FIGURE_1), root, 1000, Grid.on(FIGURE_1, root, 400)) is None
    assert finite_tower(Laps.of(FIGURE_1), root, 10, Grid.on(FIGURE_1, root, 40_000)) is None


def test_paths_of_a_finite_tower_are_laps() -> None:
    """laps(f^t) of the golden map are Fibonacci numbers: 2, 3, 5, 8, ..."""
    root = (Q(0), Q(1))
    found = finite_tower(Laps.of(GOLDEN), root, 10, Grid.on(GOLDEN, root, 100))
    assert found is not None
    counts = [1] * len(found.rows)
    laps_of_iterates = []
    for _ in range(8):
        counts = [sum(counts[j] for _, j in row) for row in found.rows]
        laps_of_iterates.append(counts[0])
    assert laps_of_iterates == [2, 3, 5, 8, 13, 21, 34, 55]


# Graphs


@few(100)
@given(
    st.integers(1, 9).flatmap(lambda n: st.lists(st.lists(st.integers(0, n - 1), max_size=3), min_size=n, max_size=n))
)
def test_components_against_reachability(targets: list[list[int]]) -> None:
    n = len(targets)
    reach = [[i == j or j in targets[i] for j in range(n)] for i in range(n)]
    for k in range(n):
        reach = [[reach[i][j] or (reach[i][k] and reach[k][j]) for j in range(n)] for i in range(n)]
    found = components(targets)
    place = {node: rank for rank, part in enumerate(found) for node in part}
    assert sorted(place) == list(range(n))
    for i in range(n):
        assert all(place[j] <= place[i] for j in targets[i])
        assert all((place[i] == place[j]) == (reach[i][j] and reach[j][i]) for j in range(n))


def test_a_long_chain_needs_no_recursion() -> None:
    assert len(components([[i + 1] for i in range(5000)] + [[]])) == 5001
    assert len(components([[(i + 1) % 5000] for i in range(5000)])) == 1


@few(60)
@given(
    st.integers(2, 12).flatmap(lambda n: st.lists(st.lists(st.integers(0, n - 1), max_size=2), min_size=n, max_size=n)),
    st.sampled_from([20, 80, 300]),
)
def test_perron_vectors(extra: list[list[int]], bits: int) -> None:
    """A cycle through all nodes and any other edges: bounds that hold exactly, and as close as asked."""
    n = len(extra)
    targets = [[(i + 1) % n, *more] for i, more in enumerate(extra)]
    vector, low, high = perron(targets, bits)
    assert all(v > 0 for v in vector)
    for v, row in zip(vector, targets):
        total = sum(vector[j] for j in row)
        assert fraction(low) * v <= total <= fraction(high) * v
    assert 0 <= fraction(high - low) <= F(1, 2**bits)


def test_small_perron_vectors() -> None:
    assert perron([[]], 10) == ((1,), 0, 0)
    assert perron([[0, 0, 0]], 10) == ((1,), 3, 3)
    assert perron([[1], [0]], 10) == ((1, 1), 1, 1)


def test_the_anatomy_of_a_graph() -> None:
    """A doubling loop above a tripling loop above a cycle above a dead end."""
    anatomy = Anatomy([[0, 0, 1], [1, 1, 1, 2], [3], [2, 4], []])
    assert anatomy.parts == [[4], [2, 3], [1], [0]]
    assert anatomy.growing == [2, 3]
    assert anatomy.strongest == 2
    assert anatomy.leading == [2]


# Numbers


@pytest.mark.parametrize(
    ("polynomial", "interval", "closed"),
    [
        ((-1, 1), (1, 1), "0"),
        ((-7, 1), (7, 7), "log 7"),
        ((-9, 5), (F(9, 5), F(9, 5)), "log(9/5)"),
        ((-1, -1, 1), (1, 2), "log((1+sqrt(5))/2)"),
        ((-1, -2, 1), (2, 3), "log(1+sqrt(2))"),
        ((1, -4, 1), (3, 4), "log(2+sqrt(3))"),
        ((-1, 3, 1), (F(1, 4), F(1, 2)), "log((-3+sqrt(13))/2)"),
        ((-2, 0, -4, 0, 1), (2, 3), "(log(2+sqrt(6)))/2"),
        ((-4, -2, 1), (3, 4), "log(1+sqrt(5))"),
        ((-44, -2, 1), (7, 8), "log(1+3*sqrt(5))"),
        ((-2, 0, 0, 1), (1, 2), "(log 2)/3"),
        ((-1, -1, 0, 1), (1, 2), None),
    ],
)
def test_closed_forms_of_logarithms(
    polynomial: tuple[int, ...], interval: tuple[Fraction | int, Fraction | int], closed: str | None
) -> None:
    found = Algebraic(polynomial, (F(interval[0]), F(interval[1])))
    verify_number(found)
    assert found.log_closed_form == closed
    if closed is not None:
        value = eval(closed.replace("log 2", "log(2)").replace("log 7", "log(7)"), {"log": math.log, "sqrt": math.sqrt})
        assert math.log(found.interval[0]) - 1e-12 <= value <= math.log(found.interval[1]) + 1e-12


def test_polynomials_as_text() -> None:
    assert polynomial_text((-1, -1, 1)) == "x^2 - x - 1"
    assert polynomial_text((3, 0, -2, 1)) == "x^3 - 2*x^2 + 3"
    assert polynomial_text((0, -1)) == "-x"
    assert polynomial_text((0,)) == "0"


def test_a_root_that_the_interval_does_not_single_out() -> None:
    """[[1, 1], [1, 2]] has the eigenvalues (3 +- sqrt(5))/2, about 0.38 and 2.62."""
    whole = Spectrum([[0, 1], [0, 1, 1]])
    found = whole.root(rational("5/2"), rational("27/10"))
    assert found is not None
    assert found.polynomial == (1, -3, 1)
    assert whole.root(Q(0), Q(3)) is None
    assert whole.root(Q(1), Q(2)) is None
    assert whole.root(Q(5), Q(6)) is None


@few(80)
@given(st.fractions(min_value=1, max_value=1000, max_denominator=10**6), st.integers(2, 40))
def test_decimal_bounds_of_logarithms(x: Fraction, places: int) -> None:
    lower, upper = log_bounds(rational(x), rational(x), places)
    low, high = log_fixed(x, places + 10)
    assert lower <= high
    assert low <= upper
    assert upper - lower <= F(2, 10**places)
    assert (lower * 10**places).denominator == (upper * 10**places).denominator == 1


def test_logarithms_of_near_ones() -> None:
    assert log_bounds(Q(1), Q(1), 10) == (0, 0)
    lower, upper = log_bounds(1 + Q(1, 10**40), 1 + Q(1, 10**40), 50)
    assert lower == F(10**10 - 1, 10**50)
    assert upper == F(10**10, 10**50)


# Grids


@few(80)
@given(st.fractions(min_value=-5, max_value=5), st.integers(0, 60))
def test_rounding_onto_a_grid(x: Fraction, bits: int) -> None:
    grid = Grid(bits, 2, Q(0))
    long = rational(x) + Q(1, 3**80)
    down, up = grid.down(long), grid.up(long)
    assert isinstance(down, Q)
    assert isinstance(up, Q)
    assert down < long < up
    assert up - down == Q(4, 1 << bits)
    whole = Q(math.floor(x))
    assert grid.down(whole) == grid.up(whole) == whole


def test_stunted_tents_have_increasing_towers() -> None:
    """The number of laps of f^t does not fall when a plateau is raised."""
    for below, above in pairwise([F(5, 6), F(6, 7), F(9, 10)]):
        low, high = (families.stunted_tent(h) for h in (below, above))
        for t in range(1, 6):
            counts = [len(Laps.of(g.iterate(t)).laps) for g in (low, high)]
            assert counts[0] <= counts[1]
