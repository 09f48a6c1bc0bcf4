"""f in doubles for many points at once, with no bound on the error: proposals, which balls then settle."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from certify.box import Box
from certify.network import Activation, Layer
from certify.numbers import floats

Floats = npt.NDArray[np.float64]


class _Step(NamedTuple):
    """A layer: the middle and the radius of each weight and bias, and the activation."""

    weight: Floats
    bias: Floats
    reach: Floats
    bias_reach: Floats
    activation: Activation


class Doubles:
    """The middle network of a box, and about the range of values of all of its networks."""

    def __init__(self, box: Box) -> None:
        with np.errstate(all="ignore"):
            self._steps = [_step(low, high) for low, high in box.layers]

    def values(self, x: Floats) -> Floats:
        """f of the middle network."""
        with np.errstate(all="ignore"):
            signal = x[None, :]
            for step in self._steps:
                signal = activated(step.activation, step.weight @ signal + step.bias)
            return np.asarray(signal[0])

    def iterate(self, x: Floats, steps: int, lo: float, hi: float) -> Floats:
        """The same so many times, every value cut down to [lo, hi]."""
        for _ in range(steps):
            x = np.clip(self.values(x), lo, hi)
        return x

    def ranges(self, lo: Floats, hi: Floats) -> tuple[Floats, Floats]:
        """About an interval around the values of all networks on each [lo, hi]."""
        with np.errstate(all="ignore"):
            low, high = lo[None, :], hi[None, :]
            for step in self._steps:
                middle, radius = (low + high) / 2, (high - low) / 2
                centre = step.weight @ middle + step.bias
                spread = np.abs(step.weight) @ radius + step.reach @ (np.abs(middle) + radius) + step.bias_reach
                low, high = activated_range(step.activation, centre - spread, centre + spread)
            return np.asarray(low[0]), np.asarray(high[0])


def _step(low: Layer, high: Layer) -> _Step:
    (weight, bias), (weight_above, bias_above) = _arrays(low), _arrays(high)
    middle, offset = (weight + weight_above) / 2, (bias + bias_above) / 2
    return _Step(middle, offset, (weight_above - weight) / 2, (bias_above - bias) / 2, low.activation)


def _arrays(layer: Layer) -> tuple[Floats, Floats]:
    return np.array([floats(row) for row in layer.weight]), np.array(floats(layer.bias))[:, None]


def activated(activation: Activation, z: Floats) -> Floats:
    """The activation of every entry."""
    parameters = floats(activation.parameters)
    match activation.name:
        case "leaky_relu":
            return np.asarray(np.where(z > 0, z, parameters[0] * z))
        case "clip" | "hardtanh":
            lo, hi = parameters
            return np.clip(z, lo, hi)
        case "elu":
            return np.asarray(np.where(z > 0, z, parameters[0] * np.expm1(np.minimum(z, 0))))
    return _FUNCTIONS[activation.name](z)


def activated_range(activation: Activation, low: Floats, high: Floats) -> tuple[Floats, Floats]:
    """About the least and the greatest value of the activation on each [low, high]."""
    if activation.name in _INCREASING:
        return activated(activation, low), activated(activation, high)
    if activation.name == "sin":
        middle, radius = np.sin((low + high) / 2), (high - low) / 2
        monotone = np.floor(low / np.pi + 0.5) == np.floor(high / np.pi + 0.5)
        ends = np.sin(low), np.sin(high)
        least = np.where(monotone, np.minimum(*ends), np.maximum(middle - radius, -1))
        return least, np.where(monotone, np.maximum(*ends), np.minimum(middle + radius, 1))
    at_low, at_high = activated(activation, low), activated(activation, high)
    least, most = np.minimum(at_low, at_high), np.maximum(at_low, at_high)
    if activation.name in _HOLLOWS:
        bottom, depth = _HOLLOWS[activation.name]
        least = np.where((low < bottom) & (bottom < high), depth, least)
    elif activation.parameters or activation.name == "abs":  # leaky_relu, elu: a kink at 0 may be the least value
        at_kink = np.where((low < 0) & (high > 0), activated(activation, np.zeros_like(low)), least)
        least, most = np.minimum(least, at_kink), np.maximum(most, at_kink)
    return least, most


def _gelu(z: Floats) -> Floats:
    phi = np.array([0.5 * math.erfc(-v * math.sqrt(0.5)) for v in z.ravel().tolist()])
    return np.asarray(z * phi.reshape(z.shape))


def _sigmoid(z: Floats) -> Floats:
    return np.asarray(0.5 + 0.5 * np.tanh(0.5 * z))


_FUNCTIONS: dict[str, Callable[[Floats], Floats]] = {
    "identity": lambda z: z,
    "relu": lambda z: np.maximum(z, 0),
    "abs": np.abs,
    "relu6": lambda z: np.clip(z, 0, 6),
    "tanh": np.tanh,
    "sigmoid": _sigmoid,
    "softplus": lambda z: np.logaddexp(0, z),
    "gelu": _gelu,
    "silu": lambda z: z * _sigmoid(z),
    "sin": np.sin,
}

_INCREASING = frozenset({"identity", "relu", "clip", "hardtanh", "relu6", "tanh", "sigmoid", "softplus"})

_HOLLOWS = {"gelu": (-0.7517915, -0.1699712), "silu": (-1.2784645, -0.2784645)}
"""Where a function with one minimum is least, and its value there."""
