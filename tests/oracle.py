"""An independent second implementation, in plain `fractions.Fraction`, as naive as the definitions: the tests' oracle.

It shares no line and no idea with the package: a map is its list of knots, a composition is found by collecting every
candidate for a break, an iterate is composed step by step, and a set of fixed points is read off the knots. `math.inf`
stands for the ends of the line and is only ever compared; no other float occurs.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

Number = Fraction | float
"""A Fraction, or one of the floats inf and -inf."""
Span = tuple[Number, Number]


@dataclass(frozen=True)
class Map:
    """Knots (x, y) in increasing order; with `slopes` (left, right) a map of the line. Not canonical unless made so."""

    knots: tuple[tuple[Fraction, Fraction], ...]
    slopes: tuple[Fraction, Fraction] | None = None

    def __call__(self, x: Fraction) -> Fraction:
        return value(self, x)


@dataclass(frozen=True)
class FixedSet:
    """Isolated solutions, and maximal intervals of solutions, of f(x) = x."""

    points: tuple[Fraction, ...]
    intervals: tuple[Span, ...]


class TooManyPieces(Exception):
    """The naive computation would take too long; the oracle has no opinion."""


def make(knots: Iterable[Sequence[object]], slopes: Sequence[object] | None = None) -> Map:
    """A map from anything that `Fraction` reads."""
    points = tuple((Fraction(str(x)), Fraction(str(y))) for x, y in knots)
    return Map(points, None if slopes is None else (Fraction(str(slopes[0])), Fraction(str(slopes[1]))))


def value(f: Map, x: Fraction) -> Fraction:
    """f(x), by looking for the piece that holds x from the left."""
    (x0, y0), (x1, y1) = f.knots[0], f.knots[-1]
    if x < x0 or x > x1:
        assert f.slopes is not None, "outside the domain"
        return y0 + f.slopes[0] * (x - x0) if x < x0 else y1 + f.slopes[1] * (x - x1)
    for (a, ya), (b, yb) in pairwise(f.knots):
        if a <= x <= b:
            return ya + (yb - ya) * (x - a) / (b - a)
    return y0


def limit(f: Map, x: Number) -> Number:
    """f(x), or the limit of f at an infinite x."""
    if isinstance(x, Fraction):
        return value(f, x)
    assert f.slopes is not None
    slope = f.slopes[0] if x < 0 else f.slopes[1]
    if slope == 0:
        return f.knots[0][1] if x < 0 else f.knots[-1][1]
    return math.inf if (slope > 0) == (x > 0) else -math.inf


def ends(f: Map) -> Span:
    """The ends of the domain."""
    return (f.knots[0][0], f.knots[-1][0]) if f.slopes is None else (-math.inf, math.inf)


def power(f: Map, x: Number, steps: int) -> Number:
    """f^steps(x), step by step."""
    for _ in range(steps):
        x = limit(f, x)
    return x


def orbit(f: Map, x: Fraction, steps: int) -> tuple[Fraction, ...]:
    """x, f(x), ..., f^steps(x)."""
    points = [x]
    for _ in range(steps):
        points.append(value(f, points[-1]))
    return tuple(points)


def canonical(f: Map) -> Map:
    """The same function without the knots at which the slope does not change."""
    points = list(f.knots)
    rises = [(v - y) / (u - x) for (x, y), (u, v) in pairwise(points)]
    if f.slopes is None:
        inner = [p for p, left, right in zip(points[1:-1], rises, rises[1:], strict=False) if left != right]
        return Map((points[0], *inner, points[-1]))
    rises = [f.slopes[0], *rises, f.slopes[1]]
    kept = [p for p, left, right in zip(points, rises, rises[1:], strict=False) if left != right]
    return Map(tuple(kept) or ((Fraction(0), value(f, Fraction(0))),), f.slopes)


def pieces(f: Map) -> list[tuple[Number, Number, Fraction, Fraction]]:
    """(a, b, s, c) for each piece x -> s x + c on [a, b], from left to right."""
    found: list[tuple[Number, Number, Fraction, Fraction]] = []
    for (x, y), (u, v) in pairwise(f.knots):
        s = (v - y) / (u - x)
        found.append((x, u, s, y - s * x))
    if f.slopes is not None:
        (x, y), (u, v) = f.knots[0], f.knots[-1]
        left, right = f.slopes
        found = [(-math.inf, x, left, y - left * x), *found, (u, math.inf, right, v - right * u)]
    return found


def compose(f: Map, g: Map, cap: int = 3000) -> Map:
    """x -> f(g(x)): every knot of g and every preimage of a knot of f is a candidate for a knot; then canonical."""
    candidates = {x for x, _ in g.knots}
    for a, b, s, c in pieces(g):
        if s != 0:
            candidates.update(x for k, _ in f.knots if a <= (x := (k - c) / s) <= b)
        if len(candidates) > cap:
            raise TooManyPieces
    xs = sorted(candidates)
    knots = tuple((x, value(f, value(g, x))) for x in xs)
    if g.slopes is None:
        return canonical(Map(knots))
    before = value(f, value(g, xs[0] - 1))
    after = value(f, value(g, xs[-1] + 1))
    return canonical(Map(knots, (knots[0][1] - before, after - knots[-1][1])))


def identity(f: Map) -> Map:
    """x -> x on the domain of f."""
    one = Fraction(1)
    if f.slopes is not None:
        return Map(((Fraction(0), Fraction(0)),), (one, one))
    return Map(tuple((x, x) for x in (f.knots[0][0], f.knots[-1][0])))


def iterate(f: Map, t: int, cap: int = 3000) -> Map:
    """f^t, one f at a time."""
    g = identity(f)
    for _ in range(t):
        g = compose(f, g, cap)
    return g


def turning(f: Map) -> list[Fraction]:
    """The points at which f changes between rising and falling; the left end of a plateau that does so."""
    found: list[Fraction] = []
    slanted = [(a, b, s) for a, b, s, _ in pieces(canonical(f)) if s != 0]
    for (_, b, s), (_, _, t) in pairwise(slanted):
        if s * t < 0:
            assert isinstance(b, Fraction)
            found.append(b)
    return found


def image(f: Map, a: Number, b: Number) -> Span:
    """The least and the greatest of f on [a, b]: both are taken at an end or at a knot."""
    values = [limit(f, a), limit(f, b)] + [y for x, y in f.knots if a <= x <= b]
    return min(values), max(values)


def is_self_map(f: Map) -> bool:
    """Whether f maps its domain into itself."""
    lo, hi = ends(f)
    return all(lo <= y <= hi for _, y in f.knots)


def fixed_set(f: Map) -> FixedSet:
    """All solutions of f(x) = x, piece by piece."""
    points: set[Fraction] = set()
    intervals: list[Span] = []
    for a, b, s, c in pieces(f):
        if s == 1:
            if c == 0 and intervals and intervals[-1][1] == a:
                intervals[-1] = (intervals[-1][0], b)
            elif c == 0:
                intervals.append((a, b))
        elif a <= (x := c / (1 - s)) <= b:
            points.add(x)
    isolated = sorted(x for x in points if not any(a <= x <= b for a, b in intervals))
    return FixedSet(tuple(isolated), tuple(intervals))


def contains(fixed: FixedSet, x: Fraction) -> bool:
    """Whether x is one of the fixed points."""
    return x in fixed.points or any(a <= x <= b for a, b in fixed.intervals)


def least_period(f: Map, x: Fraction, bound: int) -> int:
    """The least p <= bound with f^p(x) = x; 0 if there is none."""
    y = x
    for p in range(1, bound + 1):
        y = value(f, y)
        if y == x:
            return p
    return 0


def between(a: Number, b: Number) -> Fraction:
    """Some point strictly between a < b."""
    if isinstance(a, Fraction) and isinstance(b, Fraction):
        return (a + b) / 2
    if isinstance(a, Fraction):
        return a + 1
    return b - 1 if isinstance(b, Fraction) else Fraction(0)


@dataclass(frozen=True)
class LeastPeriod:
    """The points of one least period: isolated ones, open intervals of them, the ends of these that do not belong."""

    points: tuple[Fraction, ...]
    intervals: tuple[Span, ...]
    excluded: tuple[Fraction, ...]

    def __bool__(self) -> bool:
        return bool(self.points or self.intervals)


def points_of_period(f: Map, period: int, cap: int = 3000) -> LeastPeriod:
    """All points of least period `period`: the fixed points of the iterate, each with its period counted by hand.

    An interval of fixed points is cut wherever a lower iterate's fixed set begins or ends, and each part is judged by
    one point inside it; parts join again across a cut that has the period itself.
    """
    iterates = {d: iterate(f, d, cap) for d in range(1, period + 1) if period % d == 0}
    fixed = fixed_set(iterates[period])
    lower = [fixed_set(g) for d, g in iterates.items() if d < period]
    marks = {x for low in lower for x in low.points}
    marks |= {x for low in lower for span in low.intervals for x in span if isinstance(x, Fraction)}
    intervals: list[Span] = []
    for a, b in fixed.intervals:
        corners: list[Number] = [a, *sorted(x for x in marks if a < x < b), b]
        for u, v in pairwise(corners):
            if least_period(f, between(u, v), period) != period:
                continue
            touching = intervals and intervals[-1][1] == u and isinstance(u, Fraction)
            if touching and isinstance(u, Fraction) and least_period(f, u, period) == period:
                intervals[-1] = (intervals[-1][0], v)
            else:
                intervals.append((u, v))
    finite = {x for span in intervals for x in span if isinstance(x, Fraction)}
    excluded = sorted(x for x in finite if least_period(f, x, period) != period)
    points = tuple(x for x in fixed.points if least_period(f, x, period) == period)
    return LeastPeriod(points, tuple(intervals), tuple(excluded))


# The decision


@dataclass(frozen=True)
class Verdict:
    """`ordered` at this level, or chaotic because f^(3 * 2^level) fixes `point` and f^(2^level) does not."""

    ordered: bool
    level: int
    point: Fraction | None = None


def decide(f: Map, max_level: int, cap: int = 400) -> Verdict | None:
    """The naive loop: at each level j, g = f^(2^j); g.g against g, then g.g.g against g. None beyond the cap.

    On the line the two ends of [-inf, inf] count as points of the space, with the limits of f as values.
    """
    try:
        g = iterate(f, 1, cap)
        for level in range(max_level + 1):
            square = compose(g, g, cap)
            swapped = [e for e in ends(f) if limit(square, e) == e and limit(g, e) != e]
            if not swapped and _moved(square, g) is None:
                return Verdict(True, level)
            point = _moved(compose(g, square, cap), g)
            if point is not None:
                return Verdict(False, level, point)
            g = square
    except TooManyPieces:
        pass
    return None


def _moved(high: Map, low: Map) -> Fraction | None:
    """A fixed point of `high` that `low` moves."""
    fixed, base = fixed_set(high), fixed_set(low)
    for x in fixed.points:
        if not contains(base, x):
            return x
    for a, b in fixed.intervals:
        if not any(u <= a and b <= v for u, v in base.intervals):
            marks = [x for x in base.points if a < x < b]
            marks += [x for span in base.intervals for x in span if isinstance(x, Fraction) and a < x < b]
            corners: list[Number] = [a, *sorted(marks), b]
            for u, v in pairwise(corners):
                if not contains(base, x := between(u, v)):
                    return x
    return None


def odd_return(f: Map, level: int, n: int, x: Fraction, side: str, strict: bool = False) -> bool:
    """Whether g^n(x) <= x < g(x) (side "right") or g^n(x) >= x > g(x) (side "left") for g = f^(2^level)."""
    m = 1 << level
    points = orbit(f, x, m * n)
    first, last = points[m], points[m * n]
    if side == "right":
        return x < first and (last < x or (last == x and not strict))
    return x > first and (last > x or (last == x and not strict))


# Meshes: the two cell tests of docs/certificate-format.md


def core(f: Map, steps: int) -> Span:
    """f^steps(J), one image after another."""
    a, b = ends(f)
    for _ in range(steps):
        a, b = image(f, a, b)
    return a, b


def cell_passes(f: Map, m: int, q: int, a: Number, b: Number) -> bool:
    """Whether the cell [a, b] shows, by one of the two tests, that f^(q m)(x) = x implies f^m(x) = x on it."""
    lo, hi = a, b
    for _ in range(q * m):
        lo, hi = image(f, lo, hi)
    return hi < a or b < lo or _affine_passes(f, m, q, a, b)


def _affine_passes(f: Map, m: int, q: int, a: Number, b: Number) -> bool:
    knots = [x for _, x, s, _ in pieces(f)[:-1] for y, _, t, _ in pieces(f)[1:] if x == y and s != t]
    u, v = a, b
    for _ in range(q * m):
        if any(min(u, v) < x < max(u, v) for x in knots):
            return False
        u, v = limit(f, u), limit(f, v)
    for end in (a, b):
        if power(f, end, q * m) == end and power(f, end, m) != end:
            return False
    return len({_side(f, q * m, a, b, end) for end in (a, b)} - {0}) <= 1


def _side(f: Map, steps: int, a: Number, b: Number, end: Number) -> int:
    """The sign of f^steps - id at an end of a cell on which f^steps is affine; at an infinite end, its sign far out."""
    if isinstance(end, Fraction):
        moved = power(f, end, steps)
        assert isinstance(moved, Fraction)
        return (moved > end) - (moved < end)
    p = between(a, b)  # two points inside the cell give the affine map
    r = between(a, p) if end < 0 else between(p, b)
    fp, fr = power(f, p, steps), power(f, r, steps)
    assert isinstance(fp, Fraction)
    assert isinstance(fr, Fraction)
    slope = (fr - fp) / (r - p)
    tilt = slope - 1 if end > 0 else 1 - slope
    rest = tilt if tilt != 0 else fp - slope * p
    return (rest > 0) - (rest < 0)


def mesh_proves(f: Map, m: int, q: int, mesh: Sequence[Number], domain: Span) -> bool:
    """Whether the mesh runs from one end of `domain` to the other and each of its cells passes."""
    if not mesh or (mesh[0], mesh[-1]) != domain or any(not a < b for a, b in pairwise(mesh)):
        return False
    return all(cell_passes(f, m, q, a, b) for a, b in pairwise(mesh))


# Networks


def activation(name: str, parameters: Sequence[Fraction]) -> Callable[[Fraction], Fraction]:
    """The activation as the table of docs/map-format.md defines it."""
    zero = Fraction(0)
    lo, hi = parameters if len(parameters) == 2 else (Fraction(-1), Fraction(1))
    table: dict[str, Callable[[Fraction], Fraction]] = {
        "identity": lambda x: x,
        "relu": lambda x: max(zero, x),
        "leaky_relu": lambda x: x if x >= 0 else parameters[0] * x,
        "abs": abs,
        "clip": lambda x: min(hi, max(lo, x)),
        "hardtanh": lambda x: min(hi, max(lo, x)),
        "relu6": lambda x: min(Fraction(6), max(zero, x)),
    }
    return table[name]


DenseLayer = tuple[list[list[Fraction]], list[Fraction], str, list[Fraction]]
"""Weight rows, bias, the activation's name and its parameters."""


def network(layers: Sequence[DenseLayer], x: Fraction) -> Fraction:
    """The network's output at x, unit by unit."""
    signal = [x]
    for weight, bias, name, parameters in layers:
        function = activation(name, parameters)
        sums = [sum((w * s for w, s in zip(row, signal, strict=True)), b) for row, b in zip(weight, bias, strict=True)]
        signal = [function(total) for total in sums]
    (output,) = signal
    return output
