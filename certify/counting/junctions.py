"""Linear regions and activation regions: the points where an iterate was cut, counted class by class as they move
forward.

The proof of the recursion is in the docstring of this package. A *junction* is a point x at which F_i = f_i ... f_1
was cut at some step; both its germs are followed. All junctions that have the same place F_i(x) and the same state are
one class:

    pull +-1   one germ is alive, on that side of the place; the other one ran into a plateau
    pull +-2   both are alive on the same side: F_i turns at x
    pull 0     they are on opposite sides; `ratio` is slope on the left over slope on the right of the place,
               and where it is 1 the iterate is affine near x

A junction without a live germ lies inside a plateau for ever and is dropped.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Collection
from itertools import accumulate
from typing import NamedTuple

from certify.counting.cutmap import CutMap
from certify.counting.flow import Flow, Move
from certify.counting.places import Places
from certify.counting.sleep import Sleep
from certify.numbers import Q


class Junction(NamedTuple):
    """A class of junctions; `ratio` is a number in a table of ratios, 0 that of the ratio 1."""

    place: int
    pull: int
    ratio: int


NOWHERE = -1
"""In the place of a place: the junctions that never meet a cut again and never die."""

FEW = 64
"""So many classes of births at most are counted by products of their own."""


class Junctions:
    """The junctions of F_i by class, and the germs at the two ends of the domain.

    `ends` are the germs at the ends, each with a weight (1 to count). `sources`, where given, are the only classes
    into which new junctions are put; all others are dropped at birth.
    """

    def __init__(
        self,
        places: Places,
        ends: dict[Junction, int],
        start: dict[Junction, int] | None = None,
        sources: Collection[Junction] | None = None,
        tilt: bool = False,
    ) -> None:
        self._places = places
        self._ends = ends
        self._flow = Flow(start or {}, [_pull if tilt else _is_break])
        self._sources = sources
        self._ratios = Ratios()
        self._map: CutMap | None = None
        self._births: dict[Junction | None, list[int]] = {}  # the cuts, by what becomes of the junctions born there
        self.born: dict[Junction, int] = {}

    def push(self, m: CutMap, sleep: Sleep | None = None) -> int:
        """Goes on to f_(i+1) F_i. Returns how many new junctions there are: the interior x that F_i, still uncut, sends
        to a cut.

        `sleep` may be given where all maps from now on are m.
        """

        def move(junction: Junction) -> Move[Junction]:
            return self._move(m, sleep, junction)

        def shares(slot: int) -> list[tuple[int, int]]:
            return self._shares(size, slot)

        size = len(m.cuts)
        if m is not self._map:
            self._map = m
            self._births = defaultdict(list)
            for j in range(size):
                self._births[self._birth(m, sleep, j)].append(j)
        sums = self._flow.push(m, move, size + len(self._births), shares)
        rises, others = sums[:size], sums[size:]  # from one cut to the next; what the classes get beside that
        self._push_ends(move, rises)
        new = list(accumulate(rises))
        self.born = {}
        total = 0
        for (born, cuts), more in zip(self._births.items(), others):
            count = sum([new[j] for j in cuts], more)
            total += count
            if count and born:
                self._flow.add(born, count)
                self.born[born] = count
        return total

    @property
    def breaks(self) -> int:
        """The number of points at which the slope of F_i changes."""
        return self._flow.totals[0]

    @property
    def tilt(self) -> int:
        """The sum of all pulls, those of the ends with their weights included; instead of `breaks` where it was asked for."""
        return self._flow.totals[0] + sum(germ.pull * weight for germ, weight in self._ends.items())

    def _shares(self, size: int, slot: int) -> list[tuple[int, int]]:
        """What a rise at this one of the cuts adds to the births: so many times itself for each class, if these are few."""
        if slot >= size or len(self._births) > FEW:
            return []
        later = [(k, len(cuts) - bisect_left(cuts, slot)) for k, cuts in enumerate(self._births.values(), size)]
        return [(k, times) for k, times in later if times]

    def _push_ends(self, move: Callable[[Junction], Move[Junction]], rises: list[int]) -> None:
        ends: dict[Junction, int] = {}
        for germ, weight in self._ends.items():
            targets, notes = move(germ)
            for cut, rise in notes:
                rises[cut] += rise * weight
            for target in targets:
                ends[target] = ends.get(target, 0) + weight
        self._ends = ends

    def _move(self, m: CutMap, sleep: Sleep | None, junction: Junction) -> Move[Junction]:
        place, pull, _ = junction
        if place == NOWHERE:
            return Move([junction])
        if pull:
            piece = m.piece(place, pull)
            bend = m.signs[piece]
            after = [Junction(m.image(place), pull * bend, 0)] if bend else []
            return Move(after, _rises(m, (piece, pull)))
        left, right = m.piece(place, -1), m.piece(place, 1)
        return Move(self._after(m, sleep, junction), _rises(m, (left, -1), (right, 1)) if left != right else [])

    def _after(self, m: CutMap, sleep: Sleep | None, junction: Junction) -> list[Junction]:
        """What becomes of two germs on opposite sides of a place."""
        place, _, ratio = junction
        left, right = m.piece(place, -1), m.piece(place, 1)
        if m.signs[left] != m.signs[right]:
            return [source(m, place)]
        if m.signs[left] == 0:
            return []
        if m.slopes[left] != m.slopes[right]:
            ratio = self._ratios.number(self._ratios.values[ratio] * m.slopes[left] / m.slopes[right])
        if m.signs[left] < 0:
            ratio = self._ratios.inverse(ratio)
        image = m.image(place)
        if sleep and sleep.well(image):
            return [Junction(NOWHERE, 0, min(ratio, 1))]  # all that matters from now on is whether it is 1
        return [Junction(image, 0, ratio)]

    def _birth(self, m: CutMap, sleep: Sleep | None, j: int) -> Junction | None:
        """The class of new junctions at cut j, one step after they reached it; None if they are to be dropped."""
        born = self._after(m, sleep, Junction(self._places.place(m.cuts[j]), 0, 0))
        return born[0] if born and (self._sources is None or born[0] in self._sources) else None


class Ratios:
    """A growing table of ratios; number 0 is the ratio 1."""

    def __init__(self) -> None:
        self.values = [Q(1)]
        self._known = {Q(1): 0}
        self._inverse = {0: 0}

    def number(self, ratio: Q) -> int:
        """The number of this ratio."""
        found = self._known.setdefault(ratio, len(self.values))
        if found == len(self.values):
            self.values.append(ratio)
        return found

    def inverse(self, number: int) -> int:
        """The number of one over this ratio."""
        if number not in self._inverse:
            other = self.number(1 / self.values[number])
            self._inverse[number], self._inverse[other] = other, number
        return self._inverse[number]


def _rises(m: CutMap, *rises: tuple[int, int]) -> list[tuple[int, int]]:
    """What a junction adds to the cuts, by where it goes up from one cut to the next; beyond the last one are none."""
    return [(cut, rise) for cut, rise in rises if cut < len(m.cuts)]


def _is_break(junction: Junction) -> int:
    return int(junction.pull != 0 or junction.ratio != 0)


def _pull(junction: Junction) -> int:
    return junction.pull


def source(m: CutMap, place: int) -> Junction:
    """What f makes of two germs on opposite sides of a place on whose two sides its slopes have different signs."""
    a, b = m.signs[m.piece(place, -1)], m.signs[m.piece(place, 1)]
    return Junction(m.image(place), b - a, 0)  # the left germ goes to the side -a, the right one to b; 0 is no germ


def end_germs(m: CutMap, low: int, high: int) -> dict[Junction, int]:
    """The germs at the two ends of the domain of m, with these weights."""
    lo, hi = (m.places.place(end) for end in m.map.ends)
    return {Junction(lo, 1, 0): low, Junction(hi, -1, 0): high}
