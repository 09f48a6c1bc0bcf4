"""Covering chains: the search in doubles, its own proof, and true orbits along the chains that were found.

The oracle is written out with mpmath, unit by unit, and shares nothing with the package.
"""

from __future__ import annotations

import json
import random
from dataclasses import replace
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from mpmath import mp, mpf

from certify import GRU, LSTM, Layer, Network, checker, load, prove
from certify.certificate import certificate, to_json
from certify.decision.budget import Budget
from certify.dimension.chains.connections import excursions
from certify.dimension.chains.coverings import Skeleton
from certify.dimension.chains.orbits import exponents, orbits, saddle_cycle, saddle_cycles
from certify.dimension.chains.proof import CoveringChains, apart, proved
from certify.dimension.chains.search import search_chains
from certify.dimension.chains.shooting import closed, connecting
from certify.dimension.chains.smooth import Smooth, SmoothMap, derivative
from certify.dimension.horseshoes.proof import Block
from certify.mapfile import document, sha256
from certify.network import PARAMETERS, Activation
from certify.numbers import Q, rational
from tests.smooth_oracle import activation as oracle_activation

CASES = Path(__file__).parent.parent / "cases"
F = Fraction


def case(name: str) -> SmoothMap:
    given = load(CASES / name / "map.json")
    assert isinstance(given, SmoothMap)
    return given


# The oracle


@lru_cache
def rows(layer: Layer) -> tuple[list[list[Any]], list[Any]]:
    return [[real(w) for w in row] for row in layer.weight], [real(b) for b in layer.bias]


def real(q: Q) -> Any:
    return mpf(int(q.p)) / int(q.q)


def sums(layer: Layer, x: list[Any]) -> list[Any]:
    weight, bias = rows(layer)
    return [sum((w * t for w, t in zip(row, x)), b) for row, b in zip(weight, bias)]


def unit(layer: Layer, z: Any) -> Any:
    act = layer.activation
    match act.name:
        case "identity":
            return z
        case "relu":
            return max(z, mpf(0))
        case "abs":
            return abs(z)
    return oracle_activation(act.name, tuple(F(int(p.p), int(p.q)) for p in act.parameters))[0](z)


def sig(z: Any) -> Any:
    return 1 / (1 + mp.exp(-z))


def image(f: SmoothMap, x: list[Any]) -> list[Any]:
    """f(x) as the textbooks have it."""
    if isinstance(f, LSTM):
        k = len(x) // 2
        h, c = x[:k], x[k:]
        i, forget, g, o = (sums(gate, h) for gate in (f.i, f.f, f.g, f.o))
        c = [sig(forget[j]) * c[j] + sig(i[j]) * mp.tanh(g[j]) for j in range(k)]
        return [sig(o[j]) * mp.tanh(c[j]) for j in range(k)] + c
    if isinstance(f, GRU):
        r, z = ([sig(t) for t in sums(gate, x)] for gate in (f.r, f.z))
        if f.reset_bias is None:
            n = [mp.tanh(t) for t in sums(f.n, [a * b for a, b in zip(r, x)])]
        else:
            weight, bias = rows(f.n)
            inner = [sum((w * t for w, t in zip(row, x)), real(b)) for row, b in zip(weight, f.reset_bias)]
            n = [mp.tanh(b + a * t) for b, a, t in zip(bias, r, inner)]
        return [(1 - z[j]) * n[j] + z[j] * x[j] for j in range(len(x))]
    for layer in f.layers:
        x = [unit(layer, z) for z in sums(layer, x)]
    return x


def drawn(kind: str, rng: np.random.Generator) -> SmoothMap:
    """A random map of the plane or of R^4, with weights of 3 binary places."""

    def pair(rows: int, columns: int) -> tuple[Any, Any]:
        return np.round(rng.normal(size=(rows, columns)) * 16) / 8, np.round(rng.normal(size=rows) * 8) / 8

    match kind:
        case "lstm":
            return LSTM(*(pair(2, 2) for _ in range(4)))
        case "before":
            return GRU(pair(2, 2), pair(2, 2), pair(2, 2), "before")
        case "after":
            return GRU(pair(2, 2), pair(2, 2), pair(2, 2), "after", [1, "-1/2"])
    hidden, output = kind.split(" ")
    return Network([Layer(*pair(3, 2), hidden), Layer(*pair(2, 3), output)], None)


