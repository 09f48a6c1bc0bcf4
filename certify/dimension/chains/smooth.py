"""A smooth map of R^d over blocks: its value at the centre and slopes over the block; in doubles for searching, in balls for proofs.

A block is c + M y, -1 <= y_k <= 1. For every y there is a matrix S with f(c + M y) = f(c) + S y, and S is enclosed entry by entry:
the columns of M are carried through the map together with c, and where a signal may be on the block follows from its value at c and
its slopes (Hansen 1968; Krawczyk and Neumaier 1985). So a long thin block costs no more than its own extent.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple, Protocol, Self, TypeVar

import numpy as np
from numpy.typing import NDArray

from certify.dimension.system import Floats
from certify.enclosure import doubles
from certify.enclosure.functions import SIGNS, enclosures
from certify.errors import InputError
from certify.gated import LSTM, Cell
from certify.network import Activation, Layer, Network
from certify.numbers import Q, arb, as_float, ctx, floats

SmoothMap = Network | Cell
Balls = NDArray[Any]
"""Arrays of python-flint's balls."""
TANH = Activation("tanh")


class Step(NamedTuple):
    """A layer, its numbers as arrays of doubles or of balls."""

    weight: NDArray[Any]
    bias: NDArray[Any]
    activation: Activation


@dataclass(frozen=True)
class Doubles:
    """Units on many blocks, about: `centre` (..., n), and slopes (..., n, columns) within `spread` of `slopes`.

    The blocks are c + M y with |y_k| <= `reach`; where that is 0 the slopes are derivatives.
    """

    centre: Floats
    slopes: Floats
    spread: Floats
    reach: float

    def through(self, step: Step) -> Self:
        """A layer of the units."""
        weight = step.weight
        inner = self._with(self.centre @ weight.T + step.bias, weight @ self.slopes, abs(weight) @ self.spread)
        return inner.activated(step.activation)

    def activated(self, activation: Activation) -> Self:
        """The activation of each unit; its derivative is taken at both ends, and at 0, where bells have their top."""
        centre = _values(activation, self.centre)
        if not self.slopes.shape[-1]:
            return self._with(centre, self.slopes, self.spread)
        if not self.reach:
            return self._with(centre, derivative(activation, self.centre)[..., None] * self.slopes, self.spread)
        radius = self.reach * (abs(self.slopes) + self.spread).sum(axis=-1)
        low, high = self.centre - radius, self.centre + radius
        rises = derivative(activation, np.array([low, np.clip(0.0, low, high), high]))[..., None]
        least, most = rises.min(axis=0), rises.max(axis=0)
        middle, width = (least + most) / 2, (most - least) / 2
        spread = abs(middle) * self.spread + width * (abs(self.slopes) + self.spread)
        return self._with(centre, middle * self.slopes, spread)

    def __add__(self, other: Self) -> Self:
        return self._with(self.centre + other.centre, self.slopes + other.slopes, self.spread + other.spread)

    def __mul__(self, other: Self) -> Self:
        """a b - a0 b0 = a (b - b0) + b0 (a - a0)."""
        radius = self.reach * (abs(self.slopes) + self.spread).sum(axis=-1)[..., None]
        a, b = self.centre[..., None], other.centre[..., None]
        spread = (abs(a) + radius) * other.spread + radius * abs(other.slopes) + abs(b) * self.spread
        return self._with(self.centre * other.centre, a * other.slopes + b * self.slopes, spread)

    def part(self, start: int, stop: int) -> Self:
        """The units from start on, before stop."""
        return self._with(
            self.centre[..., start:stop], self.slopes[..., start:stop, :], self.spread[..., start:stop, :]
        )

    def joined(self, other: Self) -> Self:
        """These units, then the others."""
        pairs = ((self.centre, other.centre, -1), (self.slopes, other.slopes, -2), (self.spread, other.spread, -2))
        return self._with(*(np.concatenate([one, two], axis=axis) for one, two, axis in pairs))

    def _with(self, centre: Floats, slopes: Floats, spread: Floats) -> Self:
        return type(self)(centre, slopes, spread, self.reach)


@dataclass(frozen=True)
class Enclosed:
    """The same for one block, proved: `centre` (n) and `slopes` (n, columns) are arrays of balls, and |y_k| <= 1."""

    centre: Balls
    slopes: Balls

    def through(self, step: Step) -> Self:
        inner = type(self)(step.weight @ self.centre + step.bias, step.weight @ self.slopes)
        return inner.activated(step.activation)

    def activated(self, activation: Activation) -> Self:
        value, slope = enclosures(activation)
        rises = [slope(z) for z in self._range]
        return type(self)(_array(map(value, self.centre)), _array(rises)[:, None] * self.slopes)

    def __add__(self, other: Self) -> Self:
        return type(self)(self.centre + other.centre, self.slopes + other.slopes)

    def __mul__(self, other: Self) -> Self:
        slopes = self._range[:, None] * other.slopes + other.centre[:, None] * self.slopes
        return type(self)(self.centre * other.centre, slopes)

    def part(self, start: int, stop: int) -> Self:
        return type(self)(self.centre[start:stop], self.slopes[start:stop])

    def joined(self, other: Self) -> Self:
        return type(self)(np.concatenate([self.centre, other.centre]), np.concatenate([self.slopes, other.slopes]))

    @property
    def _range(self) -> Balls:
        return np.asarray(self.centre + abs(self.slopes).sum(axis=1) * SIGNS)


