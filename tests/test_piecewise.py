"""Piecewise-linear maps against the oracle: canonical form, evaluation, composition, iterates, images, fixed points."""

from __future__ import annotations

import dataclasses
import pickle
from fractions import Fraction
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from certify.errors import BudgetExceeded, DomainError, InputError, NotInvariantError
from certify.numbers import INF, NEG_INF, Q, fraction, rational
from certify.piecewise import FixedPoints, PiecewiseLinear
from tests import oracle
from tests.optional import require
from tests.strategies import (
    any_interval_maps,
    build,
    far_maps,
    few,
    inside,
    interval_maps,
    line_maps,
    opened,
    outside,
    read,
    samples,
    self_maps,
    unit_maps,
)

F = Fraction
REFUSAL = r"strictly increasing|an interval needs two knots|to unpack|not a"
maps = st.one_of(any_interval_maps(), line_maps(), far_maps())

TENT = PiecewiseLinear([(0, 0), ("1/2", 1), (1, 0)])
IDENTITY = PiecewiseLinear([(0, 0), (1, 1)])


def same(f: PiecewiseLinear, expected: oracle.Map) -> bool:
    """Whether the map is the oracle's, knot by knot, in canonical form."""
    return read(f) == oracle.canonical(expected)


# Construction and canonical form


@given(maps)
@few(150)
def test_the_map_goes_through_its_knots_and_is_affine_between(given_map: oracle.Map) -> None:
    f = build(given_map)
    for x in samples(given_map):
        assert f(x) == oracle.value(given_map, x)
        assert type(f(x)) is Fraction


@given(maps)
@few(150)
def test_false_knots_are_dropped(given_map: oracle.Map) -> None:
    f = build(given_map)
    assert same(f, given_map)
    slopes = [s for _, _, s, _ in oracle.pieces(given_map)]
    assert f.pieces == 1 + sum(s != t for s, t in pairwise(slopes))
    assert len(f.slopes) == len(f.intercepts) == len(f.breaks) + 1
    assert all(s != t for s, t in pairwise(f.slopes))
    assert all(a < b for a, b in pairwise(f.corners))


@given(maps, st.data())
@few(100)
def test_the_same_function_is_the_same_object_however_it_is_written(given_map: oracle.Map, data: st.DataObject) -> None:
    more = data.draw(st.lists(st.sampled_from(samples(given_map)), max_size=6))
    knots = {x: oracle.value(given_map, x) for x in [*more, *(x for x, _ in given_map.knots)]}
    f, g = build(given_map), PiecewiseLinear(sorted(knots.items()), given_map.slopes)
    assert f == g
    assert hash(f) == hash(g)
    assert repr(f) == repr(g)
    assert len({f, g}) == 1


@given(maps, maps)
@few(200)
def test_equality_is_equality_of_functions(one: oracle.Map, other: oracle.Map) -> None:
    points = sorted({*samples(one), *samples(other)})
    alike = oracle.ends(one) == oracle.ends(other)
    alike = alike and all(oracle.value(one, x) == oracle.value(other, x) for x in points)
    assert (build(one) == build(other)) is alike


def test_maps_that_differ_only_in_one_place_differ() -> None:
    assert PiecewiseLinear([(0, 0), (1, 1)]) != PiecewiseLinear([(0, 0), (2, 2)])
    assert PiecewiseLinear([(0, 0), (1, 1)]) != PiecewiseLinear([(0, 0)], slopes=(1, 1))
    assert PiecewiseLinear([(0, 0)], slopes=(1, 2)) != PiecewiseLinear([(0, 0)], slopes=(2, 1))
    assert PiecewiseLinear([(0, 0)], slopes=(1, 1)) == PiecewiseLinear([(5, 5), (7, 7)], slopes=(1, 1))


def test_an_affine_map_of_the_line_has_the_knot_at_zero() -> None:
    f = PiecewiseLinear([(3, 8), (5, 12)], slopes=(2, 2))
    assert f.knots == ((0, 2),)
    assert f.pieces == 1
    assert f.domain is None


