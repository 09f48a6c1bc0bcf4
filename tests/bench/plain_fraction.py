"""A plain exact search for a point of period 3, with `fractions.Fraction` and nothing else, to measure against.

A map of [0, 1] is the list of its knots (x, y), in increasing order of x. The network clip(sum of a_i relu(x - b_i))
becomes such a list by one sort and prefix sums; f, f^2 and f^3 are composed piece by piece; a fixed point of f^3 that
f moves has period 3. It shares no line with the package, so it is an oracle for it as well.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from fractions import Fraction
from itertools import pairwise

Knots = list[tuple[Fraction, Fraction]]


def network(a: Iterable[float], b: Iterable[float]) -> Knots:
    """clip(sum of a_i relu(x - b_i)) to [0, 1] on [0, 1], exactly, for 0 <= b_i: the doubles are taken as the
    rationals they are.
    """
    kinks = sorted((Fraction(offset), Fraction(weight)) for weight, offset in zip(a, b, strict=True))
    x = y = slope = Fraction(0)
    knots = [(x, y)]
    for offset, weight in kinks:
        if offset >= 1:
            break
        y += slope * (offset - x)
        x = offset
        slope += weight
        knots.append((x, y))
    knots.append((Fraction(1), y + slope * (1 - x)))
    return clip(knots)


def clip(knots: Knots) -> Knots:
    """min(1, max(0, f)): knots where f crosses 0 and 1 come in, and what lies inside a plateau goes out."""
    clipped: Knots = []
    for (x, y), (u, v) in pairwise(knots):
        append(clipped, x, min(Fraction(1), max(Fraction(0), y)))
        crossed = [level for level in (Fraction(0), Fraction(1)) if y < level < v or v < level < y]
        for level in crossed if y < v else reversed(crossed):
            append(clipped, x + (level - y) * (u - x) / (v - y), level)
    x, y = knots[-1]
    append(clipped, x, min(Fraction(1), max(Fraction(0), y)))
    return clipped


def append(knots: Knots, x: Fraction, y: Fraction) -> None:
    """Adds a knot at the right; the one before it is dropped when it lies inside a plateau or at the same x."""
    if knots and knots[-1][0] == x:
        return
    if len(knots) > 1 and knots[-2][1] == knots[-1][1] == y:
        knots.pop()
    knots.append((x, y))


def value(knots: Knots, x: Fraction) -> Fraction:
    """f(x), by bisection and interpolation."""
    i = min(max(bisect_right(knots, x, key=place), 1), len(knots) - 1)
    (u, y), (v, z) = knots[i - 1], knots[i]
    return y + (z - y) * (x - u) / (v - u)


def compose(outer: Knots, inner: Knots) -> Knots:
    """x -> outer(inner(x)): every piece of the inner map is cut where its values meet knots of the outer one."""
    knots: Knots = []
    for (x, y), (u, v) in pairwise(inner):
        append(knots, x, value(outer, y))
        met = outer[bisect_right(outer, min(y, v), key=place) : bisect_left(outer, max(y, v), key=place)]
        for level, height in met if y < v else reversed(met):
            append(knots, x + (level - y) * (u - x) / (v - y), height)
    x, y = inner[-1]
    append(knots, x, value(outer, y))
    return knots


def period_three(f: Knots) -> Fraction | None:
    """A point of least period 3, or None when there is none."""
    cube = compose(f, compose(f, f))
    for (x, y), (u, v) in pairwise(cube):
        before, after = y - x, v - u  # f^3 - id at both ends of the piece
        if before == after == 0:
            fixed = [
                x,
                u,
            ]  # the piece consists of fixed points of f^3; f is affine on it and fixes all of it, or not both ends
        elif before * after <= 0:
            fixed = [x + (u - x) * before / (before - after)]
        else:
            fixed = []
        for point in fixed:
            if value(f, point) != point:
                return point
    return None


def place(knot: tuple[Fraction, Fraction]) -> Fraction:
    """The x of a knot."""
    return knot[0]
