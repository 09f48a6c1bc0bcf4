"""Deep cascades in exact arithmetic: in place of f^2, f^4, ... smaller and smaller maps that have the same cycles.

Order at level j is a mesh for f^(2^j), which grows with 2^j. Here f^(2^j) is replaced by a map of few pieces: by Lemma 4 of
docs/filter.md, for g without a point of period 3 the cycles of g^2 that lie in A = {g > id} say it all, so on the left of A's last
point z the next map is min(g^2, z); and every map is cut down to where its cycles are (Lemma 3).
"""

from __future__ import annotations

from typing import NamedTuple

from certify.decision.witness import moves
from certify.numbers import Q, as_float, rational, simplest_between
from certify.piecewise import PiecewiseLinear

LEVELS = 9
"""The last level that is tried: cycles of least period 512. Beyond it numbers have tens of thousands of digits."""
PIECES = 2_000
"""A map of more pieces is not worth halving."""


class Cascade(NamedTuple):
    """Level j: f^(2^j) has no 2-cycle, and j is the least such level; or it has `point` on a cycle of period 3."""

    level: int
    point: Q | None


class Side(NamedTuple):
    """Where a map moves points to one side, {f > id} or {f < id}: its hull, and how far the images reach there."""

    lo: Q
    hi: Q
    reach: Q


def cascade(f: PiecewiseLinear, max_pieces: int) -> Cascade | None:
    """Which of the two f, a map of a compact interval into itself, does first; None beyond `LEVELS`.

    Raises `BudgetExceeded` where a map has more pieces.
    """
    g = core(f)
    for level in range(LEVELS + 1):
        if g is None:
            return Cascade(level, None)
        square = g.compose(g, max_pieces)
        if moved(g, square) is None:
            return Cascade(level, None)
        point = moved(g, g.compose(square, max_pieces))
        if point is not None:
            return Cascade(level, point)
        above = side(g, 1)
        assert above is not None
        lo, z = g.ends[0], above.hi
        g = core(PiecewiseLinear([(z, z)], slopes=(1, 0)).compose(square.on(lo, z)))
    return None


def core(f: PiecewiseLinear) -> PiecewiseLinear | None:
    """A map of a smaller interval into itself that has the same cycles of period greater than 1; None where there are none."""
    above, below = side(f, 1), side(f, -1)
    if above is None or below is None or above.lo >= below.hi:
        return None
    g = PiecewiseLinear([(above.lo, above.lo), (below.hi, below.hi)], slopes=(0, 0)).compose(f).on(above.lo, below.hi)
    above, below = side(g, 1), side(g, -1)
    if above is None or below is None or below.reach >= above.reach:
        return None
    return g.on(below.reach, above.reach)


def side(f: PiecewiseLinear, sign: int) -> Side | None:
    """Where sign * (f(x) - x) > 0; None where that is nowhere."""
    found: list[Q] = []
    reach: list[Q] = []
    for i, (s, c) in enumerate(zip(f.slopes, f.intercepts)):
        ends = [x for x in f.corners[i : i + 2] if isinstance(x, Q)]  # which are finite
        values = [s * x + c for x in ends]
        leads = [sign * (y - x) for x, y in zip(ends, values)]
        if max(leads) > 0:
            part = [x if lead >= 0 else c / (1 - s) for x, lead in zip(ends, leads)]
            found += part
            reach += [y if lead >= 0 else x for x, y, lead in zip(part, values, leads)]
    if not found:
        return None
    return Side(found[0], found[-1], max(reach) if sign > 0 else min(reach))


def moved(g: PiecewiseLinear, power: PiecewiseLinear) -> Q | None:
    """A fixed point of a power of g that g moves, if there is one."""
    fixed = power.fixed_points()
    points = [rational(x) for x in fixed.points]
    for a, b in fixed.intervals:  # there g is monotone, so it is the identity or has at most one fixed point
        lo, hi = rational(a), rational(b)
        middle = simplest_between(lo, hi)
        points += [middle, simplest_between(middle, hi)]
    return next((x for x in points if g.at(x) != x), None)


def witness(f: PiecewiseLinear, level: int, point: Q) -> Q:
    """x with g^3(x) <= x < g(x), g = f^(2^level), from a point of period 3 under g: a double next to the cycle, or its least point."""
    m = 1 << level
    x = min(f.trajectory(point, 2 * m)[::m])
    for shift in (16, 24, 32, 40, 48):
        for near in (as_float(x) - 2.0**-shift, as_float(x) + 2.0**-shift):
            exact = rational(near)
            if f.ends[0] <= exact <= f.ends[1] and moves(f, m, 3, exact) == "right":
                return exact
    return x
