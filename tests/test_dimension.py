"""Horseshoes in R^d: what was found elsewhere is checked, what is found here is true, and nothing false is claimed."""

from __future__ import annotations

import json
from fractions import Fraction
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

import certify
from certify import PLRNN, InputError, Layer, Network, checker, prove
from certify.certificate import certificate, to_json
from certify.cli import main
from certify.decision.budget import Budget
from certify.dimension.horseshoes.frames import Frame, rounded, word_window
from certify.dimension.horseshoes.homoclinic import horseshoes_at
from certify.dimension.horseshoes.orbits import orbits
from certify.dimension.horseshoes.proof import Block, Word, follows, growth, prefix_free
from certify.dimension.horseshoes.saddles import saddles
from certify.dimension.system import System
from certify.mapfile import document, parse_map, sha256
from certify.numbers import Q, rational
from tests.test_checker_blocks import closed_paths

F = Fraction
ROOT = Path(__file__).parent.parent
FOUND = sorted((ROOT / "tests" / "horseshoes").glob("*.json"))
CASES = [
    path.parent
    for path in sorted((ROOT / "cases").glob("*/certificate.json"))
    if json.loads(path.read_text())["kind"] == "block-horseshoe"
]


def lozi(a: Any, b: Any) -> PLRNN:
    return PLRNN([[a, 1], [b, 0]], [[-2 * F(a)], [0]], [[1, 0]], [0], [1, 0])


# Certificates that were found by other programs, and those of the cases


@pytest.mark.parametrize("path", FOUND, ids=lambda path: path.stem)
def test_certificates_found_elsewhere_are_valid(path: Path) -> None:
    found = json.loads(path.read_text())
    assert checker.check(found["map"], found["certificate"]).status == "VALID"


def numerical(shape: dict[str, Any]) -> dict[str, Any]:
    """The matrices of a plrnn as Fractions."""
    return {k: [[F(x) for x in row] for row in shape[k]] for k in "AWC"} | {k: [F(x) for x in shape[k]] for k in "eh"}


def dot(row: list[F], x: list[F]) -> F:
    return sum((a * b for a, b in zip(row, x) if a and b), F(0))


def image(f: dict[str, Any], x: list[F]) -> tuple[list[F], str]:
    """f(x) by the definition, and its pattern; "kink" where a unit is at its kink."""
    y = [dot(row, x) + b for row, b in zip(f["C"], f["e"])]
    on = [max(t, F(0)) for t in y]
    value = [dot(a, x) + dot(w, on) + b for a, w, b in zip(f["A"], f["W"], f["h"])]
    return value, "kink" if F(0) in y else "".join("1" if t > 0 else "0" for t in y)


def cycle_of(f: dict[str, Any], patterns: list[str]) -> list[F]:
    """The point that the affine maps along the patterns bring back, by elimination."""
    d = len(f["h"])
    M, c = [[F(i == j) for j in range(d)] for i in range(d)], [F(0)] * d
    for pattern in patterns:
        on = [k for k, bit in enumerate(pattern) if bit == "1"]
        J = [[f["A"][i][j] + sum((f["W"][i][k] * f["C"][k][j] for k in on), F(0)) for j in range(d)] for i in range(d)]
        h = [f["h"][i] + sum((f["W"][i][k] * f["e"][k] for k in on), F(0)) for i in range(d)]
        M, c = [[dot(row, list(col)) for col in zip(*M)] for row in J], [dot(row, c) + t for row, t in zip(J, h)]
    rows = [[F(i == j) - M[i][j] for j in range(d)] + [c[i]] for i in range(d)]
    for k in range(d):
        pivot = next(row for row in rows[k:] if row[k])
        rows.remove(pivot)
        rows = [[s - row[k] / pivot[k] * t for s, t in zip(row, pivot)] if row[k] else row for row in rows]
        rows.insert(k, [t / pivot[k] for t in pivot])
    return [row[-1] for row in rows]


LENGTHS = {"lozi": 5, "border-collision": 2, "relu-rnn-3": 4, "relu-rnn-5": 3, "coupled-tents": 2}


