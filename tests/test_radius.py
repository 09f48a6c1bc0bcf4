"""The certified radius: sampled networks within it satisfy the inequality exactly, the ordered network lies where it is said to, and
an own interval arithmetic in Fractions finds no larger radius.
"""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Callable
from fractions import Fraction as F
from functools import cache
from pathlib import Path
from typing import Any

import mpmath
import numpy as np
import pytest
from click.testing import CliRunner

import certify
from certify import Box, InputError, Layer, Network, NotInvariantError, checker, families
from certify.certificate import digest
from certify.cli import main
from certify.mapfile import document
from certify.robustness import Radius, radius
from tests import smooth_oracle

ROOT = Path(__file__).parent.parent
MEASURES = ["absolute", "relative"]


def tent_network(height: F = F(1), output: str = "clip:0,1", domain: Any = (0, 1), unit: F = F(1)) -> Network:
    """height * min(2x, 2 - 2x), in another unit of length."""
    hidden = Layer([[1], [1]], [0, -unit / 2], "relu")
    return Network([hidden, Layer([[2 * height, -4 * height]], [0], output)], domain)


def deep(seed: int) -> Network:
    """Three hidden layers that fold the unit interval, and some noise."""
    rng = np.random.default_rng(seed)
    fold = [
        Layer([[1], [1]], [0, -0.5], "relu"),
        Layer(np.array([[2.0, -4.0]]) + 0.01 * rng.normal(size=(1, 2)), [0], "clip:0,1"),
    ]
    return Network(
        [*fold, Layer([[1], [-1], [0.25]], rng.random(3), "relu"), Layer([[1, 0, 0.01]], [-0.1], "clip:0,1")], (0, 1)
    )


NETWORKS: dict[str, Callable[[], Network]] = {
    "tent, clipped": tent_network,
    "tent on the line": lambda: tent_network(output="identity", domain=None),
    "tent with room": lambda: tent_network(F(9, 10), "identity", (F(-1, 10), 1)),
    "perturbed tent": lambda: families.perturbed_tent(0),
    "rnn 16": lambda: families.rnn(16, 64.0, 43),
    "rnn 64": lambda: families.rnn(64, 64.0, 35),
    "deep": lambda: deep(1),
    "leaky": lambda: Network(
        [Layer([[1], [1]], [0, -0.5], "leaky_relu:1/100"), Layer([[2, -4]], [0], "clip:0,1")], (0, 1)
    ),
    "abs": lambda: Network([Layer([[1]], [-0.5], "abs"), Layer([[-2]], [1], "hardtanh:0,1")], (0, 1)),
}


@cache
def found(name: str, weights: Any) -> tuple[Network, Radius]:
    network = NETWORKS[name]()
    return network, radius(network, weights)


Weights = list[tuple[list[list[F]], list[F]]]


def weights_of(network: Network) -> Weights:
    """From the map file, as Fractions."""
    layers = document(network)["map"]["layers"]
    return [([[F(w) for w in row] for row in layer["weight"]], [F(b) for b in layer["bias"]]) for layer in layers]


def sampled(weights: Weights, reach: F, relative: bool, rng: random.Random, corner: bool) -> Weights:
    """A network within the radius: at a corner, or anywhere."""

    def move(w: F) -> F:
        part = F(rng.choice([-1, 1])) if corner else F(rng.randint(-1000, 1000), 1000)
        return w + part * reach * (abs(w) if relative else 1)

    return [([[move(w) for w in row] for row in rows], [move(b) for b in bias]) for rows, bias in weights]


def bent(layer: dict[str, Any], z: F) -> F:
    match layer["activation"]:
        case "relu":
            return max(z, F(0))
        case "leaky_relu":
            return z if z > 0 else F(layer["negative_slope"]) * z
        case "abs":
            return abs(z)
        case "clip" | "hardtanh":
            return max(F(layer["lo"]), min(F(layer["hi"]), z))
    assert layer["activation"] == "identity"
    return z


def value(weights: Weights, layers: list[dict[str, Any]], x: F) -> F:
    signal = [x]
    for (rows, bias), layer in zip(weights, layers):
        signal = [bent(layer, sum((w * s for w, s in zip(row, signal)), b)) for row, b in zip(rows, bias)]
    return signal[0]


