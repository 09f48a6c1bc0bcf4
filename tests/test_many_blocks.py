"""Horseshoes of many blocks: the choice of words is the best, what is proposed holds exactly, and the promised orbits exist."""

from __future__ import annotations

import json
import math
from fractions import Fraction
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from certify import InputError, checker, families, prove
from certify.certificate import certificate
from certify.cli import main
from certify.decision.budget import Budget
from certify.dimension.decide import decide_spatial
from certify.dimension.horseshoes import many_blocks
from certify.dimension.horseshoes.choice import choices, growth_of
from certify.dimension.horseshoes.frames import Frame
from certify.dimension.horseshoes.homoclinic import horseshoes_at
from certify.dimension.horseshoes.many_blocks import Size, with_many_blocks
from certify.dimension.horseshoes.orbits import orbits
from certify.dimension.horseshoes.proof import BlockHorseshoe, follows, growth
from certify.dimension.horseshoes.returns import local_frame
from certify.dimension.horseshoes.saddles import saddles
from certify.dimension.horseshoes.search import proved
from certify.dimension.horseshoes.transitions import Level, Transitions, transitions
from certify.dimension.system import System
from certify.mapfile import document, parse_map, sha256
from tests.test_checker_blocks import closed_paths
from tests.test_dimension import cycle_of, image, lozi, numerical

F = Fraction
ROOT = Path(__file__).parent.parent
LOZI = lozi("1.7", "0.5")


# The choice of words


Words = list[tuple[int, str, int]]
"""Each from a block along digits to a block."""


def graph(words: Words, blocks: int) -> Transitions:
    """With these good words and no others."""
    before: dict[tuple[int, str], int] = {(a, ""): a for a in range(blocks)}
    levels = list[Level]()
    for n in range(1, max(len(text) for _, text, _ in words) + 1):
        names = sorted({(a, text[:n]) for a, text, _ in words if len(text) >= n})
        nodes = {name: k for k, name in enumerate(names)}
        good = sorted((nodes[a, text], b) for a, text, b in words if len(text) == n)
        starts, parents = [a for a, _ in names], [before[a, text[:-1]] for a, text in names]
        pieces = [[int(digit) for digit in text] for _, text in names]
        parts = starts, parents, pieces, [k for k, _ in good], [b for _, b in good]
        levels.append(Level(*(np.array(part, np.intp) for part in parts)))
        before = nodes
    block = Frame.at(np.zeros(1), np.ones((1, 1)), np.zeros((1, 0)))
    return Transitions((block,) * blocks, (b"\x00", b"\x01"), tuple(levels))


def rate(words: Words) -> float:
    """The z at which the matrix sum z^-t of two blocks has spectral radius 1, by bisection; at least 1."""
    lo, hi = 1.0, 4.0
    for _ in range(40):
        z = (lo + hi) / 2
        m = [[sum(z ** -len(text) for a, text, b in words if (a, b) == (i, j)) for j in (0, 1)] for i in (0, 1)]
        radius = (m[0][0] + m[1][1]) / 2 + math.sqrt(((m[0][0] - m[1][1]) / 2) ** 2 + m[0][1] * m[1][0])
        lo, hi = (z, hi) if radius >= 1 else (lo, z)
    return lo


def allowed(words: Words) -> bool:
    return not any(a == c and (s.startswith(t) or t.startswith(s)) for (a, s, _), (c, t, _) in combinations(words, 2))


@pytest.mark.parametrize("seed", range(12))
def test_the_choice_is_the_best_of_all(seed: int) -> None:
    """Of all subsets in which no word begins another of the same block, one after the other."""
    rng = np.random.default_rng(seed)
    texts = [f"{k:0{n}b}" for n in (1, 2, 3) for k in range(2**n)]
    everything = [(a, text, b) for a in (0, 1) for text in texts for b in (0, 1)]
    words = [everything[k] for k in rng.choice(len(everything), 8, replace=False)]
    subsets = (list(some) for n in range(1, 9) for some in combinations(words, n))
    best = max(rate(some) for some in subsets if allowed(some))
    found = choices(graph(words, 2), 0.0)
    assert (found[0].growth.rate if found else 1) == pytest.approx(best, abs=1e-6)


def test_one_short_word_does_not_hide_two_long_ones() -> None:
    found = choices(graph([(0, "0", 0), (0, "00", 0), (0, "01", 0)], 1), 0.0)[0]
    assert found.growth.rate == pytest.approx(math.sqrt(2))
    assert sorted(found.times.tolist()) == [2, 2]


