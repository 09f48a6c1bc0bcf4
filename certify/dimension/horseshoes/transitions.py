"""All words that long orbits follow from any of many blocks to any other, in doubles, as far as they look good.

The words from one block form a tree: its nodes are grown for all blocks at once, one step of the map at a time, along the orbits that
start inside. At each node the blocks in which such an orbit arrives are tried as ends.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from certify.decision.budget import Budget
from certify.dimension.horseshoes.frames import Frame
from certify.dimension.horseshoes.orbits import Orbits
from certify.dimension.system import FloatPiece, Floats, System

Indices = NDArray[np.intp]

STRICT = 1e-4
"""By how much, as a part of a block's size, the conditions must hold: more than the rounding of the block."""


@dataclass(frozen=True)
class Level:
    """The nodes of one depth n: words of n patterns, each from a block along pieces (nodes, n) to some blocks.

    `parents` counts in the level before, for n = 1 it is the block itself. The good ends are pairs (`nodes`, `ends`), nodes rising."""

    starts: Indices
    parents: Indices
    pieces: Indices
    nodes: Indices
    ends: Indices


@dataclass(frozen=True)
class Transitions:
    """Blocks c + P [-1, 1]^d, the patterns that the pieces stand for, and the words of each length."""

    blocks: tuple[Frame, ...]
    patterns: tuple[bytes, ...]
    levels: tuple[Level, ...]


def transitions(
    system: System,
    blocks: Sequence[Frame],
    found: Orbits,
    longest: int,
    samples: int,
    budget: Budget,
    generator: np.random.Generator,
) -> Transitions:
    """The good words of up to `longest` patterns that are met by so many points of the orbits in each block."""
    rows, inverse = np.unique(found.patterns.reshape(-1, system.units), axis=0, return_inverse=True)
    followed = inverse.reshape(found.patterns.shape[:2])
    pieces, all_blocks = _Pieces(system, [row.tobytes() for row in rows], budget), _Blocks(blocks)
    orbit, time, start = _samples(all_blocks, found, longest, samples, generator)
    matrices: Floats = np.tile(np.eye(system.dimension), (len(blocks), 1, 1))
    offsets = all_blocks.centers
    node, levels = start, list[Level]()
    trail, starts = np.zeros((len(blocks), 0), np.intp), np.arange(len(blocks))
    for n in range(1, longest + 1):
        budget.check(0)
        keys, node = np.unique(node * len(rows) + followed[orbit, time + n - 1], return_inverse=True)
        parents, last = np.divmod(keys, len(rows))
        step = pieces.matrices[last]
        matrices = step @ matrices[parents]
        offsets = np.einsum("nij,nj->ni", step, offsets[parents]) + pieces.offsets[last]
        trail, starts = np.hstack([trail[parents], last[:, None]]), starts[parents]
        sample, arrived = all_blocks.holding(found.points[orbit, time + n])
        pairs = np.divmod(np.unique(node[sample] * len(blocks) + arrived), len(blocks))
        good = _good(all_blocks, pieces, starts, trail, matrices, offsets, *pairs)
        levels.append(Level(starts, parents, trail, *(side[good] for side in pairs)))
    return Transitions(tuple(blocks), pieces.patterns, tuple(levels))


class _Pieces:
    """The float pieces of some patterns, stacked."""

    def __init__(self, system: System, patterns: Sequence[bytes], budget: Budget) -> None:
        self.patterns = tuple(patterns)
        pieces = list[FloatPiece]()
        for pattern in patterns:  # in many dimensions there are many, and each is worked out exactly
            budget.check(0)
            pieces.append(system.float_piece(pattern))
        self.matrices = np.array([piece.matrix for piece in pieces])
        self.offsets = np.array([piece.offset for piece in pieces])
        self.weights = np.array([piece.weight for piece in pieces])
        self.biases = np.array([piece.bias for piece in pieces])
        self.lo, self.hi = (np.array([getattr(piece, end) for piece in pieces]) for end in ("lo", "hi"))


