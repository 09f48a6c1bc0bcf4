"""Points of a least period and the set of periods: brute force, Moebius inversion and Sharkovsky's examples."""

from __future__ import annotations

import math
import time
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from certify import families
from certify.decision.budget import Budget
from certify.decision.cycles import Cycles, cycles_of, periods_of
from certify.decision.sharkovsky import forces
from certify.errors import BudgetExceeded, NotInvariantError
from certify.piecewise import PiecewiseLinear
from tests import oracle
from tests.strategies import build, few, interval_maps, line_maps, opened, read, unit_maps

F = Fraction

REFLECTION = PiecewiseLinear([(0, 1), (1, 0)])
FIVE = PiecewiseLinear([(F(i - 1, 4), F(y - 1, 4)) for i, y in enumerate((3, 5, 4, 2, 1), start=1)])
"""1 -> 3 -> 4 -> 2 -> 5 -> 1, moved to [0, 1]: the classical map with period 5 and not 3."""


def line(knots: list[tuple[int, int]], *slopes: Fraction | int) -> PiecewiseLinear:
    return PiecewiseLinear(knots, slopes)


def cycles(f: PiecewiseLinear, period: int) -> Cycles:
    return cycles_of(f, period, Budget(50_000))


def doubled(f: PiecewiseLinear) -> PiecewiseLinear:
    """The map F with F(F(x)) = f(x) on the first third: its periods are 1 and twice those of f."""
    third = [(x / 3, (y + 2) / 3) for x, y in f.knots]
    return PiecewiseLinear([*third, (F(2, 3), 0), (1, F(1, 3))])


def verify(f: oracle.Map, period: int, found: Cycles) -> None:
    """Every statement of the answer, replayed; the completeness is the oracle's comparison in the tests below."""
    assert found.period == period
    assert list(found.points) == sorted(set(found.points))
    turns = oracle.turning(f)
    for orbit in found.orbits:
        assert len(orbit.points) == period
        assert orbit.points[0] == min(orbit.points)
        assert oracle.orbit(f, orbit.points[0], period) == (*orbit.points, orbit.points[0])
        assert oracle.least_period(f, orbit.points[0], period) == period
        assert orbit.itinerary == tuple(sum(t < x for t in turns) for x in orbit.points)
    assert sorted(x for orbit in found.orbits for x in orbit.points) == list(found.points)
    starts = [orbit.points[0] for orbit in found.orbits]
    assert starts == sorted(starts)
    for a, b in found.intervals:
        assert a is None or b is None or a < b
        inside = oracle.between(-math.inf if a is None else a, math.inf if b is None else b)
        assert oracle.least_period(f, inside, period) == period
        for end in (a, b):
            if end is not None:
                assert (oracle.least_period(f, end, period) == period) is (end not in found.excluded)


# Cycles


@given(interval_maps(4), st.integers(1, 6))
@few(250)
def test_cycles_of_random_maps_of_an_interval(f: oracle.Map, period: int) -> None:
    check(f, period)


@given(line_maps(3), st.integers(1, 6))
@few(250)
def test_cycles_of_random_maps_of_the_line(f: oracle.Map, period: int) -> None:
    check(f, period)


def check(f: oracle.Map, period: int) -> None:
    try:
        expected = oracle.points_of_period(f, period, cap=1200)
    except oracle.TooManyPieces:
        assume(False)
    found = cycles(build(f), period)
    verify(f, period, found)
    assert found.points == expected.points
    assert found.intervals == tuple(map(opened, expected.intervals))
    assert found.excluded == expected.excluded
    assert bool(found) is bool(expected)


def affine(left: Fraction | int, *rest: Fraction | int) -> PiecewiseLinear:
    """A map of [0, 1] through equally spaced values."""
    values = (left, *rest)
    return PiecewiseLinear([(F(i, len(rest)), y) for i, y in enumerate(values)])


