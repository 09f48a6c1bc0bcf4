"""The laps of a map, its plateaus, and the image of an interval lap by lap: all that entropy needs to know of a map."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from certify.numbers import Extended
from certify.piecewise import PiecewiseLinear

Interval = tuple[Extended, Extended]


@dataclass(frozen=True)
class Laps:
    """The laps of f, counted from 0 at the left, and its plateaus.

    Leave out the pieces of slope zero; a lap is a maximal run of the others, in their order, with slopes of one sign.
    It reaches from the left end of the run's first piece to the right end of its last; plateaus inside belong to it,
    those between two laps, or at an end of the domain, to none. So f is monotone on each lap, and constant between
    neighbours. A constant map has no lap. Ends may be infinite.
    """

    map: PiecewiseLinear
    laps: tuple[Interval, ...]
    plateaus: tuple[Interval, ...]

    @staticmethod
    def of(f: PiecewiseLinear) -> Laps:
        """The laps and plateaus of f."""
        corners = f.corners
        sloping = [i for i, slope in enumerate(f.slopes) if slope]
        runs = [list(run) for _, run in groupby(sloping, key=lambda i: f.slopes[i].p > 0)]
        return Laps(
            f,
            tuple((corners[run[0]], corners[run[-1] + 1]) for run in runs),
            tuple((corners[i], corners[i + 1]) for i, slope in enumerate(f.slopes) if not slope),
        )

    def images(self, a: Extended, b: Extended) -> Iterator[tuple[int, Interval]]:
        """(k, f([a, b] ∩ lap k)) for each lap k on whose part in [a, b] the map is not constant, from left to right."""
        first = bisect_right(self.laps, a, key=lambda lap: lap[1])
        last = bisect_left(self.laps, b, key=lambda lap: lap[0])
        for k in range(first, last):
            lo, hi = self.laps[k]
            u, v = self.map.at(max(a, lo)), self.map.at(min(b, hi))
            if u != v:
                yield k, ((u, v) if u < v else (v, u))

    def widened(self, a: Extended, b: Extended) -> Interval:
        """[a, b], with the plateaus that its ends lie in added."""
        left, right = self._plateau(a), self._plateau(b)
        return (left[0] if left else a), (right[1] if right else b)

    def trimmed(self, a: Extended, b: Extended) -> Interval | None:
        """[a, b], with the plateaus that its ends lie in taken away; None when nothing, or only a point, is left."""
        left, right = self._plateau(a), self._plateau(b)
        a, b = (left[1] if left else a), (right[0] if right else b)
        return (a, b) if a < b else None

    def _plateau(self, x: Extended) -> Interval | None:
        i = bisect_left(self.plateaus, x, key=lambda plateau: plateau[1])
        return self.plateaus[i] if i < len(self.plateaus) and self.plateaus[i][0] <= x else None
