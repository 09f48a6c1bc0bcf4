"""Cutting maps down to where their cycles are.

Let f map [p, q] into itself, A = {x: f(x) > x} and D = {x: f(x) < x}. A cycle of period greater than 1 has its least point in A, and
that point is the image of a point of D. So the cycles that matter lie on the right of any l with f <= id on [p, l], and of any l that
is less than f on D. In the first case max(f, l) maps [l, q] into itself and has there the same cycles of period greater than 1, in
the second case f does. By symmetry the same is true on the right of the map. Proofs: docs/filter.md, section 3.
"""

from __future__ import annotations

import numpy as np

from certify.sweep.lines.polylines import GRAIN, SLACK, Flags, Floats, Places, Polylines, ends_of

AWAY = 2.0**-20
"""A cut keeps so far away from fixed points, as their neighbourhood could not be told apart."""


def core(f: Polylines) -> tuple[Polylines, Places, Places]:
    """The cut maps, the rows that they are of, and the rows that have no cycle of period greater than 1.

    A row that is neither was not understood.
    """
    rows = np.arange(len(f.starts))
    ordered = [rows[:0]]
    for mirrored in (False, True, False):
        f, kept, settled = _mirrored(*_cut(f.mirrored())) if mirrored else _cut(f)
        ordered.append(rows[settled])
        rows = rows[kept]
    return f, rows, np.concatenate(ordered)


def _mirrored(f: Polylines, kept: Flags, settled: Flags) -> tuple[Polylines, Flags, Flags]:
    return f.mirrored(), kept[::-1], settled[::-1]


def _cut(f: Polylines) -> tuple[Polylines, Flags, Flags]:
    """The maps cut on the left; which rows they are of, the others not being understood; and which rows have f <= id everywhere."""
    settled = np.logical_and.reduceat(below(f), f.starts)
    kept = ~settled
    if not kept.any():
        return f.pick(kept), kept, settled
    f = f.pick(kept)
    rising = np.flatnonzero(~below(f))
    first = rising[np.searchsorted(rising, f.starts)]
    knot, low = _before_rises(f, first)
    bottom = _beneath_falls(f, first)
    higher = bottom >= first
    low[higher] = -np.inf
    f, sure = clipped(_between(f, np.where(higher, bottom, knot), f.ends[1:] - 1), low, 1)
    kept[kept] = sure
    return _beginning_at(f, low[sure]), kept, settled


def halved(square: Polylines, g: Floats, eg: Floats) -> tuple[Polylines, Flags]:
    """min(square, u) for square = g o g given with g at its knots, u next to the last point of A = {g(x) > x}; and the rows understood.

    Where g has no point of period 3, it has a cycle of period 2^(k + 1), k > 0, if and only if the new map has one of period 2^k
    (docs/filter.md, section 5).
    """
    rising = np.flatnonzero(~(square.x - g >= (square.ex + eg) * SLACK))
    last = rising[np.searchsorted(rising, square.ends[1:]) - 1]
    after = np.minimum(last + 1, square.ends[1:] - 1)
    lead, gap = (g - square.x)[last], (square.x - g)[after]
    fixed = square.x[last] + (square.x[after] - square.x[last]) * np.clip(lead / (lead + gap), 0.0, 1.0)
    u = fixed + np.where(square.slope[last] > 1, AWAY, -AWAY)
    row = np.arange(len(last))
    place, sure = square.locate(row, u, np.zeros(1))
    value, error = square.value(place, u, np.zeros(1))
    end = square.y[after] - square.ey[after] * SLACK  # from u to there the square is at least u
    fine = sure & (place == last) & (after > last) & (value - u >= error * SLACK) & (end - u >= 0)
    u = np.where(fine, u, np.inf)
    return clipped(_between(square, square.starts, np.where(fine, after, square.ends[1:] - 1)), u, -1)


def below(f: Polylines) -> Flags:
    """At which knots certainly f(x) <= x."""
    return np.asarray((f.x - f.y) >= (f.ex + f.ey) * SLACK)