class Units(Protocol):
    """What a map asks of the units that it is given."""

    def through(self, step: Step) -> Self: ...
    def activated(self, activation: Activation) -> Self: ...
    def __add__(self, other: Self) -> Self: ...
    def __mul__(self, other: Self) -> Self: ...
    def part(self, start: int, stop: int) -> Self: ...
    def joined(self, other: Self) -> Self: ...


Signal = TypeVar("Signal", bound=Units)


class Smooth:
    """A network from R^d to R^d of any activations, or a gated cell. Raises `InputError` for another network."""

    def __init__(self, given: SmoothMap) -> None:
        if given.dimension is None:
            raise InputError("layers", "as many outputs as inputs, to feed back", f"{given}")
        self.given, self.dimension = given, given.dimension
        self._exact: dict[int, list[Step]] = {}

    def step(self, x: Floats) -> Floats:
        """The images of points (..., d) in doubles."""
        none = np.zeros((*x.shape, 0))
        return self.image(Doubles(x, none, none, 0.0)).centre

    def jacobians(self, x: Floats) -> Floats:
        """The derivatives at points (..., d), in doubles."""
        columns = np.broadcast_to(np.eye(self.dimension), (*x.shape, self.dimension))
        return self.image(Doubles(x, columns, np.zeros_like(columns), 0.0)).slopes

    def about(self, centres: Floats, columns: Floats) -> Doubles:
        """f over the blocks of these centres (..., d) and columns (..., d, d), in doubles: a proposal."""
        return self.image(Doubles(centres, columns, np.zeros_like(columns), 1.0))

    def image(self, x: Signal) -> Signal:
        """Of units in doubles of any kind."""
        return self._image(self.steps, x)

    def over(self, centre: Sequence[Q], columns: Sequence[Sequence[Q]], bits: int) -> Enclosed:
        """f over a block, enclosed with so many bits."""
        with ctx.workprec(bits):
            if bits not in self._exact:
                self._exact[bits] = [_exact_step(layer) for layer in self._layers]
            return self._image(
                self._exact[bits], Enclosed(_array(map(arb, centre)), _array([[*map(arb, row)] for row in columns]))
            )

    @cached_property
    def _layers(self) -> list[Layer]:
        """Those of the map; of a GRU also 1 - z = sigmoid(-W_z h - b_z), and with the reset gate after the product both of its parts."""
        given = self.given
        if isinstance(given, Network):
            return [*given.layers]
        if isinstance(given, LSTM):
            return [given.i, given.f, given.g, given.o]
        rest = Layer([[-w for w in row] for row in given.z.weight], [-b for b in given.z.bias], "sigmoid")
        if given.reset_bias is None:
            return [given.r, given.z, rest, given.n]
        unit = [[int(i == j) for j in range(given.units)] for i in range(given.units)]
        inner = Layer(given.n.weight, given.reset_bias, "identity")
        return [given.r, given.z, rest, Layer(unit, given.n.bias, "tanh"), inner]

    def _image(self, steps: Sequence[Step], x: Signal) -> Signal:
        given = self.given
        if isinstance(given, Network):
            for step in steps:
                x = x.through(step)
            return x
        if isinstance(given, LSTM):
            h, c = x.part(0, given.units), x.part(given.units, 2 * given.units)
            i, f, g, o = (h.through(step) for step in steps)
            c = f * c + i * g
            return (o * c.activated(TANH)).joined(c)
        r, z, rest = (x.through(step) for step in steps[:3])
        candidate, *inner = steps[3:]
        n = (r * (x.through(inner[0]) if inner else x)).through(candidate)
        return z * x + rest * n

    @cached_property
    def steps(self) -> list[Step]:
        return [
            Step(np.array([*map(floats, layer.weight)]), np.array(floats(layer.bias)), layer.activation)
            for layer in self._layers
        ]


def _exact_step(layer: Layer) -> Step:
    return Step(_array([[*map(arb, row)] for row in layer.weight]), _array(map(arb, layer.bias)), layer.activation)


def _array(values: Any) -> Balls:
    return np.array([*values], dtype=object)


def _values(activation: Activation, z: Floats) -> Floats:
    return doubles.activated(activation, np.asarray(z, np.float64))


def derivative(activation: Activation, z: Floats) -> Floats:
    """The derivative of an activation in doubles; at a kink that of either side."""
    if not activation.smooth:
        function = activation.function
        return np.asarray(np.array(floats(function.slopes))[np.searchsorted(floats(function.breaks), z)])
    if activation.name == "elu":
        return np.where(z > 0, 1.0, as_float(activation.parameters[0]) * np.exp(np.minimum(z, 0)))
    return _DERIVATIVES[activation.name](z)


def _logistic(z: Floats) -> Floats:
    return _values(Activation("sigmoid"), z)


def _gelu(z: Floats) -> Floats:
    normal = np.where(z == 0, 0.5, _values(Activation("gelu"), z) / np.where(z == 0, 1, z))
    return np.asarray(normal + z * np.exp(-(z**2) / 2) / math.sqrt(2 * math.pi))


_DERIVATIVES: dict[str, Callable[[Floats], Floats]] = {
    "tanh": lambda z: 1 - np.tanh(z) ** 2,
    "sigmoid": lambda z: 0.25 - 0.25 * np.tanh(0.5 * z) ** 2,
    "softplus": _logistic,
    "gelu": _gelu,
    "silu": lambda z: _logistic(z) * (1 + z * _logistic(-z)),
    "sin": np.cos,
}