@pytest.mark.parametrize("path", FOUND, ids=lambda path: path.stem)
def test_every_short_path_is_a_true_periodic_orbit(path: Path) -> None:
    """What the theorem promises, solved over Q: the orbits exist, follow their words, and differ."""
    found = json.loads(path.read_text())
    f, words = numerical(found["map"]["map"]), found["certificate"]["words"][:4]
    last = LENGTHS.get(path.stem, 1)
    for length in range(1, last + 1):
        points = []
        for way in closed_paths(words, length):
            patterns = [pattern for _, _, text in way for pattern in text.split(" ")]
            x = start = cycle_of(f, patterns)
            for pattern in patterns:
                x, seen = image(f, x)
                assert seen == pattern
            assert x == start
            points.append(tuple(start))
        assert len({*points}) == len(points) == len(words) ** length


@pytest.mark.parametrize("folder", CASES, ids=lambda path: path.name)
def test_the_two_words_of_each_case_are_two_cycles_of_its_map(folder: Path) -> None:
    """By the public evaluation, in exact arithmetic."""
    f = certify.load(folder / "map.json")
    assert isinstance(f, PLRNN | Network)
    if isinstance(f, PLRNN) and f.dimension < 6:
        shape = numerical(document(f)["map"])
        for _, _, text in json.loads((folder / "certificate.json").read_text())["words"]:
            start = x = cycle_of(shape, text.split(" "))
            for _ in text.split(" "):
                x = list(f.values(x))
            assert x == start


# The pieces


@st.composite
def networks(draw: st.DrawFn) -> tuple[PLRNN | Network, list[F]]:
    entry = st.fractions(-3, 3, max_denominator=8)
    d, m = draw(st.integers(1, 3)), draw(st.integers(1, 3))

    def array(rows: int, columns: int) -> list[list[F]]:
        return [[draw(entry) for _ in range(columns)] for _ in range(rows)]

    point = array(1, d)[0]
    if draw(st.booleans()):
        return PLRNN(array(d, d), array(d, m), array(m, d), array(1, m)[0], array(1, d)[0]), point
    names = ("relu", "abs", "identity", "leaky_relu:1/3", "leaky_relu:1", "clip:-1,1/2", "clip:1,1", "relu6")
    first = Layer(array(m, d), array(1, m)[0], draw(st.sampled_from(names)))
    return Network([first, Layer(array(d, m), array(1, d)[0], draw(st.sampled_from(names)))], None), point


@settings(max_examples=80, deadline=None, derandomize=True)
@given(networks())
def test_a_piece_is_the_map_where_its_pattern_holds(drawn: tuple[PLRNN | Network, list[F]]) -> None:
    f, x = drawn
    system = System(f)
    _, digits = system.step(
        np.array([float(t) for t in x])
    )  # these numbers are no doubles, but kinks are rarely so near
    piece = system.piece(digits.tobytes())
    assert digits.shape == (system.units,) == system.pieces.shape
    vector = certify.numbers.fmpq_mat(len(x) + 1, 1, [*map(rational, x), Q(1)])
    inputs = [row[0] for row in (piece.inputs * vector).tolist()]
    if all(lo <= t <= hi for lo, t, hi in zip(piece.lo, inputs, piece.hi)):
        values = [row[0] for row in (piece.step * vector).tolist()]
        assert values == [*map(rational, f.values(x)), Q(1)]
        doubles = system.float_piece(digits.tobytes())
        near = doubles.matrix @ np.array([float(t) for t in x]) + doubles.offset
        assert np.allclose(near, [float(t) for t in values[:-1]])
    else:
        assert any(abs(float(t - end)) < 1e-9 for t, lo, hi in zip(inputs, piece.lo, piece.hi) for end in (lo, hi)), (
            "only rounding next to a kink can name the wrong piece"
        )


# The exact conditions, and the doubles that propose


