"""Enclosed orbits hold the exact ones: Fractions for piecewise-linear maps, mpmath for smooth ones, sampled members for boxes."""

from __future__ import annotations

import json
import math
import random
from fractions import Fraction as F
from pathlib import Path
from typing import Any

import mpmath
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

import certify
from certify import (
    Box,
    BudgetExceeded,
    DomainError,
    InputError,
    Layer,
    Network,
    NotInvariantError,
    PiecewiseLinear,
    enclose_orbit,
    families,
)
from certify.cli import main
from certify.enclosure import orbit as orbits
from tests import oracle, smooth_oracle
from tests.strategies import build, build_network, dense_layers, few, self_maps

ROOT = Path(__file__).parent.parent


def holds(found: orbits.Orbit, exact: tuple[F, ...] | list[F], digits: int) -> None:
    """Every exact value within the bound, every bound within the digits asked for."""
    assert found.complete
    assert len(found.steps) == len(exact)
    for step, value in zip(found.steps, exact):
        assert abs(F(step.value) - value) <= F(step.bound)
        assert F(step.bound) <= F(3, 10**digits) * max(F(1), abs(value))


@few(60)
@given(self_maps(), st.fractions(0, 1, max_denominator=97), st.integers(1, 30))
def test_maps_by_knots(f: oracle.Map, part: F, digits: int) -> None:
    lo, hi = oracle.ends(f)
    x = lo + part * (hi - lo) if isinstance(lo, F) and isinstance(hi, F) else 8 * part - 4
    assert isinstance(x, F)
    holds(enclose_orbit(build(f), x, 40, digits), oracle.orbit(f, x, 40), digits)


@few(40)
@given(dense_layers(), st.fractions(-2, 2, max_denominator=97))
def test_networks_of_any_depth(layers: list[oracle.DenseLayer], x: F) -> None:
    network = build_network(layers, None)
    exact = [x]
    for _ in range(12):
        exact.append(network(exact[-1]))
    holds(enclose_orbit(network, x, 12), exact, 15)


@pytest.mark.parametrize("seed", [14, 35])
def test_wide_networks_for_many_steps(seed: int) -> None:
    network = families.rnn(64, 64.0, seed)
    f = network.to_piecewise_linear()
    holds(enclose_orbit(network, F(1, 7), 60), f.orbit(F(1, 7), 60), 15)


def test_corners_and_ends_of_the_domain() -> None:
    holds(enclose_orbit(families.tent(), "1/2", 5), [F(1, 2), F(1), *[F(0)] * 4], 15)
    holds(enclose_orbit(families.tent(), 1, 3), [F(1), F(0), F(0), F(0)], 15)
    tent = Network([Layer([[1], [1]], [0, "-1/2"], "relu"), Layer([[2, -4]], [0], "identity")], (0, 1))
    third = [F(1, 3), *[F(2, 3)] * 99]
    holds(enclose_orbit(tent, "1/3", 99, 40), third, 40)


@pytest.mark.parametrize("name", ["tanh", "sigmoid", "softplus", "gelu", "silu", "sin", "elu"])
def test_smooth_networks(name: str) -> None:
    """Chaotic or not: hidden units with this activation, summed with signs."""
    activation = f"{name}:1/2" if name == "elu" else name
    rows, biases, out = [["4"], ["-3"], ["2.5"]], ["0.5", "1", "-1.5"], ["2", "-1.5", "-3"]
    network = Network([Layer(rows, biases, activation), Layer([out], ["0.25"], "sin")], None)
    f, _ = smooth_oracle.activation(name, (F(1, 2),) if name == "elu" else ())
    found = enclose_orbit(network, "0.3", 40, 20)
    assert found.complete
    with mpmath.workdps(200):
        x = mpmath.mpf(3) / 10
        for step in found.steps:
            value = smooth_oracle.real(F(step.value))
            assert abs(value - x) <= smooth_oracle.real(F(step.bound)) + mpmath.mpf(10) ** -100
            assert F(step.bound) <= F(3, 10**20) * max(F(1), abs(F(step.value)))
            total = mpmath.mpf(1) / 4
            for (w,), b, a in zip(rows, biases, out):
                total += smooth_oracle.real(F(a)) * f(smooth_oracle.real(F(w)) * x + smooth_oracle.real(F(b)))
            x = mpmath.sin(total)


@pytest.mark.parametrize("width", [F(1, 10**9), F(1, 10**3), F(1, 10)])
def test_of_a_box_every_sampled_orbit_is_held(width: F) -> None:
    centre = Network([Layer([[1], [1]], [0, "-1/2"], "relu"), Layer([["1.8", "-3.6"]], ["0.01"], "clip:0,1")], (0, 1))
    box = Box.around(centre, width)
    found = enclose_orbit(box, "1/5", 30)
    assert not found.complete
    assert len(found.steps) == 31
    rng = random.Random(1)
    for i in range(30):
        shifts = iter([rng.choice([-1, 1]) if i % 2 else F(rng.randint(-100, 100), 100) for _ in range(7)])
        layers = [
            Layer(
                [[F(int(w.p), int(w.q)) + width * next(shifts) for w in row] for row in layer.weight],
                [F(int(b.p), int(b.q)) + width * next(shifts) for b in layer.bias],
                layer.activation,
            )
            for layer in centre.layers
        ]
        member = Network(layers, (0, 1))
        assert member in box
        x = F(1, 5)
        for step in found.steps:
            assert abs(F(step.value) - x) <= F(step.bound)
            x = member(x)


