"""Order by a tree of boxes, as docs/certificate-format.md has it: what is proposed, as exact data. The checker proves it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from certify.dimension.horseshoes.proof import Block
from certify.dimension.order.tree import Cut, Numbers, Tree
from certify.numbers import Q, rational

BITS = 40
"""Binary places of the checker's fixed point; the sides of boxes have fewer."""


@dataclass(frozen=True)
class NumberedFamily:
    """Blocks, each followed by the next and the last by the first, in turn with the `period` numbers from `number` on; of their
    coordinates the first `expanding` expand."""

    number: int
    expanding: int
    period: int
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class OrderTree:
    """A root [lo, hi], the families of ends, and the tree of boxes as text: /k halves one in coordinate k, a number is a leaf."""

    lo: tuple[Q, ...]
    hi: tuple[Q, ...]
    families: tuple[NumberedFamily, ...]
    tree: str
    bits: int

    @property
    def leaves(self) -> int:
        """How many boxes are not cut."""
        return sum(token[0] != "/" for token in self.tree.split(" "))


def numbered(tree: Tree) -> OrderTree:
    """The tree when it is settled, with numbers that fall along all images but at ends."""
    nodes = tree.leaves
    family, place = tree.family[nodes], {node: k for k, node in enumerate(nodes.tolist())}
    at_end = tree.rests(nodes)
    at_end[[place[node] for node in tree.open.tolist()]] = True
    levels = _levels(tree, nodes, at_end)
    numbers, families, free = np.zeros(len(nodes), np.int64), list[NumberedFamily](), 0
    for level in range(int(levels.max()) + 1):
        here = levels == level
        for i in np.unique(family[here & at_end]).tolist():
            mine = here & at_end & (family == i)
            numbers[mine] = free + tree.end[nodes[mine]]
            one = tree.families[i]
            families.append(NumberedFamily(free, one.expanding, one.period, one.blocks))
            free += one.period
        if (passing := here & ~at_end).any():
            numbers[passing] = free
            free += 1
    lo, hi = (tuple(map(rational, ends.tolist())) for ends in tree.root)
    return OrderTree(lo, hi, tuple(families), _text(tree, dict(zip(nodes.tolist(), numbers.tolist()))), BITS)


def _levels(tree: Tree, nodes: Numbers, at_end: np.ndarray) -> Numbers:
    """The most steps down from each leaf, where all at the ends of one family are one."""
    starts, ends = tree.edges(nodes)
    family, classes = tree.family[nodes], np.arange(len(nodes))
    for i in np.unique(family[at_end]).tolist():
        mine = at_end & (family == i)
        classes[mine] = np.flatnonzero(mine)[0]
    pairs = np.unique(np.array([classes[ends], classes[starts]])[:, classes[starts] != classes[ends]], axis=1)
    after, before = pairs
    first, left = np.searchsorted(after, np.arange(len(nodes) + 1)), np.bincount(before, minlength=len(nodes))
    levels, ready, level = np.zeros(len(nodes), np.int64), np.flatnonzero(left == 0), 0
    while len(ready):
        levels[ready] = level
        reached = np.concatenate([before[first[k] : first[k + 1]] for k in ready.tolist()])
        left -= np.bincount(reached, minlength=len(nodes))
        ready, level = np.unique(reached[left[reached] == 0]), level + 1
    return levels[classes]


def _text(tree: Tree, numbers: dict[int, int]) -> str:
    tokens, left = list[str](), [0]
    while left:
        node = left.pop()
        cut = tree.nodes[node]
        tokens.append(f"/{cut.coordinate}" if isinstance(cut, Cut) else str(numbers[node]))
        left += cut.halves[::-1] if cut else ()
    return " ".join(tokens)
