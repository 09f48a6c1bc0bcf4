"""A horseshoe of many blocks, for as much entropy as there is to find.

Blocks of many sizes are put around points of long orbits and of saddle cycles; all words between them that look good are gathered,
and those are chosen that grow fastest. Exact arithmetic decides about these. The blocks that were of use stay, others are drawn with
sizes like theirs, and so on.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import islice

import numpy as np

from certify.decision.budget import Budget
from certify.dimension.horseshoes.choice import Choice, choices, growth_of
from certify.dimension.horseshoes.frames import Frame
from certify.dimension.horseshoes.orbits import Orbits
from certify.dimension.horseshoes.proof import BlockHorseshoe, Word, follows, growth
from certify.dimension.horseshoes.returns import local_frame
from certify.dimension.horseshoes.saddles import saddles
from certify.dimension.horseshoes.transitions import Transitions, transitions
from certify.dimension.system import System
from certify.errors import BudgetExceeded
from certify.numbers import as_float

ROUNDS, DRAWN, KEPT = 6, 100, 40
"""So often so many blocks are drawn; so many of the best ones before stay."""
FRESH = 0.3
"""The part of the blocks whose size is drawn anew, and not like that of a block that was of use."""
WIDTHS, SHAPES = (0.005, 0.5), (0.02, 1.0)
"""Of sizes that are drawn anew: the width as a part of the orbits' extent, and the thickness as a part of the width."""
SPREAD = 0.5
"""Standard deviation of the logarithm of a size around one that was of use."""
SAMPLES = 100
"""Points of orbits in each block whose words are followed."""
LONGEST, ENTROPIES = 60, 4.0
"""Patterns of a word at most; and at most so many that the entropy expected of it is this."""
CYCLES, PERIOD = 20, 30
"""Saddle cycles around which blocks are put, and the longest period."""
SMALL_LOSS, LOSS = 0.005, 0.02
"""The part of the entropy that may be lost for fewer blocks, between the rounds and in a proof."""
VECTOR = 10**6
"""The greatest weight of a block."""
BITS = 24
"""Of the numbers of the blocks."""


def with_many_blocks(
    system: System,
    first: BlockHorseshoe,
    found: Orbits,
    budget: Budget,
    progress: Callable[[str], None],
    generator: np.random.Generator,
) -> BlockHorseshoe:
    """The horseshoe with the most entropy that the search finds along these orbits, which must be chaotic; at the least `first`."""
    best = first
    try:
        search = _Search(system, first, found, budget, generator)
        for n in range(1, ROUNDS + 1):
            progress(f"entropy at least {math.log(as_float(best.growth)):.4f}; many blocks, round {n} of {ROUNDS}")
            if better := search.round():
                best = max(best, better, key=lambda proof: proof.growth)
    except BudgetExceeded:
        pass  # what is proved stays
    return best


@dataclass(frozen=True)
class Size:
    """Logarithms of half the width of a block, in its first direction, and of its thickness in the stable ones as a part of that."""

    width: float
    shape: float

    @classmethod
    def of(cls, block: Frame) -> Size:
        """Of a block c + P [-1, 1]^d."""
        logarithms = np.log(np.linalg.norm(block.basis, axis=0))
        width, stable = float(logarithms[0]), logarithms[block.expanding :]
        return cls(width, float(np.mean(stable)) - width if len(stable) else 0.0)

    def given_to(self, block: Frame) -> Frame:
        """The block with the same directions and this size."""
        now = Size.of(block)
        return block.times(math.exp(self.width - now.width)).scaled(math.exp(self.shape - now.shape))


