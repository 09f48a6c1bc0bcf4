"""Families of maps: closed forms, and random networks drawn again from the documentation alone."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from certify import families
from certify.network import Layer, Network
from certify.numbers import fraction
from certify.piecewise import PiecewiseLinear

F = Fraction
REFUSAL = r"must be strictly increasing|not a fraction"


@pytest.mark.parametrize("height", [0, F(1, 4), F(1, 2), "0.7", 1])
def test_the_tent(height: Any) -> None:
    f, h = families.tent(height), F(str(height))
    for x in (F(i, 24) for i in range(25)):
        assert f(x) == 2 * h * min(x, 1 - x)
    assert f.is_self_map()


@pytest.mark.parametrize("tip", [F(1, 2), F(1, 3), "0.9"])
def test_the_skew_tent(tip: Any) -> None:
    f, c = families.skew_tent(tip), F(str(tip))
    for x in (F(i, 24) for i in range(25)):
        assert f(x) == min(x / c, (1 - x) / (1 - c))


@pytest.mark.parametrize("height", [F(1, 3), F(7, 10), "0.824", F(99, 100)])
def test_the_stunted_tent(height: Any) -> None:
    f, h = families.stunted_tent(height), F(str(height))
    for x in (F(i, 240) for i in range(241)):
        assert f(x) == min(2 * x, 2 - 2 * x, h)
    assert f.pieces == 3


@pytest.mark.parametrize("build", [families.skew_tent, families.stunted_tent])
@pytest.mark.parametrize("parameter", [0, 1, -1, 2, "nan"])
def test_parameters_outside_the_open_unit_interval_make_no_map(build: Callable[..., Any], parameter: Any) -> None:
    with pytest.raises(ValueError, match=REFUSAL):
        build(parameter)


@pytest.mark.parametrize("t", range(9))
def test_the_sawtooth_is_the_iterate_of_the_tent(t: int) -> None:
    assert families.sawtooth(2**t) == families.tent().iterate(t)
    assert families.sawtooth(2**t).pieces == 2**t


@pytest.mark.parametrize(("m", "n"), [(1, 5), (2, 3), (3, 2), (3, 5), (6, 7)])
def test_sawtooths_compose_by_multiplication(m: int, n: int) -> None:
    """The zigzags are to [0, 1] what x -> m x is to the circle."""
    assert families.sawtooth(m) @ families.sawtooth(n) == families.sawtooth(m * n)


@pytest.mark.parametrize("teeth", [0, -3])
def test_a_sawtooth_needs_a_tooth(teeth: int) -> None:
    with pytest.raises(ValueError, match="at least one tooth"):
        families.sawtooth(teeth)


# Random networks, drawn again


def weights(net: Network) -> list[tuple[list[list[Fraction]], list[Fraction], str]]:
    return [
        ([[fraction(w) for w in row] for row in layer.weight], [fraction(b) for b in layer.bias], str(layer.activation))
        for layer in net.layers
    ]


def exact(array: np.ndarray[Any, Any]) -> list[Any]:
    return [exact(entry) if entry.ndim else F(float(entry)) for entry in array]


def source(seed: int) -> np.random.Generator:
    return np.random.Generator(np.random.PCG64(seed))


@pytest.mark.parametrize(("width", "variance", "seed"), [(1, 2.0, 0), (5, 16.0, 1), (64, 0.3, 12345), (64, 0.3, 12346)])
def test_rnn_is_drawn_as_documented(width: int, variance: float, seed: int) -> None:
    net = families.rnn(width, variance, seed)
    generator = source(seed)
    a = math.sqrt(variance / width) * generator.standard_normal(width)
    b = generator.uniform(0.0, 1.0, width)
    (w_in, b_in, relu), (w_out, b_out, clip) = weights(net)
    assert (w_in, b_in, relu) == ([[F(1)]] * width, [-x for x in exact(b)], "relu")
    assert (w_out, b_out, clip) == ([exact(a)], [F(0)], "clip:0,1")
    assert net.domain == (0, 1)
    assert net == families.rnn_from_arrays(a, b)
    f = net.to_piecewise_linear()
    f.require_self_map()
    for x in (F(i, 7) for i in range(8)):
        total = sum((u * max(F(0), x - v) for u, v in zip(exact(a), exact(b), strict=True)), F(0))
        assert f(x) == min(F(1), max(F(0), total))


def test_seeds_are_reproducible_and_differ() -> None:
    assert families.rnn(9, 4.0, 3) == families.rnn(9, 4.0, 3) != families.rnn(9, 4.0, 4)
    assert families.perturbed_tent(3) == families.perturbed_tent(3) != families.perturbed_tent(4)
    for row in families.INITIALISATIONS:
        assert families.initialised(row, 3, 3) == families.initialised(row, 3, 3) != families.initialised(row, 3, 4)


@pytest.mark.parametrize(("seed", "noise"), [(0, 0.1), (5, 0.1), (5, 0.0), (6, 0.5)])
def test_the_perturbed_tent_is_drawn_as_documented(seed: int, noise: float) -> None:
    z = noise * source(seed).standard_normal(7)
    (w_in, b_in, relu), (w_out, b_out, last) = weights(families.perturbed_tent(seed, noise))
    assert (w_in, b_in, relu) == ([[F(1.0 + z[0])], [F(1.0 + z[1])]], [F(0.0 + z[2]), F(-0.5 + z[3])], "relu")
    assert (w_out, b_out, last) == ([[F(2.0 + z[4]), F(-4.0 + z[5])]], [F(float(z[6]))], "identity")
    assert families.perturbed_tent(seed, noise).domain is None
    if not noise:
        on_unit = families.perturbed_tent(seed, noise).to_piecewise_linear().restrict(0, 1)
        assert on_unit == families.tent()


def truncated(generator: np.random.Generator, count: int) -> np.ndarray[Any, Any]:
    """Standard normals, one after another; those outside [-1, 1] are thrown away."""
    kept: list[float] = []
    while len(kept) < count:
        z = generator.standard_normal()
        if abs(z) <= 1:
            kept.append(float(z))
    return np.array(kept)


def redrawn(row: str, width: int, seed: int, hidden: int) -> list[tuple[list[list[Fraction]], list[Fraction]]]:
    """The layers by the words of the documentation: layer by layer, weights before biases."""
    generator = source(seed)
    found = []
    for i in range(hidden + 1):
        n_in, n_out = (1 if i == 0 else width), (1 if i == hidden else width)
        he, glorot = math.sqrt(2 / n_in), math.sqrt(2 / (n_in + n_out))
        shape = (n_out, n_in)
        if row == "1-he" and i == 0:
            w = np.ones(shape)
        elif row == "normal-truncated":
            w = 1 / width * generator.standard_normal(shape)
        else:
            w = (glorot if row == "glorot-glorot" else he) * generator.standard_normal(shape)
        if row == "he-uniform":
            b = generator.uniform(0.0, 1.0, n_out)
        elif row == "normal-truncated":
            b = truncated(generator, n_out)
        else:
            b = (glorot if row == "glorot-glorot" else he) * generator.standard_normal(n_out)
        found.append((exact(w), exact(b)))
    return found


@pytest.mark.parametrize("row", families.INITIALISATIONS)
@pytest.mark.parametrize(("width", "seed", "hidden"), [(2, 0, 1), (4, 17, 1), (3, 5, 2), (2, 9, 3)])
def test_initialised_networks_are_drawn_as_documented(row: str, width: int, seed: int, hidden: int) -> None:
    net = families.initialised(row, width, seed, hidden)
    assert [(w, b) for w, b, _ in weights(net)] == redrawn(row, width, seed, hidden)
    activations = [name for _, _, name in weights(net)]
    assert activations == ["relu"] * hidden + ["identity" if row == "1-he" else "relu"]
    assert net.widths == (*[width] * hidden, 1)
    assert net.domain is None


@pytest.mark.parametrize("row", families.INITIALISATIONS)
def test_clipped_networks_have_the_same_weights(row: str) -> None:
    plain, clipped = families.initialised(row, 3, 8), families.initialised(row, 3, 8, clipped=True)
    assert [layer.weight for layer in plain.layers] == [layer.weight for layer in clipped.layers]
    assert str(clipped.layers[-1].activation) == "clip:0,1"
    for x in (F(i, 3) for i in range(-9, 10)):
        assert clipped(x) == min(F(1), max(F(0), plain(x)))


def test_another_activation() -> None:
    net = families.initialised("he-he", 3, 8, hidden_layers=2, activation="leaky_relu:1/100")
    assert [str(layer.activation) for layer in net.layers] == ["leaky_relu:1/100"] * 3


def test_an_unknown_initialisation_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ValueError, match="glorot-glorot; got 'xavier'"):
        families.initialised("xavier", 2, 0)


def test_truncated_draws_stay_inside() -> None:
    net = families.initialised("normal-truncated", 200, 1)
    biases = [fraction(b) for layer in net.layers for b in layer.bias]
    assert all(-1 <= b <= 1 for b in biases)
    assert max(biases) > F(9, 10)


def test_the_tent_network_of_the_paper_is_a_layer_of_two() -> None:
    net = Network([Layer([[1], [1]], [0, -0.5], "relu"), Layer([[2, -4]], [0], "identity")], (0, 1))
    assert net.to_piecewise_linear() == families.tent() == PiecewiseLinear([(0, 0), (F(1, 2), 1), (1, 0)])