KINDS = [
    "lstm",
    "before",
    "after",
    "tanh tanh",
    "sigmoid identity",
    "gelu tanh",
    "relu sin",
    "silu softplus",
    "elu:1/2 abs",
]


# One map over blocks


@pytest.mark.parametrize("kind", KINDS)
def test_the_enclosures_hold_the_map(kind: str) -> None:
    """f(c + M y) - f(c) lies in S y for all y tried, and f(c) in its ball; the doubles have the same value, slopes and spread."""
    rng = np.random.default_rng(len(kind))
    for size in (0.5, 0.01):
        f = drawn(kind, rng)
        system, d = Smooth(f), f.dimension
        assert d is not None
        centre, columns = (
            np.round(rng.normal(size=d) * 64) / 64,
            np.round(rng.normal(size=(d, d)) * 2**12) / 2**12 * size,
        )
        over = system.over([*map(rational, centre.tolist())], [[*map(rational, row)] for row in columns.tolist()], 64)
        about = system.about(centre, columns)
        middles = np.array([[float(s.mid()) for s in row] for row in over.slopes])
        radii = np.array([[float(s.rad()) for s in row] for row in over.slopes])
        assert np.allclose(about.centre, [float(t.mid()) for t in over.centre], atol=1e-12)
        if size < 0.1 and "sin" not in kind:  # the doubles only sample where wide balls, and any of sin, are hulls
            assert np.allclose(about.slopes, middles, atol=0.05 * radii.max() + 1e-9)
            assert np.allclose(about.spread, radii, atol=0.05 * radii.max() + 1e-9)
        with mp.workprec(160):
            c, m = [mpf(t) for t in centre.tolist()], [[mpf(t) for t in row] for row in columns.tolist()]
            at_centre = image(f, c)
            assert all(inside(value, ball) for value, ball in zip(at_centre, over.centre))
            for y in [*np.sign(rng.normal(size=(12, d))), *rng.uniform(-1, 1, size=(12, d))]:
                x = [a + sum(mpf(s) * t for s, t in zip(row, y.tolist())) for a, row in zip(c, m)]
                for value, zero, slopes in zip(image(f, x), at_centre, over.slopes):
                    assert inside(value - zero, sum(s * t for s, t in zip(slopes, y.tolist())))


def inside(x: Any, ball: Any) -> bool:
    (low, shift), (high, more) = ball.lower().man_exp(), ball.upper().man_exp()
    low, high = mp.ldexp(mpf(int(low)), int(shift)), mp.ldexp(mpf(int(high)), int(more))
    return bool(low <= x <= high)


@pytest.mark.parametrize("kind", KINDS)
def test_doubles_step_and_differentiate(kind: str) -> None:
    rng = np.random.default_rng(1)
    f = drawn(kind, rng)
    system, x = Smooth(f), rng.normal(size=(7, f.dimension or 0))
    with mp.workprec(160):
        tiny = mp.ldexp(mpf(1), -60)
        for point, value, matrix in zip(x, system.step(x), system.jacobians(x)):
            start = [mpf(t) for t in point.tolist()]
            exact = image(f, start)
            assert np.allclose(value, [float(t) for t in exact], atol=1e-13)
            for k in range(len(start)):
                moved = image(f, [t + tiny * (j == k) for j, t in enumerate(start)])
                assert np.allclose(matrix[:, k], [float((b - a) / tiny) for a, b in zip(exact, moved)], atol=1e-11)


