"""RNN(k, s2), many draws at once: nearly all are decided by a few passes over whole arrays, the others as enclosed maps.

f(x) = clip(g(x), 0, 1) on [0, 1], g(x) = sum of a_i relu(x - b_i), b sorted. The knots of g are the b_i; its slopes are the
partial sums S of a, its values V at b_1, b_2, ..., 1 are the partial sums of S_i (b_(i+1) - b_i). Proofs: docs/filter.md.
"""

from __future__ import annotations

import numpy as np

from certify.sweep.lines import levels
from certify.sweep.lines.cores import clipped
from certify.sweep.lines.polylines import Flags, Floats, Places, Polylines, ends_of
from certify.sweep.record import NO, ORDERED, Records, undecided

UNIT = 2.0**-53
"""The relative error of one operation in doubles, rounded to nearest."""
DENSE, FLAT = 1 << 16, 1 << 16
"""Numbers in the arrays of one step: they fit into the caches."""


def decide_rnn(a: Floats, b: Floats) -> Records:
    """What is proved of each draw; UNDECIDED where the filter abstains.

    a and b are doubles of shape (N, k), taken as exact; each row of b increases, in [0, 1).
    """
    records = undecided(len(a))
    step = max(1, DENSE // a.shape[1])
    left = []
    with np.errstate(all="ignore"):
        for first in range(0, len(a), step):
            part = slice(first, first + step)
            ordered = _ordered(a[part], b[part])
            records["verdict"][part][ordered] = ORDERED
            records["period3"][part][ordered] = NO
            left.append(first + np.flatnonzero(~ordered))
        rest = np.concatenate(left) if left else np.zeros(0, np.intp)
        step = max(1, FLAT // a.shape[1])
        for first in range(0, len(rest), step):
            draws = rest[first : first + step]
            f, rows = _polylines(a[draws], b[draws])
            if rows.any():
                records[draws[rows]] = levels.decide(f)
    return records


def _graph(a: Floats, b: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """Columns of the knots b_1, b_2, ..., 1, of g there, of the slopes before them; and for each draw a bound of the errors of g."""
    x = np.empty((b.shape[1], len(b)))
    x[:-1], x[-1] = b.T[1:], 1.0
    slope = np.ascontiguousarray(a.T)
    width = x - b.T
    for i in range(1, len(slope)):
        np.add(slope[i - 1], slope[i], out=slope[i])
    width *= slope
    for i in range(1, len(width)):
        np.add(width[i - 1], width[i], out=width[i])
    k = len(x)
    size = np.sqrt(k * np.einsum("ij,ij->i", a, a))  # at least the sum of the |a_i|, by Cauchy and Schwarz
    error = (2 * k + 8) * UNIT * size + 1e-150
    return x, width, slope, error


def _ordered(a: Floats, b: Floats) -> Flags:
    """Draws in which f <= id, or f does not decrease where its cycles are."""
    x, y, slope, error = _graph(a, b)
    ordered = (y - x).max(axis=0) <= -error
    rest = np.flatnonzero(~ordered)
    ordered[rest] = _increasing(x[:, rest], y[:, rest], slope[:, rest], error[rest])
    return ordered


def _increasing(x: Floats, y: Floats, slope: Floats, error: Floats) -> Flags:
    """Draws in which f does not decrease from the last knot before A = {f(x) > x} to a bound of A and f(A)."""
    above = ~(x - y >= error)
    reach = np.where(above, np.minimum(y, 1.0), 0.0).max(axis=0) + 2 * error
    high = y >= 1.0 + error
    started = np.maximum.accumulate(above, axis=0)
    fine = slope >= error
    fine |= ~started
    fine[1:] |= (high[1:] & high[:-1]) | (x[:-1] >= reach)
    return fine.all(axis=0)


def _polylines(a: Floats, b: Floats) -> tuple[Polylines, Flags]:
    """f on [b_0, 1], where it begins with 0; and the draws whose clipping at 1 is certain, which alone are kept."""
    n, k = a.shape
    slope = np.cumsum(a, axis=1)
    x, ey = np.empty((n, k + 1)), np.empty((n, k + 1))
    y = np.zeros((n, k + 1))
    x[:, :-1], x[:, -1] = b, 1.0
    np.cumsum(slope * np.diff(x, axis=1), axis=1, out=y[:, 1:])
    ey[:] = ((2 * k + 8) * UNIT * np.sqrt(k * np.einsum("ij,ij->i", a, a)) + 1e-150)[:, None]
    ey[:, 0] = 0.0
    f = Polylines(ends_of(np.full(n, k + 1)), x.ravel(), np.zeros(n * (k + 1)), y.ravel(), ey.ravel())
    return clipped(f, np.ones(n), -1)
