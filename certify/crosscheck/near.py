"""True cycles near given points: all of them, exactly, without composing an iterate.

The set of y with |f^t(y) - x_t| <= r for all t is followed as a list of cells, intervals on which f^t is affine: each step cuts the
image of a cell at the knots of f that it meets, and drops what lies outside the ball around the next point. On a cell that is left at
the end, f^p(y) = y is one linear equation.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from certify.decision.budget import Budget
from certify.decision.cells import Affine, trace
from certify.decision.cycles import cycles_of, prime_divisors
from certify.errors import BudgetExceeded
from certify.numbers import Extended, Q
from certify.piecewise import ONE, ZERO, PiecewiseLinear

MAX_BITS = 1_000_000
"""Longer numbers are not followed."""
LONGEST = 1_000
"""Of longer lists the nearest cycle is not looked for."""


class Near(NamedTuple):
    """A cycle of the least period that was asked for, by the point y that goes with x_0, and its distance from the points.

    Where y is one of a whole interval of such points, it is one of least distance (or, where that one has a smaller period, close to it).
    """

    distance: Q
    start: Q
    interval: tuple[Q, Q] | None = None


class Nearby(NamedTuple):
    """The cycles within a radius, the nearest first; and points of smaller periods that are fixed by f^p too."""

    cycles: list[Near]
    smaller: list[Q]


class Cell(NamedTuple):
    """[lo, hi], on which f^t is y -> slope * y + constant."""

    lo: Q
    hi: Q
    slope: Q
    constant: Q

    def image(self) -> tuple[Extended, Extended]:
        """Of f^t on it."""
        u, v = self.slope * self.lo + self.constant, self.slope * self.hi + self.constant
        return (u, v) if u <= v else (v, u)

    def part(self, u: Extended, v: Extended) -> Cell | None:
        """The part whose image lies in [u, v]; None where there is none."""
        low, high = self.image()
        low, high = max(low, u), min(high, v)
        if low > high or self.slope == 0:
            return self if low <= high else None
        assert isinstance(low, Q)
        assert isinstance(high, Q)
        a, b = (low - self.constant) / self.slope, (high - self.constant) / self.slope
        return self._replace(lo=min(a, b), hi=max(a, b))


def companions(f: PiecewiseLinear, points: Sequence[Q], radius: Q, budget: Budget) -> list[Cell]:
    """All y with |f^t(y) - points[t]| <= radius for each t, as cells on which f^p is affine, p the number of points.

    f is a self-map. Raises `BudgetExceeded`.
    """
    first = Cell(points[0] - radius, points[0] + radius, ONE, ZERO).part(*f.ends)
    cells = [] if first is None else [first]
    for centre in (*points[1:], points[0]):
        ahead = (step for cell in cells for step in _through(f, cell))
        near = (step.part(centre - radius, centre + radius) for step in ahead)
        cells = []
        for cell in near:
            if cell is not None:
                cells.append(cell)
                budget.check(len(cells))
        if not cells:
            break
        if int(cells[0].constant.q.bit_length()) > MAX_BITS:
            raise BudgetExceeded(f"numbers of more than {MAX_BITS} bits")
    return cells


def _through(f: PiecewiseLinear, cell: Cell) -> Iterator[Cell]:
    """The cell cut where f is broken on its image, one step further."""
    low, high = cell.image()
    first, last = f.piece(low), f.piece(high)
    if last > first and f.breaks[last - 1] == high:
        last -= 1
    for i in range(first, last + 1):
        inside = cell if first == last else cell.part(max(low, f.corners[i]), min(high, f.corners[i + 1]))
        assert inside is not None
        s = f.slopes[i]
        yield inside._replace(slope=s * inside.slope, constant=s * inside.constant + f.intercepts[i])


def cycles_near(f: PiecewiseLinear, points: Sequence[Q], radius: Q, budget: Budget) -> Nearby:
    """The cycles of least period p, the number of points, within the radius of them, in the order of iteration.

    Complete: there are no others. f is a self-map. Raises `BudgetExceeded`.
    """
    found: dict[Q, Near] = {}
    smaller: set[Q] = set()
    for cell in companions(f, points, radius, budget):
        if cell.slope == 1 and cell.constant == 0 and cell.lo < cell.hi:
            if family := _family(f, points, cell):
                found[family.start] = family
            else:
                smaller.update((cell.lo, cell.hi))
            continue
        start = cell.lo if cell.slope == 1 else cell.constant / (1 - cell.slope)
        if not cell.lo <= start <= cell.hi or (cell.slope == 1 and cell.constant != 0):
            continue
        orbit = f.trajectory(start, len(points) - 1)
        if any(orbit[len(points) // q] == start for q in prime_divisors(len(points))):
            smaller.add(start)
        elif start not in found:
            found[start] = Near(_distance(orbit, points), start)
    return Nearby(sorted(found.values(), key=lambda near: near.distance), sorted(smaller))


def nearest_cycle(f: PiecewiseLinear, points: Sequence[Q], radius: Q, budget: Budget) -> Near | None:
    """The nearest cycle of least period p, looked for from this radius on; None if f has none at all.

    The budget's pieces bound cells times p. Raises `BudgetExceeded`.
    """
    if len(points) > LONGEST:
        raise BudgetExceeded(f"the nearest cycle of more than {LONGEST} points")
    budget = Budget(budget.max_pieces // len(points), budget.time_limit, budget.started)
    reach = max(abs(x - end) for x in points for end in _window(f, points))
    radius = max(radius, reach / (1 << 20))
    while not (near := cycles_near(f, points, radius, budget).cycles):
        if radius >= reach and (isinstance(f.ends[0], Q) or not cycles_of(f, len(points), budget)):
            return None  # on the line there may be one further away
        radius *= 4
    return near[0]


def _window(f: PiecewiseLinear, points: Sequence[Q]) -> list[Q]:
    """The ends of the domain; on the line, of a stretch around the points and all that happens."""
    if isinstance(f.ends[0], Q) and isinstance(f.ends[1], Q):
        return [f.ends[0], f.ends[1]]
    marks = [*points, *f.breaks, *(y for y in f.values if isinstance(y, Q))]
    lo, hi = min(marks), max(marks)
    return [lo - 4 * (hi - lo) - 1, hi + 4 * (hi - lo) + 1]


def _distance(orbit: Sequence[Q], points: Sequence[Q]) -> Q:
    return max(abs(y - x) for y, x in zip(orbit, points))


def _family(f: PiecewiseLinear, points: Sequence[Q], cell: Cell) -> Near | None:
    """On a cell that f^p leaves as it is: the point of least distance, or one close to it; None where all have a smaller period."""
    p = len(points)
    maps = trace(f, cell.lo, cell.hi, p)
    assert isinstance(maps, list)
    excluded = []
    for q in prime_divisors(p):
        slope, constant = maps[p // q]
        if slope == 1 and constant == 0:
            return None
        if slope != 1:
            excluded.append(constant / (1 - slope))
    best = lowest(maps[:p], points, cell)
    other = cell.lo if best == cell.hi else cell.hi
    step = (other - best) / (1024 * (len(excluded) + 1))
    start = next(y for k in range(len(excluded) + 1) if (y := best + k * step) not in excluded)
    return Near(_distance(f.trajectory(start, p - 1), points), start, (cell.lo, cell.hi))


def lowest(maps: Sequence[Affine], points: Sequence[Q], cell: Cell) -> Q:
    """Where on the cell the largest |f^t(y) - x_t| is least: the lowest point of a convex broken line, by tangents (Kelley 1960)."""
    lines = [line for (s, c), x in zip(maps, points) for line in ((s, c - x), (-s, x - c))]

    def tangents(y: Q) -> tuple[tuple[Q, Q], tuple[Q, Q]]:
        """Of the highest lines at y the flattest to the left and the steepest to the right."""
        top = max(s * y + c for s, c in lines)
        touching = sorted((s, c) for s, c in lines if s * y + c == top)
        return touching[0], touching[-1]

    left, right = tangents(cell.lo)[1], tangents(cell.hi)[0]
    if left[0] >= 0:
        return cell.lo
    if right[0] <= 0:
        return cell.hi
    while True:
        y = (right[1] - left[1]) / (left[0] - right[0])
        down, up = tangents(y)
        if down[0] <= 0 <= up[0]:
            return y
        left, right = (up, right) if up[0] < 0 else (left, down)
