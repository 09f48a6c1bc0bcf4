"""From a tower to evidence: its components, their Perron vectors, and growth rates rounded to the safe side."""

from __future__ import annotations

from fractions import Fraction
from functools import cached_property
from math import ceil

from certify.entropy.components import components, within
from certify.entropy.evidence import Covering, Transfer
from certify.entropy.laps import Laps
from certify.entropy.perron import growth_estimate, perron
from certify.entropy.tower import Tower
from certify.numbers import Q, rational


class Anatomy:
    """The components of a tower's graph, in an order that edges never climb, and how fast each grows."""

    def __init__(self, tower: Tower) -> None:
        self.tower = tower
        targets = tower.targets
        self.parts = components(targets)
        self.graphs = [within(targets, part) for part in self.parts]

    @cached_property
    def growing(self) -> list[int]:
        """The components in which the number of paths grows exponentially: neither a cycle nor a node alone."""
        return [i for i, graph in enumerate(self.graphs) if any(len(row) > 1 for row in graph)]

    @cached_property
    def estimates(self) -> dict[int, float]:
        """The growth of each of these, in doubles."""
        return {i: growth_estimate(self.graphs[i]) for i in self.growing}

    @property
    def strongest(self) -> int:
        """The one that grows fastest, as far as doubles tell."""
        return max(self.growing, key=self.estimates.__getitem__)

    @property
    def leading(self) -> list[int]:
        """Those that may grow fastest."""
        bar = self.estimates[self.strongest] * (1 - 1e-6)
        return [i for i in self.growing if self.estimates[i] > bar]


def covering(inside: Anatomy, index: int, laps: Laps, bits: int) -> Covering:
    """A component of an inner tower (or of an outer one that is exact) as evidence of a lower bound."""
    part = inside.parts[index]
    place = {node: i for i, node in enumerate(part)}
    rows = tuple(tuple((k, place[j]) for k, j in inside.tower.rows[node] if j in place) for node in part)
    intervals = [laps.trimmed(*inside.tower.intervals[node]) for node in part]
    found = perron(inside.graphs[index], bits)
    assert all(intervals), "an interval of a cycle is not inside a plateau"
    return Covering(
        tuple(interval for interval in intervals if interval), rows, found.vector, _rounded(found.low, bits, up=False)
    )


def transfer(outside: Anatomy, core_steps: int, bits: int) -> tuple[Transfer, list[Q]]:
    """An outer tower as evidence of an upper bound, and a bound for the growth of each component: their places are the ranks."""
    tower = outside.tower
    ranks, vector = [0] * len(tower.rows), [1] * len(tower.rows)
    growths: list[Q] = []
    for rank, (part, graph) in enumerate(zip(outside.parts, outside.graphs)):
        found = perron(graph, bits)
        growths.append(found.high)
        for node, weight in zip(part, found.vector):
            ranks[node], vector[node] = rank, weight
    growth = _rounded(max(growths, default=Q(1)), bits, up=True)
    evidence = Transfer(
        core_steps, tower.intervals, tower.rows, tuple(ranks), tuple(vector), max(Fraction(1), growth)
    )
    return evidence, growths


def _rounded(value: Q, bits: int, up: bool) -> Fraction:
    """A decimal fraction not below (above) the value, with about this many bits after the point."""
    scale = 10 ** ceil(bits / 3.32)
    scaled = value * rational(scale)
    return Fraction(int(scaled.ceil() if up else scaled.floor()), scale)


