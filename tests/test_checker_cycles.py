"""The checker's rule for complete lists of cycles: by hand, by defects, and against brute force over all words."""

from __future__ import annotations

import random
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from certify import PLRNN, Layer, Network
from certify.mapfile import document as document_of
from certify.verdict import spatial_cycles
from tests.checker_mutations import mutations
from tests.test_checker import TENT, assert_answer, checker, layer, network, resealed, sha256
from tests.test_checker_blocks import lozi, plrnn
from tests.test_spatial_cycles import Points, brute_force, random_plrnn, value

Document = dict[str, Any]
F = Fraction


def complete(document: Document, period: int, base: str, vectors: list[str], tree: str, *cycles: Any) -> Document:
    body = {"format": "certify-certificate", "version": 1, "map_sha256": sha256(document), "kind": "cycles-complete"}
    body |= {"period": period, "base": base, "vectors": vectors, "tree": tree}
    body["cycles"] = [{"period": p, "point": [*point]} for p, *point in cycles]
    return reworded(body | {"claim": {"verdict": "CYCLES", "domain": None}})


def reworded(body: Document) -> Document:
    """The certificate with the sentence and the digest that fit it; with some sentence, where its data fit none."""
    try:
        words = checker.claim_words("cycles-complete", body)
    except (TypeError, ValueError, KeyError):
        words = "f has no cycles whose least period divides 1"
    try:
        return resealed({**body, "claim": {**body["claim"], "words": words}})
    except (TypeError, ValueError, KeyError):
        return body


# By hand. x/2 + 1 up to 0, 1 - x/2 beyond: v = y = 2 - 2 v at a fixed point, so K = 3 and q = 2; the vector 1 excludes v = 0.
LINE = plrnn([["1/2"]], [[-1]], [[1]], [0], [1])
FIXED = complete(LINE, 1, "0", ["0:1"], "0 0.0 =", (1, "2/3"))
# Seen from the other side, v = -y = -2/3 - v/3, and the bit 1 is excluded.
OTHER = complete(LINE, 1, "1", ["0:-1"], "0 = 0.0", (1, "2/3"))
SHIFT = lozi(4, "1/2")
TWO = complete(SHIFT, 1, "0", [], "0 = =", (1, "2/9", "1/9"), (1, "-2/7", "-1/7"))
# Its 2-cycle has the words 01 and 10, of which the second is skipped.
PAIR = complete(
    SHIFT, 2, "0", [], "0 1 = = 1 < =", (1, "2/9", "1/9"), (1, "-2/7", "-1/7"), (2, "-14/65", "9/65")
)  # fmt: skip
# x -> max(0, x + 1), y -> max(0, y/2): nothing is fixed.
NONE = network(layer([[1, 0], [0, "1/2"]], [1, 0], "relu"), domain=None)
BY_HAND = {
    "one piece": (LINE, FIXED),
    "the other base": (LINE, OTHER),
    "two": (SHIFT, TWO),
    "a rotation": (SHIFT, PAIR),
}


@pytest.mark.parametrize("name", BY_HAND)
def test_by_hand(name: str) -> None:
    outcome = checker.check(*BY_HAND[name])
    assert outcome.status == "VALID", outcome.message
    assert outcome.message.startswith("f has exactly")


def test_no_cycle_at_all() -> None:
    """K has a row of zeros there, and q = 1: v - y = -1 < 0."""
    outcome = checker.check(NONE, complete(NONE, 1, "00", ["0:1"], "0.0"))
    assert outcome == ("VALID", "f has no cycles whose least period divides 1")


def rewritten(proof: Document, **fields: Any) -> Document:
    return reworded({**proof, **fields})


