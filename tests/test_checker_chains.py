"""The checker's rule for covering chains: by hand, by defects, against the true map at many points, and its enclosures."""

from __future__ import annotations

import copy
import json
import random
from fractions import Fraction
from itertools import pairwise, product
from pathlib import Path
from typing import Any

import mpmath
import pytest
from mpmath import mp, mpf

from certify import mapfile, numbers, verdict
from certify.certificate import certificate
from certify.dimension.chains.proof import CoveringChains
from certify.dimension.horseshoes.proof import Block
from certify.errors import BudgetExceeded
from certify.numbers import Q
from tests.test_checker import (
    TENT,
    assert_answer,
    assert_forgeries_are_true,
    checker,
    layer,
    network,
    resealed,
    rewritten,
    sha256,
    texts,
)
from tests.test_checker_blocks import (
    HALVES,
    LAYERED,
    LOZI,
    PLANE,
    affine,
    block,
    disjoint,
    dot,
    followed,
    lozi,
    plrnn,
    read,
    solve,
    vertices,
)
from tests.test_checker_boxes import FUNCTIONS, rational

Document = dict[str, Any]
F = Fraction
ROOT = Path(__file__).parent.parent


# Documents written by hand


def covering(
    document: Document, blocks: list[Document], chains: Any, growth: Any, vector: Any = (1, 1), bits: Any = 80
) -> Document:
    body = {"format": "certify-certificate", "version": 1, "map_sha256": sha256(document), "kind": "covering-chain"}
    body |= {"bits": bits, "blocks": blocks, "chains": chains, "vector": texts(*vector), "growth": str(F(growth))}
    body["claim"] = {"verdict": "CHAOTIC", "domain": None}
    body["claim"]["words"] = checker.claim_words("covering-chain", body)
    return resealed(body)


def gate(weight: Any, bias: Any, **more: Any) -> Document:
    return {"weight": [texts(*row) for row in weight], "bias": texts(*bias)} | {k: texts(*v) for k, v in more.items()}


def cell(kind: str, **content: Any) -> Document:
    return {"format": "certify-map", "version": 1, "domain": None, "map": {"kind": kind, **content}}


FULL = [[0, 0], [0, 1], [1, 0], [1, 1]]
# A part of the left one that is still mapped across both.
PART = block(PLANE, ("-12/25", "-1/20"), ("-3/10", "3/10"))
# A tent of slope 3 on the line: the two halves of [-1/20, 21/20], each mapped across both.
LINE = network(
    layer([[1]], [0], "hardtanh", lo=-2, hi=2), layer([[1]], ["-1/2"], "abs"), layer([[-3]], ["3/2"], "identity"),
    domain=None,
)  # fmt: skip
ENDS = [block([[1]], ("-1/20", "9/20")), block([[1]], ("11/20", "21/20"))]
# x -> 10 (tanh(4 x + 4) - tanh(4 x - 4)) - 10 + tanh(y/2)/10, y -> tanh(x/8): both flanks of the bump cross both flanks.
BUMP = network(
    layer([[4, 0], [4, 0], [0, "1/2"], ["1/8", 0]], [4, -4, 0, 0], "tanh"),
    layer([[10, -10, "1/10", 0], [0, 0, 0, 1]], [-10, 0], "identity"),
    domain=None,
)
FLANKS = [block(PLANE, (lo, hi), ("-1/5", "1/5")) for lo, hi in (("-53/50", "-47/50"), ("47/50", "53/50"))]
SLANTED = [
    block([[1, "1/10"], ["-1/50", 1]], (lo, hi), ("-1/5", "1/5"))
    for lo, hi in (("-53/50", "-47/50"), ("47/50", "53/50"))
]
# On the line, with flanks of slopes 5 and 6 that have a kink in the middle, at -1 and at 1.
KINKED = plrnn([[5]], [[1, -12, 1]], [[1], [1], [1]], [1, 0, -1], [5])
GOOD: dict[str, tuple[Document, Document]] = {
    "two blocks": (LOZI, covering(LOZI, HALVES, FULL, 2)),
    "golden mean": (LOZI, covering(LOZI, HALVES, FULL[:3], "8/5", (8, 5))),
    "on the way": (LOZI, covering(LOZI, [*HALVES, PART], [[0, 2, 0], [0, 2, 1], [1, 0], [1, 1]], "8/5", (5, 8))),
    "one weight": (LOZI, covering(LOZI, HALVES, [[0, 0], [0, 1, 0], [0, 1, 1, 0]], "9/5", (1,))),
    "network": (LAYERED, covering(LAYERED, HALVES, FULL, 2)),
    "line": (LINE, covering(LINE, ENDS, FULL, 2, bits=30)),
    "kinks": (KINKED, covering(KINKED, [block([[1]], ends) for ends in (("-7/5", "-3/5"), ("3/5", "7/5"))], FULL, 2)),
    "smooth": (BUMP, covering(BUMP, FLANKS, FULL, 2)),
    "slanted": (BUMP, covering(BUMP, SLANTED, FULL, 2, bits=20)),
}


