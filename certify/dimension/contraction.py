"""Contraction in a norm max |l_k . x|: then one fixed point attracts everything (Banach 1922)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from certify.dimension.cycles import adapted
from certify.dimension.frames import rounded
from certify.dimension.system import Floats, System
from certify.numbers import Q, as_float, fmpq_mat, rational, simplest_between
from certify.plrnn import Matrix

BITS = 24
"""Of the entries of the forms."""


@dataclass(frozen=True)
class Contraction:
    """||f(x) - f(y)|| <= factor ||x - y||, where ||x|| is the largest of the |rows x|."""

    rows: Matrix
    factor: Q


def contraction(system: System) -> Contraction | None:
    """A contraction, in one of a few norms that doubles propose."""
    for forms in _proposals(system):
        rows = tuple(tuple(rounded(x, BITS) for x in row) for row in forms)
        slopes = _slopes(system, rows)
        if slopes is None:
            return None
        factor = max(sum(row, Q(0)) for row in slopes)
        if factor < 1:
            return Contraction(rows, simplest_between(factor, (factor + 1) / 2))
    return None


def _proposals(system: System) -> Iterator[Floats]:
    """Bases, each with the weights in which the greatest slopes have the least row sums (Perron 1907, Frobenius 1912)."""
    d = system.dimension
    middle = np.array([[as_float(s) for s in row] for row in _middle(system).tolist()])
    try:
        bases: list[Floats] = [np.eye(d)]
        if max(abs(np.linalg.eigvals(middle))) < 1:
            bases.append(np.linalg.inv(adapted(middle)))
        for basis in bases:
            slopes = _slopes(system, [[rational(float(x)) for x in row] for row in basis])
            if slopes is not None:
                bounds = np.array([[as_float(s) for s in row] for row in slopes]) + 1e-9
                values, vectors = np.linalg.eig(bounds)
                weights = abs(vectors[:, np.argmax(abs(values))].real)
                yield basis / weights[:, None]
    except np.linalg.LinAlgError:  # beyond the range of doubles
        return


def _middle(system: System) -> fmpq_mat:
    """The derivative with every activation's slope half-way between its least and its greatest."""
    low, high = _propagated(system, _identity(system.dimension))
    return (low + high) / 2


def _slopes(system: System, rows: Sequence[Sequence[Q]]) -> list[list[Q]] | None:
    """The greatest absolute slopes between two points, entry by entry, in the coordinates rows x; None where these are dependent."""
    d = system.dimension
    forms = fmpq_mat(d, d, [x for row in rows for x in row])
    try:
        low, high = _propagated(system, forms.inv())
    except ZeroDivisionError:
        return None
    least, most = _weighed(forms, low, high)
    pairs = zip(least.tolist(), most.tolist())
    return [[max(-s, t) for s, t in zip(*pair)] for pair in pairs]


def _propagated(system: System, start: fmpq_mat) -> tuple[fmpq_mat, fmpq_mat]:
    """Intervals, as lower and upper ends, around all slopes of f from coordinates y with x = start y."""
    low = high = start
    for i, (layer, act) in enumerate(zip(system.layers, system.activations)):
        if system.recurrent and i:
            low, high = (_stacked(end, start) for end in (low, high))
        weight = fmpq_mat(*layer.shape, [w for row in layer.weight for w in row])
        low, high = _weighed(weight, low, high)
        a, b = min(act.slopes), max(act.slopes)
        ends = [*zip(low.entries(), high.entries())]
        low = fmpq_mat(low.nrows(), low.ncols(), [min(a * s, b * s) for s, _ in ends])
        high = fmpq_mat(high.nrows(), high.ncols(), [max(a * t, b * t) for _, t in ends])
    return low, high


def _weighed(weight: fmpq_mat, low: fmpq_mat, high: fmpq_mat) -> tuple[fmpq_mat, fmpq_mat]:
    """weight times a matrix of intervals."""
    shape, entries = (weight.nrows(), weight.ncols()), weight.entries()
    above, below = (fmpq_mat(*shape, [max(sign * w, Q(0)) for w in entries]) for sign in (1, -1))
    return above * low - below * high, above * high - below * low


def _stacked(top: fmpq_mat, bottom: fmpq_mat) -> fmpq_mat:
    return fmpq_mat(top.nrows() + bottom.nrows(), top.ncols(), top.entries() + bottom.entries())


def _identity(d: int) -> fmpq_mat:
    return fmpq_mat(d, d, [int(i == j) for i in range(d) for j in range(d)])
