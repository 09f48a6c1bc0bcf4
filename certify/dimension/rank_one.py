"""Maps of R^d that go through one number: lines in disguise, decided exactly by the methods for the line.

Where all rows that x is first multiplied with are multiples of one row v, f(x) depends on s(x) = v.x alone: f = G o s with a map
G of the line into R^d. With p = s o G, a map of the line, s o f = p o s and f o G = G o p, so f and p have the same periods and the
same entropy, and are chaotic, or ordered, together (docs/certificate-format.md has the proof). The recurrent network of
Chatziafratis, Panageas, Sanford and Stavroulakis 2022 is of this kind in the coordinates of its hidden units.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from certify.decision.decide import OddReturn, Order, PeriodicOrbit
from certify.enclosure.decide import OddReturnBox, OrderBox
from certify.mapfile import Spatial
from certify.network import Activation, Layer, Network
from certify.numbers import Q
from certify.plrnn import PLRNN, Vector

LineProof = OddReturn | PeriodicOrbit | Order | OddReturnBox | OrderBox


@dataclass(frozen=True)
class Reduction:
    """s(f(x)) = line(s(x)), s(x) = row.x, for a map f for which f(x) depends on s(x) alone."""

    row: Vector
    line: Network


@dataclass(frozen=True)
class RankOne:
    """What was decided about the line of a `Reduction` with this row."""

    row: Vector
    proof: LineProof


def reduction(given: Spatial, row: Vector | None = None) -> Reduction | None:
    """The map as one of the line, where it goes through one number exactly: v.x with this row v, or if none is given with the
    first of the map's own rows that is not zero.
    """
    if isinstance(given, PLRNN):
        return _of_plrnn(given, row)
    if not isinstance(given, Network):
        return None
    first, *others = given.layers
    found = _factored(first.weight, row)
    if found is None:
        return None
    row, factors = found
    hidden = Layer([[u] for u in factors], first.bias, first.activation)
    return Reduction(row, Network([hidden, *others, _form(row, others[-1] if others else hidden)], None))


def _of_plrnn(given: PLRNN, row: Vector | None) -> Reduction | None:
    found = _factored([*given.C, *given.A], row)
    if found is None:
        return None
    row, factors = found
    hidden, linear = factors[: given.units], _dot(row, factors[given.units :])
    # The linear part needs two more units, for s = max(0, s) - max(0, -s).
    inputs = [*([u] for u in hidden), [Q(1)], [Q(-1)]]
    output = [*(_dot(row, column) for column in zip(*given.W)), linear, -linear]
    layers = [Layer(inputs, [*given.e, Q(0), Q(0)], "relu"), Layer([output], [_dot(row, given.h)], "identity")]
    return Reduction(row, Network(layers, None))


def _factored(rows: Sequence[Vector], row: Vector | None) -> tuple[Vector, list[Q]] | None:
    """The row v, or one that is found, and factors u with rows = u v, if there are any."""
    zero = (Q(1), *[Q(0)] * (len(rows[0]) - 1))  # the row for a map that is constant: any will do
    row = row or next((one for one in rows if any(one)), zero)
    pivot = next(k for k, x in enumerate(row) if x)
    factors = []
    for one in rows:
        u = one[pivot] / row[pivot]
        if any(w != u * x for w, x in zip(one, row)):
            return None
        factors.append(u)
    return row, factors


def _form(row: Vector, before: Layer) -> Layer:
    """x -> row.x; clipped to its range, which changes nothing, where the layer before has bounded values."""
    lo, hi = before.activation.range
    if not isinstance(lo, Q) or not isinstance(hi, Q):
        return Layer([row], [0], "identity")
    ends = [sorted((v * lo, v * hi)) for v in row]
    bounds = sum((low for low, _ in ends), Q(0)), sum((high for _, high in ends), Q(0))
    return Layer([row], [0], Activation("clip", bounds))


def _dot(row: Sequence[Q], values: Sequence[Q]) -> Q:
    return sum((v * x for v, x in zip(row, values, strict=True)), Q(0))