# The true map, and a second check at many points of each block


def real(x: Any) -> mpf:
    return rational(F(x))


def value(document: Document, x: list[Any]) -> list[Any]:
    """f(x): in Fractions where f is piecewise linear, else by mpmath."""
    shape = document["map"]
    if shape["kind"] in ("lstm", "gru"):
        return cell_value(shape, [*map(real, x)])
    if any(one["activation"] in FUNCTIONS for one in shape.get("layers", [])):
        signal = [*map(real, x)]
        for one in shape["layers"]:
            act = FUNCTIONS.get(one["activation"], lambda t: t)
            signal = [act(t) for t in sums(one, signal)]
        return signal
    return followed(document, [*map(F, x)])[0]


def sums(one: Document, x: list[mpf], bias: str = "bias") -> list[mpf]:
    rows = zip(one["weight"], one[bias])
    return [mpmath.fsum([real(b), *(real(w) * t for w, t in zip(row, x))]) for row, b in rows]


def cell_value(shape: Document, x: list[mpf]) -> list[mpf]:
    """The definitions of docs/map-format.md, as PyTorch and ONNX have them."""
    sigmoid, tanh = FUNCTIONS["sigmoid"], FUNCTIONS["tanh"]
    if shape["kind"] == "lstm":
        k = len(x) // 2
        h, c = x[:k], x[k:]
        i, f, g, o = (sums(shape[name], h) for name in "ifgo")
        c = [sigmoid(f[j]) * c[j] + sigmoid(i[j]) * tanh(g[j]) for j in range(k)]
        return [sigmoid(o[j]) * tanh(c[j]) for j in range(k)] + c
    r, z = ([*map(sigmoid, sums(shape[name], x))] for name in "rz")
    if shape["reset"] == "before":
        n = [*map(tanh, sums(shape["n"], [a * b for a, b in zip(r, x)]))]
    else:
        inner = sums(shape["n"], x, "reset_bias")
        n = [tanh(real(b) + a * t) for a, b, t in zip(r, shape["n"]["bias"], inner)]
    return [(1 - a) * b + a * t for a, b, t in zip(z, n, x)]


def points(one: tuple[Any, Any], grid: tuple[Any, ...]) -> list[tuple[list[F], tuple[Any, ...]]]:
    """Points of a block with their coordinates in [-1, 1]^d."""
    rows, bounds = one
    places = [
        (y, [(lo + hi) / 2 + t * (hi - lo) / 2 for t, (lo, hi) in zip(y, bounds)])
        for y in product(grid, repeat=len(rows))
    ]
    return [(x, y) for y, place in places if (x := solve(rows, place)) is not None]


GRID = (F(-1), F(-1, 3), F(1, 2), F(1))


def crosses(document: Document, one: Any, other: Any) -> bool:
    """What is seen of the covering of one block by another at the points of a grid: all there is, where f is affine."""
    rows, bounds = other
    images = [(y, value(document, x)) for x, y in points(one, GRID)]
    seen = [
        (
            y,
            [
                mpmath.fsum(real(a) * real(t) if isinstance(t, F) else real(a) * t for a, t in zip(row, image))
                for row in rows
            ],
        )
        for y, image in images
    ]
    ends = [(real(lo), real(hi)) for lo, hi in bounds]
    low, high = ([forms[0] for y, forms in seen if y[0] == side] for side in (-1, 1))
    (lo, hi), others = ends[0], ends[1:]
    across = (max(low) < lo and hi < min(high)) or (max(high) < lo and hi < min(low))
    return across and all(a < t < b for _, forms in seen for t, (a, b) in zip(forms[1:], others))


