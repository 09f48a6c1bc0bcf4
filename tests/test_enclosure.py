"""Balls hold the exact values: each activation against mpmath and Fractions, networks and derivatives, boxes by sampled members."""

from __future__ import annotations

import random
from fractions import Fraction as F
from typing import Any

import mpmath
import numpy as np
import pytest

from certify.box import Box
from certify.enclosure.balls import Balls
from certify.enclosure.doubles import Doubles
from certify.enclosure.functions import enclosures
from certify.network import SMOOTH, Activation, Layer, Network
from certify.numbers import Q, arb, ctx
from tests import oracle, smooth_oracle

mp = mpmath.mp
ALPHAS = {"elu": [(F(1),), (F(1, 2),), (F(-2, 3),), (F(0),)]}
SMOOTH_ONES = [(name, parameters) for name in sorted(SMOOTH) for parameters in ALPHAS.get(name, [()])]
BENT_ONES = [
    ("identity", ()), ("relu", ()), ("leaky_relu", (F(1, 10),)), ("leaky_relu", (F(-1, 2),)), ("abs", ()),
    ("clip", (F(0), F(1))), ("clip", (F(1, 3), F(1, 3))), ("hardtanh", (F(-1), F(1))), ("relu6", ()),
]  # fmt: skip


def q(x: F) -> Q:
    return Q(x.numerator, x.denominator)


def ball(a: F, b: F) -> arb:
    return arb(q(a)) if a == b else arb(q(a)).union(arb(q(b)))


def has(found: arb, x: F) -> bool:
    """Whether the ball holds the rational, which is itself a ball to python-flint, so at many more bits."""
    with ctx.workprec(4000):
        return bool(found.overlaps(arb(q(x))))


def holds(found: arb, value: Any) -> bool:
    """Whether the ball holds an mpmath number that is itself off by much less than the ball's width or 2^-900."""
    lo, hi = (mp.mpf(int(m)) * mp.mpf(2) ** int(e) for m, e in (found.lower().man_exp(), found.upper().man_exp()))
    slack = mp.mpf(2) ** -900 * (1 + abs(value))
    return bool(lo - slack <= value <= hi + slack)


def intervals(seed: int, many: int) -> list[tuple[F, F]]:
    """Points and intervals of all sizes: near 0, near where functions turn, far out."""
    rng = random.Random(seed)
    places = [
        F(0),
        F(-751792, 10**6),
        F(-1278465, 10**6),
        F(1414213, 10**6),
        F(-1414213, 10**6),
        F(2399357, 10**6),
        F(1),
    ]
    found = []
    for _ in range(many):
        scale = F(10) ** rng.choice([-40, -8, -3, -1, 0, 0, 0, 0, 1, 1, 2])
        a = rng.choice([F(0), *places]) + scale * F(rng.randint(-1000, 1000), 300)
        b = a + rng.choice([F(0), F(1, 10**30), F(1, 10**9), F(1, 100), F(1), F(5)]) * F(rng.randint(0, 100), 50)
        found.append((a, b))
    return found


@pytest.mark.parametrize("bits", [53, 200])
@pytest.mark.parametrize(("name", "parameters"), SMOOTH_ONES, ids=str)
def test_smooth_activations_hold_their_values_and_slopes(name: str, parameters: tuple[F, ...], bits: int) -> None:
    bent = enclosures(Activation(name, parameters))
    with mp.workprec(1000), ctx.workprec(bits):
        function, derivative = smooth_oracle.activation(name, parameters)
        for a, b in intervals(bits, 300):
            values, slopes = bent.value(ball(a, b)), bent.slope(ball(a, b))
            for t in (F(0), F(1, 3), F(1, 2), F(7, 9), F(1)):
                x = smooth_oracle.real(a + t * (b - a))
                assert holds(values, function(x)), (a, b, t)
                assert holds(slopes, derivative(x)), (a, b, t)


