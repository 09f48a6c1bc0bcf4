"""Enclosures of f and f' over intervals, for many tanh networks at once, in doubles with proved error bounds.

At the middle c of an interval of radius r the value and the slope of every unit are computed, and a bound of its second derivative
over the whole interval comes along:

    f(x)  lies in  f(c) + [-r, r] |f'(c)| + [-1/2, 1/2] r^2 max |f''|,
    f'(x) lies in  f'(c) + [-r, r] max |f''|.

How far the computed f(c) and f'(c) can be from the true ones is bounded once for each network, for all |c| <= `reach`. With
u = 2^-53, a sum of n products of doubles, in any order and with or without fused operations, is within (n + 1) u / (1 - (n + 1) u) of
the sum of the absolute values (Higham 2002, section 3.1), and within 2^-1000 more where products underflow. Each bound below has
2 u for u: the factor 2 covers the denominator and the roundings of the bound itself, which is made of few thousand
operations on numbers that are not negative.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple, get_args

import numpy as np
import numpy.typing as npt

from certify.families import Floats
from certify.sweep.curves.hyperbolic import ERROR, tanh

Integers = npt.NDArray[np.intp]
Output = Literal["identity", "tanh", "clip"]
"""What the output goes through; clip is to [0, 1]."""

ROUNDING = 2.0**-52
TINY = 2.0**-900
"""More than what underflow can take from any sum here."""
LARGEST = 2.0**200
"""Networks with larger second derivatives are left alone, so that nothing overflows."""
SLACK = 2.0**-24
"""What goes into a tanh must be known within this; then tanh' and tanh'' / 2 are known within `GUARD`."""
GUARD = 2.0**-20
MORE = 1 + 2.0**-20
"""For sums and products of numbers that are not negative, which as computed are less by a factor of 1 - 2^-21 at the very most."""
SECOND = 0.7699
"""More than max |tanh''| = 4 / (3 sqrt 3). And |tanh'''| = 2 (1 - t^2) |1 - 3 t^2| <= 2."""
CHUNK = 1 << 15
"""So many units are evaluated at a time: their arrays fit into a processor's cache."""


class Image(NamedTuple):
    """For each interval: bounds of the values, and of the slopes of all chords, which f' bounds where there is one."""

    lo: Floats
    hi: Floats
    least: Floats
    most: Floats


