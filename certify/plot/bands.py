"""What is drawn of a smooth network, and of a box of networks: bands that hold the graphs, and orbits to many digits."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from certify.box import Box
from certify.decision.budget import Budget
from certify.enclosure.balls import Balls, working_bits
from certify.enclosure.functions import Ball, dyadic
from certify.enclosure.invariance import NotShown, cover, output_range
from certify.enclosure.orbit import enclose_orbit
from certify.errors import InputError
from certify.numbers import Extended, Q, arb, ctx, rational
from certify.plot.curves import Window, window

COARSE, MOST_CELLS = 256, 2500
"""Parts of the window to begin with, and in the end."""
FLAT = Q(1, 250)
"""A part on which the band is higher than this part of the window is halved, while there are not too many."""


class Cell(NamedTuple):
    """On [a, b] the graph lies between two values; for a box that of each of its networks."""

    a: Q
    b: Q
    low: Q
    high: Q


@dataclass(frozen=True)
class Band:
    """A band that holds the graph of f^t over the window, from left to right."""

    t: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Enclosed:
    """A map of an interval or the line that is known by enclosures: a box of networks, or a smooth network as a box of its own."""

    box: Box

    @property
    def ends(self) -> tuple[Extended, Extended]:
        """Of the domain."""
        return self.box.ends

    def require_self_map(self) -> None:
        """Raises `NotInvariantError` for a map that leaves its domain, and `InputError` where enclosures do not tell."""
        try:
            cover(self.box, Budget())
        except NotShown as reason:
            raise InputError("iterates", "a map that is seen to map its domain into itself", str(reason)) from None

    def window(self, points: Iterable[Q] = ()) -> Window:
        """The domain; on the line what is drawn of the middle of the box, or where that is smooth, the values of its last activation.

        `points` are drawn too. Raises `InputError` where there is no such interval.
        """
        lo, hi = self.ends
        if isinstance(lo, Q) and isinstance(hi, Q):
            return lo, hi
        if not self.box.smooth:
            return window(self.box.middle.to_piecewise_linear(Budget().max_pieces), points)
        held = [*points, *(output_range(self.box) or ())]
        if not held:
            raise InputError("window", "LO,HI, for a map of the line whose values are not bounded", "none")
        low, high = min(held), max(held)
        margin = (high - low) / 10 or Q(1)
        return low - margin, high + margin

    def curve(self, t: int, over: Window) -> Band:
        """The graph of f^t over the window, enclosed part by part: by its values there, and from its middle by its slopes there."""
        balls = Balls(self.box, working_bits(self.box))
        lo, hi = over
        cells = [
            _cell(balls, t, lo + (hi - lo) * i / COARSE, lo + (hi - lo) * (i + 1) / COARSE, over) for i in range(COARSE)
        ]
        while True:
            tall = [cell for cell in cells if cell.high - cell.low > (hi - lo) * FLAT]
            if not tall or len(cells) + len(tall) > MOST_CELLS:
                return Band(t, tuple(cells))
            halved = set(tall)
            cells = [part for cell in cells for part in (_halves(balls, t, cell, over) if cell in halved else [cell])]

    def orbit(self, start: Any, steps: int) -> list[Q]:
        """The orbit of a point, each value to 15 digits; for a box of more than one network the middle of what they do."""
        found = enclose_orbit(self.box, start, steps).steps
        return [rational(start), *(rational(str(step.value)) for step in found[1:])]


def _halves(balls: Balls, t: int, cell: Cell, over: Window) -> list[Cell]:
    middle = (cell.a + cell.b) / 2
    return [_cell(balls, t, cell.a, middle, over), _cell(balls, t, middle, cell.b, over)]


def _cell(balls: Balls, t: int, a: Q, b: Q, over: Window) -> Cell:
    """What is known of f^t on [a, b]; where nothing is, more than the height of the window."""
    x, middle = balls.hull(a, b), balls.hull((a + b) / 2, (a + b) / 2)
    values, slopes = _image(balls, t, x)
    centre, _ = _image(balls, t, middle)
    with ctx.workprec(balls.bits):
        along = centre + slopes * (x - middle)
        both = values.intersection(along) if values.is_finite() and along.is_finite() else arb("nan")
    if not both.is_finite():
        lo, hi = over
        return Cell(a, b, 2 * lo - hi, 2 * hi - lo)
    return Cell(a, b, dyadic(both.lower()), dyadic(both.upper()))


def _image(balls: Balls, t: int, x: Ball) -> tuple[Ball, Ball]:
    """f^t and its slope over a ball. A single step needs no domain that is mapped into itself."""
    return balls.value_and_slope(x) if t == 1 else balls.iterate_and_slope(x, t)
