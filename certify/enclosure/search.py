"""Points with g^n(x) < x < g(x), n odd, or the mirror image, for every network of a box: doubles propose, balls settle."""

from __future__ import annotations

import sys
from functools import cached_property
from typing import NamedTuple

import numpy as np

from certify.box import Box
from certify.decision.samples import Range, Samples
from certify.decision.witness import GRID, Side
from certify.enclosure.balls import Balls, working_bits
from certify.enclosure.doubles import Doubles, Floats
from certify.enclosure.functions import ROUNDING, Ball
from certify.enclosure.invariance import output_range
from certify.enclosure.suspects import suspects
from certify.numbers import Q, ctx, floats, rational, simplest_between

PRECISIONS = (64, 128, 256, 512, 1024, 2048, 4096)
"""Bits at which an inequality is tried before it counts as a tie that enclosures cannot settle."""
LARGEST = sys.float_info.max / 8
"""Samples stay within this, so that sums and differences of a few of them are doubles."""


class Found(NamedTuple):
    """The strict inequality at x for every network of the box, with the bits that show it, and enclosures of g(x) and g^n(x)."""

    x: Q
    side: Side
    bits: int
    first: Ball
    last: Ball


class Search:
    """Looks for witnesses of a box; orbits of the sample points and balls of the weights are made once for all levels."""

    def __init__(self, box: Box) -> None:
        self.box = box
        self.near = Doubles(box)
        self._balls: dict[int, Balls] = {}
        self.open: dict[Q, str] = {}
        """Points at which an inequality was proposed and could be neither shown nor refuted, with the reason."""

    def balls(self, bits: int) -> Balls:
        """The box in ball arithmetic with so many bits."""
        if bits not in self._balls:
            self._balls[bits] = Balls(self.box, bits)
        return self._balls[bits]

    @cached_property
    def lenient(self) -> Balls:
        """The box in ball arithmetic for meshes: its slopes next to kinks are proposals."""
        return Balls(self.box, working_bits(self.box), ROUNDING)

    def witness(self, level: int, n: int) -> Found | None:
        """A strict witness for this level and n, if the samples propose one that the balls confirm."""
        m = 1 << level
        for points in (self._simple, self._grid):
            for i in points.promising(m, n):
                x = points.exact(i)
                if x not in self.open and self._inside(x) and (found := self.settle(x, m, n)):
                    return found if points.simple else self._simplified(found, m, n)
        return self._next_to_a_cycle(m) if n == 3 else None

    def _next_to_a_cycle(self, m: int) -> Found | None:
        """A witness for n = 3 next to a point of period 3 under f^m that doubles see: generically there is one on one side."""
        lo, hi = self.window
        for point in suspects(self._iterate, lo, hi, m, 3).tolist():
            for reach in (2.0**-12, 2.0**-24, 2.0**-36):
                for x in (point - reach * (hi - lo), point + reach * (hi - lo)):
                    if self._inside(rational(x)) and (found := self.settle(rational(x), m, 3)):
                        return self._simplified(found, m, 3)
        return None

    def _iterate(self, x: Floats, steps: int) -> Floats:
        return self.near.iterate(x, steps, *self.window)

    def settle(self, x: Q, m: int, n: int) -> Found | None:
        """Whether the inequality holds at x, on either side, for g = f^m and every network, with as many bits as that takes.

        None where it fails for one; and where it stays open, because no more bits are tried or because the box is too wide for
        more of them to help: then the point is kept in `open`.
        """
        before = None
        for bits in PRECISIONS:
            balls = self.balls(bits)
            with ctx.workprec(bits):
                first = balls.iterate(balls.hull(x, x), m)
                right, left = bool(first > x), bool(first < x)
                last = balls.iterate(first, m * (n - 1)) if right or left else first
                if (right and last < x) or (left and last > x):
                    return Found(x, "right" if right else "left", bits, first, last)
                if (right and last > x) or (left and last < x):
                    return None
                if first == x or last == x:  # both without any radius, as after a clip: a tie that no bits will undo
                    self.open[x] = "the values are equal"
                    return None
                width = last.rad()
                if before is not None and 2 * width > before:
                    self.open[x] = "the box is too wide"
                    return None
                before = width
        pair = "g(x)" if not (right or left) else "g^n(x)"
        self.open[x] = f"enclosures of {PRECISIONS[-1]} bits do not tell {pair} from x"
        return None

    def _simplified(self, found: Found, m: int, n: int) -> Found:
        """The same at a simpler rational nearby, where there is one."""
        lo, hi = self.window
        reach = rational(hi - lo) / (4 * GRID)
        for _ in range(3):
            x = simplest_between(found.x - reach, found.x + reach)
            if self._inside(x) and (simpler := self.settle(x, m, n)):
                return simpler
            reach /= 16
        return found

    def _inside(self, x: Q) -> bool:
        return bool(self.box.ends[0] <= x <= self.box.ends[1])

    @cached_property
    def window(self) -> tuple[float, float]:
        """About where orbits end up: an interval around a few images of the domain, or of a generous part of the line."""
        lo, hi = np.clip(floats(self.box.ends), -LARGEST, LARGEST).tolist()
        if self.box.domain is None:
            lo, hi = self._stretch()
        for _ in range(8):
            values = self.near.values(np.linspace(lo, hi, GRID))
            values = values[np.isfinite(values)]
            if not len(values):
                break
            pad = (values.max() - values.min()) / 64
            low, high = max(lo, values.min() - pad), min(hi, values.max() + pad)
            if not 0 < high - low < 0.9 * (hi - lo):
                break
            lo, hi = float(low), float(high)
        return lo, hi

    def _stretch(self) -> tuple[float, float]:
        """A part of the line around the places where the units of the first layer are 0, with its image."""
        if bounds := output_range(self.box):
            lo, hi = floats(bounds)
            return lo, hi
        first = self.box.lower.layers[0]
        centres = np.array([b / w for (w,), b in zip(map(floats, first.weight), floats(first.bias)) if w])
        centres = -np.clip(centres[np.isfinite(centres)], -LARGEST / 8, LARGEST / 8)
        if not len(centres):
            centres = np.zeros(1)
        span = max(1.0, float(centres.max() - centres.min()))
        lo, hi = float(centres.min()) - 2 * span, float(centres.max()) + 2 * span
        values = self.near.values(np.linspace(lo, hi, GRID))
        values = np.clip(values[np.isfinite(values)], -LARGEST, LARGEST)
        return min([lo, *values.tolist()]), max([hi, *values.tolist()])

    @cached_property
    def _simple(self) -> Samples:
        return Samples.simplest(*self.window, self._image)

    @cached_property
    def _grid(self) -> Samples:
        lo, hi = self.window
        grid = np.linspace(lo, hi, GRID + 2)
        heights = self.near.values(grid)
        rises = np.diff(heights)
        turning = 1 + np.flatnonzero(rises[:-1] * rises[1:] < 0)
        turns = grid[turning]
        points = np.concatenate([grid[1:-1], heights[turning], _crossings(grid, heights, turns[:16])])
        points = points[(points > lo) & (points < hi)]  # which leaves out what is not finite
        return Samples(np.sort(points), None, self._image)

    def _image(self, points: Range) -> Range:
        if self.box.is_single:
            values = self._cut(self.near.values(points[0]))
            return values, values
        low, high = self.near.ranges(*points)
        return self._cut(low), self._cut(high)

    def _cut(self, values: Floats) -> Floats:
        lo, hi = floats(self.box.ends)
        return np.clip(values, lo, hi)


def _crossings(grid: Floats, heights: Floats, targets: Floats) -> Floats:
    """About where a function with these heights over the grid takes the targets as values."""
    with np.errstate(all="ignore"):
        above = heights - targets[:, None]
        rows, columns = np.nonzero(above[:, :-1] * above[:, 1:] < 0)
        left, right = above[rows, columns], above[rows, columns + 1]
        return np.asarray(grid[columns] + (grid[columns + 1] - grid[columns]) * left / (left - right))
