"""Contraction in a norm max |l_k . x|: then one fixed point attracts everything (Banach 1922)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from certify.dimension.horseshoes.frames import rounded
from certify.dimension.horseshoes.saddles import adapted
from certify.dimension.system import Floats
from certify.network import Activation, Layer, Network
from certify.numbers import Q, as_float, fmpq_mat, rational, simplest_between
from certify.plrnn import PLRNN, Matrix

BITS = 24
"""Of the entries of the forms."""
STEEPNESS = {
    "tanh": (Q(0), Q(1)),
    "softplus": (Q(0), Q(1)),
    "sigmoid": (Q(0), Q(1, 4)),
    "sin": (Q(-1), Q(1)),
    "gelu": (Q(-128905, 10**6), Q(1128905, 10**6)),
    "silu": (Q(-99840, 10**6), Q(1099840, 10**6)),
}
"""The least and the greatest slope of smooth activations, rounded outwards, as the certificate's format has them."""


@dataclass(frozen=True)
class Contraction:
    """||f(x) - f(y)|| <= factor ||x - y||, where ||x|| is the largest of the |rows x|."""

    rows: Matrix
    factor: Q


def contraction(f: Network | PLRNN) -> Contraction | None:
    """A contraction of a map of R^d, in one of a few norms that doubles propose."""
    for forms in _proposals(f):
        rows = tuple(tuple(rounded(x, BITS) for x in row) for row in forms)
        slopes = _slopes(f, rows)
        if slopes is None:
            return None
        factor = max(sum(row, Q(0)) for row in slopes)
        if factor < 1:
            return Contraction(rows, simplest_between(factor, (factor + 1) / 2))
    return None


def _proposals(f: Network | PLRNN) -> Iterator[Floats]:
    """Bases, each with the weights in which the greatest slopes have the least row sums (Perron 1907, Frobenius 1912)."""
    middle = np.array([[as_float(s) for s in row] for row in _middle(f).tolist()])
    try:
        bases: list[Floats] = [np.eye(len(middle))]
        if max(abs(np.linalg.eigvals(middle))) < 1:
            bases.append(np.linalg.inv(adapted(middle)))
        for basis in bases:
            slopes = _slopes(f, [[rational(float(x)) for x in row] for row in basis])
            if slopes is not None:
                bounds = np.array([[as_float(s) for s in row] for row in slopes]) + 1e-9
                values, vectors = np.linalg.eig(bounds)
                weights = abs(vectors[:, np.argmax(abs(values))].real)
                yield basis / weights[:, None]
    except np.linalg.LinAlgError:  # beyond the range of doubles
        return


def _middle(f: Network | PLRNN) -> fmpq_mat:
    """The derivative with every activation's slope half-way between its least and its greatest."""
    d = f.layers[-1].shape[0]
    unit = fmpq_mat(d, d, [int(i == j) for i in range(d) for j in range(d)])
    low, high = _propagated(f, unit, unit)
    return (low + high) / 2


def _slopes(f: Network | PLRNN, rows: Sequence[Sequence[Q]]) -> list[list[Q]] | None:
    """The greatest absolute slopes between two points, entry by entry, in the coordinates rows x; None where these are dependent."""
    d = len(rows)
    forms = fmpq_mat(d, d, [x for row in rows for x in row])
    try:
        least, most = _propagated(f, forms, forms.inv())
    except ZeroDivisionError:
        return None
    pairs = zip(least.tolist(), most.tolist())
    return [[max(-s, t) for s, t in zip(*pair)] for pair in pairs]


def _propagated(f: Network | PLRNN, forms: fmpq_mat, start: fmpq_mat) -> tuple[fmpq_mat, fmpq_mat]:
    """Intervals, as lower and upper ends, around all slopes of y -> forms f(start y)."""
    *layers, last = f.layers
    if steepness(last.activation) == (Q(1), Q(1)):
        forms = forms * _matrix(last)
    else:
        layers.append(last)
    low = high = start
    for layer in layers:
        low, high = _weighed(_matrix(layer), low, high)
        a, b = steepness(layer.activation)
        corners = [(a * s, a * t, b * s, b * t) for s, t in zip(low.entries(), high.entries())]
        low, high = (fmpq_mat(low.nrows(), low.ncols(), [*map(end, corners)]) for end in (min, max))
    if isinstance(f, PLRNN):
        low, high = (_stacked(end, start) for end in (low, high))
    return _weighed(forms, low, high)


def steepness(activation: Activation) -> tuple[Q, Q]:
    """Bounds of the slopes (act(x) - act(y)) / (x - y) of an activation between any two points; the least, but for gelu and silu."""
    if activation.name in STEEPNESS:
        return STEEPNESS[activation.name]
    slopes = (Q(0), Q(1), *activation.parameters) if activation.name == "elu" else activation.function.slopes
    return min(slopes), max(slopes)


def _weighed(weight: fmpq_mat, low: fmpq_mat, high: fmpq_mat) -> tuple[fmpq_mat, fmpq_mat]:
    """weight times a matrix of intervals."""
    shape, entries = (weight.nrows(), weight.ncols()), weight.entries()
    above, below = (fmpq_mat(*shape, [max(sign * w, Q(0)) for w in entries]) for sign in (1, -1))
    return above * low - below * high, above * high - below * low


def _stacked(top: fmpq_mat, bottom: fmpq_mat) -> fmpq_mat:
    return fmpq_mat(top.nrows() + bottom.nrows(), top.ncols(), top.entries() + bottom.entries())


def _matrix(layer: Layer) -> fmpq_mat:
    return fmpq_mat(*layer.shape, [w for row in layer.weight for w in row])