def _before_rises(f: Polylines, first: Places) -> tuple[Places, Floats]:
    """The knot to cut at before the first at which f(x) > x is possible, and the exact point, there or a little later.

    -inf instead of the point where no place to cut is certain.
    """
    before = np.maximum(first - 1, f.starts)
    gap, lead = (f.x - f.y)[before], (f.y - f.x)[first]
    fixed = f.x[before] + (f.x[first] - f.x[before]) * np.clip(gap / (gap + lead), 0.0, 1.0)
    enough = np.add.reduceat(f.x <= (fixed - AWAY)[f.row], f.starts, dtype=np.intp)
    knot = np.minimum(before, f.starts + np.maximum(enough - 1, 0))
    e = f.ex[knot] * SLACK
    low = f.x[knot] + 2 * e
    after = knot + 1
    gap = (f.x[knot] - f.y[knot]) - (f.ex[knot] + f.ey[knot]) * SLACK
    rise = np.maximum((f.y[after] - f.x[after]) + (f.ex[after] + f.ey[after]) * SLACK, 0.0)
    length = f.x[after] - f.ex[after] * SLACK - f.x[knot] - e
    share = (3 * e + GRAIN) * SLACK / length  # of the piece is at most on the left of `low`
    later = (length > 0) & (share < 0.5) & (2 * share * rise * SLACK < gap)
    cut = (first > f.starts) & ((e == 0) | later)
    return np.where(cut, knot, f.starts), np.where(cut, low, -np.inf)


def _beneath_falls(f: Polylines, first: Places) -> Places:
    """The last knot that is certainly less than all values f(x) < x with x beyond `first`; or one before `first`."""
    above = f.y - f.x > (f.ex + f.ey) * SLACK
    value = np.where(above, np.inf, f.y - f.ey * SLACK)
    falls = np.flatnonzero(above[:-1] & ~above[1:])  # the diagonal is crossed at once after these knots, or later
    value[falls + 1] = np.minimum(value[falls + 1], f.x[falls] - f.ex[falls] * SLACK)
    value[np.arange(len(value)) < first[f.row]] = np.inf
    bottom = np.minimum.reduceat(value, f.starts) - AWAY
    enough = np.add.reduceat(f.x <= bottom[f.row], f.starts, dtype=np.intp)
    knot = np.minimum(f.starts + enough, f.ends[1:] - 1) - 1
    certain = f.x[knot] + f.ex[knot] * SLACK <= bottom
    return np.where((knot >= f.starts) & certain, knot, f.starts - 1)


def _between(f: Polylines, first: Places, last: Places) -> Polylines:
    """The rows from one knot to another."""
    counts = last + 1 - first
    ends = ends_of(counts)
    place = np.arange(ends[-1]) + np.repeat(first - ends[:-1], counts)
    return Polylines(ends, f.x[place], f.ex[place], f.y[place], f.ey[place])


def _beginning_at(f: Polylines, low: Floats) -> Polylines:
    """The rows begin at (low, low) instead of their first knot, where low is finite."""
    moved = np.isfinite(low)
    first = f.starts[moved]
    x, ex, y, ey = f.x.copy(), f.ex.copy(), f.y.copy(), f.ey.copy()
    x[first] = y[first] = low[moved]
    ex[first] = ey[first] = 0.0
    return Polylines(f.ends, x, ex, y, ey)


def clipped(f: Polylines, level: Floats, side: int) -> tuple[Polylines, Flags]:
    """max(f, level) for side 1, min(f, level) for side -1, by rows; and the rows that were understood, which alone are kept.

    `level` holds exact numbers or, for no clipping, side * -inf.
    """
    drop = side * (level[f.row] - f.y)
    margin = f.ey * SLACK
    out = drop >= margin
    sure = np.logical_and.reduceat(out | (-drop >= margin), f.starts)
    if not sure.all():
        f, level, out = f.pick(sure), level[sure], out[sure[f.row]]
    if not out.any():
        return f, sure
    y, ey = np.where(out, level[f.row], f.y), np.where(out, 0.0, f.ey)
    there = out & (f.ey == 0) & (f.y == level[f.row])  # such a knot is the corner itself
    corner = np.flatnonzero(f.piece[:-1] & (out[:-1] != out[1:]) & ~there[:-1] & ~there[1:])
    blur_x, blur_y = f.blur
    flat, slope = level[f.row[corner]], f.slope[corner]
    x = f.x[corner] + (flat - f.y[corner]) / slope
    ex = (blur_x[corner] + blur_y[corner] / np.abs(slope)) * SLACK + GRAIN
    old = np.ones(len(y) + len(corner), bool)
    old[corner + 1 + np.arange(len(corner))] = False
    merged = [np.empty(len(old)) for _ in range(4)]
    for whole, here, new in zip(merged, (f.x, f.ex, y, ey), (x, ex, flat, np.zeros(len(corner)))):
        whole[old], whole[~old] = here, new
    counts = np.diff(f.ends) + np.bincount(f.row[corner], minlength=len(f.starts))
    return Polylines(ends_of(counts), *merged), sure
