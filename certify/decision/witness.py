"""Witnesses of chaos: a point with g^n(x) < x < g(x), n odd, or the mirror image, where g = f^m.

Doubles look for such points among the simplest rationals of the core and on a grid; exact arithmetic settles each one
that they propose.
"""

from __future__ import annotations

import sys
from functools import cached_property
from typing import Any, Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from certify.decision.cells import Affine, trace
from certify.decision.samples import Range, Samples
from certify.numbers import Extended, Q, floats, simplest_between
from certify.piecewise import PiecewiseLinear

Side = Literal["right", "left"]
"""right: g^n(x) <= x < g(x); left: g^n(x) >= x > g(x)."""

LARGEST = sys.float_info.max / 8
"""The grid ends here, so that sums and differences of a few of its points are doubles."""
GRID = 512


class Witness(NamedTuple):
    """The inequality at x for g = f^(2^level), strict, and the maximal interval around x on which it holds strictly."""

    level: int
    n: int
    x: Q
    side: Side
    interval: tuple[Extended, Extended]


def moves(f: PiecewiseLinear, m: int, n: int, x: Q) -> Side | None:
    """The side on which the strict inequality between x, g(x) and g^n(x) holds, if any, exactly."""
    first = _steps(f, x, m)
    if first == x:
        return None
    last = _steps(f, first, m * (n - 1))
    if last < x < first:
        return "right"
    return "left" if first < x < last else None


def _steps(f: PiecewiseLinear, x: Q, steps: int) -> Q:
    return f.trajectory(x, steps)[-1]


class Search:
    """Looks for witnesses of one map on its core; the orbits of the sample points are computed once for all levels."""

    def __init__(self, f: PiecewiseLinear) -> None:
        self.f = f
        self._breaks = np.array(f.near_breaks)
        self._slopes, self._constants = map(np.array, f.near_lines)

    def witness(self, level: int, n: int) -> Witness | None:
        """A strict witness for this level and n, if the samples propose one that holds exactly.

        Its x is the simplest rational of the first few hundred that satisfies the inequality, or else the simplest
        one in the maximal interval around the grid point that satisfies it with the widest margin.
        """
        m = 1 << level
        for points in (self._simple, self.grid):
            for i in points.promising(m, n):
                point = points.exact(i)
                if self.f.ends[0] <= point <= self.f.ends[1] and (side := moves(self.f, m, n, point)):
                    found = self.around(level, n, point, side)
                    return found._replace(x=point) if points.simple else found
        return None

    def around(self, level: int, n: int, x: Q, side: Side) -> Witness:
        """The witness whose point is the simplest rational of the maximal interval of strict inequality around x."""
        lo, hi = (boundary(self.f, 1 << level, n, x, side, end) for end in self.f.ends)
        return Witness(level, n, simplest_between(lo, hi), side, (lo, hi))

    @cached_property
    def _window(self) -> tuple[float, float]:
        """The core as doubles; where it is unbounded, a generous stretch around the knots."""
        lo, hi = np.clip(floats(self.f.ends), -LARGEST, LARGEST).tolist()
        knots = np.clip(self._breaks, -LARGEST, LARGEST) if len(self._breaks) else np.zeros(1)
        span = max(1.0, float(knots[-1] - knots[0]))
        return max(lo, float(knots[0]) - 2 * span), min(hi, float(knots[-1]) + 2 * span)

    @cached_property
    def _simple(self) -> Samples:
        return Samples.simplest(*self._window, self._image)

    @cached_property
    def grid(self) -> Samples:
        """A grid on the core with the turning points, their images and their preimages."""
        lo, hi = self._window
        turns, heights = (np.array(floats(v)) for v in self.f.turning)
        points = np.concatenate([np.linspace(lo, hi, GRID + 2)[1:-1], turns, heights, self._preimages(turns)])
        points = points[(points > lo) & (points < hi)]  # which leaves out what is not finite
        return Samples(np.sort(points), None, self._image)

    def _preimages(self, values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """About where f takes a turning point as its value: orbits through turning points return far."""
        if not len(values) or not len(self._breaks):
            return np.zeros(0)
        with np.errstate(all="ignore"):
            heights = self._slopes[1:] * self._breaks + self._constants[1:]
        targets = values[:16, None]
        with np.errstate(all="ignore"):
            crossing = (heights[:-1] - targets) * (heights[1:] - targets) < 0
            rows, columns = np.nonzero(crossing)
            found: npt.NDArray[np.float64] = (values[rows] - self._constants[columns + 1]) / self._slopes[columns + 1]
        return found

    def _image(self, points: Range) -> Range:
        values = self.evaluate(points[0])
        return values, values

    def evaluate(self, x: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """f in doubles, with no bound on the error: proposals only."""
        piece = np.searchsorted(self._breaks, x, side="right")
        with np.errstate(invalid="ignore", over="ignore"):
            return np.asarray(self._slopes[piece] * x + self._constants[piece])


def boundary(f: PiecewiseLinear, m: int, n: int, x: Q, side: Side, end: Extended) -> Extended:
    """The end, on the side of `end`, of the maximal interval around x on which the strict inequality holds; x
    satisfies it.

    Towards the point that g moves away from, g^n fixes this boundary and g does not (unless it is an end of the
    domain): for n = 3 it is a point of period 3 under g. For a fixed point u of g cannot be the boundary there: next
    to u all of g, ..., g^n move points in one direction.
    """
    cells = [(x, end)]
    while cells:
        near, far = cells.pop()
        lo, hi = (near, far) if near < far else (far, near)
        if lo == hi or _holds(f, m, n, side, lo, hi):
            continue
        maps = trace(f, lo, hi, m * n)
        if not isinstance(maps, list):
            cells += [(maps, far), (near, maps)]
            continue
        roots = [root for root in (_fixed(maps[m]), _fixed(maps[-1])) if root is not None and lo <= root <= hi]
        if roots:
            return max(roots) if far < near else min(roots)
    return end


def _holds(f: PiecewiseLinear, m: int, n: int, side: Side, lo: Extended, hi: Extended) -> bool:
    """Whether interval images alone show the strict inequality on all of [lo, hi]."""
    low, high = lo, hi
    for step in range(m * n):
        low, high = f.hull(low, high)
        if step == m - 1 and not (low > hi if side == "right" else high < lo):
            return False
    return bool(high < lo if side == "right" else low > hi)


def _fixed(power: Affine) -> Q | None:
    return None if power.slope == 1 else power.constant / (1 - power.slope)


def least_period(f: PiecewiseLinear, x: Q, bound: int) -> int:
    """The least p <= bound with f^p(x) = x, or 0 if there is none."""
    point: Any = x
    for p in range(1, bound + 1):
        point = f.at(point)
        if point == x:
            return p
    return 0
