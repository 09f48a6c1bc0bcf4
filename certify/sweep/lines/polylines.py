"""Many piecewise-linear maps in flat arrays of doubles, each known through its knots up to proven errors.

A row is a continuous map of a compact interval into itself, contained in [-1, 1]. Its true knots are real numbers of which
doubles and bounds are known: |true x - x| <= ex, |true y - y| <= ey. Between neighbouring true knots the true map is affine.
Everything here is derived from that alone, so its conclusions hold for the true map. Proofs: docs/filter.md.

Every comparison is written so that NaN makes it false, and false claims nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Places = npt.NDArray[np.intp]

UNIT = 2.0**-53
"""The relative error of one operation in doubles, rounded to nearest."""
GRAIN = 2.0**-49
"""Bounds the rounding of one interpolation between numbers of [-1, 1] (docs/filter.md, section 2)."""
SLACK = 1 + 2.0**-20
"""Pays for the rounding in the error bounds themselves, which are sums and products of positive doubles."""


@dataclass(frozen=True)
class Polylines:
    """Rows of knots, one after another: row r has those from ends[r] to before ends[r + 1], at least two.

    Neighbours may coincide.
    """

    ends: Places
    x: Floats
    ex: Floats
    y: Floats
    ey: Floats

    @cached_property
    def starts(self) -> Places:
        """The place of the first knot of each row."""
        return self.ends[:-1]

    @cached_property
    def row(self) -> Places:
        """The row of each knot."""
        return np.repeat(np.arange(len(self.starts)), np.diff(self.ends))

    @cached_property
    def piece(self) -> Flags:
        """For each knot, whether a piece of its row begins there: all but the last of a row."""
        begins = np.ones(len(self.x), bool)
        begins[self.ends[1:] - 1] = False
        return begins

    @cached_property
    def slope(self) -> Floats:
        """About the slope of the piece that begins at each knot (nonsense at the last knot of a row)."""
        slope = np.empty_like(self.x)
        with np.errstate(all="ignore"):
            np.divide(np.diff(self.y), np.diff(self.x), out=slope[:-1])
        slope[self._flat] = 0.0
        return slope

    @cached_property
    def _flat(self) -> Flags:
        return np.append(self.y[1:] == self.y[:-1], True)

    @cached_property
    def blur(self) -> tuple[Floats, Floats]:
        """For each piece, the larger error of its ends' x, and of their y."""
        return _pairwise_max(self.ex), _pairwise_max(self.ey)

    @cached_property
    def _floor(self) -> Floats:
        """For each piece, the error of its values at exact points; on a plateau of exact height there is none."""
        blur_x, blur_y = self.blur
        return np.where(self._flat, blur_y, (blur_y + blur_x * np.abs(self.slope)) * SLACK + GRAIN)

    @cached_property
    def _keys(self) -> Floats:
        return self.x + 4.0 * self.row

    def pick(self, rows: Flags) -> Polylines:
        """Some of the rows."""
        if rows.all():
            return self
        kept = rows[self.row]
        counts = np.diff(self.ends)[rows]
        return Polylines(ends_of(counts), self.x[kept], self.ex[kept], self.y[kept], self.ey[kept])

    def mirrored(self) -> Polylines:
        """-f(-x), with the last row first."""
        return Polylines(len(self.x) - self.ends[::-1], -self.x[::-1], self.ex[::-1], -self.y[::-1], self.ey[::-1])

    def locate(self, row: Places, point: Floats, error: Floats) -> tuple[Places, Flags]:
        """The piece of the row's map that each true point, within its error of `point`, lies in; and whether that is certain."""
        place = np.searchsorted(self._keys, point + 4.0 * row, side="right") - 1
        first, last = self.starts[row], self.ends[1:][row] - 2
        place = np.minimum(np.maximum(place, first), last)
        place -= (point < self.x[place]) & (place > first)  # the keys are rounded
        place += (point >= self.x[place + 1]) & (place < last)
        after = (point - self.x[place]) >= (error + self.ex[place]) * SLACK
        before = (self.x[place + 1] - point) >= (error + self.ex[place + 1]) * SLACK
        return place, after & before

    def value(self, place: Places, point: Floats, error: Floats) -> tuple[Floats, Floats]:
        """The value at true points within their errors of `point` that lie in the pieces `place`, and a bound of its error."""
        slope, after = self.slope[place], point - self.x[place]
        value = self.y[place] + after * slope
        wrong = self._floor[place] + (error * SLACK) * np.abs(slope)
        at_knot = np.flatnonzero((after == 0) & (error + self.ex[place] == 0))
        wrong[at_knot] = self.ey[place[at_knot]]
        return value, wrong


class Images:
    """Where a map sends the values of the knots of `inner`: the piece that holds each, the image, a bound of its error.

    `sure` says of which places the piece is certain, and with it the rest.
    """

    def __init__(self, inner: Polylines, outer: Polylines) -> None:
        self.place, self.sure = outer.locate(inner.row, inner.y, inner.ey)
        self.value, self.error = outer.value(self.place, inner.y, inner.ey)
        self._inner = inner

    @property
    def sure_rows(self) -> Flags:
        """The rows in which all pieces are certain."""
        return np.logical_and.reduceat(self.sure, self._inner.starts)

    @property
    def crossings(self) -> Places:
        """For each row, how often `inner` takes a knot of `outer` as its value."""
        met = np.append(np.abs(np.diff(self.place)), 0) * self._inner.piece
        return np.add.reduceat(met, self._inner.starts)


def ends_of(counts: Places) -> Places:
    """Where rows of these lengths begin and end."""
    return np.concatenate([[0], np.cumsum(counts)])


def spread(counts: Places) -> tuple[Places, Places]:
    """i repeated counts[i] times, for each i; and the number of each repetition, from 0."""
    owner = np.repeat(np.arange(len(counts)), counts)
    return owner, np.arange(len(owner)) - np.repeat(np.cumsum(counts) - counts, counts)


def _pairwise_max(values: Floats) -> Floats:
    larger = values.copy()
    np.maximum(values[:-1], values[1:], out=larger[:-1])
    return larger