@pytest.mark.parametrize(("name", "parameters"), SMOOTH_ONES, ids=str)
def test_points_are_sharp(name: str, parameters: tuple[F, ...]) -> None:
    """Some bits short of the precision, by absolute width: no activation loses more for moderate arguments."""
    bent = enclosures(Activation(name, parameters))
    with ctx.workprec(128):
        for i in range(-60, 61):
            x = arb(Q(i, 7))
            assert bent.value(x).rad() < arb(2) ** -110
            assert bent.slope(x).rad() < arb(2) ** -110 or (name == "elu" and i == 0)


@pytest.mark.parametrize(("name", "parameters"), SMOOTH_ONES, ids=str)
def test_huge_and_tiny_arguments(name: str, parameters: tuple[F, ...]) -> None:
    """Against the limits: what exp leaves there is less than any ball shows."""
    bent = enclosures(Activation(name, parameters))
    alpha = parameters[0] if parameters else F(0)
    left, right = {"tanh": (-1, 1), "sigmoid": (0, 1), "elu": (-alpha, None), "sin": (None, None)}.get(name, (0, None))
    with ctx.workprec(64):
        for huge in (F(10) ** 300, F(10) ** 5000):
            low, high, wide = (bent.value(ball(a, b)) for a, b in ((-huge, -huge), (huge, huge), (-huge, huge)))
            assert low.is_finite()
            assert high.is_finite()
            assert bent.slope(ball(-huge, -huge)).is_finite()
            assert bent.slope(ball(-huge, huge)).is_finite()
            if name != "sin":
                assert low.overlaps(arb(q(F(left))))
                assert high.overlaps(arb(q(huge if right is None else F(right))))
            assert all(wide.overlaps(y) for y in (low, high, bent.value(arb(0)), bent.value(arb(1))))
        for tiny in (F(1, 10**300), F(5e-324), F(1, 10**5000)):
            value, slope = bent.value(ball(tiny, tiny)), bent.slope(ball(-tiny, tiny))
            assert value.overlaps(bent.value(arb(0)) + bent.slope(arb(0)) * arb(q(tiny)))
            assert slope.contains(bent.slope(arb(0)).mid())


@pytest.mark.parametrize(("name", "parameters"), BENT_ONES, ids=str)
def test_piecewise_linear_activations_hold_their_values_and_slopes(name: str, parameters: tuple[F, ...]) -> None:
    bent, function = enclosures(Activation(name, parameters)), oracle.activation(name, list(parameters))
    with ctx.workprec(64):
        for a, b in [*intervals(3, 300), (F(0), F(0)), (F(1), F(1)), (F(-1), F(0)), (F(0), F(1)), (F(6), F(7))]:
            values, slopes = bent.value(ball(a, b)), bent.slope(ball(a, b))
            points = [a + (b - a) * F(i, 12) for i in range(13)]
            assert all(has(values, function(x)) for x in points)
            for x, y in zip(points, points[1:]):
                if x < y:
                    slope = (function(y) - function(x)) / (y - x)
                    assert has(slopes, slope)


def some_network(rng: random.Random, names: list[Any]) -> Network:
    sizes = [1, *[rng.randint(1, 3) for _ in range(rng.randint(1, 2))], 1]
    layers = []
    for n_in, n_out in zip(sizes, sizes[1:]):
        name, parameters = rng.choice(names)
        weight = [[F(rng.randint(-30, 30), rng.randint(1, 12)) for _ in range(n_in)] for _ in range(n_out)]
        bias = [F(rng.randint(-10, 10), rng.randint(1, 8)) for _ in range(n_out)]
        layers.append(Layer(weight, bias, Activation(name, tuple(map(q, parameters)))))
    return Network(layers, None)


def members(box: Box, rng: random.Random, many: int) -> list[Network]:
    """Corners of a box, and points inside."""
    found = []
    for i in range(many):
        layers = []
        for low, high in box.layers:

            def pick(a: Q, b: Q, corner: bool = bool(i % 2)) -> Q:
                return rng.choice([a, b]) if corner else a + (b - a) * Q(rng.randint(0, 16), 16)

            rows = [list(map(pick, u, v)) for u, v in zip(low.weight, high.weight)]
            layers.append(Layer(rows, list(map(pick, low.bias, high.bias)), low.activation))
        found.append(Network(layers, box.domain))
    return found


