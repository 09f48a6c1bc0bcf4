"""Orbits that solve a boundary value problem, in doubles: all points at once by Newton's method (multiple shooting).

The points need not lie on one orbit to begin with, so that errors of a guess do not grow along it. Each correction follows from that
of the first point (condensing); what rounding adds to it on the way, the next correction takes off again.
"""

from __future__ import annotations

import numpy as np

from certify.dimension.chains.smooth import Smooth
from certify.dimension.system import Floats

ITERATIONS = 15
CLOSE = 1e-12
"""Of the last correction, as a part of the size of the points."""
FAR = 3.0
"""A correction of more than this, as such a part, leads nowhere."""


def closed(system: Smooth, guess: Floats) -> Floats | None:
    """The periodic orbit near these points (n, d)."""
    d = guess.shape[1]
    wrapped = _solved(system, np.concatenate([guess, guess[:1]]), np.eye(d), -np.eye(d), np.zeros(d))
    return None if wrapped is None else wrapped[:-1]


def connecting(
    system: Smooth, guess: Floats, start: tuple[Floats, Floats], end: tuple[Floats, Floats]
) -> Floats | None:
    """The orbit near these points (n, d) whose first and last points solve `start` and `end`: each is a pair (point, forms), and the
    forms vanish on the difference to that point; there are d of them in all (Beyn 1990)."""
    (first, first_forms), (last, last_forms) = start, end
    at_first = np.concatenate([first_forms, np.zeros_like(last_forms)])
    at_last = np.concatenate([np.zeros_like(first_forms), last_forms])
    return _solved(system, guess, at_first, at_last, at_first @ first + at_last @ last)


def _solved(system: Smooth, x: Floats, at_first: Floats, at_last: Floats, values: Floats) -> Floats | None:
    """Until x is an orbit with at_first x_0 + at_last x_n = values."""
    n, d = x.shape
    for _ in range(ITERATIONS):
        matrices, defects = system.jacobians(x[:-1]), system.step(x[:-1]) - x[1:]
        affine = np.empty((n, d, d + 1))  # the correction of each point by that of the first
        affine[0] = np.eye(d, d + 1)
        for t in range(n - 1):
            affine[t + 1] = matrices[t] @ affine[t]
            affine[t + 1, :, d] += defects[t]
        total = at_first @ affine[0] + at_last @ affine[-1]
        try:
            first = np.linalg.solve(total[:, :d], values - at_first @ x[0] - at_last @ x[-1] - total[:, d])
        except np.linalg.LinAlgError:
            return None
        change = affine[:, :, :d] @ first + affine[:, :, d]
        size, scale = abs(change).max(), 1 + abs(x).max()
        if not size < FAR * scale:
            return None
        x = x + change
        if size < CLOSE * scale:
            return x
    return None