def test_blocks_that_add_little_are_dropped() -> None:
    """The full shift of two letters on block 0; block 1 lets only one long word more pass."""
    words = [(0, "00", 0), (0, "01", 0), (0, "10", 0), (0, "11", 1), (1, "0000", 0)]
    every, fewer = choices(graph(words, 2), 0.3)
    assert (len(every.growth.used), len(fewer.growth.used)) == (2, 1)
    assert fewer.growth.rate == pytest.approx(math.sqrt(3))
    assert len(choices(graph(words, 2), 0.01)) == 1


def test_the_growth_is_the_greatest_root() -> None:
    """Golden mean by two blocks; and a matrix that permutes, which the bare power method does not stand."""
    one = np.array([1, 1, 1]), np.array([0, 0, 1]), np.array([0, 1, 0])
    found = growth_of(2, *one)
    assert found is not None
    assert found.rate == pytest.approx((1 + math.sqrt(5)) / 2)
    assert found.weights / found.weights[1] == pytest.approx([found.rate, 1])
    turning = growth_of(2, np.array([1, 1, 1, 1]), np.array([0, 0, 1, 1]), np.array([1, 1, 0, 0]))
    assert turning is not None
    assert turning.rate == pytest.approx(2)
    assert growth_of(1, np.array([3]), np.array([0]), np.array([0])) is None
    z = growth([*zip(*(column.tolist() for column in (one[1], one[2], one[0])))], (1618034, 1000000))
    assert z is not None
    assert 1.618 < float(z) <= (1 + math.sqrt(5)) / 2


# Words between blocks


@pytest.fixture(scope="module")
def some() -> tuple[System, Transitions]:
    generator = np.random.default_rng(0)
    system = System(LOZI)
    found = orbits(system, 4, 2_000, 500, generator).chaotic
    sizes = [Size(math.log(width), math.log(0.2)) for width in (0.2, 0.1, 0.5, 0.3, 0.05, 0.4)]
    frames = [frame for frame in (local_frame(system, found, generator) for _ in range(30)) if frame]
    blocks = [size.given_to(frame) for size, frame in zip(sizes * 4, frames)]
    return system, transitions(system, blocks, found, 6, 100, Budget(), generator)


def test_words_that_look_good_are_good(some: tuple[System, Transitions]) -> None:
    """By the exact conditions; and of those that do not look good hardly any is."""
    system, found = some
    blocks = [frame.block(1.0, 24) for frame in found.blocks]
    answers = dict[bool, list[bool]]({True: [], False: []})
    for level in found.levels[1:5]:
        good = {*zip(level.nodes.tolist(), level.ends.tolist())}
        for node in range(0, len(level.starts), 4):
            patterns = [found.patterns[piece] for piece in level.pieces[node]]
            for end in range(0, len(blocks), 3):
                holds = follows(system, 1, blocks[level.starts[node]], blocks[end], patterns)
                answers[(node, end) in good].append(holds)
    assert len(answers[True]) > 20
    assert all(answers[True])
    assert sum(answers[False]) < 0.01 * len(answers[False])


def test_a_block_gets_the_size_that_is_asked_for() -> None:
    block = Frame.at(np.zeros(3), np.array([[1.0], [0], [0]]), np.array([[0.0, 0], [4, 0], [0, 1]]))
    assert Size.of(block).shape == pytest.approx(math.log(2))
    sized = Size(math.log(0.5), math.log(0.1)).given_to(block)
    assert sized.basis == pytest.approx(np.diag([0.5, 0.1, 0.025]))
    assert sized.inverse @ sized.basis == pytest.approx(np.eye(3))


def test_a_block_has_the_frame_that_it_came_from(some: tuple[System, Transitions]) -> None:
    for frame in some[1].blocks:
        again = Frame.of(frame.block(1.0, 40), frame.expanding)
        assert again.center == pytest.approx(frame.center)
        assert again.basis == pytest.approx(frame.basis)
        assert again.inverse == pytest.approx(frame.inverse)


# The horseshoe


@pytest.fixture(scope="module")
def proof() -> dict[str, Any]:
    """For the Lozi map, with less effort than usual."""
    generator = np.random.default_rng(1)
    system = System(LOZI)
    first = decide_spatial(LOZI, Budget(), lambda _: None)
    assert isinstance(first, BlockHorseshoe)
    found = orbits(system, 8, 2_000, 500, generator).chaotic
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(many_blocks, "ROUNDS", 2)
        patch.setattr(many_blocks, "DRAWN", 60)
        better = with_many_blocks(system, first, found, Budget(), lambda _: None, generator)
    assert better.growth > first.growth
    return certificate(better, None, sha256(LOZI), None)