@pytest.mark.parametrize("name", [*PARAMETERS])
def test_derivatives_are_those_of_the_activations(name: str) -> None:
    parameters = {"leaky_relu": "1/4", "clip": "-1,2", "elu": "1/3"}.get(name)
    act = Activation.parse(f"{name}:{parameters}" if parameters else name)
    system = Smooth(Network([Layer([[1]], [0], act)], None))
    z = np.array([-7.3, -2.5, -1.1, -0.4, 0.0 if act.smooth and name != "elu" else 0.1, 0.3, 0.9, 1.7, 2.6, 6.4])
    slopes = (system.step((z + 1e-5)[:, None]) - system.step((z - 1e-5)[:, None]))[:, 0] / 2e-5
    assert np.allclose(derivative(act, z), slopes, atol=1e-8)


# Orbits, cycles and excursions


def test_shooting_finds_the_orbits_that_it_is_asked_for() -> None:
    """On the line x -> 2 sin x: a fixed point, and an orbit with given ends far apart; for these the equations are solved by hand."""
    system = Smooth(Network([Layer([[1]], [0], "sin"), Layer([[2]], [0], "identity")], None))
    found = closed(system, np.array([[1.9]]))
    assert found is not None
    assert abs(found[0, 0] - 1.895494267033981) < 1e-12, "the positive root of x = 2 sin x"
    end = np.array([1.5])
    way = connecting(system, np.array([[0.2], [0.5], [1.0]]), (np.zeros(1), np.zeros((0, 1))), (end, np.eye(1)))
    assert way is not None
    assert np.allclose(way[:, 0], [np.arcsin(np.arcsin(0.75) / 2), np.arcsin(0.75), 1.5])
    assert closed(system, np.full((2, 1), 1e200)) is None


def test_a_saddle_cycle_has_its_directions() -> None:
    """Derivatives send directions to directions, and what the forms annihilate to the same; nothing is left over."""
    system = Smooth(case("laurent-von-brecht-lstm"))
    points = orbits(system, 16, 1_000, 500, np.random.default_rng(5), Budget())
    cycle = next(saddle_cycles(system, points, 6, 0.2, [], Budget()))
    assert cycle.period == 3
    matrices = system.jacobians(cycle.points)
    assert np.allclose(system.step(cycle.points), np.roll(cycle.points, -1, axis=0), atol=1e-13)
    product = np.linalg.multi_dot([*matrices[::-1]])
    assert max(abs(np.linalg.eigvals(product))) == pytest.approx(abs(cycle.multiplier))
    for t in range(3):
        after = (t + 1) % 3
        image = matrices[t] @ cycle.directions[t]
        assert np.allclose(
            image / np.linalg.norm(image), cycle.directions[after] * np.sign(image @ cycle.directions[after])
        )
        assert np.allclose(cycle.forms[t] @ cycle.stable[t], 0, atol=1e-9)
        assert np.allclose(cycle.forms[after] @ matrices[t] @ cycle.stable[t], 0, atol=1e-9)


def test_cycles_that_do_not_expand_in_one_direction_are_no_saddles() -> None:
    for weight, expanding in (([[2, 0], [0, "1/2"]], 1), ([[2, 0], [0, 3]], 2), ([["1/2", 0], [0, "1/3"]], 0)):
        system = Smooth(Network([Layer(weight, [0, 0], "tanh")], None))
        assert (saddle_cycle(system, np.zeros((1, 2))) is not None) == (expanding == 1)


def test_excursions_leave_and_come_back() -> None:
    system = Smooth(case("laurent-von-brecht-lstm"))
    points = orbits(system, 16, 1_000, 500, np.random.default_rng(5), Budget())
    extent = float(np.ptp(points, axis=(0, 1)).max())
    seen = 0
    for cycle in saddle_cycles(system, points, 3, 0.2, [], Budget()):
        for x in excursions(system, cycle, extent, 30, Budget()):
            away = cycle.distances(x.points)
            assert np.allclose(system.step(x.points[:-1]), x.points[1:], atol=1e-11), "it is an orbit"
            assert max(away[0, 0], away[-1, x.end]) < 1e-3 * extent, "that begins and ends at the cycle"
            assert away.min(axis=1).max() > 0.05 * extent, "and is away in between"
            seen += 1
    assert seen >= 3


