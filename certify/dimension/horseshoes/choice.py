"""From many good words the choice of those that grow fastest, in doubles.

A horseshoe may use at each node of the tree of words either the word that ends there, or longer ones, never both; and the word may
end in one of several blocks. For weights v of the blocks and a growth z the best choice maximises sum v_b z^-t from each block, node
by node from the longest words back; and the best weights are the Perron vector of a choice. The two in turn are policy iteration
(Howard 1960; for growth rates Rothblum and Whittle 1982).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from certify.dimension.horseshoes.transitions import Indices, Transitions
from certify.dimension.system import Floats

TURNS = 15
"""Of policy iteration; few are needed."""
POWERS, NEWTON = 12, 25
"""Steps of the power method for each Newton step, and these, for the growth of one choice."""
LEAST_SHARE = 1e-6
"""Blocks through which less of the orbits passes are left out."""
START = 0.8
"""Of the excess of a rate over 1, where the next one is sought from: one too high prefers one short word to many long ones."""
DROPPED = 0.1
"""The part of the blocks that is dropped at once."""


@dataclass(frozen=True)
class Growth:
    """Of words between blocks: how fast the number of their sequences grows with the time; for each block its weight and the part of
    the sequences that pass through it, the most being 1."""

    rate: float
    weights: Floats
    shares: Floats

    @property
    def used(self) -> Indices:
        """The blocks that are needed."""
        return np.flatnonzero(self.shares > LEAST_SHARE)

    @property
    def used_most(self) -> list[int]:
        """The same, those that are needed most first."""
        used = self.used
        return [int(k) for k in used[np.argsort(-self.shares[used], kind="stable")]]


@dataclass(frozen=True)
class Choice:
    """Words, each of `times` patterns from a block to a block, by their nodes in the tree; and how they grow."""

    times: Indices
    nodes: Indices
    starts: Indices
    ends: Indices
    growth: Growth

    def keeps(self, loss: float, other: Choice) -> bool:
        """Whether the entropy is at least 1 - loss of that of the other."""
        return math.log(self.growth.rate) >= (1 - loss) * math.log(other.growth.rate)


def choices(given: Transitions, loss: float) -> list[Choice]:
    """The words that grow fastest with all blocks, and with fewer and fewer, the least needed dropped first, as long as the entropy stays
    above 1 - loss of what it was; none where nothing grows."""
    found = list[Choice]()
    alive = np.ones(len(given.blocks), bool)
    rate = 1.0
    weights: Floats = np.ones(len(given.blocks))
    while (choice := _best(given, alive, rate, weights)) is not None and choice.keeps(loss, (found or [choice])[0]):
        found.append(choice)
        used = choice.growth.used_most
        alive[:] = False
        alive[used[: len(used) - max(1, int(DROPPED * len(used)))]] = True
        rate, weights = 1 + START * (choice.growth.rate - 1), choice.growth.weights
    return found


def _best(given: Transitions, alive: NDArray[np.bool_], rate: float, weights: Floats) -> Choice | None:
    """The words between these blocks that grow fastest, by policy iteration from a rate and weights on; None where nothing grows."""
    best: Choice | None = None
    for _ in range(TURNS):
        times, nodes, starts, ends = _chosen(given, alive, rate, weights)
        found = growth_of(len(alive), times, starts, ends)
        if found is None or (best is not None and found.rate < best.growth.rate * (1 + 1e-7)):
            break
        best = Choice(times, nodes, starts, ends, found)
        rate, weights = found.rate, found.weights
    return best


def _chosen(
    given: Transitions, alive: NDArray[np.bool_], rate: float, weights: Floats
) -> tuple[Indices, Indices, Indices, Indices]:
    """The best words for these weights: their times, nodes, starts and ends."""
    stops, ends = list[NDArray[np.bool_]](), list[Indices]()
    within: Floats = np.zeros(len(given.levels[-1].starts))
    for n in range(len(given.levels), 0, -1):
        level = given.levels[n - 1]
        value = np.where(alive[level.ends], weights[level.ends], 0) * rate ** -float(n)
        order = np.lexsort((value, level.nodes))
        last = order[np.append(level.nodes[1:] != level.nodes[:-1], True)] if len(order) else order
        here: Floats = np.zeros(len(level.starts))
        end: Indices = np.zeros(len(level.starts), np.intp)
        here[level.nodes[last]], end[level.nodes[last]] = value[last], level.ends[last]
        stops.append((here >= within) & (here > 0))
        ends.append(end)
        size = len(given.levels[n - 2].starts) if n > 1 else len(alive)
        within = np.asarray(np.bincount(level.parents, np.maximum(here, within), size), np.float64)
    times, nodes = list[Indices](), list[Indices]()
    open_ended = alive
    for n, (level, stop) in enumerate(zip(given.levels, stops[::-1]), 1):
        reached = open_ended[level.parents]
        nodes.append(np.flatnonzero(reached & stop))
        times.append(np.full(len(nodes[-1]), n))
        open_ended = reached & ~stop
    starts = [level.starts[node] for level, node in zip(given.levels, nodes)]
    chosen = [end[node] for end, node in zip(ends[::-1], nodes)]
    return np.concatenate(times), np.concatenate(nodes), np.concatenate(starts), np.concatenate(chosen)


def growth_of(blocks: int, times: Indices, starts: Indices, ends: Indices) -> Growth | None:
    """By Newton's method on the greatest eigenvalue of the matrix sum z^-t; None where the rate is not above 1."""
    rate, right, left = 1.5, np.ones(blocks), np.ones(blocks)
    for _ in range(NEWTON):
        values = rate ** -times.astype(np.float64)
        matrix = np.bincount(starts * blocks + ends, values, blocks * blocks).reshape(blocks, blocks)
        for _ in range(POWERS):  # with the identity added, as the matrix may permute
            right, left = right + matrix @ right, left + left @ matrix
            right, left = right / right.max(), left / left.max()
        passing = float(left @ matrix @ right)
        if passing <= 0:
            return None
        slope = np.sum(left[starts] * values * times * right[ends]) / passing
        rate *= float(np.exp(np.clip(np.log(passing / (left @ right)) / slope, -0.5, 0.5)))
        if rate < 1 + 1e-6:
            return None
    shares = left * right
    return Growth(rate, right, shares / shares.max())
