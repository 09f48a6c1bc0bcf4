"""Families of maps: the textbook ones, and the random networks of Chatziafratis, Panageas, Sanford and Stavroulakis (2022).

A random network is drawn in doubles from a seed by numpy's PCG64 generator; its weights are then data, and exact.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from certify.network import Layer, Network
from certify.numbers import Q, rational
from certify.piecewise import PiecewiseLinear

Floats = npt.NDArray[np.float64]


def tent(height: Any = 1) -> PiecewiseLinear:
    """The tent map on [0, 1] with its tip at (1/2, height), 0 <= height <= 1; with height 1 it is 2x, 2 - 2x."""
    return PiecewiseLinear([(0, 0), ("1/2", height), (1, 0)])


def skew_tent(tip: Any) -> PiecewiseLinear:
    """The full tent map on [0, 1] with its tip at (tip, 1), 0 < tip < 1."""
    return PiecewiseLinear([(0, 0), (tip, 1), (1, 0)])


def stunted_tent(height: Any) -> PiecewiseLinear:
    """min(tent, height) on [0, 1], 0 < height < 1: a full family of maps with a plateau."""
    h = rational(height)
    return PiecewiseLinear([(0, 0), (h / 2, h), (1 - h / 2, h), (1, 0)])


def sawtooth(teeth: int) -> PiecewiseLinear:
    """The zigzag on [0, 1] from (0, 0) through (i/teeth, i mod 2): `teeth` >= 1 full laps.

    With 2**t teeth it is the t-th iterate of the tent, the function by which Telgarsky (2015) separates depth from width.
    """
    if teeth < 1:
        raise ValueError(f"a sawtooth needs at least one tooth, got {teeth}")
    return PiecewiseLinear([(Q(i, teeth), i % 2) for i in range(teeth + 1)])


def rnn(width: int, variance: float, seed: int) -> Network:
    """RNN(k, s2) of the paper: clip(sum of a_i relu(x - b_i)) on [0, 1], a_i from N(0, s2/k), b_i uniform on [0, 1].

    Drawn by `numpy.random.default_rng(seed)`, first the k normals, then the k uniforms.
    """
    generator = np.random.default_rng(seed)
    a = generator.normal(0.0, math.sqrt(variance / width), width)
    b = generator.random(width)
    return rnn_from_arrays(a, b)


def rnn_from_arrays(a: Floats, b: Floats) -> Network:
    """clip(sum of a_i relu(x - b_i)) to [0, 1] on [0, 1] for given weights."""
    hidden = Layer(np.ones((len(b), 1), dtype=np.int64), -b, "relu")
    return Network([hidden, Layer(a.reshape(1, -1), np.zeros(1, dtype=np.int64), "clip:0,1")], (0, 1))


def perturbed_tent(seed: int, noise: float = 0.1) -> Network:
    """The paper's Fig. 2: 2 relu(x) - 4 relu(x - 1/2) with noise * N(0, 1) added to each of its seven entries; on the line.

    Drawn by `numpy.random.default_rng(seed)` in the order input weights, input biases, output weights, output bias.
    """
    return perturbed_tents(seed, 1, noise)[0]


def perturbed_tents(seed: int, depth: int, noise: float = 0.1) -> list[Network]:
    """`depth` perturbed tents with fresh noise each, one after another from the one generator; the first is `perturbed_tent`."""
    generator = np.random.default_rng(seed)
    tents = []
    for _ in range(depth):
        z = noise * generator.normal(size=7)
        hidden = Layer((np.array([1.0, 1.0]) + z[:2]).reshape(2, 1), np.array([0.0, -0.5]) + z[2:4], "relu")
        output = Layer((np.array([2.0, -4.0]) + z[4:6]).reshape(1, 2), z[6:], "identity")
        tents.append(Network([hidden, output], None))
    return tents


INITIALISATIONS = {
    "1-he": ("one", "he"),
    "he-he": ("he", "he"),
    "he-uniform": ("he", "uniform"),
    "normal-truncated": ("normal_k", "truncated"),
    "glorot-glorot": ("glorot", "glorot"),
}
"""The rows of the paper's tables: how the first layer's weights and biases are drawn. Later layers are drawn the same way,
but that the weights of "1-he" are "he" from the second layer on."""


def initialised(
    row: str, width: int, seed: int, hidden_layers: int = 1, clipped: bool = False, activation: str = "relu"
) -> Network:
    """A random network of the paper's tables, w_out act(... act(w_in x + b_in) ...) + b_out, on the line.

    `row` is one of `INITIALISATIONS`. The output goes through the activation as well, except in row "1-he"; with `clipped` it
    is clipped to [0, 1] instead (which leaves nothing for a ReLU to do). Drawn by `numpy.random.default_rng(seed)`, layer
    by layer, weights before biases. "he" is N(0, 2/n_in), "uniform" U[0, 1], "normal_k" has standard deviation 1/k for k
    units, "truncated" is N(0, 1) conditioned on [-1, 1], "glorot" N(0, 2/(n_in + n_out)).
    """
    arrays = initialised_arrays(np.random.default_rng(seed), row, width, hidden_layers)
    return initialised_from_arrays(arrays, row, clipped, activation)


def initialised_arrays(
    generator: np.random.Generator, row: str, width: int, hidden_layers: int, many: tuple[int, ...] = ()
) -> list[tuple[Floats, Floats]]:
    """Weights (*many, out, in) and biases (*many, out) of each layer, for as many networks of a row at once as `many` says."""
    if row not in INITIALISATIONS:
        raise ValueError(f"an initialisation is one of {', '.join(INITIALISATIONS)}; got {row!r}")
    weights, biases = INITIALISATIONS[row]
    sizes = [1, *[width] * hidden_layers, 1]
    layers = []
    for i, (n_in, n_out) in enumerate(zip(sizes, sizes[1:])):
        w = _draw(generator, "he" if weights == "one" and i else weights, n_in, n_out, (*many, n_out, n_in), width)
        b = _draw(generator, biases, n_in, n_out, (*many, n_out), width)
        layers.append((w, b))
    return layers


def initialised_from_arrays(arrays: list[tuple[Floats, Floats]], row: str, clipped: bool, activation: str) -> Network:
    """The network of a row of the paper's tables with these weights (out, in) and biases (out,) in its layers."""
    output = "clip:0,1" if clipped else "identity" if row == "1-he" else activation
    activations = [*[activation] * (len(arrays) - 1), output]
    return Network([Layer(w, b, name) for (w, b), name in zip(arrays, activations)], None)


def _draw(
    generator: np.random.Generator, how: str, n_in: int, n_out: int, shape: tuple[int, ...], width: int
) -> Floats:
    match how:
        case "one":
            return np.ones(shape)
        case "he":
            return generator.normal(0.0, math.sqrt(2 / n_in), shape)
        case "glorot":
            return generator.normal(0.0, math.sqrt(2 / (n_in + n_out)), shape)
        case "normal_k":
            return generator.normal(0.0, 1 / width, shape)
        case "uniform":
            return generator.random(shape)
    kept = np.zeros(0)  # N(0, 1) conditioned on [-1, 1], by rejection: the stream is read as if one by one
    while missing := math.prod(shape) - len(kept):
        more = generator.normal(size=missing)
        kept = np.concatenate([kept, more[abs(more) <= 1]])
    return kept.reshape(shape)