# Blocks


def test_blocks_are_as_small_as_can_be() -> None:
    """Under x -> sin(3 x) / 2, of slope 3/2 around 0, a block around 0 has to cover one around 1/1000."""
    system = Smooth(Network([Layer([[3]], [0], "sin"), Layer([["1/2"]], [0], "identity")], None))
    sizes = Skeleton(np.array([[0.0], [0.001]]), np.ones((2, 1, 1)), ((0, 1),)).sizes(system, 1.03)
    assert sizes is not None
    assert sizes[1, 0] == pytest.approx(1e-9), "it covers nothing, so it is as small as the search begins"
    assert 1 < sizes[0, 0] / (0.001 / 1.5) < 1.04
    flat = Smooth(Network([Layer([["1/2"]], [0], "tanh")], None))
    alone = Skeleton(np.zeros((1, 1)), np.ones((1, 1, 1)), ((0, 0),))
    assert alone.sizes(system, 1.03) is not None
    assert alone.sizes(flat, 1.03) is None, "a contraction covers nothing"


def test_blocks_are_rounded_around_their_places() -> None:
    rng = np.random.default_rng(2)
    centres, frames, sizes = (
        rng.normal(size=(5, 3)),
        rng.normal(size=(5, 3, 3)),
        10.0 ** rng.uniform(-6, -1, size=(5, 3)),
    )
    shape = Skeleton(centres, frames, ())
    for bits, error in ((12, 2e-2), (30, 1e-6)):
        for block, centre, frame, size in zip(shape.blocks(sizes, bits), centres, frames, sizes):
            forms = np.array([[float(x) for x in row] for row in block.rows])
            ends = np.array([[float(x) for x in side] for side in (block.lo, block.hi)])
            assert all(int(x.q) == 1 and abs(int(x.p)) <= 2**bits for row in block.rows for x in row)
            unit = np.diag(forms @ frame)
            assert np.allclose(ends.mean(axis=0), forms @ centre, atol=(error * unit * size).max())
            assert np.allclose(np.ptp(ends, axis=0), 2 * unit * size, rtol=error)


def test_the_proof_and_the_checker_ask_for_the_same() -> None:
    """On the blocks of a certificate, with one of them wider, thicker, or moved: the same answer, and both answers occur."""
    f = case("tanh-rnn-3")
    found = stored("tanh-rnn-3")
    edges = {*(pair for chain in found.chains for pair in pairwise(chain))}
    answers = []
    for k in range(0, len(found.blocks), 3):
        for form in (0, 1):
            for factor, move in ((F(1), F(0)), (F(7, 8), F(0)), (F(2), F(0)), (F(1, 3), F(0)), (F(1), F(3, 2))):
                blocks = [*found.blocks]
                blocks[k] = changed(blocks[k], form, factor, move)
                other = replace(found, blocks=tuple(blocks))
                outcome = checker.check(document(f), certificate(other, None, sha256(f), None)).status
                assert outcome in ("VALID", "INVALID")
                assert (proved(Smooth(f), blocks, edges, found.bits) is not None) == (outcome == "VALID")
                answers.append(outcome)
    assert {*answers} == {"VALID", "INVALID"}


def changed(block: Block, form: int, factor: F, move: F) -> Block:
    """One form's bounds farther apart by a factor, and moved by so many times their distance."""
    lo, hi = [*block.lo], [*block.hi]
    middle, half = (lo[form] + hi[form]) / 2, (hi[form] - lo[form]) / 2
    middle += 2 * half * rational(move)
    lo[form], hi[form] = middle - half * rational(factor), middle + half * rational(factor)
    return Block(block.rows, tuple(lo), tuple(hi))


