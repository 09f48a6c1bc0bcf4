"""Verdicts on boxes and smooth networks: what every member of a box must do, ties, hostile weights, and the paper's rows."""

from __future__ import annotations

import random
import time
from fractions import Fraction as F
from pathlib import Path
from typing import Any

import mpmath
import pytest
from click.testing import CliRunner

import certify
from certify import checker, families
from certify.box import Box
from certify.cli import main
from certify.decision.budget import Budget
from certify.decision.decide import NotDecided
from certify.enclosure.core import COARSE, core
from certify.enclosure.decide import OddReturnBox, OrderBox, decide_box
from certify.enclosure.invariance import NotShown, cover
from certify.enclosure.search import PRECISIONS, Search
from certify.errors import NotInvariantError
from certify.network import Layer, Network
from certify.numbers import Q
from certify.verdict import checked_enclosure
from tests import smooth_oracle
from tests.test_enclosure import members

TENT = Network([Layer([[1], [1]], [0, "-1/2"], "relu"), Layer([[2, -4]], [0], "clip:0,1")], (0, 1))
HUMP = Network([Layer([[12], [12]], [-4, -8], "tanh"), Layer([["0.49", "-0.49"]], ["0.01"], "identity")], (0, 1))


def quiet(_: str) -> None: ...


def decided(given: Network | Box, **options: Any) -> Any:
    return decide_box(given, options.get("max_level", 4), Budget(20_000, 60), quiet)


def steps(net: Network, x: F, count: int) -> F:
    for _ in range(count):
        x = net(x)
    return x


# Every member of a box


@pytest.mark.parametrize(
    "box",
    [
        Box.around(TENT, "1/1000"),
        Box.around(TENT, "1/500", "relative"),
        Box.around(families.rnn(16, 64, 41), "1e-12"),
        Box.around(families.rnn(64, 256, 8), "1/1000000"),
        Box.around(families.perturbed_tent(4), "1/1000"),
        Box.around(families.rnn(64, 64, 107), "1e-12"),
    ],
)
def test_every_sampled_network_of_a_chaotic_box_satisfies_the_inequality(box: Box) -> None:
    verdict = certify.prove(box)
    assert verdict.verdict == "CHAOTIC"
    found = verdict.decision
    assert isinstance(found, OddReturnBox)
    x, m = F(str(found.x)), 1 << found.level
    assert verdict.witness == x
    for net in [box.lower, box.upper, box.middle, *members(box, random.Random(1), 30)]:
        last, once = steps(net, x, m * found.n), steps(net, x, m)
        assert last < x < once if found.side == "right" else last > x > once


@pytest.mark.parametrize(
    "box",
    [
        Box.around(Network([Layer([["-1.5"]], ["1.27"], "clip:0.1,0.93")], (0, 1)), "1/200"),
        Box.around(Network([Layer([["1/2"], [-1]], [0, "1/3"], "relu"), Layer([[1, -1]], ["1/4"], "clip:0,1")], (0, 1)), "1/1000"),
        Box.around(Network([Layer([[3]], [-1], "hardtanh"), Layer([["-2/3"]], ["1/10"], "hardtanh")], None), "1/1000"),
        Box.around(families.rnn(16, 2, 3), "1/1000"),
    ],
)  # fmt: skip
def test_every_sampled_network_of_an_ordered_box_is_ordered(box: Box) -> None:
    verdict = certify.prove(box)
    assert verdict.verdict == "ORDERED"
    found = verdict.decision
    assert isinstance(found, OrderBox)
    for net in [box.lower, box.upper, box.middle, *members(box, random.Random(2), 12)]:
        exact = certify.prove(net)
        assert exact.verdict == "ORDERED"
        assert exact.certificate is not None
        assert exact.certificate["level"] <= found.level


