"""The core: an interval f^N(J) that f maps into itself, every orbit enters, and that holds every periodic point."""

from __future__ import annotations

from typing import NamedTuple

from certify.numbers import Extended, Infinity, as_float
from certify.piecewise import PiecewiseLinear

MAX_STEPS = 8
"""Images beyond this one are not taken: each makes the ends longer numbers, and the mesh does not need them."""


class Core(NamedTuple):
    """f^steps(J) = [lo, hi], for f mapping J into itself; a single point when lo = hi."""

    lo: Extended
    hi: Extended
    steps: int


def core(f: PiecewiseLinear) -> Core:
    """The last of the first images of f's domain that shrink by more than a tenth each; f is a self-map."""
    lo, hi = f.ends
    for steps in range(MAX_STEPS):
        low, high = f.hull(lo, hi)
        if (low, high) == (lo, hi) or not _shrinks(lo, hi, low, high):
            return Core(lo, hi, steps)
        lo, hi = low, high
        if lo == hi:
            return Core(lo, hi, steps + 1)
    return Core(lo, hi, MAX_STEPS)


def _shrinks(lo: Extended, hi: Extended, low: Extended, high: Extended) -> bool:
    if isinstance(lo, Infinity) or isinstance(hi, Infinity):
        return (lo, hi) != (low, high)
    return as_float(high) - as_float(low) < 0.9 * (as_float(hi) - as_float(lo))
