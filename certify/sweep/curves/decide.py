"""Order, and now and then chaos, of many tanh networks at once.

Let f be continuous with bounded values, g = f^(2^j), and say that x rises if g(x) > x. The lower point of a 2-cycle of g rises, and all
cycles lie in the core. So g has no 2-cycle if each cell of a cover of the core passes one of three tests:

- *falls*: g(x) <= x on the cell.
- *gentle*: g' > -1 on the hull of the cell and its image. The points a < b of a 2-cycle have (g(b) - g(a)) / (b - a) = -1.
- *away*: g(g(cell)) misses the cell.

Then f is ORDERED at level j (Coppel 1955), and not at level j - 1 if f^(2^(j-1)) has a 2-cycle. That h has one is proved by a point
where h(x) > x > h(h(x)), or the mirror image:

Let L be a lower bound of the values of h, and q the greatest fixed point of h in [L, x), or L if there is none. All points of (q, x]
rise. If q = L is not fixed, then it rises, and h(h(L)) >= L. If q is fixed, take t > q close to it: h(t) is close to q too, lies in
(q, x] and rises, so h(h(t)) > h(t) > t. Either way there is a point t in [q, x] with h(h(t)) >= t, all of [t, x] rises, and h(h(x)) < x; so
h(h(y)) = y for some y that rises, which h does not fix.

What no level orders may be chaotic. f has a point of least period 3 if f^3(x) < x < f(x) or the mirror image somewhere (Li and Yorke
1975), and none if each cell falls, misses its third image, or has f monotone on the hull of itself and its first two images: the
least point x of a cycle of period 3 rises, and there f^3(x) > x, for if f increases, x < f(x) <= f^2(x) <= f^3(x); if it decreases, it has
a fixed point p with x < p <= f(x), and f^2(x) <= p <= f^3(x).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
import numpy.typing as npt

from certify.decision.decide import LONGEST, ODD
from certify.families import Floats
from certify.sweep.curves.images import Integers, Networks, Output
from certify.sweep.record import CHAOTIC, NO, ORDERED, UNDECIDED, YES, Records, undecided

Flags = npt.NDArray[np.bool_]

LEVELS = 4
"""Levels that are tried."""
PARTS = 8
"""Cells of a cover to begin with."""
STEPS = 8
"""Images that are taken to find the core."""
MOST = 4096
"""A row that needs more cells at a time is left alone."""
HALVINGS = 24
SAMPLES = 512
"""Points that are tried for an odd return."""


def decide_layers(weights: Sequence[tuple[Floats, Floats]], output: Output) -> Records:
    """Decides x -> output(W_d tanh(... tanh(W_1 x + b_1) ...) + b_d) on the line, for each row of the weights.

    weights: for each layer W (N, out, in) and b (N, out), float64, the doubles taken as exact; the first layer has one input and the
    last one output. Raises `ValueError` for another `output`. UNDECIDED where the filter abstains.
    """
    networks = Networks(weights, output)
    records = undecided(len(networks.sound))
    rows = np.flatnonzero(networks.sound)
    lo, hi, left = _cores(networks, rows)
    _order(records, np.setdiff1d(rows, left), 0)
    for level in range(LEVELS):
        m = 1 << level
        ordered, cycles = _bisected(networks, left, lo, hi, partial(_may_swap, m), partial(_returns, m, 2))
        _order(records, ordered, level)
        left = np.flatnonzero(~np.isnan(cycles))
    doubtful = rows[records["verdict"][rows] == UNDECIDED]
    without, three = _bisected(networks, doubtful, lo, hi, _may_have_period_three, partial(_returns, 1, 3))
    _chaos(records, np.flatnonzero(~np.isnan(three)), three, 0, 3, YES)
    _find_odd_returns(networks, without, lo, hi, records)
    return records


def _order(records: Records, rows: Integers, level: int) -> None:
    """Writes down that these rows are ordered."""
    _write(records, rows, verdict=ORDERED, level=level, period3=NO)


def _chaos(records: Records, rows: Integers, points: Floats, level: int, n: int, period3: int) -> None:
    """Writes down that these rows are chaotic, by the points in the same places as the records."""
    _write(records, rows, verdict=CHAOTIC, level=level, n=n, period3=period3, x=points[rows])


def _write(records: Records, rows: Integers, **entries: int | Floats) -> None:
    for name, value in entries.items():
        records[name][rows] = value


def _cores(networks: Networks, rows: Integers) -> tuple[Floats, Floats, Integers]:
    """For each row an interval that every orbit enters, images of images of all values; and the rows that are not gentle there."""
    lo, hi = networks.lo.copy(), networks.hi.copy()
    for _ in range(STEPS):
        images = networks.images(*_cover(rows, lo[rows], hi[rows]))
        lo[rows] = np.maximum(lo[rows], images.lo.reshape(-1, PARTS).min(axis=1))
        hi[rows] = np.minimum(hi[rows], images.hi.reshape(-1, PARTS).max(axis=1))
        rows = rows[images.least.reshape(-1, PARTS).min(axis=1) <= -1]
    return lo, hi, rows


def _cover(rows: Integers, lo: Floats, hi: Floats) -> tuple[Integers, Floats, Floats]:
    """Each interval in equal parts, with the row of each part."""
    edges = lo + (hi - lo) * np.linspace(0, 1, PARTS + 1)[:, None]
    edges = np.clip(edges, lo, hi)
    edges[-1] = hi
    return np.repeat(rows, PARTS), edges[:-1].T.ravel(), edges[1:].T.ravel()


def _bisected(
    networks: Networks,
    rows: Integers,
    lo: Floats,
    hi: Floats,
    remain: Callable[[Networks, Integers, Floats, Floats], Integers],
    found: Callable[[Networks, Integers, Floats], Flags],
) -> tuple[Integers, Floats]:
    """Bisects the cores until no cell remains, or something is found at the middle of one.

    Gives the rows of which no cell remains; and for every row of the networks the point where it was found, else NaN.
    """
    at, a, b = _cover(rows, lo[rows], hi[rows])
    points, hard = np.full(len(lo), np.nan), np.zeros(len(lo), bool)
    for _ in range(HALVINGS):
        left = remain(networks, at, a, b)
        at, a, b = at[left], a[left], b[left]
        middle = 0.5 * a + 0.5 * b
        here = found(networks, at, middle)
        points[at[here]] = middle[here]
        hard |= np.bincount(at, minlength=len(lo)) > MOST
        go = (np.isnan(points) & ~hard)[at]
        at, a, b, middle = at[go], a[go], b[go], middle[go]
        at, a, b = np.repeat(at, 2), np.stack([a, middle], 1).ravel(), np.stack([middle, b], 1).ravel()
        if not len(at):
            break
    hard[at] = True  # what is left after the last halving
    return rows[(np.isnan(points) & ~hard)[rows]], points


def _may_swap(m: int, networks: Networks, at: Integers, a: Floats, b: Floats) -> Integers:
    """The cells that may hold the lower point of a 2-cycle of g = f^m."""
    left = np.arange(len(at))
    once = networks.iterate(at, a, b, m)
    left = left[once.hi > a]
    low, high = once.lo[left], once.hi[left]
    hull = networks.iterate(at[left], np.minimum(a[left], low), np.maximum(b[left], high), m)
    steep = hull.least <= -1
    left, low, high = left[steep], low[steep], high[steep]
    twice = networks.iterate(at[left], low, high, m)
    return left[(twice.hi >= a[left]) & (twice.lo <= b[left])]


def _may_have_period_three(networks: Networks, at: Integers, a: Floats, b: Floats) -> Integers:
    """The cells that may hold the least point of a cycle of period 3."""
    once = networks.images(at, a, b)
    twice = networks.images(at, once.lo, once.hi)
    thrice = networks.images(at, twice.lo, twice.hi)
    lowest, highest = np.minimum(np.minimum(a, once.lo), twice.lo), np.maximum(np.maximum(b, once.hi), twice.hi)
    hull = networks.images(at, lowest, highest)
    passes = (once.hi <= a) | (thrice.lo > b) | (thrice.hi < a) | (hull.least >= 0) | (hull.most <= 0)
    return np.flatnonzero(~passes)


def _returns(m: int, n: int, networks: Networks, at: Integers, x: Floats) -> Flags:
    """Whether g(x) > x > g^n(x), or the mirror image, is proved for g = f^m."""
    once = networks.iterate(at, x, x, m)
    last = networks.iterate(at, once.lo, once.hi, m * (n - 1))
    return ((once.lo > x) & (last.hi < x)) | ((once.hi < x) & (last.lo > x))


def _find_odd_returns(networks: Networks, rows: Integers, lo: Floats, hi: Floats, records: Records) -> None:
    """Records the rows where a sample point shows an odd return, at the least level and with the least n; none has period 3."""
    for level in range(LEVELS):
        for n in ODD:
            if n << level <= LONGEST:
                x = (lo[rows, None] + (hi - lo)[rows, None] * np.linspace(0, 1, SAMPLES)[1:-1]).ravel()
                at = np.repeat(rows, SAMPLES - 2)
                here = _returns(1 << level, n, networks, at, x)
                points = np.full(len(lo), np.nan)
                points[at[here]] = x[here]
                found = rows[~np.isnan(points[rows])]
                _chaos(records, found, points, level, n, NO)
                rows = np.setdiff1d(rows, found)
