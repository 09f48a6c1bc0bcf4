"""The loop behind the published chaos percentages, in our own words: the speed of an answer without a proof.

Chatziafratis, Panageas, Sanford and Stavroulakis (NeurIPS 2022) evaluate a network on 163 points, one at a time, as
two dense layers with biases and matrices of one row, and call it chaotic when the graph of an iterate crosses the
diagonal more often than that of f; the crossings are counted point by point. Their published loop takes the fourth
iterate where the third was meant; it is kept as it ran, since here it is only timed. Its answer is neither sound nor
complete.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

POINTS = 163


class Dense:
    """A layer that keeps its weights as a matrix of shape (inputs, outputs)."""

    def __init__(self, weight: Floats, bias: Floats) -> None:
        self.weight, self.bias = weight, bias.reshape(1, -1)

    def __call__(self, inputs: Floats) -> Floats:
        return np.dot(inputs, self.weight) + self.bias


def called_chaotic(weight: Floats, bias: Floats, output: Floats) -> bool:
    """Whether clip(output . relu(weight x + bias)) meets the diagonal less often than its fourth iterate."""
    hidden = Dense(weight.reshape(1, -1), bias)
    outer = Dense(output.reshape(-1, 1), np.zeros(1))

    def f(x: Floats) -> Floats:
        return np.clip(outer(np.maximum(0.0, hidden(x))), 0.0, 1.0)

    points = np.linspace(0.0, 1.0, POINTS)
    first, fourth = np.zeros(POINTS), np.zeros(POINTS)
    for i in range(POINTS):
        first[i] = f(points[i])[0, 0]
        fourth[i] = f(f(f(first[i])))[0, 0]
    return crossings(points, fourth) > crossings(points, first)


def crossings(points: Floats, values: Floats) -> int:
    """How often the graph crosses the diagonal, from one grid point to the next or on a grid point."""
    found = 0
    for i in range(1, len(points) - 1):
        before, here = points[i - 1] - values[i - 1], points[i] - values[i]
        if before * here < 0:
            found += 1
        if here == 0 and before * (points[i + 1] - values[i + 1]) < 0:
            found += 1
    return found