def test_a_box_with_both_kinds_of_networks_stays_undecided() -> None:
    """Tents with a left slope from 1/2, which take every point to 0 in the end, to 2."""
    low, high = (Network([TENT.layers[0], Layer([[slope, -4]], [0], "clip:0,1")], (0, 1)) for slope in ("1/2", 2))
    assert certify.prove(low).verdict == "ORDERED"
    assert certify.prove(high).verdict == "CHAOTIC"
    verdict = certify.prove(Box(low, high), time_limit=20)
    assert verdict.verdict == "UNDECIDED"


def test_a_box_of_one_network_and_that_network_by_exact_arithmetic_agree() -> None:
    for seed in range(12):
        net = families.rnn(16, 64, seed)
        found, exact = decided(net), certify.prove(net)
        if not isinstance(found, NotDecided):
            assert exact.verdict == ("CHAOTIC" if isinstance(found, OddReturnBox) else "ORDERED")
            _, proof = checked_enclosure(found, net)
            assert certify.check(net, proof).status == "VALID"


def test_certify_check_reads_the_claim_of_a_box() -> None:
    verdict = certify.prove(Box.around(TENT, "1/1000"))
    assert verdict.certificate is not None
    assert "every network" in verdict.certificate["claim"]["words"]
    assert "every network in the box" in verdict.reason
    assert certify.check(Box.around(TENT, "1/1000"), verdict.certificate).status == "VALID"
    assert certify.check(Box.around(TENT, "1/999"), verdict.certificate).status == "INVALID"


# A second opinion


@pytest.mark.parametrize("name", ["tanh", "sigmoid", "softplus", "silu", "sin"])
@pytest.mark.parametrize("seed", range(3))
def test_mpmath_intervals_agree(name: str, seed: int) -> None:
    """Chaotic nets with each smooth activation, and the inequality again in the interval arithmetic of mpmath."""
    rng = random.Random(seed)
    found, net = None, TENT
    while found is None:  # some of these nets are chaotic
        weights = [rng.uniform(-9, 9) for _ in range(6)]
        hidden = Layer([[10 * w] for w in weights], [-10 * w * rng.random() for w in weights], name)
        scale = 40 if name in ("softplus", "silu") else 2
        net = Network([hidden, Layer([[rng.gauss(0, 1) / scale for _ in weights]], ["1/2"], "clip:0,1")], (0, 1))
        found = Search(Box.of(net)).witness(0, 3)
    mpmath.iv.prec = 400
    x = smooth_oracle.interval(F(str(found.x)))
    orbit = [x]
    for _ in range(3):
        orbit.append(smooth_oracle.interval_network(net, orbit[-1]))
    once, last = orbit[1], orbit[3]
    assert (last < x and x < once) if found.side == "right" else (last > x and x > once)


# Ties and narrow margins


def nearly_period_three(delta: F) -> Network:
    """2/7 -> 4/7 -> 6/7 -> 2/7 of the tent, lowered by delta: f^3(2/7) = 2/7 - 3 delta. elu with alpha = 0 is ReLU, called smooth."""
    hidden = Layer([[1], [1]], [0, "-1/2"], "elu:0")
    return Network([hidden, Layer([[2, -4]], [-delta], "identity")], None)


@pytest.mark.parametrize("exponent", [5, 30, 300, 1000])
def test_an_inequality_that_holds_by_very_little_is_settled(exponent: int) -> None:
    net = nearly_period_three(F(1, 10**exponent))
    found = Search(Box.of(net)).settle(Q(2, 7), 1, 3)
    assert found is not None
    assert found.side == "right"
    assert found.bits == next(bits for bits in PRECISIONS if bits > 3.33 * exponent)
    decision = OddReturnBox(0, 3, found.x, found.side, found.bits)
    settled, proof = checked_enclosure(decision, net)
    assert settled.bits == found.bits
    assert certify.check(net, proof).status == "VALID"


def test_a_tie_ends_open_with_the_reason() -> None:
    search = Search(Box.of(nearly_period_three(F(0))))
    started = time.monotonic()
    assert search.settle(Q(2, 7), 1, 3) is None
    assert search.settle(Q(2, 3), 1, 3) is None
    assert search.open[Q(2, 7)] == "enclosures of 4096 bits do not tell g^n(x) from x"
    assert search.open[Q(2, 3)] == "enclosures of 4096 bits do not tell g(x) from x"
    assert time.monotonic() - started < 5