BAD_MAPS: dict[str, tuple[Any, Any]] = {
    "no knot": ([], None),
    "one knot on an interval": ([(0, 0)], None),
    "no knot on the line": ([], (1, 1)),
    "x stands twice": ([(0, 0), (0, 1)], None),
    "x decreases": ([(1, 0), (0, 1)], None),
    "x stands twice on the line": ([(0, 0), (0, 0)], (1, 1)),
    "one slope": ([(0, 0)], (1,)),
    "three slopes": ([(0, 0)], (1, 2, 3)),
    "no slope in the pair": ([(0, 0), (1, 1)], ()),
    "a coordinate is no number": ([(0, "zero"), (1, 1)], None),
    "a coordinate is not finite": ([(0, float("nan")), (1, 1)], None),
    "a coordinate is a truth value": ([(False, True), (1, 1)], None),
    "a slope is infinite": ([(0, 0)], (1, float("inf"))),
    "a point of three numbers": ([(0, 0, 0), (1, 1)], None),
    "a point of one number": ([(0,), (1, 1)], None),
}


@pytest.mark.parametrize("defect", BAD_MAPS)
def test_what_makes_no_map_is_refused(defect: str) -> None:
    knots, slopes = BAD_MAPS[defect]
    with pytest.raises(ValueError, match=REFUSAL):
        PiecewiseLinear(knots, slopes)


def test_a_float_coordinate_is_the_dyadic_number_that_it_is() -> None:
    f = PiecewiseLinear([(0.0, 0.1), (1, "0.1")])
    assert f(0) == F(0.1) != F(1, 10) == f(1)


def test_maps_do_not_change() -> None:
    for field in ("ends", "breaks", "slopes", "intercepts"):
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(TENT, field, ())
    assert isinstance(TENT.breaks, tuple)
    assert isinstance(TENT.knots, tuple)
    source = [[0, 0], [1, 1]]
    f = PiecewiseLinear(source)
    source[1][1] = 5
    source.append([2, 2])
    assert f == IDENTITY


@given(maps)
@few(40)
def test_maps_survive_pickling(given_map: oracle.Map) -> None:
    f = build(given_map)
    assert f.turning is f.turning  # computed once, and none of it must hurt the copy
    copy = pickle.loads(pickle.dumps(f))
    assert copy == f
    assert hash(copy) == hash(f)
    assert copy.fixed_points() == f.fixed_points()


@given(maps)
@few(60)
def test_repr_is_python_for_the_same_map(given_map: oracle.Map) -> None:
    f = build(given_map)
    assert eval(repr(f), {"PiecewiseLinear": PiecewiseLinear}) == f


def test_repr_of_a_long_map_is_short() -> None:
    f = TENT.iterate(9)
    assert len(f.knots) == 513
    assert "505 more" in repr(f)
    assert len(repr(f)) < 400


# Evaluation


@given(any_interval_maps())
@few(40)
def test_outside_the_interval_there_is_no_value(given_map: oracle.Map) -> None:
    f = build(given_map)
    lo, hi = oracle.ends(given_map)
    assert f.domain == (lo, hi)
    assert (f(lo), f(hi)) == (given_map.knots[0][1], given_map.knots[-1][1])
    for x in (lo - F(1, 10**30), hi + F(1, 10**30), lo - 1, hi + 1):
        with pytest.raises(DomainError, match="outside the domain"):
            f(x)


@given(line_maps())
@few(80)
def test_limits_at_the_ends_of_the_line(given_map: oracle.Map) -> None:
    f = build(given_map)
    assert f.domain is None
    assert outside(f.at(NEG_INF)) == oracle.limit(given_map, float("-inf"))
    assert outside(f.at(INF)) == oracle.limit(given_map, float("inf"))


@given(self_maps(), st.fractions(0, 1, max_denominator=30), st.integers(0, 8))
@few(80)
def test_orbits(given_map: oracle.Map, where: Fraction, steps: int) -> None:
    lo, hi = (x for x, _ in (given_map.knots[0], given_map.knots[-1]))
    x = lo + where * (hi - lo)
    assert build(given_map).orbit(x, steps) == oracle.orbit(given_map, x, steps)
    assert tuple(map(fraction, build(given_map).trajectory(rational(x), steps))) == oracle.orbit(given_map, x, steps)


def test_an_orbit_that_leaves_the_domain_is_an_error() -> None:
    f = PiecewiseLinear([(0, 0), (1, 2)])
    assert f.orbit(F(1, 4), 2) == (F(1, 4), F(1, 2), 1)
    with pytest.raises(DomainError):
        f.orbit(F(1, 4), 4)


# Composition, iterates, restriction


