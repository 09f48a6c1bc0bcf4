"""Linear regions and activation regions: the points where an iterate was cut, counted class by class as they move forward.

The proof of the recursion is in the docstring of this package. A *junction* is a point at which F_i = f_i ... f_1 was cut at some
step; both its germs are followed. All junctions that have the same place F_i(x) and the same state are one class:

    pull +-1   one germ is alive, on that side of the place; the other one ran into a plateau
    pull +-2   both are alive on the same side: F_i turns at x
    pull 0     they are on opposite sides; `ratio` is slope on the left over slope on the right of the place, and where it is
               1 the iterate is affine near x

A junction without a live germ lies inside a plateau for ever and is dropped.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from certify.counting.cutmap import CutMap
from certify.counting.places import Places
from certify.numbers import Q

ONE = Q(1)
DEAD = -1
PULLS = (1, -1, 2, -2)


class Junction(NamedTuple):
    """A class of junctions; `ratio` is a number in the table of ratios, 0 that of the ratio 1."""

    place: int
    pull: int
    ratio: int


class Ratios:
    """A growing table of ratios; number 0 is the ratio 1."""

    def __init__(self) -> None:
        self.values = [ONE]
        self._known = {ONE: 0}
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


class Junctions:
    """The classes of junctions of F_i with their numbers, and the germs at the two ends of the domain.

    `ends` are the germs at the ends, each with a weight (1 to count). `sources`, where given, are the only classes into which
    new junctions are put; all others are dropped at birth.
    """

    def __init__(
        self,
        places: Places,
        ends: dict[Junction, int],
        start: dict[Junction, int] | None = None,
        sources: Collection[Junction] | None = None,
    ) -> None:
        self.ratios = Ratios()
        self._classes: list[Junction] = []
        self._numbers: dict[Junction, int] = {}
        self._affine: set[int] = set()
        self._moves: dict[int, dict[int, tuple[int, int]]] = {}
        self._births: dict[int, list[int]] = {}
        self._places = places
        self._sources = None if sources is None else {self._number(junction) for junction in sources}
        self._ends: dict[int, int] = {}
        for junction, weight in ends.items():
            self._ends[self._number(junction)] = self._ends.get(self._number(junction), 0) + weight
        self.counts = {self._number(junction): count for junction, count in (start or {}).items()}
        self.born: dict[int, int] = {}

    def push(self, m: CutMap) -> int:
        """Goes on to f_(i+1) F_i. Returns how many new junctions there are: the interior x that F_i, still uncut, sends to a cut."""
        size = len(m.cuts) + 1
        slots = [0] * (5 * size + 1)
        counts = self._advanced(self.counts, m, slots)
        self._ends = self._advanced(self._ends, m, slots)
        births = self._births.get(id(m))
        if births is None:
            births = self._births[id(m)] = [self._birth(m, j) for j in range(size - 1)]
        self.born = {}
        total = hits = 0
        one, minus_one, two, minus_two, tie = (slots[i * size : (i + 1) * size] for i in range(5))
        for j, born in enumerate(births):
            hits += one[j] - minus_one[j] + 2 * (two[j] - minus_two[j])
            new = hits - tie[j]
            if new:
                total += new
                counts[born] = counts.get(born, 0) + new
                self.born[born] = self.born.get(born, 0) + new
        counts.pop(DEAD, None)
        self._ends.pop(DEAD, None)
        self.counts = counts
        return total

    @property
    def breaks(self) -> int:
        """The number of points at which the slope of F_i changes."""
        counts = self.counts
        return sum(counts.values()) - sum(counts[i] for i in self._affine if i in counts)

    @property
    def tilt(self) -> int:
        """The sum of all pulls, those of the ends with their weights included."""
        classes = self._classes
        return sum(classes[i].pull * n for counts in (self.counts, self._ends) for i, n in counts.items())

    def number(self, junction: Junction) -> int:
        """The key of a class in `counts` and `born`."""
        return self._number(junction)

    def _number(self, junction: Junction) -> int:
        found = self._numbers.setdefault(junction, len(self._classes))
        if found == len(self._classes):
            self._classes.append(junction)
            if junction.pull == 0 and junction.ratio == 0:
                self._affine.add(found)
        return found

    def _advanced(self, counts: dict[int, int], m: CutMap, slots: list[int]) -> dict[int, int]:
        """The classes one step later; what they take from or give to the cuts is added to the slots."""
        moves = self._moves.setdefault(id(m), {})
        moved: dict[int, int] = {}
        for i, count in counts.items():
            if i not in moves:
                moves[i] = self._move(m, i)
            slot, target = moves[i]
            slots[slot] += count
            moved[target] = moved.get(target, 0) + count
        return moved

    def _move(self, m: CutMap, i: int) -> tuple[int, int]:
        """The slot of a class, and the class that it becomes."""
        place, pull, _ = junction = self._classes[i]
        size = len(m.cuts) + 1
        if pull:
            piece = m.piece(place, pull)
            slot = PULLS.index(pull) * size + piece
            bend = m.signs[piece]
            return slot, self._number(Junction(m.image(place), pull * bend, 0)) if bend else DEAD
        left, right = m.piece(place, -1), m.piece(place, 1)
        return 4 * size + left if left != right else 5 * size, self._after(m, junction)

    def _after(self, m: CutMap, junction: Junction) -> int:
        """What becomes of two germs on opposite sides of a place."""
        place, _, ratio = junction
        left, right = m.piece(place, -1), m.piece(place, 1)
        if m.signs[left] != m.signs[right]:
            return self._number(source(m, place))
        if m.signs[left] == 0:
            return DEAD
        if m.slopes[left] != m.slopes[right]:
            ratio = self.ratios.number(self.ratios.values[ratio] * m.slopes[left] / m.slopes[right])
        if m.signs[left] < 0:
            ratio = self.ratios.inverse(ratio)
        return self._number(Junction(m.image(place), 0, ratio))

    def _birth(self, m: CutMap, j: int) -> int:
        """The class of new junctions at cut j, one step after they reached it; DEAD if they are to be dropped."""
        born = self._after(m, Junction(self._places.place(m.cuts[j]), 0, 0))
        return born if self._sources is None or born in self._sources else DEAD


def source(m: CutMap, place: int) -> Junction:
    """What f makes of two germs on opposite sides of a place on whose two sides its slopes have different signs."""
    a, b = m.signs[m.piece(place, -1)], m.signs[m.piece(place, 1)]
    return Junction(m.image(place), b - a, 0)  # the left germ goes to the side -a, the right one to b; 0 is no germ


def end_germs(m: CutMap, low: int, high: int) -> dict[Junction, int]:
    """The germs at the two ends of the domain of m, with these weights."""
    lo, hi = (m.places.place(end) for end in m.map.ends)
    return {Junction(lo, 1, 0): low, Junction(hi, -1, 0): high}