class _Search:
    """The blocks that were of use so far, and what others are drawn from."""

    def __init__(
        self, system: System, first: BlockHorseshoe, found: Orbits, budget: Budget, generator: np.random.Generator
    ) -> None:
        self.system, self.found, self.budget, self.generator = system, found, budget, generator
        self.expanding = found.expanding
        self.longest = min(LONGEST, math.ceil(ENTROPIES / np.maximum(found.exponents[0], 0).sum()))
        self.extent = float(np.ptp(found.points, axis=(0, 1)).max())
        near = saddles(system, found, PERIOD, set(), budget, generator)
        self.cycles = [*islice((cycle for cycle in near if cycle.frame.expanding == self.expanding), CYCLES)]
        self.blocks = list[Frame]()
        if first.expanding == self.expanding:
            self.blocks.append(Frame.of(first.blocks[0], first.expanding))

    def round(self) -> BlockHorseshoe | None:
        """The best horseshoe with the blocks so far and as many new ones."""
        sizes = [Size.of(block) for block in self.blocks]
        self.blocks += [self._size(sizes).given_to(self._frame()) for _ in range(DRAWN)]
        graph = transitions(self.system, self.blocks, self.found, self.longest, SAMPLES, self.budget, self.generator)
        if not (found := choices(graph, LOSS)):
            del self.blocks[len(sizes) :]
            return None
        good = [choice for choice in found if choice.keeps(SMALL_LOSS, found[0])][-1]
        self.blocks = [self.blocks[k] for k in good.growth.used_most[:KEPT]]
        return _proved(self.system, graph, found[-1], self.budget)

    def _size(self, known: Sequence[Size]) -> Size:
        if known and self.generator.random() > FRESH:
            like, change = known[int(self.generator.integers(len(known)))], SPREAD * self.generator.normal(size=2)
            return Size(like.width + float(change[0]), like.shape + float(change[1]))
        width, shape = (self.generator.uniform(math.log(least), math.log(most)) for least, most in (WIDTHS, SHAPES))
        return Size(width + math.log(self.extent), shape)

    def _frame(self) -> Frame:
        """At a random point of a saddle cycle or of an orbit."""
        while True:
            self.budget.check(0)
            if self.cycles and self.generator.random() < 0.5:
                cycle = self.cycles[self.generator.integers(len(self.cycles))]
                here = cycle.at(self.system, int(self.generator.integers(len(cycle.points))))
                frame = here and here.frame
            else:
                frame = local_frame(self.system, self.found, self.generator)
            if frame and frame.expanding == self.expanding:
                return frame


def _proved(system: System, graph: Transitions, choice: Choice, budget: Budget) -> BlockHorseshoe | None:
    """The horseshoe of those chosen words that exact arithmetic confirms."""
    expanding = graph.blocks[0].expanding
    blocks = {k: graph.blocks[k].block(1.0, BITS) for k in choice.growth.used.tolist()}
    words = list[Word]()
    for t, node, a, b in zip(*(side.tolist() for side in (choice.times, choice.nodes, choice.starts, choice.ends))):
        if a in blocks and b in blocks:
            budget.check(0)
            patterns = tuple(graph.patterns[piece] for piece in graph.levels[t - 1].pieces[node])
            if follows(system, expanding, blocks[a], blocks[b], patterns):
                words.append(Word(a, b, patterns))
    while words:
        number = {name: k for k, name in enumerate(sorted({word.start for word in words}))}
        words = [replace(word, start=number[word.start], end=number[word.end]) for word in words if word.end in number]
        blocks = {k: blocks[name] for name, k in number.items()}
        table = [(word.start, word.end, len(word.patterns)) for word in words]
        starts, ends, times = np.array(table, np.intp).reshape(-1, 3).T
        if (found := growth_of(len(blocks), times, starts, ends)) is None:
            return None
        if len(found.used) == len(blocks):
            vector = tuple(max(1, round(VECTOR * weight)) for weight in found.weights.tolist())
            z = growth(table, vector)
            return BlockHorseshoe(expanding, tuple(blocks.values()), tuple(words), vector, z) if z else None
        used = {*found.used.tolist()}
        words = [word for word in words if word.start in used and word.end in used]
    return None