@given(self_maps(4), st.data())
@few(150)
def test_composition_is_the_oracle_s_and_agrees_at_every_point(outer: oracle.Map, data: st.DataObject) -> None:
    line = outer.slopes is not None
    inner = data.draw(line_maps() if line else interval_maps())
    lo, hi = oracle.ends(outer)
    assume(line or all(lo <= y <= hi for _, y in inner.knots))
    f, g = build(outer), build(inner)
    composed = f.compose(g)
    assert composed == f @ g
    assert same(composed, oracle.compose(outer, inner))
    for x in samples(inner):
        assert composed(x) == f(g(x))


@given(unit_maps(), unit_maps(), unit_maps())
@few(100)
def test_composition_is_associative_on_an_interval(a: oracle.Map, b: oracle.Map, c: oracle.Map) -> None:
    f, g, h = build(a), build(b), build(c)
    assert (f @ g) @ h == f @ (g @ h)
    assert f @ IDENTITY == f == IDENTITY @ f


@given(line_maps(), line_maps(), line_maps())
@few(150)
def test_composition_is_associative_on_the_line(a: oracle.Map, b: oracle.Map, c: oracle.Map) -> None:
    f, g, h = build(a), build(b), build(c)
    assert (f @ g) @ h == f @ (g @ h)
    assert f @ PiecewiseLinear.identity() == f == PiecewiseLinear.identity() @ f
    assert same(f @ g, oracle.compose(a, b))


def test_a_map_of_the_line_takes_any_inner_map() -> None:
    absolute = PiecewiseLinear([(0, 0)], slopes=(-1, 1))
    inner = PiecewiseLinear([(0, -1), (2, 1)])
    assert absolute @ inner == PiecewiseLinear([(0, 1), (1, 0), (2, 1)])


@pytest.mark.parametrize(
    ("outer", "inner"),
    [
        (TENT, PiecewiseLinear([(0, 0), (1, F(1000001, 1000000))])),
        (TENT, PiecewiseLinear([(0, 0), (F(1, 2), -1), (1, 0)])),
        (TENT, PiecewiseLinear([(0, 0)], slopes=(1, 1))),
        (TENT, PiecewiseLinear([(0, 0), (1, 1)], slopes=(0, F(1, 100)))),
    ],
    ids=["a little too high", "too low inside", "the line", "one end of the line"],
)
def test_a_composition_that_does_not_fit_is_refused(outer: PiecewiseLinear, inner: PiecewiseLinear) -> None:
    with pytest.raises(DomainError, match="outside the domain"):
        outer.compose(inner)


def test_a_bounded_map_of_the_line_fits_into_an_interval() -> None:
    clipped = PiecewiseLinear([(0, 0), (1, 1)], slopes=(0, 0))
    assert TENT @ clipped == PiecewiseLinear([(0, 0), (F(1, 2), 1), (1, 0)], slopes=(0, 0))


@given(st.one_of(self_maps(3), far_maps(3)), st.integers(0, 5))
@few(150)
def test_iterates_are_the_oracle_s(given_map: oracle.Map, t: int) -> None:
    try:
        expected = oracle.iterate(given_map, t, cap=1500)
    except oracle.TooManyPieces:
        assume(False)
    assert same(build(given_map).iterate(t), expected)


@given(self_maps(2), st.integers(0, 4), st.integers(0, 4))
@few(60)
def test_iterates_add_up(given_map: oracle.Map, s: int, t: int) -> None:
    f = build(given_map)
    assert f.iterate(s) @ f.iterate(t) == f.iterate(s + t)


@pytest.mark.parametrize("t", range(11))
def test_iterates_of_the_tent_have_two_to_the_t_pieces(t: int) -> None:
    f = TENT.iterate(t)
    assert f.pieces == 2**t
    assert all(y == i % 2 for i, (_, y) in enumerate(f.knots)) or t == 0


def test_the_pieces_of_the_map_with_a_three_cycle_of_knots_grow_like_fibonacci() -> None:
    """0 -> 1/2 -> 1 -> 0: every lap of f^t over [1/2, 1] gives two, every other one, so the numbers are Fibonacci's."""
    f = PiecewiseLinear([(0, "1/2"), ("1/2", 1), (1, 0)])
    fibonacci = [1, 2]
    while len(fibonacci) < 13:
        fibonacci.append(fibonacci[-1] + fibonacci[-2])
    laps = [len(f.iterate(t).turning[0]) + 1 for t in range(13)]
    assert laps == fibonacci