def test_a_box_that_soon_says_nothing_ends_where_it_is_no_longer_bounded() -> None:
    squares = Network([Layer([[1], [-1]], [0, 0], "relu"), Layer([[10**9, 10**9]], [0], "identity")], None)
    found = enclose_orbit(Box.around(squares, F(1, 10)), 1, 3)
    assert not found.complete
    assert 1 <= len(found.steps) <= 4


def test_the_float_orbit_of_the_tent_dies_after_56_steps() -> None:
    found = enclose_orbit(families.tent(), "0.1", 60)
    doubles = [step.double for step in found.steps]
    assert doubles[56:] == [0.0] * 5
    assert doubles[55] == 1.0
    holds(found, [F(1, 10), F(1, 5), *[F(2, 5), F(4, 5)] * 29, F(2, 5)], 15)
    assert found.first_off == 48
    assert found.first_off == next(
        i for i, (d, s) in enumerate(zip(doubles, found.steps)) if abs(F(d) - F(s.value)) > F(1, 1000)
    )
    assert found.lost_per_step == pytest.approx(math.log10(2), rel=0.1)


def test_the_tolerance_of_what_is_off() -> None:
    offs = [enclose_orbit(families.tent(), "0.1", 60, off=off).first_off for off in ("1e-9", "1e-3", "0.5", "0.9")]
    assert offs[:2] == [28, 48]
    assert offs[3] is None
    assert sorted(off for off in offs if off is not None) == offs[:3]


def test_the_digits_lost_are_the_slopes() -> None:
    found = enclose_orbit(families.skew_tent("1/10"), "1/3", 200)
    slopes = [10 if step.value < F(1, 10) else F(10, 9) for step in found.steps]
    expected = sum(math.log10(slope) for slope in slopes[1:-1]) / 199
    assert found.lost_per_step == pytest.approx(expected, rel=0.05)


@pytest.mark.parametrize("digits", [5, 50, 500])
def test_no_more_bits_than_needed(digits: int) -> None:
    found = enclose_orbit(families.tent(), "1/3", 300, digits)
    assert 300 + digits * 3.32 < found.bits < 1.3 * (300 + digits * 3.32) + 150


def test_orbits_that_leave_the_domain() -> None:
    leaving = Network([Layer([[3]], [0], "identity")], (0, 1))
    assert enclose_orbit(leaving, "1/10", 2).complete
    with pytest.raises(DomainError, match=r"f\^3\(x\)"):
        enclose_orbit(leaving, "1/10", 3)
    with pytest.raises(DomainError, match="x, about 2"):
        enclose_orbit(leaving, 2, 3)
    with pytest.raises(NotInvariantError):
        enclose_orbit(PiecewiseLinear([(0, 0), (1, 3)]), "1/10", 2)


@pytest.mark.parametrize(("arguments", "where"), [(("one third", 3), "x"), ((0, -1), "steps"), ((0, 3, 0), "digits")])
def test_bad_arguments(arguments: tuple[Any, ...], where: str) -> None:
    with pytest.raises(InputError) as caught:
        enclose_orbit(families.tent(), *arguments)
    assert caught.value.where == where


def test_budgets(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(BudgetExceeded, match="time limit"):
        enclose_orbit(families.tent(), "1/3", 200, time_limit=0)
    monkeypatch.setattr(orbits, "MOST_BITS", 300)
    assert enclose_orbit(families.tent(), "1/3", 100).complete
    with pytest.raises(BudgetExceeded, match="300 bits"):
        enclose_orbit(families.tent(), "1/3", 400)


def test_exploding_orbits_on_the_line() -> None:
    line = PiecewiseLinear([(0, 1)], slopes=(-3, 7))
    holds(enclose_orbit(line, "1/3", 400), oracle.orbit(oracle.make([(0, 1)], (-3, 7)), F(1, 3), 400), 15)
    assert enclose_orbit(line, "1/3", 400).steps[-1].double == math.inf


@pytest.fixture
def _at_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


@pytest.mark.usefixtures("_at_root")
def test_the_command() -> None:
    result = CliRunner().invoke(main, ["enclose-orbit", "cases/tent/map.json", "--x", "0.1", "-n", "60"])
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert lines[1 + 60].split()[:2] == ["60", "0.4"]
    assert lines[1 + 60].endswith("off")
    assert lines[-1] == "The float64 orbit is off by more than 1/1000 for the first time at step 48."


@pytest.mark.usefixtures("_at_root")
def test_the_command_in_json() -> None:
    arguments = [
        "enclose-orbit",
        "cases/paper-perturbed-tent/map.json",
        "--x",
        "1/3",
        "-n",
        "30",
        "--digits",
        "30",
        "--json",
    ]
    content = json.loads(CliRunner().invoke(main, arguments).stdout)
    network = certify.load("cases/paper-perturbed-tent/map.json")
    assert isinstance(network, Network)
    x = F(1, 3)
    for row in content["orbit"]:
        assert abs(F(row["value"]) - x) <= F(row["bound"])
        assert float(row["float64"]) == pytest.approx(float(x), abs=1e-3)
        x = network(x)
    assert (content["complete"], content["first_off"], len(content["orbit"])) == (True, None, 31)


@pytest.mark.usefixtures("_at_root")
@pytest.mark.parametrize(
    "arguments",
    [
        ["cases/tent/map.json", "--x", "2", "-n", "3"], ["cases/tent/map.json", "--x", "pi", "-n", "3"],
        ["cases/tent/map.json", "--x", "1/3", "-n", "3", "--off", "?"], ["no.json", "--x", "1", "-n", "3"],
    ],
)  # fmt: skip
def test_bad_input_is_one_line_and_exit_code_two(arguments: list[str]) -> None:
    result = CliRunner().invoke(main, ["enclose-orbit", *arguments])
    assert (result.exit_code, result.stdout, len(result.stderr.splitlines())) == (2, "", 1)
