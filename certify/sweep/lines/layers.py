"""ReLU networks of one or two hidden layers on the line, many draws at once: their knots, and then the decision of `levels`.

A stretch [-R, R] or [0, R] is looked for outside of which there are no cycles of period greater than 1, and which the map, cut at heights
where that changes none of them, sends into itself. Its knots are where a unit's input is 0; they are found layer by layer. Proofs:
docs/filter.md, section 7.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from certify.sweep.lines import levels
from certify.sweep.lines.cores import clipped
from certify.sweep.lines.polylines import SLACK, UNIT, Flags, Floats, Places, Polylines, ends_of
from certify.sweep.record import UNDECIDED, Records, undecided

REACHES = (2.0**3, 2.0**6, 2.0**12, 2.0**20)
"""Stretches that are tried one after another: these R."""
ROOM, MOST = 1 << 18, 1024
"""About so many numbers are in the arrays of one step, and at most so many draws.

The steps are powers of 2, so that in a sweep a draw shares its step with the same draws whatever else is decided: matrix products may
round otherwise in another company.
"""

ORDINARY = (2.0**-100, 2.0**100)
"""Weights are 0 or of such a size: then nothing underflows or overflows on the way."""

Weights = Sequence[tuple[Floats, Floats]]
Enclosed = tuple[Floats, Floats]
"""Values, and bounds of their errors."""


def decide_layers(weights: Weights, output: str) -> Records:
    """What is proved of each draw; UNDECIDED where the filter abstains.

    `weights` has W (N, out, in) and B (N, out) of each layer, doubles taken as exact; the hidden layers are followed by ReLU, the last
    one by `output`: "identity", "relu" or "clip" (to [0, 1]).
    """
    count, width = len(weights[0][0]), max(b.shape[1] for _, b in weights)
    records = undecided(count)
    room = max(1, ROOM // (width * (width + 2) * 8 ** (len(weights) - 2)))
    step = min(MOST, 1 << room.bit_length() - 1)
    with np.errstate(all="ignore"):
        for first in range(0, count, step):
            part = slice(first, first + step)
            _decide([(w[part], b[part]) for w, b in weights], output, records[part])
    records[~_ordinary(weights)] = undecided(1)
    return records


def _ordinary(weights: Weights) -> Flags:
    rows = np.ones(len(weights[0][0]), bool)
    for arrays in weights:
        for array in arrays:
            size = np.abs(array).reshape(len(rows), -1)
            rows &= ((size == 0) | ((size > ORDINARY[0]) & (size < ORDINARY[1]))).all(axis=1)
    return rows


def _decide(weights: Weights, output: str, records: Records) -> None:
    for reach in (1.0,) if output == "clip" else REACHES:
        open_ = np.flatnonzero(records["verdict"] == UNDECIDED)
        if not len(open_):
            return
        f, rows = _maps([(w[open_], b[open_]) for w, b in weights], output, reach)
        if len(rows):
            found = levels.decide(f)
            found["x"] *= reach
            records[open_[rows]] = found


def _maps(weights: Weights, output: str, reach: float) -> tuple[Polylines, Places]:
    """The maps on the stretch, shrunk to [-1, 1] or [0, 1], and the rows for which it serves."""
    if output == "clip":
        f, rows = _graphs(weights, 0.0, 1.0)
        f, rows = _clipped(f, rows, 0.0, 1)
        return _clipped(f, rows, 1.0, -1)
    straight, slope, error = _beyond(weights, 1.0, reach)
    rising = slope - 1 > error * SLACK
    serves = straight & (rising | (1 - slope > error * SLACK))
    if output == "identity":
        straight, slope, error = _beyond(weights, -1.0, -reach)
        serves &= straight & (1 - slope > error * SLACK) & (slope >= error)
    good = np.flatnonzero(serves)
    f, rows = _graphs([(w[good], b[good]) for w, b in weights], -reach if output == "identity" else 0.0, reach)
    if output == "relu":
        f, rows = _clipped(f, rows, 0.0, 1)
    if not len(rows):
        return f, rows
    rows, rising = good[rows], rising[good[rows]]
    most = np.maximum.reduceat(f.y + f.ey * SLACK, f.starts)
    last = f.ends[1:] - 1
    kept = np.where(rising, f.y[last] - 1 >= f.ey[last] * SLACK, most <= 1)
    f, rows, rising, most = f.pick(kept), rows[kept], rising[kept], most[kept]
    return _within(f, rows, np.where(rising, 1.0, np.inf), most)


def _within(f: Polylines, rows: Places, top: Floats, most: Floats) -> tuple[Polylines, Places]:
    """The maps cut at -1, where all points at which they are less lie beyond `most`, and at `top`."""
    if not len(rows):
        return f, rows
    f, kept = clipped(f, np.full(len(rows), -1.0), 1)
    rows, top, most = rows[kept], top[kept], most[kept]
    if len(rows):
        deepest = np.minimum.reduceat(np.where(f.y == -1, f.x - f.ex * SLACK, np.inf), f.starts)
        kept = deepest >= most
        f, rows, top = f.pick(kept), rows[kept], top[kept]
    if len(rows):
        f, kept = clipped(f, top, -1)
        rows = rows[kept]
    return f, rows


def _clipped(f: Polylines, rows: Places, level: float, side: int) -> tuple[Polylines, Places]:
    if not len(rows):
        return f, rows
    f, kept = clipped(f, np.full(len(rows), level), side)
    return f, rows[kept]


def _forward(weight: Floats, bias: Floats, signal: Enclosed) -> Enclosed:
    """weight x + bias at points (N, points, in)."""
    value, error = signal
    size = np.abs(weight)
    across, back = np.swapaxes(weight, 1, 2), np.swapaxes(size, 1, 2)
    rounding = (weight.shape[2] + 4) * UNIT * (np.abs(value) @ back + np.abs(bias)[:, None, :])
    return value @ across + bias[:, None, :], (error @ back + rounding) * SLACK


def _relu(signal: Enclosed) -> Enclosed:
    """An error of 0 where the unit is certainly off."""
    value, error = signal
    return np.maximum(value, 0.0), np.where(value < -error, 0.0, error)


def _beyond(weights: Weights, direction: float, point: float) -> tuple[Flags, Floats, Floats]:
    """Whether the sum of the last layer certainly is affine from the point on, in the direction; its slope there, and the error."""
    at = np.full((len(weights[0][0]), 1, 1), point)
    signal, slope = (at, np.zeros_like(at)), (np.full_like(at, direction), np.zeros_like(at))
    straight = np.ones(len(at), bool)
    for weight, bias in weights[:-1]:
        (z, ez), (d, ed) = _forward(weight, bias, signal), _forward(weight, np.zeros_like(bias), slope)
        on, off = (z > ez) & (d >= ed), (-z > ez) & (-d >= ed)
        straight &= (on | off).all(axis=(1, 2))
        signal, slope = _relu((z, ez)), (np.where(on, d, 0.0), np.where(on, ed, 0.0))
    weight, bias = weights[-1]
    d, ed = _forward(weight, np.zeros_like(bias), slope)
    return straight, direction * d[:, 0, 0], ed[:, 0, 0]


def _graphs(weights: Weights, lo: float, hi: float) -> tuple[Polylines, Places]:
    """The sums of the last layer on [lo, hi], as functions on a stretch of length 1 or 2; and the rows that were understood.

    Each row's points are padded with copies of `hi`, which stay the last.
    """
    rows = np.arange(len(weights[0][0]))
    x = np.tile([lo, hi], (len(rows), 1))
    ex = np.zeros_like(x)
    for depth in range(1, len(weights)):
        signal = _signal(weights[:depth], x, ex)
        x, ex, sure = _with_kinks(x, ex, *signal)
        rows, x, ex = rows[sure], x[sure], ex[sure]
        weights = [(w[sure], b[sure]) for w, b in weights]
    y, ey = (part[:, :, 0] for part in _signal(weights, x, ex))
    used = np.ones(x.shape, bool)
    used[:, 1:-1] = x[:, 1:-1] < hi
    scale = 1 / hi
    f = Polylines(ends_of(used.sum(axis=1)), scale * x[used], scale * ex[used], scale * y[used], scale * ey[used])
    return f, rows


def _signal(weights: Weights, x: Floats, ex: Floats) -> Enclosed:
    """The sums of the last of these layers."""
    signal = x[:, :, None], ex[:, :, None]
    for i, (weight, bias) in enumerate(weights):
        signal = _forward(weight, bias, _relu(signal) if i else signal)
    return signal


def _with_kinks(x: Floats, ex: Floats, z: Floats, ez: Floats) -> tuple[Floats, Floats, Flags]:
    """The points with those between them at which a unit's input z is 0; and the rows in which their order is certain."""
    on, off = z > ez, -z > ez
    still = (z == 0) & (ez == 0)
    sure = (on | off | still).all(axis=(1, 2))
    crossed = (on[:, :-1] & off[:, 1:]) | (off[:, :-1] & on[:, 1:])
    width, height = np.diff(x, axis=1)[:, :, None], np.diff(z, axis=1)
    at = x[:, :-1, None] - z[:, :-1] / height * width
    wrong = np.maximum(ez[:, :-1], ez[:, 1:]) / np.abs(height) * width + np.maximum(ex[:, :-1], ex[:, 1:])[:, :, None]
    wrong = (wrong + 8 * UNIT * (np.abs(x[:, :-1]) + np.abs(x[:, 1:]))[:, :, None]) * SLACK
    places = at.shape[1] * at.shape[2]
    at = np.where(crossed, at, np.inf).reshape(len(x), places)
    wrong = np.where(crossed, wrong, 0.0).reshape(len(x), places)
    most = int(crossed.sum(axis=(1, 2)).max(initial=0))
    if places > most:  # the others are padding
        chosen = np.argpartition(at, most - 1, axis=1)[:, :most] if most else np.zeros((len(x), 0), np.intp)
        at, wrong = np.take_along_axis(at, chosen, axis=1), np.take_along_axis(wrong, chosen, axis=1)
    padding = np.isinf(at)
    at = np.where(padding, x[:, -1:], at)
    points, errors = np.concatenate([x, at], axis=1), np.concatenate([ex, wrong], axis=1)
    order = np.argsort(points, axis=1, kind="stable")
    points, errors = np.take_along_axis(points, order, axis=1), np.take_along_axis(errors, order, axis=1)
    apart = np.diff(points, axis=1) > (errors[:, :-1] + errors[:, 1:]) * SLACK
    end = x[:, -1:]
    padded = (points[:, :-1] == end) & (errors[:, :-1] == 0)
    sure &= (apart | padded).all(axis=1) & (points[:, -1:] == end)[:, 0]
    return points, errors, sure