def stored(name: str) -> CoveringChains:
    """The certificate of a case."""
    content = json.loads((CASES / name / "certificate.json").read_text())

    def vector(values: list[str]) -> tuple[Q, ...]:
        return tuple(map(rational, values))

    blocks = tuple(
        Block(tuple(map(vector, block["rows"])), vector(block["lo"]), vector(block["hi"]))
        for block in content["blocks"]
    )
    chains, weights = tuple(map(tuple, content["chains"])), tuple(map(int, content["vector"]))
    return CoveringChains(blocks, chains, weights, rational(content["growth"]), content["bits"])


def test_blocks_that_are_none_prove_nothing() -> None:
    f, found = case("tanh-rnn-3"), stored("tanh-rnn-3")
    edges = {*(pair for chain in found.chains for pair in pairwise(chain))}
    block, *rest = found.blocks
    assert proved(Smooth(f), [block, *rest], edges, found.bits) is not None
    for bad in (replace(block, rows=(block.rows[0],) * 3), replace(block, lo=block.hi, hi=block.lo)):
        assert proved(Smooth(f), [bad, *rest], edges, found.bits) is None


def test_blocks_that_lie_apart() -> None:
    def square(x: str, y: str) -> Block:
        a, b = rational(x), rational(y)
        return Block(((Q(1), Q(1)), (Q(1), Q(-1))), (a - 1, b - 1), (a + 1, b + 1))

    assert not apart(square("0", "0"), square("2", "0")), "they touch"
    assert apart(square("0", "0"), square("2.01", "0"))
    assert apart(square("0", "0"), square("0", "-3"))
    assert not apart(square("0", "0"), square("1", "1"))


# True orbits along the chains


@pytest.mark.parametrize("name", ["laurent-von-brecht-lstm", "laurent-von-brecht-gru", "tanh-rnn-3"])
def test_chains_in_any_order_are_followed_by_true_orbits(name: str) -> None:
    """As in the proof: on a path across the first block, the part that is mapped across the second, of which the part that …, each
    found by bisection with mpmath. A point of the last part goes through all the blocks, in this order."""
    for seed in (1, 2):
        follow(case(name), stored(name), 24, random.Random(seed))


def follow(f: SmoothMap, found: CoveringChains, steps: int, generator: random.Random) -> None:
    """Chains drawn at random, for so many steps or more, and a true orbit through all of their blocks."""
    way = [0]
    while len(way) <= steps:
        way += generator.choice([chain for chain in found.chains if chain[0] == way[-1]])[1:]
    with mp.workprec(120):
        blocks = [exact(found.blocks[k]) for k in way]
        for point, (forms, lo, hi) in zip(through(f, blocks), blocks):
            for row, least, most in zip(forms, lo, hi):
                assert least <= sum(a * b for a, b in zip(row, point)) <= most


def through(f: SmoothMap, way: list[tuple[list[list[Any]], list[Any], list[Any]]]) -> list[list[Any]]:
    """An orbit, of which each point should lie in the block of its time."""
    forms, lo, hi = way[0]
    middle = [(a + b) / 2 for a, b in zip(lo, hi)]
    ends = [mp.lu_solve(mp.matrix(forms), mp.matrix([side, *middle[1:]])) for side in (lo[0], hi[0])]

    def orbit(s: Any, steps: int) -> list[list[Any]]:
        points = [[a + s * (b - a) for a, b in zip(*ends)]]
        for _ in range(steps):
            points.append(image(f, points[-1]))
        return points

    left, right = mpf(0), mpf(1)
    for t, block in enumerate(way[1:], 1):
        left, right = across(lambda s, t=t, block=block: first(block, orbit(s, t)[t]), left, right)
    return orbit((left + right) / 2, len(way) - 1)


def exact(block: Block) -> tuple[list[list[Any]], list[Any], list[Any]]:
    return [[real(x) for x in row] for row in block.rows], [*map(real, block.lo)], [*map(real, block.hi)]


def first(block: tuple[list[list[Any]], list[Any], list[Any]], point: list[Any]) -> Any:
    """Where the point is across the block: from -1 on one face to 1 on the other."""
    (row, *_), (lo, *_), (hi, *_) = block
    return (2 * sum(a * b for a, b in zip(row, point)) - lo - hi) / (hi - lo)


