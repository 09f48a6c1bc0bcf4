"""Exact cycles in R^d and complete lists of them: against brute force over all words, closed forms, and maps of the line."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from fractions import Fraction
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from certify import PLRNN, InputError, Layer, Network, PiecewiseLinear, check, cycles, load, save
from certify.cli import main
from certify.decision.budget import Budget
from certify.dimension.listing.complete import CompleteCycles, Incomplete, complete_cycles
from certify.dimension.listing.corrections import corrections
from certify.dimension.listing.exact import image
from certify.dimension.listing.stability import circle, stability
from certify.dimension.system import System
from certify.numbers import Q, fmpq_mat, fmpq_poly, fraction, rational
from certify.verdict import spatial_cycles

F = Fraction
LOZI = PLRNN([["17/10", 1], ["1/2", 0]], [["-17/5"], [0]], [[1, 0]], [0], [1, 0])
HORSESHOE = PLRNN([[4, 1], ["1/2", 0]], [[-8], [0]], [[1, 0]], [0], [1, 0])
Points = frozenset[tuple[F, ...]]


# The oracle: all words, by elimination in Fractions, with activations as lists of breaks and lines

LINES: dict[str, tuple[list[F], list[tuple[F, F]]]] = {
    "identity": ([], [(F(1), F(0))]),
    "relu": ([F(0)], [(F(0), F(0)), (F(1), F(0))]),
    "abs": ([F(0)], [(F(-1), F(0)), (F(1), F(0))]),
    "leaky_relu:1/3": ([F(0)], [(F(1, 3), F(0)), (F(1), F(0))]),
    "clip:-1,1/2": ([F(-1), F(1, 2)], [(F(0), F(-1)), (F(1), F(0)), (F(0), F(1, 2))]),
}


def affine_sum(weights: Any, forms: Any, bias: F) -> list[F]:
    total = [sum((F(w) * form[j] for w, form in zip(weights, forms)), F(0)) for j in range(len(forms[0]))]
    return [*total[:-1], total[-1] + bias]


def oracle_layers(f: PLRNN | Network) -> list[tuple[Any, Any, str]]:
    layers = f.layers
    return [
        ([[fraction(w) for w in r] for r in layer.weight], [fraction(b) for b in layer.bias], str(layer.activation))
        for layer in layers
    ]


def step(f: PLRNN | Network, forms: list[list[F]], pattern: list[int]) -> list[list[F]]:
    """The affine map of a pattern, applied to affine forms."""
    digits, signal, layers = iter(pattern), forms, oracle_layers(f)
    for i, (weight, bias, name) in enumerate(layers):
        signal = signal + forms if isinstance(f, PLRNN) and i else signal
        sums = [affine_sum(row, signal, b) for row, b in zip(weight, bias)]
        breaks, lines = LINES[name]
        signal = []
        for total in sums:
            slope, constant = lines[next(digits) if breaks else 0]
            signal.append([*(slope * t for t in total[:-1]), slope * total[-1] + constant])
    return signal


def value(f: PLRNN | Network, x: tuple[F, ...]) -> tuple[F, ...]:
    """f(x) by the definition."""
    signal = x
    for i, (weight, bias, name) in enumerate(oracle_layers(f)):
        signal = signal + x if isinstance(f, PLRNN) and i else signal
        sums = [sum((w * s for w, s in zip(row, signal)), F(0)) + b for row, b in zip(weight, bias)]
        breaks, lines = LINES[name]
        pieces = [lines[sum(z > b for b in breaks)] for z in sums]
        signal = tuple(slope * z + constant for z, (slope, constant) in zip(sums, pieces))
    return signal


def solved(matrix: list[list[F]]) -> list[F] | None:
    """The solution of [A | b], None where A is singular."""
    d, rows = len(matrix), [[*row] for row in matrix]
    for k in range(d):
        pivot = next((row for row in rows[k:] if row[k]), None)
        if pivot is None:
            return None
        rows.remove(pivot)
        rows = [[s - row[k] / pivot[k] * t for s, t in zip(row, pivot)] for row in rows]
        rows.insert(k, [t / pivot[k] for t in pivot])
    return [row[-1] for row in rows]


def brute_force(f: PLRNN | Network, period: int) -> tuple[set[Points], int]:
    """All cycles that are the only solution of one of all words, and the number of singular words."""
    d = f.dimension
    assert d is not None
    units = [len(LINES[name][1]) for weight, _, name in oracle_layers(f) for _ in weight if LINES[name][0]]
    patterns = [list(p) for p in product(*(range(n) for n in units))]
    found, singular = set[Points](), 0
    for word in product(patterns, repeat=period):
        forms = [[F(i == j) for j in range(d + 1)] for i in range(d)]
        for pattern in word:
            forms = step(f, forms, pattern)
        x = solved([[*(F(i == j) - t for j, t in enumerate(row[:d])), row[d]] for i, row in enumerate(forms)])
        if x is None:
            singular += 1
            continue
        orbit = [tuple(x)]
        for _ in range(period):
            orbit.append(value(f, orbit[-1]))
        if orbit[0] == orbit[-1]:
            found.add(frozenset(orbit))
    return found, singular


def points_of(found: Any) -> set[Points]:
    return {frozenset(cycle.points) for cycle in found}


def random_plrnn(d: int, m: int, rng: np.random.Generator, unit: int = 4) -> PLRNN:
    def entries(*shape: int) -> list[Any]:
        return (rng.integers(-6, 7, size=shape) / unit).tolist()

    return PLRNN(entries(d, d), entries(d, m), entries(m, d), entries(m), entries(d))


SMALL = [(2, 1, 4), (2, 2, 2), (2, 2, 3), (3, 3, 2), (1, 3, 2), (3, 2, 3)]


@pytest.mark.parametrize(("d", "m", "period"), SMALL)
def test_complete_lists_are_those_of_all_words(d: int, m: int, period: int) -> None:
    rng, proved = np.random.default_rng(10 * d + m), 0
    for _ in range(12):
        f = random_plrnn(d, m, rng)
        wanted, singular = brute_force(f, period)
        found = spatial_cycles(f, period, complete=True)
        if found.certificate is None:
            assert singular
            assert points_of(found.cycles) <= wanted
            continue
        proved += 1
        assert points_of(found.cycles) == wanted
        assert {len(points) for points in wanted} <= {p for p in range(1, period + 1) if period % p == 0}
    assert proved >= 8


def test_entries_of_minus_one_nought_and_one() -> None:
    """Many singular words, points at kinks, and units that do nothing."""
    rng, answers = np.random.default_rng(99), Counter[bool]()
    for _ in range(60):
        d, m = (int(t) for t in rng.integers(1, 4, 2))
        period = int(rng.integers(1, 4 if m < 3 else 3))

        def entries(*shape: int) -> list[Any]:
            return rng.integers(-1, 2, size=shape).tolist()

        f = PLRNN(entries(d, d), entries(d, m), entries(m, d), entries(m), entries(d))
        wanted, singular = brute_force(f, period)
        found = spatial_cycles(f, period, complete=True)
        answers[found.certificate is not None] += 1
        assert points_of(found.cycles) == wanted if found.certificate else singular
    assert answers[True] > 30
    assert answers[False] > 10


@pytest.mark.parametrize("name", ["lozi", "plrnn-3"])
def test_the_numbers_of_cycles_in_the_cases(name: str) -> None:
    folder = Path(__file__).parent.parent / "cases" / name
    wanted = json.loads((folder / "case.json").read_text())["cycles"]
    f = load(folder / "map.json")
    assert isinstance(f, PLRNN)
    found, singular = brute_force(f, wanted["period"])
    assert not singular
    assert Counter(str(len(points)) for points in found) == wanted["least_periods"]


NAMES = ("relu", "abs", "leaky_relu:1/3", "clip:-1,1/2")


@pytest.mark.parametrize("period", [1, 2])
def test_networks_of_several_layers_are_complete_too(period: int) -> None:
    rng, proved = np.random.default_rng(period), 0
    for trial in range(10):

        def entries(*shape: int) -> list[Any]:
            return (rng.integers(-6, 7, size=shape) / 4).tolist()

        names = [NAMES[(trial + i) % 4] for i in range(2)]
        layers = [Layer(entries(2, 2), entries(2), names[0]), Layer(entries(1, 2), entries(1), names[1])]
        f = Network([*layers, Layer(entries(2, 1), entries(2), "identity")], None)
        wanted, singular = brute_force(f, period)
        found = spatial_cycles(f, period, complete=True)
        assert found.certificate or singular
        if found.certificate:
            proved += 1
            assert points_of(found.cycles) == wanted
    assert proved >= 7


# Closed forms


def test_the_fixed_points_and_the_2_cycle_of_lozi() -> None:
    """(x, y) -> (1 - a |x| + y, b x): x = 1/(1 + a - b) and 1/(1 - a - b); the cycle by x + b y of both of its points."""
    a, b = F(17, 10), F(1, 2)
    found = points_of(spatial_cycles(LOZI, 2, complete=True).cycles)
    fixed = {frozenset([(x, b * x)]) for x in (1 / (1 + a - b), 1 / (1 - a - b))}
    assert fixed < found
    ((u, v), (x, y)) = next(cycle for cycle in found if len(cycle) == 2)
    assert (v, y) == (b * x, b * u)
    assert 1 - a * abs(u) + b * x == x
    assert 1 - a * abs(x) + b * u == u


@pytest.mark.parametrize("period", range(1, 9))
def test_the_full_shift_has_as_many_cycles_as_there_are_necklaces(period: int) -> None:
    """Lozi with a = 4 > 2 (1 + b): all periodic points lie on a full shift on two symbols, 2^P points of f^P (Misiurewicz 1980)."""
    found = spatial_cycles(HORSESHOE, period, complete=True)
    assert found.certificate
    assert sum(cycle.period for cycle in found.cycles) == 2**period
    words = {"".join(map(str, w)) for w in product((0, 1), repeat=period)}
    necklaces = Counter(len({w[i:] + w[:i] for i in range(period)}) for w in words)
    wanted = {p: count // p for p, count in necklaces.items()}
    assert Counter(cycle.period for cycle in found.cycles) == wanted
    assert all(cycle.stability and cycle.stability.word == "saddle" for cycle in found.cycles)


@pytest.mark.parametrize("seed", range(8))
def test_maps_of_the_line_written_as_plrnn(seed: int) -> None:
    """Against the exact iterates of `certify cycles`."""
    rng = np.random.default_rng(seed)
    knots = sorted({F(int(t), 8) for t in rng.integers(-16, 17, 3)})
    slopes = [F(int(s), 2) for s in rng.choice([-7, -5, -3, 3, 5, 7], len(knots) + 1)]
    start = F(int(rng.integers(-8, 9)), 4)
    values = [start]
    for s, a, b in zip(slopes[1:], knots, knots[1:]):
        values.append(values[-1] + s * (b - a))
    line = PiecewiseLinear([*zip(knots, values)], slopes=(slopes[0], slopes[-1]))
    rises = [b - a for a, b in zip(slopes, slopes[1:])]
    f = PLRNN([[slopes[0]]], [rises], [[1]] * len(knots), [-k for k in knots], [start - slopes[0] * knots[0]])
    for period in (1, 2, 3, 4):
        wanted = [cycles(line, p) for p in range(1, period + 1) if period % p == 0]
        assert not any(each.intervals for each in wanted)
        found = spatial_cycles(f, period, complete=True)
        assert found.certificate
        assert {x for cycle in points_of(found.cycles) for (x,) in cycle} == {x for each in wanted for x in each.points}


# Kinks, families, and maps whose states cannot be eliminated at once


def test_a_cycle_through_a_kink_has_many_words_and_no_derivative() -> None:
    """0 -> 1 -> 0, with a kink at 0: slopes 2, -3 and 1 from left to right."""
    f = PLRNN([[2]], [[-5, 4]], [[1], [1]], [0, "-1/2"], [1])
    found = spatial_cycles(f, 2, complete=True)
    (at_kink,) = (cycle for cycle in found.cycles if cycle.period == 2 and cycle.stability is None)
    assert at_kink.points == ((F(0),), (F(1),))
    assert found.certificate
    assert points_of(found.cycles) == brute_force(f, 2)[0]


def test_a_family_of_cycles_is_not_decided() -> None:
    """2 x + 1 up to -1/2, -x - 1/2 up to 1/2, 2 x - 2 beyond: all points between the kinks have period 2, but for -1/4."""
    f = PLRNN([[2]], [[-3, 3]], [[1], [1]], ["1/2", "-1/2"], [1])
    found = spatial_cycles(f, 2, complete=True)
    assert found.certificate is None
    assert "whole family" in found.reason


def test_a_quarter_turn_has_no_elimination() -> None:
    f = PLRNN([[0, -1], [1, 0]], [[0], [0]], [[1, 0]], [0], [1, 1])
    assert spatial_cycles(f, 3, complete=True).certificate
    found = spatial_cycles(f, 4, complete=True)
    assert found.certificate is None
    assert "eigenvalue" in found.reason


def test_another_base_where_the_first_one_fails() -> None:
    """x + 1 for x < 0, 1 - 2 x for x > 0: on the left no cycle, and 1 - A = 0."""
    f = PLRNN([[1]], [[-3]], [[1]], [0], [1])
    for period in (1, 2, 3, 4):
        found = spatial_cycles(f, period, complete=True)
        assert found.certificate
        assert found.certificate["base"] == "1"
        assert points_of(found.cycles) == brute_force(f, period)[0]


def test_units_that_do_nothing_and_affine_maps() -> None:
    dead = PLRNN([[2, 0], [0, "1/2"]], [[0, 0], [0, 0]], [[0, 0], [1, 1]], [-1, 3], [1, 1])
    affine = Network([Layer([[2, 0], [0, "1/2"]], [1, 1], "identity")], None)
    for f in (dead, affine):
        found = spatial_cycles(f, 3, complete=True)
        assert found.certificate
        assert points_of(found.cycles) == {frozenset([(F(-1), F(2))])}
        (cycle,) = found.cycles
        assert cycle.stability
        assert (cycle.stability.outside, cycle.stability.on, cycle.stability.inside) == (1, 0, 1)


@pytest.mark.parametrize("base", [b"\0\0\0", b"\1\1\1", b"\2\0\1", b"\0\1\0"])
def test_corrections_are_the_map(base: bytes) -> None:
    """f = A x + W v + h at points of every pattern and on kinks, whatever the base."""
    layers = [
        Layer([[1, "1/2"]], ["1/4"], "clip:-1,1/2"),
        Layer([[2], [-1]], [0, 1], "abs"),
        Layer(np.eye(2), [0, 0], "identity"),
    ]
    f = Network(layers, None)
    seen = corrections(System(f), base)
    for x in product(range(-3, 4), repeat=2):
        point, v = [F(t, 2) for t in x], list[Fraction]()
        c, d, e = seen.C.tolist(), seen.D.tolist(), seen.e.entries()
        for k in range(seen.kinks):
            y = sum((fraction(s) * t for s, t in zip([*c[k], *d[k]], [*point, *v])), fraction(e[k]))
            v.append(max(F(0), y))
        rows = zip(seen.A.tolist(), seen.W.tolist(), seen.h.entries())
        got = tuple(sum((fraction(s) * t for s, t in zip([*a, *w], [*point, *v])), fraction(h)) for a, w, h in rows)
        assert got == value(f, tuple(point))
        assert tuple(map(fraction, image(System(f), tuple(map(rational, point)))[0])) == got


# Searching


def test_what_the_search_finds_is_in_the_complete_list() -> None:
    rng = np.random.default_rng(5)
    for _ in range(4):
        f = random_plrnn(3, 3, rng, 8)
        proof = complete_cycles(System(f), 3, Budget(), lambda _: None)
        assert isinstance(proof, CompleteCycles)
        found = spatial_cycles(f, 3).cycles
        assert {*found} <= {*proof.cycles}
        assert len(found) == len(proof.cycles)


def test_the_time_limit_leaves_it_undecided() -> None:
    found = complete_cycles(System(LOZI), 12, Budget(time_limit=0.0), lambda _: None)
    assert isinstance(found, Incomplete)
    assert "time limit" in found.reason


def test_words_that_are_too_long_are_not_begun() -> None:
    found = complete_cycles(System(LOZI), 401, Budget(), lambda _: None)
    assert isinstance(found, Incomplete)
    assert found.reason == "a word has 401 bits, one for each kink at each step, more than 400"


def test_maps_that_have_no_words_are_refused() -> None:
    smooth = Network([Layer([[1, 2], [0, 1]], [0, 0], "tanh")], None)
    for f in (smooth, PiecewiseLinear([(0, 1), (1, 0)])):
        with pytest.raises(InputError, match="plrnn"):
            spatial_cycles(f, 2)
    with pytest.raises(ValueError, match="at least 1"):
        spatial_cycles(LOZI, 0)


# Stability


def test_roots_are_counted_exactly() -> None:
    """Products of factors whose roots are known: (factor, roots outside, roots on the unit circle)."""
    known = [
        ([1, 1], 0, 1), ([-1, 1], 0, 1), ([1, 0, 1], 0, 2), ([5, -6, 5], 0, 2), ([-2, 1], 1, 0), ([3, 1], 1, 0), ([1, 2], 0, 0),
        ([0, 1], 0, 0), ([1, -3, 1], 1, 0), ([2, 5, 2], 1, 0), ([2, 2, 1], 2, 0), ([1, 2, 2], 0, 0), ([1, 0, 0, 0, 2], 0, 0),
        ([3, 0, 0, 1], 3, 0), ([1, 1, 1, 1, 1], 0, 4),
    ]  # fmt: skip
    rng = np.random.default_rng(0)
    for _ in range(300):
        chosen = [known[i] for i in rng.integers(0, len(known), rng.integers(1, 6))]
        polynomial = fmpq_poly([int(rng.choice([-3, 2]))])
        for factor, _, _ in chosen:
            polynomial *= fmpq_poly(factor)
        assert circle(polynomial) == (sum(out for _, out, _ in chosen), sum(on for _, _, on in chosen))


def test_words_of_stability() -> None:
    def word(*rows: tuple[Any, ...]) -> str:
        return stability(fmpq_mat([[Q(*F(t).as_integer_ratio()) for t in row] for row in rows])).word

    assert word((F(1, 2), 1), (0, F(1, 3))) == "attracting"
    assert word((2, 0), (0, F(1, 3))) == "saddle"
    assert word((2, 1), (-1, 2)) == "repelling"
    assert word((0, -1), (1, 0)) == "neutral"


# The command


def run(*arguments: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(main, ["cycles", *arguments])
    return result.exit_code, result.stdout, result.stderr


@pytest.fixture
def lozi(tmp_path: Path) -> str:
    save(LOZI, tmp_path / "map.json")
    return str(tmp_path / "map.json")


def test_the_command_writes_a_certificate_that_the_checker_accepts(lozi: str, tmp_path: Path) -> None:
    code, out, _ = run(lozi, "--period", "4", "--complete", "-o", str(tmp_path / "cert.json"))
    assert code == 0
    words = "f has exactly 4 cycles whose least period divides 4: 2 of least period 1, 1 of least period 2, 1 of least period 4"
    assert words in out
    outcome = check(lozi, tmp_path / "cert.json")
    assert (outcome.status, outcome.message) == ("VALID", words)


def test_json_has_points_words_and_stability(lozi: str) -> None:
    code, out, _ = run(lozi, "--period", "2", "--complete", "--json")
    content = json.loads(out)
    assert (code, content["complete"], content["period"]) == (0, True, 2)
    first = content["cycles"][0]
    assert first["points"] == [["-5/6", "-5/12"]]
    assert (first["word"], first["stability"]) == ("0", "saddle")
    assert first["eigenvalues"] == {"outside": 1, "on": 0, "inside": 1}
    assert first["polynomial"] == ["-1/2", "-17/10", "1"]  # z^2 - a z - b


def test_nothing_but_json_on_stdout(lozi: str) -> None:
    """The linear programming library writes nothing either."""
    command = [sys.executable, "-m", "certify", "cycles", lozi, "--period", "4", "--complete", "--json"]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    assert len(json.loads(run.stdout)["cycles"]) == 4
    assert run.stderr == ""


def test_a_search_says_that_it_is_one(lozi: str) -> None:
    code, out, _ = run(lozi, "--period", "2")
    assert code == 0
    assert "3 cycles whose least period divides 2 found: a search does not prove that it has found all" in out
    assert json.loads(run(lozi, "--period", "2", "--json")[1])["complete"] is False


def test_exit_codes(lozi: str, tmp_path: Path) -> None:
    code, _, err = run(lozi, "--period", "12", "--complete", "--time-limit", "0")
    assert code == 3
    assert err.startswith("not decided whether these are all: the time limit")
    cert = tmp_path / "none.json"
    save(PLRNN([[2]], [[-3, 3]], [[1], [1]], ["1/2", "-1/2"], [1]), tmp_path / "family.json")
    assert run(str(tmp_path / "family.json"), "--period", "2", "--complete", "-o", str(cert))[0] == 3
    assert not cert.exists()
    for options in (["--max-pieces", "9"], ["-o", str(cert)], ["--complete", "--seed", "1"]):
        assert run(lozi, "--period", "2", *options)[0] == 2
    save(PiecewiseLinear([(0, 1), (1, 0)]), tmp_path / "line.json")
    for options in (["--complete"], ["--seed", "1"], ["-o", str(cert)]):
        code, _, err = run(str(tmp_path / "line.json"), "--period", "2", *options)
        assert code == 2
        assert "several dimensions" in err