def test_many_blocks_prove_more_entropy(proof: dict[str, Any]) -> None:
    """With two words it is 0.14; and the map is at most two to one on the words of one pattern, so it cannot exceed log 2."""
    assert checker.check(document(LOZI), proof).status == "VALID"
    assert len(proof["blocks"]) > 1
    assert 0.3 < math.log(F(proof["growth"])) < math.log(2)


def test_paths_through_many_blocks_are_true_periodic_orbits(proof: dict[str, Any]) -> None:
    """Solved over Q: they follow their words, and are different."""
    f = numerical(document(LOZI)["map"])
    words = proof["words"]
    chosen = [word for word in words if {word[0], word[1]} <= {words[0][0], words[0][1]}][:12]
    paths = [path for length in (1, 2) for path in closed_paths(chosen, length)]
    points = set()
    for path in paths:
        patterns = [pattern for _, _, text in path for pattern in text.split(" ")]
        x = start = cycle_of(f, patterns)
        for pattern in patterns:
            x, seen = image(f, x)
            assert seen == pattern
        assert x == start
        points.add((path[0][0], len(path), *start))
    assert len(points) == len(paths) > 5


def test_the_exact_growth_of_closed_paths_is_below_that_of_all_cycles(proof: dict[str, Any]) -> None:
    """The Lozi map has at most 2^n points of period n: the paths that close after n steps, which are different ones, are no more."""
    counts = np.zeros((13, len(proof["blocks"]), len(proof["blocks"])))
    counts[0] = np.eye(len(proof["blocks"]))
    for n in range(1, 13):
        for a, b, text in proof["words"]:
            steps = len(text.split(" "))
            if steps <= n:
                counts[n, :, b] += counts[n - steps, :, a]
        assert all(counts[n, a, a] <= 2**n for a in range(len(proof["blocks"])))


def test_what_is_proved_stays_when_the_time_is_up() -> None:
    generator = np.random.default_rng(0)
    system = System(LOZI)
    first = decide_spatial(LOZI, Budget(), lambda _: None)
    assert isinstance(first, BlockHorseshoe)
    found = orbits(system, 4, 500, 500, generator).chaotic
    assert with_many_blocks(system, first, found, Budget(time_limit=0), lambda _: None, generator) == first


# Several expanding directions


def test_a_homoclinic_orbit_of_two_expanding_directions() -> None:
    """Two Lozi maps that act on one another a little: a saddle cycle whose unstable space is a plane."""
    found = json.loads((ROOT / "tests" / "horseshoes" / "coupled-lozi.json").read_text())["map"]
    system, generator = System(parse_map(json.dumps(found).encode()).map), np.random.default_rng(0)  # type: ignore[arg-type]
    with np.errstate(all="ignore"):
        near = orbits(system, 8, 1_000, 500, generator).chaotic
        cycles = (
            cycle for cycle in saddles(system, near, 12, set(), Budget(), generator) if cycle.frame.expanding == 2
        )
        proposals = (proposal for cycle in cycles for proposal in horseshoes_at(system, cycle, 60, Budget()))
        proof = next(filter(None, (proved(system, proposal) for proposal in proposals)))
    assert proof.expanding == 2
    assert len(proof.words) == 2


# The command


@pytest.mark.parametrize("case", ["tent", "rnn-64-chaotic-level-1"])
def test_entropy_in_one_dimension_is_another_command(case: str) -> None:
    result = CliRunner().invoke(main, ["prove", str(ROOT / "cases" / case / "map.json"), "--entropy"])
    assert result.exit_code == 2
    assert "--entropy" in result.stderr
    assert len(result.stderr.splitlines()) == 1
    with pytest.raises(InputError):
        prove(families.tent(), entropy=True)


def test_entropy_goes_on_where_two_words_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(many_blocks, "ROUNDS", 1)
    monkeypatch.setattr("certify.dimension.horseshoes.search.MANY", (4, 2_000, 500))
    less, more = (prove(LOZI, entropy=entropy) for entropy in (False, True))
    assert less.certificate is not None
    assert more.certificate is not None
    assert len(less.certificate["words"]) == 2
    assert F(more.certificate["growth"]) > F(less.certificate["growth"])


def test_entropy_of_what_is_ordered_or_has_no_chaotic_orbit() -> None:
    assert prove(lozi("2/5", "1/5"), entropy=True).verdict == "ORDERED"
    assert prove(lozi("4", "1/2"), entropy=True).verdict == "CHAOTIC", "all orbits diverge: two words stay two words"


def test_without_a_limit_there_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("certify.dimension.decide.SECONDS", 0)
    assert "time limit of 0 seconds" in prove(LOZI).reason