def across(place: Any, left: Any, right: Any) -> tuple[Any, Any]:
    """A part of [left, right] whose ends are just inside the two faces."""
    begin, end = place(left), place(right)
    assert min(begin, end) < -1 < 1 < max(begin, end)
    sign = 1 if end > begin else -1
    bounds = []
    for target in (-sign, sign):
        low, high = left, right
        while True:
            middle = (low + high) / 2
            value = place(middle)
            if 0.99 < value * target < 1:
                bounds.append(middle)
                break
            low, high = (middle, high) if (value - target) * sign < 0 else (low, middle)
    return bounds[0], bounds[1]


# The decision


@pytest.mark.parametrize("seed", [0, 1])
def test_chains_are_found_from_any_seed_and_the_same_ones_from_the_same(seed: int) -> None:
    f = case("tanh-rnn-3")
    one, two = (prove(f, seed=seed) for _ in range(2))
    assert one.verdict == "CHAOTIC"
    assert one.certificate is not None
    assert two.certificate is not None
    assert to_json(one.certificate) == to_json(two.certificate)
    assert checker.check(document(f), one.certificate).status == "VALID"
    assert F(one.certificate["growth"]) > 1


def test_a_cell_of_one_unit_agrees_with_the_theory_of_the_line() -> None:
    """f(1/5) < 1/5 < f^3(1/5) makes this map of the line chaotic (Li and Yorke 1975): chains must be there, and are followed."""
    f = case("one-unit-gru")
    with mp.workprec(120):
        orbit = [[mpf(1) / 5]]
        for _ in range(3):
            orbit.append(image(f, orbit[-1]))
        assert orbit[1][0] < orbit[0][0] < orbit[3][0]
    assert {len(chain) - 1 for chain in stored("one-unit-gru").chains} == {1, 3}
    follow(f, stored("one-unit-gru"), 40, random.Random(0))


def test_more_excursions_show_more_entropy() -> None:
    """Chains between several blocks, with weights: the checker accepts them, and true orbits follow them."""
    f = case("tanh-rnn-3")
    verdict = prove(f, entropy=True)
    found = verdict.decision
    assert isinstance(found, CoveringChains)
    assert len(found.vector) > 1
    assert found.growth > stored("tanh-rnn-3").growth
    assert verdict.certificate is not None
    assert checker.check(document(f), verdict.certificate).status == "VALID"
    follow(f, found, 30, random.Random(3))


def test_maps_that_cannot_be_chaotic_are_not_called_so() -> None:
    """A rotation in each step, squeezed, by which all orbits come to rest at 0, if slowly; and a cell that forgets everything."""
    turning = Network([Layer([["3/5", "-4/5"], ["4/5", "3/5"]], [0, 0], "tanh")], None)
    verdict = prove(turning, time_limit=10)
    assert verdict.verdict == "UNDECIDED"
    assert "0 of 64 orbits have a positive Lyapunov exponent" in verdict.reason
    resting = GRU(([[0]], [0]), ([[0]], [0]), ([["1/2"]], [0]), "before")
    assert prove(resting, time_limit=10).verdict == "ORDERED"


def test_time_runs_out() -> None:
    found = search_chains(case("laurent-von-brecht-lstm"), Budget(time_limit=0), lambda _: None, 0)
    assert not isinstance(found, CoveringChains)
    assert found.reason == "the budget ran out: the time limit of 0 seconds (--time-limit); tried so far: nothing"


def test_orbits_that_diverge_are_no_obstacle() -> None:
    away = Network([Layer([[3, 1], [0, 2]], [1, 1], "softplus")], None)
    assert "none is bounded" in prove(away, time_limit=10).reason


def test_exponents_of_a_linear_map() -> None:
    system = Smooth(Network([Layer([[3, 1], [0, "1/2"]], [0, 0], "identity")], None))
    assert np.allclose(exponents(system, np.zeros((400, 2, 2)), Budget()), np.log([3, 0.5]), atol=0.01)
