"""Meshes: the proof that f^(q m)(x) = x implies f^m(x) = x, or a point that refutes it.

With q = 2 this is Coppel's condition for g = f^m, the certificate of order; with q = 3 it says that g has no point of
least period 3. The interval is bisected until each cell passes one of two tests: its image under f^(q m) misses it,
or f^(q m) is affine on it and has there only fixed points that g fixes too. Every cut is at a knot's preimage or at a
solution of f^(q m)(x) = x, so for a piecewise-linear map the search ends.
"""

from __future__ import annotations

from typing import NamedTuple

from certify.decision.budget import Budget
from certify.decision.cells import Affine, trace
from certify.numbers import Extended, Infinity, Q, sign, simplest_between
from certify.piecewise import PiecewiseLinear


class Mesh(NamedTuple):
    """The points, in increasing order, whose cells prove that f^(q m)(x) = x implies f^m(x) = x."""

    points: tuple[Extended, ...]


class Refutation(NamedTuple):
    """A point fixed by f^(q m) and not by f^m; possibly an infinite end of the line."""

    point: Extended


def mesh(f: PiecewiseLinear, m: int, q: int, budget: Budget) -> Mesh | Refutation:
    """Decides whether f^(q m)(x) = x implies f^m(x) = x on the domain of f, which f maps into itself; q is at least 2.

    On the line the two infinite points count as points, with the limits of f as values. Raises `BudgetExceeded`.
    """
    points: list[Extended] = [f.ends[0]]
    far: list[bool] = []  # whether the cell left of each further point is one whose image misses it
    stack: list[tuple[Extended, Extended]] = [f.ends]
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
    return Mesh(tuple(_simplified(f, m, q, _merged(f, q * m, points, far))))


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


def _merged(f: PiecewiseLinear, steps: int, points: list[Extended], far: list[bool]) -> list[Extended]:
    """Neighbouring cells whose images miss them become one where the image of the union misses it too."""
    kept, joined = [points[0]], False
    for i, end in enumerate(points[1:]):
        if far[i] and joined and _misses(f, steps, kept[-2], end):
            kept[-1] = end
        else:
            kept.append(end)
        joined = far[i]
    return kept


def _simplified(f: PiecewiseLinear, m: int, q: int, points: list[Extended]) -> list[Extended]:
    """Inner points replaced by simpler rationals nearby, where the two cells beside them still pass."""
    points = list(points)
    for i in range(1, len(points) - 1):
        a, point, b = points[i - 1 : i + 2]
        assert isinstance(point, Q)
        reach = min([abs(point - end) for end in (a, b) if isinstance(end, Q)], default=Q(1)) / 2
        for _ in range(3):
            simple = simplest_between(point - reach, point + reach)
            if simple == point or len(str(simple)) >= len(str(point)):
                break
            if all(isinstance(_examine(f, m, q, *cell), bool) for cell in ((a, simple), (simple, b))):
                points[i] = simple
                break
            reach /= 16
    return points
