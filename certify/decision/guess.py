"""Doubles guess where to cut a mesh: the same bisection as the exact one, at a fraction of its cost.

Nothing here decides. The exact search starts from the cells that are proposed here and settles each of them.
"""

from __future__ import annotations

import sys
from bisect import bisect_left, bisect_right
from itertools import pairwise
from typing import NamedTuple

from certify.decision.budget import Budget
from certify.numbers import Q, floats, rational, simplest_between
from certify.piecewise import PiecewiseLinear

Cell = tuple[float, float]

SAFE = 1e-10
"""An image misses a cell when it does so by this part of the domain; narrower cells are left to exact arithmetic."""


class Guess(NamedTuple):
    """Inner points to cut at, in increasing order; or a cell in which a point is suspected that refutes the mesh."""

    points: list[Q]
    suspect: tuple[Q, Q] | None = None


class Doubles:
    """f in doubles, with no bound on the error."""

    def __init__(self, f: PiecewiseLinear, m: int, q: int) -> None:
        self.m, self.steps = m, q * m
        self.breaks, (self.slopes, self.constants) = f.near_breaks, f.near_lines
        turns, heights = f.turning
        self.turns, self.heights = floats(turns), floats(heights)
        lo, hi = floats(f.ends)
        self.margin = SAFE * (hi - lo)

    def image(self, a: float, b: float) -> Cell:
        """About the image of [a, b] under f^steps."""
        for _ in range(self.steps):
            i, j = bisect_right(self.breaks, a), bisect_right(self.breaks, b)
            u, v = self.slopes[i] * a + self.constants[i], self.slopes[j] * b + self.constants[j]
            inside = self.heights[bisect_right(self.turns, a) : bisect_left(self.turns, b)]
            a, b = min(u, v, *inside), max(u, v, *inside)
        return a, b

    def misses(self, a: float, b: float) -> bool:
        """Whether f^steps takes [a, b] plainly off itself; a cell too narrow to tell counts as one."""
        lo, hi = self.image(a, b)
        return b - a < self.margin or hi < a - self.margin or b < lo - self.margin

    def cut(self, a: float, b: float) -> float | tuple[float, float] | None:
        """A place to cut at, where a knot's image comes between; else None, or a fixed point of f^steps in the cell
        with its image under f^m.
        """
        slope, constant = 1.0, 0.0
        for step in range(self.steps):
            if step == self.m:
                first = slope, constant
            u, v = slope * a + constant, slope * b + constant
            lo, hi = min(u, v) + self.margin, max(u, v) - self.margin
            i, j = bisect_right(self.breaks, lo), bisect_left(self.breaks, hi)
            if i < j:
                place = (self.breaks[(i + j) // 2] - constant) / slope
                return place if a < place < b else (a + b) / 2
            i = bisect_right(self.breaks, (u + v) / 2)
            slope, constant = self.slopes[i] * slope, self.slopes[i] * constant + self.constants[i]
        root = constant / (1 - slope) if slope != 1 else a
        return (root, first[0] * root + first[1]) if a <= root <= b else None


def guess(f: PiecewiseLinear, m: int, q: int, budget: Budget) -> Guess:
    """Where to cut the bounded domain of f, so that f^(q m) is affine on each cell or takes it off itself."""
    near = Doubles(f, m, q)
    lo, hi = floats(f.ends)
    if not sys.float_info.min < near.margin < sys.float_info.max:
        return Guess([])
    stack, points, far = [(lo, hi)], [lo], list[bool]()
    while stack:
        budget.check(len(points) + len(stack))
        a, b = stack.pop()
        misses = near.misses(a, b)
        place = None if misses else near.cut(a, b)
        if isinstance(place, float):
            stack += [(place, b), (a, place)]
        elif place and abs(place[0] - place[1]) > near.margin:
            return Guess([], (rational(a), rational(b)))
        elif misses and far and far[-1] and near.misses(points[-2], b):
            points[-1] = b
        else:
            points.append(b)
            far.append(misses)
    return Guess(_simple(near, points))


def _simple(near: Doubles, points: list[float]) -> list[Q]:
    """The inner points, each replaced by a simple rational nearby that serves as well."""
    found = list[Q]()
    for i in range(1, len(points) - 1):
        a, point, b = points[i - 1 : i + 2]
        reach = min(point - a, b - point) / 2
        exact = rational(point)
        for _ in range(3):
            simple = simplest_between(rational(point - reach), rational(point + reach))
            x = float(simple)
            if all(near.misses(u, v) or not isinstance(near.cut(u, v), float) for u, v in pairwise((a, x, b))):
                points[i], exact = x, simple
                break
            reach /= 16
        found.append(exact)
    return found
