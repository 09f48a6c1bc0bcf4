"""Each activation and its derivative over a ball, with the balls of python-flint's arb (Johansson 2017).

The value of a monotone function over a wide ball is spanned by its values at the two ends; a function with one minimum adds that.
At a kink the derivative is the hull of both sides. Everything is at the precision of the caller's `ctx`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from certify.network import Activation
from certify.numbers import Q, arb

Ball = arb
Function = Callable[[Ball], Ball]

NARROW = arb(2) ** -24
"""Below this radius a function is taken of the ball itself, which loses a factor of about 2 in its width."""
ROUNDING = arb(2) ** -26
"""More than what the 30 bits of a ball's radius are rounded by, as a part of it."""
ZERO, ONE, HALF = arb(0), arb(1), arb("0.5")
UNIT = arb(0.5, 0.5)  # [0, 1]
SIGNS = arb(0, 1)  # [-1, 1]


class Bent(NamedTuple):
    """An activation over balls: an enclosure of its values, and one of its derivatives."""

    value: Function
    slope: Function


def enclosures(activation: Activation, slack: Ball = ZERO) -> Bent:
    """How to enclose this activation.

    With `slack` = ROUNDING a ball that reaches beyond a kink by no more than the rounding of its radius adds has the slopes of
    one side: those are no enclosures but proposals, for cells that end at a kink, which a ball around the cell does not.
    """
    name, parameters = activation.name, activation.parameters
    match name:
        case "relu":
            return _kinked(Q(0), slack)
        case "leaky_relu":
            return _kinked(parameters[0], slack)
        case "abs":
            return _kinked(Q(-1), slack)
        case "clip" | "hardtanh":
            return _clipped(parameters[0], parameters[1], slack)
        case "relu6":
            return _clipped(Q(0), Q(6), slack)
        case "elu":
            return _elu(parameters[0], slack)
    return _PLAIN[name]


def span(function: Function, z: Ball) -> Ball:
    """The values of a monotone function over a ball."""
    return function(z) if z.rad() < NARROW else function(z.lower()).union(function(z.upper()))


def sides(z: Ball, slack: Ball = ZERO) -> tuple[bool, bool]:
    """Whether part of the ball lies left of 0, and whether right of 0, by more than this part of its radius."""
    reach = z.rad() * slack
    return bool(z.lower() < -reach), bool(z.upper() > reach)


def _step(z: Ball, left: Ball, right: Ball, slack: Ball) -> Ball:
    """The slopes `left` where z < 0 and `right` where z > 0; the hull of both where z lies on both sides, or on none."""
    below, above = sides(z, slack)
    return left.union(right) if below == above else left if below else right


def _kinked(slope: Q, slack: Ball) -> Bent:
    """slope * z for z < 0, z for z > 0."""

    def value(z: Ball) -> Ball:
        return z if z >= 0 else slope * z if z <= 0 else z.max(ZERO).union(slope * z.min(ZERO))

    return Bent(value, lambda z: _step(z, arb(slope), ONE, slack))


def _clipped(lo: Q, hi: Q, slack: Ball) -> Bent:
    def value(z: Ball) -> Ball:
        return z.max(arb(lo)).min(arb(hi))

    def slope(z: Ball) -> Ball:
        (below, above_lo), (below_hi, above) = sides(z - lo, slack), sides(z - hi, slack)
        inside, outside = above_lo and below_hi, below or above
        return UNIT if inside == outside else ONE if inside else ZERO

    return Bent(value, slope)


def _span_below_zero(function: Function, z: Ball) -> Ball:
    """The values of a monotone function over the part of a ball that is not positive; rounding must not reach far beyond 0."""
    high = z.upper()
    return function(z.lower()).union(function(ZERO if high > 0 else high))


def _elu(alpha: Q, slack: Ball) -> Bent:
    def value(z: Ball) -> Ball:
        if z >= 0:
            return z
        below = alpha * _span_below_zero(arb.expm1, z)
        return below if z <= 0 else below.union(z.max(ZERO))

    def slope(z: Ball) -> Ball:
        return _step(z, alpha * _span_below_zero(arb.exp, z), ONE, slack)

    return Bent(value, slope)