def test_a_margin_beyond_the_last_precision_ends_open() -> None:
    search = Search(Box.of(nearly_period_three(F(1, 10**3000))))
    assert search.settle(Q(2, 7), 1, 3) is None
    assert Q(2, 7) in search.open


def test_a_box_that_is_too_wide_for_a_point_stops_at_once() -> None:
    search = Search(Box.around(nearly_period_three(F(1, 10**9)), F(1, 10**6)))
    assert search.settle(Q(2, 7), 1, 3) is None
    assert search.open == {Q(2, 7): "the box is too wide"}
    assert set(search._balls) <= {64, 128}


@pytest.mark.parametrize(
    ("weight", "bias", "rule", "level"),
    [("1", "0", "increasing", 0), ("-1", "1", "increasing", 1), ("1", "1/3", "increasing", 0)],
    ids=["identity", "reflection", "translation"],
)
def test_ties_everywhere(weight: str, bias: str, rule: str, level: int) -> None:
    """Fixed points, or points of period 2, without an end: no cell is transversal, but f or f^2 does not decrease."""
    net = Network([Layer([[weight]], [bias], "elu:0"), Layer([[1]], [0], "clip:0,1")], (0, 1))
    found = decided(net)
    assert isinstance(found, OrderBox)
    assert (found.rule, found.level) == (rule, level)


def test_a_threshold_map_is_not_decided_and_does_not_loop() -> None:
    """min(tent, h) at the limit of period doublings has periods 1, 2, 4, … as far as one looks; as a net with elu:0."""
    hidden = Layer([[1], [1]], [0, "-1/2"], "elu:0")
    net = Network([hidden, Layer([[2, -4]], [0], "clip:0,0.8249")], (0, 1))
    verdict = certify.prove(net, max_level=3, time_limit=30)
    assert verdict.verdict == "UNDECIDED"


def test_a_neutral_fixed_point_is_passed_by_order() -> None:
    """-tanh has the neutral fixed point 0 of f^2, where no enclosure separates the solutions; f^2 increases."""
    found = decided(Network([Layer([[-1]], [0], "tanh")], None))
    assert isinstance(found, OrderBox)
    assert (found.level, found.rule) == (1, "increasing")


# Hostile boxes


@pytest.mark.parametrize("radius", ["1/1000000", "1/1000"])
def test_boxes_that_straddle_a_corner_of_the_clip(radius: str) -> None:
    """The tent reaches 1, where the clip bends, exactly at its tip: each network of the box on its own side of the corner."""
    verdict = certify.prove(Box.around(TENT, radius))
    assert verdict.verdict == "CHAOTIC"
    flat = Network([Layer([["1/2"]], ["1/2"], "clip:0,1")], (0, 1))  # the fixed point 1 lies on the corner
    assert certify.prove(Box.around(flat, radius)).verdict == "ORDERED"


@pytest.mark.parametrize("activation", ["tanh", "sigmoid", "softplus", "gelu", "silu", "elu:1", "sin"])
@pytest.mark.parametrize("weight", ["1e300", "-1e300", "5e-324", "-5e-324", "1e-300"])
def test_huge_and_subnormal_weights(activation: str, weight: str) -> None:
    """Any verdict must be one that the checker accepts; nothing may overflow, and nothing may take long."""
    net = Network([Layer([[weight]], ["1/3"], activation), Layer([["1/2"]], [0], "clip:0,1")], (0, 1))
    started = time.monotonic()
    verdict = certify.prove(net, max_level=2, time_limit=20)
    assert time.monotonic() - started < 30
    assert verdict.certificate is None or certify.check(net, verdict.certificate).status == "VALID"
    if "e-" in weight:
        assert verdict.verdict == "ORDERED", "a constant, all but exactly"


