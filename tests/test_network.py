"""Networks: the dense evaluation, the piecewise-linear map and a naive second implementation say the same."""

from __future__ import annotations

import random
from fractions import Fraction
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from certify.errors import BudgetExceeded, DomainError, InputError, NotInvariantError
from certify.network import PARAMETERS, SMOOTH, Activation, Layer, Network
from certify.numbers import fraction
from certify.piecewise import PiecewiseLinear
from tests import oracle
from tests.strategies import ACTIVATIONS, build_network, dense_layers, few, outside, read, samples

F = Fraction


def tent_layers(scale: Any = 1) -> list[Layer]:
    return [Layer([[1], [1]], [0, "-1/2"], "relu"), Layer([[2 * scale, -4 * scale]], [0], "identity")]


DOMAINS = st.sampled_from([None, (F(-2), F(3, 2)), (F(0), F(1)), (F(-1, 2), F(0)), (F(1, 3), F(4)), (F(-40), F(40))])


@given(dense_layers(), DOMAINS, st.lists(st.fractions(-6, 6, max_denominator=24), max_size=6))
@few(400)
def test_network_map_and_naive_evaluation_agree(
    layers: list[oracle.DenseLayer], domain: tuple[Fraction, Fraction] | None, points: list[Fraction]
) -> None:
    net = build_network(layers, domain)
    f = net.to_piecewise_linear()
    assert f.domain == net.domain == domain
    for x in [*points, *samples(read(f), extra=5)]:
        if domain is None or domain[0] <= x <= domain[1]:
            expected = oracle.network(layers, x)
            assert net(x) == expected
            assert f(x) == expected
    ends = None if domain else (f.slopes[0], f.slopes[-1])
    assert f == PiecewiseLinear(f.knots, ends)  # canonical, and continuous


@given(dense_layers(3, 3))
@few(60)
def test_the_map_has_every_kink_of_the_network(layers: list[oracle.DenseLayer]) -> None:
    """A kink that the map left out would lie between two of its knots; sixteen points in every piece would show it."""
    f = build_network(layers, (F(-1), F(1))).to_piecewise_linear()
    for i, (a, b) in enumerate(pairwise(f.knots)):
        slope = fraction(f.slopes[i])
        for k in range(17):
            x = a[0] + (b[0] - a[0]) * F(k, 16)
            assert oracle.network(layers, x) == a[1] + slope * (x - a[0])


@pytest.mark.parametrize(("name", "parameters"), ACTIVATIONS, ids=lambda value: str(value))
def test_activations_by_definition(name: str, parameters: list[Fraction]) -> None:
    activation = Activation(name, tuple(parameters))
    function = oracle.activation(name, parameters)
    values = [F(n, 6) for n in range(-60, 61)]
    for x in values:
        assert activation.function(x) == function(x)
    low, high = map(outside, activation.function.hull(*activation.function.ends))
    slopes = activation.function.slopes
    if all(s == 0 for s in (slopes[0], slopes[-1])):
        assert (low, high) == (min(map(function, values)), max(map(function, values)))
    else:
        assert float("inf") in (high, -low)
    net = Network([Layer([[1]], [0], activation)], None)
    assert net.to_piecewise_linear() == activation.function


def test_every_documented_activation_is_tested() -> None:
    assert {name for name, _ in ACTIVATIONS} == set(PARAMETERS) - SMOOTH


@pytest.mark.parametrize("name", sorted(SMOOTH))
def test_a_smooth_activation_has_no_exact_function(name: str) -> None:
    activation = Activation(name, (1,) if name == "elu" else ())
    assert activation.smooth
    assert Activation.parse(str(activation)) == activation
    net = Network([Layer([[1]], [0], "relu"), Layer([[1]], [0], activation)], (0, 1))
    assert net.smooth
    for question in (lambda: activation.function, lambda: net.values([1]), net.to_piecewise_linear, lambda: net("1/2")):
        with pytest.raises(
            InputError, match=rf"activation: expected a piecewise-linear activation, got {name}, which is"
        ):
            question()