@pytest.mark.parametrize(
    ("f", "period", "points", "intervals", "excluded"),
    [
        (REFLECTION, 1, [F(1, 2)], [], []),
        (REFLECTION, 2, [], [(0, F(1, 2)), (F(1, 2), 1)], [F(1, 2)]),
        (REFLECTION, 3, [], [], []),
        (REFLECTION, 4, [], [], []),
        (affine(0, 1), 1, [], [(0, 1)], []),
        (affine(0, 1), 2, [], [], []),
        (line([(0, 0)], -1, -1), 2, [], [(None, 0), (0, None)], [0]),
        (line([(0, 0)], -1, -1), 4, [], [], []),
        (line([(0, 0)], 1, 1), 1, [], [(None, None)], []),
        (line([(0, 1)], 1, 1), 1, [], [], []),
        (line([(0, 0)], -2, F(-1, 2)), 2, [], [(None, 0), (0, None)], [0]),
        (line([(0, 0)], -2, -2), 2, [], [], []),
        (line([(0, 0)], -2, -2), 1, [0], [], []),
        (line([(0, 0)], -1, 1), 1, [], [(0, None)], []),
        (PiecewiseLinear([(0, 1), (1, 1)]), 1, [1], [], []),
        # Two intervals change places by a translation: 2-cycles up to both ends, one fixed point between.
        (PiecewiseLinear([(0, 2), (1, 3), (2, 0), (3, 1)]), 2, [], [(0, 1), (2, 3)], []),
        (PiecewiseLinear([(0, 3), (1, 2), (2, 1), (3, 0)]), 2, [], [(0, F(3, 2)), (F(3, 2), 3)], [F(3, 2)]),
        # Two intervals change places and the second iterate is x -> 1 - x on the first: period 4 but for its middle.
        (PiecewiseLinear([(0, 2), (1, 3), (2, 1), (3, 0)]), 4, [],
         [(0, F(1, 2)), (F(1, 2), 1), (2, F(5, 2)), (F(5, 2), 3)], [F(1, 2), F(5, 2)]),
        (PiecewiseLinear([(0, 2), (1, 3), (2, 1), (3, 0)]), 2, [F(1, 2), F(5, 2)], [], []),
    ],
    ids=str,
)  # fmt: skip
def test_cycles_in_closed_form(
    f: PiecewiseLinear, period: int, points: list[Fraction], intervals: list[tuple], excluded: list[Fraction]
) -> None:
    found = cycles(f, period)
    assert (list(found.points), list(found.intervals), list(found.excluded)) == (points, intervals, excluded)
    verify(read(f), period, found)
    assert bool(found) is bool(points or intervals)


def moebius(n: int) -> int:
    if n == 1:
        return 1
    p = next(p for p in range(2, n + 1) if n % p == 0)
    return 0 if n // p % p == 0 else -moebius(n // p)


