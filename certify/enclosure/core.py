"""An interval around f^N(J) for every network of a box, where all periodic points lie."""

from __future__ import annotations

from typing import NamedTuple

from certify.enclosure.balls import Balls
from certify.enclosure.functions import Ball, dyadic
from certify.numbers import Q, arb, ctx, simplest_between

COARSE, FINE = (4, 12), (32, 40)
"""Parts and steps: an image of an interval is the hull of the images of so many equal parts of it, taken at most so often."""
NARROW = 20
"""A core of the first interval's width / 2^NARROW is narrow enough: doubles still see what happens in it."""


class Core(NamedTuple):
    """[lo, hi] holds f^steps(J), as it comes out where every image is taken in so many parts.

    There is something to spare, for other enclosures than these, the checker's, come out somewhat wider or narrower.
    """

    lo: Q
    hi: Q
    steps: int
    parts: int


def core(balls: Balls, lo: Q, hi: Q, steps: int, effort: tuple[int, int]) -> Core:
    """From [lo, hi], which holds f^steps(J), to the last of the images that shrink by a tenth or more each."""
    parts, most = effort
    with ctx.workprec(balls.bits):
        a, b = arb(lo), arb(hi)
        while steps < most:
            low, high = _image(balls, a, b, parts)
            low, high = max(low, a.lower()), min(high, b.upper())
            if not 10 * (high - low) < 9 * (b - a) or b - a < (hi - lo) / (1 << NARROW):
                break
            a, b, steps = low, high, steps + 1
        spare = (hi - lo) / (1 << 40) + dyadic((b - a).upper()) / 8
        left, right = dyadic(a.lower()), dyadic(b.upper())
    return Core(
        simplest_between(left - spare, left - spare / 2) if left > lo + spare else lo,
        simplest_between(right + spare / 2, right + spare) if right < hi - spare else hi,
        steps,
        parts,
    )


def _image(balls: Balls, a: Ball, b: Ball, parts: int) -> tuple[Ball, Ball]:
    """The ends of the hull of f over equal parts of [a, b]."""
    points = [a + (b - a) * i / parts for i in range(parts)]
    images = [balls.cut(balls.value(u.union(v))) for u, v in zip(points, [*points[1:], b])]
    return min(y.lower() for y in images), max(y.upper() for y in images)