@pytest.mark.parametrize(
    ("text", "name", "parameters"),
    [
        ("relu", "relu", ()),
        ("identity", "identity", ()),
        ("clip:0,1", "clip", (0, 1)),
        ("clip:-1/2, 0.25", "clip", (F(-1, 2), F(1, 4))),
        ("leaky_relu:1/100", "leaky_relu", (F(1, 100),)),
        ("leaky_relu:1e-2", "leaky_relu", (F(1, 100),)),
        ("hardtanh", "hardtanh", (-1, 1)),
        ("hardtanh:-2,3", "hardtanh", (-2, 3)),
        ("relu6", "relu6", ()),
        ("abs", "abs", ()),
        ("clip:1,1", "clip", (1, 1)),
    ],
)
def test_activations_in_text(text: str, name: str, parameters: tuple[Fraction, ...]) -> None:
    activation = Activation.parse(text)
    assert activation.name == name
    assert tuple(map(fraction, activation.parameters)) == parameters
    assert Activation.parse(str(activation)) == activation


@pytest.mark.parametrize(
    "text",
    ["", "swish", "ReLU", "relu ", "relu:1", "clip", "clip:1", "clip:1,0", "clip:0,1,2", "clip:a,b", "clip:,",
     "clip:0;1", "leaky_relu", "leaky_relu:nan", "leaky_relu:1,2", "hardtanh:1", "hardtanh:1,-1", "identity:0",
     "relu6:6", ":1"],
)  # fmt: skip
def test_an_activation_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"activation is one of|takes|needs lo <= hi|not a fraction") as caught:
        Activation.parse(text)
    assert "\n" not in str(caught.value)


def test_float_weights_are_the_numbers_that_they_hold() -> None:
    weight = np.array([[0.1], [-0.3]], dtype=np.float32)
    layer = Layer(weight, np.array([0.1, 0.2], dtype=np.float16), "relu")
    assert [fraction(w) for (w,) in layer.weight] == [F(float(w)) for w in weight[:, 0]]
    assert [fraction(b) for b in layer.bias] == [F(float(np.float16(0.1))), F(float(np.float16(0.2)))]
    assert layer.shape == (2, 1)


def test_weights_in_every_exact_form() -> None:
    given_rows = [["1/3", F(1, 3), 1, 0.5, "0x1p-1", "0.5"]]
    assert Layer(given_rows, [0], "relu") == Layer([[F(1, 3), "2/6", "1", F(1, 2), 0.5, "5e-1"]], ["0"], "relu")


BAD_LAYERS: dict[str, tuple[Any, Any, str]] = {
    "no row": ([], [], "weight"),
    "an empty row": ([[]], [0], "weight"),
    "ragged rows": ([[1, 2], [1]], [0, 0], "weight"),
    "a list where a matrix belongs": ([1, 2], [0, 0], "weight"),
    "an array of one dimension": (np.ones(2), np.zeros(2), "weight"),
    "an array of three dimensions": (np.ones((1, 1, 1)), np.zeros(1), "weight"),
    "a matrix in a matrix": ([[[1]]], [0], "weight"),
    "a row of text": (["12"], [0], "weight"),
    "a number for the matrix": (1, [0], "weight"),
    "a weight that is no number": ([["one"]], [0], "weight"),
    "a weight that is not finite": ([[float("inf")]], [0], "weight"),
    "an array with a NaN": (np.array([[np.nan]]), [0], "weight"),
    "an array of truth values": (np.array([[True]]), [0], "weight"),
    "too few biases": ([[1], [1]], [0], "bias"),
    "too many biases": ([[1]], [0, 0], "bias"),
    "a number for the biases": ([[1]], 0, "bias"),
    "a matrix for the biases": ([[1]], [[0]], "bias"),
    "an array of two dimensions for the biases": ([[1]], np.zeros((1, 1)), "bias"),
    "text for the biases": ([[1], [2]], "12", "bias"),
    "a bias that is no number": ([[1]], [None], "bias"),
}


@pytest.mark.parametrize("defect", BAD_LAYERS)
def test_what_makes_no_layer_is_refused(defect: str) -> None:
    weight, bias, where = BAD_LAYERS[defect]
    with pytest.raises(InputError) as caught:
        Layer(weight, bias, "relu")
    assert caught.value.where.startswith(where)
    assert "\n" not in str(caught.value)


