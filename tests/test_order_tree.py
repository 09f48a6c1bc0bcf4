"""Trees of boxes: found for maps whose cycles are known from elsewhere, replayed by the checker, and refused for chaotic maps."""

from __future__ import annotations

import math
import random
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import certify
from certify import GRU, LSTM, Layer, Network, checker, prove
from certify.certificate import certificate
from certify.decision.budget import Budget
from certify.decision.decide import NotDecided
from certify.dimension.chains.smooth import Smooth
from certify.dimension.order.cycles import near
from certify.dimension.order.ends import family
from certify.dimension.order.images import Spans, box_images, rises
from certify.dimension.order.proof import BITS, NumberedFamily, OrderTree, numbered
from certify.dimension.order.root import root
from certify.dimension.order.search import search_tree
from certify.dimension.order.tree import Tree
from certify.enclosure import doubles
from certify.mapfile import Spatial, canonical_json_sha256, document
from certify.network import Activation
from certify.numbers import rational

CASES = Path(__file__).parent.parent / "cases"


def tanh(weight: Any, bias: Any = None) -> Network:
    weight = np.asarray(weight)
    return Network([Layer(weight, np.zeros(len(weight)) if bias is None else bias, "tanh")], None)


def dyadic(values: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    return np.round(values * 2**8) / 2**8


def lstm(units: int, seed: int) -> LSTM:
    """As torch initialises it, its two biases added."""
    generator, bound = np.random.default_rng(seed), 1 / math.sqrt(units)

    def draw(*shape: int) -> np.ndarray[Any, Any]:
        return dyadic(generator.uniform(-bound, bound, shape))

    return LSTM(*[(draw(units, units), draw(units) + draw(units)) for _ in "ifgo"])


def gru(units: int, seed: int, gain: float = 1.0) -> GRU:
    """As torch initialises it, times a gain."""
    generator, bound = np.random.default_rng(seed), gain / math.sqrt(units)

    def draw(*shape: int) -> np.ndarray[Any, Any]:
        return dyadic(generator.uniform(-bound, bound, shape))

    return GRU(*[(draw(units, units), draw(units)) for _ in "rzn"], "after", draw(units))


def found(given: Network | LSTM | GRU) -> tuple[OrderTree, dict[str, Any]]:
    """The tree, and its certificate, which the checker accepts."""
    proof = search_tree(given, Budget(), lambda _: None, 0)
    assert isinstance(proof, OrderTree), proof
    return proof, sealed(given, proof, "VALID")


def sealed(given: Spatial, proof: OrderTree, status: str) -> dict[str, Any]:
    """The certificate, of which the checker says this."""
    content = document(given)
    made = certificate(proof, None, canonical_json_sha256(content), None)
    outcome = checker.check(content, made)
    assert outcome.status == status, outcome.message
    return made


def limits(given: Network | LSTM | GRU) -> set[tuple[tuple[float, ...], ...]]:
    """The cycles to which orbits of many points come, as sorted tuples of rounded points: by iteration alone."""
    system, cycles = Smooth(given), set()
    x = np.random.default_rng(5).uniform(-3, 3, size=(200, system.dimension))
    for _ in range(3000):
        x = system.step(x)
    orbit = [x]
    for _ in range(8):
        orbit.append(system.step(orbit[-1]))
    for points in np.array(orbit).transpose(1, 0, 2):
        period = next(p for p in range(1, 9) if abs(points[p] - points[0]).max() < 1e-6)
        cycles.add(tuple(sorted(tuple((np.round(point, 4) + 0.0).tolist()) for point in points[:period])))
    return cycles


def assert_ends(given: Network | LSTM | GRU, proof: OrderTree) -> None:
    """Each attracting family has one of the cycles to which orbits come, and each such cycle has a family."""
    system, seen = Smooth(given), set()
    for cycle in limits(given):
        point = np.array(cycle[0])
        for _ in range(50):
            point = system.step(point)
        holds = [
            k
            for k, one in enumerate(proof.families)
            if one.expanding == 0 and any(inside(block, system, point, len(cycle)) for block in one.blocks)
        ]
        assert len(holds) == 1
        assert proof.families[holds[0]].period == len(cycle)
        seen.add(holds[0])
    assert len(seen) == sum(one.expanding == 0 for one in proof.families)


def inside(block: Any, system: Smooth, point: np.ndarray[Any, Any], period: int) -> bool:
    """Whether a point of the cycle lies in the block."""
    for _ in range(period):
        forms = [float(sum(r * rational(t) for r, t in zip(row, point.tolist()))) for row in block.rows]
        if all(float(lo) <= t <= float(hi) for t, lo, hi in zip(forms, block.lo, block.hi)):
            return True
        point = system.step(point)
    return False


def fixed_points(slope: float) -> list[float]:
    """Those of tanh(slope x), slope > 1: 0 and the two zeros of tanh(slope x) - x next to 1, by bisection."""
    lo, hi = 0.1, 1.0
    for _ in range(60):
        middle = (lo + hi) / 2
        lo, hi = (middle, hi) if math.tanh(slope * middle) > middle else (lo, middle)
    return [-lo, 0.0, lo]


@pytest.mark.parametrize("slope", [2, 3, "5/4"])
def test_a_bistable_unit(slope: Any) -> None:
    """Of x -> tanh(a x), a > 1: two attracting fixed points and a repelling one."""
    given = tanh([[Fraction(slope)]])
    proof, made = found(given)
    assert [(one.expanding, len(one.blocks)) for one in proof.families] == [(0, 1), (0, 1), (1, 1)]
    middles = sorted(float((b.lo[0] + b.hi[0]) / b.rows[0][0] / 2) for one in proof.families for b in one.blocks)
    assert middles == pytest.approx(fixed_points(float(Fraction(slope))), abs=1e-4)
    assert "one of at most 3 fixed points" in made["claim"]["words"]


def test_a_unit_that_turns_over() -> None:
    """Of x -> tanh(-2 x): a cycle of period 2 that attracts all but the fixed point."""
    given = tanh([[-2]])
    proof, made = found(given)
    assert [(one.expanding, len(one.blocks)) for one in proof.families] == [(0, 2), (1, 1)]
    assert "one of at most 2 cycles, whose least periods divide 2" in made["claim"]["words"]
    assert_ends(given, proof)


@pytest.mark.parametrize("coupling", [0, "1/16", "-1/8"])
def test_pairs_of_units(coupling: Any) -> None:
    """Two bistable units, coupled a little: 3 x 3 fixed points persist, 4 of them attract, 4 are saddles."""
    c = Fraction(coupling)
    given = tanh([[2, c], [c, 2]])
    proof, _ = found(given)
    assert sorted(one.expanding for one in proof.families) == [0, 0, 0, 0, 1, 1, 1, 1, 2]
    assert_ends(given, proof)


def test_a_bistable_unit_with_one_that_turns_over() -> None:
    """Of (x, y) -> (tanh(2 x), tanh(-2 y)): 3 fixed points of x times a 2-cycle and a fixed point of y."""
    given = tanh([[2, 0], [0, -2]])
    proof, _ = found(given)
    kinds = sorted((len(one.blocks), one.expanding) for one in proof.families)
    assert kinds == [(1, 1), (1, 1), (1, 2), (2, 0), (2, 0), (2, 1)]
    assert_ends(given, proof)


def test_a_rotation_that_contracts() -> None:
    """One fixed point with complex eigenvalues of modulus 0.9, which contract in no maximum norm of two forms: blocks that turn do."""
    given = tanh(np.array([[163, -163], [163, 163]]) / 2**8, np.array([0.125, 0]))
    proof, made = found(given)
    (one,) = proof.families
    assert one.period == 1 < len(one.blocks)
    assert "converges to one fixed point" in made["claim"]["words"]
    assert_ends(given, proof)


def test_a_repelling_spiral() -> None:
    """All but one orbit leave the fixed point, in turns of some 100 degrees, for a cycle of period 4."""
    generator = np.random.default_rng(6)
    given = tanh(dyadic(generator.normal(size=(2, 2)) * 3 / np.sqrt(2)), dyadic(generator.normal(size=2) / 2))
    proof, made = found(given)
    assert [(one.period, one.expanding) for one in proof.families if one.expanding == 2] == [(1, 2)]
    assert "whose least periods divide 4" in made["claim"]["words"]
    assert_ends(given, proof)


def test_hardtanh_units() -> None:
    """A piecewise-linear map: nine fixed points with coordinates -1, 0, 1."""
    given = certify.load(CASES / "two-memories" / "map.json")
    assert isinstance(given, Network)
    proof, made = found(given)
    assert "one of at most 9 fixed points" in made["claim"]["words"]
    assert_ends(given, proof)


@pytest.mark.parametrize("given", [lstm(1, 0), lstm(2, 7), gru(2, 0), gru(3, 8), gru(2, 2, gain=4)], ids=str)
def test_small_cells(given: LSTM | GRU) -> None:
    proof, made = found(given)
    assert "one fixed point" in made["claim"]["words"]
    assert_ends(given, proof)


@pytest.mark.parametrize(("d", "seed"), [(2, 3), (2, 5), (3, 0), (3, 2)])
def test_random_networks(d: int, seed: int) -> None:
    generator = np.random.default_rng(seed)
    given = tanh(dyadic(generator.normal(size=(d, d)) * 3 / np.sqrt(d)), dyadic(generator.normal(size=d) / 2))
    proof, _ = found(given)
    assert any(one.expanding for one in proof.families)
    assert_ends(given, proof)


def test_an_unbounded_network_has_no_tree() -> None:
    given = Network([Layer([[2, 0], [0, "1/2"]], [0, 0], "relu")], None)
    answer = search_tree(given, Budget(), lambda _: None, 0)
    assert isinstance(answer, NotDecided)
    assert "none is seen to hold all orbits" in answer.reason


def test_what_is_left_is_said() -> None:
    """A slow spiral in R^4: more boxes than there may be."""
    answer = prove(certify.load(CASES / "lstm-settles" / "map.json"), time_limit=20)
    assert answer.verdict == "UNDECIDED"
    assert "parts are left to which orbits may come back" in answer.reason


def test_the_time_is_kept() -> None:
    answer = search_tree(tanh([[2]]), Budget(time_limit=0.0), lambda _: None, 0)
    assert isinstance(answer, NotDecided)
    assert "time limit" in answer.reason


# What doubles propose


@pytest.mark.parametrize("given", [lstm(2, 1), gru(2, 1), gru(3, 1), tanh([[2, 1], [-1, 2]])], ids=str)
def test_images_of_boxes_hold_images_of_points(given: LSTM | GRU | Network) -> None:
    system, generator = Smooth(given), np.random.default_rng(2)
    d = system.dimension
    centres, radii = (
        generator.uniform(-1, 1, (50, d)),
        generator.uniform(0, 1, (50, d)) * 4.0 ** -np.arange(50)[:, None],
    )
    low, high, _ = box_images(system, centres - radii, centres + radii)
    for _ in range(200):
        points = centres + radii * generator.choice([-1, -0.5, 0, 0.3, 1], (50, d))
        image = system.step(points)
        assert (low <= image).all()
        assert (image <= high).all()


@pytest.mark.parametrize("given", [lstm(2, 1), lstm(2, 4), gru(2, 1), tanh([[9, 1], [-1, 2]])], ids=str)
def test_orbits_enter_the_root(given: LSTM | GRU | Network) -> None:
    system = Smooth(given)
    ends = root(system)
    assert ends is not None
    x = np.random.default_rng(1).uniform(-5, 5, size=(200, system.dimension))
    for _ in range(1000):
        x = system.step(x)
    assert (x >= ends[0]).all()
    assert (x <= ends[1]).all()


ACTIVATIONS = ("identity", "relu", "leaky_relu:-1/8", "abs", "clip:-1/2,1", "hardtanh", "relu6", "tanh", "sigmoid", "softplus",
               "gelu", "silu", "elu:3/2", "sin")  # fmt: skip


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_slopes_of_activations(name: str) -> None:
    """What is between two points of an interval is between the ends given; and these are not much too far apart."""
    activation, generator = Activation.parse(name), np.random.default_rng(4)
    centre, radius = (
        generator.uniform(-7, 7, 400),
        generator.uniform(0, 3, 400) * 2.0 ** -generator.integers(0, 12, 400),
    )
    least, most = rises(activation, centre - radius, centre + radius)
    span = Spans(centre - radius, centre + radius).activated(activation)
    x = centre + radius * np.linspace(-1, 1, 801)[:, None]
    y = doubles.activated(activation, x)
    steps = np.diff(y, axis=0) / np.diff(x, axis=0)
    assert (least - 1e-6 <= steps.min(axis=0)).all()
    assert (steps.max(axis=0) <= most + 1e-6).all()
    assert (span.low - 1e-6 <= y.min(axis=0)).all()
    assert (y.max(axis=0) <= span.high + 1e-6).all()
    assert (most - least <= steps.max(axis=0) - steps.min(axis=0) + 2 * radius + 1e-6).all()


@pytest.mark.parametrize("pair", [*zip(ACTIVATIONS, ("relu6", "sin", "tanh", "clip:-1,1/2", "sigmoid") * 3)], ids=str)
def test_networks_of_two_layers(pair: tuple[str, str]) -> None:
    """A network that contracts a little, of any activations: the tree is accepted, and its one cycle is that of all orbits."""
    generator = np.random.default_rng(len(pair[0]))
    weight, bias = dyadic(generator.uniform(-1, 1, (2, 3, 3))), dyadic(generator.normal(size=(2, 3)))
    given = Network(
        [Layer(weight[0][:, :2] / 2, bias[0], pair[0]), Layer(weight[1][:2] / 2, bias[1][:2], pair[1])], None
    )
    proof, _ = found(given)
    assert_ends(given, proof)


# Chaotic maps must not pass


CHAOTIC = [
    "tanh-rnn-3",
    "tanh-rnn-6",
    "laurent-von-brecht-gru",
    "laurent-von-brecht-lstm",
    "one-unit-gru",
    "one-unit-lstm",
]


def hump(*more: str) -> Network:
    """x -> (tanh(12 x - 4) - tanh(12 x - 8)) 49/100 + 1/100 on the line, chaotic by the case "tanh-hump", and more contracting units."""
    d = 1 + len(more)
    rows = [[12, *[0] * len(more)]] * 2 + [
        [0, *(slope if i == j else 0 for i in range(d - 1))] for j, slope in enumerate(more)
    ]
    last = [["0.49", "-0.49", *[0] * len(more)]] + [[0, 0, *(int(i == j) for i in range(d - 1))] for j in range(d - 1)]
    return Network(
        [Layer(rows, [-4, -8, *[0] * len(more)], "tanh"), Layer(last, ["0.01", *[0] * len(more)], "identity")], None
    )


@pytest.mark.parametrize("name", CHAOTIC)
def test_chaotic_maps_have_no_tree(name: str) -> None:
    given = certify.load(CASES / name / "map.json")
    assert isinstance(given, Network | LSTM | GRU)
    answer = search_tree(given, Budget(time_limit=5), lambda _: None, 0)
    assert isinstance(answer, NotDecided)
    assert "not all orbits that were followed come to rest" in answer.reason


@pytest.mark.parametrize("given", [certify.load(CASES / "one-unit-gru" / "map.json"), hump(), hump("1/2")], ids=str)
def test_trees_of_chaotic_maps_are_refused(given: Network | GRU) -> None:
    """With true blocks around true cycles, a tree cut where orbits come back, and numbers of many kinds."""
    system, seed = Smooth(given), random.Random(1)
    ends = root(system)
    assert ends is not None
    with np.errstate(all="ignore"):
        starts = np.random.default_rng(0).uniform(*ends, size=(100, system.dimension))
        cycles = [c for period in (1, 2, 3) for c in near(system, *ends, starts, period, [], Budget())]
        families = [one for points in cycles if (one := family(system, points, Budget()))]
        assert families
        tree = Tree(system, *ends, families)
        for _ in range(9):
            left = tree.settle()
            assert left
            tree.cut(np.concatenate(left))
        assert tree.settle()
        honest = numbered(tree)  # which does as if nothing came back
    sealed(given, honest, "INVALID")
    some = tuple(NumberedFamily(100 * k, one.expanding, one.period, one.blocks) for k, one in enumerate(families))
    for greatest in (1, 3, 100, 1000, 10**6):
        for _ in range(8):
            tokens = [t if t[0] == "/" else str(seed.randrange(greatest)) for t in honest.tree.split(" ")]
            sealed(given, OrderTree(honest.lo, honest.hi, some, " ".join(tokens), BITS), "INVALID")


def test_a_forget_gate_that_may_come_to_1_gives_no_root() -> None:
    """sigmoid(100) is 1 in doubles, so nothing bounds the state c."""
    hold, leave = ([[0]], [100]), ([[0]], [0])
    verdict = prove(LSTM(leave, hold, leave, leave), time_limit=5)
    assert verdict.verdict == "UNDECIDED"
    assert "no tree of boxes" in verdict.reason
