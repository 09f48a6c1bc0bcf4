"""What is drawn of a map: the window, the graphs of its iterates, the cobweb of an orbit. All of it is exact."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from certify.decision.core import core
from certify.errors import BudgetExceeded, InputError
from certify.numbers import Extended, Infinity, Q, as_float, rational, shown
from certify.piecewise import PiecewiseLinear

MOST_PIECES = 4000
"""Pieces of a graph that are drawn one by one; a graph of more is shown by points on it."""
SAMPLES = 2000

Window = tuple[Q, Q]
Point = tuple[Q, Q]


@dataclass(frozen=True)
class Curve:
    """Points of the graph of f^t in the window, exactly: all its corners, or (`exact` is False) values at evenly spaced points."""

    t: int
    points: tuple[Point, ...]
    exact: bool


def window(f: PiecewiseLinear, points: Iterable[Q] = ()) -> Window:
    """The domain; on the line an interval around the core (where it ends), knots with their values, fixed points, and `points`."""
    lo, hi = f.ends
    if isinstance(lo, Q) and isinstance(hi, Q):
        return lo, hi
    middle = core(f)
    ends = [end for end in (middle.lo, middle.hi) if not isinstance(end, Infinity)]
    fixed = f.fixed_points()
    inner = [*fixed.points, *(x for interval in fixed.intervals for x in interval if x is not None)]
    held = [*ends, *points, *map(rational, inner), *(rational(coordinate) for knot in f.knots for coordinate in knot)]
    low, high = min(held), max(held)
    margin = (high - low) / 10 or Q(1)
    return low - margin, high + margin


def chosen(ends: tuple[Extended, Extended], lo: Q, hi: Q) -> Window:
    """The window [lo, hi] that someone asks for. Raises `InputError` unless it lies in a domain with these ends and doubles can tell."""
    if not (ends[0] <= lo < hi <= ends[1]):
        inside = f"[{shown(ends[0])}, {shown(ends[1])}]"
        raise InputError("window", f"an interval LO,HI inside the domain {inside}", f"{shown(lo)},{shown(hi)}")
    if not float("-inf") < as_float(lo) < as_float(hi) < float("inf"):
        raise InputError("window", "two ends that are different doubles", f"{shown(lo)},{shown(hi)}")
    return lo, hi


def curve(f: PiecewiseLinear, t: int, over: Window) -> Curve:
    """The graph of f^t over the window."""
    iterate = f.on(*over)
    try:
        for _ in range(t - 1):
            iterate = f.compose(iterate, MOST_PIECES)
        if iterate.pieces > MOST_PIECES:
            raise BudgetExceeded(f"more than {MOST_PIECES} pieces")
    except BudgetExceeded:
        lo, hi = over
        places = [lo + (hi - lo) * i / SAMPLES for i in range(SAMPLES + 1)]
        return Curve(t, tuple((x, f.trajectory(x, t)[-1]) for x in places), exact=False)
    corners = zip(iterate.corners, iterate.values)
    return Curve(t, tuple((x, y) for x, y in corners if isinstance(x, Q) and isinstance(y, Q)), exact=True)


@dataclass(frozen=True)
class Exact:
    """A piecewise-linear map, as it is drawn."""

    f: PiecewiseLinear

    @property
    def ends(self) -> tuple[Extended, Extended]:
        """Of the domain."""
        return self.f.ends

    def require_self_map(self) -> None:
        """Raises `NotInvariantError` for a map that leaves its domain."""
        self.f.require_self_map()

    def window(self, points: Iterable[Q] = ()) -> Window:
        """What is drawn where nobody asks for more or less."""
        return window(self.f, points)

    def curve(self, t: int, over: Window) -> Curve:
        """The graph of f^t over the window."""
        return curve(self.f, t, over)

    def orbit(self, start: Any, steps: int) -> list[Q]:
        """The orbit of a point. Raises `DomainError` for one outside the domain."""
        return [rational(x) for x in self.f.orbit(start, steps)]


def cobweb(orbit: Sequence[Q]) -> list[Point]:
    """From the diagonal to the graph and back, for each step of an orbit."""
    steps = [corner for x, y in zip(orbit, orbit[1:]) for corner in ((x, y), (y, y))]
    return [(orbit[0], orbit[0]), *steps]