def test_a_layer_with_an_activation_that_is_none_is_refused() -> None:
    with pytest.raises(InputError, match="swish"):
        Layer([[1]], [0], "swish")


ONE = Layer([[1]], [0], "relu")


BAD_NETWORKS: dict[str, tuple[list[Layer], Any, str]] = {
    "no layer": ([], (0, 1), "layers"),
    "two inputs": ([Layer([[1, 1]], [0], "relu")], (0, 1), "layers[0].weight"),
    "two outputs": ([Layer([[1], [1]], [0, 0], "relu")], (0, 1), "layers[0].weight"),
    "layers that do not fit": ([Layer([[1], [1]], [0, 0], "relu"), ONE], None, "layers[1].weight"),
    "an empty domain": ([ONE], (1, 1), "domain"),
    "a domain the wrong way round": ([ONE], (1, 0), "domain"),
    "a domain of three numbers": ([ONE], (0, 1, 2), "domain"),
    "a domain of one number": ([ONE], 1, "domain"),
    "an infinite domain": ([ONE], (0, float("inf")), "domain"),
}


@pytest.mark.parametrize("defect", BAD_NETWORKS)
def test_what_makes_no_network_is_refused(defect: str) -> None:
    layers, domain, where = BAD_NETWORKS[defect]
    with pytest.raises(InputError) as caught:
        Network(layers, domain)
    assert caught.value.where == where


def test_the_tent_network() -> None:
    net = Network(tent_layers(), (0, 1))
    assert net.widths == (2, 1)
    assert net.domain == (0, 1)
    assert net.to_piecewise_linear() == PiecewiseLinear([(0, 0), ("1/2", 1), (1, 0)])
    assert net == Network(tent_layers(), ("0", 1.0))
    assert hash(net) == hash(Network(tent_layers(), (0, 1)))
    assert net != Network(tent_layers(), None)


def test_outside_its_domain_a_network_has_no_value() -> None:
    net = Network(tent_layers(), (0, 1))
    with pytest.raises(DomainError, match="outside the domain"):
        net("1000001/1000000")
    assert Network(tent_layers(), None)(2) == -2


def test_a_network_that_leaves_its_domain_is_refused_with_the_point() -> None:
    """2.2 relu(x) - 4.4 relu(x - 1/2) sends 1/2 to 11/10."""
    f = Network(tent_layers(F(11, 10)), (0, 1)).to_piecewise_linear()
    with pytest.raises(NotInvariantError, match=r"f\(1/2\) = 11/10") as caught:
        f.require_self_map()
    assert (caught.value.point, caught.value.value) == (F(1, 2), F(11, 10))


def test_units_that_cancel_leave_no_kink() -> None:
    """relu(x) - relu(-x) = x, whatever the kinks of its units."""
    net = Network([Layer([[1], [-1]], [0, 0], "relu"), Layer([[1, -1]], [0], "identity")], None)
    assert net.to_piecewise_linear() == PiecewiseLinear.identity()
    assert net.to_piecewise_linear().pieces == 1


def test_dead_and_constant_units() -> None:
    net = Network([Layer([[0], [1]], [-1, 3], "relu"), Layer([[5, 0]], [7], "relu")], None)
    assert net.to_piecewise_linear() == PiecewiseLinear([(0, 7)], slopes=(0, 0))
    assert net(100) == 7


def test_a_deep_tent_network_is_the_iterate_and_respects_its_budget() -> None:
    """Ten layers of two units give the sawtooth with 1,024 teeth (Telgarsky 2015)."""
    layers = [layer for _ in range(10) for layer in tent_layers()]
    sawtooth = PiecewiseLinear([(F(i, 1024), i % 2) for i in range(1025)])
    assert Network(layers, (0, 1)).to_piecewise_linear() == sawtooth
    assert Network(layers, (0, 1)).to_piecewise_linear(max_pieces=5000) == sawtooth
    with pytest.raises(BudgetExceeded, match="500 pieces"):
        Network(layers, (0, 1)).to_piecewise_linear(max_pieces=500)


