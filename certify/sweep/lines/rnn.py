"""RNN(k, s2), many draws at once: nearly all are decided by a few passes over whole arrays, the others as enclosed maps.

f(x) = clip(g(x), 0, 1) on [0, 1], g(x) = sum of a_i relu(x - b_i), b sorted. The knots of g are the b_i; its slopes are the
partial sums S of a, its values V at b_1, b_2, ..., 1 are the partial sums of S_i (b_(i+1) - b_i). Proofs: docs/filter.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from certify.sweep.lines import levels
from certify.sweep.lines.cores import clipped
from certify.sweep.lines.polylines import UNIT, Flags, Floats, Places, Polylines, ends_of
from certify.sweep.record import NO, ORDERED, Records, undecided

DENSE, FLAT = 1 << 16, 1 << 16
"""Numbers in the arrays of one step: they fit into the caches."""
FEWEST = 256
"""Draws that are worth a pass of their own."""
TINY, HUGE = 2.0**-500, 2.0**100
"""More than what underflow can do to a bound; bounds beyond which nothing is said."""


def decide_rnn(a: Floats, b: Floats) -> Records:
    """What is proved of each draw; UNDECIDED where the filter abstains.

    a and b are doubles of shape (N, k), taken as exact; each row of b increases, in [0, 1).
    """
    return decide_blocks([(a, b)])


def decide_blocks(blocks: Iterable[tuple[Floats, Floats]]) -> Records:
    """The same for draws that come in blocks (a, b), all of one width; each block is let go before the next one is taken.

    The draws that need more than a few passes are put together, since many are decided at little more than the cost of a few.
    """
    records: list[Records] = []
    hard: list[tuple[Floats, Floats, Records, Places]] = []  # the last two say where to write what is found
    waiting = 0
    with np.errstate(all="ignore"):
        for a, b in _slices(blocks):
            found = undecided(len(a))
            ordered = _ordered(a, b)
            found["verdict"][ordered], found["period3"][ordered] = ORDERED, NO
            records.append(found)
            rest = np.flatnonzero(~ordered)
            hard.append((a[rest], b[rest], found, rest))
            waiting += rest.size * a.shape[1]
            if waiting > FLAT:
                _decide_hard(hard)
                hard, waiting = [], 0
        _decide_hard(hard)
    return np.concatenate(records) if records else undecided(0)


def _slices(blocks: Iterable[tuple[Floats, Floats]]) -> Iterator[tuple[Floats, Floats]]:
    for a, b in blocks:
        step = max(FEWEST, DENSE // a.shape[1])
        for first in range(0, len(a), step):
            yield a[first : first + step], b[first : first + step]


def _decide_hard(hard: list[tuple[Floats, Floats, Records, Places]]) -> None:
    """Writes into the records what is proved of the draws that the first passes left."""
    if not any(len(rest) for *_, rest in hard):
        return
    f, rows = _polylines(np.concatenate([a for a, *_ in hard]), np.concatenate([b for _, b, *_ in hard]))
    found = undecided(len(rows))
    if rows.any():
        found[rows] = levels.decide(f)
    for *_, records, rest in hard:
        records[rest], found = found[: len(rest)], found[len(rest) :]


def _graph(a: Floats, b: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """Columns of the knots b_1, b_2, ..., 1, of g there, of the slopes before them; and for each draw a bound of the errors of g."""
    x = np.empty((b.shape[1], len(b)))
    x[:-1], x[-1] = b.T[1:], 1.0
    slope = a.T.copy(order="C")
    width = x - b.T
    for i in range(1, len(slope)):
        np.add(slope[i - 1], slope[i], out=slope[i])
    width *= slope
    for i in range(1, len(width)):
        np.add(width[i - 1], width[i], out=width[i])
    return x, width, slope, _error(a)


def _error(a: Floats) -> Floats:
    """For each draw, a bound of the errors of the slopes and values of g; NaN where something could overflow."""
    k = a.shape[1]
    size = np.sqrt(k * np.einsum("ij,ij->i", a, a))  # at least the sum of the |a_i|, by Cauchy and Schwarz
    error = (2 * k + 8) * UNIT * size + TINY
    return np.where(error < HUGE, error, np.nan)


def _ordered(a: Floats, b: Floats) -> Flags:
    """Draws in which f <= id, or f does not decrease where its cycles are."""
    x, y, slope, error = _graph(a, b)
    ordered: Flags = np.max(y - x, axis=0) <= -error
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
    return np.asarray(fine.all(axis=0))


def _polylines(a: Floats, b: Floats) -> tuple[Polylines, Flags]:
    """f on [b_0, 1], where it begins with 0; and the draws whose clipping at 1 is certain, which alone are kept."""
    n, k = a.shape
    slope = np.cumsum(a, axis=1)
    x, ey = np.empty((n, k + 1)), np.empty((n, k + 1))
    y = np.zeros((n, k + 1))
    x[:, :-1], x[:, -1] = b, 1.0
    np.cumsum(slope * np.diff(x, axis=1), axis=1, out=y[:, 1:])
    ey[:] = _error(a)[:, None]
    ey[:, 0] = 0.0
    f = Polylines(ends_of(np.full(n, k + 1)), x.ravel(), np.zeros(n * (k + 1)), y.ravel(), ey.ravel())
    return clipped(f, np.ones(n), -1)