def test_the_exact_conditions_are_those_of_the_checker() -> None:
    """On blocks of many sizes around one that is good: the same answer, and both answers occur."""
    f = lozi(4, "1/2")
    system, answers = System(f), []
    for x, y in product(("9/20", "13/30", "3/5", "7/10"), ("1/5", "8/35", "1/4", "3/10")):
        block = Block(((Q(1), Q(0)), (Q(0), Q(1))), (-rational(x), -rational(y)), (rational(x), rational(y)))
        words = (Word(0, 0, (b"\x00",)), Word(0, 0, (b"\x01",)))
        holds = all(follows(system, 1, block, block, word.patterns) for word in words)
        proof = certify.certificate.BlockHorseshoe(1, (block,), words, (1,), Q(2))
        outcome = checker.check(document(f), certificate(proof, None, sha256(f), None))
        assert (outcome.status == "VALID") == holds
        answers.append(holds)
    assert {*answers} == {True, False}


def test_the_window_of_radii_is_that_of_the_exact_conditions() -> None:
    system = System(lozi("1.7", "0.5"))
    generator = np.random.default_rng(1)
    found = orbits(system, 8, 500, 500, generator)
    checked = 0
    for saddle in saddles(system, found, 12, set(), Budget(), generator):
        for proposal in horseshoes_at(system, saddle, 60, Budget()):
            for word in proposal.words:
                window = word_window(system, proposal.frame, proposal.frame, word)
                assert window.least < proposal.radius < window.most
                for radius, good in (
                    (window.least * 1.001, True),
                    (window.most * 0.999, True),
                    (window.most * 1.001, False),
                    (window.least * 0.999, False),
                ):
                    if radius > 1e-9:  # the least radius of a cycle's own word is 0, but for rounding
                        block = proposal.frame.block(radius, 50)
                        assert follows(system, 1, block, block, word) == good
                        checked += 1
            break
        if checked > 20:
            return
    pytest.fail("too few proposals")


def test_rounding_keeps_so_many_digits() -> None:
    for x in (0.0, 1.0, -0.1, 1e-30, 123456.789, -(2.0**70)):
        q = rounded(x, 16)
        assert abs(float(q) - x) <= abs(x) * 2.0**-16
        assert int(abs(q.p)).bit_length() - (int(q.p) & -int(q.p)).bit_length() + 1 <= 17


def test_prefix_free_keeps_the_shortest() -> None:
    a, b = b"\x00", b"\x01"
    assert prefix_free([(a, b), (a,), (b, a), (b, a, a), (b, b)]) == [(a,), (b, a), (b, b)]


@pytest.mark.parametrize(
    ("lengths", "root"),
    [((1, 1), 2), ((1, 2), (1 + 5**0.5) / 2), ((2, 2), 2**0.5), ((3, 5), 1.1938591113), ((2, 2, 2, 2), 2)],
)
def test_growth_is_a_little_less_than_the_root(lengths: tuple[int, ...], root: float) -> None:
    """Of sum z^-t = 1 (for 3 and 5 by bisection); exactly so where it is a short rational."""
    z = growth((0, 0, t) for t in lengths)
    assert z is not None
    assert sum(1 / F(int(z.p), int(z.q)) ** t for t in lengths) >= 1
    assert root - 1e-4 < float(z) <= root + 1e-12
    if root == 2:
        assert z == 2
    assert growth([(0, 0, lengths[0])]) is None
    assert growth([]) is None


# The decision


def test_the_same_seed_gives_the_same_certificate() -> None:
    one, two = (prove(lozi("1.7", "0.5"), seed=3).certificate for _ in range(2))
    assert one is not None
    assert to_json(one) == to_json(two)


@pytest.mark.parametrize("seed", [1, 2])
def test_other_seeds_prove_it_too(seed: int) -> None:
    verdict = prove(lozi("1.7", "0.5"), seed=seed)
    assert verdict.verdict == "CHAOTIC"
    assert verdict.certificate is not None
    assert 1 < F(verdict.certificate["growth"]) < F(17, 10), (
        "the entropy is at most the logarithm of the Lipschitz constant"
    )


ZERO_ENTROPY = [("1", "1/2"), ("2/5", "1/5"), ("1/2", "-1/4"), ("0", "1/2")]


@pytest.mark.parametrize(("a", "b"), ZERO_ENTROPY)
def test_maps_of_zero_entropy_are_not_called_chaotic(a: str, b: str) -> None:
    """Around a = 1, b = 1/2 (Yildiz 2011), and where |a| + |b| < 1, so that the map contracts."""
    assert prove(lozi(a, b), time_limit=3).verdict != "CHAOTIC"