def test_a_layer_of_ten_thousand_units() -> None:
    """Every kink at another place: the map must have them all, and agree with prefix sums of the sorted kinks."""
    rng = random.Random(7)
    k = 10_000
    biases = [F(rng.randrange(1, 10**9), 10**9) for _ in range(k)]
    weights = [F(rng.choice([-3, -2, -1, 1, 2, 3]), 4) for _ in range(k)]
    assert len(set(biases)) == k
    net = Network([Layer([[1]] * k, [-b for b in biases], "relu"), Layer([weights], [0], "identity")], (0, 1))
    f = net.to_piecewise_linear()
    assert f.pieces == k + 1
    slope = value = last = F(0)
    expected = [(F(0), F(0))]
    for b, w in sorted(zip(biases, weights, strict=True)):
        value += slope * (b - last)
        slope, last = slope + w, b
        expected.append((b, value))
    expected.append((F(1), value + slope * (1 - last)))
    assert f.knots == tuple(expected)
    x = F(rng.randrange(10**6), 10**6)
    assert net(x) == f(x) == sum((w * max(F(0), x - b) for w, b in zip(weights, biases, strict=True)), F(0))


def sum_of_kinks(weights: list[Fraction], places: list[Fraction], lo: Fraction, hi: Fraction) -> PiecewiseLinear:
    """The sum of the w relu(x - b) on [lo, hi], b > lo, by adding up slopes from left to right."""
    slope = value = F(0)
    knots = [(lo, F(0))]
    for b in sorted({b for b in places if b < hi}):
        value += slope * (b - knots[-1][0])
        slope += sum((w for w, place in zip(weights, places, strict=True) if place == b), F(0))
        knots.append((b, value))
    knots.append((hi, value + slope * (hi - knots[-1][0])))
    return PiecewiseLinear(knots)


@pytest.mark.parametrize("unit", ["1", "1e-20", "1e-40", "1e-400", "1e400"])
@pytest.mark.parametrize("origin", ["1/3", "1e30", "-1e400"])
def test_kinks_that_doubles_cannot_tell_apart_or_hold(unit: str, origin: str) -> None:
    """Kinks in no order, many at one place, others just beside it, some on and beyond the end of the domain."""
    rng = random.Random(unit + origin)
    scale, shift = F(unit), F(origin)
    places = [shift + scale * rng.randrange(1, 40) for _ in range(60)]
    weights = [F(rng.choice([-2, -1, 1, 2]), rng.choice([1, 3])) for _ in places]
    lo, hi = shift, shift + scale * 35
    net = Network(
        [Layer([[1]] * len(places), [-b for b in places], "relu"), Layer([weights], [0], "identity")], (lo, hi)
    )
    assert net.to_piecewise_linear() == sum_of_kinks(weights, places, lo, hi)


DOUBLES = st.floats(allow_nan=False, allow_infinity=False)


UNITS = st.lists(st.tuples(DOUBLES, DOUBLES, DOUBLES), min_size=1, max_size=5)


@given(UNITS, DOUBLES, st.sampled_from(["abs", "relu6"]))
@few(150)
def test_weights_of_every_size_that_doubles_have(
    units: list[tuple[float, float, float]], last: float, output: str
) -> None:
    w, b, a = ([F(unit[i]) for unit in units] for i in range(3))
    layers: list[oracle.DenseLayer] = [([[x] for x in w], b, "relu", []), ([a], [F(last)], output, [])]
    arrays = [np.array([unit[i] for unit in units]) for i in range(3)]
    net = Network(
        [
            Layer(arrays[0].reshape(-1, 1), arrays[1], "relu"),
            Layer(arrays[2].reshape(1, -1), np.array([last]), output),
        ],
        None,
    )
    f = net.to_piecewise_linear()
    for x in [F(0), F(1), F(-1, 3), *samples(read(f))]:
        assert f(x) == net(x) == oracle.network(layers, x)
    for root in (-d / c for c, d in zip(w, b, strict=True) if c):
        assert f(root) == oracle.network(layers, root)