def test_an_iterate_needs_a_self_map_and_a_count() -> None:
    with pytest.raises(DomainError):
        PiecewiseLinear([(0, 0), (1, 2)]).iterate(2)
    with pytest.raises(ValueError, match="t >= 0"):
        TENT.iterate(-1)


def test_a_budget_of_pieces_stops_a_composition() -> None:
    assert TENT.iterate(10, max_pieces=1024).pieces == 1024
    with pytest.raises(BudgetExceeded, match="1023 pieces"):
        TENT.iterate(10, max_pieces=1023)
    with pytest.raises(BudgetExceeded, match="100 pieces"):
        TENT.iterate(10**6, max_pieces=100)
    with pytest.raises(BudgetExceeded):
        TENT.compose(TENT, max_pieces=3)


@given(maps, st.data())
@few(120)
def test_a_restriction_is_the_same_map_on_less(given_map: oracle.Map, data: st.DataObject) -> None:
    a, b = sorted(data.draw(st.lists(st.sampled_from(samples(given_map)), min_size=2, max_size=2, unique=True)))
    f = build(given_map)
    part = f.restrict(a, b)
    knots = {a: oracle.value(given_map, a), b: oracle.value(given_map, b)}
    knots |= {x: y for x, y in given_map.knots if a < x < b}
    assert same(part, oracle.Map(tuple(sorted(knots.items()))))
    assert part.domain == (a, b)
    assert part.restrict(a, b) == part


@pytest.mark.parametrize(("a", "b"), [(F(1, 2), F(1, 2)), (1, 0), (-1, 1), (0, 2), (F(1, 2), F(1, 4)), (2, 3)])
def test_a_restriction_to_no_interval_is_refused(a: Fraction, b: Fraction) -> None:
    with pytest.raises(DomainError, match="no interval inside"):
        TENT.restrict(a, b)
    with pytest.raises(DomainError, match="no interval inside"):
        TENT.image(a, b)


# Turning points and images


@given(maps)
@few(150)
def test_turning_points(given_map: oracle.Map) -> None:
    turns, heights = build(given_map).turning
    expected = oracle.turning(given_map)
    assert [fraction(t) for t in turns] == expected
    assert [fraction(y) for y in heights] == [oracle.value(given_map, t) for t in expected]


@given(maps, st.data())
@few(200)
def test_images_of_intervals(given_map: oracle.Map, data: st.DataObject) -> None:
    f = build(given_map)
    points: list[oracle.Number] = [*samples(given_map), *oracle.ends(given_map)]
    a, b = sorted(data.draw(st.lists(st.sampled_from(points), min_size=2, max_size=2)))
    lo, hi = oracle.image(given_map, a, b)
    assert tuple(map(outside, f.hull(inside(a), inside(b)))) == (lo, hi)
    if a < b:
        ends = opened((a, b))
        assert f.image(*ends) == opened((lo, hi))
    assert f.image() == opened(oracle.image(given_map, *oracle.ends(given_map)))


@pytest.mark.parametrize(
    ("slopes", "image"),
    [((1, 1), (None, None)), ((-1, -1), (None, None)), ((0, 1), (5, None)), ((1, -1), (None, 5)), ((-1, 1), (5, None)),
     ((0, 0), (5, 5)), ((-2, 0), (5, None)), ((0, -1), (None, 5))],
)  # fmt: skip
def test_images_of_the_line(slopes: tuple[int, int], image: tuple[int | None, int | None]) -> None:
    assert PiecewiseLinear([(3, 5)], slopes=slopes).image() == image


@given(self_maps(), st.data())
@few(80)
def test_itineraries_count_the_turning_points_on_the_left(given_map: oracle.Map, data: st.DataObject) -> None:
    x = data.draw(st.sampled_from(samples(given_map)))
    turns = oracle.turning(given_map)
    expected = tuple(sum(t < y for t in turns) for y in oracle.orbit(given_map, x, 4))
    assert build(given_map).itinerary(x, 5) == expected
    assert build(given_map).itinerary(x, 0) == ()


# Fixed points


@given(maps)
@few(250)
def test_fixed_points_and_intervals(given_map: oracle.Map) -> None:
    expected = oracle.fixed_set(given_map)
    found = build(given_map).fixed_points()
    assert found == FixedPoints(expected.points, tuple(map(opened, expected.intervals)))
    assert all(oracle.value(given_map, x) == x for x in found.points)