@pytest.mark.parametrize("period", range(1, 11))
def test_the_tent_has_as_many_points_as_moebius_says(period: int) -> None:
    """f^d has 2^d fixed points, so sum of mu(P/d) 2^d over d | P of them have least period P."""
    count = sum(moebius(period // d) * 2**d for d in range(1, period + 1) if period % d == 0)
    found = cycles(families.tent(), period)
    assert len(found.points) == count
    assert len(found.orbits) == count // period
    assert not found.intervals
    assert not found.excluded
    verify(read(families.tent()), period, found)
    itineraries = {orbit.itinerary for orbit in found.orbits}
    assert len(itineraries) == len(found.orbits)


def test_the_orbits_of_the_tent_of_period_three() -> None:
    found = cycles(families.tent(), 3)
    assert [(orbit.points, orbit.itinerary) for orbit in found.orbits] == [
        ((F(2, 9), F(4, 9), F(8, 9)), (0, 0, 1)),
        ((F(2, 7), F(4, 7), F(6, 7)), (0, 1, 1)),
    ]


@pytest.mark.parametrize("period", [0, -1])
def test_a_period_is_at_least_one(period: int) -> None:
    with pytest.raises(ValueError, match="at least 1"):
        cycles(families.tent(), period)


def test_a_map_that_leaves_its_domain_has_no_cycles_asked_for() -> None:
    f = PiecewiseLinear([(0, 0), (1, 2)])
    with pytest.raises(NotInvariantError):
        cycles(f, 1)
    with pytest.raises(NotInvariantError):
        periods_of(f, 3, Budget())


def test_pieces_and_time_that_run_out_are_an_error() -> None:
    with pytest.raises(BudgetExceeded, match="100 pieces"):
        cycles_of(families.tent(), 40, Budget(100))
    with pytest.raises(BudgetExceeded, match="time limit"):
        cycles_of(families.tent(), 3, Budget(100, time_limit=5.0, started=time.monotonic() - 60))


# Periods


def present(f: PiecewiseLinear, up_to: int) -> list[int]:
    found = periods_of(f, up_to, Budget(20_000))
    assert found.undecided == ()
    assert found.up_to == up_to
    assert sorted(found.present + found.absent) == list(range(1, up_to + 1))
    assert list(found.present) == sorted(found.present)
    if found.present:
        assert found.forces in found.present
        assert all(forces(found.forces, k) for k in found.present)
    else:
        assert found.forces == 0
    return list(found.present)


@given(st.one_of(unit_maps(4), line_maps(3)))
@few(120)
def test_periods_of_random_maps(f: oracle.Map) -> None:
    try:
        expected = [n for n in range(1, 8) if oracle.points_of_period(f, n, cap=900)]
    except oracle.TooManyPieces:
        assume(False)
    assert present(build(f), 7) == expected


PERIODS = {
    "the tent": (families.tent(), 20, range(1, 21)),
    "a knot of period 3": (PiecewiseLinear([(0, "1/2"), ("1/2", 1), (1, 0)]), 12, range(1, 13)),
    "period 5 and not 3": (FIVE, 12, [1, 2, *range(4, 13)]),
    "period 6 and no odd one": (doubled(families.tent()), 14, [1, 2, 4, 6, 8, 10, 12, 14]),
    "period 10 and not 6": (doubled(FIVE), 14, [1, 2, 4, 8, 10, 12, 14]),
    "period 12 and not 6": (doubled(doubled(families.tent())), 26, [1, 2, 4, 8, 12, 16, 20, 24]),
    "period 2 and not 4": (doubled(PiecewiseLinear([(0, 0), (1, "1/2")])), 9, [1, 2]),
    "period 4 and not 8": (doubled(doubled(PiecewiseLinear([(0, 0), (1, "1/2")]))), 9, [1, 2, 4]),
    "a constant": (PiecewiseLinear([(0, 1), (1, 1)]), 5, [1]),
    "1 - x": (REFLECTION, 9, [1, 2]),
    "x": (affine(0, 1), 9, [1]),
    "a stunted tent of level 1": (families.stunted_tent("0.7"), 9, [1, 2]),
    "a stunted tent of level 2": (families.stunted_tent("0.82"), 9, [1, 2, 4]),
    "a stunted tent of level 3": (families.stunted_tent("0.824"), 17, [1, 2, 4, 8]),
    "x + 1 on the line": (line([(0, 1)], 1, 1), 6, []),
    "above the diagonal on the line": (line([(0, 1)], F(1, 2), 2), 6, []),
    "-x on the line": (line([(0, 0)], -1, -1), 6, [1, 2]),
    "-x/2 on the line": (line([(0, 0)], F(-1, 2), F(-1, 2)), 6, [1]),
    "-2x on the line": (line([(0, 0)], -2, -2), 6, [1]),
    "-2x, then -x/2, on the line": (line([(0, 0)], -2, F(-1, 2)), 6, [1, 2]),
    "x on the line": (line([(0, 0)], 1, 1), 6, [1]),
    "2x on the line": (line([(0, 0)], 2, 2), 6, [1]),
    "a tent on the line": (PiecewiseLinear([("1/2", 1)], slopes=(2, -2)), 9, range(1, 10)),
    "0 on the line": (line([(0, 0)], 0, 0), 4, [1]),
}


@pytest.mark.parametrize("name", PERIODS)
def test_periods(name: str) -> None:
    f, up_to, expected = PERIODS[name]
    assert present(f, up_to) == list(expected)


@pytest.mark.parametrize("n", [3, 5, 6, 7, 9, 10, 12, 14, 20])
def test_every_period_has_a_map_on_which_it_is_the_strongest(n: int) -> None:
    """For odd n Stefan's cycle, whose linear map has no stronger period (Stefan 1977); doubled as often as needed."""
    q, f = n, None
    while q % 2 == 0:
        q //= 2
    middle = (q + 1) // 2
    # The orbit visits the points beside the middle in turns, further and further out, and returns from 1.
    orbit = [middle]
    for k in range(1, middle):
        orbit += [middle + k, middle - k]
    image = dict(zip(orbit, [*orbit[1:], orbit[0]], strict=True))
    f = PiecewiseLinear([(F(i - 1, q - 1), F(image[i] - 1, q - 1)) for i in range(1, q + 1)])
    while q < n:
        f, q = doubled(f), 2 * q
    found = periods_of(f, n, Budget(20_000))
    assert found.forces == n
    assert list(found.present) == [k for k in range(1, n + 1) if forces(n, k)]
    assert oracle.least_period(read(f), F(0), n) == n


@pytest.mark.parametrize("up_to", [0, -3])
def test_the_largest_period_asked_for_is_at_least_one(up_to: int) -> None:
    with pytest.raises(ValueError, match="at least 1"):
        periods_of(families.tent(), up_to, Budget())


@pytest.mark.parametrize(
    "f", [FIVE, families.stunted_tent("0.8249"), line([(0, 0)], -1, -1)], ids=["period 5", "a cascade", "-x"]
)
@pytest.mark.parametrize("pieces", [0, 1, 3])
def test_what_the_budget_does_not_decide_is_listed(f: PiecewiseLinear, pieces: int) -> None:
    found = periods_of(f, 8, Budget(pieces))
    assert sorted(found.present + found.absent + found.undecided) == list(range(1, 9))
    assert found.undecided or pieces > 1
    for n in range(1, 9):
        truth = bool(oracle.points_of_period(read(f), n, cap=6000))
        assert n not in found.present or truth
        assert n not in found.absent or not truth


def test_the_words_for_what_lies_beyond() -> None:
    """For 6 = 2 * 3, say, all 2 k with k odd and k >= 3 follow, and all multiples of 4."""
    assert "no period at all" in periods_of(line([(0, 1)], 1, 1), 4, Budget()).beyond
    assert periods_of(REFLECTION, 4, Budget()).beyond == "nothing is forced"
    tent = families.tent()
    for f, n in ((tent, 3), (FIVE, 5), (doubled(tent), 6), (doubled(doubled(tent)), 12)):
        found = periods_of(f, 12, Budget())
        assert found.forces == n
        j, q = (n & -n).bit_length() - 1, n // (n & -n)
        assert f">= {q}" in found.beyond
        assert f"every multiple of {2 << j}" in found.beyond
        assert all(forces(n, k) for k in range(2 << j, 200, 2 << j))
