"""The parts of the decision one by one: the core, cells, meshes and witnesses, each against the oracle."""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from certify import families
from certify.decision.budget import Budget
from certify.decision.cells import Affine, trace
from certify.decision.core import MAX_STEPS, core
from certify.decision.mesh import Mesh, mesh
from certify.decision.witness import Search, Witness, least_period, moves
from certify.errors import BudgetExceeded
from certify.numbers import INF, NEG_INF, Q, fraction, rational
from certify.piecewise import PiecewiseLinear
from tests import oracle
from tests.strategies import (
    build,
    far_maps,
    few,
    inside,
    outside,
    read,
    samples,
    self_maps,
    unit_maps,
)

F = Fraction


def closed(f: oracle.Map, a: oracle.Number, b: oracle.Number) -> list[Fraction]:
    """Points of [a, b]: the finite ends, knots and others between."""
    marks = sorted({x for x in (a, b) if isinstance(x, F)} | {x for x in samples(f) if a <= x <= b})
    within = [oracle.between(a, b)] if a < b else []
    within += [(2 * u + v) / 3 for u, v in pairwise(marks)]
    if a == -math.inf:
        within += [min([*marks, F(0)]) - k for k in (1, 50)]
    if b == math.inf:
        within += [max([*marks, F(0)]) + k for k in (1, 50)]
    return sorted({*marks, *within})


# The core


@given(st.one_of(self_maps(), far_maps()))
@few(300)
def test_the_core_is_an_image_and_holds_all_cycles(f: oracle.Map) -> None:
    found = core(build(f))
    lo, hi = outside(found.lo), outside(found.hi)
    assert 0 <= found.steps <= MAX_STEPS
    assert (lo, hi) == oracle.core(f, found.steps)
    low, high = oracle.image(f, lo, hi)
    assert lo <= low
    assert high <= hi
    for x in oracle.fixed_set(f).points:
        assert lo <= x <= hi


def test_cores_in_closed_form() -> None:
    assert core(families.tent()) == (Q(0), Q(1), 0)
    assert core(PiecewiseLinear([(0, "1/3"), (1, "1/3")])) == (Q(1, 3), Q(1, 3), 1)
    assert core(PiecewiseLinear([("1/2", 1)], slopes=(2, -2)))[:2] == (NEG_INF, Q(1))
    assert core(PiecewiseLinear([(0, 0), (1, 1)], slopes=(0, 0))) == (Q(0), Q(1), 1)
    assert core(PiecewiseLinear([(0, 0)], slopes=(-1, -1))) == (NEG_INF, INF, 0)
    # 3 -> 1, so the image of the line is (-inf, 3], that of (-inf, 3] is the same
    assert core(PiecewiseLinear([(0, 3)], slopes=(1, -1)))[:2] == (NEG_INF, Q(3))


# Cells


@given(st.one_of(self_maps(4), far_maps()), st.integers(0, 6), st.data())
@few(350)
def test_a_trace_is_the_iterates_on_the_cell_or_a_place_to_cut(f: oracle.Map, steps: int, data: st.DataObject) -> None:
    ends: list[oracle.Number] = [*samples(f), *oracle.ends(f)]
    a, b = sorted(data.draw(st.lists(st.sampled_from(ends), min_size=2, max_size=2, unique=True)))
    found = trace(build(f), inside(a), inside(b), steps)
    breaks = {x for _, x, s, _ in oracle.pieces(f)[:-1] for y, _, t, _ in oracle.pieces(f)[1:] if x == y and s != t}
    if isinstance(found, list):
        assert len(found) == steps + 1
        for i, power in enumerate(found):
            for x in closed(f, a, b):
                assert fraction(power.at(rational(x))) == oracle.power(f, x, i)
            for end in (a, b):
                assert outside(power.at(inside(end))) == oracle.power(f, end, i)
    else:
        cut = fraction(found)
        assert a < cut < b
        assert breaks & set(oracle.orbit(f, cut, steps - 1))
        assert steps > 0