@pytest.mark.parametrize("weights", MEASURES)
@pytest.mark.parametrize("name", NETWORKS)
def test_every_sampled_network_within_the_radius_satisfies_the_inequality_exactly(name: str, weights: Any) -> None:
    network, result = found(name, weights)
    assert result.verdict == "CHAOTIC"
    assert result.radius is not None
    assert result.witness is not None
    assert result.certificate is not None
    layers, exact = document(network)["map"]["layers"], weights_of(network)
    level, n, side = (result.certificate[key] for key in ("level", "n", "side"))
    rng = random.Random(name)
    for i in range(60 if network.widths[0] < 20 else 12):
        member = sampled(exact, result.radius, weights == "relative", rng, i % 2 == 0)
        orbit = [result.witness]
        for _ in range(n << level):
            orbit.append(value(member, layers, orbit[-1]))
        first, last = orbit[1 << level], orbit[-1]
        assert last < orbit[0] < first if side == "right" else first < orbit[0] < last
        if network.domain:
            assert all(network.domain[0] <= x <= network.domain[1] for x in orbit)


@pytest.mark.parametrize("weights", MEASURES)
@pytest.mark.parametrize("name", NETWORKS)
def test_the_ordered_network_is_ordered_and_no_further_than_the_upper_bound(name: str, weights: Any) -> None:
    network, result = found(name, weights)
    assert result.ordered is not None
    assert result.upper is not None
    assert result.radius is not None
    assert result.radius <= result.upper
    assert certify.prove(result.ordered).verdict == "ORDERED"
    assert result.ordered.domain == network.domain
    assert [layer.activation for layer in result.ordered.layers] == [layer.activation for layer in network.layers]
    for (rows, bias), (others, offsets) in zip(weights_of(network), weights_of(result.ordered)):
        for row, other in zip([*rows, bias], [*others, offsets]):
            for v, w in zip(row, other, strict=True):
                assert abs(w - v) <= result.upper * (abs(v) if weights == "relative" else 1)


@pytest.mark.parametrize("name", NETWORKS)
def test_the_certificate_stands_alone_and_its_claim_names_the_radius(name: str) -> None:
    network, result = found(name, "absolute")
    assert result.certificate is not None
    outcome = checker.check(json.loads(json.dumps(document(network))), json.loads(json.dumps(result.certificate)))
    assert outcome.status == "VALID"
    assert "for every network f whose weights and biases differ from these by at most" in outcome.message
    assert result.certificate["kind"] == "odd-return-box"
    assert F(result.certificate["radius"]) == result.radius
    assert ("cover" in result.certificate) == (name == "tent with room")


