"""The search for a tree of boxes: cycles, blocks around them, and halving until orbits can come back to these alone.

All in doubles, which only propose; the checker proves. The search is the same whenever the seed is.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import count

import numpy as np

from certify.decision.budget import Budget
from certify.decision.decide import NotDecided
from certify.dimension.chains.smooth import Smooth, SmoothMap
from certify.dimension.order.cycles import attracting, near
from certify.dimension.order.ends import Family, family
from certify.dimension.order.proof import OrderTree, numbered
from certify.dimension.order.root import root
from certify.dimension.order.tree import Numbers, Tree
from certify.dimension.system import Floats
from certify.errors import BudgetExceeded

LEAVES, STARTS = 12_000, 400
"""Boxes at most, and random starts from which cycles of each period are sought; in more than 4 dimensions fewer, as each takes longer."""
LEAST = 1e-6
"""Boxes are no narrower than this."""
SHOWN = 6
"""Coordinates in messages."""
AGAIN, GUESSES = 6, 60
"""After so many rounds cycles are sought again, from the centres of so many boxes that are left."""


def search_tree(given: SmoothMap, budget: Budget, progress: Callable[[str], None], seed: int) -> OrderTree | NotDecided:
    """A tree of boxes of a smooth or piecewise-linear network or a gated cell; or why there is none. Of the budget the time counts."""
    system, generator = Smooth(given), np.random.default_rng(seed)
    try:
        with np.errstate(all="ignore"):  # doubles only propose
            if (ends := root(system)) is None:
                return NotDecided("no tree of boxes, as none is seen to hold all orbits in the end")
            if (cycles := attracting(system, *ends, generator, budget)) is None:
                return NotDecided("no tree of boxes, as not all orbits that were followed come to rest")
            return _Search(system, ends, cycles, budget, progress).found(generator)
    except (BudgetExceeded, np.linalg.LinAlgError) as error:
        return NotDecided(f"no tree of boxes: {error}")


class _Search:
    """The search for one map: the cycles that are known, and the families around those that have one."""

    def __init__(
        self,
        system: Smooth,
        ends: tuple[Floats, Floats],
        cycles: list[Floats],
        budget: Budget,
        progress: Callable[[str], None],
    ) -> None:
        self.system, self.ends, self.budget, self.progress = system, ends, budget, progress
        self.cycles, self.families = list[Floats](), list[Family]()
        self.periods = sorted({1, 2, *map(len, cycles)})
        self.strange = 0
        self._learn(cycles)

    def _learn(self, cycles: list[Floats]) -> list[Family]:
        """New cycles: the families around them."""
        self.cycles += cycles
        made = [family(self.system, points, self.budget) for points in cycles]
        new = sorted(filter(None, made), key=lambda one: one.expanding)
        self.strange += made.count(None)
        self.families += new
        return new

    def _fewer(self, many: int) -> int:
        return 4 * many // max(4, self.system.dimension)

    def found(self, generator: np.random.Generator) -> OrderTree | NotDecided:
        """The tree, when all of it settles."""
        for period in self.periods:
            self.budget.check(0)
            starts = generator.uniform(*self.ends, size=(self._fewer(STARTS), self.system.dimension))
            self._learn(near(self.system, *self.ends, starts, period, self.cycles, self.budget))
        tree = Tree(self.system, *self.ends, sorted(self.families, key=lambda one: one.expanding))
        for turn in count(1):
            self.budget.check(0)
            left = tree.settle() or tree.settle_all()
            if not left:
                return numbered(tree)
            nodes, leaves = np.concatenate(left), len(tree.leaves)
            self.progress(f"a tree of {leaves} boxes, {len(left)} parts to which orbits may come back")
            narrow = (tree.high - tree.low)[nodes].max(axis=1).min() < LEAST
            if narrow or leaves + len(nodes) > self._fewer(LEAVES):
                break
            if turn % AGAIN == 0:
                self._look_again(tree, nodes)
            tree.cut(nodes)
        return NotDecided(self._reason(tree, left))

    def _look_again(self, tree: Tree, nodes: Numbers) -> None:
        """For cycles in boxes that are left."""
        chosen = nodes[:: 1 + len(nodes) // GUESSES]
        centres = (tree.low[chosen] + tree.high[chosen]) / 2
        for period in self.periods:
            tree.join(self._learn(near(self.system, *self.ends, centres, period, self.cycles, self.budget)))

    def _reason(self, tree: Tree, left: list[Numbers]) -> str:
        part = max(left, key=len)
        low, high = tree.low[part].min(axis=0), tree.high[part].max(axis=0)
        middle = ", ".join(f"{x:.4g}" for x in ((low + high) / 2)[:SHOWN]) + ", …" * (len(low) > SHOWN)
        size = float((high - low).max())
        what = f"of a tree of {len(tree.leaves)} boxes {len(left)} parts are left to which orbits may come back"
        strange = f"; {self.strange} cycles have no blocks" if self.strange else ""
        return f"{what}, the largest of {len(part)} boxes around ({middle}), {size:.3g} wide{strange}"