def proves(document: Document, proof: Document) -> bool:
    """The conditions of the rule, coverings only at points."""
    blocks, chains = [*map(read, proof["blocks"])], proof["chains"]
    if any(lo >= hi for _, bounds in blocks for lo, hi in bounds) or None in [vertices(*one) for one in blocks]:
        return False
    z, v = F(proof["growth"]), [*map(F, proof["vector"])]
    if not chains or any(len(one) < 2 or max(one[0], one[-1]) >= len(v) for one in chains) or len(v) > len(blocks):
        return False
    if not all(crosses(document, blocks[a], blocks[b]) for a, b in {pair for one in chains for pair in pairwise(one)}):
        return False
    for k, one in enumerate(chains):
        for other in chains[:k]:
            parts = [pair for pair in zip(one, other) if pair[0] != pair[1]][:1]
            if not parts or (one[0] == other[0] and not disjoint(*(blocks[a] for a in parts[0]))):
                return False
    totals = [sum(v[one[-1]] / z ** (len(one) - 1) for one in chains if one[0] == a) for a in range(len(v))]
    return z > 1 and all(t >= weight > 0 for t, weight in zip(totals, v))


def is_affine(document: Document, one: Any) -> bool:
    """Whether all corners of a block lie strictly in one piece of a piecewise-linear map."""
    found = {followed(document, x)[1] for x, _ in points(one, (F(-1), F(1)))}
    return len(found) == 1 and None not in found


@pytest.fixture(params=list(GOOD))
def good(request: pytest.FixtureRequest) -> tuple[Document, Document]:
    return copy.deepcopy(GOOD[request.param])


@pytest.fixture(autouse=True)
def small_budget(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checker.Work, "left", 10**8)


def test_good_certificates_are_valid(good: tuple[Document, Document]) -> None:
    document, proof = good
    assert checker.check(document, proof) == ("VALID", proof["claim"]["words"])
    assert proves(document, proof)


def test_the_sentence() -> None:
    assert GOOD["on the way"][1]["claim"]["words"] == (
        "f has a compact invariant set on which it is chaotic in the sense of Li and Yorke, and its topological entropy "
        "there is at least log(8/5) (by covering chains of 3 blocks)"
    )


@pytest.mark.parametrize("name", ["two blocks", "golden mean", "on the way", "one weight", "network"])
def test_closed_paths_are_true_periodic_orbits(name: str) -> None:
    """What the theorem says, for affine pieces: each closed path of chains is followed by an orbit, solved over Q; all differ."""
    document, proof = GOOD[name]
    blocks = [*map(read, proof["blocks"])]
    patterns = [followed(document, points(one, (F(0),))[0][0])[1] for one in blocks]
    found = []
    for length in (1, 2, 3):
        for path in product(proof["chains"], repeat=length):
            if any(a[-1] != b[0] for a, b in pairwise([*path, path[0]])):
                continue
            places = [a for one in path for a in one[:-1]]
            M, c = [[F(i == j) for j in range(2)] for i in range(2)], [F(0)] * 2
            for a in places:
                A, h = affine(document, patterns[a] or "")
                M, c = [[dot(row, list(col)) for col in zip(*M)] for row in A], [dot(r, c) + t for r, t in zip(A, h)]
            x = solve([[F(i == j) - M[i][j] for j in range(2)] for i in range(2)], c)
            assert x is not None
            found.append((len(places), places[0], *x))
            y = x
            for a in places:
                rows, bounds = blocks[a]
                assert all(lo < dot(row, y) < hi for row, (lo, hi) in zip(rows, bounds))
                y = value(document, y)
            assert y == x
    assert len({*found}) == len(found) > 5


