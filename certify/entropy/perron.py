"""The Perron vector of an irreducible non-negative integer matrix, as integers to any precision, with exact bounds.

For a positive vector v, the least and the greatest of the ratios (M v)_i / v_i enclose the spectral radius of M
(Collatz 1942, Wielandt 1950). So the way to the vector need not be trusted: doubles find it (Noda's iteration 1971,
an inverse iteration that keeps vectors positive), Newton's method with the inverse of a Jacobian in doubles adds some
ten digits a step to a vector of integers, and the ratios of the final integers are compared exactly.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import frexp
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from certify.numbers import Q

Floats = npt.NDArray[np.float64]
Targets = Sequence[Sequence[int]]
TINY = 1e-280


class Perron(NamedTuple):
    """A positive integer vector v, and rationals with low * v <= M v <= high * v: bounds of the spectral radius."""

    vector: tuple[int, ...]
    low: Q
    high: Q


class Near(NamedTuple):
    """A positive vector and the spectral radius in doubles: good guesses, nothing more."""

    vector: Floats
    growth: float


def near_vector(targets: Targets) -> Near:
    """The Perron vector of the matrix of a strongly connected graph in doubles."""
    matrix = _matrix(targets)
    with np.errstate(all="ignore"):
        vector = _positive_vector(matrix)
        return Near(vector, float(np.median((matrix @ vector) / vector)))


def perron(targets: Targets, bits: int, near: Near | None = None) -> Perron:
    """The Perron vector of the matrix of a strongly connected graph, improved from a guess.

    The graph is given by the successors of each node, with multiplicity. The two bounds are about 2^-bits apart, or
    farther where the Jacobian is too nearly singular for doubles; true they are always. A single node without a loop
    has the vector 1 and the growth 0.
    """
    if len(targets) == 1:
        loops = Q(len(targets[0]))
        return Perron((1,), loops, loops)
    if all(len(row) == 1 for row in targets):  # a cycle
        return Perron((1,) * len(targets), Q(1), Q(1))
    guess = (near or near_vector(targets)).vector
    point = bits + 64 + max(0, -frexp(float(guess.min()))[1])
    vector = _refined(targets, _matrix(targets), guess, point, bits)
    sums = _times(targets, vector)
    low = min((s << point) // v for s, v in zip(sums, vector))
    high = max(-((-s << point) // v) for s, v in zip(sums, vector))
    return Perron(tuple(vector), Q(low, 1 << point), Q(high, 1 << point))


def _matrix(targets: Targets) -> Floats:
    matrix = np.zeros((len(targets), len(targets)))
    for i, row in enumerate(targets):
        np.add.at(matrix[i], list(row), 1.0)
    return matrix


def _positive_vector(matrix: Floats) -> Floats:
    identity = np.eye(len(matrix))
    vector = np.ones(len(matrix))
    for _ in range(len(matrix)):  # after this many steps every entry has felt every other
        vector = matrix @ vector + vector
        vector = np.maximum(vector / vector.max(), TINY)
    for _ in range(40):
        ratios = (matrix @ vector) / vector
        high, low = float(ratios.max()), float(ratios.min())
        if high - low < 1e-13 * high:
            break
        try:
            better = np.linalg.solve(high * identity - matrix, vector)
        except np.linalg.LinAlgError:
            break
        if not np.isfinite(better).all() or better.max() <= 0:
            break
        vector = np.maximum(better / better.max(), TINY)
        for _ in range(2):  # smooths what a solution in doubles leaves in the smallest entries
            vector = matrix @ vector + 1e-3 * vector
            vector = np.maximum(vector / vector.max(), TINY)
    return vector


def _times(targets: Targets, vector: Sequence[int]) -> list[int]:
    return [sum(vector[j] for j in row) for row in targets]


def _refined(targets: Targets, matrix: Floats, near: Floats, point: int, bits: int) -> list[int]:
    """Newton's method for M v = growth * v in relative corrections u (v_i becomes v_i + v_i u_i), their sum kept 0."""
    n = len(near)
    vector = [max(1, _fixed(float(x), point)) for x in near]
    sums = _times(targets, vector)
    growth = (sum(sums) << point) // sum(vector)
    jacobian = np.zeros((n + 1, n + 1))
    jacobian[:n, :n] = matrix * near[None, :] / near[:, None] - growth / (1 << point) * np.eye(n)
    jacobian[:n, n] = -1.0
    jacobian[n, :n] = 1.0 / n
    try:
        with np.errstate(all="ignore"):
            inverse = np.linalg.inv(jacobian)
    except np.linalg.LinAlgError:
        return vector
    best, spread = vector, _spread(sums, vector, point)
    while spread >> (point - bits - 1):
        residuals = [((s << point) - growth * v) // v for s, v in zip(sums, vector)]
        size = max(r.bit_length() for r in residuals)
        scaled = np.array([-(r / (1 << size)) for r in residuals] + [0.0])
        with np.errstate(all="ignore"):
            step = inverse @ scaled
        if not np.isfinite(step).all():
            break
        corrections = [_fixed(float(x), 60) for x in step]
        unit = point + 60 - size  # corrections are in units of 2^-unit
        vector = [max(1, v + (v * u >> unit)) for v, u in zip(vector, corrections)]
        growth += corrections[n] << (size - 60) if size >= 60 else corrections[n] >> (60 - size)
        sums = _times(targets, vector)
        now = _spread(sums, vector, point)
        if now >= spread:
            break
        done = now > spread >> 3
        best, spread = vector, now
        if done:
            break
    return best


def _spread(sums: Sequence[int], vector: Sequence[int], point: int) -> int:
    ratios = [(s << point) // v for s, v in zip(sums, vector)]
    return max(ratios) - min(ratios)


def _fixed(x: float, point: int) -> int:
    mantissa, exponent = frexp(x)
    shift = exponent - 53 + point
    whole = int(mantissa * (1 << 53))
    return whole << shift if shift >= 0 else whole >> -shift
