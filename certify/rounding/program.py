"""A map as a program in floats: what is computed in place of f, as a function on the numbers of a format."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from certify.enclosure.doubles import activated
from certify.errors import BudgetExceeded, InputError
from certify.mapfile import Map, exact_map
from certify.network import Activation, Layer, Network
from certify.numbers import Q, floats, rational, shown
from certify.piecewise import PiecewiseLinear
from certify.rounding.arithmetic import Arithmetic
from certify.rounding.formats import Doubles, Format

Exact = Callable[[Q], Q]

AT_ONCE = 1 << 22
"""Signals of a layer, units times states, that are kept at a time."""

MANY_PIECES = 20_000
"""A network of more pieces is evaluated layer by layer."""


@dataclass(frozen=True)
class Program:
    """f executed in an `Arithmetic`: one function in floats between two exact ones, which tell two errors apart.

    All numbers of the map are rounded to the format first. `rounded` is the map with these numbers, in exact arithmetic; `true` is
    f. None of them looks at the domain: beyond it layers and outermost pieces go on, as in a program.
    """

    arithmetic: Arithmetic
    values: Callable[[Doubles], Doubles]
    """The values in floats at many points of the format, kept as doubles; overflow gives infinities and NaN."""
    rounded: Exact
    true: Exact

    def value(self, x: float) -> float:
        """The value in floats at one point."""
        return float(self.values(np.array([x]))[0])


def program_of(given: Map, arithmetic: Arithmetic) -> Program:
    """The program for a network, layer by layer; for a map by knots, slope times x plus intercept in the piece that x lies in.

    Of a map by knots, breaks, slopes and intercepts are rounded; a break belongs to the piece on its right. Activations round
    nothing, but for the product of a leaky_relu. Raises `InputError` for boxes, smooth activations, several inputs or outputs,
    and numbers beyond the range of the format.
    """
    exact = exact_map(given)
    if isinstance(exact, PiecewiseLinear):
        return _of_pieces(exact, arithmetic)
    exact.require_one_dimension()
    for i, layer in enumerate(exact.layers):
        if layer.activation.smooth:
            got = f"{layer.activation}, whose rounding is the library's own"
            raise InputError(f"layers[{i}].activation", "a piecewise-linear activation", got)
    near = _rounded_network(exact, arithmetic.format)
    steps = [
        _Step(np.array([floats(row) for row in layer.weight]), np.array(floats(layer.bias)), layer.activation)
        for layer in near.layers
    ]

    @np.errstate(all="ignore")
    def at_once(x: Doubles) -> Doubles:
        signal = x[None, :]
        for step in steps:
            sums = arithmetic.layer(step.weight, step.bias, signal)
            signal = arithmetic.format.rounded(activated(step.activation, sums))
        return np.asarray(signal[0])

    def values(x: Doubles) -> Doubles:
        parts = 1 + len(x) * max(exact.widths) // AT_ONCE
        return np.concatenate([at_once(part) for part in np.array_split(x, parts)])

    return Program(arithmetic, values, _on_the_line(near), _on_the_line(exact))


def rounded_map(given: Network | PiecewiseLinear, kind: Format) -> Network | PiecewiseLinear:
    """The exact map whose numbers are those of the given one, rounded to the format: another map on the same domain.

    These are the weights, biases and parameters of activations of a network; the coordinates of the knots, and the outer slopes, of
    a map by knots. Raises `InputError` where a number is beyond the range, or knots fall together.
    """
    if isinstance(given, Network):
        return _rounded_network(given, kind)
    knots = [_nearest(f"knots[{i}]", map(rational, knot), kind) for i, knot in enumerate(given.knots)]
    slopes = None if given.domain else _nearest("slopes", (given.slopes[0], given.slopes[-1]), kind)
    try:
        return PiecewiseLinear(knots, slopes)
    except ValueError as error:
        raise InputError("knots", f"knots that differ in {kind}", str(error)) from None


def _rounded_network(network: Network, kind: Format) -> Network:
    layers = []
    for i, layer in enumerate(network.layers):
        weight = [_nearest(f"layers[{i}].weight", row, kind) for row in layer.weight]
        bias = _nearest(f"layers[{i}].bias", layer.bias, kind)
        parameters = _nearest(f"layers[{i}].activation", layer.activation.parameters, kind)
        layers.append(Layer(weight, bias, Activation(layer.activation.name, tuple(map(rational, parameters)))))
    return Network(layers, network.domain)


class _Step(NamedTuple):
    weight: Doubles
    bias: Doubles
    activation: Activation


def _of_pieces(f: PiecewiseLinear, arithmetic: Arithmetic) -> Program:
    kind = arithmetic.format
    breaks = _nearest("breaks", f.breaks, kind)
    slopes, constants = (
        np.array(_nearest(name, numbers, kind))
        for name, numbers in (("slopes", f.slopes), ("intercepts", f.intercepts))
    )

    def values(x: Doubles) -> Doubles:
        piece = np.searchsorted(breaks, x, side="right")
        return arithmetic.sum([(slopes[piece], x)], constants[piece])

    lines = [(rational(s), rational(c)) for s, c in zip(slopes.tolist(), constants.tolist())]

    def rounded(x: Q) -> Q:
        slope, constant = lines[bisect_right(breaks, x, key=rational)]
        return slope * x + constant

    return Program(arithmetic, values, rounded, _pointwise(f))


def _on_the_line(network: Network) -> Exact:
    """The exact function on the whole line: by its pieces where they are not too many, else layer by layer."""
    line = Network(network.layers, None)
    try:
        return _pointwise(line.to_piecewise_linear(MANY_PIECES))
    except BudgetExceeded:
        return lambda x: rational(line.values([x])[0])


def _pointwise(f: PiecewiseLinear) -> Exact:
    return lambda x: f.trajectory(x, 1)[1]


def _nearest(where: str, numbers: Iterable[Q], kind: Format) -> list[float]:
    found = []
    for number in numbers:
        near = kind.nearest(number)
        if np.isinf(near):
            raise InputError(where, f"numbers in the range of {kind}, up to {kind.greatest:g}", shown(number))
        found.append(near)
    return found