@given(self_maps(3))
@few(80)
def test_fixed_points_of_iterates(given_map: oracle.Map) -> None:
    expected = oracle.fixed_set(oracle.iterate(given_map, 3))
    found = build(given_map).iterate(3).fixed_points()
    assert found == FixedPoints(expected.points, tuple(map(opened, expected.intervals)))


@pytest.mark.parametrize(
    ("f", "points", "intervals"),
    [
        (TENT, (0, F(2, 3)), ()),
        (IDENTITY, (), ((0, 1),)),
        (PiecewiseLinear.identity(), (), ((None, None),)),
        (PiecewiseLinear([(0, 1)], slopes=(1, 1)), (), ()),
        (PiecewiseLinear([(0, 0)], slopes=(1, 2)), (), ((None, 0),)),
        (PiecewiseLinear([(0, 0)], slopes=(-1, 1)), (), ((0, None),)),
        (PiecewiseLinear([(0, 0)], slopes=(2, -1)), (0,), ()),
        (PiecewiseLinear([(0, 0), (1, 1), (2, 1), (3, 3)]), (3,), ((0, 1),)),
        (PiecewiseLinear([(0, 0), (1, 1), (2, 1), (3, 3), (4, 4)]), (), ((0, 1), (3, 4))),
        (PiecewiseLinear([(0, 1), (1, 1), (2, 1)]), (1,), ()),
        (PiecewiseLinear([(0, 0), (1, F(1, 2)), (2, 2)]), (0, 2), ()),
    ],
    ids=str,
)
def test_fixed_points_in_closed_form(f: PiecewiseLinear, points: tuple, intervals: tuple) -> None:
    assert f.fixed_points() == FixedPoints(points, intervals)


# Self-maps


@given(any_interval_maps())
@few(100)
def test_a_map_that_leaves_its_domain_names_a_point_that_does(given_map: oracle.Map) -> None:
    f = build(given_map)
    lo, hi = oracle.ends(given_map)
    assert f.is_self_map() is oracle.is_self_map(given_map)
    if f.is_self_map():
        f.require_self_map()
        assert f.escape() is None
        return
    with pytest.raises(NotInvariantError, match="into itself") as caught:
        f.require_self_map()
    error = caught.value
    assert lo <= error.point <= hi
    assert error.value == oracle.value(given_map, error.point)
    assert not lo <= error.value <= hi
    assert isinstance(error, InputError)
    assert "\n" not in str(error)


@given(line_maps())
@few(20)
def test_every_map_of_the_line_is_a_self_map(given_map: oracle.Map) -> None:
    assert build(given_map).is_self_map()
    build(given_map).require_self_map()


# sympy


@given(maps)
@few(25)
def test_sympy_agrees_at_knots_and_between(given_map: oracle.Map) -> None:
    sympy = require("sympy")
    x = sympy.Symbol("t", real=True)
    expression = build(given_map).to_sympy(x)
    for point in samples(given_map):
        value = expression.subs(x, sympy.Rational(point.numerator, point.denominator))
        expected = oracle.value(given_map, point)
        assert value == sympy.Rational(expected.numerator, expected.denominator)


def test_sympy_has_no_value_outside_the_interval() -> None:
    sympy = require("sympy")
    expression = TENT.to_sympy()
    (x,) = expression.free_symbols
    assert expression.subs(x, -1) is sympy.nan
    assert expression.subs(x, sympy.Rational(3, 2)) is sympy.nan
    assert expression.subs(x, 1) == 0
    affine = PiecewiseLinear([(0, 1)], slopes=(2, 2)).to_sympy()
    (x,) = affine.free_symbols
    assert sympy.expand(affine - 2 * x - 1) == 0


def test_the_tent_map_far_away_is_the_tent_map() -> None:
    """Beyond the range and the precision of doubles nothing changes."""
    scale, shift = Q(10) ** 400, Q(10) ** 800
    big = PiecewiseLinear([(shift, shift), (shift + scale / 2, shift + scale), (shift + scale, shift)])
    third = big.iterate(3)
    assert third.pieces == 8
    assert len(third.fixed_points().points) == 8
    x = fraction(shift + scale * 2 / 7)
    assert third(x) == x != big(x)