def test_changed_certificates(good: tuple[Document, Document]) -> None:
    assert_forgeries_are_true(*good, ("bits", "blocks", "chains", "vector", "growth"), proves)


@pytest.mark.parametrize("name", ["two blocks", "on the way", "network", "line"])
def test_random_certificates_are_accepted_only_when_the_second_check_accepts(name: str) -> None:
    """Numbers moved a little and chains replaced: both answers occur, and where f is affine the two checks never differ."""
    document, proof = GOOD[name]
    seed, answers = random.Random(5), set()
    for _ in range(60):
        other = copy.deepcopy(proof)
        scale = seed.choice([F(1, 1000), F(1, 200), F(1, 12)])
        for one in other["blocks"]:
            for key in ("lo", "hi"):
                one[key] = [str(F(t) + scale / 4 * seed.randint(-2, 2)) for t in one[key]]
            one["rows"] = [[str(F(t) + scale / 4 * seed.randint(-2, 2)) for t in row] for row in one["rows"]]
        if seed.random() < 0.3:
            one = seed.choice(other["chains"])
            one[seed.randrange(len(one))] = seed.randrange(len(other["blocks"]))
        holds = proves(document, other)
        outcome = checker.check(document, resealed(other))
        answers.add(outcome.status == "VALID")
        assert outcome.status in ("VALID", "INVALID")
        exact = all(is_affine(document, read(one)) for one in other["blocks"])
        assert (outcome.status == "VALID") == holds or (holds and not exact), outcome.message
    assert answers == {True, False}


# Defects


TWO, WAY, SMOOTH = (GOOD[name][1] for name in ("two blocks", "on the way", "smooth"))
LEFT, RIGHT = HALVES


def upright(x: tuple[Any, Any], y: tuple[Any, Any] = ("-3/10", "3/10")) -> Document:
    return block(PLANE, x, y)


def two(*blocks: Document, **fields: Any) -> Document:
    return rewritten(TWO, blocks=[*blocks], **fields)


def chains(*given: Any, growth: str = "9/4") -> Document:
    return rewritten(TWO, chains=[*given], growth=growth)


TRIPLE = plrnn([[3, 0], [0, "1/2"]], [[0], [0]], [[0, 0]], [0], [0, 0])
EYE = plrnn([[1, 0], [0, 1]], [[0], [0]], [[0, 0]], [0], [0, 0])
AROUND, WITHIN, BESIDE = (block(PLANE, x, (-1, 1)) for x in ((-1, 1), ("-1/2", "1/2"), (2, "5/2")))


def triple(blocks: list[Document], *given: Any) -> Document:
    return covering(TRIPLE, blocks, [*given], "101/100", [1])