def resigned(certificate: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """The certificate with other data, its words and digest made anew."""
    changed = {key: value for key, value in {**copy.deepcopy(certificate), **changes}.items() if value is not None}
    changed["claim"]["words"] = checker.claim_words(changed["kind"], changed)
    changed["digest"] = digest(changed)
    return changed


@pytest.mark.parametrize("weights", MEASURES)
@pytest.mark.parametrize("name", NETWORKS)
def test_at_this_witness_the_radius_is_the_largest_up_to_the_factor(name: str, weights: Any) -> None:
    network, result = found(name, weights)
    assert result.certificate is not None
    assert result.radius is not None
    larger = resigned(result.certificate, radius=str(result.radius * F(103, 100)))
    outcome = checker.check(document(network), larger)
    assert outcome.status == "INVALID"


@pytest.mark.parametrize(
    "changes",
    [
        {"radius": "10"}, {"radius": "0"}, {"radius": "-1/1000"}, {"weights": "both"}, {"side": "left"}, {"n": 5}, {"n": 4},
        {"level": 1}, {"x": "1/3"}, {"x": "0"}, {"bits": 2}, {"cover": ["0", "1"]},
    ],
    ids=str,
)  # fmt: skip
def test_a_changed_certificate_is_invalid(changes: dict[str, Any]) -> None:
    network, result = found("tent, clipped", "absolute")
    assert result.certificate is not None
    assert checker.check(document(network), resigned(result.certificate, **changes)).status == "INVALID"


def test_an_interval_arithmetic_in_fractions_finds_no_larger_radius() -> None:
    """All points of a grid, bisection for each, f over an interval by the corners of all products: the rule of the certificate."""
    network, result = found("perturbed tent", "absolute")
    weights = weights_of(network)

    def image(x: tuple[F, F], reach: F) -> tuple[F, F]:
        signal = [x]
        for i, (rows, bias) in enumerate(weights):
            sums = []
            for row, b in zip(rows, bias):
                products = [[(w + s * reach) * v for s in (-1, 1) for v in pair] for w, pair in zip(row, signal)]
                sums.append((b - reach + sum(map(min, products)), b + reach + sum(map(max, products))))
            signal = [(max(u, F(0)), max(v, F(0))) if i == 0 else (u, v) for u, v in sums]
        return signal[0]

    def holds(x: F, reach: F) -> bool:
        once = image((x, x), reach)
        last = image(image(once, reach), reach)
        return last[1] < x < once[0] or last[0] > x > once[1]

    best, step = 4_000, F(1, 10**6)
    for i in range(1, 400):
        while holds(F(i, 400), (best + 10) * step):
            best += 10
    assert result.radius is not None
    assert best * step <= result.radius * F(101, 100)
    assert result.radius <= best * step * F(105, 100)


def test_a_coarser_factor_loses_no_more_than_it_may() -> None:
    network = families.rnn(64, 64.0, 14)
    radii = {part: radius(network, factor=part, upper=False).radius for part in ("1.0001", "1.01", "1.1", "2")}
    for part, coarse in radii.items():
        for fine in radii.values():
            assert coarse is not None
            assert fine is not None
            assert coarse * F(part) * F(1001, 1000) >= fine


@pytest.mark.parametrize("weights", MEASURES)
def test_smooth_networks(weights: Any) -> None:
    network = Network([Layer([["3.7"]], [1], "sin"), Layer([["0.9"]], ["0.1"], "sin")], None)
    result = radius(network, weights)
    assert result.radius is not None
    assert result.witness is not None
    assert result.certificate is not None
    assert result.ordered is not None
    assert result.upper is not None
    assert certify.prove(result.ordered).verdict == "ORDERED"
    rng = random.Random(0)
    sine, _ = smooth_oracle.activation("sin")
    with mpmath.workdps(60):
        for i in range(40):
            member = sampled(weights_of(network), result.radius, weights == "relative", rng, i % 2 == 0)
            orbit = [smooth_oracle.real(result.witness)]
            for _ in range(result.certificate["n"] << result.certificate["level"]):
                x = orbit[-1]
                for rows, bias in member:
                    x = sine(smooth_oracle.real(rows[0][0]) * x + smooth_oracle.real(bias[0]))
                orbit.append(x)
            first, last = orbit[1 << result.certificate["level"]], orbit[-1]
            assert last < orbit[0] < first or last > orbit[0] > first


@pytest.mark.parametrize("exponent", [-310, -300, -30, 30, 200])
def test_tiny_and_huge_units(exponent: int) -> None:
    """The tent on [0, 10^e]: small units leave no room for changes of a bias, and doubles may not hold them at all."""
    unit = F(10) ** exponent
    network = tent_network(output=f"clip:0,{unit}", domain=(0, unit), unit=unit)
    result = radius(network, upper=exponent in (-30, 30))
    assert result.verdict == "CHAOTIC"
    assert result.radius is not None
    assert F(1, 10**6) * min(unit, F(1)) < result.radius < unit
    assert certify.check(network, result.certificate or {}).status == "VALID"


def test_a_margin_of_1e_300_in_a_domain_of_width_one() -> None:
    """All of the chaos lies in [0, 1e-300]; the rest of [0, 1] is mapped to 0."""
    unit = F(1, 10**300)
    network = tent_network(output=f"clip:0,{unit}", domain=(0, 1), unit=unit)
    result = radius(network, upper=False)
    assert result.radius is not None
    assert result.witness is not None
    assert unit / 10**4 < result.radius < unit
    assert 0 < result.witness < unit
    assert certify.check(network, result.certificate or {}).status == "VALID"


def test_an_ordered_network_has_no_radius_and_the_reason_is_given() -> None:
    result = radius(families.rnn(64, 64.0, 0))
    assert (result.verdict, result.radius, result.upper, result.witness) == ("UNDECIDED", None, None, None)
    assert result.reason.startswith("the network itself is ORDERED")


@pytest.mark.parametrize("height", [F(1), F(9, 10)])
def test_a_domain_that_small_changes_leave_has_no_radius_and_the_reason_says_what_helps(height: F) -> None:
    result = radius(tent_network(height, "identity"))
    assert result.verdict == "UNDECIDED"
    assert "clipped to the domain" in result.reason
    assert "the line" in result.reason


def test_on_the_line_with_overflow_all_around() -> None:
    """Slopes of 1e150 beside a tent: doubles overflow after a few steps."""
    hidden = Layer([[1], [1], [1], [-1]], [0, "-1/2", -2, -1], "relu")
    network = Network([hidden, Layer([[2, -4, 10**150, -(10**160)]], [0], "identity")], None)
    result = radius(network, "relative")
    assert result.radius is not None
    assert certify.check(network, result.certificate or {}).status == "VALID"


def test_the_time_limit_ends_undecided() -> None:
    assert radius(tent_network(), time_limit=0).verdict == "UNDECIDED"


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (families.tent(), "a piecewise-linear map by knots"),
        (Box.around(tent_network(), F(1, 100)), "a box of networks"),
        (Network([Layer([[1, 1]], [0], "relu")], None), "one column"),
    ],
)
def test_what_has_no_radius_is_refused_in_one_line(given: Any, words: str) -> None:
    with pytest.raises(InputError) as caught:
        radius(given)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("factor", [1, "0.5", -2, 1001, "much", float("nan")])