@pytest.mark.parametrize(
    ("slope", "constant", "low", "high"), [(2, 1, NEG_INF, INF), (-1, 5, INF, NEG_INF), (0, 7, Q(7), Q(7))]
)
def test_affine_limits(slope: int, constant: int, low: object, high: object) -> None:
    power = Affine(Q(slope), Q(constant))
    assert power.at(NEG_INF) == low
    assert power.at(INF) == high
    assert power.at(Q(3)) == slope * 3 + constant


# Meshes


POWERS = st.sampled_from([(1, 2), (2, 2), (4, 2), (1, 3), (2, 3), (1, 5)])


@given(st.one_of(self_maps(4), self_maps(4), far_maps()), POWERS)
@few(500)
def test_a_mesh_proves_it_and_a_refutation_refutes_it(f: oracle.Map, exponents: tuple[int, int]) -> None:
    m, q = exponents
    try:
        found = mesh(build(f), m, q, Budget(3000))
    except BudgetExceeded:
        assume(False)
    if isinstance(found, Mesh):
        assert oracle.mesh_proves(f, m, q, [outside(t) for t in found.points], oracle.ends(f))
    else:
        point = outside(found.point)
        assert oracle.power(f, point, q * m) == point
        assert oracle.power(f, point, m) != point


@given(unit_maps(4), st.sampled_from([(1, 2), (2, 2), (1, 3)]))
@few(150)
def test_a_mesh_exists_exactly_when_no_point_refutes_it(f: oracle.Map, exponents: tuple[int, int]) -> None:
    """On an interval, against the fixed points of the composed iterates."""
    m, q = exponents
    low, high = oracle.iterate(f, m), oracle.iterate(f, q * m)
    base, fixed = oracle.fixed_set(low), oracle.fixed_set(high)
    counter = any(not oracle.contains(base, x) for x in fixed.points) or any(
        not any(u <= a and b <= v for u, v in base.intervals) for a, b in fixed.intervals
    )
    assert isinstance(mesh(build(f), m, q, Budget(20_000)), Mesh) is not counter


def test_the_oracle_refuses_a_damaged_mesh() -> None:
    """Counter-check of the tests above: on a map whose mesh needs its points, a mesh without some proves nothing."""
    f = families.stunted_tent("0.824")
    found = mesh(f, 8, 2, Budget())
    assert isinstance(found, Mesh)
    points = [outside(t) for t in found.points]
    assert oracle.mesh_proves(read(f), 8, 2, points, (F(0), F(1)))
    assert len(points) > 6
    refused = 0
    for i in range(1, len(points) - 1):
        refused += not oracle.mesh_proves(read(f), 8, 2, points[:i] + points[i + 1 :], (F(0), F(1)))
    assert refused >= 3
    assert not oracle.mesh_proves(read(f), 8, 2, points[1:], (F(0), F(1)))
    assert not oracle.mesh_proves(read(f), 8, 2, [points[0], *reversed(points[1:-1]), points[-1]], (F(0), F(1)))
    assert not oracle.mesh_proves(read(f), 8, 2, [points[0], points[-1]], (F(0), F(1)))
    assert not oracle.mesh_proves(read(f), 4, 2, points, (F(0), F(1)))


def test_mesh_respects_its_budget() -> None:
    f = families.stunted_tent("0.8249")
    with pytest.raises(BudgetExceeded, match="more than 3 pieces"):
        mesh(f, 4, 2, Budget(3))


def test_a_two_cycle_at_infinity_is_a_refutation_there() -> None:
    found = mesh(PiecewiseLinear([(0, 0)], slopes=(F(-1, 2), F(-1, 2))), 1, 2, Budget())
    assert found.point in (INF, NEG_INF)  # type: ignore[union-attr]


# Witnesses