SWAPPED = block(PLANE[::-1], ("-3/10", "3/10"), ("-12/25", "-1/50"))
SWAPPED_FLANK = block(PLANE[::-1], ("-1/5", "1/5"), ("-53/50", "-47/50"))
ON_AN_INTERVAL = covering(TENT, [block([[1]], (0, 1))], [[0, 0]], 2, (1,))
ON_AN_INTERVAL["claim"]["domain"] = ["0", "1"]
LAST, FEW = (
    "chains[3]: expected numbers of blocks, 2 in all, the first and the last below 2",
    "chains[0]: expected numbers of",
)
EMPTY, SHORT = "chains[0]: expected a list of at least one", "chains[0]: expected a step or more"
DEFECTS: dict[str, tuple[Document, Document, str]] = {
    "no chains": (LOZI, chains(), "chains: expected a list of at least one"),
    "chains that are none": (LOZI, chains(0, 1), EMPTY),
    "an empty chain": (LOZI, chains([], *FULL), EMPTY),
    "a chain without a step": (LOZI, chains([0], *FULL), SHORT),
    "no step at all": (LOZI, chains([0], [1], growth="7"), SHORT),
    "a chain twice": (LOZI, chains(*FULL, [0, 1]), "chains: prefix"),
    "a chain that begins another": (LOZI, chains(*FULL, [0, 1, 0]), "chains: prefix"),
    "a chain that goes on": (LOZI, chains([0, 0, 1], *FULL), "chains: prefix"),
    "an end without weight": (LOZI, rewritten(WAY, chains=[[0, 2], [1, 0], [1, 1]]), FEW),
    "a start without weight": (LOZI, rewritten(WAY, chains=[[2, 0], [1, 0], [1, 1]]), FEW),
    "a block that is not there": (LOZI, chains(*FULL[:3], [1, 2, 1]), LAST),
    "a block counted from behind": (LOZI, chains(*FULL[:3], [1, -1]), LAST),
    "true for a block": (LOZI, chains(*FULL[:3], [1, True]), LAST),
    "text for a block": (LOZI, chains(*FULL[:3], [1, "1"]), LAST),
    "more weights than blocks": (LOZI, rewritten(TWO, vector=["1"] * 3), "vector: expected at most 2 weights"),
    "a weight for a block without chains": (
        LOZI, rewritten(WAY, vector=["5", "8", "1"]), "vector[2]: growth: expected at least 1",
    ),
    "a weight of zero": (LOZI, rewritten(TWO, vector=["1", "0"]), "vector: expected positive integers"),
    "a negative weight": (LOZI, rewritten(TWO, vector=["1", "-1"]), "vector: expected positive integers"),
    "a broken weight": (LOZI, rewritten(TWO, vector=["1", "1/2"]), "vector: expected positive integers"),
    "no weights": (LOZI, rewritten(TWO, vector=[]), "vector: expected a list of at least one"),
    "weights that do not fit": (LOZI, rewritten(TWO, vector=["1", "2"]), "vector[1]: growth"),
    "too much growth": (LOZI, rewritten(TWO, growth="200001/100000"), "vector[0]: growth: expected at least 1"),
    "growth one": (LOZI, rewritten(TWO, growth="1"), "growth: expected more than 1"),
    "growth less than one": (LOZI, rewritten(TWO, growth="1/2"), "growth: expected more than 1"),
    "negative growth": (LOZI, rewritten(TWO, growth="-2"), "growth: expected a positive number"),
    "no bits": (LOZI, rewritten(TWO, bits=0), "bits: expected an integer, at least 1"),
    "bits as text": (LOZI, rewritten(TWO, bits="80"), "bits: expected an integer"),
    "too few bits": (LOZI, rewritten(TWO, bits=2), "block 0 covers block 0: form 0"),
    "flat": (LOZI, two(LEFT, upright(("1/50", "1/50"))), "expected lo[0] < hi[0]"),
    "dependent forms": (
        LOZI, two(LEFT, block([[1, 2], [2, 4]], (0, 1), (0, 1))), "blocks[1].rows: expected 2 linear forms",
    ),
    "blocks that overlap": (LOZI, two(upright(("-12/25", "1/25")), RIGHT), "chains: apart"),
    "blocks that touch": (LOZI, two(upright(("-12/25", 0)), upright((0, "12/25"))), "chains: apart"),
    "one block twice": (LOZI, two(LEFT, LEFT), "chains: apart"),
    "a block moved": (LOZI, two(LEFT, upright(("1/10", "14/25"))), "block 1 covers block 1: form 0"),
    "the fold inside": (
        LOZI, two(upright(("-12/25", "12/25")), chains=[[0, 0]], vector=["1"]), "block 0 covers block 0: form 0",
    ),
    "directions swapped": (LOZI, two(SWAPPED, RIGHT), "covers block 0: form 0"),
    "too thin": (LOZI, two(upright(("-12/25", "-1/50"), ("-1/5", "1/5")), RIGHT), "block 0 covers block 0: form 1"),
    "just too thin": (
        LOZI, two(upright(("-12/25", "-1/50"), ("-6/25", "6/25")), RIGHT), "block 0 covers block 0: form 1",
    ),
    "a smooth one swapped": (BUMP, rewritten(SMOOTH, blocks=[SWAPPED_FLANK, FLANKS[1]]), "covers block 0: form 0"),
    "less than the flank": (
        BUMP, rewritten(SMOOTH, blocks=[FLANKS[0], upright(("99/100", "53/50"))]), "block 1 covers block 1: form 0",
    ),
    "one way": (TRIPLE, triple([AROUND], [0, 0]), "vector[0]: growth"),
    "a longer way": (TRIPLE, triple([AROUND], [0, 0], [0, 0, 0]), "chains: prefix"),
    "a way around that is none": (TRIPLE, triple([AROUND, WITHIN], [0, 0], [0, 1, 0]), "chains: apart"),
    "there and not back": (TRIPLE, triple([AROUND, BESIDE], [0, 0], [0, 1, 0]), "step 1: block 1 covers block 0: form 0"),
    "identity": (EYE, covering(EYE, [AROUND], [[0, 0]], 2, (1,)), "block 0 covers block 0: form 0"),
    "a piecewise-linear map": (TENT, resealed(ON_AN_INTERVAL), "kind: expected one for other maps"),
}  # fmt: skip


