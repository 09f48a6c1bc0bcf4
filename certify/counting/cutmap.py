"""A piecewise-linear map with its domain cut at its breaks, and at more points on request, acting on numbered places.

A place has a code: 2 k inside piece k, 2 j + 1 on cut j; cut j lies between the pieces j and j + 1. A *germ* is a
place together with one of its sides, -1 or +1: all that matters of an orbit that starts next to a cut. The germ at a
place with code c lies in piece (c + 1) // 2 when its side is +1, and in piece c // 2 when its side is -1.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from certify.counting.places import Places
from certify.counting.remote import Affine
from certify.numbers import Q, sign
from certify.piecewise import PiecewiseLinear


class CutMap:
    """f cut at `cuts`, which are strictly increasing, inside its domain, and include its breaks (without `cuts`: just
    these).

    Each place is evaluated and located once, exactly (`Places.image`).
    """

    def __init__(self, f: PiecewiseLinear, places: Places, cuts: Sequence[Q] | None = None) -> None:
        self.map, self.places = f, places
        self.cuts = f.breaks if cuts is None else cuts
        pieces = range(f.pieces) if cuts is None else _pieces(f, self.cuts)
        self.slopes = [f.slopes[i] for i in pieces]
        self.intercepts = [f.intercepts[i] for i in pieces]
        self.signs = [sign(s) for s in self.slopes]
        self._affine = [Affine(s, c) for s, c in zip(self.slopes, self.intercepts)]
        self._places = [places.place(x) for x in self.cuts]
        self._near = [places.near[cut] for cut in self._places]
        self._codes = {cut: 2 * j + 1 for j, cut in enumerate(self._places)}
        self._images: dict[int, int] = {}

    def code(self, place: int) -> int:
        """Where the place lies among the cuts."""
        code = self._codes.get(place)
        if code is None:
            near = self.places.near[place]
            first, last = bisect_left(self._near, near), bisect_right(self._near, near)
            if first != last:  # cuts with the same double
                first = bisect_left(self._places, True, first, last, key=lambda cut: self.places.below(place, cut))
            code = self._codes[place] = 2 * first
        return code

    def image(self, place: int) -> int:
        """The place that it is mapped to; at an infinite end, the limit."""
        image = self._images.get(place)
        if image is None:
            image = self._images[place] = self.places.image(place, self._affine[self.code(place) >> 1])
        return image

    def piece(self, place: int, side: int) -> int:
        """The piece that the germ lies in."""
        return (self.code(place) + (side > 0)) >> 1


def _pieces(f: PiecewiseLinear, cuts: Sequence[Q]) -> list[int]:
    """The piece of f that lies left of each cut, and the last one."""
    pieces, i = [], 0
    for x in cuts:
        pieces.append(i)
        if i < len(f.breaks) and f.breaks[i] == x:
            i += 1
    return [*pieces, i]
