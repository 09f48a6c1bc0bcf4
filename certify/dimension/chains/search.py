"""The search for covering chains of a smooth map: saddle cycles, their homoclinic orbits, blocks along both.

All in doubles, which only propose; `certify.dimension.chains.proof` proves. The search is the same whenever the seed is.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice

import numpy as np

from certify.decision.budget import Budget
from certify.decision.decide import NotDecided
from certify.dimension.chains.connections import excursions
from certify.dimension.chains.fitting import DEPTHS, MARGIN, Cut, cut_at, fitted, shortest, turn
from certify.dimension.chains.orbits import SaddleCycle, exponents, orbits, saddle_cycles
from certify.dimension.chains.proof import CoveringChains, proved
from certify.dimension.chains.smooth import Smooth, SmoothMap
from certify.dimension.horseshoes.orbits import LEAST_EXPONENT
from certify.dimension.horseshoes.proof import float_growth
from certify.dimension.system import Floats
from certify.errors import BudgetExceeded
from certify.gated import Cell

MARGINS = (1.3, 1.15, 1.08, 1.03)
"""By so much the reach of blocks is overestimated: the more, the shorter are the numbers that do."""
BITS = (8, 10, 12, 16, 20, 24, 32)
"""Of the numbers of a block: the first with which the conditions are proved."""
EXPONENT_STEPS = 600
"""Of an orbit that give its Lyapunov exponents."""
RETURN = 0.3
"""Closest returns from which cycles are sought, as parts of the extent."""
LONGEST, LAPS = 40, 4
"""An excursion may take so many steps, and so many times the period of its cycle."""
EXCURSIONS, MANY = 8, 40
"""So many are tried at each cycle; and so many where there should be more than one."""
TOGETHER = 8
"""Excursions from one cycle at most."""
FURTHER = 1
"""Cycles that are tried after the first with a good excursion, for a shorter one."""


@dataclass(frozen=True)
class Effort:
    """Orbits, their steps, and the steps before, in which they settle; the longest period and the number of saddle cycles."""

    orbits: int
    steps: int
    transient: int
    longest: int
    cycles: int


ROUNDS = (Effort(64, 2_000, 1_000, 14, 12), Effort(64, 4_000, 2_000, 60, 24), Effort(2_000, 80, 0, 8, 12))
"""The last looks where orbits pass on their way to an attractor, which need not be chaotic itself."""


@dataclass(frozen=True)
class _Found:
    """A saddle cycle and an excursion from it, with blocks that look good: two chains."""

    cycle: SaddleCycle
    cut: Cut

    @property
    def turn(self) -> int:
        """The steps of the chain along the excursion."""
        return turn(self.cycle, self.cut)

    @property
    def growth(self) -> float:
        """Of the two chains."""
        return float_growth([(0, 0, self.cycle.period), (0, 0, self.turn)])


def search_chains(
    given: SmoothMap, budget: Budget, progress: Callable[[str], None], seed: int, entropy: bool = False
) -> CoveringChains | NotDecided:
    """Two covering chains of a smooth map of R^d, with `entropy` as many as show more of it; or what was tried. Of the budget only the
    time counts."""
    search = _Search(Smooth(given), budget, progress, entropy)
    try:
        with np.errstate(all="ignore"):  # doubles only propose
            for effort in ROUNDS:
                if search.settled and effort.transient:
                    continue
                if proof := search.round(effort, np.random.default_rng(seed)):
                    return proof
    except BudgetExceeded as error:
        return NotDecided(f"the budget ran out: {error}; tried so far: {'; '.join(search.tried) or 'nothing'}")
    return NotDecided(f"tried: {'; '.join(search.tried)}")


class _Search:
    """The search for one map; `tried` says in words what was in vain, `settled` whether no orbit looked chaotic."""

    def __init__(self, system: Smooth, budget: Budget, progress: Callable[[str], None], entropy: bool) -> None:
        self.system, self.budget, self.progress = system, budget, progress
        self.entropy = entropy
        self.tried = [] if isinstance(system.given, Cell) else ["no contraction in a weighted maximum norm"]
        self.settled, self.seen = False, list[Floats]()

    def round(self, effort: Effort, generator: np.random.Generator) -> CoveringChains | None:
        """With so much effort."""
        self.budget.check(0)
        self.progress(f"{effort.orbits} orbits of {effort.steps} steps")
        points = orbits(self.system, effort.orbits, effort.steps, effort.transient, generator, self.budget)
        if effort.transient:
            points = self._chaotic(points)
        if not points.size:
            return None
        extent = float(np.ptp(points, axis=(0, 1)).max())
        near = saddle_cycles(self.system, points, effort.longest, RETURN * extent, self.seen, self.budget)
        cycles = sorted(islice(near, effort.cycles), key=lambda cycle: cycle.laps)
        found = list[_Found]()
        try:
            for one in self._at(cycles, extent):
                found.append(one)
        except BudgetExceeded:
            if not found:
                raise
        self.progress("proving the chains")
        for best in sorted(found, key=lambda one: one.growth, reverse=True):
            if proof := self._proved(best.cycle, [best.cut]):
                cuts = [one.cut for one in found if one.cycle is best.cycle]
                return self._richer(proof, best.cycle, cuts, extent) if self.entropy else proof
        self.tried.append(f"no two covering chains at {len(cycles)} saddle cycles of periods up to {effort.longest}")
        return None

    def _chaotic(self, points: Floats) -> Floats:
        """The orbits with a positive Lyapunov exponent."""
        found = exponents(self.system, points[:EXPONENT_STEPS], self.budget)
        chaotic = found[:, 0] > LEAST_EXPONENT if len(found) else np.zeros(0, bool)
        largest = ", ".join(f"{x:.3g}" for x in found[np.argmax(found[:, 0])][:3]) if len(found) else "none is bounded"
        self.tried.append(
            f"{chaotic.sum()} of {len(found)} orbits have a positive Lyapunov exponent (in doubles, the largest: {largest})"
        )
        self.settled = not chaotic.any()
        return np.asarray(points[:, chaotic])

    def _at(self, cycles: list[SaddleCycle], extent: float) -> Iterator[_Found]:
        """What is found at each cycle, until some cycles after the first with something; but not at those that promise less."""
        shortest_turn, left = math.inf, FURTHER + 1
        for number, cycle in enumerate(cycles, 1):
            if not left or cycle.laps > shortest_turn:
                return
            what = f"saddle cycle {number} of {len(cycles)}, of period {cycle.period}"
            self.progress(f"{what}: looking for an orbit that leaves it and comes back")
            steps = LONGEST + LAPS * cycle.period
            tried = excursions(self.system, cycle, extent, steps, self.budget)
            for x in islice(tried, MANY if self.entropy else EXCURSIONS):
                if cut := shortest(self.system, cycle, x, extent):
                    found = _Found(cycle, cut)
                    shortest_turn = min(shortest_turn, found.turn)
                    yield found
            left -= shortest_turn < math.inf

    def _proved(self, cycle: SaddleCycle, cuts: list[Cut]) -> CoveringChains | None:
        """The chains along the cycle and these excursions, with the shortest numbers that do."""
        for margin in MARGINS:
            if (fit := fitted(self.system, cycle, cuts, margin)) is None:
                continue
            for bits in BITS:
                if proof := proved(self.system, fit.skeleton.blocks(fit.sizes, bits), fit.skeleton.edges, fit.places):
                    return proof
        return None

    def _richer(self, best: CoveringChains, cycle: SaddleCycle, cuts: list[Cut], extent: float) -> CoveringChains:
        """With excursions that go together: with as few blocks as do, or with more, which leave room for others. When the time is up,
        the best so far."""
        with suppress(BudgetExceeded):
            for depth in (None, *DEPTHS):
                self.progress("looking for excursions that go together")
                given = cuts if depth is None else [cut_at(cycle, cut.excursion, depth * extent) for cut in cuts]
                chosen = self._together(cycle, sorted(filter(None, given), key=lambda cut: turn(cycle, cut)))
                if chosen and (proof := self._proved(cycle, chosen)) and proof.growth > best.growth:
                    best = proof
        return best

    def _together(self, cycle: SaddleCycle, cuts: list[Cut]) -> list[Cut]:
        """One after the other, those that still fit."""
        chosen = list[Cut]()
        for cut in cuts:
            self.budget.check(0)
            if len(chosen) < TOGETHER and fitted(self.system, cycle, [*chosen, cut], MARGIN):
                chosen.append(cut)
        return chosen
