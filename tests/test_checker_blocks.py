"""The checker's rule for horseshoes in R^d: by hand, by defects, and against a second check by vertices and the true map."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise, product
from typing import Any

import pytest

from tests.checker_mutations import mutations
from tests.test_checker import (
    TENT,
    assert_answer,
    assert_forgeries_are_true,
    assert_no_other_map,
    checker,
    layer,
    network,
    odd,
    resealed,
    sha256,
    texts,
)

Document = dict[str, Any]
F = Fraction


# Documents written by hand


def plrnn(A: Any, W: Any, C: Any, e: Any, h: Any) -> Document:
    shape = {"kind": "plrnn", **{k: [texts(*row) for row in m] for k, m in (("A", A), ("W", W), ("C", C))}}
    return {"format": "certify-map", "version": 1, "domain": None, "map": {**shape, "e": texts(*e), "h": texts(*h)}}


def block(rows: Any, *bounds: tuple[Any, Any]) -> Document:
    return {
        "rows": [texts(*row) for row in rows],
        "lo": texts(*(lo for lo, _ in bounds)),
        "hi": texts(*(hi for _, hi in bounds)),
    }


def horseshoe(
    document: Document, blocks: list[Document], words: list[Any], growth: Any, u: int = 1, vector: Any = (1,)
) -> Document:
    body = {"format": "certify-certificate", "version": 1, "map_sha256": sha256(document), "kind": "block-horseshoe"}
    body |= {"expanding": u, "blocks": blocks, "vector": texts(*vector), "growth": str(F(growth))}
    body["words"] = [[0, 0, word] if isinstance(word, str) else word for word in words]
    body["claim"] = {"verdict": "CHAOTIC", "domain": None}
    body["claim"]["words"] = checker.claim_words("block-horseshoe", body)
    return resealed(body)


PLANE = [[1, 0], [0, 1]]


def lozi(a: Any, b: Any) -> Document:
    """(x, y) -> (1 - a |x| + y, b x)."""
    return plrnn([[a, 1], [b, 0]], [[-2 * F(a)], [0]], PLANE[:1], [0], [1, 0])


# With a > 2 (1 + b) the map is a full shift on two symbols (Misiurewicz 1980), here with |x| <= 3/5 and |y| <= 3/10.
LOZI = lozi(4, "1/2")
SQUARE = block(PLANE, ("-3/5", "3/5"), ("-3/10", "3/10"))
# The same map, its y passed on by a unit that is always on.
LAYERED = network(
    layer([[1, 0], [-1, 0], [0, 1]], [0, 0, 10], "relu"),
    layer([[-4, -4, 1], ["1/2", "-1/2", 0]], [-9, 0], "identity"),
    domain=None,
)
# Left and right of the middle: each of the two is mapped across both.
HALVES = [
    block(PLANE, ("-12/25", "-1/50"), ("-3/10", "3/10")),
    block(PLANE, ("1/50", "12/25"), ("-3/10", "3/10")),
]
FULL = [[0, 0, "0"], [0, 1, "0"], [1, 0, "1"], [1, 1, "1"]]
# Two tents of slope 3, one for each coordinate: four pieces, all of them across [-1/20, 21/20]^2.
TENTS = network(
    layer(PLANE, ["-1/2", "-1/2"], "abs"), layer([[-3, 0], [0, -3]], ["3/2", "3/2"], "identity"), domain=None
)
LINE = network(
    layer([[1]], [0], "hardtanh", lo=-2, hi=2), layer([[1]], ["-1/2"], "abs"), layer([[-3]], ["3/2"], "identity"),
    domain=None,
)  # fmt: skip
DEAD = plrnn([[0, 0], [0, 0]], [[-3, -3], [0, 0]], [[1, 0], [-1, 0]], ["-1/2", "1/2"], ["3/2", "1/7"])
WIDE = ("-1/20", "21/20")
GOOD: dict[str, tuple[Document, Document]] = {
    "one block": (LOZI, horseshoe(LOZI, [SQUARE], ["0", "1"], 2)),
    "three words": (LOZI, horseshoe(LOZI, [SQUARE], ["0", "1 0", "1 1"], "3/2")),
    "network": (LAYERED, horseshoe(LAYERED, [SQUARE], ["101", "011"], 2)),
    "two blocks": (LOZI, horseshoe(LOZI, HALVES, FULL, 2, vector=(1, 1))),
    "golden mean": (LOZI, horseshoe(LOZI, HALVES, FULL[:3], "8/5", vector=(8, 5))),
    "two expanding directions": (
        TENTS,
        horseshoe(TENTS, [block(PLANE, WIDE, WIDE)], ["00", "01", "10", "11"], 4, u=2),
    ),
    "line": (LINE, horseshoe(LINE, [block([[1]], WIDE)], ["10", "11"], 2)),
    "rank one": (DEAD, horseshoe(DEAD, [block(PLANE, WIDE, (0, 1))], ["01", "10"], 2)),
}


# A second check: by vertices, the true map and elimination of Fractions


def followed(document: Document, x: list[F]) -> tuple[list[F], str | None]:
    """f(x), and the pattern in which x lies strictly; None where it lies on a kink."""
    shape, digits = document["map"], ""
    if shape["kind"] == "plrnn":
        layers = [{"weight": shape["C"], "bias": shape["e"], "activation": "relu"}]
    else:
        layers = shape["layers"]
    signal = x
    for one in layers:
        sums = [sum((F(w) * t for w, t in zip(row, signal)), F(b)) for row, b in zip(one["weight"], one["bias"])]
        name = one["activation"]
        kinks = [F(one["lo"]), F(one["hi"])] if name == "hardtanh" else [F(0)] * (name != "identity")
        if any(t in kinks for t in sums):
            digits = "on a kink"
        digits += "".join(str(sum(t > kink for kink in kinks)) for t in sums if kinks)
        act = {
            "relu": lambda t: max(t, F(0)),
            "abs": abs,
            "identity": lambda t: t,
            "hardtanh": lambda t: min(max(t, F(-2)), F(2)),
        }
        signal = [act[name](t) for t in sums]
    if shape["kind"] == "plrnn":
        rows = zip(shape["A"], shape["W"], shape["h"])
        signal = [sum((F(w) * t for w, t in zip([*A, *W], [*x, *signal])), F(h)) for A, W, h in rows]
    return signal, digits if digits.isdigit() else None


def affine(document: Document, pattern: str) -> tuple[list[list[F]], list[F]]:
    """The affine map of a pattern, by the definition."""
    shape = document["map"]
    d = len(shape["h"]) if shape["kind"] == "plrnn" else len(shape["layers"][0]["weight"][0])
    start = [[F(i == j) for j in range(d)] + [F(0)] for i in range(d)]

    def weighted(weight: Any, bias: Any, rows: list[list[F]]) -> list[list[F]]:
        sums = [[sum(F(w) * row[j] for w, row in zip(ws, rows)) for j in range(d + 1)] for ws in weight]
        return [[*row[:-1], row[-1] + F(b)] for row, b in zip(sums, bias)]

    digits = iter(pattern)
    if shape["kind"] == "plrnn":
        hidden = [[int(on) * t for t in row] for on, row in zip(digits, weighted(shape["C"], shape["e"], start))]
        rows = weighted([W + A for W, A in zip(shape["W"], shape["A"])], shape["h"], hidden + start)
    else:
        rows = start
        for one in shape["layers"]:
            rows = weighted(one["weight"], one["bias"], rows)
            if one["activation"] in ("relu", "abs"):
                low = 0 if one["activation"] == "relu" else -1
                slopes = [1 if next(digits) == "1" else low for _ in rows]
                rows = [[slope * t for t in row] for slope, row in zip(slopes, rows)]
            if one["activation"] == "hardtanh":
                ends = {"0": F(-2), "2": F(2)}
                rows = [row if (k := next(digits)) == "1" else [F(0)] * d + [ends[k]] for row in rows]
    return [row[:-1] for row in rows], [row[-1] for row in rows]


def solve(matrix: list[list[F]], right: list[F]) -> list[F] | None:
    """The one solution of a linear system; None where there is none or more than one."""
    rows = [[*row, b] for row, b in zip(matrix, right)]
    for k in range(len(rows)):
        pivot = next((row for row in rows[k:] if row[k]), None)
        if pivot is None:
            return None
        rows.remove(pivot)
        rows = [[s - row[k] / pivot[k] * t for s, t in zip(row, pivot)] for row in rows]
        rows.insert(k, [t / pivot[k] for t in pivot])
    return [row[-1] for row in rows]


def dot(row: list[F], x: list[F]) -> F:
    return sum((a * b for a, b in zip(row, x)), F(0))


def vertices(rows: list[list[F]], bounds: list[tuple[F, F]]) -> list[list[F]] | None:
    corners = [solve(rows, [*corner]) for corner in product(*bounds)]
    return None if None in corners else corners  # type: ignore[return-value]


def branch(document: Document, proof: Document, word: Any) -> list[list[F]] | None:
    """The corners of N."""
    (start, end, patterns), u = word, proof["expanding"]
    (a, a_bounds), (b, b_bounds) = (read(proof["blocks"][i]) for i in (start, end))
    d = len(a)
    M, c = [[F(i == j) for j in range(d)] for i in range(d)], [F(0)] * d
    for pattern in patterns.split(" "):
        A, h = affine(document, pattern)
        M, c = [[dot(row, list(col)) for col in zip(*M)] for row in A], [dot(row, c) + t for row, t in zip(A, h)]
    rows = [[dot(row, list(col)) for col in zip(*M)] for row in b[:u]] + a[u:]
    return vertices(
        rows, [(lo - dot(row, c), hi - dot(row, c)) for row, (lo, hi) in zip(b[:u], b_bounds)] + a_bounds[u:]
    )


def read(given: Document) -> tuple[list[list[F]], list[tuple[F, F]]]:
    bounds = [(F(lo), F(hi)) for lo, hi in zip(given["lo"], given["hi"])]
    return [[*map(F, row)] for row in given["rows"]], bounds


def proves(document: Document, proof: Document) -> bool:
    """Conditions (0) to (5), N by its corners: f is affine on N, as all corners have one pattern at each step."""
    u, blocks, words = proof["expanding"], [*map(read, proof["blocks"])], proof["words"]
    if any(lo >= hi for _, bounds in blocks for lo, hi in bounds) or None in [vertices(*one) for one in blocks]:
        return False
    for word in words:
        start, end, patterns = word
        corners = branch(document, proof, word)
        if corners is None:
            return False
        for x in corners:
            inner = zip(blocks[start][0][:u], blocks[start][1])
            if not all(lo < dot(row, x) < hi for row, (lo, hi) in inner):
                return False
            for pattern in patterns.split(" "):
                x, found = followed(document, x)
                if found != pattern:
                    return False
            if not all(lo < dot(row, x) < hi for row, (lo, hi) in [*zip(*blocks[end])][u:]):
                return False
    for k, (start, end, patterns) in enumerate(words):
        for other_start, other_end, others in words[:k]:
            one, other = sorted([patterns.split(" "), others.split(" ")], key=len)
            same = start == other_start and other[: len(one)] == one
            if same and not (len(one) == len(other) and disjoint(blocks[end], blocks[other_end])):
                return False
    z, v = F(proof["growth"]), [*map(F, proof["vector"])]
    sums = [sum(v[b] / z ** len(text.split(" ")) for a, b, text in words if a == i) for i in range(len(blocks))]
    return u >= 1 and z > 1 and all(t >= weight > 0 for t, weight in zip(sums, v))


def disjoint(one: Any, other: Any) -> bool:
    """A form of one block separates it from the other."""
    for (rows, bounds), corners in ((one, vertices(*other)), (other, vertices(*one))):
        for row, (lo, hi) in zip(rows, bounds):
            values = [dot(row, x) for x in corners or []]
            if min(values) > hi or max(values) < lo:
                return True
    return False


def closed_paths(words: list[Any], length: int) -> Iterator[tuple[Any, ...]]:
    for path in product(words, repeat=length):
        if all(a[1] == b[0] for a, b in pairwise([*path, path[0]])):
            yield path


@pytest.fixture(params=list(GOOD))
def good(request: pytest.FixtureRequest) -> tuple[Document, Document]:
    return copy.deepcopy(GOOD[request.param])


@pytest.fixture(autouse=True)
def small_budget(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checker.Work, "left", 10**8)


def test_good_certificates_are_valid(good: tuple[Document, Document]) -> None:
    document, proof = good
    assert proves(document, proof)
    assert checker.check(document, proof) == ("VALID", proof["claim"]["words"])


def test_the_sentence() -> None:
    assert GOOD["golden mean"][1]["claim"]["words"] == (
        "f has a compact invariant set on which it is chaotic in the sense of Li and Yorke, and its topological entropy "
        "there is at least log(8/5) (by a block horseshoe of 3 words)"
    )


def test_closed_paths_are_true_periodic_orbits(good: tuple[Document, Document]) -> None:
    """What the theorem says: each closed path of words is followed by an orbit, solved here over Q, and all differ."""
    document, proof = good
    for length in (1, 2, 3):
        points = []
        for path in closed_paths(proof["words"], length):
            patterns = [pattern for _, _, text in path for pattern in text.split(" ")]
            d = len(proof["blocks"][0]["rows"])
            M, c = [[F(i == j) for j in range(d)] for i in range(d)], [F(0)] * d
            for pattern in patterns:
                A, h = affine(document, pattern)
                M, c = [[dot(row, list(col)) for col in zip(*M)] for row in A], [dot(r, c) + t for r, t in zip(A, h)]
            x = solve([[F(i == j) - M[i][j] for j in range(d)] for i in range(d)], c)
            assert x is not None
            points.append((path[0][0], *x))
            y = x
            for pattern in patterns:
                y, found = followed(document, y)
                assert found == pattern
            assert y == x
        assert len({*points}) == len(points) > 0


def test_changed_certificates(good: tuple[Document, Document]) -> None:
    assert_forgeries_are_true(*good, ("blocks", "words", "vector", "growth"), proves)


def test_random_certificates_are_accepted_exactly_when_the_second_check_accepts(
    good: tuple[Document, Document],
) -> None:
    """Numbers moved a little and words replaced: both answers occur, and the two checks never differ."""
    document, proof = good
    seed, answers = random.Random(5), set()
    for _ in range(60):
        other = copy.deepcopy(proof)
        scale = seed.choice([F(1, 400), F(1, 30), F(1, 4)])
        for one in other["blocks"]:
            for key in ("lo", "hi"):
                one[key] = [str(F(t) + scale * seed.randint(-2, 2)) for t in one[key]]
            one["rows"] = [[str(F(t) + scale / 8 * seed.randint(-2, 2)) for t in row] for row in one["rows"]]
        if seed.random() < 0.3:
            seed.choice(other["words"])[2] = seed.choice(other["words"])[2]
        if seed.random() < 0.3:
            other["growth"] = str(F(other["growth"]) * (1 + F(seed.randint(-3, 3), 50)))
            other["claim"]["words"] = checker.claim_words("block-horseshoe", other)
        holds = proves(document, other)
        answers.add(holds)
        assert (checker.check(document, resealed(other)).status == "VALID") == holds, other
    assert answers == {True, False}


def test_changed_maps(good: tuple[Document, Document]) -> None:
    assert_no_other_map(*good)


def changed(proof: Document, **fields: Any) -> Document:
    body = {**proof, **fields}
    body["claim"] = {**body["claim"], "words": checker.claim_words("block-horseshoe", body)}
    return resealed(body)


ONE, TWO = GOOD["one block"][1], GOOD["two blocks"][1]
PERIOD = odd(TENT, ["1/2", 1, 0, 0])
FLAT_BLOCK = block([[1, 0], [2, 0]], (-1, 1), (-1, 1))
LONG = {**LOZI, "map": {**LOZI["map"], "A": [["4", "1"], ["1/2"]]}}
DEFECTS: dict[str, tuple[Document, Document, str, str]] = {
    "growth too large": (LOZI, changed(ONE, growth="2000001/1000000"), "INVALID", "vector[0]: growth"),
    "growth 1": (LOZI, changed(ONE, growth="1"), "INVALID", "growth: expected more than 1"),
    "one word": (LOZI, changed(ONE, words=[[0, 0, "0"]]), "INVALID", "vector[0]: growth"),
    "a word twice": (LOZI, changed(ONE, words=[[0, 0, "0"]] * 2), "INVALID", "words: apart"),
    "a prefix": (LOZI, changed(ONE, words=[[0, 0, "0"], [0, 0, "0 1"]]), "INVALID", "words: prefix"),
    "a prefix far off": (
        LOZI, changed(ONE, words=[[0, 0, "0"], [0, 0, "0 0 1"], [0, 0, "0 0 0"]]), "INVALID", "words: prefix",
    ),
    "the block too low": (
        LOZI, changed(ONE, blocks=[block(PLANE, ("-3/5", "3/5"), ("-11/50", "3/10"))]), "INVALID", "words[0]: contraction",
    ),
    "the block too narrow": (
        LOZI, changed(ONE, blocks=[block(PLANE, ("-2/5", "2/5"), ("-3/10", "3/10"))]), "INVALID", "words[0]: expansion",
    ),
    "the block across the kink": (
        LOZI, changed(ONE, blocks=[block(PLANE, ("-3/5", "7/10"), ("-3/10", "3/10"))]), "INVALID", "words[0]: pattern 0",
    ),
    "rows that are dependent": (LOZI, changed(ONE, blocks=[FLAT_BLOCK]), "INVALID", "blocks[0].rows: expected 2 linear"),
    "upside down": (
        LOZI, changed(ONE, blocks=[block(PLANE, ("3/5", "-3/5"), (0, 1))]), "INVALID", "expected lo[0] < hi[0]",
    ),
    "a point": (LOZI, changed(ONE, blocks=[block(PLANE, (0, 0), (0, 1))]), "INVALID", "expected lo[0] < hi[0]"),
    "all directions expand": (LOZI, changed(ONE, expanding=2), "INVALID", "words[0]"),
    "more directions than there are": (LOZI, changed(ONE, expanding=3), "INVALID", "expanding: expected at most 2"),
    "no direction": (LOZI, changed(ONE, expanding=0), "INVALID", "expanding: expected an integer, at least 1"),
    "another block": (LOZI, changed(ONE, words=[[0, 1, "0"], [0, 0, "1"]]), "INVALID", "words[0]: expected two of 1"),
    "a digit too high": (LOZI, changed(ONE, words=[[0, 0, "2"], [0, 0, "1"]]), "INVALID", "words[0]: expected patterns"),
    "two blanks": (LOZI, changed(ONE, words=[[0, 0, "0  0"], [0, 0, "1"]]), "INVALID", "words[0]: expected patterns"),
    "an empty word": (LOZI, changed(ONE, words=[[0, 0, ""], [0, 0, "1"]]), "INVALID", "words[0]: expected patterns"),
    "the wrong piece": (LOZI, changed(ONE, words=[[0, 0, "0 1"], [0, 0, "1 1 1"]]), "INVALID", "vector[0]: growth"),
    "the same ends": (LOZI, changed(TWO, words=[*FULL, [0, 1, "0"]]), "INVALID", "words: apart"),
    "blocks that touch": (
        LOZI,
        changed(TWO, blocks=[block(PLANE, ("-12/25", "1/50"), ("-3/10", "3/10")), HALVES[1]]),
        "INVALID",
        "words: apart",
    ),
    "a negative weight": (LOZI, changed(TWO, vector=["1", "-1"]), "INVALID", "vector: expected positive integers"),
    "too few weights": (LOZI, changed(TWO, vector=["1"]), "INVALID", "vector: expected a list of 2"),
    "weights that do not fit": (LOZI, changed(TWO, vector=["1", "2"]), "INVALID", "vector[1]: growth"),
    "a period, in the plane": (
        LOZI, resealed({**PERIOD, "map_sha256": sha256(LOZI), "claim": {**PERIOD["claim"], "domain": None}}), "INVALID",
        f"kind: expected one of {', '.join(checker.SPATIAL)}, as f is a map of R^2",
    ),
    "on an interval": (
        TENT, resealed({**ONE, "map_sha256": sha256(TENT), "claim": {**ONE["claim"], "domain": ["0", "1"]}}), "INVALID",
        "kind: expected one for other maps",
    ),
}  # fmt: skip


@pytest.mark.parametrize("defect", DEFECTS)
def test_defects(defect: str) -> None:
    assert_answer(*DEFECTS[defect])


@pytest.mark.parametrize(
    ("x", "y", "status"),
    [("3/5", "8/35", "INVALID"), ("3/5", "1/4", "VALID"), ("13/30", "3/10", "INVALID"), ("9/20", "3/10", "VALID")],
)
def test_margins_are_strict(x: str, y: str, status: str) -> None:
    """With bounds X and Y, |x| <= (1 + X + Y)/4 on N and |y| <= (1 + X + Y)/8 on its image: less than X and Y, or just as large."""
    assert (1 + F(x) + F(y) < 4 * F(x) and 1 + F(x) + F(y) < 8 * F(y)) == (status == "VALID")
    proof = changed(ONE, blocks=[block(PLANE, (f"-{x}", x), (f"-{y}", y))])
    assert proves(LOZI, proof) == (status == "VALID")
    assert checker.check(LOZI, proof).status == status


def test_smooth_networks_and_boxes_have_no_such_certificate() -> None:
    smooth = network(layer(PLANE, [0, 0], "tanh"), layer(PLANE, [0, 0], "identity"), domain=None)
    box = copy.deepcopy(LAYERED)
    box["map"]["layers"][0]["bias"][0] = "[0,1]"
    for document in (smooth, box):
        proof = horseshoe(document, [SQUARE], ["0", "1"], 2)
        outcome = checker.check(document, resealed({**proof, "map_sha256": checker.map_sha256(document)}))
        assert outcome.status == "INVALID"
        assert outcome.message.startswith("kind: expected one for other maps")


BROKEN: dict[str, tuple[Document, str]] = {
    "a domain": ({**LOZI, "domain": ["0", "1"]}, "domain: expected null"),
    "a short row": (LONG, "map.A[1]: expected a list of 2, got 1"),
    "a missing row": ({**LOZI, "map": {**LOZI["map"], "W": [["1"]]}}, "map.W: expected a list of 2, got 1"),
    "a wide C": ({**LOZI, "map": {**LOZI["map"], "C": [["1", "0", "0"]]}}, "map.C[0]: expected a list of 2, got 3"),
    "an interval": ({**LOZI, "map": {**LOZI["map"], "e": ["[0,1]"]}}, "map.e[0]: expected an integer or a string"),
    "no units": ({**LOZI, "map": {**LOZI["map"], "e": []}}, "map.e: expected a list of at least one"),
    "no key": ({**LOZI, "map": {k: v for k, v in LOZI["map"].items() if k != "h"}}, "missing: h"),
    "a network into another space": (
        network(layer([[1, 0]], [0], "relu"), layer([[1]], [0], "identity"), domain=None),
        "map.layers[-1].weight: expected 2 rows",
    ),
    "a network of the plane on an interval": (
        network(layer(PLANE, [0, 0], "relu"), layer(PLANE, [0, 0], "identity"), domain=["0", "1"]),
        "map.layers[0].weight[0]: expected a list of 1, got 2",
    ),
}


@pytest.mark.parametrize("defect", BROKEN)
def test_maps_that_cannot_be_read(defect: str) -> None:
    document, fragment = BROKEN[defect]
    with pytest.raises(checker.Unreadable) as caught:
        checker.map_sha256(document)
    assert fragment in str(caught.value)


def test_one_map_has_one_digest_however_it_is_written() -> None:
    other = json.loads(json.dumps(LOZI).replace('"1/2"', '"0.50"').replace('"4"', '"0x2p1"').replace('"-8"', "-8"))
    assert other != LOZI
    assert checker.map_sha256(other) == checker.map_sha256(LOZI) == sha256(LOZI)


def test_every_loop_pays(monkeypatch: pytest.MonkeyPatch, good: tuple[Document, Document]) -> None:
    monkeypatch.setattr(checker.Work, "left", 5_000)
    assert checker.check(*good).status == "UNSUPPORTED"


def test_a_long_word_is_beyond_the_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its numbers grow with every step, and so does the price."""
    monkeypatch.setattr(checker.Work, "left", 10**9)
    long = changed(ONE, words=[[0, 0, "0 " * 20_000 + "1"], [0, 0, "1"]])
    assert checker.check(LOZI, long).status == "UNSUPPORTED"