def test_doubles_that_overflow_propose_nothing() -> None:
    huge = 10**400
    net = Network([Layer([[huge], [huge]], [0, f"-{huge}/2"], "softplus"), Layer([[2, -4]], [0], "clip:0,1")], (0, 1))
    assert certify.prove(net, max_level=1, time_limit=20).verdict in ("CHAOTIC", "ORDERED", "UNDECIDED")


# The domain


def test_a_map_that_leaves_its_domain() -> None:
    net = Network([Layer([[3]], [0], "sin"), Layer([["1.01"]], [0], "identity")], (0, 1))
    with pytest.raises(NotInvariantError) as caught:
        certify.prove(net)
    assert "domain: expected a map of [0, 1] into itself" in str(caught.value)
    assert 0 <= caught.value.point <= 1
    assert caught.value.value > 1


def test_a_domain_whose_end_is_touched_is_not_decided() -> None:
    net = Network([Layer([["22/7"]], [0], "sin")], (0, 1))  # f(0) = 0, and sin(22/7) < 0
    with pytest.raises(NotInvariantError):
        certify.prove(net)
    net = Network([Layer([[1]], [0], "sin")], (0, 1))  # f(0) = 0 is on the edge
    verdict = certify.prove(net)
    assert verdict.verdict == "UNDECIDED"
    assert "an output clipped to the domain settles this" in verdict.reason


def test_a_box_of_which_some_networks_leave_is_not_decided() -> None:
    box = Box.around(HUMP, "1/50")
    with pytest.raises(NotShown):
        cover(box, Budget())
    assert certify.prove(box).verdict == "UNDECIDED"


def test_a_cover_is_written_where_the_last_activation_does_not_keep_the_domain() -> None:
    verdict = certify.prove(HUMP)
    assert verdict.verdict == "CHAOTIC"
    assert verdict.certificate is not None
    points = [F(c) for c in verdict.certificate["cover"]]
    assert (points[0], points[-1]) == (0, 1)
    clipped = certify.prove(Network([HUMP.layers[0], Layer([["0.49", "-0.49"]], ["0.01"], "clip:0,1")], (0, 1)))
    assert clipped.certificate is not None
    assert "cover" not in clipped.certificate


def test_on_the_line_order_needs_bounded_values() -> None:
    net = Network([Layer([["1/2"]], [0], "tanh"), Layer([[1]], [0], "identity")], None)
    verdict = certify.prove(net, max_level=2)
    assert verdict.verdict == "UNDECIDED"
    assert "a bounded --domain may do" in verdict.reason
    assert certify.prove(Network(net.layers, (-1, 1))).verdict == "ORDERED"


# Order


@pytest.mark.parametrize("level", range(3))
def test_every_cell_of_a_mesh_passes_the_checker_and_the_core_holds_the_images(level: int) -> None:
    nets = [families.initialised("he-he", 4, seed, activation="tanh") for seed in range(12)]
    found = [decision for net in nets if isinstance(decision := decided(net), OrderBox) and decision.level == level]
    for decision in found:
        assert decision.mesh[0] <= decision.core.lo
        assert decision.core.hi <= decision.mesh[-1]
    assert found or level == 2


def test_the_core_holds_far_images() -> None:
    for seed in range(8):
        net = families.initialised("he-uniform", 8, seed, activation="tanh")
        search = Search(Box.of(net))
        inside = core(search.balls(64), Q(-1), Q(1), 1, COARSE)
        y = search.near.iterate(search.near.values(smooth_points()), inside.steps - 1, -1.0, 1.0)
        assert (y >= float(inside.lo) - 1e-12).all()
        assert (y <= float(inside.hi) + 1e-12).all()


def smooth_points() -> Any:
    import numpy as np

    return np.linspace(-5, 5, 2001)


