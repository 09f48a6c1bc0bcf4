"""Networks from R to R: layers of affine maps and activations, piecewise linear or smooth, with exact weights."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property, lru_cache
from itertools import pairwise
from math import lcm
from typing import Any

from certify.errors import DomainError, InputError
from certify.numbers import (
    INF,
    NEG_INF,
    Extended,
    Q,
    fraction,
    over_common_denominator,
    public,
    rational,
    shown,
    text,
    whole_numbers,
)
from certify.piecewise import PiecewiseLinear
from certify.propagation import Affine, propagate

PARAMETERS: dict[str, tuple[str, ...]] = {
    "identity": (),
    "relu": (),
    "leaky_relu": ("negative_slope",),
    "abs": (),
    "clip": ("lo", "hi"),
    "hardtanh": ("lo", "hi"),
    "relu6": (),
    "tanh": (),
    "sigmoid": (),
    "softplus": (),
    "gelu": (),
    "silu": (),
    "elu": ("alpha",),
    "sin": (),
}
"""The activations by name, each with the names of its parameters in order."""

SMOOTH = frozenset({"tanh", "sigmoid", "softplus", "gelu", "silu", "elu", "sin"})
"""Those that are not piecewise linear: no rational arithmetic gives their values, enclosures do (`certify.enclosure`).