# Contraction


def contracting(document: Document, rows: Any, factor: Any) -> Document:
    body = {"format": "certify-certificate", "version": 1, "map_sha256": sha256(document), "kind": "contraction"}
    body |= {
        "rows": [texts(*row) for row in rows],
        "factor": str(F(factor)),
        "claim": {"verdict": "ORDERED", "domain": None},
    }
    body["claim"]["words"] = checker.claim_words("contraction", body)
    return resealed(body)


# In the coordinates x and 2 y the slopes of these are at most [[3/10, 1/2], [3/5, 0]].
MILD = lozi("3/10", "3/10")
MILD_LAYERS = network(
    layer([[1, 0], [0, 1]], ["-7/10", "2/10"], "abs"),
    layer([["-3/10", 1], ["3/10", 0]], [1, 0], "leaky_relu", negative_slope="1/2"),
    domain=None,
)
CONTRACTING = {
    "plrnn": (MILD, contracting(MILD, [[1, 0], [0, 2]], "4/5")),
    "network": (MILD_LAYERS, contracting(MILD_LAYERS, [[1, 0], [0, 2]], "4/5")),
    "slanted": (MILD, contracting(MILD, [[1, "1/10"], [0, 2]], "19/20")),
}


def slopes(document: Document) -> Iterator[list[list[F]]]:
    """The derivatives of all pieces, there or not."""
    pieces = 2 if document["map"]["kind"] == "plrnn" else 16
    digits = pieces.bit_length() - 1
    for k in range(pieces):
        if digits == 1:
            yield affine(document, str(k))[0]
        else:
            one, two = document["map"]["layers"]
            signs = [1 if k >> i & 1 else -1 for i in (0, 1)]
            leaks = [1 if k >> i & 1 else F(1, 2) for i in (2, 3)]
            yield [[leak * sum(F(w) * s * F(two_w) for w, s, two_w in zip(row, signs, col)) for col in zip(*one["weight"])]
                   for leak, row in zip(leaks, two["weight"])]  # fmt: skip