@pytest.mark.parametrize("defect", DEFECTS)
def test_defects(defect: str) -> None:
    document, proof, fragment = DEFECTS[defect]
    assert_answer(document, proof, "INVALID", fragment)


def test_boxes_and_intervals_have_no_such_certificate() -> None:
    box, bounded = copy.deepcopy(LAYERED), {**copy.deepcopy(LINE), "domain": ["0", "1"]}
    box["map"]["layers"][0]["bias"][0] = "[0,1]"
    for document in (box, bounded):
        proof = covering(document, ENDS if document is bounded else HALVES, FULL, 2)
        forged = {**proof, "map_sha256": checker.map_sha256(document)}
        forged["claim"] = {**proof["claim"], "domain": document["domain"]}
        outcome = checker.check(document, resealed(forged))
        assert outcome.status == "INVALID"
        assert outcome.message.startswith(
            "kind: expected one for other maps, as this is for single networks, plrnn and gated cells"
        )


TAME = {
    "identity": EYE,
    "translation": plrnn([[1, 0], [0, 1]], [[0], [0]], [[0, 0]], [0], ["1/2", "1/3"]),
    "expansion": TRIPLE,
    "contraction": plrnn([["1/2", 0], [0, "1/3"]], [[0], [0]], [[0, 0]], [0], [0, 0]),
    "rotation by a quarter": plrnn([[0, -3], [3, 0]], [[0], [0]], [[0, 0]], [0], [0, 0]),
    "gentle Lozi map": lozi("1/2", "1/4"),
    "saturated": network(layer([[3, 0], [0, 1]], [0, 0], "tanh"), domain=None),
}


@pytest.mark.parametrize("name", TAME)
def test_maps_of_zero_entropy_have_no_certificate(name: str) -> None:
    """Random blocks, overlapping or not, and random chains: many cover, none is accepted with growth above 1."""
    document, seed, growth = TAME[name], random.Random(name), "1000001/1000000"
    for _ in range(150):
        blocks = []
        for _ in range(seed.randint(1, 3)):
            x, y, a, b = (
                F(seed.randint(-4, 4), 4),
                F(seed.randint(-4, 4), 4),
                F(seed.randint(1, 8), 8),
                F(seed.randint(1, 8), 8),
            )
            blocks.append(block(seed.choice([PLANE, PLANE[::-1]]), (x - a, x + a), (y - b, y + b)))
        many = range(len(blocks))
        chains = [[seed.choice(many) for _ in range(seed.randint(2, 3))] for _ in range(seed.randint(1, 4))]
        proof = covering(document, blocks, chains, growth, [seed.randint(1, 3) for _ in many])
        assert checker.check(document, proof).status == "INVALID"


# From a decision to its certificate


def decided(proof: Document, **fields: Any) -> CoveringChains:
    """The prover's data of a certificate."""

    def vector(texts: list[str]) -> tuple[Q, ...]:
        return tuple(map(numbers.rational, texts))

    given = [(tuple(map(vector, one["rows"])), vector(one["lo"]), vector(one["hi"])) for one in proof["blocks"]]
    data = {"blocks": tuple(Block(*one) for one in given), "chains": tuple(map(tuple, proof["chains"]))}
    data |= {"vector": tuple(map(int, proof["vector"])), "growth": numbers.rational(proof["growth"])}
    return CoveringChains(**(data | {"bits": proof["bits"]} | fields))


