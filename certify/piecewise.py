"""The heart of the package: an immutable, canonical, exact piecewise-linear map of an interval or of the line."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from importlib import import_module
from itertools import pairwise
from typing import Any

from certify.errors import BudgetExceeded, DomainError, NotInvariantError
from certify.numbers import (
    INF,
    NEG_INF,
    Extended,
    Infinity,
    Q,
    as_float,
    floats,
    fraction,
    public,
    rational,
    shown,
    text,
)

ZERO, ONE = Q(0), Q(1)


@dataclass(frozen=True)
class FixedPoints:
    """All solutions of f(x) = x: isolated points, and maximal intervals (a, b) of more than one point.

    An end of an interval is None where it lies at infinity. Points and intervals are in increasing order.
    """

    points: tuple[Fraction, ...]
    intervals: tuple[tuple[Fraction | None, Fraction | None], ...]


@dataclass(frozen=True, init=False, repr=False)
class PiecewiseLinear:
    """A continuous piecewise-linear map with rational data on a compact interval or on the whole line, exactly.

    `knots` are points (x, y) with x strictly increasing; the map is affine between neighbours. Without `slopes` its
    domain is the interval from the first knot to the last; with `slopes=(l, r)` it is the line, with slope l left of
    the first knot and r right of the last. Coordinates are anything that `certify.numbers.rational` takes exactly:
    integers, fractions, floats (their dyadic values), text such as "1/3". Raises `ValueError` where they do not make
    such a map.

    The object is canonical: a knot at which the slope does not change is dropped, so two of them are equal (and hash
    alike) exactly when they are the same function on the same domain.

    >>> tent = PiecewiseLinear([(0, 0), ("1/2", 1), (1, 0)])
    >>> tent("2/7"), tent.iterate(3).pieces
    (Fraction(4, 7), 8)

    Piece i is x -> slopes[i] * x + intercepts[i], between breaks[i - 1] and breaks[i]; these tuples and `ends` hold the
    package's own rationals (`certify.numbers.Q`); `at`, `hull`, `trajectory` compute with them. All other methods
    return `Fraction`.
    """

    ends: tuple[Extended, Extended]
    breaks: tuple[Q, ...]
    slopes: tuple[Q, ...]
    intercepts: tuple[Q, ...]

    def __init__(self, knots: Iterable[Sequence[Any]], slopes: Sequence[Any] | None = None) -> None:
        points = [(rational(x), rational(y)) for x, y in knots]
        if any(not a[0] < b[0] for a, b in pairwise(points)):
            raise ValueError("the knots' x must be strictly increasing")
        if len(points) < (1 if slopes else 2):
            raise ValueError("an interval needs two knots, the line one knot and two slopes")
        rise = [(v - y) / (u - x) for (x, y), (u, v) in pairwise(points)]
        anchors = points[:-1]
        if slopes is None:
            ends: tuple[Extended, Extended] = points[0][0], points[-1][0]
            inner = points[1:-1]
        else:
            left, right = slopes
            rise = [rational(left), *rise, rational(right)]
            anchors = [points[0], *points]
            ends, inner = (NEG_INF, INF), points
        constant = [y - s * x for s, (x, y) in zip(rise, anchors, strict=True)]
        self._set(ends, *_without_false_breaks([x for x, _ in inner], rise, constant))

    @classmethod
    def from_pieces(
        cls, ends: tuple[Extended, Extended], breaks: Sequence[Q], slopes: Sequence[Q], intercepts: Sequence[Q]
    ) -> PiecewiseLinear:
        """The map with these affine pieces; the caller knows them to be continuous, at strictly increasing breaks."""
        return cls.from_canonical_pieces(ends, *_without_false_breaks(breaks, slopes, intercepts))

    @classmethod
    def from_canonical_pieces(
        cls, ends: tuple[Extended, Extended], breaks: Sequence[Q], slopes: Sequence[Q], intercepts: Sequence[Q]
    ) -> PiecewiseLinear:
        """The same, where the caller knows as well that the slope changes at every break."""
        self = cls.__new__(cls)
        self._set(ends, breaks, slopes, intercepts)
        return self

    def _set(
        self, ends: tuple[Extended, Extended], breaks: Sequence[Q], slopes: Sequence[Q], intercepts: Sequence[Q]
    ) -> None:
        object.__setattr__(self, "ends", ends)
        object.__setattr__(self, "breaks", tuple(breaks))
        object.__setattr__(self, "slopes", tuple(slopes))
        object.__setattr__(self, "intercepts", tuple(intercepts))

    @staticmethod
    def identity(ends: tuple[Extended, Extended] = (NEG_INF, INF)) -> PiecewiseLinear:
        """x -> x on the interval with these ends."""
        return PiecewiseLinear.from_pieces(ends, [], [ONE], [ZERO])

    # What it is

    @property
    def domain(self) -> tuple[Fraction, Fraction] | None:
        """The ends of the interval on which the map is defined, or None for the line."""
        lo, hi = (public(end) for end in self.ends)
        return None if lo is None or hi is None else (lo, hi)

    @property
    def pieces(self) -> int:
        """The number of affine pieces: the linear regions of the map."""
        return len(self.slopes)

    @cached_property
    def corners(self) -> tuple[Extended, ...]:
        """The ends of the domain and the breaks between them, in increasing order."""
        return (self.ends[0], *self.breaks, self.ends[1])

    @cached_property
    def values(self) -> tuple[Extended, ...]:
        """The value (at an infinite end, the limit) at each corner."""
        inner = [s * x + c for s, c, x in zip(self.slopes, self.intercepts, self.breaks)]
        return (self.at(self.ends[0]), *inner, self.at(self.ends[1]))

    @property
    def knots(self) -> tuple[tuple[Fraction, Fraction], ...]:
        """The points (x, f(x)) where the slope changes and, on an interval, the two ends of the graph.

        An affine map of the line has no such point; its knot is then (0, f(0)).
        """
        pairs = zip(self.corners, self.values)
        finite = tuple((fraction(x), fraction(y)) for x, y in pairs if isinstance(x, Q) and isinstance(y, Q))
        return finite or ((Fraction(0), fraction(self.intercepts[0])),)

    @cached_property
    def turning(self) -> tuple[tuple[Q, ...], tuple[Q, ...]]:
        """The turning points and their values: one point for each change of sign along the slopes, zeros left out.

        A plateau on top of a hill turns once; the point is its left end.
        """
        at = self._turns
        points = tuple(self.breaks[i] for i in at)
        return points, tuple(self.slopes[i] * x + self.intercepts[i] for i, x in zip(at, points))

    @cached_property
    def _turns(self) -> list[int]:
        """The indices of the turning points among the breaks."""
        sloping = [i for i, slope in enumerate(self.slopes) if slope]
        rising = [self.slopes[i].p > 0 for i in sloping]
        return [i for i, up, next_up in zip(sloping, rising, rising[1:]) if up != next_up]

    @cached_property
    def _heights(self) -> tuple[list[int], list[Q]]:
        """The turning values: the place of each in increasing order, and all of them in that order."""
        heights = self.turning[1]
        near = floats(heights)
        by_size = sorted(sorted(range(len(heights)), key=near.__getitem__), key=heights.__getitem__)
        places = [0] * len(heights)
        for place, i in enumerate(by_size):
            places[i] = place
        return places, [heights[i] for i in by_size]

    @cached_property
    def near_breaks(self) -> list[float]:
        """The breaks as doubles, to guess by."""
        return floats(self.breaks)

    @cached_property
    def near_lines(self) -> tuple[list[float], list[float]]:
        """The slopes and the intercepts as doubles, to guess by."""
        return floats(self.slopes), floats(self.intercepts)

    # What it does

    def at(self, x: Extended) -> Extended:
        """The exact value; at an infinite end, the limit. The point is not compared with the domain."""
        return self._value(self.piece(x), x)

    def piece(self, x: Extended) -> int:
        """The index of the piece that x lies in, at a break the one on its right: the number of breaks up to x."""
        if x is self.ends[0]:
            return 0
        if x is self.ends[1] or isinstance(x, Infinity):
            return len(self.breaks)
        guess = bisect_right(self.near_breaks, as_float(x))  # doubles propose, two exact comparisons settle
        if (guess == 0 or self.breaks[guess - 1] <= x) and (guess == len(self.breaks) or x < self.breaks[guess]):
            return guess
        return bisect_right(self.breaks, x)

    def _value(self, piece: int, x: Extended) -> Extended:
        slope, constant = self.slopes[piece], self.intercepts[piece]
        if isinstance(x, Infinity):
            return constant if slope == 0 else INF if (slope > 0) == x.positive else NEG_INF
        return slope * x + constant

    def trajectory(self, x: Q, steps: int) -> tuple[Q, ...]:
        """x, f(x), ..., f^steps(x) as the package's own rationals; the points are not compared with the domain."""
        points = [x]
        for _ in range(steps):
            i = self.piece(x)
            x = self.slopes[i] * x + self.intercepts[i]
            points.append(x)
        return tuple(points)

    def __call__(self, x: Any) -> Fraction:
        """The exact value f(x). Raises `DomainError` outside the domain."""
        point = rational(x)
        if not self.ends[0] <= point <= self.ends[1]:
            raise DomainError(f"{shown(point)} lies outside the domain {self._interval()}")
        value = self.at(point)
        assert isinstance(value, Q)
        return fraction(value)

    def orbit(self, x: Any, steps: int) -> tuple[Fraction, ...]:
        """x, f(x), ..., f^steps(x), exactly. Raises `DomainError` where the orbit leaves the domain."""
        points = [fraction(rational(x))]
        for _ in range(steps):
            points.append(self(points[-1]))
        return tuple(points)

    def itinerary(self, x: Any, steps: int) -> tuple[int, ...]:
        """The laps that x, f(x), ..., f^(steps-1)(x) lie in, counted from 0 at the left (Milnor, Thurston 1988).

        A turning point counts to the lap on its left.
        """
        turns = [fraction(t) for t in self.turning[0]]
        return tuple(sum(t < point for t in turns) for point in self.orbit(x, steps - 1)) if steps else ()

    def hull(self, a: Extended, b: Extended) -> tuple[Extended, Extended]:
        """The image of [a, b], an interval because f is continuous, exactly; the ends may be infinite."""
        i, j = self.piece(a), self.piece(b)
        u, v = self._value(i, a), self._value(j, b)
        lo, hi = (u, v) if u <= v else (v, u)
        first, last = bisect_left(self._turns, i), bisect_left(self._turns, j)
        if first < last:
            places, heights = self._heights
            inside = places[first:last]
            lowest, highest = heights[min(inside)], heights[max(inside)]
            lo = lowest if lowest < lo else lo
            hi = highest if highest > hi else hi
        return lo, hi

    def image(self, a: Any = None, b: Any = None) -> tuple[Fraction | None, Fraction | None]:
        """The exact image of [a, b] (of the whole domain where an end is left out); None stands for an infinite end."""
        lo, hi = self._inside(a, b)
        low, high = self.hull(lo, hi)
        return public(low), public(high)

    def restrict(self, a: Any, b: Any) -> PiecewiseLinear:
        """The same map on [a, b] alone. Raises `DomainError` unless a < b in the domain."""
        return self.on(*self._inside(a, b))

    def on(self, lo: Extended, hi: Extended) -> PiecewiseLinear:
        """The same map on the part of its domain between two (possibly infinite) points lo < hi."""
        first = bisect_right(self.breaks, lo)
        last = bisect_right(self.breaks, hi)
        if last > first and self.breaks[last - 1] == hi:
            last -= 1
        piece = slice(first, last + 1)
        return self.from_canonical_pieces((lo, hi), self.breaks[first:last], self.slopes[piece], self.intercepts[piece])

    def compose(self, inner: PiecewiseLinear, max_pieces: int | None = None) -> PiecewiseLinear:
        """x -> self(inner(x)), exactly and canonically, in time proportional to the number of pieces that come out.

        Raises `DomainError` where `inner` leaves the domain of this map, and `BudgetExceeded` beyond `max_pieces`
        pieces.
        """
        low, high = inner.hull(*inner.ends)
        if not (self.ends[0] <= low and high <= self.ends[1]):
            x, y = next((x, y) for x, y in zip(inner.corners, inner.values) if not self.ends[0] <= y <= self.ends[1])
            raise DomainError(f"the inner map sends {shown(x)} to {shown(y)}, outside the domain {self._interval()}")
        knots, steep, shift = self.breaks, self.slopes, self.intercepts
        breaks: list[Q] = []
        slopes: list[Q] = []
        constants: list[Q] = []
        j = bisect_right(knots, inner.values[0])  # the piece that the inner value is in; it moves by neighbours
        for i, (s, c) in enumerate(zip(inner.slopes, inner.intercepts)):
            u, v = inner.values[i], inner.values[i + 1]
            rising = not v < u
            while j < len(knots) and (knots[j] < u or (rising and knots[j] == u)):
                j += 1
            while j and (knots[j - 1] > u or (not rising and knots[j - 1] == u)):
                j -= 1
            k = _up(knots, j, v) if rising else _down(knots, j, v)
            if max_pieces is not None and len(slopes) + abs(k - j) >= max_pieces:
                raise BudgetExceeded(f"a composition of more than {max_pieces} pieces")
            crossed, through = (slice(j, k), slice(j, k + 1)) if rising else (slice(k, j), slice(k, j + 1))
            step = 1 if rising else -1
            if i:
                if slopes[-1] == steep[j] * s:  # a false break; elsewhere none can arise, as s is not 0 between breaks
                    del slopes[-1], constants[-1]
                else:
                    breaks.append(inner.breaks[i - 1])
            if k != j:
                inverse = 1 / s
                breaks += [(knot - c) * inverse for knot in knots[crossed][::step]]
            slopes += [a * s for a in steep[through][::step]]
            constants += [a * c + b for a, b in zip(steep[through][::step], shift[through][::step])]
            j = k
        return self.from_canonical_pieces(inner.ends, breaks, slopes, constants)

    def __matmul__(self, inner: PiecewiseLinear) -> PiecewiseLinear:
        return self.compose(inner)

    def iterate(self, t: int, max_pieces: int | None = None) -> PiecewiseLinear:
        """The t-th iterate f^t as a map, by repeated squaring; its pieces can be exponential in t.

        f^0 is the identity. Raises `DomainError` where f leaves its domain, `BudgetExceeded` beyond `max_pieces`
        pieces.
        """
        if t < 0:
            raise ValueError(f"an iterate needs t >= 0, got {t}")
        result, power = PiecewiseLinear.identity(self.ends), self
        while t:
            if t & 1:  # iterates commute; the one with more pieces goes outside, where they are taken many at a time
                result = power.compose(result, max_pieces)
            t >>= 1
            if t:
                power = power.compose(power, max_pieces)
        return result

    def fixed_points(self) -> FixedPoints:
        """All x with f(x) = x, exactly: the isolated points and the intervals on which f is the identity."""
        points: list[Q] = []
        intervals: list[tuple[Extended, Extended]] = []
        for i, (s, c) in enumerate(zip(self.slopes, self.intercepts)):
            a, b = self.corners[i], self.corners[i + 1]
            if s != 1:
                x = c / (1 - s)
                if a <= x <= b and not (points and points[-1] == x):
                    points.append(x)
            elif c == 0:  # neighbouring pieces differ in slope, so these intervals are maximal
                intervals.append((a, b))
        isolated = [x for x in points if not any(a <= x <= b for a, b in intervals)]
        return FixedPoints(tuple(map(fraction, isolated)), tuple((public(a), public(b)) for a, b in intervals))

    # Self-maps

    def escape(self) -> tuple[Extended, Extended] | None:
        """A corner and its value outside the domain, or None when the map sends its domain into itself."""
        lo, hi = self.ends
        return next(((x, y) for x, y in zip(self.corners, self.values) if not lo <= y <= hi), None)

    def is_self_map(self) -> bool:
        """Whether the domain is mapped into itself, so that the map can be iterated. Always so on the line."""
        if isinstance(self.ends[0], Infinity):
            return True
        low, high = self.hull(*self.ends)
        return self.ends[0] <= low and high <= self.ends[1]

    def require_self_map(self) -> None:
        """Raises `NotInvariantError` with the offending point unless the domain is mapped into itself."""
        if not self.is_self_map():
            found = self.escape()
            assert found is not None
            point, value = found
            assert isinstance(point, Q)
            assert isinstance(value, Q)
            raise NotInvariantError(self._interval(), fraction(point), fraction(value), (shown(point), shown(value)))

    # Other forms

    def to_sympy(self, x: Any = None) -> Any:
        """The map as a `sympy.Piecewise` in the symbol x with rational coefficients; NaN outside the domain."""
        sympy: Any = import_module("sympy")
        variable = sympy.Symbol("x", real=True) if x is None else x

        def number(q: Q) -> Any:
            return sympy.Rational(int(q.p), int(q.q))

        branches: list[Any] = []
        if isinstance(self.ends[0], Q):
            branches.append((sympy.nan, variable < number(self.ends[0])))
        for s, c, b in zip(self.slopes, self.intercepts, self.corners[1:]):
            bound = sympy.true if isinstance(b, Infinity) else variable <= number(b)
            branches.append((number(s) * variable + number(c), bound))
        if isinstance(self.ends[0], Q):
            branches.append((sympy.nan, sympy.true))
        return sympy.Piecewise(*branches, evaluate=False) if len(branches) > 1 else branches[0][0]

    def __repr__(self) -> str:
        listed = [f'("{x}", "{y}")' for x, y in self.knots]
        if len(listed) > 12:
            listed = [*listed[:4], f"... {len(listed) - 8} more ...", *listed[-4:]]
        knots = ", ".join(listed)
        slopes = "" if self.domain else f', slopes=("{text(self.slopes[0])}", "{text(self.slopes[-1])}")'
        return f"PiecewiseLinear([{knots}]{slopes})"

    def _interval(self) -> str:
        return f"[{shown(self.ends[0])}, {shown(self.ends[1])}]" if self.domain else "the line"

    def _inside(self, a: Any, b: Any) -> tuple[Extended, Extended]:
        lo = self.ends[0] if a is None else rational(a)
        hi = self.ends[1] if b is None else rational(b)
        if not (self.ends[0] <= lo < hi <= self.ends[1]):
            raise DomainError(f"[{shown(lo)}, {shown(hi)}] is no interval inside the domain {self._interval()}")
        return lo, hi


def _without_false_breaks(
    breaks: Sequence[Q], slopes: Sequence[Q], intercepts: Sequence[Q]
) -> tuple[Sequence[Q], Sequence[Q], Sequence[Q]]:
    """The same pieces; neighbours with equal slopes, which by continuity are one piece, become one."""
    true = [i for i in range(len(breaks)) if slopes[i] != slopes[i + 1]]
    if len(true) == len(breaks):
        return breaks, slopes, intercepts
    kept = [*true, len(breaks)]
    return [breaks[i] for i in true], [slopes[i] for i in kept], [intercepts[i] for i in kept]


def _up(knots: Sequence[Q], j: int, value: Extended) -> int:
    """The first index from j on whose knot is not less than the value, in time logarithmic in the way there."""
    step = 1
    while j + step <= len(knots) and knots[j + step - 1] < value:
        step *= 2
    return bisect_left(knots, value, j + step // 2, min(j + step, len(knots)))


def _down(knots: Sequence[Q], j: int, value: Extended) -> int:
    """The first index up to j from which on, up to j, all knots are greater than the value; as `_up`."""
    step = 1
    while step <= j and knots[j - step] > value:
        step *= 2
    return bisect_right(knots, value, max(j - step, 0), j - step // 2)
