"""From a saddle cycle and homoclinic orbits to blocks: where along these the blocks of the cycle end and others begin, in doubles."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from certify.dimension.chains.connections import Excursion
from certify.dimension.chains.coverings import Skeleton
from certify.dimension.chains.orbits import SaddleCycle
from certify.dimension.chains.smooth import Smooth
from certify.dimension.system import Floats

MARGIN = 1.03
"""With which the shortest chains are sought."""
DEPTHS = (1e-1, 3e-2, 1e-2, 3e-3, 1e-3, 3e-4, 1e-4)
"""An excursion has blocks of its own where it is farther from the cycle than this, as a part of the extent: the first that do."""
PLACES = 24
"""Binary places of enclosures beyond those of the smallest block."""


@dataclass(frozen=True)
class Cut:
    """The part of an excursion that has blocks of its own: its points from `first` to `last`."""

    excursion: Excursion
    first: int
    last: int


@dataclass(frozen=True)
class Fitted:
    """A skeleton of a cycle and excursions from it, with sizes of its blocks that do."""

    skeleton: Skeleton
    sizes: Floats

    @property
    def places(self) -> int:
        """So many binary places resolve the blocks well."""
        return 8 * math.ceil((PLACES - math.log2(self.sizes.min())) / 8)


def skeleton(cycle: SaddleCycle, cuts: list[Cut]) -> Skeleton:
    """The points of the cycle, then those of the excursions, each point to cover the next."""
    period, parts = cycle.period, [cycle.points]
    frames = [np.concatenate([cycle.directions[:, :, None], cycle.stable], axis=2)]
    edges = [(i, (i + 1) % period) for i in range(period)]
    count = period
    for cut in cuts:
        x, chosen = cut.excursion, slice(cut.first, cut.last + 1)
        parts.append(x.points[chosen])
        frames.append(np.concatenate([x.directions[chosen, :, None], x.stable[chosen]], axis=2))
        length, back = cut.last - cut.first + 1, cut.last + 1 - len(x.points) + 1
        edges.append(((cut.first - 1) % period, count))
        edges += [(count + i, count + i + 1) for i in range(length - 1)]
        edges.append((count + length - 1, (x.end + back) % period))
        count += length
    return Skeleton(np.concatenate(parts), np.concatenate(frames), tuple(edges))


def turn(cycle: SaddleCycle, cut: Cut) -> int:
    """Steps from the point of the cycle where the excursion leaves, along it and the cycle, back to that point."""
    leaves, back = (cut.first - 1) % cycle.period, cut.excursion.end + cut.last + 2 - len(cut.excursion.points)
    return cut.last - cut.first + 2 + (leaves - back) % cycle.period


def fitted(system: Smooth, cycle: SaddleCycle, cuts: list[Cut], margin: float) -> Fitted | None:
    """The least blocks along the cycle and these excursions, if there are any and they lie apart where paths part."""
    shape = skeleton(cycle, cuts)
    sizes = shape.sizes(system, margin)
    if sizes is None or not shape.apart(sizes):
        return None
    return Fitted(shape, sizes)


def cut_at(cycle: SaddleCycle, x: Excursion, distance: float) -> Cut | None:
    """From the first point that is farther than this from the cycle to the last one."""
    n, times = len(x.points), np.arange(len(x.points))
    distances = cycle.distances(x.points)
    leaving, coming = distances[times, times % cycle.period], distances[times, (x.end + times + 1 - n) % cycle.period]
    first, last = int(np.argmax(leaving > distance)), n - 1 - int(np.argmax(coming[::-1] > distance))
    first, last = max(1, first), min(n - 2, last)
    return Cut(x, first, last) if first <= last else None


def shortest(system: Smooth, cycle: SaddleCycle, x: Excursion, extent: float) -> Cut | None:
    """The excursion with as few blocks of its own as do."""
    cuts = (cut_at(cycle, x, depth * extent) for depth in DEPTHS)
    cut = next((cut for cut in cuts if cut and fitted(system, cycle, [cut], MARGIN)), None)
    while cut:
        shorter = (replace(cut, first=cut.first + 1), replace(cut, last=cut.last - 1))
        good = (one for one in shorter if one.first <= one.last and fitted(system, cycle, [one], MARGIN))
        if (following := next(good, None)) is None:
            break
        cut = following
    return cut
