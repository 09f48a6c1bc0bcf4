"""The cycles that the count of fixed points looks at one by one: through breaks, ends, plateaus, and attracting ones.

What each of them adds, and why there are no others, is said in the docstring of the module `fixed`.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import log, prod
from typing import NamedTuple

from certify.counting.cutmap import CutMap
from certify.numbers import INF, NEG_INF, Infinity, Q, sign

Germ = tuple[int, int]
"""A place and a side."""

ONE = Q(1)


class Correction(NamedTuple):
    """What cycles add, all doubled, to the number of isolated fixed points and to that of intervals of fixed points."""

    points: int
    intervals: int


class SpecialCycles:
    """Finds the special cycles of f, by time t those of period t or less. The cuts of m are the breaks of f."""

    def __init__(self, m: CutMap) -> None:
        self._m = m
        self._found: list[tuple[int, Correction, Correction]] = []  # period, for its odd multiples, for its even ones
        self._taken: set[int] = set()
        place = m.places.place
        self._inner = {place(end): side for end, side in zip(m.map.ends, (1, -1)) if not isinstance(end, Infinity)}
        starts = [*map(place, m.cuts), *self._inner]
        self._orbits = {start: Orbit(m, start) for start in starts or [place(Q(0))]}
        self._heads = {start: start for start in starts}
        self._heads.update({y: y for y in (place(c) for c, s in zip(m.intercepts, m.signs) if s == 0)})
        if not self._inner:
            self._found += _at_infinity(m)

    def at(self, t: int) -> Correction:
        """The sum of the corrections for f^t. To be called for t = 1, 2, 3, ... in turn."""
        for start, head in list(self._heads.items()):
            self._heads[start] = image = self._m.image(head)
            if image == start:
                self._add(start)
                del self._heads[start]
        for start, orbit in list(self._orbits.items()):
            attractor = orbit.attractor(t)
            if attractor is not None:
                self._add(attractor)
                del self._orbits[start]
        due = [odd if t // period % 2 else even for period, odd, even in self._found if t % period == 0]
        return Correction(sum(c.points for c in due), sum(c.intervals for c in due))

    def _add(self, place: int) -> None:
        """Takes in the cycle of a periodic place, unless it is known."""
        if place in self._taken:
            return
        cycle = [place]
        while (place := self._m.image(cycle[-1])) != cycle[0]:
            cycle.append(place)
        self._taken.update(cycle)
        self._found.append((len(cycle), *_corrections(self._m, cycle, self._inner)))


class Orbit:
    """The orbit of a place, watched for the moment when an attracting cycle has caught it."""

    def __init__(self, m: CutMap, start: int) -> None:
        self._m = m
        self._places = [start]
        self._logs = [0.0]
        self._largest = 0.0
        self._last_stop = -1

    def attractor(self, t: int) -> int | None:
        """A point of an attracting cycle off all breaks, with slope of f^t in (0, 1), that shares its pieces with
        f^t(start).

        From then on the orbit stays in the pieces of the cycle, for f^t contracts the segment between the two points.
        """
        self._extend(2 * t)
        if self._last_stop >= t or self._logs[2 * t] - self._logs[t] > 1e-9 * 2 * t * self._largest:
            return None  # a sum of n logarithms is off by less than 1e-9 n times the largest, for n up to a million
        m, slope, constant = self._m, ONE, Q(0)
        codes = [m.code(place) for place in self._places[t : 2 * t]]
        for code in codes:
            slope, constant = m.slopes[code >> 1] * slope, m.slopes[code >> 1] * constant + m.intercepts[code >> 1]
        if not 0 < slope < 1:
            return None
        place = start = m.places.place(constant / (1 - slope))
        for code in codes:
            if m.code(place) != code:
                return None
            place = m.image(place)
        return start

    def _extend(self, steps: int) -> None:
        m = self._m
        while len(self._places) <= steps:
            place = self._places[-1]
            left, right = m.piece(place, -1), m.piece(place, 1)
            steepness = 0.0
            if left != right or m.signs[left] == 0:
                self._last_stop = len(self._places) - 1
            else:
                above, below = _logs(m.slopes[left])
                steepness = above - below
                self._largest = max(self._largest, above, below)
            self._logs.append(self._logs[-1] + steepness)
            self._places.append(m.image(place))


def _logs(slope: Q) -> tuple[float, float]:
    """The logarithms of its absolute numerator and of its denominator, of any size."""
    return log(abs(int(slope.p))), log(int(slope.q))


def _corrections(m: CutMap, cycle: list[int], inner: dict[int, int]) -> tuple[Correction, Correction]:
    """For f^(p k), p the period: the correction when k is odd, and when it is even."""
    sides = {place: (inner[place],) if place in inner else (-1, 1) for place in cycle}
    tilts = _tilts(m, [(place, side) for place in cycle for side in sides[place]])
    regular = all(len(sides[place]) == 2 and _strictly_monotone(m, place) for place in cycle)
    once = {germ: tilt for germ, (steps, tilt) in tilts.items() if steps == len(cycle)}
    return _correction(sides, once, regular), _correction(sides, {g: tilt for g, (_, tilt) in tilts.items()}, regular)


def _correction(sides: Mapping[int, tuple[int, ...]], tilts: dict[Germ, int], regular: bool) -> Correction:
    """From the germs that f^(p k) sends to themselves, each with the sign of slope - 1 on it."""
    identical = [sum(tilts.get((place, side)) == 0 for side in around) for place, around in sides.items()]
    isolated = identical.count(0)
    if not regular:
        points = 2 * isolated + sum(1 - tilt for tilt in tilts.values())
    elif tilts:
        points = 2 * isolated - sum(tilts.values())
    else:
        points = 0
    return Correction(points, sum(identical) - 2 * identical.count(2))


def _tilts(m: CutMap, germs: list[Germ]) -> dict[Germ, tuple[int, int]]:
    """The germs that an iterate sends to themselves: after how many steps, and the sign of its slope minus one there."""
    left = set(germs)
    found: dict[Germ, tuple[int, int]] = {}
    while left:
        path: dict[Germ, Q] = {}
        germ: Germ | None = next(iter(left))
        while germ in left:
            left.discard(germ)
            piece = m.piece(*germ)
            path[germ] = abs(m.slopes[piece])
            germ = (m.image(germ[0]), germ[1] * m.signs[piece]) if m.signs[piece] else None
        if germ in path:  # a cycle of germs; an even number of them change the side, so its slope is positive
            ring = list(path)[list(path).index(germ) :]
            tilt = sign(prod((path[g] for g in ring), start=ONE) - 1)
            found.update((g, (len(ring), tilt)) for g in ring)
    return found


def _strictly_monotone(m: CutMap, place: int) -> bool:
    """Whether f is strictly monotone near the place."""
    left, right = m.piece(place, -1), m.piece(place, 1)
    return m.signs[left] == m.signs[right] != 0


def _at_infinity(m: CutMap) -> list[tuple[int, Correction, Correction]]:
    """The ends of the line, where they are fixed or exchanged."""
    (s, c), (u, d) = (m.slopes[0], m.intercepts[0]), (m.slopes[-1], m.intercepts[-1])
    found = []
    if s > 0:
        found.append((1, _infinite(s, c, NEG_INF)))
    if u > 0:
        found.append((1, _infinite(u, d, INF)))
    if s < 0 and u < 0:
        found += [(2, _infinite(s * u, u * c + d, NEG_INF)), (2, _infinite(s * u, s * d + c, INF))]
    return [(period, correction, correction) for period, correction in found]


def _infinite(slope: Q, constant: Q, end: Infinity) -> Correction:
    """For an end that is fixed by a map which is slope x + constant near it, slope > 0."""
    if slope != 1:
        return Correction(2 if slope > 1 else 0, 0)
    if constant == 0:
        return Correction(1, 1)
    return Correction(2 if (constant > 0) == end.positive else 0, 0)
