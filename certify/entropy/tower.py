"""The tower of images: the intervals that arise from the core when images of laps are taken again and again.

Start with an interval X that f maps into itself. The *successors* of an interval I are the images f(I ∩ lap k). All
intervals that arise from X in this way are the nodes of a graph (the canonical Markov extension of Hofbauer 1979,
with the image of a level in the place of the level). Each has an image of a turning point, or of an end of X, at
either end, so at depth n there are at most two new nodes for each turning point: the graph has O(laps * n) nodes down
to depth n, and its paths of length t from X are the laps of f^t. When the orbits of all turning points are finite (or
fall into plateaus) the graph is finite: the Markov case.

Otherwise it is cut off: an edge to a node that is too deep is led to another node instead. Inside, for a lower bound
of the growth: to the longest node contained in the true image, or nowhere. Outside, for an upper bound: to the
shortest node that contains the true image; X always does. Long numbers are rounded in the same sense, inward or
outward, onto a binary grid: each such step keeps the inclusion that the bound rests on, so nothing has to be proved
about the rounding.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from certify.entropy.laps import Interval, Laps
from certify.numbers import Extended, Infinity, Q, as_float
from certify.piecewise import PiecewiseLinear

Side = Literal["inside", "outside"]
Row = tuple[tuple[int, int], ...]
"""(lap, node) for each edge of a node."""
FAR = 1e300


@dataclass(frozen=True)
class Tower:
    """A graph of intervals with I_node ⊆ f(I ∩ lap) ("inside") or ⊇ ("outside") for each edge (lap, node) of I.

    Outside, every lap on which f|I is not constant has its edge; inside, some may be missing. `exact` says that
    nothing was cut off or rounded, so that both are true, up to plateaus at the ends of the intervals, of one and the
    same graph.
    """

    intervals: tuple[Interval, ...]
    rows: tuple[Row, ...]
    exact: bool
    full: bool
    """Whether it was `max_nodes` that cut it off, and not the depth."""

    @property
    def targets(self) -> list[list[int]]:
        """The successors of each node, with multiplicity."""
        return [[node for _, node in row] for row in self.rows]


@dataclass(frozen=True)
class Grid:
    """Numbers with many more than `bits` bits below the unit 2^exponent, the map's own scale, are rounded to `bits`."""

    bits: int
    exponent: int
    origin: Q

    @staticmethod
    def on(f: PiecewiseLinear, root: Interval, bits: int) -> Grid:
        """The grid whose unit is about the length of the root, or, if that is infinite, of what holds all knots."""
        points = [x for x in root if isinstance(x, Q)]
        if len(points) < 2:
            points += [x for x in (*f.breaks, *f.values) if isinstance(x, Q)]
        low, high = min(points, default=Q(0)), max(points, default=Q(0))
        length = high - low if low < high else Q(1)
        return Grid(bits, int(length.p.bit_length()) - int(length.q.bit_length()), low)

    def near(self, x: Extended) -> float:
        """The place of x in units of the grid's scale, in doubles, to guess by."""
        if not isinstance(x, Infinity):
            x = (x - self.origin) * (Q(1, 1 << self.exponent) if self.exponent >= 0 else Q(1 << -self.exponent))
        return min(FAR, max(-FAR, as_float(x)))

    def down(self, x: Extended) -> Extended:
        """x, or the nearest point of the grid below it."""
        if self.keeps(x):
            return x
        assert isinstance(x, Q)
        return Q((x * self._scale).floor()) / self._scale

    def up(self, x: Extended) -> Extended:
        """x, or the nearest point of the grid above it."""
        if self.keeps(x):
            return x
        assert isinstance(x, Q)
        return Q((x * self._scale).ceil()) / self._scale

    def keeps(self, x: Extended) -> bool:
        """Whether x is short enough to stay as it is."""
        return isinstance(x, Infinity) or int(x.q.bit_length()) <= self.bits + max(0, -self.exponent) + 64

    @property
    def _scale(self) -> Q:
        shift = self.bits - self.exponent
        return Q(1 << shift) if shift >= 0 else Q(1, 1 << -shift)


