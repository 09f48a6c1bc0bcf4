"""Points that f^(q m) seems to fix and f^m does not, in doubles: where cycles are suspected. Nothing here decides."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from certify.enclosure.doubles import Floats

SAMPLES = 1_025
MOST = 16
"""So many of the crossings found between samples are followed up: those that f^m moves furthest."""
SAME = 1e-6
"""Points closer than this part of the interval count as the same."""


def suspects(iterate: Callable[[Floats, int], Floats], lo: float, hi: float, m: int, q: int) -> Floats:
    """About where f^(q m) crosses the diagonal in [lo, hi] and f^m does not, the point that f^m moves furthest first.

    `iterate` gives the values of f^steps at many points.
    """
    samples = np.linspace(lo, hi, SAMPLES)
    with np.errstate(all="ignore"):
        once = iterate(samples, m)
        above = iterate(once, (q - 1) * m) > samples
        at = np.flatnonzero(above[:-1] != above[1:])
        at = at[np.argsort(-abs(once - samples)[at])][:MOST]
        left, right, sign = samples[at], samples[at + 1], above[at]
        for _ in range(50):
            middle = (left + right) / 2
            same = (iterate(middle, q * m) > middle) == sign
            left, right = np.where(same, middle, left), np.where(same, right, middle)
        moved = abs(iterate(left, m) - left)
    order = np.argsort(-moved)
    found: Floats = left[order][moved[order] > SAME * (hi - lo)]
    return found
