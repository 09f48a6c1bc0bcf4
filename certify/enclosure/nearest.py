"""An ordered network near a chaotic one: how far at most chaos can reach.

Along each of some directions in the space of weights and biases the exact networks are tried one by one, with bisection; what is
found bounds the radius of chaos from above and says nothing on what lies nearer in other directions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np

from certify.box import Measure
from certify.enclosure.doubles import Floats, activated
from certify.network import Layer, Network
from certify.numbers import Q, floats, rational

POINTS, ALONG = 128, 6
"""The map is pushed at so many points of the window, or at one of the first points of an orbit."""
FIRST, STEPS = Q(1, 64), 8
"""The first distance is this part of the largest weight or bias; up to so many times it is made four times as large."""

FAR = 1e200
"""Values are taken to be no larger, so that their differences and sums are doubles."""

Signs = list[tuple[Floats, Floats]]
"""For each layer, -1, 0 or 1 for every weight and bias."""


class Nearby(NamedTuple):
    """An ordered network whose weights and biases differ from the given one's by at most `distance` (or that part of each)."""

    network: Network
    distance: Q


class Direction(NamedTuple):
    """Which way every weight and bias moves; none moves beyond 0 where `to_zero`."""

    signs: Signs
    to_zero: bool = False


def nearest(
    network: Network,
    weights: Measure,
    radius: Q,
    directions: Iterator[Direction],
    is_ordered: Callable[[Network], bool],
    part: Q,
) -> Nearby | None:
    """The nearest ordered network that was found beyond `radius`, the distance up to the factor `part` along its direction."""
    best: Nearby | None = None
    for direction in directions:

        def found(distance: Q, direction: Direction = direction) -> Nearby | None:
            near = moved(network, weights, direction, distance)
            return Nearby(near, distance) if is_ordered(near) else None

        if best is None:
            low, first = radius, max(4 * radius, _first(network, weights))
            for i in range(STEPS):
                if best := found(first * 4**i):
                    break
                low = first * 4**i
        elif nearer := found(max(short(best.distance / part), radius)):
            low, best = radius, nearer
        else:
            continue
        while best and best.distance > low * part:
            middle = short(between(low, best.distance))
            if not low < middle < best.distance:
                break
            if nearer := found(middle):
                best = nearer
            else:
                low = middle
    return best


def _first(network: Network, weights: Measure) -> Q:
    if weights == "relative":
        return FIRST
    largest = max(abs(w) for layer in network.layers for row in (*layer.weight, layer.bias) for w in row)
    return short(FIRST * largest) if largest else FIRST


def moved(network: Network, weights: Measure, direction: Direction, distance: Q) -> Network:
    """The network with every weight and bias moved by the distance (or that part of it) in its direction, exactly."""

    def move(w: Q, sign: float) -> Q:
        step = distance if weights == "absolute" else distance * abs(w)
        if direction.to_zero:
            step = min(step, abs(w))
        return w + int(sign) * step

    layers = []
    for layer, (rows, offsets) in zip(network.layers, direction.signs):
        weight = [[move(*pair) for pair in zip(row, signs)] for row, signs in zip(layer.weight, rows.tolist())]
        bias = [move(*pair) for pair in zip(layer.bias, offsets.tolist())]
        layers.append(Layer(weight, bias, layer.activation))
    return Network(layers, network.domain)


def short(x: Q) -> Q:
    """A number of about 12 binary digits at or just below a positive one."""
    shift = Q(2) ** (int(x.q).bit_length() - int(x.p).bit_length() + 12)
    return Q((x * shift).floor()) / shift


def between(low: Q, high: Q) -> Q:
    """About the geometric mean of two positive numbers."""
    ratio, steps = high / low, 0
    while ratio > 4:
        ratio, steps = ratio / 4, steps + 1
    return low * (1 << steps) * rational(float(ratio) ** 0.5)


class Pushes:
    """Directions that raise and lower the map in some places: signs of derivatives with respect to the weights and biases."""

    def __init__(self, network: Network) -> None:
        self._layers = [
            (np.array([floats(row) for row in layer.weight]), np.array(floats(layer.bias))[:, None], layer.activation)
            for layer in network.layers
        ]

    def all(self, window: tuple[float, float], orbit: Floats) -> Iterator[Direction]:
        """Up, down, flatter, towards the diagonal, steeper; at the points of an orbit; and all weights towards 0."""
        x = np.linspace(*window, POINTS)
        y = np.clip(np.nan_to_num(self._forward(x)[-1][0][0]), -FAR, FAR)
        yield Direction([(-np.sign(weight), -np.sign(bias[:, 0])) for weight, bias, _ in self._layers], True)
        for heights in (
            np.ones_like(x),
            y - y.mean(),
            y - x,
            np.sign(y - x),
            x - x.mean(),
            (y > x) * 1.0,
            (y < x) * 1.0,
        ):
            yield Direction(self.push(x, -heights))
            yield Direction(self.push(x, heights))
        for place in orbit[:ALONG, None]:
            yield Direction(self.push(place, np.ones(1)))
            yield Direction(self.push(place, -np.ones(1)))

    @np.errstate(all="ignore")
    def push(self, x: Floats, heights: Floats) -> Signs:
        """The signs of the derivatives of the sum of heights * f(x)."""
        passed = self._forward(x)
        back = heights[None, :]
        signs = Signs()
        for (weight, _, activation), (_, signal, total) in zip(self._layers[::-1], passed[::-1]):
            step = 1e-6 * (1 + np.abs(total))
            rise = (activated(activation, total + step) - activated(activation, total - step)) / (2 * step)
            back = back * rise
            signs.append((np.nan_to_num(np.sign(back @ signal.T)), np.nan_to_num(np.sign(back.sum(axis=1)))))
            back = weight.T @ back
        return signs[::-1]

    @np.errstate(all="ignore")
    def _forward(self, x: Floats) -> list[tuple[Floats, Floats, Floats]]:
        """For each layer, its outputs, its inputs, and the sums before the activation."""
        passed, signal = [], x[None, :]
        for weight, bias, activation in self._layers:
            total = weight @ signal + bias
            passed.append((activated(activation, total), signal, total))
            signal = passed[-1][0]
        return passed
