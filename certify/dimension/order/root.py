"""A box that every orbit enters and never leaves, with ends that have few binary digits."""

from __future__ import annotations

import numpy as np

from certify.dimension.chains.smooth import Smooth
from certify.dimension.order.images import MARGIN, Spans
from certify.dimension.system import Floats
from certify.gated import GRU, LSTM
from certify.numbers import INF, NEG_INF, as_float

PLACES = 64
"""The ends are multiples of 1 over this,"""
ROOM = 1 / 32
"""and those of the state c of an LSTM are so much farther out, as a part, than they need be."""


def root(system: Smooth) -> tuple[Floats, Floats] | None:
    """The lower and the upper ends (d); None where no activation of a network has bounded values, or a forget gate may come to 1 up to
    rounding.

    Of a network the values that may follow the first bounded activation; of a GRU |h| <= 1; of an LSTM |h| <= 1 and
    |c| <= r, where |i g| <= a and f <= b with a + b r < r.
    """
    given, d = system.given, system.dimension
    if isinstance(given, GRU):
        return -np.ones(d), np.ones(d)
    if isinstance(given, LSTM):
        one = np.ones(given.units)
        i, f, g = (Spans(-one, one).through(step) for step in system.steps[:3])
        reach = i.high * np.maximum(-g.low, g.high) / (1 - f.high) * (1 + ROOM) + MARGIN
        high = np.concatenate([one, np.ceil(reach * PLACES) / PLACES])
        return (-high, high) if np.isfinite(high).all() else None
    bounded = [step.activation.range[0] > NEG_INF and step.activation.range[1] < INF for step in system.steps]
    if not any(bounded):
        return None
    first = bounded.index(True)
    ends = [np.full(len(system.steps[first].bias), as_float(end)) for end in system.steps[first].activation.range]
    span, slack = Spans(*ends), 0.0
    for step in system.steps[first + 1 :]:
        span, slack = span.through(step), MARGIN
    return np.floor((span.low - slack) * PLACES) / PLACES, np.ceil((span.high + slack) * PLACES) / PLACES
