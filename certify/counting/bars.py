"""Laps and crossings: an iterate up to everything that intervals can see of it, as a multiset of intervals.

For a continuous piecewise-monotone F on an interval and a < b let N_F(a, b) be the number of *crossings* of [a, b]: of
minimal intervals [x, y] with {F(x), F(y)} = {a, b}; F passes from one end to the other and stays strictly between them
meanwhile.

*Bars.* There is exactly one finite multiset of intervals, the bars of F, such that N_F(a, b) of them contain [a, b]
for all a < b (unique: the containment counts of a multiset determine it). It is found by taking nested laps out of the
sequence of turning values: where the range [b, c] of a lap lies in the ranges of both of its neighbours, remove that
lap together with the turn at either end; what is left is one lap in the place of three, N falls by 2 exactly for the
intervals inside [b, c], so [b, c] is a bar twice. What remains when nothing can be removed has ranges nested up to the
longest lap and down again; then every passage over [a, b] stays in one lap, and the remaining ranges are bars. Each
removal takes two laps and gives two bars: **the number of bars is the number of laps**. (In the language of persistent
homology these are the pairs of the sublevel filtration: Edelsbrunner, Letscher, Zomorodian 2002.)

*Pushing forward.* For continuous f, the sets f = a and f = b cut the range of F into finitely many blocks, and f F
crosses [a, b] exactly when F crosses the gap [p, q] between a block of the one kind and a neighbouring block of the
other kind. Hence N_(f F)(a, b) = sum over the gaps of N_F(p, q), and since this is linear in N_F, the bars of f F are,
all together, the bars of f restricted to each bar of F. So F itself is not needed any more, which is the point: the
laps of F would not do, because a plateau of f can merge laps, and how it merges them depends on their order.

Ends of bars are values of turning points and of the domain's ends, moved forward; equal bars are one with a count. For k
turning points of one map there are O(k t) ends, hence at most O(k^2 t^2) different bars after t steps. As a rule there
are O(k t), because a bar that is cut gives its ends fresh partners. What becomes of a bar is found once, in time
proportional to the turning points inside; a step then costs an addition for each bar that comes out.

Crossings are those of Chatziafratis, Nagarajan, Panageas, Wang (2020, "Depth-width trade-offs for ReLU networks via
Sharkovsky's theorem"). Those authors ask for pairwise disjoint pairs of points with F = a at one and F = b at the
other; of these there are ceil(N / 2), since two neighbouring crossings share an end. That laps grow like exp(h t):
Misiurewicz, Szlenk 1980.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

from certify.counting.cutmap import CutMap
from certify.counting.flow import Flow, Move
from certify.counting.places import Places

Bar = tuple[int, int]
"""Two places, the lower one first."""


class Bars:
    """The bars of F_i with their numbers, for F_0 the identity of the domain of the first map."""

    def __init__(self, places: Places, low: int, high: int, crossed: Bar | None = None) -> None:
        self._places = places
        self._crossed = crossed
        self._flow = Flow({(low, high): 1}, (lambda _: 1, self._crosses) if crossed else (lambda _: 1,))
        self._turns: tuple[CutMap, list[int], list[int]] | None = None

    def push(self, m: CutMap) -> None:
        """Goes on to f_(i+1) F_i."""
        self._flow.push(m, lambda bar: Move(self._images(m, bar)))

    @property
    def laps(self) -> int:
        """The number of laps of F_i; 1 for a constant, which has no bar."""
        return max(1, self._flow.totals[0])

    @property
    def crossings(self) -> int:
        """The number of crossings of the given interval by F_i."""
        return self._flow.totals[1]

    def _crosses(self, bar: Bar) -> bool:
        below = self._places.below
        return self._crossed is not None and not below(self._crossed[0], bar[0]) and not below(bar[1], self._crossed[1])

    def _images(self, m: CutMap, bar: Bar) -> list[Bar]:
        """The bars of the map restricted to a bar."""
        before, values = self._turning(m)
        low, high = bar
        inside = values[before[(m.code(low) + 1) >> 1] : before[m.code(high) >> 1]]
        path = [m.image(low), *inside, m.image(high)]
        return bars_of_path(self._places, [p for p, q in zip(path, [-1, *path]) if p != q])

    def _turning(self, m: CutMap) -> tuple[list[int], list[int]]:
        """How many turning points lie among the first j cuts, for each j; and their values, as places."""
        if self._turns is None or self._turns[0] is not m:
            points, values = m.map.turning
            turning = {self._places.place(x) for x in points}
            before = accumulate((self._places.place(x) in turning for x in m.cuts), initial=0)
            self._turns = m, list(before), [self._places.place(y) for y in values]
        return self._turns[1], self._turns[2]


def bars_of_path(places: Places, path: Sequence[int]) -> list[Bar]:
    """The bars of a function with these values at its ends and turning points: going up and down in turn, or just one."""
    found: list[Bar] = []
    rest: list[int] = []
    for value in path:
        rest.append(value)
        while len(rest) > 3 and _nested(places, *rest[-4:]):
            bar = _ordered(places, rest[-3], rest[-2])
            found += [bar, bar]
            del rest[-3:-1]
    return found + [_ordered(places, a, b) for a, b in zip(rest, rest[1:])]


def _nested(places: Places, a: int, b: int, c: int, d: int) -> bool:
    """Whether the lap from b to c lies in the ranges of the laps before it, from a, and after it, to d."""
    if places.below(c, b):
        return not places.below(c, a) and not places.below(d, b)
    return not places.below(a, c) and not places.below(b, d)


def _ordered(places: Places, a: int, b: int) -> Bar:
    return (a, b) if places.below(a, b) else (b, a)
