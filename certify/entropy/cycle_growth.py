"""What one cycle implies: entropy, laps and crossings, from the order of its points alone.

Let f be continuous on an interval and P a periodic orbit with points p_0 < ... < p_(n-1), f(p_i) = p_s(i). The
connect-the-dots map F takes the same values on P and is affine on each I_i = [p_i, p_(i+1)]. By the intermediate
value theorem f(I_i) contains F(I_i), and more: for points y_0, ..., y_r that run monotonically from f(p_i) to
f(p_(i+1)) there are x_0 < ... < x_r in I_i, from p_i to p_(i+1), with f(x_k) = y_k. By induction f^t takes the values
of F^t at the corners of F^t in the same order. Hence

- h(f) >= h(F) = log r, r the spectral radius of M, M_ij = 1 if F(I_i) contains I_j (Block, Guckenheimer, Misiurewicz,
  Young 1980);
- laps(f^t) >= laps(F^t) on [p_0, p_(n-1)], and linear regions are at least as many as laps;
- at least sum_i (M^t)_ij intervals with disjoint interiors are mapped onto I_j by f^t: crossings of I_j.

Such numbers bound the size of shallow networks from below: Chatziafratis, Nagarajan, Panageas, Wang (arXiv
1912.04378), Chatziafratis, Nagarajan, Panageas (arXiv 2003.00777), Sanford, Chatziafratis (arXiv 2110.10295).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import pairwise
from typing import Any

from certify.decision.sharkovsky import split
from certify.entropy.algebra import ONE, Algebraic, largest_root
from certify.entropy.anatomy import Anatomy
from certify.entropy.exactness import perron_root
from certify.errors import BudgetExceeded
from certify.numbers import fraction, rational
from certify.piecewise import PiecewiseLinear

Permutation = tuple[int, ...]


@dataclass(frozen=True)
class CycleGrowth:
    """A cycle as evidence. `points` from the smallest on; `orbit` the same in the order in which f visits them.

    `permutation[i]` is the place of f(points[i]) among the points, counted from 0; `itinerary` the laps that the
    orbit visits. `matrix` is the covering matrix of the intervals between neighbouring points, `growth` its spectral
    radius: h(f) >= log(growth). `period_bound` is what the period alone gives, which never exceeds it, and
    `increasing` says that the permutation is i -> i + 1 or its mirror image: the chaotic itineraries of arXiv
    2110.10295.
    """

    points: tuple[Fraction, ...]
    orbit: tuple[Fraction, ...]
    itinerary: tuple[int, ...]
    permutation: Permutation

    @property
    def period(self) -> int:
        """The number of points."""
        return len(self.points)

    @cached_property
    def matrix(self) -> tuple[tuple[int, ...], ...]:
        """M_ij = 1 if the connect-the-dots map takes [points[i], points[i+1]] over [points[j], points[j+1]]."""
        return covering_matrix(self.permutation)

    @cached_property
    def growth(self) -> Algebraic:
        """The spectral radius of the covering matrix, an algebraic integer; at least 1, which stands for no growth."""
        return spectral_radius(self.matrix)

    @cached_property
    def period_bound(self) -> Algebraic:
        """The growth that every cycle of this period has at least."""
        return period_bound(self.period)

    @property
    def increasing(self) -> bool:
        """Whether the cycle visits its points from left to right, or from right to left, before it starts again."""
        n, s = self.period, self.permutation
        return n > 2 and (all(s[i] == (i + 1) % n for i in range(n)) or all(s[i] == (i - 1) % n for i in range(n)))

    def laps(self, steps: int) -> tuple[int, ...]:
        """For t = 1, ..., steps: f^t has at least so many laps; F^t, F the connect-the-dots map, exactly so many."""
        return dots_laps(self.permutation, steps)

    def crossings(self, steps: int) -> tuple[tuple[int, ...], ...]:
        """For t = 1, ..., steps, and for each interval between neighbours: at least how often f^t crosses it.

        That is the number of intervals with disjoint interiors that f^t maps onto it.
        """
        counts = [1] * len(self.matrix)
        found = []
        for _ in range(steps):
            counts = [sum(c for c, row in zip(counts, self.matrix) if row[j]) for j in range(len(counts))]
            found.append(tuple(counts))
        return tuple(found)


def cycle_growth(f: PiecewiseLinear, orbit: Sequence[Any]) -> CycleGrowth:
    """The evidence in a periodic orbit, given by its points in the order in which f visits them, from any of them on.

    Raises `ValueError` when that is not a periodic orbit of f, its points different, `DomainError` outside the domain.
    """
    visited = [fraction(rational(x)) for x in orbit]
    if not visited:
        raise ValueError("a periodic orbit has at least one point")
    if len(set(visited)) < len(visited):
        raise ValueError("the points of a periodic orbit differ from each other")
    for x, y in zip(visited, visited[1:] + visited[:1]):
        if (value := f(x)) != y:
            raise ValueError(f"not a periodic orbit: expected f({x}) = {y}, got {value}")
    start = visited.index(min(visited))
    path = visited[start:] + visited[:start]
    points = sorted(path)
    place = {x: i for i, x in enumerate(points)}
    permutation = tuple(place[f(x)] for x in points)
    return CycleGrowth(tuple(points), tuple(path), f.itinerary(path[0], len(path)), permutation)


def covering_matrix(permutation: Permutation) -> tuple[tuple[int, ...], ...]:
    """The covering matrix of the connect-the-dots map of a permutation of 0, ..., n - 1: n - 1 rows of 0 and 1."""
    n = len(permutation)
    return tuple(tuple(int(min(u, v) <= j < max(u, v)) for j in range(n - 1)) for u, v in pairwise(permutation))


def spectral_radius(matrix: Sequence[Sequence[int]]) -> Algebraic:
    """The spectral radius of a square matrix of non-negative integers as an algebraic integer; 1 where that is smaller.

    Raises `BudgetExceeded` when the matrix is too large.
    """
    anatomy = Anatomy([[j for j, count in enumerate(row) for _ in range(count)] for row in matrix])
    if not anatomy.growing:
        return ONE
    found = perron_root(anatomy, 128)
    if found is None:
        raise BudgetExceeded(f"the characteristic polynomial of a {len(matrix)} x {len(matrix)} matrix")
    return found[0]


def period_bound(period: int) -> Algebraic:
    """The least growth l of a cycle of this period q * 2^j, q odd: l^(2^j) is the largest root of z^q - 2 z^(q-2) - 1.

    For q = 1 it is 1 (Stefan 1977; Block, Guckenheimer, Misiurewicz, Young 1980: h(f) >= (log l_q) / 2^j). Raises
    `ValueError` unless period >= 1.
    """
    j, q = split(period)
    if q == 1:
        return ONE
    m = 1 << j
    coefficients = [0] * (q * m + 1)
    coefficients[0], coefficients[(q - 2) * m], coefficients[q * m] = -1, -2, 1
    return largest_root(coefficients, Fraction(1), Fraction(2))


def increasing_bound(period: int) -> Algebraic:
    """The growth of the increasing cycle of this period n: the largest root of z^n - 2 z^(n-1) + 1.

    Raises `ValueError` unless n >= 3.
    """
    if period < 3:
        raise ValueError(f"an increasing cycle that grows has period 3 at least, got {period}")
    # Divided by z - 1: z^(n-1) - z^(n-2) - ... - 1, which has one positive root (Descartes).
    return largest_root([-1] * (period - 1) + [1], Fraction(1), Fraction(2))


def dots_laps(permutation: Permutation, steps: int) -> tuple[int, ...]:
    """The number of laps of F^t for t = 1, ..., steps, F the connect-the-dots map; 1 for a single point.

    The laps of F^t on an interval are those of F^(t-1) on the images of the laps of F, one after another:
    neighbouring ones run through the same image of a turning point in opposite directions, so none merge.
    """
    n = len(permutation)
    if n < 2:
        return (1,) * steps
    images: dict[tuple[int, int], list[tuple[int, int]]] = {}
    waiting = [(0, n - 1)]
    while waiting:
        lo, hi = waiting.pop()
        if (lo, hi) in images:
            continue
        images[lo, hi] = _lap_images(permutation[lo : hi + 1])
        waiting += images[lo, hi]
    counts = dict.fromkeys(images, 1)
    found = []
    for _ in range(steps):
        counts = {node: sum(counts[image] for image in row) for node, row in images.items()}
        found.append(counts[0, n - 1])
    return tuple(found)


def _lap_images(values: Sequence[int]) -> list[tuple[int, int]]:
    """The images of the laps of the polygon with these (different) values at its corners."""
    turns = [i for i in range(1, len(values) - 1) if (values[i] > values[i - 1]) == (values[i] > values[i + 1])]
    corners = [values[i] for i in (0, *turns, len(values) - 1)]
    return [(min(u, v), max(u, v)) for u, v in pairwise(corners)]
