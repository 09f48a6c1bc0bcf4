"""The checker's rule for trees of boxes: by hand, by defects, against the true map at many points, and chaotic maps that must not pass."""

from __future__ import annotations

import copy
import random
from collections.abc import Iterator
from fractions import Fraction
from itertools import product
from pathlib import Path
from typing import Any

import mpmath
import pytest
from mpmath import mpf

from tests.test_checker import (
    TENT,
    assert_answer,
    assert_forgeries_are_true,
    assert_no_other_map,
    checker,
    layer,
    network,
    resealed,
    rewritten,
    sha256,
    texts,
)
from tests.test_checker_blocks import PLANE, block, dot, plrnn, read, solve
from tests.test_checker_chains import cell, gate, real, value

Document = dict[str, Any]
F = Fraction
ROOT = Path(__file__).parent.parent


# Documents written by hand


def family(number: int, expanding: int, *ends: Document, **period: int) -> Document:
    return {"number": number, "expanding": expanding, "ends": [*ends], **period}


def tree(document: Document, families: list[Document], text: Any, root: Any = None, bits: Any = 30) -> Document:
    lo, hi = root or ([-1] * checker.Map(document, checker.Work()).dimension, None)
    body = {"format": "certify-certificate", "version": 1, "map_sha256": sha256(document), "kind": "order-tree"}
    body |= {"bits": bits, "lo": texts(*lo), "hi": texts(*(hi or [-x for x in lo])), "families": families, "tree": text}
    body["claim"] = {"verdict": "ORDERED", "domain": None}
    body["claim"]["words"] = checker.claim_words("order-tree", body)
    return resealed(body)


def tanh(weight: list[list[Any]], *bias: Any) -> Document:
    return network(layer(weight, [*bias] or [0] * len(weight), "tanh"), domain=None)


