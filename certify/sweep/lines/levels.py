"""The decision for many enclosed maps at once, level after level: order, a point of period 3, other odd returns."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from certify.decision.decide import LONGEST
from certify.sweep.lines.cells import Answer, Preimages, Trials, composed, implied, judged
from certify.sweep.lines.cores import core, halved
from certify.sweep.lines.polylines import SLACK, Flags, Floats, Images, Places, Polylines
from certify.sweep.record import CHAOTIC, NO, ORDERED, UNDECIDED, YES, Records, undecided

LEVELS = 6
"""Order is looked for at the levels up to this one."""
FURTHER = (5, 7, 9)
"""The odd n beyond 3 that are looked for at each level, while n * 2^level does not exceed `LONGEST`."""
ASIDE = (2.0**-30, 2.0**-36, -(2.0**-36), 2.0**-24)
"""Witnesses are looked for so far from a point whose orbit meets a knot, where the pieces that it lies in are uncertain."""
LARGEST = 1 << 17
"""Rows whose square has more new knots are left to exact arithmetic."""


@dataclass(frozen=True)
class _Square:
    """g and g o g for some draws, with the values of g at the knots of g o g."""

    draws: Places
    g: Polylines
    square: Polylines
    middle: Floats
    middle_error: Floats

    @classmethod
    def of(cls, draws: Places, g: Polylines) -> _Square:
        return cls(draws, g, *composed(g, Images(g, g)))

    def pick(self, rows: Flags) -> _Square:
        """Some of the rows."""
        kept = rows[self.square.row]
        return _Square(
            self.draws[rows], self.g.pick(rows), self.square.pick(rows), self.middle[kept], self.middle_error[kept]
        )


def decide(f: Polylines) -> Records:
    """What is proved of each row."""
    book = _Book(len(f.starts))
    g, draws, ordered = core(f)
    book.order(ordered, 0)
    book.keep(g, draws)
    below: _Square | None = None
    for level in range(LEVELS + 1):
        if not len(draws):
            break
        images = Images(g, g)
        answer, tried = implied(g, g, images, g.y, g.ey)
        book.order(draws[answer.holds], level)
        if below is not None:
            _look_further(level - 1, below.pick(book.open(below.draws)), book)
        open_ = answer.fails & book.open(draws)
        found = _third(images, tried, open_)
        book.chaos(draws[found.fails], found.x[found.fails], level, 3)
        open_ &= book.open(draws) & images.sure_rows & (images.crossings <= LARGEST)
        if level == LEVELS or not open_.any():
            break
        below = _without_period_three(level, _Square.of(draws[open_], g.pick(open_)), book)
        if not len(below.draws):
            break
        half, understood = halved(below.square, below.middle, below.middle_error)
        g, rows, ordered = core(half)
        draws = below.draws[understood]
        book.order(draws[ordered], level + 1)
        draws = draws[rows]
    return book.proved()


def _third(images: Images, tried: tuple[Preimages, Trials], rows: Flags) -> Answer:
    """Where a point that was tried for g o g has g^3(x) <= x < g(x)."""
    new, between = tried
    sure = images.sure[new.knot] & rows[between.row]
    third = between._replace(h=images.value[new.knot], eh=np.where(sure, images.error[new.knot], np.inf))
    return judged(~rows, third)


class _Book:
    """The records, and the maps that witnesses are proved on."""

    def __init__(self, count: int) -> None:
        self.records = undecided(count)
        self._closed = np.zeros(count, bool)
        self._no_order = np.zeros(count, bool)
        self._place = np.full(count, -1)

    def keep(self, base: Polylines, draws: Places) -> None:
        """Takes the maps on which witnesses of these draws are to be proved."""
        self._base = base
        self._place[draws] = np.arange(len(draws))

    def open(self, draws: Places) -> Flags:
        """Which of the draws are still to be decided."""
        return np.asarray((self.records["verdict"][draws] == UNDECIDED) & ~self._closed[draws])

    def leave(self, draws: Places) -> None:
        """Leaves draws to exact arithmetic."""
        self._closed[draws] = True

    def forbid_order(self, draws: Places) -> None:
        """Order at a higher level would prove nothing about these draws."""
        self._no_order[draws] = True

    def order(self, draws: Places, level: int) -> None:
        draws = draws[~self._no_order[draws]]
        self.records["verdict"][draws] = ORDERED
        self.records["level"][draws] = level
        self.records["period3"][draws] = NO

    def chaos(self, draws: Places, x: Floats, level: int, n: int) -> None:
        """Records a witness near x; but for level 0 and n = 3, period 3 is known not to occur. It is still to be proved."""
        self.records["verdict"][draws] = CHAOTIC
        self.records["level"][draws] = level
        self.records["n"][draws] = n
        self.records["period3"][draws] = YES if (level, n) == (0, 3) else NO
        self.records["x"][draws] = x

    def proved(self) -> Records:
        """The records, the witnesses proved or, if none is, taken back."""
        draws = np.flatnonzero(self.records["verdict"] == CHAOTIC)
        for aside in ASIDE:
            claims = self.records[draws]
            x, m = claims["x"] + aside, 1 << claims["level"].astype(np.intp)
            proved = returns(self._base, self._place[draws], x, m, m * claims["n"])
            self.records["x"][draws[proved]] = x[proved]
            draws = draws[~proved]
        self.records[draws] = undecided(len(draws))
        return self.records


def returns(f: Polylines, row: Places, x: Floats, first: Places, last: Places) -> Flags:
    """Whether f^last(x) <= x < f^first(x) is proved, for each double x in the map of its row; 0 < first < last."""
    proved = np.zeros(len(x), bool)
    going = np.arange(len(x))
    point, error, step = x, np.zeros(len(x)), 0
    while len(going):
        step += 1
        place, sure = f.locate(row[going], point, error)
        point, error = f.value(place, point, error)
        right = (step != first[going]) | (point - x[going] > error * SLACK)
        done = step == last[going]
        proved[going] = done & sure & right & (x[going] - point >= error * SLACK)
        on = sure & right & ~done
        going, point, error = going[on], point[on], error[on]
    return proved


def _without_period_three(level: int, rows: _Square, book: _Book) -> _Square:
    """The rows in which g has no point of period 3; those in which it has are recorded.

    Those in which that stays open are left at level 0. At a higher one they go on, but cannot be shown to have order any more.
    """
    images = Images(rows.square, rows.g)
    three, _ = implied(rows.square, rows.g, images, rows.middle, rows.middle_error)
    book.chaos(rows.draws[three.fails], three.x[three.fails], level, 3)
    unclear = ~three.holds & ~three.fails
    if level == 0:
        book.leave(rows.draws[unclear])
    book.forbid_order(rows.draws[unclear])
    return rows.pick(book.open(rows.draws))


def _look_further(level: int, rows: _Square, book: _Book) -> None:
    """Looks for odd returns beyond the third."""
    if len(rows.draws):
        for n, x in _proposals(level, rows.g, rows.square, rows.middle):
            found = book.open(rows.draws) & np.isfinite(x)
            book.chaos(rows.draws[found], x[found], level, n)


def _proposals(level: int, g: Polylines, square: Polylines, middle: Floats) -> Iterator[tuple[int, Floats]]:
    """For each further n, a point of each row with g^n(x) < x < g(x), as it seems in doubles (NaN for none)."""
    leading = np.flatnonzero(middle > square.x)
    row, start, point, middle = square.row[leading], square.x[leading], square.y[leading], middle[leading]
    nowhere = np.zeros(1)
    for n in range(3, FURTHER[-1] + 1):
        place, _ = g.locate(row, point, nowhere)
        point, _ = g.value(place, point, nowhere)
        if n in FURTHER and n << level <= LONGEST:
            margin = np.minimum(middle - start, start - point)
            promising = np.flatnonzero(margin > 0)
            promising = promising[np.argsort(margin[promising], kind="stable")]
            x = np.full(len(g.starts), np.nan)
            x[row[promising]] = start[promising]  # of equal rows the last one stays
            yield n, x