FIRST, SECOND, THIRD = PAIR["cycles"]
DEFECTS: dict[str, tuple[Document, Document, str, str]] = {
    "a cycle left out": (SHIFT, rewritten(TWO, cycles=[FIRST]), "INVALID", "tree: token 1: expected a cycle that is listed"),
    "no cycle listed": (LINE, rewritten(FIXED, cycles=[]), "INVALID", "tree: token 2: expected a cycle that is listed"),
    "a cycle twice": (SHIFT, rewritten(TWO, cycles=[FIRST, SECOND, FIRST]), "INVALID", "cycles[2]: expected a cycle"),
    "a cycle twice, by its other point": (
        SHIFT, rewritten(PAIR, cycles=[FIRST, SECOND, THIRD, {"period": 2, "point": ["18/65", "-7/65"]}]), "INVALID",
        "cycles[3]: expected a cycle",
    ),
    "no cycle": (
        SHIFT, rewritten(TWO, cycles=[FIRST, {"period": 1, "point": ["0", "0"]}]), "INVALID", "cycles[1].point: expected",
    ),
    "a period that is not the least": (
        SHIFT, rewritten(PAIR, cycles=[{**FIRST, "period": 2}, SECOND, THIRD]), "INVALID", "cycles[0]: expected a cycle",
    ),
    "a period that does not divide": (
        SHIFT, rewritten(TWO, cycles=[FIRST, SECOND, THIRD]), "INVALID", "cycles[2].period: expected a divisor of 1",
    ),
    "another period": (SHIFT, rewritten(TWO, period=2), "INVALID", "tree: token 1: expected a bit, a vector"),
    "period 0": (SHIFT, rewritten(TWO, period=0), "INVALID", "period"),
    "a tree cut short": (SHIFT, rewritten(TWO, tree="0 ="), "INVALID", "tree: expected a tree that is closed"),
    "a tree too long": (SHIFT, rewritten(TWO, tree="0 = = ="), "INVALID", "tree: token 3: expected no more tokens"),
    "no tree": (SHIFT, rewritten(TWO, tree=""), "INVALID", "tree: token 0: expected a bit"),
    "a tree of something else": (SHIFT, rewritten(TWO, tree=["0", "=", "="]), "INVALID", "tree: expected a tree"),
    "a bit twice": (SHIFT, rewritten(TWO, tree="0 0 = = ="), "INVALID", "tree: token 1: expected a bit below 1 that is open"),
    "a bit beyond": (SHIFT, rewritten(TWO, tree="1 = ="), "INVALID", "tree: token 0: expected a bit below 1 that is open"),
    "a huge bit": (SHIFT, rewritten(TWO, tree="999999999 = ="), "INVALID", "tree: token 0: expected a bit below 1"),
    "bits in other digits": (SHIFT, rewritten(TWO, tree="\u0660 = ="), "INVALID", "tree: token 0: expected a bit"),
    "a word too early": (SHIFT, rewritten(PAIR, tree="0 = 1 < ="), "INVALID", "tree: token 1: expected a bit"),
    "a vector for the other bit": (LINE, rewritten(FIXED, tree="0 = 0.0"), "INVALID", "tree: token 2: expected a vector"),
    "a vector for no bit": (LINE, rewritten(FIXED, tree="0.0"), "INVALID", "tree: token 0: expected a vector"),
    "a vector that is not there": (LINE, rewritten(FIXED, tree="0 1.0 ="), "INVALID", "tree: token 1: expected one of 1"),
    "a vector turned too far": (LINE, rewritten(FIXED, tree="0 0.1 ="), "INVALID", "tree: token 1: expected one of 1"),
    "a vector with the wrong sign": (LINE, rewritten(FIXED, vectors=["0:-1"]), "INVALID", "vectors[0]: c q"),
    "a vector of zeros": (LINE, rewritten(FIXED, vectors=["0:0"]), "INVALID", "vectors[0]: c q"),
    "an empty vector": (LINE, rewritten(FIXED, vectors=[""]), "INVALID", "vectors[0]: expected text"),
    "a vector beyond the bits": (LINE, rewritten(FIXED, vectors=["1:1"]), "INVALID", "vectors[0]: expected indices"),
    "an index twice": (LINE, rewritten(FIXED, vectors=["0:1 0:1"]), "INVALID", "vectors[0]: expected indices"),
    "a vector of fractions": (LINE, rewritten(FIXED, vectors=["0:1/2"]), "INVALID", "vectors[0]: expected text"),
    "a vector of long numbers": (
        LINE, rewritten(FIXED, vectors=[f"0:{'9' * 50_000}"]), "UNSUPPORTED", "vectors[0]: expected numbers of at most",
    ),
    "the smallest rotation": (SHIFT, rewritten(PAIR, tree="0 1 = < 1 < ="), "INVALID", "tree: token 3: expected bits with"),
    "a rotation of open bits": (SHIFT, rewritten(PAIR, tree="0 1 = = <"), "INVALID", "tree: token 4: expected bits with"),
    "a rotation of one step": (SHIFT, rewritten(TWO, tree="0 = <"), "INVALID", "tree: token 2: expected bits with"),
    "no base": (SHIFT, rewritten(TWO, base=""), "INVALID", "base: expected a pattern of 1 digits"),
    "a base of a third piece": (SHIFT, rewritten(TWO, base="2"), "INVALID", "base: expected a pattern of 1 digits"),
    "an enormous period": (SHIFT, rewritten(TWO, period=10**9), "UNSUPPORTED", "work"),
    "a point of the line": (
        SHIFT, rewritten(TWO, cycles=[{"period": 1, "point": ["2/9"]}, SECOND]), "INVALID", "cycles[0].point: expected a list",
    ),
}  # fmt: skip


