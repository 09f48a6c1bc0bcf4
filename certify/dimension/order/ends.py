"""Blocks around the points of a cycle, as large as their cones allow: where orbits end."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

import numpy as np

from certify.decision.budget import Budget
from certify.dimension.chains.smooth import Smooth
from certify.dimension.horseshoes.frames import Frame
from certify.dimension.horseshoes.proof import Block
from certify.dimension.order.bases import bases
from certify.dimension.order.images import block_images
from certify.dimension.system import Floats
from certify.numbers import floats

NEUTRAL = 0.01
"""An eigenvalue must keep as far as this from the unit circle."""
MARGIN = 1e-3
"""By so much slopes keep from 1, and images from the bounds of their blocks."""
SIZES = 2.0 ** -np.arange(-2, 14, 0.5)
"""Radii of blocks, the largest first,"""
SHAPES = (1.0, 4.0, 0.25, 16.0, 0.0625)
"""and how much longer their expanding directions may be than the others."""
BITS = 20
"""Of the numbers of a block."""


@dataclass(frozen=True)
class Family:
    """Blocks, each followed by the next and the last by the first: of their coordinates the first `expanding` expand. Around a cycle of
    this period there may be several turns of blocks, which turn with the map: an end is what those around one of its points share."""

    expanding: int
    period: int
    blocks: tuple[Block, ...]

    def holds(self, low: Floats, high: Floats) -> Floats:
        """Which end holds each box [low, high] (n, d), the first where several do; -1 where none does."""
        centre, radius = (low + high) / 2, (high - low) / 2
        within = []
        for block in self.blocks:
            rows = np.array([*map(floats, block.rows)])
            middle, reach = centre @ rows.T, radius @ abs(rows).T
            lo, hi = (np.array(floats(ends)) for ends in (block.lo, block.hi))
            slack = 1e-9 * (hi - lo)
            within.append(((middle - reach >= lo + slack) & (middle + reach <= hi - slack)).all(axis=1))
        shared = [np.all(within[i :: self.period], axis=0) for i in range(self.period)]
        return np.where(np.any(shared, axis=0), np.argmax(shared, axis=0), -1)


def family(system: Smooth, points: Floats, budget: Budget) -> Family | None:
    """The largest blocks around a cycle (p, d); None where it is nearly neutral, or where no bases that are tried show what it is."""
    matrices = system.jacobians(points)
    sizes = abs(np.linalg.eigvals(np.linalg.multi_dot([*matrices[::-1], np.eye(system.dimension)])))
    if (abs(sizes - 1) < NEUTRAL).any():
        return None
    u, found = int((sizes > 1).sum()), list[list[Frame]]()
    with suppress(np.linalg.LinAlgError):  # where all is mapped to less than all directions
        for along in bases([*matrices], u):
            centres = np.tile(points, (len(along) // len(points), 1))
            found += _largest(system, [Frame.at(c, b[:, :u], b[:, u:]) for c, b in zip(centres, along)], budget)
    if not found:
        return None
    frames = max(found, key=lambda frames: abs(np.linalg.det(frames[0].basis)))
    return Family(u, len(points), tuple(frame.block(1.0, BITS) for frame in frames))


def _largest(system: Smooth, frames: Sequence[Frame], budget: Budget) -> list[list[Frame]]:
    """The frames made as large as the slopes allow, if there is such a size."""
    shapes = SHAPES if 0 < frames[0].expanding < system.dimension else (1.0,)
    for size in SIZES:
        budget.check(0)
        for shape in shapes:
            scaled = [frame.times(float(size)).scaled(1 / shape) for frame in frames]
            if _cones(system, scaled):
                return [scaled]
    return []


def _cones(system: Smooth, frames: Sequence[Frame]) -> bool:
    """Whether each block's expanding directions grow, the others shrink, and where all do, its image lies in the next."""
    u, after = frames[0].expanding, [*frames[1:], frames[0]]
    centres, columns, inverses, goals = (
        np.array(values)
        for values in (
            [f.center for f in frames],
            [f.basis for f in frames],
            [f.inverse for f in after],
            [f.center for f in after],
        )
    )
    image = block_images(system, centres, columns)
    middle, spread = inverses @ image.slopes, abs(inverses) @ image.spread
    sizes = abs(middle) + spread
    own, greatest = (np.diagonal(x, axis1=1, axis2=2) for x in (abs(middle) - spread, sizes))
    sums = sizes.sum(axis=2)
    away = abs(inverses @ (image.centre - goals)[..., None])[..., 0]
    grows = (own + greatest - sums)[:, :u] > 1 + MARGIN
    shrinks = sums[:, u:] < 1 - MARGIN
    return bool(grows.all() and shrinks.all() and (u > 0 or (away + sums < 1 - MARGIN).all()))