def test_a_decision_becomes_the_certificate(good: tuple[Document, Document]) -> None:
    document, proof = good
    assert certificate(decided(proof), None, sha256(document), None) == proof


def test_bits_are_doubled_once_where_the_margins_need_it() -> None:
    given = mapfile.parse_map(json.dumps(LOZI).encode()).map
    decision, made = verdict.checked_enclosure(decided(TWO, bits=4), given)
    assert (decision.bits, made["bits"]) == (8, 8)
    with pytest.raises(BudgetExceeded, match="a proof that the checker's enclosures do not confirm: chains"):
        verdict.checked_enclosure(decided(TWO, bits=1), given)


# The LSTM of Laurent and von Brecht, whose certificate a search has found

LSTM = [
    checker.read(str(ROOT / "cases" / "laurent-von-brecht-lstm" / name)) for name in ("map.json", "certificate.json")
]


def test_the_lstm_covers_at_corners_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.test_checker_chains.GRID", (F(-1), F(1)))
    document, proof = LSTM
    assert checker.check(document, proof) == ("VALID", proof["claim"]["words"])
    assert proves(document, proof)


@pytest.mark.parametrize("change", ["forms swapped", "moved away", "ten times as wide"])
def test_the_lstm_with_a_block_changed(change: str) -> None:
    """Where the first form of a block is another one, or its bounds are far from those that were found, nothing covers it."""
    document, proof = LSTM
    for number in random.Random(change).sample(range(len(proof["blocks"])), 8):
        other = copy.deepcopy(proof)
        one = other["blocks"][number]
        lo, hi = F(one["lo"][0]), F(one["hi"][0])
        if change == "forms swapped":
            for key in ("rows", "lo", "hi"):
                one[key][:2] = one[key][1::-1]
        else:
            by = 5 * (hi - lo)
            one["lo"][0], one["hi"][0] = str(lo + by if change == "moved away" else lo - by), str(hi + by)
        outcome = checker.check(document, resealed(other))
        assert outcome.status == "INVALID", number
        assert "covers block" in outcome.message or "apart" in outcome.message


def test_the_lstm_with_a_weight_changed() -> None:
    document, proof = copy.deepcopy(LSTM)
    document["map"]["o"]["weight"][0][1] = "101/100"
    assert checker.check(document, proof).message.startswith("map_sha256")
    outcome = checker.check(document, resealed({**proof, "map_sha256": checker.map_sha256(document)}))
    assert outcome.status == "INVALID"
    assert "covers block" in outcome.message


# Enclosures


def random_cell(seed: random.Random, kind: str, k: int) -> Document:
    def number() -> F:
        return F(seed.randint(-300, 300), 100)

    def random_gate(**more: Any) -> Document:
        return gate([[number() for _ in range(k)] for _ in range(k)], [number() for _ in range(k)], **more)

    match kind:
        case "lstm":
            return cell("lstm", **{name: random_gate() for name in "ifgo"})
        case "before":
            return cell("gru", reset="before", **{name: random_gate() for name in "rzn"})
        case "after":
            inner = {"reset_bias": [number() for _ in range(k)]}
            return cell("gru", reset="after", r=random_gate(), z=random_gate(), n=random_gate(**inner))
        case "plrnn":
            rows = [[[number() for _ in range(k)] for _ in range(k)] for _ in range(3)]
            return plrnn(*rows, *([number() for _ in range(k)] for _ in range(2)))
    sizes = (k, k + 1, k)
    layers = [
        layer([[number() for _ in range(n)] for _ in range(m)], [number() for _ in range(m)], name)
        for n, m, name in zip(sizes, sizes[1:], kind.split())
    ]
    return network(*layers, domain=None)


KINDS = ["lstm", "before", "after", "plrnn", "tanh tanh", "relu abs", "sigmoid identity", "silu sin", "softplus gelu"]


