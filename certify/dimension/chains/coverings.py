"""Blocks around given points, as small as they can be when each is to cover certain others, in doubles.

How wide a block must be follows from those that it covers, and how thick from those that cover it; both feed each other, as the
derivative changes more over a larger block. So the least sizes are reached from below, and where they grow beyond bounds there are
none.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from certify.dimension.chains.smooth import Smooth
from certify.dimension.horseshoes.proof import Block
from certify.dimension.system import Floats
from certify.numbers import Q, rational

LEAST, MOST = 1e-9, 0.3
"""Half the width of a block, as the search begins and where it gives up."""
SHAPE = 0.1
"""The least thickness of a block, as a part of its width: thinner ones take longer numbers."""
ROUNDS, INNER = 25, 60
"""Derivatives are enclosed so often, and sizes adapted so often in between."""
SETTLED = 1e-3
"""Sizes that grow by less than this part in a round will not grow much more."""


@dataclass(frozen=True)
class Skeleton:
    """Points (n, d) with frames (n, d, d), in the first column the direction that expands; and pairs of numbers (start, end) of points
    whose blocks are to cover one another."""

    centres: Floats
    frames: Floats
    edges: tuple[tuple[int, int], ...]

    @cached_property
    def inverses(self) -> Floats:
        return np.linalg.inv(self.frames)

    @cached_property
    def _ends(self) -> NDArray[np.int_]:
        return np.array(self.edges).T

    def sizes(self, system: Smooth, margin: float) -> Floats | None:
        """The least half widths (n, d) in the directions of the frames with which all covering conditions hold even if every reach is
        `margin` times as long; None if there are none, or none below `MOST`."""
        start, end = self._ends
        shift = abs(self._in_frames(system.step(self.centres)[start] - self.centres[end]))
        sizes = np.full(self.centres.shape, LEAST)
        for _ in range(ROUNDS):
            gain, reach = self._slopes(system, sizes)
            if not (gain > 0).all():
                return None
            before = sizes
            for _ in range(INNER):
                last, sizes = sizes, self._adapted(sizes, gain, reach, shift, margin)
                if not sizes.max() < MOST:
                    return None
                if (sizes < last * (1 + SETTLED / 10)).all():
                    break
            if (sizes < before * (1 + SETTLED)).all():
                break
        return sizes if self._holds(system, sizes, shift) else None

    def _in_frames(self, vectors: Floats) -> Floats:
        """Vectors, one for each edge, in the frame of its end."""
        return np.asarray(np.einsum("eij,ej->ei", self.inverses[self._ends[1]], vectors))

    def _slopes(self, system: Smooth, sizes: Floats) -> tuple[Floats, Floats]:
        """For each edge, in its two frames and with blocks of these sizes: the least expansion; and the most that each coordinate of the
        image depends on each of the block, the expansion left out."""
        start, end = self._ends
        over = system.about(self.centres, self.frames * sizes[:, None, :])
        middle = self.inverses[end] @ over.slopes[start]
        spread = abs(self.inverses[end]) @ over.spread[start]
        gain = abs(middle[:, 0, 0]) - spread[:, 0, 0]
        reach = abs(middle) + spread
        reach[:, 0, 0] = 0
        return gain / sizes[start, 0], reach / sizes[start][:, None, :]

    def _adapted(self, sizes: Floats, gain: Floats, reach: Floats, shift: Floats, margin: float) -> Floats:
        """Sizes that are needed if others have those given; none less than it was."""
        start, end = self._ends
        needed = margin * (shift + np.einsum("eij,ej->ei", reach, sizes[start]))
        found = sizes.copy()
        np.maximum.at(found[:, 0], start, (margin * sizes[end, 0] + needed[:, 0]) / gain)
        np.maximum.at(found[:, 1:], end, needed[:, 1:])
        found[:, 1:] = np.maximum(found[:, 1:], SHAPE * found[:, :1])
        return found

    def _holds(self, system: Smooth, sizes: Floats, shift: Floats) -> bool:
        start, end = self._ends
        gain, reach = self._slopes(system, sizes)
        needed = shift + np.einsum("eij,ej->ei", reach, sizes[start])
        across = gain * sizes[start, 0] > sizes[end, 0] + needed[:, 0]
        return bool(across.all() and (needed[:, 1:] < sizes[end, 1:]).all())

    def apart(self, sizes: Floats) -> bool:
        """Whether blocks of these sizes that one block covers lie apart."""
        branches = [[end for start, end in self.edges if start == i] for i in range(len(self.centres))]
        return all(self._apart(i, j, sizes) for ends in branches for i in ends for j in ends if i < j)

    def _apart(self, i: int, j: int, sizes: Floats) -> bool:
        for one, other in ((i, j), (j, i)):
            middle = abs(self.inverses[one] @ (self.centres[other] - self.centres[one]))
            reach = abs(self.inverses[one] @ (self.frames[other] * sizes[other])).sum(axis=1)
            if (middle > 1.01 * (reach + sizes[one])).any():
                return True
        return False

    def blocks(self, sizes: Floats, bits: int) -> list[Block]:
        """The blocks of these sizes, with forms in whole numbers of so many bits, and bounds on as fine a scale."""
        return [_block(*given, bits) for given in zip(self.centres, self.inverses, sizes)]


def _block(centre: Floats, forms: Floats, sizes: Floats, bits: int) -> Block:
    rows, lo, hi = list[tuple[Q, ...]](), list[Q](), list[Q]()
    for form, size in zip(forms, sizes):
        scale = 2.0 ** (bits - math.frexp(abs(form).max())[1])
        row, unit = np.round(form * scale), 2.0 ** (math.frexp(size * scale)[1] - bits)
        middle, width = row @ centre, size * scale
        rows.append(_rationals(row))
        lo.append(rational(round((middle - width) / unit)) * rational(unit))
        hi.append(rational(round((middle + width) / unit)) * rational(unit))
    return Block(tuple(rows), tuple(lo), tuple(hi))


def _rationals(values: Sequence[Any] | Floats) -> tuple[Q, ...]:
    return tuple(rational(float(value)) for value in values)