class _Builder:
    def __init__(
        self,
        laps: Laps,
        root: Interval,
        side: Side,
        depth: int,
        max_nodes: int,
        grid: Grid,
        must_be_exact: bool = False,
    ) -> None:
        self.laps, self.side, self.max_nodes, self.grid = laps, side, max_nodes, grid
        self.must_be_exact = must_be_exact
        self.exact, self.full = True, False
        self.nodes: dict[Interval, int] = {}
        self.rows: list[list[tuple[int, int]]] = []
        self.cut: list[tuple[int, int, Interval]] = []
        self.bounds = laps.map.ends
        start = self._canonical(root)
        if start is not None:
            self.nodes[start] = 0
            self.bounds = start  # what lies in the root stays in it when it is rounded outward
            self._grow([start], depth)
            self._close()

    def tower(self) -> Tower:
        return Tower(tuple(self.nodes), tuple(tuple(sorted(row)) for row in self.rows), self.exact, self.full)

    def _canonical(self, image: Interval) -> Interval | None:
        """The node for an image: rounded, and with or without the plateaus at its ends, so that equal futures meet."""
        a, b = image
        if self.grid.keeps(a) and self.grid.keeps(b):
            pass
        elif self.side == "inside":
            self.exact = False
            a, b = self.grid.up(a), self.grid.down(b)
            if not a < b:
                return None
        else:
            self.exact = False
            lo, hi = self.bounds
            a, b = max(lo, self.grid.down(a)), min(hi, self.grid.up(b))
        return self.laps.trimmed(a, b) if self.side == "inside" else self.laps.widened(a, b)

    def _grow(self, level: list[Interval], depth: int) -> None:
        for step in range(depth):
            below: list[Interval] = []
            last = step == depth - 1
            for node in level:
                row: list[tuple[int, int]] = []
                self.rows.append(row)
                for k, image in self.laps.images(*node):
                    child = self._canonical(image)
                    if child is None:
                        continue
                    if child not in self.nodes:
                        if last or len(self.nodes) >= self.max_nodes:
                            self.exact = False
                            self.full |= not last
                            self.cut.append((len(self.rows) - 1, k, child))
                            continue
                        self.nodes[child] = len(self.nodes)
                        below.append(child)
                    row.append((k, self.nodes[child]))
                if self.must_be_exact and not self.exact:
                    return
            level = below
            if not level:
                return

    def _close(self) -> None:
        """Leads the edges that were cut off to nodes that exist."""
        if not self.cut or self.must_be_exact:
            return
        intervals = list(self.nodes)
        ends = np.array([(self.grid.near(a), self.grid.near(b)) for a, b in intervals])
        order = np.argsort(ends[:, 1] - ends[:, 0], kind="stable")
        if self.side == "inside":
            order = order[::-1]
        known: dict[Interval, int | None] = {}
        for source, k, image in self.cut:
            if image not in known:
                known[image] = self._substitute(image, intervals, ends, order)
            target = known[image]
            if target is not None:
                self.rows[source].append((k, target))

    def _substitute(
        self, image: Interval, intervals: list[Interval], ends: npt.NDArray[np.float64], order: npt.NDArray[np.intp]
    ) -> int | None:
        """The first node in this order inside (around) the image: doubles sort out, exact comparisons decide."""
        (a, b), lo, hi = image, ends[order, 0], ends[order, 1]
        inside = self.side == "inside"
        u, v = self.grid.near(a), self.grid.near(b)
        near = order[(lo >= u) & (hi <= v)] if inside else order[(lo <= u) & (hi >= v)]
        for i in map(int, near):
            c, d = intervals[i]
            if (a <= c and d <= b) if inside else (c <= a and b <= d):
                return i
        assert inside, "the root contains every image"
        return None


def finite_tower(laps: Laps, root: Interval, max_nodes: int, grid: Grid) -> Tower | None:
    """The whole tower over `root`, exactly; None if it takes more than `max_nodes` nodes or numbers too long."""
    found = _Builder(laps, root, "outside", max_nodes + 1, max_nodes, grid, must_be_exact=True)
    return found.tower() if found.exact else None


def tower(laps: Laps, root: Interval, side: Side, depth: int, max_nodes: int, grid: Grid) -> Tower:
    """The tower over `root`, an interval that f maps into itself: at most `depth` levels and `max_nodes` nodes.

    Node 0 is the root (rounded, and with or without the plateaus at its ends). Inside, a tower without nodes means
    that f is constant there.
    """
    return _Builder(laps, root, side, depth, max_nodes, grid).tower()
