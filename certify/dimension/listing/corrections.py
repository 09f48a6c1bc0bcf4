"""A piecewise-linear map of R^d as one affine map with a correction at each kink, and its cycles as a complementarity problem."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np

from certify.dimension.system import Floats, System
from certify.numbers import Q, as_float, fmpq_mat, over_common_denominator

BASES = 32
"""So many patterns are tried in search of a base whose affine map has one fixed point under its iterate."""


class NoBase(Exception):
    """For each pattern tried, 1 is an eigenvalue of the iterate of its affine map: the states cannot be eliminated."""


@dataclass(frozen=True)
class Corrections:
    """f(x) = A x + W v + h, where v_k = max(0, y_k) and y = C x + D v + e, with D strictly lower triangular.

    x -> A x + h is f on the piece `base`, a pattern; y_k is how far a unit is beyond one of its kinks, seen from that piece: a kink
    that lies `above` the piece is passed upwards, the others downwards. The kinks come layer by layer, unit by unit, in increasing
    order.
    """

    base: bytes
    above: tuple[tuple[bool, ...], ...]
    """For each unit with kinks, which of them lie above its piece."""
    A: fmpq_mat
    W: fmpq_mat
    h: fmpq_mat
    C: fmpq_mat
    D: fmpq_mat
    e: fmpq_mat

    @property
    def kinks(self) -> int:
        """How many there are."""
        return self.e.nrows()

    def patterns(self, bits: Sequence[int]) -> tuple[bytes, ...]:
        """The word in which exactly the kinks with bit 1 have been passed, from one bit for each kink at each step, step by step."""
        left = iter(bits)
        steps = range(len(bits) // self.kinks) if self.kinks else range(0)
        return tuple(bytes(sum(next(left) == up for up in kinks) for kinks in self.above) for _ in steps)


def kinks(system: System) -> int:
    """How many kinks f has: so many corrections."""
    return sum(layer.shape[0] * len(act.breaks) for layer, act in zip(system.layers, system.activations))


def corrections(system: System, base: bytes) -> Corrections:
    """f, seen from the piece with these digits. For act with slopes s_j between its breaks b_j, and a base piece k, act(z) is the line
    of that piece plus the sum of (s_(j+1) - s_j) max(0, z - b_j) over j >= k and of (s_(j+1) - s_j) max(0, b_j - z) over j < k."""
    d, count, digits = system.dimension, kinks(system), iter(base)
    start = [[Q(i == j) for j in range(d + count + 1)] for i in range(d)]
    signal, beyond, above = start, list[list[Q]](), list[tuple[bool, ...]]()
    for i, (layer, act) in enumerate(zip(system.layers, system.activations)):
        if system.recurrent and i:
            signal = signal + start
        weight = fmpq_mat([[*row] for row in layer.weight])
        sums, signal = (weight * fmpq_mat(signal)).tolist(), []
        for row, bias in zip(sums, layer.bias):
            row[-1] += bias
            piece = next(digits) if act.breaks else 0
            value = [act.slopes[piece] * t for t in row]
            value[-1] += act.intercepts[piece]
            for j, at in enumerate(act.breaks):
                value[d + len(beyond)] += act.slopes[j + 1] - act.slopes[j]
                beyond.append([(t if j >= piece else -t) for t in [*row[:-1], row[-1] - at]])
            if act.breaks:
                above.append(tuple(j >= piece for j in range(len(act.breaks))))
            signal.append(value)
    parts = [
        fmpq_mat(len(rows), end - begin, [*chain(*(row[begin:end] for row in rows))])
        for rows in (signal, beyond)
        for begin, end in ((0, d), (d, d + count), (d + count, d + count + 1))
    ]
    return Corrections(base, tuple(above), *parts)


@dataclass(frozen=True)
class Complementarity:
    """All (x_0, ..., x_(P-1)) with f(x_t) = x_(t+1), P = period, x_P = x_0, without the x_t: v >= 0, K v >= q, and for each i one of
    v_i = 0, (K v - q)_i = 0. With m kinks, i = t m + k stands for kink k at step t, and K v - q is v - y.

    `rows` (m rows of P m numbers) are those of K for step 0, and `constants` those of q, integers over the one denominator
    `over` > 0; K and q look the same at every step (`entry`).
    """

    given: Corrections
    period: int
    rows: list[list[int]]
    constants: list[int]
    over: int

    @property
    def size(self) -> int:
        """P m."""
        return self.period * self.given.kinks

    def entry(self, i: int, j: int) -> int:
        """Row i, column j of K, times `over`."""
        m = self.given.kinks
        return self.rows[i % m][(j - i // m * m) % self.size]

    def floats(self) -> tuple[Floats, Floats]:
        """K and q in doubles."""
        m = self.given.kinks
        first = np.array([[as_float(Q(t, self.over)) for t in row] for row in self.rows]).reshape(m, self.size)
        constants = np.array([as_float(Q(t, self.over)) for t in self.constants])
        return np.vstack([np.roll(first, t * m, axis=1) for t in range(self.period)]), np.tile(constants, self.period)


def complementarity(system: System, period: int) -> Complementarity:
    """The cycles of a period as a complementarity problem. Raises `NoBase`."""
    for base in _bases(system):
        given = corrections(system, base)
        if found := _eliminated(given, period):
            return found
    raise NoBase


def _bases(system: System) -> list[bytes]:
    """The lowest pattern, the highest, and some at random."""
    last = system.pieces - 1
    drawn = np.random.default_rng(0).integers(0, system.pieces, size=(BASES, system.units), dtype=np.uint8)
    return [*dict.fromkeys([bytes(system.units), last.tobytes(), *(row.tobytes() for row in drawn)])]


def _eliminated(given: Corrections, period: int) -> Complementarity | None:
    """x_t is the sum of A^j (1 - A^P)^-1 (W v_(t-1-j) + h) over j < P; None where there is no inverse."""
    d, m = given.A.nrows(), given.kinks
    identity = fmpq_mat(d, d, [int(i == j) for i in range(d) for j in range(d)])
    try:
        inverse = (identity - given.A**period).inv()
        constants = given.C * (identity - given.A).inv() * given.h + given.e
    except ZeroDivisionError:
        return None
    steps, power = list[list[list[Q]]](), inverse
    for _ in range(period):
        steps.append((given.C * power * given.W).tolist())
        power = given.A * power
    steps = steps[::-1]  # the correction at step s, which is P - 1 - j
    for k, row in enumerate(given.D.tolist()):
        steps[0][k] = [a + b for a, b in zip(steps[0][k], row)]
    rows = [[-t for step in steps for t in step[k]] for k in range(m)]
    for k, row in enumerate(rows):
        row[k] += 1
    numbers, over = over_common_denominator([*chain(*rows), *constants.entries()])
    size = period * m
    return Complementarity(
        given, period, [numbers[k * size : (k + 1) * size] for k in range(m)], numbers[m * size :], over
    )