def test_contractions_are_ordered() -> None:
    """|a| + |b| < 1: the slopes of the Lozi map are at most [[|a|, 1], [|b|, 0]], of spectral radius less than 1."""
    for a, b in ZERO_ENTROPY[1:]:
        verdict = prove(lozi(a, b))
        assert verdict.verdict == "ORDERED"
        assert verdict.certificate is not None
        assert (abs(F(a)) + (F(a) ** 2 + 4 * abs(F(b))) ** 0.5) / 2 <= F(verdict.certificate["factor"]) < 1
    assert prove(lozi("1/2", "1/2"), time_limit=0).verdict == "UNDECIDED", "slopes of spectral radius 1"


def test_what_was_tried_is_said() -> None:
    verdict = prove(lozi("1", "1/2"))
    assert verdict.certificate is None
    assert "0 of 32 orbits have a positive Lyapunov exponent" in verdict.reason
    stopped = prove(lozi("1.7", "1/2"), time_limit=0)
    assert stopped.verdict == "UNDECIDED"
    assert stopped.reason.startswith("the budget ran out: the time limit of 0 seconds")


def test_diverging_orbits_are_no_obstacle_and_no_proof() -> None:
    away = PLRNN([[2, 0], [0, 2]], [[0], [0]], [[1, 0]], [0], [0, 0])
    assert "orbits diverge" in prove(away).reason


@pytest.mark.parametrize("size", ["1e400", "1e-400", "1e200"])
def test_weights_beyond_the_range_of_doubles_are_not_decided(size: str) -> None:
    far = PLRNN([["17/10", size], ["1/2", 0]], [["-17/5"], [0]], [[1, 0]], [0], [size, 0])
    assert prove(far, time_limit=3).verdict in ("UNDECIDED", "ORDERED", "CHAOTIC")
    assert prove(PLRNN([[size]], [[size]], [[size]], [0], [1]), time_limit=3).verdict in ("UNDECIDED", "ORDERED")


def test_networks_between_different_spaces_are_refused() -> None:
    with pytest.raises(InputError):
        prove(Network([Layer([[1, 0]], [0], "relu")], None))


@pytest.mark.parametrize(
    ("case", "option"), [("lozi", "--max-level=2"), ("lozi", "--max-pieces=10"), ("tent", "--seed=1")]
)
def test_options_that_do_not_count_are_refused(case: str, option: str) -> None:
    result = CliRunner().invoke(main, ["prove", str(ROOT / "cases" / case / "map.json"), option])
    assert result.exit_code == 2
    assert option.split("=")[0] in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_the_command_writes_a_certificate_that_check_accepts(tmp_path: Path) -> None:
    given, cert = str(ROOT / "cases" / "lozi-full-shift" / "map.json"), tmp_path / "c.json"
    result = CliRunner().invoke(main, ["prove", given, "-o", str(cert), "--seed", "1", "--time-limit", "100"])
    assert result.exit_code == 0
    assert result.stdout.startswith("CHAOTIC\n2 words of ")
    assert CliRunner().invoke(main, ["check", given, str(cert)]).exit_code == 0


@pytest.mark.parametrize("seed", [1, 2])
def test_two_expanding_directions(seed: int) -> None:
    """Two tents of slope 19/10 that share a twentieth of what they send; both directions expand everywhere."""
    found = json.loads((ROOT / "tests" / "horseshoes" / "coupled-tents.json").read_text())["map"]
    f = parse_map(json.dumps(found).encode()).map
    proof = prove(f, seed=seed).certificate
    assert proof is not None
    assert proof["expanding"] == 2
    assert 1 < F(proof["growth"]) < F(19, 10) ** 2, "the entropy is at most the sum of the logarithms of the slopes"


def test_a_frame_needs_independent_directions() -> None:
    with pytest.raises(np.linalg.LinAlgError):
        Frame.at(np.zeros(2), np.ones((2, 1)), np.ones((2, 1)))


def test_a_network_and_its_plrnn_get_the_same_verdict() -> None:
    data = (ROOT / "cases" / "lozi-network" / "map.json").read_bytes()
    assert prove(parse_map(data).map).verdict == "CHAOTIC"
