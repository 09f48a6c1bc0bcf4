"""What a graph consists of: its components, and how fast the number of paths grows in each."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from certify.entropy.components import components, within
from certify.entropy.perron import Near, Perron, near_vector, perron


class Anatomy:
    """The components of a graph, in an order that edges never climb, and how fast each grows.

    A graph is given by the successors of each node, with multiplicity.
    """

    def __init__(self, targets: Sequence[Sequence[int]]) -> None:
        self.parts = components(targets)
        self.graphs = [within(targets, part) for part in self.parts]

    @cached_property
    def growing(self) -> list[int]:
        """The components in which the number of paths grows exponentially: neither a cycle nor a node alone."""
        return [i for i, graph in enumerate(self.graphs) if any(len(row) > 1 for row in graph)]

    @cached_property
    def _near(self) -> dict[int, Near]:
        return {i: near_vector(self.graphs[i]) for i in self.growing}

    @cached_property
    def estimates(self) -> dict[int, float]:
        """The growth of each of these, in doubles."""
        return {i: near.growth for i, near in self._near.items()}

    def perron(self, index: int, bits: int) -> Perron:
        """The Perron vector of a component."""
        return perron(self.graphs[index], bits, self._near.get(index))

    @property
    def strongest(self) -> int:
        """The one that grows fastest, as far as doubles tell."""
        return max(self.growing, key=self.estimates.__getitem__)

    @property
    def leading(self) -> list[int]:
        """Those that may grow fastest."""
        bar = self.estimates[self.strongest] * (1 - 1e-6)
        return [i for i in self.growing if self.estimates[i] > bar]
