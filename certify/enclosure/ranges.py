"""The values of all networks within a radius of one, in doubles, for many intervals at once: proposals, no proofs.

The same interval arithmetic as the checker's, corner by corner, but for rounding; where a weight and its input both change
sign it is a little wider.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from certify.box import Measure
from certify.enclosure.doubles import Floats, activated_range
from certify.network import Activation, Network
from certify.numbers import floats


class _Step(NamedTuple):
    """A layer, and how far each weight and bias moves for radius 1."""

    weight: Floats
    bias: Floats
    reach: Floats
    bias_reach: Floats
    activation: Activation


class Ranges:
    """f(X) for every network whose weights and biases lie within a radius, over many intervals X at once."""

    def __init__(self, network: Network, weights: Measure) -> None:
        self._lo, self._hi = floats(network.ends)
        self._steps = []
        for layer in network.layers:
            weight = np.array([floats(row) for row in layer.weight])
            bias = np.array(floats(layer.bias))[:, None]
            reach, bias_reach = np.abs(weight), np.abs(bias)
            if weights == "absolute":
                reach, bias_reach = np.ones_like(weight), np.ones_like(bias)
            self._steps.append(_Step(weight, bias, reach, bias_reach, layer.activation))

    def image(self, low: Floats, high: Floats, radius: float) -> tuple[Floats, Floats]:
        """About the ends of f over each [low, high], cut down to the domain."""
        low, high = low[None, :], high[None, :]
        with np.errstate(all="ignore"):
            for step in self._steps:
                reach, bias_reach = radius * step.reach, radius * step.bias_reach
                least, most = _sums(step.weight - reach, step.weight + reach, low, high)
                low, high = activated_range(
                    step.activation, least + (step.bias - bias_reach), most + (step.bias + bias_reach)
                )
            return self.cut(low[0]), self.cut(high[0])

    def cut(self, values: Floats) -> Floats:
        """Values of f, moved into the domain."""
        return np.asarray(np.clip(values, self._lo, self._hi))


def _sums(below: Floats, above: Floats, low: Floats, high: Floats) -> tuple[Floats, Floats]:
    """The ends of the sums of weights in [below, above] times inputs in [low, high].

    A product with a positive weight is least for the lower one of its weights where the input is positive, for the upper one
    where it is negative, and so on: the parts of the weights above and below zero meet those of the inputs.
    """
    (p, q), (r, s) = _parts(below), _parts(above)  # the weights lie between p - q and r - s
    if low.min(initial=0.0) >= 0:
        if not q.any():
            return np.asarray(p @ low), np.asarray(r @ high)
        return np.asarray(p @ low - q @ high), np.asarray(r @ high - s @ low)
    (a, b), (c, d) = _parts(low), _parts(high)  # the inputs lie between a - b and c - d
    return np.asarray(p @ a - r @ b - q @ c + s @ d), np.asarray(r @ c - p @ d - s @ a + q @ b)


def _parts(values: Floats) -> tuple[Floats, Floats]:
    """The values are the first minus the second, neither is negative, and one of them is 0."""
    return np.maximum(values, 0.0), np.maximum(-values, 0.0)
