"""Places far along orbits, of which only balls and residues are known, against `fractions.Fraction` and hard cases."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from itertools import pairwise
from math import inf

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from certify.counting import counts, remote
from certify.counting.cutmap import CutMap
from certify.counting.doubles import rounded
from certify.counting.places import Places
from certify.counting.remote import Affine, Ball, ball_around
from certify.families import rnn, tent
from certify.numbers import Infinity, fraction, rational
from certify.piecewise import PiecewiseLinear
from tests import oracle
from tests.strategies import build, few, self_maps

F = Fraction


@contextmanager
def limits(long: int, digits: int = 512, prime: int = 2**61 - 1) -> Iterator[None]:
    """Numbers of more than `long` digits are remote, first balls have so many digits, and residues belong to this prime."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(remote, "LONG", long)
        patch.setattr(remote, "DIGITS", digits)
        patch.setattr(remote, "PRIME", prime)
        yield


def orbit(m: CutMap, x: Fraction, steps: int) -> list[int]:
    """The places of x, f(x), ..., f^steps(x)."""
    found = [m.places.place(rational(x))]
    for _ in range(steps):
        found.append(m.image(found[-1]))
    return found


def position(m: CutMap, x: Fraction) -> int:
    """The code of x among the cuts, by looking at them all."""
    cuts = [fraction(c) for c in m.cuts]
    return 2 * cuts.index(x) + 1 if x in cuts else 2 * sum(c < x for c in cuts)


def assert_places(m: CutMap, points: dict[int, Fraction], pairs: list[tuple[int, int]]) -> None:
    """That these places are these points: codes, doubles, order (of these pairs), and at last the numbers themselves."""
    places = m.places
    for number, x in points.items():
        assert m.code(number) == position(m, x)
    for a, b in pairs:
        assert places.below(a, b) == (points[a] < points[b])
        assert places.below(b, a) == (points[b] < points[a])
    for number, x in points.items():
        assert places.value(number) == rational(x)
        assert places.near[number] == rounded(rational(x))


# Everything small made remote

settings = st.tuples(st.sampled_from([0, 8, 40]), st.sampled_from([1, 4, 64]), st.sampled_from([2, 3, 7, 2**61 - 1]))
"""Limits so small that most places are remote, first balls are too wide, and residues collide or do not exist."""


@given(self_maps(), st.lists(st.fractions(-1, 2, max_denominator=300), min_size=1, max_size=3), settings)
@few(400)
def test_orbits_agree_with_fractions(f: oracle.Map, starts: list[F], chosen: tuple[int, int, int]) -> None:
    lo, hi = oracle.ends(f)
    starts = [x for x in starts if lo <= x <= hi]
    assume(starts)
    with limits(*chosen):
        m = CutMap(build(f), Places())
        points: dict[int, F] = {}
        for start in starts:
            for number, x in zip(orbit(m, start, 12), oracle.orbit(f, start, 12)):
                assert points.setdefault(number, x) == x
        assert len(set(points.values())) == len(points)
        assert_places(m, points, [(a, b) for a in points for b in points])


def preimages(f: oracle.Map, y: F) -> list[F]:
    """Where f takes the value y, pieces on which it is constant left out."""
    return sorted({(y - c) / s for u, v, s, c in oracle.pieces(f) if s and u <= (y - c) / s <= v})


@given(self_maps(), st.fractions(0, 1, max_denominator=60), settings)
@few(300)
def test_orbits_that_meet_in_long_numbers_meet(f: oracle.Map, y: F, chosen: tuple[int, int, int]) -> None:
    """From the preimages of a long number, which is reached by different ways; the prime divides many a slope's denominator."""
    lo, hi = oracle.ends(f)
    y = y + F(1, 11**60) if lo <= y + F(1, 11**60) <= hi else y - F(1, 11**60)
    assume(lo <= y <= hi)
    row, starts = [y], [y]
    for _ in range(3):
        row = [x for z in row for x in preimages(f, z)][:12]
        starts += row
    with limits(*chosen):
        m = CutMap(build(f), Places())
        points: dict[int, F] = {}
        for start in reversed(starts):
            for number, x in zip(orbit(m, start, 6), oracle.orbit(f, start, 6)):
                assert points.setdefault(number, x) == x
        assert len(set(points.values())) == len(points)
        assert_places(m, points, list(pairwise(points)))


@given(self_maps(), settings)
@few(200)
def test_counts_are_the_same_with_remote_places(f: oracle.Map, chosen: tuple[int, int, int]) -> None:
    def found() -> object:
        return counts(build(f), 12, crossings=("1/3", "1/2"), fixed_points=True)

    with limits(*chosen):
        remotely = found()
    with limits(10**9):
        assert remotely == found()