def contracts(document: Document, proof: Document) -> bool:
    """What a true certificate needs: every piece contracts by the factor in the norm."""
    rows, factor = [[*map(F, row)] for row in proof["rows"]], F(proof["factor"])
    d = len(rows)
    columns = [solve(rows, [F(i == j) for i in range(d)]) for j in range(d)]
    if None in columns or not 0 < factor < 1:
        return False
    for J in slopes(document):
        images = [[dot(row, column) for row in J] for column in columns if column]
        if any(sum(abs(dot(row, x)) for x in images) > factor for row in rows):
            return False
    return True


@pytest.mark.parametrize("name", CONTRACTING)
def test_contractions(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    document, proof = CONTRACTING[name]
    assert checker.check(document, proof) == ("VALID", proof["claim"]["words"])
    assert contracts(document, proof)
    accepted = 0
    for path, other in mutations(proof):
        assert checker.check(document, other).status != "VALID", path
        try:
            forged = resealed(other) if "digest" in other and path != ("digest",) else other
            if path == ("factor",):
                forged["claim"]["words"] = checker.claim_words("contraction", forged)
                forged = resealed(forged)
        except (ValueError, TypeError, KeyError, AttributeError):
            continue
        if checker.check(document, forged).status == "VALID":
            accepted += 1
            assert contracts(document, forged), (path, forged)
    assert accepted
    monkeypatch.setattr(checker.Work, "left", 3_000)
    assert checker.check(document, proof).status == "UNSUPPORTED"


ON_AN_INTERVAL = resealed(
    {**contracting(TENT, [[1]], "1/2"), "claim": {"verdict": "ORDERED", "domain": ["0", "1"], "words": ""}}
)


@pytest.mark.parametrize(
    ("document", "proof", "fragment"),
    [
        (MILD, contracting(MILD, [[1, 0], [0, 2]], "79/100"), "rows[0]: contraction: expected slopes of at most 79/100, got 4/5"),
        (MILD, contracting(MILD, [[1, 0], [0, 1]], "99/100"), "rows[0]: contraction"),
        (MILD, contracting(MILD, [[1, 0], [0, 4]], "99/100"), "rows[1]: contraction"),
        (MILD, contracting(MILD, [[1, 0], [0, 2]], 1), "factor: expected a number between 0 and 1, got 1"),
        (MILD, contracting(MILD, [[1, 0], [0, 2]], 0), "factor: expected a number between 0 and 1, got 0"),
        (MILD, contracting(MILD, [[1, 2], [2, 4]], "4/5"), "rows: expected 2 linear forms that are independent"),
        (MILD, contracting(MILD, [[1, 0]], "4/5"), "rows: expected a list of 2, got 1"),
        (LOZI, contracting(LOZI, [[1, 0], [0, 2]], "4/5"), "rows[0]: contraction"),
        (TENT, ON_AN_INTERVAL, "kind: expected one for other maps"),
    ],
)  # fmt: skip
def test_contractions_that_are_none(document: Document, proof: Document, fragment: str) -> None:
    assert_answer(document, proof, "INVALID", fragment)