@pytest.mark.parametrize("kind", KINDS)
def test_enclosures_hold_the_true_values_and_slopes(kind: str) -> None:
    """f at the middle, and f - f(middle) against the slopes: along each axis alone, and everywhere."""
    seed = random.Random(kind)
    with mp.workprec(400):
        for size, bits in ((F(1), 12), (F(1, 7), 40), (F(1, 100), 60), (F(1, 10**6), 200)):
            k = seed.choice([1, 2, 3])
            document = random_cell(seed, kind, k)
            f = checker.Map(document, checker.Work())
            d = f.dimension
            rows = [[F(seed.randint(-9, 9) + 20 * (i == j), 7) for j in range(d)] for i in range(d)]
            bounds = [(t, t + size * seed.randint(1, 9) / 3) for t in [F(seed.randint(-200, 200), 100) for _ in rows]]
            given = checker.read_block(block(rows, *bounds), "block", f)
            low, high = checker.block_image(f, checker.Box(f.layers, bits, f.work), given)
            start = value(document, points((rows, bounds), (F(0),))[0][0])
            unit = mpf(2) ** -bits
            for row, image in enumerate(start):
                assert low[row][-1] * unit <= real_or(image) <= high[row][-1] * unit
            for x, y in sampled(rows, bounds, d, seed):
                for row, (image, at) in enumerate(zip(value(document, x), start)):
                    ends = [sorted([low[row][k] * real(t), high[row][k] * real(t)]) for k, t in enumerate(y)]
                    change = real_or(image) - real_or(at)
                    assert mpmath.fsum(e[0] for e in ends) * unit <= change <= mpmath.fsum(e[1] for e in ends) * unit


def real_or(x: Any) -> mpf:
    return real(x) if isinstance(x, F) else x


def sampled(rows: Any, bounds: Any, d: int, seed: random.Random) -> list[tuple[list[F], tuple[F, ...]]]:
    """Points of a block, with their coordinates: on the axes, at corners, anywhere."""
    places = [tuple(t * (i == j) for j in range(d)) for i in range(d) for t in (F(-1), F(-1, 9), F(1, 3), F(1))]
    places += [tuple(seed.choice([F(-1), F(1)]) for _ in range(d)) for _ in range(8)]
    places += [tuple(F(seed.randint(-99, 99), 99) for _ in range(d)) for _ in range(12)]
    found = []
    for y in places:
        x = solve(rows, [(lo + hi) / 2 + t * (hi - lo) / 2 for t, (lo, hi) in zip(y, bounds)])
        assert x is not None
        found.append((x, y))
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_enclosures_of_small_blocks_are_narrow(kind: str) -> None:
    """On a block of diameter e the slopes vary by about e: so do their enclosures, apart from kinks."""
    document = random_cell(random.Random(kind + "narrow"), kind, 2)
    f = checker.Map(document, checker.Work())
    widths = []
    for e in (F(1, 10**4), F(1, 10**8)):
        unit = [[F(i == j) for j in range(f.dimension)] for i in range(f.dimension)]
        middle = [F(1, 3) + F(i, 7) for i in range(f.dimension)]
        given = checker.read_block(block(unit, *((t - e, t + e) for t in middle)), "block", f)
        low, high = checker.block_image(f, checker.Box(f.layers, 120, f.work), given)
        widths.append(max(F(b - a, 1 << 120) / e for s, t in zip(low, high) for a, b in zip(s[:-1], t[:-1])))
    assert widths[0] < 1 / F(20)
    assert widths[1] <= max(widths[0] / 5000, F(1, 10**25))


# What it costs


def test_every_loop_pays(monkeypatch: pytest.MonkeyPatch, good: tuple[Document, Document]) -> None:
    monkeypatch.setattr(checker.Work, "left", 15_000)
    assert checker.check(*good).status == "UNSUPPORTED"


@pytest.mark.parametrize("fields", [
    {"chains": [[0] * 200_000 + [1], [0] * 200_000 + [0, 0]]},
    {"bits": 20_000, "blocks": [HALVES[0]] * 300 + HALVES, "chains": [[i, i + 1] for i in range(301)],
     "vector": ["1"] * 302},
])  # fmt: skip
def test_much_work_is_beyond_the_limits(fields: Document) -> None:
    assert checker.check(LOZI, rewritten(TWO, **fields)).status == "UNSUPPORTED"
