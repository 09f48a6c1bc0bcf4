"""Meshes that prove order for every network of a box: g(g(x)) = x implies g(x) = x on the core (Coppel 1955).

Either g does not decrease on the core; or each cell passes one of two tests. *Disjoint*: g(g(cell)) misses the cell. *Transversal*:
(g∘g)' - 1 keeps its sign there, so that g(g(x)) = x has at most one solution, and g(a) >= a, g(b) <= b at the ends a, b or the
reverse, so that there is one, which g fixes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, NamedTuple

import numpy as np

from certify.decision.budget import Budget
from certify.enclosure.core import Core
from certify.enclosure.doubles import Floats
from certify.enclosure.functions import ROUNDING, sides
from certify.enclosure.search import Search
from certify.enclosure.suspects import suspects
from certify.numbers import Q, as_float, ctx, shown, simplest_between

Rule = Literal["cells", "increasing"]

DEEPEST = 36
"""A cell of the core's width / 2^DEEPEST is cut no further."""
SAMPLES = 257


class Mesh(NamedTuple):
    """The rule, and the points between which every cell passes it."""

    rule: Rule
    points: tuple[Q, ...]


class Stuck(NamedTuple):
    """Why there is no mesh at this level; `cycle` where doubles see a cycle of twice the period, so that only a higher level can do."""

    reason: str
    cycle: bool


def mesh(search: Search, core: Core, level: int, budget: Budget, most: int) -> Mesh | Stuck:
    """A mesh for g = f^(2^level) on the core, of at most so many cells. Raises `BudgetExceeded`."""
    return _Mesher(search, core, level, budget, most).mesh()


class _Mesher:
    def __init__(self, search: Search, core: Core, level: int, budget: Budget, most: int) -> None:
        self.near, self.balls, self.most = search.near, search.lenient, most
        self.domain = search.box.ends
        self.core, self.level, self.m, self.budget = core, level, 1 << level, budget
        self._signs: dict[Q, tuple[bool, bool]] = {}

    def mesh(self) -> Mesh | Stuck:
        if self._seems_increasing() and isinstance(found := self._bisected(self._increases, DEEPEST // 2), list):
            return Mesh("increasing", tuple(found))
        cycles = suspects(self._iterate, *self._core_in_doubles, self.m, 2)
        if len(cycles):
            return Stuck(f"f seems to have a point of least period {2 * self.m} near x = {cycles[0]:.6g}", True)
        found = self._bisected(self._passes, DEEPEST)
        if isinstance(found, list):
            return Mesh("cells", self._merged(found))
        return self._stuck(found) if found else Stuck(f"a mesh needs more than {self.most} cells", False)

    def _bisected(self, passes: Callable[[Q, Q], bool], depth: int) -> list[Q] | tuple[Q, Q] | None:
        """The ends of the core with points between them, so that every cell passes; a cell too narrow to be cut; or too many."""
        lo, hi = self.core.lo, self.core.hi
        points, stack = [lo], [(lo, hi)]
        while stack:
            self.budget.check(len(points) + len(stack))
            if len(points) + len(stack) > self.most:
                return None
            a, b = stack.pop()
            if passes(a, b):
                points.append(b)
            elif (b - a) * (1 << depth) < hi - lo:
                return a, b
            else:
                cut = self._cut(a, b)
                stack += [(cut, b), (a, cut)]
        return points

    def _cut(self, a: Q, b: Q) -> Q:
        """A simple point off the middle at which g is plainly not the identity: a fixed point may be a simple number too."""
        for low, high in ((27, 31), (33, 37), (39, 43)):
            cut = simplest_between(a + (b - a) * Q(low, 64), a + (b - a) * Q(high, 64))
            if any(self._moves(cut)):
                break
        return cut

    def _increases(self, a: Q, b: Q) -> bool:
        """Whether g' >= 0 on the cell."""
        with ctx.workprec(self.balls.bits):
            return not sides(self.balls.iterate_and_slope(self.balls.hull(a, b), self.m)[1], ROUNDING)[0]

    def _passes(self, a: Q, b: Q) -> bool:
        """Whether the cell is disjoint from its image under g∘g, or transversal."""
        if self._misses(a, b):
            return True
        (up, down), (up_b, down_b) = self._moves(a), self._moves(b)
        if not ((up and down_b) or (down and up_b)):
            return False
        with ctx.workprec(self.balls.bits):
            slope = self.balls.iterate_and_slope(self.balls.hull(a, b), 2 * self.m)[1]
            return bool(slope > 1) or bool(slope < 1)

    def _misses(self, a: Q, b: Q) -> bool:
        with ctx.workprec(self.balls.bits):
            values = self.balls.iterate(self.balls.hull(a, b), 2 * self.m)
            return bool(values > b) or bool(values < a)

    def _moves(self, x: Q) -> tuple[bool, bool]:
        """Whether g(x) >= x for all networks, and whether g(x) <= x: at an end of the domain, one of them whatever g is."""
        if x not in self._signs:
            with ctx.workprec(self.balls.bits):
                value = self.balls.iterate(self.balls.hull(x, x), self.m)
                lo, hi = self.domain
                self._signs[x] = x == lo or bool(value >= x), x == hi or bool(value <= x)
        return self._signs[x]

    def _merged(self, points: list[Q]) -> tuple[Q, ...]:
        """The same mesh with neighbouring cells made one where that misses its image too."""
        kept = points[:1]
        for point in points[1:]:
            if len(kept) > 1 and self._misses(kept[-2], point):
                kept[-1] = point
            else:
                kept.append(point)
        return tuple(kept)

    # In doubles

    @property
    def _core_in_doubles(self) -> tuple[float, float]:
        return as_float(self.core.lo), as_float(self.core.hi)

    def _seems_increasing(self) -> bool:
        x = np.linspace(*self._core_in_doubles, SAMPLES)
        return bool(np.all(np.diff(self._iterate(x, self.m)) >= 0))

    def _iterate(self, x: Floats, steps: int) -> Floats:
        return self.near.iterate(x, steps, *self._core_in_doubles)

    def _stuck(self, cell: tuple[Q, Q]) -> Stuck:
        x = (cell[0] + cell[1]) / 2
        lo, hi = self._core_in_doubles
        at = np.array([as_float(x)])
        once, twice = (abs(self._iterate(at, q * self.m) - at)[0] / (hi - lo) for q in (1, 2))
        if once > 1e-3 and twice < 1e-6:
            return Stuck(f"f seems to have a point of least period {2 * self.m} near x = {shown(x)}", True)
        g = "f" if self.level == 0 else f"f^{self.m}"
        return Stuck(f"enclosures do not separate the solutions of g(g(x)) = x for g = {g} near x = {shown(x)}", False)