LINE = [[1]]
BELOW, ABOVE, MIDDLE = (block(LINE, ends) for ends in (("-11/8", "-1/2"), ("1/2", "11/8"), ("-3/8", "3/8")))
# Of [-1, 1] the parts up to -1/2, -3/8, -1/4, 0 and their mirror images.
LADDER = "/0 /0 0 /0 /0 2 3 3 /0 /0 3 /0 3 2 1"
# x -> tanh(2 x): a repelling fixed point between two attracting ones, and x -> tanh(-2 x): one within a cycle of period 2.
TWICE, TURNED = tanh([[2]]), tanh([[-2]])
BISTABLE = tree(TWICE, [family(0, 0, BELOW), family(1, 0, ABOVE), family(3, 1, MIDDLE)], LADDER)
# The same, with blocks that are used in turn.
OTHERS = [block(LINE, ends) for ends in (("-43/32", "-9/16"), ("1/2", "23/16"), ("-25/64", "25/64"))]
TURNS = [family(k, k // 3, *pair, period=1) for k, pair in zip((0, 1, 3), zip((BELOW, ABOVE, MIDDLE), OTHERS))]
FLIPPED = tree(TURNED, [family(0, 0, BELOW, ABOVE), family(3, 1, MIDDLE)], LADDER)
# The first together with y -> tanh(y/2): a saddle, its stable direction along y.
SADDLE = tanh([[2, 0], [0, "1/2"]])
WIDE = ("-5/4", "5/4")
SQUARES = [block(PLANE, ends, WIDE) for ends in (("-11/8", "-1/2"), ("1/2", "11/8"), ("-3/8", "3/8"))]
BASINS = tree(SADDLE, [family(0, 0, SQUARES[0]), family(1, 0, SQUARES[1]), family(3, 1, SQUARES[2])], LADDER)
# The same times 2 in both coordinates, which have two repelling directions at 0, and four attracting fixed points.
FOUR = tanh([[2, 0], [0, 2]])
RUNG = ["/1 /1 {0} /1 /1 {2} {3} {3} /1 /1 {3} /1 {3} {2} {1}"]
# Cells without weights: h' = h/2 + tanh(1)/2, and c' = c/2 + tanh(1)/2, h' = tanh(c')/2.
HALF = gate([[0]], [0])
GRU = cell("gru", r=HALF, z=HALF, n=gate([[0]], [1]), reset="before")
AFTER = cell("gru", r=HALF, z=HALF, n=gate([[0]], [1], reset_bias=[0]), reset="after")
LSTM = cell("lstm", i=HALF, f=HALF, g=gate([[0]], [1]), o=HALF)
ONE = [family(0, 0, block(LINE, (-3, 3)))]
STATE = [family(0, 0, block(PLANE, (-1, 1), (-3, 3)))]
# Layers after the bounded one, and a piecewise-linear map: x -> 1/2 - clip(x)/2.
LAYERED = network(layer([[1]], [0], "hardtanh", lo=-1, hi=1), layer([["-1/2"]], ["1/2"], "identity"), domain=None)
GOOD: dict[str, tuple[Document, Document]] = {
    "bistable": (TWICE, BISTABLE),
    "flipped": (TURNED, FLIPPED),
    "in turn": (TWICE, tree(TWICE, TURNS, "/0 /0 /0 /0 0 0 /0 0 2 /0 /0 2 3 3 /0 /0 3 /0 3 2 1")),
    "basins": (SADDLE, BASINS),
    "gru": (GRU, tree(GRU, ONE, "0")),
    "gru after": (AFTER, tree(AFTER, ONE, "/0 0 0")),
    "lstm": (LSTM, tree(LSTM, STATE, "0", ([-1, -2], None), bits=20)),
    "layers": (LAYERED, tree(LAYERED, [family(5, 0, block(LINE, (-3, 3)))], "/0 /0 6 5 5", ([-1], [2]))),
}  # fmt: skip


# A second check: exact where it can be, else at points


def leaves(text: str, box: list[tuple[F, F]]) -> list[tuple[int, list[tuple[F, F]]]]:
    """The numbers and the boxes, by recursion."""
    tokens = iter(text.split(" "))

    def below(spans: list[tuple[F, F]]) -> Iterator[tuple[int, list[tuple[F, F]]]]:
        token = next(tokens)
        if token[0] != "/":
            yield int(token), spans
            return
        k = int(token[1:])
        lo, hi = spans[k]
        for half in ((lo, (lo + hi) / 2), ((lo + hi) / 2, hi)):
            yield from below([*spans[:k], half, *spans[k + 1 :]])

    return [*below(box)]


def image(document: Document, x: list[Any]) -> list[mpf]:
    """f(x) of a point of Fractions."""
    return [real(t) if isinstance(t, F) else t for t in value(document, x)]


def near(x: list[mpf]) -> list[F]:
    """A point of Fractions next to one of mpmath."""
    return [F(int(mpmath.floor(t * 2**80)), 2**80) for t in x]


def corners(spans: list[tuple[F, F]]) -> list[list[F]]:
    """Corners, and the centre."""
    return [*map(list, product(*spans)), [(lo + hi) / 2 for lo, hi in spans]]


def coordinates(one: Any, x: list[mpf]) -> list[mpf]:
    """In [-1, 1] inside the block."""
    rows, bounds = one
    forms = [mpmath.fsum(real(a) * t for a, t in zip(row, x)) for row in rows]
    return [(2 * t - real(lo) - real(hi)) / real(hi - lo) for t, (lo, hi) in zip(forms, bounds)]


def size(values: list[Any]) -> Any:
    return max(map(abs, values), default=0)


def is_cone(document: Document, a: Any, b: Any, u: int) -> bool:
    """What is seen of rule 4 at pairs of points of block a: cones are kept, and grow; and what is outside shrinks."""
    rows, bounds = a
    places = [*product((F(-1), F(1, 3), F(1)), repeat=len(rows))]
    points = [solve(rows, [(lo + hi) / 2 + t * (hi - lo) / 2 for t, (lo, hi) in zip(y, bounds)]) for y in places]
    if None in points:
        return False
    images = [coordinates(b, image(document, x)) for x in points]
    if u == 0 and max(map(size, images)) > 1:
        return False
    for i, j in product(range(len(places)), repeat=2):
        if i < j:
            before = [real(s) - real(t) for s, t in zip(places[i], places[j])]
            after = [s - t for s, t in zip(images[i], images[j])]
            if size(before[u:]) <= size(before[:u]):
                if not size(after[:u]) > max(size(before[:u]), size(after[u:])):
                    return False
            elif not size(after[u:]) < size(before):
                return False
    return True


def proves(document: Document, proof: Document) -> bool:
    """The conditions of the rule, those of images at points."""
    root = [(F(lo), F(hi)) for lo, hi in zip(proof["lo"], proof["hi"])]
    far = [[F(s) for _ in root] for s in (-7, 0, 5)]
    for x in far:
        for _ in range(40):
            x = near(image(document, x))
        if not all(lo <= t <= hi for t, (lo, hi) in zip(x, root)):
            return False
    ends, after, floor, free = {}, {}, {}, 0
    for one in proof["families"]:
        blocks, n, p = [*map(read, one["ends"])], one["number"], len(one["ends"])
        q = one.get("period", p)
        if n < free or p % q or any(lo >= hi for _, bounds in blocks for lo, hi in bounds):
            return False
        free = n + q
        for i in range(p):
            ends.setdefault(n + i % q, []).append(blocks[i])
            after[n + i % q], floor[n + i % q] = n + (i + 1) % q, n if one["expanding"] else free
            if not is_cone(document, blocks[i], blocks[(i + 1) % p], one["expanding"]):
                return False
    found = leaves(proof["tree"], root)
    for n, spans in found:
        if n in ends:
            forms = [pair for rows, bounds in ends[n] for pair in zip(rows, bounds)]
            if not all(lo <= dot(row, x) <= hi for x in product(*spans) for row, (lo, hi) in forms):
                return False
            if floor[n] > n:
                continue
        for x in corners(spans):
            there = [min(max(t, real(lo)), real(hi)) for t, (lo, hi) in zip(image(document, x), root)]
            for m, box in found:
                met = all(real(lo) <= t <= real(hi) for t, (lo, hi) in zip(there, box))
                if met and not (m < floor.get(n, n) or m == after.get(n)):
                    return False
    return True


@pytest.fixture(params=list(GOOD))
def good(request: pytest.FixtureRequest) -> tuple[Document, Document]:
    return copy.deepcopy(GOOD[request.param])


@pytest.fixture(autouse=True)
def small_budget(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checker.Work, "left", 10**9)


def test_good_certificates_are_valid(good: tuple[Document, Document]) -> None:
    document, proof = good
    assert checker.check(document, proof) == ("VALID", proof["claim"]["words"])
    assert proves(document, proof)
    assert_no_other_map(document, proof)


def test_the_sentences() -> None:
    three = [
        family(0, 0, MIDDLE),
        family(2, 0, *[MIDDLE] * 2),
        family(4, 1, *[MIDDLE] * 6),
        family(10, 1, *[MIDDLE] * 4),
    ]
    assert [BISTABLE["claim"]["words"], *(
        checker.claim_words("order-tree", {"families": some}) for some in (three[:1], three[:2], three, three[2:3])
    )] == [f"every orbit of f converges to {cycle}; hence f has no Li-Yorke pair (Conley 1978)" for cycle in (
        "one of at most 3 fixed points", "one fixed point", "one of at most 2 cycles, whose least periods divide 2",
        "one of at most 4 cycles, whose least periods divide 4 or 6", "one cycle, whose least period divides 6",
    )]  # fmt: skip


def test_changed_certificates(good: tuple[Document, Document]) -> None:
    assert_forgeries_are_true(*good, ("bits", "lo", "hi", "families", "tree"), proves)


@pytest.mark.parametrize("name", ["bistable", "flipped", "in turn", "basins"])
def test_other_trees_are_accepted_only_when_the_second_check_accepts(name: str) -> None:
    """Tokens replaced, and bounds of blocks moved: both answers occur, and where the checker says yes, so does the second check."""
    document, proof = GOOD[name]
    seed, answers = random.Random(3), set()
    for _ in range(150):
        other = copy.deepcopy(proof)
        tokens = other["tree"].split(" ")
        k = seed.randrange(len(tokens))
        tokens[k : k + 1] = seed.choice([["0"], ["1"], ["2"], ["3"], ["4"], ["/0", tokens[k], tokens[k]], [tokens[k]]])
        other["tree"] = " ".join(tokens)
        for one in other["families"]:
            for end in one["ends"]:
                for key in ("lo", "hi"):
                    end[key] = [str(F(t) + F(seed.choice([0, 0, 0, -1, 1]), 64)) for t in end[key]]
        outcome = checker.check(document, resealed(other))
        answers.add(outcome.status)
        if outcome.status == "VALID":
            assert proves(document, other), other
    assert answers == {"VALID", "INVALID"}


# Defects


def bistable(text: Any = LADDER, middle: Document = MIDDLE, **fields: Any) -> Document:
    families = [family(0, 0, BELOW), family(1, 0, ABOVE), family(3, 1, middle)]
    return rewritten(BISTABLE, tree=text, **{"families": families, **fields})


IDENTITY = plrnn([[1]], [[0]], [[0]], [0], [0])
LOOSE = network(layer([[2]], [0], "relu"), domain=None)
SHIFTED = tanh([["1/2"]], "1/4")
SWAP = tanh([[0, 2], ["1/2", 0]])
# c' = S(f) c + tanh(6 h): where c = 6 the c of a unit keeps 1/2, and of 1/2 tanh(6) + 1/2 c all is below 2.
STRONG = cell("lstm", i=gate([[0]], [9]), f=HALF, g=gate([[6]], [0]), o=HALF)
ZERO = network(layer([[0]], [0], "hardtanh", lo=-1, hi=1), domain=None)
ON_AN_INTERVAL = {**BISTABLE, "map_sha256": sha256(TENT), "claim": {**BISTABLE["claim"], "domain": ["0", "1"]}}
DEFECTS: dict[str, tuple[Document, Document, str]] = {
    "a plrnn": (IDENTITY, tree(IDENTITY, ONE, "0"), "kind: expected one for plrnn"),
    "no bounded activation": (LOOSE, tree(LOOSE, ONE, "0"), "map.layers: expected an activation of bounded values"),
    "no bits": (TWICE, bistable(bits=0), "bits: expected an integer, at least 1"),
    "a root that is no multiple": (TWICE, bistable(hi=["4/3"]), "lo[0], hi[0]: expected multiples of 2^-bits"),
    "a root of a finer grid": (TWICE, bistable(hi=["129/128"], bits=6), "lo[0], hi[0]: expected multiples of 2^-bits"),
    "an empty root": (TWICE, bistable(lo=["1"]), "lo[0], hi[0]: expected multiples of 2^-bits, lo < hi"),
    "a root of two numbers": (TWICE, bistable(lo=["-1", "-1"]), "lo: expected a list of 1"),
    "a root that is too small": (TWICE, bistable(hi=["1023/1024"]), "lo[0], hi[0]: expected bounds of f"),
    "a lopsided root": (TWICE, bistable(lo=["-1023/1024"]), "lo[0], hi[0]: expected bounds of f"),
    "too small for later layers": (
        LAYERED, rewritten(GOOD["layers"][1], lo=["1/8"]), "lo[0], hi[0]: expected bounds of f",
    ),
    "a gru beyond its root": (GRU, tree(GRU, ONE, "0", (["-255/256"], [1])), "lo, hi: expected a root with |h| <= 1"),
    "an lstm beyond its root": (LSTM, tree(LSTM, STATE, "0", ([-1, "-1/2"], [1, 4])), "lo, hi: unit 0"),
    "h beyond its root": (LSTM, tree(LSTM, STATE, "0", (["-7/8", -2], [1, 2])), "lo, hi: unit 0"),
    "a c that grows": (STRONG, tree(STRONG, STATE, "0", ([-1, "-31/16"], [1, "31/16"])), "lo, hi: unit 0"),
    "0 outside of the root": (LSTM, tree(LSTM, STATE, "0", ([-1, 1], [1, 4])), "lo, hi: unit 0"),
    "no families": (TWICE, bistable(families=[]), "families: expected a list of at least one"),
    "a family without ends": (TWICE, bistable(families=[family(0, 0)]), "families[0].ends: expected a list"),
    "a family that is none": (TWICE, bistable(families=[[0, 0]]), "families[0]: expected an object"),
    "a negative number": (TWICE, bistable(families=[family(-1, 0, BELOW)]), "number: expected an integer, at least 0"),
    "a number twice": (TWICE, bistable(families=[family(1, 0, BELOW), family(1, 0, ABOVE)]), "families[1].number"),
    "a number of the cycle before": (
        TURNED, rewritten(FLIPPED, families=[family(0, 0, BELOW, ABOVE), family(1, 1, MIDDLE)]), "families[1].number",
    ),
    "a period that is no divisor": (
        TURNED, rewritten(FLIPPED, families=[family(0, 0, BELOW, ABOVE, period=3)]), "families[0].period: expected a divisor",
    ),
    "a period of zero": (TWICE, bistable(families=[family(0, 0, BELOW, period=0)]), "period: expected an integer, at least 1"),
    "two points for one": (
        TURNED, rewritten(FLIPPED, families=[family(0, 0, BELOW, ABOVE, period=1), family(3, 1, MIDDLE)]),
        "tree: token 2: expected a leaf in the blocks",
    ),
    "a leaf in one block of two": (
        TWICE, rewritten(GOOD["in turn"][1], tree=LADDER), "tree: token 2: expected a leaf in the blocks",
    ),
    "too many expanding": (TWICE, bistable(families=[family(0, 2, BELOW)]), "families[0].expanding: expected at most 1"),
    "an end that does not attract": (
        TWICE, bistable(families=[family(0, 0, MIDDLE)]), "families[0].ends[0]: row 0: expected slopes below 1",
    ),
    "an end that does not repel": (
        TWICE, bistable(families=[family(0, 1, ABOVE)]), "families[0].ends[0]: row 0: expected slopes above 1",
    ),
    "an end too large to repel": (
        TWICE, bistable(middle=block(LINE, ("-1/2", "1/2"))), "families[2].ends[0]: row 0: expected slopes above 1",
    ),
    "an end that is left": (
        TWICE, bistable(families=[family(0, 0, block(LINE, ("1/2", 1)))]), "row 0: expected an image in the next block",
    ),
    "a contraction to elsewhere": (
        SHIFTED, tree(SHIFTED, [family(0, 0, block(LINE, ("-1/8", "1/8")))], "0"), "expected an image in the next block",
    ),
    "a cycle that is none": (
        TWICE, bistable(families=[family(0, 0, BELOW, ABOVE)]), "families[0].ends[0]: row 0: expected an image",
    ),
    "a cycle of one": (
        TURNED, rewritten(FLIPPED, families=[family(0, 0, BELOW)]), "families[0].ends[0]: row 0: expected an image",
    ),
    "rows in another order": (
        SADDLE, tree(SADDLE, [family(0, 1, block(PLANE[::-1], WIDE, ("-3/8", "3/8")))], "0"), "row 0: expected slopes above 1",
    ),
    "as many rows as expand, and one more": (
        SADDLE, tree(SADDLE, [family(0, 2, SQUARES[2])], "0"), "families[0].ends[0]: row 1: expected slopes above 1",
    ),
    "an expanding row that is passed on": (
        SWAP, tree(SWAP, [family(0, 1, SQUARES[2])], "0"), "families[0].ends[0]: row 0: expected slopes above 1",
    ),
    "dependent rows": (
        SADDLE, tree(SADDLE, [family(0, 0, block([[1, 2], [2, 4]], (0, 1), (0, 1)))], "0"), "expected 2 linear forms",
    ),
    "a tree that is none": (TWICE, bistable(["0"]), "tree: expected text"),
    "an empty tree": (TWICE, bistable(""), "tree: token 0: expected a number, or a cut"),
    "two blanks": (TWICE, bistable(LADDER.replace(" ", "  ", 1)), "tree: token 1: expected a number, or a cut"),
    "a leading zero": (TWICE, bistable("/0 00 1"), "tree: token 1: expected a number, or a cut"),
    "a negative token": (TWICE, bistable("/0 -1 1"), "tree: token 1: expected a number, or a cut"),
    "a long number": (TWICE, bistable("1234567890"), "tree: token 0: expected a number, or a cut"),
    "another alphabet": (TWICE, bistable("٣"), "tree: token 0: expected a number, or a cut"),
    "another coordinate": (TWICE, bistable("/1 0 1"), "tree: token 0: expected a coordinate below 1"),
    "a tree that is open": (TWICE, bistable(LADDER[:-2]), "tree: expected a tree that is closed"),
    "a tree with more": (TWICE, bistable(LADDER + " 0"), "tree: token 15: expected no more tokens"),
    "halves of halves": (
        ZERO, tree(ZERO, [family(0, 0, block(LINE, (-2, 2)))], "/0 " * 6 + "0 " * 6 + "0", bits=3), "token 4: expected halves",
    ),
    "a leaf beside its end": (TWICE, bistable(LADDER.replace("2", "0", 1)), "tree: token 5: expected a leaf in the block"),
    "a leaf at another end": (TWICE, bistable(LADDER.replace("0 0 /0", "0 1 /0", 1)), "tree: token 2: expected a leaf in the block"),
    "a leaf below its saddle with a number above": (TWICE, bistable(LADDER.replace("2", "4")), "tree: token 6: expected an image"),
    "a leaf that comes back to itself": (TWICE, bistable("/0 /0 0 /0 2 3 /0 /0 3 2 1"), "token 4: expected an image"),
    "an image in a face": (
        ZERO, tree(ZERO, [family(1, 0, block(LINE, ("-1/4", "5/4")))], "/0 2 1"), "tree: token 1: expected an image",
    ),
    "another kind of map": (TENT, resealed(ON_AN_INTERVAL), "kind: expected one for other maps"),
}  # fmt: skip


@pytest.mark.parametrize("defect", DEFECTS)
def test_defects(defect: str) -> None:
    document, proof, fragment = DEFECTS[defect]
    assert_answer(document, proof, "INVALID", fragment)


def test_boxes_have_no_such_certificate() -> None:
    box = copy.deepcopy(TWICE)
    box["map"]["layers"][0]["bias"][0] = "[0,1]"
    forged = {**BISTABLE, "map_sha256": checker.map_sha256(box)}
    assert_answer(box, resealed(forged), "INVALID", "as this is for single networks and gated cells on all of R^d")


def test_slopes_hold_between_any_two_points_and_not_only_from_the_centre() -> None:
    """Products make a difference: blocks that contract towards their centre are refused when pairs of points in them need not."""
    document = cell("gru", r=HALF, z=gate([[3]], [0]), n=gate([[0]], [1]), reset="before")
    f = checker.Map(document, checker.Work())
    point = F(1)
    for _ in range(200):
        point = near(image(document, [point]))[0]
    centre, seen = F(round(point * 2**20), 2**20), dict[bool, list[F]]()
    for anywhere, k in product((False, True), range(1, 128)):
        given = checker.read_block(block(LINE, (centre - F(k, 64), centre + F(k, 64))), "block", f)
        low, high = checker.block_image(f, checker.Box(f.layers, 60, f.work, anywhere), given)
        if max(-low[0][0], high[0][0]) * 64 < k << 60:
            seen.setdefault(anywhere, []).append(F(k, 64))
    assert max(seen[True]) < max(seen[False])
    for r, status in ((max(seen[True]), "VALID"), (max(seen[False]), "INVALID")):
        proof = tree(document, [family(0, 0, block(LINE, (centre - r, centre + r)))], "0", bits=60)
        outcome = checker.check(document, proof)
        assert (outcome.status == "INVALID" and "slopes below 1" in outcome.message) == (status == "INVALID"), outcome


# What it costs


def test_every_loop_pays(monkeypatch: pytest.MonkeyPatch, good: tuple[Document, Document]) -> None:
    monkeypatch.setattr(checker.Work, "left", 15_000)
    assert checker.check(*good).status == "UNSUPPORTED"


def test_huge_trees_are_beyond_the_limits() -> None:
    """A ladder of many rungs, each box smaller than the one before, and one of many leaves whose images meet all of them."""
    for text in ("/0 " * 40_000 + "0 " * 40_000 + "0", "/0 0 " * 15_000 + "0"):
        outcome = checker.check(TWICE, bistable(text, bits=20_000))
        assert outcome.status in ("UNSUPPORTED", "INVALID")
        assert "\n" not in outcome.message


def test_deep_trees_are_read_without_recursion() -> None:
    """Every half of the end in the middle is halved again, 300 times and on one side alone."""
    deep = LADDER.replace("3 3", "3 " + "/0 3 " * 300 + "3", 1)
    outcome = checker.check(TWICE, bistable(deep, bits=310))
    assert outcome.status == "VALID", outcome.message