def _bell(t: Ball) -> Ball:
    """1 - t^2 over a ball in [-1, 1]; never below 0."""
    if t.rad() < NARROW:
        return (ONE - t * t).max(ZERO)
    far, near = t.abs_upper(), t.abs_lower()
    return (ONE - far * far).union(ONE - near * near).max(ZERO)


def _tanh(z: Ball) -> Ball:
    return span(arb.tanh, z)


def _sigmoid(z: Ball) -> Ball:
    return HALF + HALF * _tanh(HALF * z)


def _softplus(z: Ball) -> Ball:
    return span(lambda y: y.max(ZERO) + (-abs(y)).exp().log1p(), z)


def _normal(z: Ball) -> Ball:
    """The distribution function of the normal distribution."""
    return HALF * (-z * HALF.sqrt()).erfc()


def _density(z: Ball) -> Ball:
    return (-HALF * z * z).exp() / (2 * arb.pi()).sqrt()


def _hollow(function: Function, left: Q, right: Q, below: Q) -> Function:
    """A function that falls up to `left`, rises from `right`, and is never below `below`, its minimum or just less."""

    def value(z: Ball) -> Ball:
        if z.rad() < NARROW:
            return function(z)
        ends = function(z.lower()).union(function(z.upper()))
        return ends if z < left or z > right else ends.union(arb(below))

    return value


def _wave(function: Function, left: Q, right: Q, top: Q) -> Function:
    """A function h with h(z) + h(-z) = 1 that rises from 1/2 to at most `top` between `left` and `right`, then falls."""

    def value(z: Ball) -> Ball:
        if z.rad() < NARROW:
            return function(z)
        found = function(z.lower()).union(function(z.upper()))
        if not (z < left or z > right):
            found = found.union(arb(top))
        return found if -z < left or -z > right else found.union(arb(1 - top))

    return value


def _gelu_at(z: Ball) -> Ball:
    return z * _normal(z)


def _gelu_slope_at(z: Ball) -> Ball:
    return _normal(z) + z * _density(z)


def _silu_at(z: Ball) -> Ball:
    return z * _sigmoid(z)


def _silu_slope_at(z: Ball) -> Ball:
    s = _sigmoid(z)
    return s * (ONE + z * (ONE - s))


def _wavy(function: Function, slope: Function) -> Function:
    """A function with values and slopes in [-1, 1]: by its ends where its slope, which is in turn by its middle, keeps its sign.

    Sharper enclosures would be of no use, as the checker goes by the middle too.
    """

    def value(z: Ball) -> Ball:
        if z.rad() < NARROW:
            return SIGNS.intersection(function(z))
        middle, reach = arb(z.mid()), arb(0, z.rad())
        tilt = slope(middle) + reach
        if tilt >= 0 or tilt <= 0:
            return function(z.lower()).union(function(z.upper()))
        return SIGNS.intersection(function(middle) + reach)

    return value


_PLAIN = {
    "identity": Bent(lambda z: z, lambda _: ONE),
    "tanh": Bent(_tanh, lambda z: _bell(_tanh(z))),
    "sigmoid": Bent(_sigmoid, lambda z: HALF * HALF * _bell(_tanh(HALF * z))),
    "softplus": Bent(_softplus, _sigmoid),
    # The minimum -0.169971… lies at -0.751791…; the slope turns at the square root of 2, where it is 1.128904….
    "gelu": Bent(
        _hollow(_gelu_at, Q(-752, 1000), Q(-751, 1000), Q(-17, 100)),
        _wave(_gelu_slope_at, Q(1414, 1000), Q(1415, 1000), Q(112891, 100000)),
    ),
    # The minimum -0.278464… lies at -1.278464…; the slope turns at 2.399357…, where it is 1.099839….
    "silu": Bent(
        _hollow(_silu_at, Q(-1279, 1000), Q(-1278, 1000), Q(-2785, 10000)),
        _wave(_silu_slope_at, Q(2399, 1000), Q(2400, 1000), Q(109984, 100000)),
    ),
    "sin": Bent(_wavy(arb.sin, arb.cos), _wavy(arb.cos, lambda z: -z.sin())),
}


def dyadic(x: Ball) -> Q:
    """The number that an exact ball is."""
    mantissa, exponent = x.man_exp()
    return Q(mantissa) * Q(2) ** int(exponent)
