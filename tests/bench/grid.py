"""The loop behind the published chaos percentages, in our own words: the speed of an answer without a proof.

Chatziafratis, Panageas, Sanford and Stavroulakis (NeurIPS 2022) evaluate a network on 163 points, one at a time, and
call it chaotic when the graph of an iterate crosses the diagonal more often than that of f. Their published loop
takes the fourth iterate where the third was meant; it is kept as it ran, since here it is only timed. Its answer is
neither sound nor complete.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

POINTS = 163


def called_chaotic(weight: Floats, bias: Floats, output: Floats) -> bool:
    """Whether clip(output . relu(weight x + bias)) meets the diagonal less often than its fourth iterate."""
    points = np.linspace(0.0, 1.0, POINTS)
    first, fourth = np.zeros(POINTS), np.zeros(POINTS)
    for i, x in enumerate(points):
        first[i] = forward(x, weight, bias, output)
        y = first[i]
        for _ in range(3):
            y = forward(y, weight, bias, output)
        fourth[i] = y
    return sign_changes(points - fourth) > sign_changes(points - first)


def forward(x: float, weight: Floats, bias: Floats, output: Floats) -> float:
    """The network at one point, layer by layer."""
    hidden = np.maximum(0.0, x * weight + bias)
    return min(1.0, max(0.0, float(np.dot(hidden, output))))


def sign_changes(differences: Floats) -> int:
    """How often the sign changes from one grid point to the next."""
    signs = np.sign(differences)
    return int(np.count_nonzero(signs[1:] != signs[:-1]))