def test_a_factor_that_is_none(factor: Any) -> None:
    with pytest.raises(InputError, match="factor"):
        radius(tent_network(), factor=factor)


def test_a_network_that_leaves_its_domain() -> None:
    with pytest.raises(NotInvariantError):
        radius(tent_network(F(2), "identity"))


@pytest.fixture
def _at_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


@pytest.mark.usefixtures("_at_root")
def test_the_command(tmp_path: Path) -> None:
    net, proof, ordered = "cases/paper-perturbed-tent/map.json", tmp_path / "proof.json", tmp_path / "ordered.json"
    result = CliRunner().invoke(main, ["radius", net, "-o", str(proof), "--ordered", str(ordered)])
    assert result.exit_code == 0
    assert result.stdout.startswith("CHAOTIC\nRadius 1/159 ≈ 0.006289: ")
    assert checker.main([net, str(proof)]) == 0
    assert CliRunner().invoke(main, ["prove", str(ordered)]).stdout.startswith("ORDERED")


@pytest.mark.usefixtures("_at_root")
def test_the_command_in_json() -> None:
    net = "cases/paper-perturbed-tent/map.json"
    content = json.loads(CliRunner().invoke(main, ["radius", net, "--weights", "relative", "--json"]).stdout)
    assert 0 < F(content["radius"]) < F(content["upper"]) < 1
    assert content["certificate"]["x"] == content["witness"]
    assert content["weights"] == content["certificate"]["weights"] == "relative"
    bare = json.loads(CliRunner().invoke(main, ["radius", net, "--no-upper", "--json"]).stdout)
    assert bare["upper"] is None
    undecided = CliRunner().invoke(main, ["radius", "cases/rnn-64-ordered/map.json", "--json"])
    assert undecided.exit_code == 3
    assert json.loads(undecided.stdout)["radius"] is None


@pytest.mark.usefixtures("_at_root")
@pytest.mark.parametrize(
    "arguments", [["cases/tent/map.json"], ["cases/paper-figure-1/map.json", "--factor", "x"], ["no.json"]]
)
def test_bad_input_is_one_line_and_exit_code_two(arguments: list[str]) -> None:
    result = CliRunner().invoke(main, ["radius", *arguments])
    assert (result.exit_code, result.stdout, len(result.stderr.splitlines())) == (2, "", 1)