@pytest.mark.parametrize("seed", range(40))
def test_boxes_of_piecewise_linear_networks_hold_their_members(seed: int) -> None:
    rng = random.Random(seed)
    net = some_network(rng, BENT_ONES)
    box = Box.around(net, F(rng.randint(0, 20), 200), rng.choice(["absolute", "relative"]))
    balls = Balls(box, 64)
    a = F(rng.randint(-30, 30), 10)
    b = a + F(rng.choice([0, 0, 1, 5]), 7)
    with ctx.workprec(64):
        found, slopes = balls.value_and_slope(balls.hull(q(a), q(b)))
        assert balls.value(balls.hull(q(a), q(b))).contains(found.mid())
        points = [a + (b - a) * F(i, 6) for i in range(7)]
        for member in [box.lower, box.upper, *members(box, rng, 12)]:
            values = [member(x) for x in points]
            assert all(has(found, y) for y in values)
            for (x, u), (y, v) in zip(zip(points, values), zip(points[1:], values[1:])):
                assert x == y or has(slopes, (v - u) / (y - x))


@pytest.mark.parametrize("seed", range(12))
def test_smooth_networks_hold_mpmath_values(seed: int) -> None:
    rng = random.Random(seed)
    net = some_network(rng, [*SMOOTH_ONES, *BENT_ONES[:2]])
    balls = Balls(Box.of(net), 100)
    with mp.workprec(1000):
        for _ in range(20):
            x = F(rng.randint(-400, 400), 100)
            signal = [smooth_oracle.real(x)]
            for layer in net.layers:
                name, parameters = layer.activation.name, tuple(F(str(p)) for p in layer.activation.parameters)
                function = (
                    smooth_oracle.activation(name, parameters)[0] if layer.activation.smooth
                    else (lambda z: z) if name == "identity" else (lambda z: max(z, mp.mpf(0)))
                )  # fmt: skip
                signal = [
                    function(mp.fsum([smooth_oracle.real(F(str(b))), *(smooth_oracle.real(F(str(w))) * s for w, s in zip(row, signal))]))
                    for row, b in zip(layer.weight, layer.bias)
                ]  # fmt: skip
            assert holds(balls.value(balls.hull(q(x), q(x))), signal[0])


@pytest.mark.parametrize("seed", range(10))
def test_doubles_are_near_the_balls(seed: int) -> None:
    """They only propose, but a wrong formula would make them useless."""
    rng = random.Random(seed)
    for name, parameters in [*SMOOTH_ONES, *BENT_ONES]:
        layer = Layer([[rng.randint(-3, 3)]], [F(rng.randint(-9, 9), 4)], Activation(name, tuple(map(q, parameters))))
        box = Box.around(Network([layer], None), "1/10")
        near, balls = Doubles(box), Balls(Box.of(box.middle), 64)
        x = np.linspace(-3, 3, 25)
        exact = [float(balls.value(balls.hull(Q(i, 4), Q(i, 4))).mid()) for i in range(-12, 13)]
        assert np.allclose(near.values(x), exact, atol=1e-12)
        low, high = near.ranges(x, x + 0.25)
        assert (low <= near.values(x + 0.1) + 1e-12).all()
        assert (near.values(x + 0.1) <= high + 1e-12).all()
        if name == "sin":
            continue  # where it may turn, each takes what comes easily to it
        spread = [Balls(box, 64).value(balls.hull(Q(i, 4), Q(i + 1, 4))) for i in range(-12, 13)]
        assert np.allclose(low, [float(y.lower()) for y in spread], atol=1e-3)
        assert np.allclose(high, [float(y.upper()) for y in spread], atol=1e-3)
