"""Where a network changes its activation pattern."""

from __future__ import annotations

from fractions import Fraction

from certify.network import Activation, Layer, Network
from certify.numbers import Q, fraction, ordered
from certify.piecewise import PiecewiseLinear


def activation_breaks(network: Network, max_pieces: int | None = None) -> tuple[Fraction, ...]:
    """The points inside the network's domain at which some unit changes its state, exactly, in increasing order.

    A *threshold* of a unit is a point at which its activation function changes slope: 0 for ReLU, lo and hi for clip.
    The state of a unit at x is the position of its input among its thresholds: below, between, above, or exactly on
    one; the *activation pattern* is the list of all states. The points returned are those with different patterns on
    their left and on their right (right next to them). They include every break of the map that the network computes,
    and those kinks that cancel or that a later layer makes flat.

    Conventions do not matter here. Where an input stays on a threshold over an interval, one may call that a state of
    its own, or count it to the state below or above: the pattern changes at both ends of the interval anyway, because
    the input is affine wherever the pattern of the layers before is constant. For the same reason an input that only
    touches a threshold does so at a point at which an earlier layer changes its pattern. So the points are those x at
    which some input is on a threshold without being on it in a whole neighbourhood of x; that is what is computed. A
    region between two neighbouring points is an activation region of Hanin and Rolnick (2019, "Deep ReLU networks have
    surprisingly few activation patterns").

    Cost: for the first layer, one division for each unit and threshold; for each unit of a later layer, one exact
    propagation through the layers before. Raises `BudgetExceeded` where the input of a unit has more than `max_pieces`
    pieces.
    """
    lo, hi = network.ends
    points: set[Q] = set()
    for i, layer in enumerate(network.layers):
        thresholds = layer.activation.function.breaks
        if not thresholds:
            continue
        for row, bias in zip(layer.weight, layer.bias):
            if i == 0:
                met = [(y - bias) / row[0] for y in thresholds if row[0] != 0]
            else:
                unit = Layer([row], [bias], Activation("identity"))
                before = Network([*network.layers[:i], unit], network.domain).to_piecewise_linear(max_pieces)
                met = [x for y in thresholds for x in _solutions(before, y)]
            points.update(x for x in met if lo < x < hi)
    return tuple(map(fraction, ordered(points)))


def _solutions(f: PiecewiseLinear, value: Q) -> list[Q]:
    """The x at which f has the value without having it in a whole neighbourhood of x."""
    corners = f.corners
    return [
        x
        for i, (s, c) in enumerate(zip(f.slopes, f.intercepts))
        if s != 0
        for x in [(value - c) / s]
        if corners[i] <= x <= corners[i + 1]
    ]
