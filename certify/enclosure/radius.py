"""The most robust witness of a network: the point x and the largest radius such that g^n(x) < x < g(x), n odd, or the mirror image,
holds for every network whose weights and biases lie within the radius.

Everything here is in doubles and proposes; the checker settles. An x that serves for one radius serves for all smaller ones, so
many points are tried at a radius at once, and those that fail where another passes are gone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

from certify.box import Box, Measure
from certify.decision.decide import LONGEST, ODD
from certify.decision.witness import Search as PiecesSearch
from certify.decision.witness import Side
from certify.enclosure.doubles import Floats
from certify.enclosure.ranges import Ranges
from certify.enclosure.search import Search
from certify.network import Network
from certify.numbers import Q, rational, simplest_between
from certify.piecewise import PiecewiseLinear

GRID, DENSE = 512, 8_192
"""Sample points in the window; for a map whose pieces are known they cost little."""
SHORT = 24
"""Once there is a witness, only those with orbits up to this length are expected to be more robust."""
ROUNDS, FINER = 6, 8
"""The grid around the best points is made so many times finer, so often."""
MANY, KEPT = 96, 32
"""At most so many points of a grid are tried for a further inequality; and so many are refined, half of them each further time."""
NOISE = 1e-12
"""A smaller margin, as a part of the largest number in the window, may be rounding."""
WIDE = 0.9
"""An image that fills so much of the window says nothing any more."""
LEAST, MOST = -1060, 900
"""Radii lie between these powers of 2."""

Mask = npt.NDArray[np.bool_]
Indices = npt.NDArray[np.intp]
Array = TypeVar("Array", Floats, Indices)
Orbits = dict[int, tuple[Floats, Floats]]
"""By the number of steps, the lower and the upper ends of the images."""


class Turn(NamedTuple):
    """Which inequality: between x, g(x) and g^n(x) for g = f^(2^level)."""

    level: int
    n: int

    @property
    def steps(self) -> tuple[int, int]:
        """g and g^n as iterates of f."""
        return 1 << self.level, self.n << self.level


def turns(max_level: int) -> list[Turn]:
    """The inequalities that are tried, short orbits first."""
    found = [Turn(j, n) for j in range(max_level + 1) for n in ODD if n << j <= LONGEST]
    return sorted(found, key=lambda turn: turn.steps[1])


@dataclass(frozen=True)
class Proposal:
    """The inequality at x seems to hold for every network within the radius."""

    level: int
    n: int
    x: Q
    side: Side
    radius: float


class _Best(NamedTuple):
    turn: Turn
    x: float
    radius: float


class RobustSearch:
    """Looks for the most robust witness of one network."""

    def __init__(self, network: Network, weights: Measure, pieces: PiecewiseLinear | None = None) -> None:
        search = Search(Box.of(network))
        self._ranges, self.window = Ranges(network, weights), search.window
        self._values, grid = search.near.values, np.linspace(*self.window, GRID + 2)[1:-1]
        if pieces:
            exact = PiecesSearch(pieces)
            self._values = exact.evaluate
            grid = np.union1d(np.linspace(*self.window, DENSE), exact.grid.start)
        self._grid = grid[(grid >= self.window[0]) & (grid <= self.window[1])]
        self._spacing = (self.window[1] - self.window[0]) / (GRID + 1)
        self._noise = NOISE * max(map(abs, self.window))

    def best(self, factor: float, max_level: int) -> Proposal | None:
        """The witness with the largest radius that was found, this radius up to the factor, x as simple as that allows."""
        found = self._over(turns(max_level), _part(factor))
        return self._simplest(found, factor) if found else None

    def around(self, witness: Proposal, factor: float) -> Proposal | None:
        """The same near a point for which the inequality is known to hold for the network itself."""
        found = self._climb(np.array([float(witness.x)]), Turn(witness.level, witness.n), 0.0, _part(factor))
        return self._simplest(found, factor) if found else None

    def orbit(self, x: float, steps: int) -> Floats:
        """About the orbit of a point under the network itself."""
        points = [np.array([x])]
        for _ in range(steps):
            points.append(self._ranges.cut(self._values(points[-1])))
        return np.concatenate(points)

    def _over(self, tried: list[Turn], part: float) -> _Best | None:
        best: _Best | None = None
        grid, orbit = self._grid, [self._grid]
        for turn in tried:
            first, last = turn.steps
            if best and last > SHORT:
                break
            while len(orbit) <= last:
                orbit.append(self._ranges.cut(self._values(orbit[-1])))
            hits = np.flatnonzero(_margin(grid, orbit[first], orbit[last]) > self._noise)
            points = grid[_spread_over_runs(hits, MANY if best else 4 * MANY)]
            if best:
                points = self._passing(points, turn, best.radius * part)
            if len(points) and (found := self._climb(points, turn, best.radius if best else 0.0, part)):
                best = found
        return best

    def _climb(self, points: Floats, turn: Turn, radius: float, part: float) -> _Best | None:
        """The point with the largest radius near some that have this one; None where there is no such radius at all."""
        points, radius = self._largest(points, turn, radius, 1.5)
        spacing = self._spacing
        for i in range(ROUNDS if radius else 0):
            offsets = spacing * np.linspace(-1, 1, 2 * FINER + 1)
            around = (_spread(points, KEPT >> i)[:, None] + offsets).ravel()
            around = around[(around >= self.window[0]) & (around <= self.window[1])]
            points, radius = self._largest(
                np.concatenate([points, around]), turn, radius, max(part, 1.3 ** (1 / (1 + i * i)))
            )
            spacing /= FINER
        points, radius = self._largest(points, turn, radius, part) if radius else (points, radius)
        return _Best(turn, float(points[len(points) // 2]), radius) if radius else None

    def _largest(self, points: Floats, turn: Turn, radius: float, part: float) -> tuple[Floats, float]:
        """Points that pass at a radius, and this radius, such that no point passes at `part` times it; some do at the one given."""
        if radius == 0:
            points, radius = self._magnitude(points, turn)
        high, step = radius, part
        while radius == high < 2.0**MOST:
            high = radius * step
            if len(passing := self._passing(points, turn, high)):
                points, radius, step = passing, high, step * step
        while high > radius * part * (1 + 1e-12):
            middle = radius * (high / radius) ** 0.5
            if len(passing := self._passing(points, turn, middle)):
                points, radius = passing, middle
            else:
                high = middle
        return points, radius

    def _magnitude(self, points: Floats, turn: Turn) -> tuple[Floats, float]:
        """Points that pass at a power of 2 at twice which none does, and this power; 0 where none passes at any."""
        low, high = LEAST, MOST
        usual = iter((-8, -4, -12, 0, -20, 8))
        while high - low > 1:
            middle = next((guess for guess in usual if low < guess < high), (low + high) // 2)
            if len(passing := self._passing(points, turn, 2.0**middle)):
                points, low = passing, middle
            else:
                high = middle
        return points, 2.0**low if low > LEAST else 0.0

    def _simplest(self, best: _Best, factor: float) -> Proposal:
        """The same at the simplest of the points nearby that have nearly the same radius."""
        exact, radius = rational(best.x), best.radius / factor**0.25
        reaches = [rational(self._spacing) / 4**i for i in range(24 if self._spacing > 0 else 0)]
        candidates = [*(simplest_between(exact - r, exact + r) for r in reaches), exact]
        places = np.array([float(x) for x in candidates])
        passing = self._passing(places, best.turn, radius)
        x = candidates[places.tolist().index(passing[0])] if len(passing) else exact
        first = self._orbits(np.array([float(x)]), best.turn, radius)[best.turn.steps[0]]
        return Proposal(*best.turn, x, "right" if first[0][0] > float(x) else "left", radius)

    def _passing(self, points: Floats, turn: Turn, radius: float) -> Floats:
        """The points at which the inequality seems to hold for all networks within the radius."""
        orbits = self._orbits(points, turn, radius)
        return points[_holds(points, *(orbits[steps] for steps in turn.steps))]

    def _orbits(self, points: Floats, turn: Turn, radius: float) -> Orbits:
        """About the images under g and g^n; NaN where a point is no witness, as the image gets too wide or g fixes it."""
        too_wide = WIDE * (self.window[1] - self.window[0])
        low, high, alive = points, points, np.arange(len(points))
        found = Orbits()
        for step in range(1, turn.steps[1] + 1):
            low, high = self._ranges.image(low, high, radius)
            useful = high < low + too_wide  # which leaves out what is not finite
            if step in turn.steps:
                found[step] = np.full(len(points), np.nan), np.full(len(points), np.nan)
                found[step][0][alive], found[step][1][alive] = low, high
            if step == turn.steps[0]:
                useful &= (low > points[alive]) | (high < points[alive])
            low, high, alive = low[useful], high[useful], alive[useful]
        return found


def _part(factor: float) -> float:
    """How finely radii are told apart: the search must lose less than the factor over all its steps."""
    return float(min(factor**0.25, 1.005))


def _margin(points: Floats, first: Floats, last: Floats) -> Floats:
    """By how much the inequality holds."""
    with np.errstate(all="ignore"):
        right, left = np.minimum(points - last, first - points), np.minimum(last - points, points - first)
        return np.asarray(np.maximum(right, left))


def _holds(points: Floats, first: tuple[Floats, Floats], last: tuple[Floats, Floats]) -> Mask:
    right, left = (last[1] < points) & (points < first[0]), (last[0] > points) & (points > first[1])
    return np.asarray(right | left)


def _spread(points: Array, most: int) -> Array:
    """Some of the points, from the first to the last."""
    return points if len(points) <= most else points[np.linspace(0, len(points) - 1, most).astype(int)]


def _spread_over_runs(hits: Indices, most: int) -> Indices:
    """Some of the indices, from the first to the last, and the middles of the runs of neighbours."""
    runs = np.split(hits, 1 + np.flatnonzero(np.diff(hits) > 1)) if len(hits) else []
    middles = np.array([run[len(run) // 2] for run in runs], dtype=hits.dtype)
    return np.union1d(_spread(hits, most), _spread(middles, most))
