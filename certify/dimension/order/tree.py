"""The tree: boxes are halved where orbits may come back, until they do so at ends alone; and numbers fall along all images.

The boxes whose images meet one another make a graph; what comes back lies in its strongly connected components (Dellnitz and Hohmann
1997; Kalies, Mischaikow and VanderVorst 2005). All in doubles with a margin, which only propose; the halves themselves are exact.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from certify.dimension.chains.smooth import Smooth
from certify.dimension.order.ends import Family
from certify.dimension.order.images import box_images
from certify.dimension.system import Floats
from certify.entropy.components import components

Numbers = NDArray[np.int64]
PAIRS = 4_000_000
"""So many pairs of boxes are compared at a time."""
NOWHERE = -1
"""The family of a box that lies in no block."""


@dataclass(frozen=True)
class Cut:
    """A node of the tree that is halved in a coordinate: the nodes of its halves."""

    coordinate: int
    halves: tuple[int, int]


class Tree:
    """The root [low, high] and what has become of it: `nodes` are cuts, or None for leaves.

    Of each node there are its bounds, those of its image, how far each of its sides spreads that, and the family and the end in whose
    block it lies (`NOWHERE` where in none).
    """

    def __init__(self, system: Smooth, low: Floats, high: Floats, families: Sequence[Family]) -> None:
        self.system, self.families, self.root = system, list(families), (low, high)
        self.nodes: list[Cut | None] = []
        d = system.dimension
        self.low, self.high, self.image_low, self.image_high, self.spread = (np.zeros((0, d)) for _ in range(5))
        self.family, self.end = (np.zeros(0, np.int64) for _ in range(2))
        self._add(low[None], high[None])
        self.open = np.array([0])
        """Leaves to which an orbit may come back."""

    def _add(self, low: Floats, high: Floats) -> None:
        """New leaves; where an image leaves the root, it counts as if it met the root there, as in the certificate."""
        self.nodes += [None] * len(low)
        image_low, image_high, spread = box_images(self.system, low, high)
        images = (np.clip(ends, *self.root) for ends in (image_low, image_high))
        new = (low, high, *images, spread, *self._places(low, high))
        for name, values in zip(("low", "high", "image_low", "image_high", "spread", "family", "end"), new):
            setattr(self, name, np.concatenate([getattr(self, name), values]))

    def _places(self, low: Floats, high: Floats) -> tuple[Numbers, Numbers]:
        """The first family and the end of it in which each box lies."""
        family, end = np.full(len(low), NOWHERE), np.full(len(low), NOWHERE)
        for i, one in enumerate(self.families):
            held = one.holds(low, high)
            new = (held != NOWHERE) & (family == NOWHERE)
            family[new], end[new] = i, held[new]
        return family, end

    def join(self, families: Iterable[Family]) -> None:
        """More families: leaves may lie in their blocks."""
        self.families += families
        self.family, self.end = self._places(self.low, self.high)

    @property
    def leaves(self) -> Numbers:
        return np.array([n for n, node in enumerate(self.nodes) if node is None])

    def edges(self, nodes: Numbers) -> tuple[Numbers, Numbers]:
        """The pairs of places in this list such that the image of one box meets the other; the images of boxes in which orbits rest
        for good are not asked for."""
        low, high = self.low[nodes], self.high[nodes]
        starts = np.flatnonzero(~self.rests(nodes))
        found = list[Numbers]()
        for part in np.array_split(starts, 1 + len(starts) * len(nodes) // PAIRS):
            here = nodes[part, None]
            meets = np.ones((len(part), len(nodes)), bool)
            for k in range(low.shape[1]):
                meets &= (self.image_low[here, k] <= high[:, k]) & (self.image_high[here, k] >= low[:, k])
            i, j = np.nonzero(meets)
            found.append(np.array([part[i], j]))
        starts, ends = np.concatenate(found, axis=1) if found else np.zeros((2, 0), np.int64)
        return starts, ends

    def rests(self, nodes: Numbers) -> NDArray[np.bool_]:
        """Which of these lie in a block of an attracting family."""
        attracting = np.array([one.expanding == 0 for one in self.families] + [False])
        return np.asarray(attracting[self.family[nodes]])

    def settle(self) -> list[Numbers]:
        """What orbits may come back to, other than by going round an end: the parts that are connected, as lists of nodes."""
        nodes = self.open[~self.rests(self.open)]
        starts, ends = self.edges(nodes)
        parts = _connected(len(nodes), starts, ends)
        heads = dict[
            int, int
        ]()  # of families that orbits go round a box each: all parts of one are to count as connected
        for part in filter(lambda part: self._goes_round(nodes[part]), parts):
            head = heads.setdefault(int(self.family[nodes[part[0]]]), part[0])
            starts, ends = np.append(starts, [head, part[0]]), np.append(ends, [part[0], head])
        if len(heads) < len(parts):
            parts = _connected(len(nodes), starts, ends)
        self.open = nodes[np.concatenate([np.zeros(0, np.int64), *parts])]
        return [nodes[part] for part in parts if not self._goes_round(nodes[part])]

    def settle_all(self) -> list[Numbers]:
        """The same, asked of all leaves: the image of a half may leave that of the whole, as it is enclosed anew."""
        self.open = self.leaves
        return self.settle()

    def _goes_round(self, nodes: Numbers) -> bool:
        """Whether these all lie in the blocks of one family, and their images meet one another only at the next end."""
        family, end = self.family[nodes], self.end[nodes]
        if family[0] == NOWHERE or (family != family[0]).any():
            return False
        starts, ends = self.edges(nodes)
        return bool(((end[starts] + 1) % self.families[family[0]].period == end[ends]).all())

    def cut(self, nodes: Numbers) -> None:
        """Halves leaves, each across the side that spreads its image most."""
        sides = self.high[nodes] - self.low[nodes]
        k = np.argmax(self.spread[nodes] + sides / 2, axis=1)
        rows, count = np.arange(len(nodes)), len(self.nodes)
        middle = (self.low[nodes] + self.high[nodes])[rows, k] / 2
        low, high = self.low[nodes], self.high[nodes]
        below, above = high.copy(), low.copy()
        below[rows, k] = above[rows, k] = middle
        self._add(np.concatenate([low, above]), np.concatenate([below, high]))
        for i, (node, coordinate) in enumerate(zip(nodes.tolist(), k.tolist())):
            self.nodes[node] = Cut(coordinate, (count + i, count + len(nodes) + i))
        self.open = np.concatenate([np.setdiff1d(self.open, nodes), np.arange(count, len(self.nodes))])


def _connected(count: int, starts: Numbers, ends: Numbers) -> list[Numbers]:
    """The strongly connected parts of a graph, but for single boxes whose images do not meet them."""
    kept = np.zeros(1, bool)
    while not kept.all():  # what nothing leads to, or what leads nowhere, is passed at most once
        comes, goes = (np.bincount(side, minlength=count) > 0 for side in (ends, starts))
        kept = (comes & goes)[starts] & (comes & goes)[ends]
        starts, ends = starts[kept], ends[kept]
    targets: list[list[int]] = [[] for _ in range(count)]
    for i, j in zip(starts.tolist(), ends.tolist()):
        targets[i].append(j)
    return [np.array(part) for part in components(targets) if len(part) > 1 or part[0] in targets[part[0]]]
