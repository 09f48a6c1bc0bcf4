"""Cells: intervals on which an iterate is affine, found without composing anything.

The orbit of a cell [a, b] is followed while its images lie in single pieces of f. Where a knot of f lies strictly
inside an image, its preimage in the cell is a place to cut.
"""

from __future__ import annotations

from bisect import bisect_left
from typing import NamedTuple

from certify.numbers import Extended, Infinity, Q
from certify.piecewise import ONE, ZERO, PiecewiseLinear


class Affine(NamedTuple):
    """x -> slope * x + constant."""

    slope: Q
    constant: Q

    def at(self, x: Extended) -> Extended:
        """The value, or at an infinite x the limit."""
        if isinstance(x, Infinity):
            return PiecewiseLinear.from_pieces((x, x), (), (self.slope,), (self.constant,)).at(x)
        return self.slope * x + self.constant


def trace(f: PiecewiseLinear, a: Extended, b: Extended, steps: int) -> Q | list[Affine]:
    """f^0, ..., f^steps on the cell [a, b] if f^steps is seen to be affine there, else a point strictly inside to cut
    at.
    """
    slope, constant = ONE, ZERO
    maps = [Affine(slope, constant)]
    u, v = a, b
    for _ in range(steps):
        lo, hi = (u, v) if u <= v else (v, u)
        piece = f.piece(lo)
        if piece < len(f.breaks) and f.breaks[piece] < hi:
            knot = f.breaks[_middle(f.breaks, piece, lo, hi)]
            return (knot - constant) / slope
        s, c = f.slopes[piece], f.intercepts[piece]
        slope, constant = s * slope, s * constant + c
        maps.append(Affine(slope, constant))
        u, v = maps[-1].at(a), maps[-1].at(b)
    return maps


def _middle(breaks: tuple[Q, ...], first: int, lo: Extended, hi: Extended) -> int:
    """The index of a break strictly between lo and hi, the first of which is given, near the middle."""
    last = bisect_left(breaks, hi) - 1
    if isinstance(lo, Infinity) or isinstance(hi, Infinity):
        return (first + last) // 2
    centre = (lo + hi) / 2
    after = min(max(bisect_left(breaks, centre), first), last)
    before = max(after - 1, first)
    return before if centre - breaks[before] < breaks[after] - centre else after