def verify_witness(f: oracle.Map, found: Witness) -> None:
    """The strict inequality at x and all over the interval; and not at its finite ends inside the domain."""
    x = fraction(found.x)
    lo, hi = (outside(end) for end in found.interval)
    assert lo <= x <= hi

    def holds(point: Fraction) -> bool:
        return oracle.odd_return(f, found.level, found.n, point, found.side, strict=True)

    assert holds(x)
    for end, of_domain in zip((lo, hi), oracle.ends(f), strict=True):
        if isinstance(end, F):
            assert holds(end) <= (end == of_domain)
        else:
            assert end == of_domain
    within = [(x * (16 - k) + end * k) / 16 for end in (lo, hi) if isinstance(end, F) for k in range(16)]
    within += [x + (k if end > 0 else -k) for end in (lo, hi) if not isinstance(end, F) for k in (1, 10, 1000)]
    for point in within:
        assert holds(point), (point, found)


@given(st.one_of(self_maps(), far_maps()), st.sampled_from([(0, 3), (0, 5), (1, 3), (0, 7), (2, 3)]))
@few(400)
def test_witnesses_hold_on_all_of_their_interval(f: oracle.Map, kind: tuple[int, int]) -> None:
    level, n = kind
    found = Search(build(f)).witness(level, n)
    if found is not None:
        assert (found.level, found.n) == (level, n)
        assert oracle.ends(f)[0] <= fraction(found.x) <= oracle.ends(f)[1]
        verify_witness(f, found)


@pytest.mark.parametrize("seed", range(12))
def test_witnesses_of_random_networks(seed: int) -> None:
    f = families.rnn(16, 256.0, seed).to_piecewise_linear()
    for level, n in ((0, 3), (0, 5), (1, 3), (2, 3)):
        found = Search(f).witness(level, n)
        if found is not None:
            verify_witness(read(f), found)


def test_some_random_networks_have_witnesses_at_level_zero_and_one() -> None:
    """The tests above would pass on a search that never finds anything."""
    maps = [families.rnn(16, 256.0, seed).to_piecewise_linear() for seed in range(40)]
    assert sum(Search(f).witness(0, 3) is not None for f in maps) >= 4
    assert sum(Search(f).witness(1, 3) is not None for f in maps) >= 1


@given(self_maps(4), st.sampled_from([(1, 3), (2, 3), (1, 5)]), st.data())
@few(250)
def test_the_side_on_which_a_point_moves(f: oracle.Map, kind: tuple[int, int], data: st.DataObject) -> None:
    m, n = kind
    x = data.draw(st.sampled_from(samples(f)))
    points = oracle.orbit(f, x, m * n)
    first, last = points[m], points[m * n]
    expected = "right" if last < x < first else "left" if last > x > first else None
    assert moves(build(f), m, n, rational(x)) == expected


def test_the_tent_s_witness_is_simple_and_its_interval_known() -> None:
    """On [3/8, 1/2] f^3 falls from 1 to 0: 4 - 8 x = x at 4/9. On [1/2, 5/8] it rises again: 8 x - 4 = x at 4/7."""
    f = families.tent()
    found = Search(f).witness(0, 3)
    assert found is not None
    assert (found.x, found.side) == (Q(1, 2), "right")
    verify_witness(read(f), found)
    assert found.interval == (Q(4, 9), Q(4, 7))


def test_around_gives_the_simplest_number_of_the_interval() -> None:
    f = families.tent()
    found = Search(f).around(0, 3, Q(46, 100), "right")
    assert found == Witness(0, 3, Q(1, 2), "right", (Q(4, 9), Q(4, 7)))


@given(self_maps(3), st.data())
@few(100)
def test_least_periods_of_points(f: oracle.Map, data: st.DataObject) -> None:
    x = data.draw(st.sampled_from(samples(f)))
    assert least_period(build(f), rational(x), 8) == oracle.least_period(f, x, 8)
