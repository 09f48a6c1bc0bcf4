"""Sample points in doubles: where one looks for g^n(x) < x < g(x). Nothing here decides."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from certify.numbers import Q, rational

Floats = npt.NDArray[np.float64]
Range = tuple[Floats, Floats]
"""About the least and the greatest value at each point: twice the same array for a single map."""

SIMPLE = 300
"""About so many of the simplest rationals are tried before a grid."""
FAR = 2.0**50
"""Simple rationals are not looked for beyond this."""
TRIES = 12
"""So many proposals of the doubles are settled exactly before a search gives up."""


class Samples:
    """Sample points with their orbits in doubles, extended on demand by `image`.

    `ratios` are numerators and denominators, the simplest first; without them the points are the doubles themselves.
    """

    def __init__(
        self, start: Floats, ratios: tuple[list[int], list[int]] | None, image: Callable[[Range], Range]
    ) -> None:
        self.start, self.simple = start, ratios is not None
        self._ratios, self._image = ratios, image
        self._orbit: list[Range] = [(start, start)]

    @classmethod
    def simplest(cls, lo: float, hi: float, image: Callable[[Range], Range]) -> Samples:
        """The simplest rationals between two points."""
        lo, hi = np.clip((lo, hi), -FAR, FAR)
        most = max(1, min(64, math.isqrt(int(SIMPLE / (0.304 * max(hi - lo, 1e-6))) + 1)))
        denominators = np.arange(1, most + 1)
        first, last = np.ceil(lo * denominators), np.floor(hi * denominators)
        counts = np.clip(last - first + 1, 0, 2 * SIMPLE).astype(np.int64)
        q = np.repeat(denominators, counts)
        p = np.concatenate([np.arange(count) for count in counts]) + np.repeat(first.astype(np.int64), counts)
        lowest_terms = np.gcd(p, q) == 1
        p, q = p[lowest_terms], q[lowest_terms]
        simplest = np.lexsort((abs(p), q))[: 2 * SIMPLE]
        p, q = p[simplest], q[simplest]
        return cls(p / q, (p.tolist(), q.tolist()), image)

    def promising(self, m: int, n: int) -> list[int]:
        """Points at which g^n(x) < x < g(x) or the mirror image seems to hold for g = f^m, in the order to try them.

        Simple points come as they are and may miss by rounding, others by the widest margin.
        """
        x, (low, high), (last_low, last_high) = self.start, self.orbit(m), self.orbit(m * n)
        with np.errstate(invalid="ignore", over="ignore"):
            margin = np.maximum(np.minimum(x - last_high, low - x), np.minimum(last_low - x, x - high))
        hits = np.flatnonzero(margin > (-1e-9 * (1.0 + np.abs(x)) if self.simple else 0.0))
        order = hits if self.simple else hits[np.argsort(-margin[hits])]
        return [int(i) for i in order[:TRIES]]

    def orbit(self, step: int) -> Range:
        """The images of the points under f^step."""
        while len(self._orbit) <= step:
            self._orbit.append(self._image(self._orbit[-1]))
        return self._orbit[step]

    def exact(self, i: int) -> Q:
        """The i-th point itself: the simple rational, or the dyadic rational that the double is."""
        if self._ratios is None:
            return rational(float(self.start[i]))
        p, q = self._ratios
        return Q(p[i], q[i])