class _Blocks:
    """The frames of blocks, stacked."""

    def __init__(self, blocks: Sequence[Frame]) -> None:
        self.expanding = blocks[0].expanding
        self.centers = np.array([block.center for block in blocks])
        self.bases = np.array([block.basis for block in blocks])
        self.inverses = np.array([block.inverse for block in blocks])

    def holding(self, points: Floats) -> tuple[Indices, Indices]:
        """The pairs (point, block) with the point in the block."""
        inside = np.ones((len(points), len(self.centers)), bool)
        for form in range(points.shape[1]):
            rows = self.inverses[:, form]
            inside &= abs(points @ rows.T - np.einsum("kj,kj->k", rows, self.centers)) < 1
        point, block = np.nonzero(inside)
        return point, block


def _samples(
    blocks: _Blocks, found: Orbits, longest: int, samples: int, generator: np.random.Generator
) -> tuple[Indices, Indices, Indices]:
    """Of points in blocks: their orbits, times and blocks, at most so many in each block."""
    usable = found.patterns.shape[1] - longest
    held = [blocks.holding(points[:usable]) for points in found.points]
    orbit = np.repeat(np.arange(len(held)), [len(point) for point, _ in held])
    time, block = (np.concatenate(parts) for parts in zip(*held))
    order = generator.permutation(len(orbit))
    order = order[np.argsort(block[order], kind="stable")]
    first = np.searchsorted(block[order], np.arange(len(blocks.centers)))
    rank = np.arange(len(order)) - first[block[order]]
    kept = order[rank < samples]
    return orbit[kept], time[kept], block[kept]


def _good(
    blocks: _Blocks,
    pieces: _Pieces,
    starts: Indices,
    trails: Indices,
    matrices: Floats,
    offsets: Floats,
    nodes: Indices,
    ends: Indices,
) -> Indices:
    """Which pairs of a node and an end fulfil the conditions (1) to (3) of docs/certificate-format.md."""
    u, begin = blocks.expanding, starts[nodes]
    inner = blocks.inverses[ends] @ matrices[nodes] @ blocks.bases[begin]
    shift = np.einsum("nij,nj->ni", blocks.inverses[ends], offsets[nodes] - blocks.centers[ends])
    chosen = np.flatnonzero(abs(np.linalg.det(inner[:, :u, :u])) > 1)
    inner, shift, begin = inner[chosen], shift[chosen], begin[chosen]
    back = np.linalg.inv(inner[:, :u, :u])
    across, down = back @ inner[:, :u, u:], inner[:, u:, :u] @ back
    middle = -np.einsum("nij,nj->ni", back, shift[:, :u])
    spread = abs(middle) + abs(back).sum(2) + abs(across).sum(2)
    drift = abs(shift[:, u:] + np.einsum("nij,nj->ni", inner[:, u:, :u], middle))
    width = drift + abs(down).sum(2) + abs(inner[:, u:, u:] - down @ inner[:, :u, u:]).sum(2)
    fits = np.all(spread < 1 - STRICT, axis=1) & np.all(width < 1 - STRICT, axis=1)
    chosen, begin = chosen[fits], begin[fits]
    bases = blocks.bases[begin]
    center = blocks.centers[begin] + np.einsum("nij,nj->ni", bases[:, :, :u], middle[fits])
    columns = np.concatenate([bases[:, :, :u] @ back[fits], bases[:, :, u:] - bases[:, :, :u] @ across[fits]], axis=2)
    good = np.ones(len(chosen), bool)
    for piece in trails[nodes[chosen]].T:
        value = np.einsum("nij,nj->ni", pieces.weights[piece], center) + pieces.biases[piece]
        width = abs(pieces.weights[piece] @ columns).sum(2) * (1 + STRICT)
        good &= np.all((pieces.lo[piece] < value - width) & (value + width < pieces.hi[piece]), axis=1)
        center = np.einsum("nij,nj->ni", pieces.matrices[piece], center) + pieces.offsets[piece]
        columns = pieces.matrices[piece] @ columns
    return np.asarray(chosen[good])
