"""The search for a horseshoe in R^d, and what was in vain.

Doubles look for orbits that do not settle down, for saddle cycles near them and for two words at one of these; exact arithmetic
proves what they find. The search is the same whenever the seed is.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from certify.decision.budget import Budget
from certify.decision.decide import NotDecided
from certify.dimension.horseshoes.homoclinic import Proposal, horseshoes_at
from certify.dimension.horseshoes.many_blocks import with_many_blocks
from certify.dimension.horseshoes.orbits import Orbits, orbits
from certify.dimension.horseshoes.proof import BlockHorseshoe, Word, follows, growth, prefix_free
from certify.dimension.horseshoes.returns import horseshoes_at_returns
from certify.dimension.horseshoes.saddles import saddles
from certify.dimension.system import System
from certify.errors import BudgetExceeded

BITS = (16, 24, 40)
"""Of the numbers of a block: the first with which the exact conditions hold."""


@dataclass(frozen=True)
class Effort:
    """Orbits, their steps after as many in which they settle; the longest period and the number of saddle cycles; and the number of
    places for close returns."""

    orbits: int
    steps: int
    longest: int
    saddles: int
    places: int


ROUNDS = (Effort(32, 2_000, 60, 20, 6), Effort(32, 2_000, 60, 20, 6), Effort(64, 4_000, 240, 40, 20))
"""Each with other random orbits: that often helps more than longer ones."""
MANY = (16, 4_000, 2_000)
"""For many blocks: orbits, their steps, and the steps before in which they settle."""
SIZES = (0.1, 0.03)
"""Of blocks for returns, as parts of the orbits' extent."""


def search_horseshoes(
    system: System, budget: Budget, progress: Callable[[str], None], seed: int = 0, greatest: bool = False
) -> BlockHorseshoe | NotDecided:
    """A horseshoe of two words; with `greatest` the search goes on for as much entropy as it finds."""
    search = _Search(system, budget, progress)
    try:
        with np.errstate(all="ignore"):  # doubles only propose
            for number, effort in enumerate(ROUNDS):
                if proof := search.round(effort, np.random.default_rng((seed, number) if number else seed)):
                    return search.improved(proof, np.random.default_rng(seed)) if greatest else proof
    except BudgetExceeded as error:
        return NotDecided(f"the budget ran out: {error}; tried so far: {'; '.join(search.tried)}")
    return NotDecided(f"tried: {'; '.join(search.tried)}")


class _Search:
    """The search for one map; `tried` says in words what was in vain."""

    def __init__(self, system: System, budget: Budget, progress: Callable[[str], None]) -> None:
        self.system, self.budget, self.progress = system, budget, progress
        self.tried, self.seen = ["no contraction in a weighted maximum norm"], set[tuple[bytes, ...]]()

    def round(self, effort: Effort, generator: np.random.Generator) -> BlockHorseshoe | None:
        """With so much effort."""
        self.budget.check(0)
        self.progress(f"{effort.orbits} orbits of {effort.steps} steps")
        found = orbits(self.system, effort.orbits, effort.steps, effort.steps, generator)
        self.tried.append(_seen(found, effort))
        chaotic = found.chaotic
        if proof := self._at_saddles(chaotic, effort, generator):
            return proof
        return self._at_returns(chaotic, effort, generator) if chaotic.expanding > 1 else None

    def improved(self, proof: BlockHorseshoe, generator: np.random.Generator) -> BlockHorseshoe:
        """With many blocks, where there are chaotic orbits to put them around."""
        found = orbits(self.system, *MANY, generator).chaotic
        return (
            with_many_blocks(self.system, proof, found, self.budget, self.progress, generator)
            if found.expanding
            else proof
        )

    def _at_returns(self, found: Orbits, effort: Effort, generator: np.random.Generator) -> BlockHorseshoe | None:
        """The two shortest words from close returns, the first that are proved."""
        self.progress("several expanding directions: looking for close returns")
        for proposal in horseshoes_at_returns(self.system, found, effort.places, SIZES, self.budget, generator):
            if proof := proved(self.system, replace(proposal, words=proposal.words[:2])):
                return proof
        self.tried.append(f"no horseshoe of close returns to blocks around {effort.places} points")
        return None

    def _at_saddles(self, found: Orbits, effort: Effort, generator: np.random.Generator) -> BlockHorseshoe | None:
        """Two words at a saddle cycle, the first that are proved. Where orbits tell how many directions expand, cycles with more are
        passed over."""
        number, most = 0, found.expanding or self.system.dimension
        cycles = saddles(self.system, found, effort.longest, self.seen, self.budget, generator)
        for number, cycle in enumerate((cycle for cycle in cycles if cycle.frame.expanding <= most), 1):
            period = len(cycle.patterns)
            self.progress(
                f"saddle cycle {number}, of period {period}: looking for an orbit that leaves it and comes back"
            )
            longest = (100 + 4 * period) // cycle.frame.expanding
            for proposal in horseshoes_at(self.system, cycle, longest, self.budget):
                if proof := proved(self.system, proposal):
                    return proof
            if number == effort.saddles:
                break
        self.tried.append(f"no horseshoe at {number} saddle cycles of periods up to {effort.longest}")
        return None


def _seen(found: Orbits, effort: Effort) -> str:
    """What orbits look like in doubles."""
    if not len(found.points):
        return f"all of {effort.orbits} orbits diverge (in doubles)"
    largest = ", ".join(f"{value:.3g}" for value in found.exponents[0][:3])
    chaotic = len(found.chaotic.points)
    return f"{chaotic} of {effort.orbits} orbits have a positive Lyapunov exponent (in doubles, the largest: {largest})"


def proved(system: System, proposal: Proposal) -> BlockHorseshoe | None:
    """The horseshoe, if exact arithmetic confirms it for numbers of some length."""
    expanding = proposal.frame.expanding
    for bits in BITS:
        block = proposal.frame.block(proposal.radius, bits)
        good = (word for word in proposal.words if follows(system, expanding, block, block, word))
        words = prefix_free(good)
        if z := growth((0, 0, len(word)) for word in words):
            return BlockHorseshoe(expanding, (block,), tuple(Word(0, 0, word) for word in words), (1,), z)
    return None
