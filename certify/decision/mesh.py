"""Meshes: the proof that f^(q m)(x) = x implies f^m(x) = x, or a point that refutes it.

With q = 2 this is Coppel's condition for g = f^m, the certificate of order; with q = 3 it says that g has no point of
least period 3. The interval is bisected until each cell passes one of two tests: its image under f^(q m) misses it,
or f^(q m) is affine on it and has there only fixed points that g fixes too. Every cut is at a knot's preimage or at a
solution of f^(q m)(x) = x, so for a piecewise-linear map the search ends.
"""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

from certify.decision.budget import Budget
from certify.decision.cells import Affine, trace
from certify.decision.guess import Guess, guess
from certify.numbers import Extended, Infinity, Q, sign, simplest_between
from certify.piecewise import PiecewiseLinear


class Mesh(NamedTuple):
    """The points, in increasing order, whose cells prove that f^(q m)(x) = x implies f^m(x) = x."""

    points: list[Extended]
    far: list[bool]
    """For each cell, whether its image misses it."""
    proposed: list[Q]
    """The points that were chosen to be simple."""


class Refutation(NamedTuple):
    """A point fixed by f^(q m) and not by f^m; possibly an infinite end of the line."""

    point: Extended


def mesh(f: PiecewiseLinear, m: int, q: int, budget: Budget) -> Mesh | Refutation:
    """Decides whether f^(q m)(x) = x implies f^m(x) = x on the domain of f, which f maps into itself; q is at least 2.

    On the line the two infinite points count as points, with the limits of f as values. Raises `BudgetExceeded`.
    """
    proposed = guess(f, m, q, budget) if isinstance(f.ends[0], Q) and isinstance(f.ends[1], Q) else Guess([])
    if proposed.suspect:
        found = _bisected(f, m, q, list(proposed.suspect), budget)
        if isinstance(found, Refutation):
            return found
    found = _bisected(f, m, q, [f.ends[0], *proposed.points, f.ends[1]], budget)
    return found if isinstance(found, Refutation) else Mesh(*found, proposed.points)


def short(f: PiecewiseLinear, m: int, q: int, mesh: Mesh) -> tuple[Extended, ...]:
    """The points of a mesh as a certificate shows them: no more than needed, and as simple as they may be."""
    settled = {f.ends[0], f.ends[1], *mesh.proposed}
    points, joined = mesh.points[:1], False
    for end, far in zip(mesh.points[1:], mesh.far):
        if far and joined and points[-1] not in settled and _misses(f, q * m, points[-2], end):
            points[-1] = end  # neighbouring cells whose images miss them become one
        else:
            points.append(end)
        joined = far
    for i, point in enumerate(points):
        if point not in settled:
            points[i] = _simplified(f, m, q, *points[i - 1 : i + 2])
    return tuple(points)


def _bisected(
    f: PiecewiseLinear, m: int, q: int, points: list[Extended], budget: Budget
) -> Refutation | tuple[list[Extended], list[bool]]:
    """The points with further ones between them, so that each cell passes; and whether its image misses it."""
    stack = list(pairwise(points))[::-1]
    points, far = points[:1], []
    while stack:
        budget.check(len(points) + len(stack))
        a, b = stack.pop()
        found = _examine(f, m, q, a, b)
        if isinstance(found, Refutation):
            return found
        if isinstance(found, bool):
            points.append(b)
            far.append(found)
        else:
            stack += [(found, b), (a, found)]
    return points, far


def _examine(f: PiecewiseLinear, m: int, q: int, a: Extended, b: Extended) -> bool | Q | Refutation:
    """True: the image misses the cell. False: affine, and fine. A number: cut there."""
    if _misses(f, q * m, a, b):
        return True
    maps = trace(f, a, b, q * m)
    if not isinstance(maps, list):
        return maps
    g, power = maps[m], maps[-1]
    for end in (a, b):
        if power.at(end) == end and g.at(end) != end:
            return Refutation(end)
    if _direction(power, a) * _direction(power, b) < 0:
        root = power.constant / (1 - power.slope)
        return root if g.at(root) == root else Refutation(root)
    return False


def _misses(f: PiecewiseLinear, steps: int, a: Extended, b: Extended) -> bool:
    lo, hi = a, b
    for _ in range(steps):
        lo, hi = f.hull(lo, hi)
    return hi < a or b < lo


def _direction(power: Affine, end: Extended) -> int:
    """The sign of power - id at an end of the cell; at an infinite end, its sign beyond all bounds."""
    if isinstance(end, Infinity):
        tilt = sign(power.slope - 1)
        return (tilt if end.positive else -tilt) or sign(power.constant)
    value = power.at(end)
    assert isinstance(value, Q)
    return sign(value - end)


def _simplified(f: PiecewiseLinear, m: int, q: int, a: Extended, point: Extended, b: Extended) -> Extended:
    """A simpler rational near the point with which the two cells beside it still pass; else the point itself."""
    assert isinstance(point, Q)
    reach = min([abs(point - end) for end in (a, b) if isinstance(end, Q)], default=Q(1)) / 2
    for _ in range(3):
        simple = simplest_between(point - reach, point + reach)
        if simple == point or len(str(simple)) >= len(str(point)):
            break
        if all(isinstance(_examine(f, m, q, *cell), bool) for cell in ((a, simple), (simple, b))):
            return simple
        reach /= 16
    return point
