"""Orbits that need not be followed: a short argument shows that they never meet a cut again and never enter a plateau.

Let v be the p-adic valuation for a prime p: v(x) = k for x = p^k a/b with a, b prime to p, and v(0) is infinite.
Suppose that all slopes s != 0 of the map have v(s) <= 0, and let v(y) be less than v of each cut and less than v(c) -
v(s) for each piece s x + c. Then v(s y) < v(c), so v(s y + c) = v(s) + v(y) <= v(y) by the ultrametric inequality: the
same holds for f(y), and so on. Thus no point of the orbit is a cut. Networks with float weights are a case for p = 2:
every step adds some 50 binary digits behind the point.

Suppose moreover that an interval H with f(H) inside H contains y and no piece of slope 0. Then the orbit stays outside
plateaus.

A junction with germs on both sides of such a place keeps them on opposite sides, with the same ratio of slopes, for
ever.
"""

from __future__ import annotations

from certify.counting.cutmap import CutMap
from certify.numbers import Extended, Infinity, Q

PRIMES = (2, 3, 5, 7)
MAX_HULLS = 32
MAX_FAILURES = 32
"""Searches for an invariant interval that may fail before no more are made."""


class Sleep:
    """Recognises such places of one map; it may fail to, which costs time only."""

    def __init__(self, m: CutMap) -> None:
        self._m = m
        self._prime = next((p for p in PRIMES if self._admits(p)), None)
        self._power = 0 if self._prime is None else self._prime ** (1 - self._bound(self._prime))
        self._all_steep = 0 not in m.signs
        self._invariant: list[tuple[int, int]] = []  # the places of their ends
        self._failures = 0

    def well(self, place: int) -> bool:
        """Whether the orbit of the place is known to be of this kind."""
        if not self._power:
            return False
        places = self._m.places
        covered = self._all_steep or any(
            not places.below(place, lo) and not places.below(hi, place) for lo, hi in self._invariant
        )
        if not covered and self._failures == MAX_FAILURES:
            return False
        y = places.value(place)
        if isinstance(y, Infinity) or int(y.q) % self._power:
            return False
        if covered:
            return True
        found = self._invariant_around(y)
        if found is None:
            self._failures += 1
            return False
        self._invariant.append((places.place(found[0]), places.place(found[1])))
        return True

    def _admits(self, p: int) -> bool:
        valuations = [_valuation(s, p) for s in self._m.slopes if s != 0]
        return max(valuations, default=0) <= 0 and min(valuations, default=0) < 0

    def _bound(self, p: int) -> int:
        """Numbers of a valuation below this (which is at most 0) will do."""
        m = self._m
        cuts = [_valuation(x, p) for x in m.cuts if x != 0]
        pieces = [_valuation(c, p) - _valuation(s, p) for s, c in zip(m.slopes, m.intercepts) if s != 0 and c != 0]
        return min([0, *cuts, *pieces])

    def _invariant_around(self, y: Q) -> tuple[Extended, Extended] | None:
        """An invariant interval without a plateau around y, no cut, if a few images and what is between them fill one."""
        m = self._m
        lo = hi = y
        for _ in range(MAX_HULLS):
            first, last = m.piece(m.places.place(lo), 1), m.piece(m.places.place(hi), -1)
            if 0 in m.signs[min(first, last) : last + 1]:
                return None
            low, high = m.map.hull(lo, hi)
            if lo <= low and high <= hi:
                return lo, hi
            if isinstance(low, Infinity) or isinstance(high, Infinity):
                return None
            lo, hi = min(lo, low), max(hi, high)
        return None


def _valuation(x: Q, p: int) -> int:
    """v(x) for x != 0."""
    numerator, denominator, v = int(x.p), int(x.q), 0
    while numerator % p == 0:
        numerator //= p
        v += 1
    while denominator % p == 0:
        denominator //= p
        v -= 1
    return v
