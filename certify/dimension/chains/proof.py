"""Covering chains: what docs/certificate-format.md asks of them, proved for a smooth map in ball and rational arithmetic.

One direction expands: a block covers the next when the images of its two faces across that direction lie beyond the next block, on
either side, and its whole image between the next block's other faces. Then a path that joins the two faces has a part whose image
does so in the next block, and so on along every chain (Zgliczynski 1997; Gidea and Zgliczynski 2004).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from certify.dimension.chains.smooth import Balls, Smooth
from certify.dimension.horseshoes.choice import growth_of
from certify.dimension.horseshoes.proof import Block, growth
from certify.numbers import Q, ctx, fmpq_mat

VECTOR = 10_000
"""The greatest weight of a block."""


@dataclass(frozen=True)
class CoveringChains:
    """Blocks, of which the first form expands; chains of their numbers, from and to the first len(vector) of them, in which each block
    covers the next; weights v with sum v_b growth^-t >= v_a. `bits`: with so many binary places the images are enclosed."""

    blocks: tuple[Block, ...]
    chains: tuple[tuple[int, ...], ...]
    vector: tuple[int, ...]
    growth: Q
    bits: int


def proved(
    system: Smooth, blocks: Sequence[Block], edges: Iterable[tuple[int, int]], bits: int
) -> CoveringChains | None:
    """The chains along the edges, if each block covers those to which its edges lead, and those to which one has several lie apart.

    The blocks with several edges are those at which chains begin and end; every path must come to one.
    """
    after: list[list[int]] = [[] for _ in blocks]
    for start, end in edges:
        after[start].append(end)
    for block, ends in zip(blocks, after):
        try:
            image = system.over(*_centred(block), bits)
        except ZeroDivisionError:
            return None
        if not all(lo < hi for lo, hi in zip(block.lo, block.hi)):
            return None
        if not all(_covers(image.centre, image.slopes, blocks[end], bits) for end in ends):
            return None
    if not all(apart(blocks[i], blocks[j]) for ends in after for i, j in combinations(ends, 2)):
        return None
    roots = [i for i, ends in enumerate(after) if len(ends) > 1]
    chains = [_chain(after, root, end) for root in roots for end in after[root]]
    order = list(dict.fromkeys([*roots, *(i for chain in chains for i in chain)]))
    numbered = {i: k for k, i in enumerate(order)}
    renamed = tuple(tuple(numbered[i] for i in chain) for chain in chains)
    words = [(chain[0], chain[-1], len(chain) - 1) for chain in renamed]
    if (vector := _weights(words, len(roots))) is None or (z := growth(words, vector)) is None:
        return None
    return CoveringChains(tuple(blocks[i] for i in order), renamed, vector, z, bits)


def _chain(after: Sequence[Sequence[int]], root: int, end: int) -> list[int]:
    """From a root by this edge to the next root."""
    chain = [root, end]
    while len(after[chain[-1]]) == 1:
        chain += after[chain[-1]]
    return chain


def _weights(words: Sequence[tuple[int, int, int]], roots: int) -> tuple[int, ...] | None:
    """Weights with which the growth is, but for rounding, the greatest; None where there is no growth."""
    if roots == 1:
        return (1,)
    starts, ends, times = np.array(words).reshape(-1, 3).T
    found = growth_of(roots, times, starts, ends)
    return None if found is None else tuple(max(1, round(VECTOR * weight)) for weight in found.weights.tolist())


def _centred(block: Block) -> tuple[list[Q], list[list[Q]]]:
    """c and the rows of M, where the block is c + M y with -1 <= y_k <= 1. Raises `ZeroDivisionError` for dependent forms."""
    d = len(block.rows)
    inverse = fmpq_mat(d, d, [x for row in block.rows for x in row]).inv()
    middle = fmpq_mat(d, 1, [(lo + hi) / 2 for lo, hi in zip(block.lo, block.hi)])
    half = fmpq_mat(d, d, [Q(0)] * (d * d))
    for k, (lo, hi) in enumerate(zip(block.lo, block.hi)):
        half[k, k] = (hi - lo) / 2
    return (inverse * middle).entries(), (inverse * half).tolist()


def _covers(centre: Balls, slopes: Balls, target: Block, bits: int) -> bool:
    """Whether the image centre + slopes y covers the target."""
    with ctx.workprec(bits):
        for k, (row, lo, hi) in enumerate(zip(target.rows, target.lo, target.hi)):
            middle = sum(r * x for r, x in zip(row, centre))
            first, *others = (sum(r * s for r, s in zip(row, column)) for column in slopes.T)
            reach = sum(map(abs, others), 0 * first)
            if k == 0:
                one, two = middle + first, middle - first
                if not ((one - reach > hi and two + reach < lo) or (one + reach < lo and two - reach > hi)):
                    return False
            elif not (middle - abs(first) - reach > lo and middle + abs(first) + reach < hi):
                return False
    return True


def apart(one: Block, other: Block) -> bool:
    """Whether a form of one block keeps strictly outside its bounds on all of the other."""
    return _beyond(one, other) or _beyond(other, one)


def _beyond(one: Block, other: Block) -> bool:
    centre, columns = _centred(other)
    for row, lo, hi in zip(one.rows, one.lo, one.hi):
        middle = sum((r * x for r, x in zip(row, centre)), Q(0))
        reach = sum((abs(sum((r * s for r, s in zip(row, column)), Q(0))) for column in zip(*columns)), Q(0))
        if middle - reach > hi or middle + reach < lo:
            return True
    return False