class Networks:
    """Maps of the line x -> out(W_d tanh(... tanh(W_1 x + b_1) ...) + b_d), one for each row of the weights.

    `sound` tells the rows for which the enclosures hold: finite weights of moderate size. `lo`, `hi` bound all values of f. Raises
    `ValueError` for another output.
    """

    def __init__(self, weights: Sequence[tuple[Floats, Floats]], output: Output) -> None:
        if output not in get_args(Output):
            raise ValueError(f"the output goes through one of {', '.join(get_args(Output))}; got {output!r}")
        (first, *self._rest), self._output = weights, output
        self._weight, self._bias = first[0][:, :, 0], first[1]
        self._width = max(w.shape[1] * w.shape[2] for w, _ in weights)
        self.sound = np.ones(len(self._bias), bool)
        with np.errstate(invalid="ignore", over="ignore"):
            self.lo, self.hi = self._range()
            self._bound_errors(np.maximum(abs(self.lo), abs(self.hi)))

    def _range(self) -> tuple[Floats, Floats]:
        count = len(self._bias)
        if self._output != "identity":
            return np.full(count, -1.0 if self._output == "tanh" else 0.0), np.ones(count)
        w, b = self._rest[-1]
        bound = MORE * (abs(w[:, 0]).sum(axis=1) + abs(b[:, 0]))
        return -bound, bound

    def _bound_errors(self, reach: Floats) -> None:
        """Bounds, for |c| <= reach, of the errors of each unit's value and slope before its tanh; and of those of f and f'.

        What is not a number fails each comparison, so that its row is not sound.
        """
        steep = abs(self._weight)
        value = 2 * ROUNDING * (steep * reach[:, None] + abs(self._bias)) + TINY
        slope, bend = np.zeros_like(value), np.zeros_like(value)
        self._slopes = [slope]
        for w, b in self._rest:
            self.sound &= (value < SLACK).all(axis=1)
            value, slope = _after_tanh(value, slope, steep)
            size, count = abs(w), (w.shape[2] + 2) * ROUNDING
            value = _times(size, value) + count * (size.sum(axis=2) + abs(b)) + TINY
            slope = _times(size, slope) + count * _times(size, steep) + TINY
            bend = _times(size, (2 * (steep + bend * reach[:, None])) ** 2 + bend)
            steep = _times(size, steep)
            self._slopes.append(slope)
        self.sound &= ((value < 1) & (bend < LARGEST)).all(axis=1)
        if self._output == "tanh":
            self.sound &= (value < SLACK).all(axis=1)
            value, slope = _after_tanh(value, slope, steep)
        # Doubled for the roundings of the enclosures made with them.
        self._value_error, self._slope_error = 2 * value[:, 0], 2 * slope[:, 0]

    def images(self, rows: Integers, lo: Floats, hi: Floats) -> Image:
        """f and f' of the network in row rows[i] on [lo[i], hi[i]], which lies within the row's `lo` and `hi`."""
        most = max(1, CHUNK // self._width)
        parts = [
            self._images(rows[i : i + most], lo[i : i + most], hi[i : i + most]) for i in range(0, len(rows), most)
        ]
        return Image(*map(np.concatenate, zip(*parts))) if parts else Image(lo, hi, lo, hi)

    def iterate(self, rows: Integers, lo: Floats, hi: Floats, steps: int) -> Image:
        """The same for f^steps."""
        found = self.images(rows, lo, hi)
        for _ in range(steps - 1):
            then = self.images(rows, found.lo, found.hi)
            ends = np.stack([a * b for a in (found.least, found.most) for b in (then.least, then.most)])
            least, most = ends.min(axis=0), ends.max(axis=0)
            found = Image(then.lo, then.hi, least - ROUNDING * abs(least) - TINY, most + ROUNDING * abs(most) + TINY)
        return found

    def _images(self, rows: Integers, lo: Floats, hi: Floats) -> Image:
        c = 0.5 * lo + 0.5 * hi
        r = MORE * np.maximum(hi - c, c - lo) + TINY
        value, slope, bend = self._jets(rows, c, r)
        sway = MORE * (bend * r)
        slope_error = self._slope_error[rows]
        spread = MORE * (r * (abs(slope) + slope_error + sway / 2)) + self._value_error[rows]
        low, high = value - spread, value + spread
        least, most = slope - sway - slope_error, slope + sway + slope_error
        if self._output == "clip":
            cut, flat = (low < 0) | (high > 1), (high < 0) | (low > 1)
            least = np.where(flat, 0, np.where(cut, np.minimum(least, 0), least))
            most = np.where(flat, 0, np.where(cut, np.maximum(most, 0), most))
        first, last = self.lo[rows], self.hi[rows]
        return Image(np.clip(low, first, last), np.clip(high, first, last), least, most)

    def _jets(self, rows: Integers, c: Floats, r: Floats) -> tuple[Floats, Floats, Floats]:
        """f(c) and f'(c), about; and a bound of |f''| on [c - r, c + r], before the clip."""
        slope = self._weight[rows]
        value = slope * c[:, None] + self._bias[rows]
        bend = np.zeros_like(value)
        for (w, b), error in zip(self._rest, self._slopes):
            value, slope, bend = _through_tanh(value, slope, bend, r, error[rows])
            w = w[rows]
            value, slope, bend = _times(w, value) + b[rows], _times(w, slope), _times(abs(w), bend)
        if self._output == "tanh":
            value, slope, bend = _through_tanh(value, slope, bend, r, self._slopes[-1][rows])
        return value[:, 0], slope[:, 0], MORE * bend[:, 0] + TINY


def _after_tanh(value: Floats, slope: Floats, steep: Floats) -> tuple[Floats, Floats]:
    """The errors after tanh, for |z'| <= steep.

    t is within e = value + ERROR; 1 - t^2 within 2.1 e, roundings included; its product with z' within 2.2 e (steep + slope) + slope.
    """
    value = value + ERROR
    return value, slope + 4 * value * (steep + slope)


def _through_tanh(
    value: Floats, slope: Floats, bend: Floats, r: Floats, error: Floats
) -> tuple[Floats, Floats, Floats]:
    """(tanh z)'' = tanh''(z) z'^2 + tanh'(z) z''; z' is at most `steep`, and z moves by at most steep * r."""
    t = tanh(value)
    d = 1 - t * t
    steep = bend * r[:, None]
    steep += abs(slope)
    steep += error
    away = steep * r[:, None]
    away += GUARD
    bent = abs(t) * d
    bent += away
    bent *= 2
    np.minimum(bent, SECOND, out=bent)
    bent *= steep
    bent *= steep
    if bend.any():
        bent += np.minimum(d + away, 1) * bend
    return t, d * slope, bent


def _times(matrices: Floats, vectors: Floats) -> Floats:
    """Each matrix times its vector."""
    found: Floats = np.matmul(matrices, vectors[:, :, None])[:, :, 0]
    return found