@pytest.mark.parametrize("prime", [3, 7, 53, 2**61 - 1])
def test_counts_of_float_maps_are_the_same_whatever_the_prime(prime: int) -> None:
    maps = [
        *(rnn(12, 32, seed).to_piecewise_linear() for seed in range(6)),
        PiecewiseLinear([(0, 1), (1, 0.3)], (1.3, -1.7)),  # orbits that leave the range of doubles
        PiecewiseLinear([(0, "1/7"), ("1/3", 0.3), (1, 0.55)]),  # orbits that converge
        PiecewiseLinear([(0, f"1/{prime}"), ("1/2", 1), (1, 0)]),  # no residues
    ]
    for f in maps:
        with limits(200, 16, prime):
            remotely = counts(f, 60)
        with limits(10**9):
            assert remotely == counts(f, 60)


# Hard cases, at the usual limits


def test_a_long_cycle_of_long_numbers_closes() -> None:
    """2 / (2^n + 1) doubles until it is folded back to itself; most of its points are too small for a double."""
    n = 3000
    one = 2**n + 1
    cycle = [2]
    while (k := min(2 * cycle[-1], 2 * (one - cycle[-1]))) != 2:
        cycle.append(k)
    assert len(cycle) == n
    m = CutMap(tent(), Places())
    found = orbit(m, F(2, one), 2 * n)
    assert found[:n] == found[n : 2 * n]
    assert len(set(found[:n])) == n
    points = {number: F(k, one) for number, k in zip(found, cycle)}
    assert_places(m, points, [*pairwise(found[:n:7]), *pairwise(sorted(found[:n:50], reverse=True))])


def test_an_involution_of_slopes_two_and_one_half_closes_at_once() -> None:
    m = CutMap(PiecewiseLinear([(0, 3), (1, 1), (3, 0)]), Places())
    x = F(1, 3**5000)
    found = orbit(m, x, 5)
    assert found[:2] == found[2:4] == found[4:]
    assert_places(m, {found[0]: x, found[1]: 3 - 2 * x}, [(found[0], found[1])])


def test_float_slopes_close_as_well() -> None:
    """A fixed point, and a point of period 2, of a map with slopes of 53 digits, reached after 200 steps."""
    rise, fall = F(1.9), F(-1.8)
    f = oracle.Map(((F(0), F(0)), (F(1, 2), rise / 2), (F(1), rise / 2 + fall / 2)))
    peak = rise / 2 - fall / 2  # the value of the falling piece is peak + fall x
    fixed = peak / (1 - fall)
    cycle = peak / (1 - rise * fall)  # first the rising piece, then the falling one
    for end, period in ((fixed, 1), (cycle, 2)):
        x = end
        for i in range(200):
            x = (x - peak) / fall if i % 3 == 1 else x / rise
            assert 0 <= x <= 1
        reference = oracle.orbit(f, x, 210)
        assert reference[200] == end
        m = CutMap(build(f), Places())
        found = orbit(m, x, 210)
        assert len(set(found)) == 200 + period
        assert_places(m, dict(zip(found, reference)), list(pairwise(found)))


def test_orbits_that_agree_to_ten_thousand_digits_stay_apart() -> None:
    base, tiny = F(1, 3**4000), F(1, 2**10_000)
    f = oracle.make([(0, "1/2"), ("1/3", "5/6"), ("2/3", "2/5"), (1, 0)])
    m = CutMap(build(f), Places())
    starts = (F(1, 7) + base, F(1, 7) + base + tiny, F(1, 7) + base - tiny)
    for numbers, points in zip(zip(*(orbit(m, x, 60) for x in starts)), zip(*(oracle.orbit(f, x, 60) for x in starts))):
        assert len(set(numbers)) == 3
        assert_places(m, dict(zip(numbers, points)), [(a, b) for a in numbers for b in numbers])


def test_orbits_that_reach_a_cut_after_thousands_of_steps() -> None:
    """And their neighbours, which the doubles cannot tell from it."""
    m = CutMap(tent(), Places())
    steps = 3000
    x = F(1, 2)
    for i in range(steps):
        x = x / 2 if i % 5 else 1 - x / 2
    tiny = F(1, 2**8000)
    at, right, left = (orbit(m, y, steps + 2)[-3:] for y in (x, x + tiny, x - tiny))
    assert at == [m.places.place(rational(y)) for y in ("1/2", "1", "0")]
    assert m.code(at[0]) == 1
    assert {m.code(right[0]), m.code(left[0])} == {0, 2}
    assert m.places.near[right[0]] == m.places.near[left[0]] == 0.5
    assert m.places.below(right[0], at[0]) != m.places.below(left[0], at[0])
    assert right[1:] == left[1:]  # 1/2 - d and 1/2 + d meet in the next step