def test_the_budget_ends_a_mesh() -> None:
    net = families.initialised("he-he", 16, 5, activation="tanh")
    verdict = certify.prove(net, max_pieces=1)
    assert verdict.verdict == "UNDECIDED"
    assert "--max-pieces" in verdict.reason
    assert "--time-limit" in certify.prove(net, time_limit=0).reason


# The tanh rows of the paper's tables


@pytest.mark.parametrize("row", ["he-he", "he-uniform", "normal-truncated", "glorot-glorot"])
@pytest.mark.parametrize(("width", "draws"), [(4, 12), (64, 3)])
def test_the_tanh_rows_are_decided(row: str, width: int, draws: int) -> None:
    for seed in range(draws):
        verdict = certify.prove(families.initialised(row, width, seed, activation="tanh"), time_limit=60)
        assert verdict.verdict in ("CHAOTIC", "ORDERED"), verdict.reason


# The checker alone refuses what the prover would not say


def test_every_field_of_the_certificates_matters() -> None:
    for given in (HUMP, Box.around(TENT, "1/1000"), Network([Layer([["-1/2"]], ["1/7"], "tanh")], None)):
        verdict = certify.prove(given)
        assert verdict.certificate is not None
        content = certify.mapfile.document(given)
        for key, value in verdict.certificate.items():
            for other in ("no such thing", -1, ["1", "0"], None):
                changed = {**verdict.certificate, key: other}
                changed["digest"] = certify.certificate.digest(changed) if key != "digest" else other
                assert value == other or checker.check(content, changed).status != "VALID", (key, other)


def test_a_tanh_network_of_the_paper_from_the_command_line(tmp_path: Path) -> None:
    net, proof = tmp_path / "net.json", tmp_path / "proof.json"
    options = ["--row", "he-uniform", "--width", "4", "--seed", "3", "--activation", "tanh"]
    assert CliRunner().invoke(main, ["family", "initialised", *options, "-o", str(net)]).exit_code == 0
    assert certify.load(net) == families.initialised("he-uniform", 4, 3, activation="tanh")
    run = CliRunner().invoke(main, ["prove", str(net), "-o", str(proof)])
    assert (run.exit_code, run.stdout.split()[0]) == (0, "ORDERED")
    assert CliRunner().invoke(main, ["check", str(net), str(proof)]).stdout.startswith("VALID ")
    assert CliRunner().invoke(main, ["info", str(net)]).stdout.count("with smooth activations") == 1


def test_a_box_of_one_network_is_that_network() -> None:
    verdict = certify.prove(Box.of(TENT))
    assert verdict.certificate == certify.prove(TENT).certificate
    assert verdict.period_three is not None


def test_weights_that_cancel_get_more_bits() -> None:
    """2^200 (relu(x) - relu(x - 1/2)) - 2^200 / 4, brought back to [0, 1]: 64 bits would see nothing of it."""
    big = 2**200
    hidden = Layer([[1], [1]], [0, "-1/2"], "elu:0")
    net = Network(
        [hidden, Layer([[big, -big]], [F(-big, 4)], "identity"), Layer([[F(1, big)]], ["1/3"], "identity")], (0, 1)
    )
    verdict = certify.prove(net)
    assert verdict.verdict == "ORDERED"
    assert verdict.certificate is not None
    assert "cover" in verdict.certificate


@pytest.mark.parametrize(
    ("hidden", "output", "domain"),
    [
        (Layer([[4]], [0], "gelu"), Layer([["1/5"]], ["-1/3"], "relu"), (0, 1)),  # relu touches 0 on a whole interval
        (Layer([[3]], [0], "tanh"), Layer([[2]], ["1/5"], "sin"), (0, 1)),  # sin reaches 1 inside
    ],
)
def test_an_end_that_the_last_activation_cannot_cross_is_no_obstacle(hidden: Layer, output: Layer, domain: Any) -> None:
    net = Network([hidden, output], domain)
    points = cover(Box.of(net), Budget())
    assert points is not None
    found = decided(net)
    assert isinstance(found, NotDecided) or certify.check(net, checked_enclosure(found, net)[1]).status == "VALID"