@pytest.mark.parametrize("defect", DEFECTS)
def test_defects(defect: str) -> None:
    assert_answer(*DEFECTS[defect])


def test_singular_systems_prove_nothing() -> None:
    """A base whose affine map fixes a line; and a word whose affine maps do."""
    identity = plrnn([[1]], [[1]], [[1]], [0], [0])  # x up to 0, 2 x beyond
    outcome = checker.check(identity, complete(identity, 1, "0", [], "0 = =", (1, "0")))
    assert (outcome.status, outcome.message.split(":")[0]) == ("INVALID", "base")
    outcome = checker.check(identity, complete(identity, 1, "1", [], "0 = =", (1, "0")))
    assert (outcome.status, outcome.message.split(":")[:2]) == ("INVALID", ["tree", " word 0, less the identity"])


def test_maps_that_it_is_not_for() -> None:
    smooth = network(layer([[1, 0], [0, 1]], [0, 0], "tanh"), domain=None)
    box = network(layer([["1", "0"], ["0", "1"]], [0, 0], "relu"), domain=None)
    box["map"]["layers"][0]["weight"][0][0] = "[1,2]"
    for document in (smooth, box):
        proof = complete(document, 1, "", [], "=")
        outcome = checker.check(document, resealed({**proof, "map_sha256": checker.map_sha256(document)}))
        assert outcome.status == "INVALID"
        assert outcome.message.startswith("kind: expected one for other maps")
    proof = resealed({**TWO, "map_sha256": sha256(TENT), "claim": {**TWO["claim"], "domain": ["0", "1"]}})
    assert checker.check(TENT, proof).status == "INVALID"


# Against brute force: whatever is VALID is true


def networks() -> list[tuple[PLRNN | Network, int]]:
    rng = np.random.default_rng(3)
    deep = [Layer([[1, -2], ["1/2", 1]], ["1/4", -1], "abs"), Layer([[1, 1]], ["1/2"], "clip:-1,1/2")]
    found: list[tuple[PLRNN | Network, int]] = [(random_plrnn(2, 2, rng, 4), 3) for _ in range(3)]
    return [*found, (Network([*deep, Layer([[2], [-3]], [1, 0], "identity")], None), 2)]


def claimed(f: PLRNN | Network, proof: Document) -> set[Points]:
    """The cycles of a certificate."""
    found = set[Points]()
    for cycle in proof["cycles"]:
        orbit = [tuple(map(F, cycle["point"]))]
        while len(orbit) < cycle["period"]:
            orbit.append(value(f, orbit[-1]))
        found.add(frozenset(orbit))
    return found


@pytest.mark.parametrize("index", range(4))
def test_changed_certificates_that_are_valid_are_true(index: int) -> None:
    f, period = networks()[index]
    document, proof = document_of(f), spatial_cycles(f, period, complete=True).certificate
    assert proof
    truth = {p: brute_force(f, p)[0] for p in (1, 2, 3)}
    assert claimed(f, proof) == truth[period]
    assert checker.check(document, proof).status == "VALID"
    for path, other in mutations(proof):
        if checker.check(document, reworded(other)).status == "VALID":
            assert path[0] in ("vectors", "tree", "cycles", "claim", "digest"), path
            assert claimed(f, other) == truth[other["period"]]


@pytest.mark.parametrize("index", range(4))
def test_trees_and_vectors_with_random_changes_are_valid_only_if_true(index: int) -> None:
    """Tokens, entries and cycles replaced at random: none of it makes a false claim VALID."""
    f, period = networks()[index]
    document, proof = document_of(f), spatial_cycles(f, period, complete=True).certificate
    assert proof
    truth, seed, answers = brute_force(f, period)[0], random.Random(index), set()
    for _ in range(150):
        other, tokens = {**proof}, proof["tree"].split(" ")
        at = seed.randrange(len(tokens))
        tokens[at] = seed.choice([*tokens, "=", "<", "0.1"])
        other["tree"] = " ".join(seed.choice([tokens, proof["tree"].split(" ")]))
        if proof["vectors"]:
            pairs = [[pair.split(":") for pair in vector.split(" ")] for vector in proof["vectors"]]
            pair = seed.choice(seed.choice(pairs))
            pair[1] = str(int(pair[1]) * seed.choice([1, 1, 2, 3, -1]) + seed.choice([0, 1]))
            other["vectors"] = [" ".join(map(":".join, vector)) for vector in pairs]
        if seed.random() < 0.3 and proof["cycles"]:
            other["cycles"] = proof["cycles"][:-1]
        status = checker.check(document, reworded(other)).status
        answers.add(status)
        if status == "VALID":
            assert claimed(f, other) == truth
    assert answers == {"VALID", "INVALID"}