@pytest.mark.parametrize("end", [F(0), 1 + F(1, 2**53), F(1, 2**1074), F(3, 2**1075), F(1, 2**1080), F(2) ** 1030])
def test_zero_midpoints_and_what_is_beyond_the_doubles(end: F) -> None:
    """Places that no ball of any width rounds, or that are rounded to 0 and infinity, at the end of a deep orbit."""
    slope, constant = F(1.25), F(0.1)
    m = CutMap(PiecewiseLinear([(0, constant)], (slope, slope)), Places())
    for target in (end, -end):
        x = target
        for _ in range(3000):
            x = (x - constant) / slope
        found = orbit(m, x, 3000)
        assert m.places.near[found[-1]] == rounded(rational(target))
        assert found[-1] == m.places.place(rational(target))


def test_places_beyond_the_doubles_keep_their_order() -> None:
    m = CutMap(PiecewiseLinear([(0, 0.1)], (2.7, -2.7)), Places())
    places = m.places
    found = orbit(m, F(0.3), 1500)
    assert places.near[found[-1]] == -inf
    low = places.place(m.map.ends[0])
    assert isinstance(places.value(low), Infinity)
    for a, b in pairwise(found[2:]):  # ever further to the left
        assert places.below(b, a)
        assert not places.below(a, b)
        assert places.below(low, b)
        assert not places.below(b, low)


# What it is for


@pytest.fixture
def no_evaluation(monkeypatch: pytest.MonkeyPatch) -> None:
    """No number is found out that is not known."""
    value = remote.Remote.value

    def known_value(x: remote.Remote) -> object:
        assert x.known
        return value(x)

    monkeypatch.setattr(remote.Remote, "value", known_value)


@pytest.mark.usefixtures("no_evaluation")
def test_far_places_are_not_evaluated() -> None:
    places = Places()
    m = CutMap(rnn(24, 64.0, 35).to_piecewise_linear(), places)
    starts = [F(1, 3), *map(fraction, m.cuts[1:4])]
    found = [place for x in starts for place in orbit(m, x, 400)]
    assert len(set(found)) > 1200
    for a, b in pairwise(found):
        places.below(a, b)


@pytest.mark.usefixtures("no_evaluation")
def test_equal_maps_share_the_images_of_remote_places() -> None:
    places = Places()
    f = rnn(24, 64.0, 35).to_piecewise_linear()
    first, second = CutMap(f, places), CutMap(PiecewiseLinear(f.knots), places)
    assert orbit(first, F(1, 3), 400) == orbit(second, F(1, 3), 400)


@pytest.mark.usefixtures("no_evaluation")
def test_a_plateau_makes_any_place_a_short_number() -> None:
    places = Places()
    m = CutMap(PiecewiseLinear([(0, 0), ("1/2", "3/4"), (1, "3/4")]), places)
    place = m.image(places.image(places.place(rational(F(3, 4) + F(1, 3**4000))), Affine(rational(1), rational("1/8"))))
    assert place == places.place(rational("3/4"))


# Balls

numbers = st.fractions(-8, 8, max_denominator=10**6)


@given(numbers, numbers, st.lists(numbers.filter(bool), min_size=1, max_size=30), st.integers(0, 80))
@few(300)
def test_balls_hold_the_orbit(x: F, constant: F, slopes: list[F], digits: int) -> None:
    ball = ball_around(rational(x), digits)
    for slope in slopes:
        x = slope * x + constant
        ball = Affine(rational(slope), rational(constant)).of_ball(ball)
        assert abs(x * 2**digits - ball.middle) <= ball.radius
    near = ball.rounded()
    assert near is None or near == rounded(rational(x))


@given(st.integers(-(2**200), 2**200), st.integers(0, 2**40), st.integers(0, 1400))
@few(300)
def test_a_ball_is_rounded_as_its_ends_are(middle: int, radius: int, digits: int) -> None:
    low, high = (rounded(rational(F(end, 2**digits))) for end in (middle - radius, middle + radius))
    near = Ball(middle, radius, digits).rounded()
    if near is None:
        assert low != high or max(abs(middle - radius), abs(middle + radius)) >= 2**remote.LEADING
    else:
        assert near == low == high


@pytest.mark.parametrize("middle", [2**54 + 2, 2**54 + 6, -(2**54 + 2), -(2**54 + 6)])
def test_a_ball_around_a_midpoint_of_two_doubles_is_not_rounded(middle: int) -> None:
    for shift in (0, 60, 300):
        assert Ball(middle << shift, 1, shift).rounded() is None
    assert Ball(middle << 300, 0, 300).rounded() == float(middle)