sigmoid(x) = 1/(1 + exp(-x)), softplus(x) = log(1 + exp(x)), gelu(x) = x Phi(x) with the normal distribution function Phi,
silu(x) = x sigmoid(x); elu is x for x > 0 and alpha (exp(x) - 1) elsewhere.
"""

DEFAULTS: dict[str, tuple[Q, ...]] = {"hardtanh": (Q(-1), Q(1))}


@dataclass(frozen=True)
class Activation:
    """A function R -> R applied to each unit of a layer, by name: one of `PARAMETERS`.

    Parameters are exact; `hardtanh` without any has lo = -1, hi = 1. Raises `ValueError` for an unknown name, a wrong
    number of parameters, or lo > hi.
    """

    name: str
    parameters: tuple[Q, ...] = ()

    def __post_init__(self) -> None:
        if self.name not in PARAMETERS:
            raise ValueError(f"an activation is one of {', '.join(PARAMETERS)}; got {self.name!r}")
        values = tuple(rational(value) for value in self.parameters) or DEFAULTS.get(self.name, ())
        names = PARAMETERS[self.name]
        if len(values) != len(names):
            given = ", ".join(names) if names else "no parameter"
            raise ValueError(f"{self.name} takes {given}; got {len(values)} numbers")
        if names == ("lo", "hi") and values[0] > values[1]:
            raise ValueError(f"{self.name} needs lo <= hi; got lo = {values[0]}, hi = {values[1]}")
        object.__setattr__(self, "parameters", values)

    @classmethod
    def parse(cls, given: str) -> Activation:
        """From text such as "relu", "clip:0,1" or "leaky_relu:1/100". Raises `ValueError`."""
        name, colon, parameters = given.partition(":")
        return cls(name, tuple(rational(p.strip()) for p in parameters.split(",")) if colon else ())

    def __str__(self) -> str:
        return self.name + (":" + ",".join(map(text, self.parameters)) if self.parameters else "")

    @property
    def smooth(self) -> bool:
        """Whether it is one of `SMOOTH`, no piecewise-linear function."""
        return self.name in SMOOTH

    @property
    def function(self) -> PiecewiseLinear:
        """The activation itself as a map of the line. Raises `InputError` for a smooth one."""
        if self.smooth:
            raise InputError("activation", "a piecewise-linear activation", f"{self.name}, which is smooth")
        return _function(self.name, self.parameters)

    @property
    def range(self) -> tuple[Extended, Extended]:
        """Bounds of its values, infinite where there are none or none are known; of a piecewise-linear one the least."""
        return _RANGES.get(self.name, (NEG_INF, INF)) if self.smooth else self.function.hull(NEG_INF, INF)


_RANGES: dict[str, tuple[Extended, Extended]] = {
    "tanh": (Q(-1), Q(1)),
    "sin": (Q(-1), Q(1)),
    "sigmoid": (Q(0), Q(1)),
    "softplus": (Q(0), INF),
}


@lru_cache(maxsize=256)
def _function(name: str, parameters: tuple[Q, ...]) -> PiecewiseLinear:
    match name:
        case "identity":
            return PiecewiseLinear.identity()
        case "relu":
            return PiecewiseLinear([(0, 0)], slopes=(0, 1))
        case "leaky_relu":
            return PiecewiseLinear([(0, 0)], slopes=(parameters[0], 1))
        case "abs":
            return PiecewiseLinear([(0, 0)], slopes=(-1, 1))
    lo, hi = parameters or (Q(0), Q(6))
    return PiecewiseLinear([(x, x) for x in sorted({lo, hi})], slopes=(0, 0))


@dataclass(frozen=True, init=False, repr=False)
class Layer:
    """x -> activation(weight x + bias), exactly.

    `weight` has shape (out, in): a list of rows, or a float array, which is taken as the dyadic rationals that it
    holds; `bias` has `out` entries. `activation` is an `Activation` or text for `Activation.parse`. Raises
    `InputError`.

    What is stored is `affine`, all entries as whole numbers over their least common denominator.
    """

    affine: Affine
    activation: Activation

    def __init__(self, weight: Any, bias: Any, activation: Activation | str) -> None:
        entries, lengths, m = _whole("weight", weight, 2)
        offsets, (count,), n = _whole("bias", bias, 1)
        if not lengths or not lengths[0] or any(length != lengths[0] for length in lengths):
            raise InputError(
                "weight", "a matrix of shape (out, in) with no empty or ragged row", f"row lengths {lengths[:8]}"
            )
        if count != len(lengths):
            raise InputError("bias", f"{len(lengths)} numbers, one for each row of weight", f"{count}")
        scale = lcm(m, n)
        entries, offsets = _times(scale // m, entries), _times(scale // n, offsets)
        rows = zip(*[iter(entries)] * lengths[0])
        object.__setattr__(self, "affine", Affine(tuple(rows), tuple(offsets), scale))
        object.__setattr__(self, "activation", _activation(activation))

    @cached_property
    def weight(self) -> tuple[tuple[Q, ...], ...]:
        """The matrix, a tuple of rows."""
        return tuple(tuple(Q(w, self.affine.scale) for w in row) for row in self.affine.weight)

    @cached_property
    def bias(self) -> tuple[Q, ...]:
        """The bias, one number for each row."""
        return tuple(Q(b, self.affine.scale) for b in self.affine.bias)

    def __repr__(self) -> str:
        return f"<Layer {self.shape[1]} -> {self.shape[0]}, {self.activation}>"

    @property
    def shape(self) -> tuple[int, int]:
        """(out, in)."""
        return len(self.affine.weight), len(self.affine.weight[0])


@dataclass(frozen=True, init=False)
class Network:
    """A feed-forward network with exact weights: layers of which each takes as many inputs as the one before has outputs.

    With one input and one output it is a map R -> R, studied on `domain`: (lo, hi), or None for the line. One with several has
    no domain; it can be evaluated (`values`) and cut along segments (`certify.segment`). Raises `InputError`.

    >>> net = Network([Layer([[1], [1]], [0, "-1/2"], "relu"), Layer([[2, -4]], [0], "clip:0,1")], domain=(0, 1))
    >>> net("2/7"), net.to_piecewise_linear().pieces
    (Fraction(4, 7), 2)
    """

    layers: tuple[Layer, ...]
    ends: tuple[Extended, Extended]

    def __init__(self, layers: Sequence[Layer], domain: Sequence[Any] | None) -> None:
        if not layers:
            raise InputError("layers", "at least one layer", "none")
        for i, (before, layer) in enumerate(pairwise(layers), 1):
            width = before.shape[0]
            if layer.shape[1] != width:
                raise InputError(
                    f"layers[{i}].weight", f"{width} columns, one for each input of the layer", f"{layer.shape[1]}"
                )
        object.__setattr__(self, "layers", tuple(layers))
        if domain is not None:
            self.require_one_dimension()
        object.__setattr__(self, "ends", _ends(domain))

    @property
    def domain(self) -> tuple[Fraction, Fraction] | None:
        """The interval on which the network is studied, or None for the line."""
        lo, hi = (public(end) for end in self.ends)
        return None if lo is None or hi is None else (lo, hi)

    def is_self_map(self) -> bool:
        """Whether the domain is mapped into itself, so that the output can be fed back. Always so on the line."""
        return self.to_piecewise_linear().is_self_map()

    @property
    def smooth(self) -> bool:
        """Whether an activation is smooth, so that there are enclosures of the map but no exact values."""
        return any(layer.activation.smooth for layer in self.layers)

    @property
    def widths(self) -> tuple[int, ...]:
        """The number of units in each layer, the output last."""
        return tuple(layer.shape[0] for layer in self.layers)

    @property
    def dimension(self) -> int | None:
        """d where the network maps R^d to itself, so that the output can be fed back; otherwise None."""
        inputs, outputs = self.layers[0].shape[1], self.layers[-1].shape[0]
        return inputs if inputs == outputs else None

    def require_one_dimension(self) -> None:
        """Raises `InputError` unless the network is a map R -> R."""
        inputs, outputs = self.layers[0].shape[1], self.layers[-1].shape[0]
        if inputs != 1:
            raise InputError("layers[0].weight", "one column, for the single input", f"{inputs}")
        if outputs != 1:
            raise InputError(f"layers[{len(self.layers) - 1}].weight", "one row, for the single output", f"{outputs}")

    def values(self, point: Sequence[Any]) -> tuple[Fraction, ...]:
        """The exact outputs at a point with one coordinate for each input, layer by layer.

        Raises `InputError`, also where an activation is smooth.
        """
        signal: list[Q] = [rational(x) for x in point]
        if len(signal) != self.layers[0].shape[1]:
            raise InputError("point", f"{self.layers[0].shape[1]} coordinates, one for each input", f"{len(signal)}")
        for layer in self.layers:
            sums = (sum((w * s for w, s in zip(row, signal)), b) for row, b in zip(layer.weight, layer.bias))
            signal = [value for total in sums if isinstance(value := layer.activation.function.at(total), Q)]
        return tuple(map(fraction, signal))

    def __call__(self, x: Any) -> Fraction:
        """The exact output of a map R -> R. Raises `DomainError` outside the domain."""
        self.require_one_dimension()
        point = rational(x)
        if not self.ends[0] <= point <= self.ends[1]:
            raise DomainError(f"{shown(point)} lies outside the domain [{shown(self.ends[0])}, {shown(self.ends[1])}]")
        return self.values([point])[0]

    def to_piecewise_linear(self, max_pieces: int | None = None) -> PiecewiseLinear:
        """The function that the network computes on its domain, exactly.

        With one hidden layer of k units the cost is one sort and one pass over the k kinks; with more layers it grows
        with the number of pieces, which depth can make exponential: beyond `max_pieces` in any unit, `BudgetExceeded`
        is raised; `InputError` unless there is one input and one output, and where an activation is smooth.
        """
        self.require_one_dimension()
        for i, layer in enumerate(self.layers):
            if layer.activation.smooth:
                name = layer.activation.name
                raise InputError(f"layers[{i}].activation", "a piecewise-linear activation", f"{name}, which is smooth")
        return propagate([(layer.affine, layer.activation.function) for layer in self.layers], self.ends, max_pieces)


def _whole(where: str, array: Any, axes: int) -> tuple[list[int], list[int], int]:
    """The entries of a vector or matrix as whole numbers, the lengths of its rows, and the common denominator."""
    try:
        if hasattr(array, "dtype") and array.dtype != object:
            if array.ndim != axes:
                raise InputError(where, f"an array with {axes} axes", f"one of shape {array.shape}")
            entries, denominator = whole_numbers(array)
            return entries, [array.shape[-1]] * (len(array) if axes == 2 else 1), denominator
        rows = list(array) if axes == 2 else [array]
        if isinstance(array, str) or any(isinstance(row, str) for row in rows):
            raise InputError(where, "rows of numbers" if axes == 2 else "a list of numbers", "text")
        rows = [list(row) for row in rows]
        entries, denominator = over_common_denominator(rational(x) for row in rows for x in row)
        return entries, [len(row) for row in rows], denominator
    except InputError:
        raise
    except (ValueError, TypeError) as error:
        raise InputError(where, "finite numbers", str(error)) from None


def _activation(given: Activation | str) -> Activation:
    try:
        return given if isinstance(given, Activation) else Activation.parse(given)
    except ValueError as error:
        raise InputError("activation", "an activation", str(error)) from None


def _times(factor: int, numbers: list[int]) -> list[int]:
    return numbers if factor == 1 else [factor * number for number in numbers]


def _ends(domain: Sequence[Any] | None) -> tuple[Extended, Extended]:
    if domain is None:
        return NEG_INF, INF
    try:
        lo, hi = (rational(end) for end in domain)
    except (ValueError, TypeError) as error:
        raise InputError("domain", "two finite numbers lo < hi, or none for the line", str(error)) from None
    if not lo < hi:
        raise InputError("domain", "lo < hi", f"[{shown(lo)}, {shown(hi)}]")
    return lo, hi
