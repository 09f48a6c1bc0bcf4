"""The independent checker: good certificates in closed form, tables of defects, brute force, hostile files."""

from __future__ import annotations

import copy
import hashlib
import importlib.util
import json
import os
import random
import subprocess
import sys
from collections.abc import Callable, Collection, Iterator
from contextlib import suppress
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.checker_mutations import mutations

FILE = Path(__file__).parent.parent / "certify" / "checker.py"


def _lone_module() -> ModuleType:
    """The file by itself, without the package around it."""
    spec = importlib.util.spec_from_file_location("lone_checker", FILE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["lone_checker"] = module
    spec.loader.exec_module(module)
    return module


checker = _lone_module()
Document = dict[str, Any]
F = Fraction


# Documents written by hand. The digests are computed here, from the specification.


def sha256(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True, separators=(",", ":")).encode("ascii")).hexdigest()


def texts(*values: Any) -> list[str]:
    return [str(F(value)) if value not in ("inf", "-inf") else value for value in values]


def map_document(shape: Document, domain: list[str] | None) -> Document:
    return {"format": "certify-map", "version": 1, "domain": domain, "map": shape}


def knots(*points: tuple[Any, Any], slopes: tuple[Any, Any] | None = None) -> Document:
    shape: Document = {"kind": "piecewise-linear", "knots": [texts(*point) for point in points]}
    if slopes:
        return map_document({**shape, "slopes": texts(*slopes)}, None)
    return map_document(shape, texts(points[0][0], points[-1][0]))


def layer(weight: list[list[Any]], bias: list[Any], activation: str, **parameters: Any) -> Document:
    inner = {"weight": [texts(*row) for row in weight], "bias": texts(*bias), "activation": activation}
    return inner | {key: str(F(value)) for key, value in parameters.items()}


def network(*layers: Document, domain: list[str] | None) -> Document:
    return map_document({"kind": "network", "layers": list(layers)}, domain)


def resealed(certificate: Document) -> Document:
    """The certificate with the digest that fits it."""
    body = {key: value for key, value in certificate.items() if key != "digest"}
    return {**body, "digest": sha256(body)}


def assert_answer(document: Document, proof: Document, status: str, fragment: str) -> None:
    """The checker says this, and why, in one line of ASCII."""
    outcome = checker.check(document, proof)
    assert outcome.status == status, outcome.message
    assert fragment in outcome.message
    assert outcome.message.isascii()
    assert "\n" not in outcome.message


def forgeries(document: Document, proof: Document) -> Iterator[tuple[tuple[str | int, ...], Document]]:
    """What was touched, and the certificate with this change and a digest that fits. With the old digest none of them is VALID."""
    for path, other in mutations(proof):
        assert checker.check(document, other).status != "VALID", path
        try:
            yield path, resealed(other) if "digest" in other and path != ("digest",) else other
        except ValueError:  # an integer that Python's json does not write
            continue


def assert_forgeries_are_true(
    document: Document, proof: Document, keys: Collection[str], proves: Callable[[Document, Document], bool]
) -> None:
    """A change with a digest that fits is accepted only below these keys and where a second check accepts it too; and often it is not."""
    accepted = refused = 0
    for path, forged in forgeries(document, proof):
        if checker.check(document, forged).status == "VALID":
            accepted += 1
            assert path[0] in keys, path
            assert proves(document, forged), (path, forged)
        else:
            refused += 1
    assert refused > accepted > 0


def rewritten(proof: Document, **fields: Any) -> Document:
    """The certificate with these fields, and with the words and the digest that fit them, where they make sense."""
    other = {**copy.deepcopy(proof), **fields}
    with suppress(TypeError, ValueError, KeyError, AttributeError):
        other["claim"]["words"] = checker.claim_words(proof["kind"], other)
    return resealed(other)


def assert_no_other_map(document: Document, proof: Document) -> None:
    """The certificate is VALID for no map with one leaf changed but for those that are the same map written in another way."""
    for path, other in mutations(document):
        try:
            same = checker.map_sha256(other) == checker.map_sha256(document)
            status = checker.check(other, proof).status
        except (checker.Unreadable, checker.Beyond):
            continue
        assert status != "VALID" or same, path


def certificate(document: Document, kind: str, **data: Any) -> Document:
    verdict = "ORDERED" if kind == "order" else "CHAOTIC"
    body = {"format": "certify-certificate", "version": 1, "map_sha256": sha256(document), "kind": kind, **data}
    body["claim"] = {"verdict": verdict, "domain": document["domain"]}
    body["claim"]["words"] = checker.claim_words(kind, body)
    return resealed(body)


def odd(document: Document, orbit: list[Any], n: int = 3, level: int = 0, side: str = "right", **more: Any) -> Document:
    values = texts(*orbit)
    if "period_three" in more:
        more["period_three"] = texts(*more["period_three"])
    return certificate(document, "odd-return", level=level, n=n, x=values[0], side=side, orbit=values, **more)


def cycle(document: Document, *orbit: Any) -> Document:
    return certificate(document, "periodic-orbit", period=len(orbit), orbit=texts(*orbit))


def order(document: Document, *mesh: Any, level: int = 0, core_steps: int = 0) -> Document:
    return certificate(document, "order", level=level, core_steps=core_steps, mesh=texts(*mesh))


UNIT = ["0", "1"]
TENT = knots((0, 0), ("1/2", 1), (1, 0))
VALLEY = knots((0, 1), ("1/2", 0), (1, 1))
STEFAN = knots((0, "1/2"), ("1/2", 1), (1, 0))  # 0 -> 1/2 -> 1 -> 0
SWAP = knots((0, "2/3"), ("1/6", 1), ("2/3", 0), (1, "1/3"))  # f^2 on [0, 1/3] is the tent made smaller
HALVES = layer([[1], [1]], [0, "-1/2"], "relu")
CLIPPED = network(HALVES, layer([[2, -4]], [0], "clip", lo=0, hi=1), domain=UNIT)
BARE = network(HALVES, layer([[2, -4]], [0], "identity"), domain=UNIT)  # f(J) in J must be seen from the exact image
ON_LINE = network(HALVES, layer([[2, -4]], [0], "identity"), domain=None)
DEEP = network(
    *[HALVES, layer([[2, -4]], [0], "leaky_relu", negative_slope="1/3")] * 3, domain=UNIT
)  # the tent, three times
TWO_TENTS = network(
    layer([[1]] * 4, [0, "-1/2", -1, "-5/2"], "relu"), layer([[2, -4, 4, -4]], [0], "identity"), domain=UNIT
)
IDENTITY = knots((0, 0), (1, 1))
MIRROR = knots((0, 1), (1, 0))
BENT = knots((0, 1), ("1/2", "3/4"), (1, 0))  # 0 <-> 1, and f^2(x) < x on (0, 1/2]
CONSTANT = knots((0, "1/3"), (1, "1/3"))
# min(0.93, max(0.1, 0.52 - 1.5 (x - 0.5))): f decreases, its fixed point is 0.508, and 0.1 <-> 0.93.
# f^4 is 0.1 up to the knot 17/75 = 0.22666..., at most f^4(0.458) = 0.254875 on [0.4, 0.458], has slope 81/16
# within 0.05 of 0.508, is at least f^4(0.558) = 0.761125 on [0.558, 0.62], and is 0.93 from 0.62 on.
SINK = knots((0, "0.93"), ("17/75", "0.93"), ("0.78", "0.1"), (1, "0.1"))
SINK_NETWORK = network(layer([["-3/2"]], ["1.27"], "clip", lo="0.1", hi="0.93"), domain=UNIT)
SINK_MESH = ("0.1", "17/75", "0.4", "0.458", "0.508", "0.558", "0.62", "0.78", "0.93")
HALVING, DOUBLING = knots((0, 0), slopes=("1/2", "1/2")), knots((0, 0), slopes=(2, 2))
NEGATIVE, NEGATIVE_HALF, NEGATIVE_DOUBLE = (knots((0, 0), slopes=(s, s)) for s in (-1, "-1/2", -2))
SHIFT = knots((0, 1), slopes=(1, 1))
FAR = knots((0, 10), slopes=("1/2", "1/2"))  # fixes 20
MODULUS = knots((0, 0), slopes=(-1, 1))
FLAT = knots((0, 5), slopes=(0, 0))
RAMP = knots((0, 0), slopes=(0, -1))  # -max(0, x)
GOOD: dict[str, tuple[Document, Document]] = {
    "tent": (TENT, odd(TENT, ["1/2", 1, 0, 0], period_three=["2/7", "4/7", "6/7"])),
    "tent, equality": (TENT, odd(TENT, ["2/7", "4/7", "6/7", "2/7"])),
    "valley": (VALLEY, odd(VALLEY, ["1/2", 0, 1, 1], side="left")),
    "tent, n = 5": (TENT, odd(TENT, ["1/2", 1, 0, 0, 0, 0], n=5)),
    "tent, level 1": (TENT, odd(TENT, ["1/4", "1/2", 1, 0, 0, 0, 0], level=1)),
    "tent, level 2": (TENT, odd(TENT, ["1/16", "1/8", "1/4", "1/2", 1, *[0] * 8], level=2)),
    "swap, level 1": (SWAP, odd(SWAP, ["1/6", 1, "1/3", "2/3", 0, "2/3", 0], level=1)),
    "stefan": (STEFAN, odd(STEFAN, [0, "1/2", 1, 0])),
    "period 3": (TENT, cycle(TENT, "2/7", "4/7", "6/7")),
    "period 3 at the ends": (STEFAN, cycle(STEFAN, 0, "1/2", 1)),
    "period 6": (SWAP, cycle(SWAP, *(F(k, 21) for k in (2, 18, 4, 20, 6, 16)))),
    "network": (CLIPPED, odd(CLIPPED, ["1/2", 1, 0, 0])),
    "network without clip": (BARE, cycle(BARE, "2/7", "4/7", "6/7")),
    "network on the line": (ON_LINE, odd(ON_LINE, ["1/2", 1, 0, 0])),
    "deep network": (DEEP, odd(DEEP, ["1/8", 1, 0, 0])),
    "deep network, period 5": (DEEP, cycle(DEEP, *(F(k, 31) for k in (2, 16, 4, 30, 8)))),
    "identity": (IDENTITY, order(IDENTITY, 0, 1)),
    "1 - x": (MIRROR, order(MIRROR, 0, 1, level=1)),
    "constant": (CONSTANT, order(CONSTANT, 0, "1/3", 1)),
    "constant, core": (CONSTANT, order(CONSTANT, "1/3", core_steps=1)),
    "sink": (SINK, order(SINK, *SINK_MESH, level=1, core_steps=1)),
    "sink as a network": (SINK_NETWORK, order(SINK_NETWORK, *SINK_MESH, level=1, core_steps=1)),
    "line, x/2": (HALVING, order(HALVING, "-inf", 0, "inf")),
    "line, 2x": (DOUBLING, order(DOUBLING, "-inf", 0, "inf")),
    "line, -x": (NEGATIVE, order(NEGATIVE, "-inf", "inf", level=1)),
    "line, -x/2": (NEGATIVE_HALF, order(NEGATIVE_HALF, "-inf", 0, "inf", level=1)),
    "line, -2x": (NEGATIVE_DOUBLE, order(NEGATIVE_DOUBLE, "-inf", 0, "inf", level=1)),
    "line, x + 1": (SHIFT, order(SHIFT, "-inf", "inf")),
    "line, |x|": (MODULUS, order(MODULUS, 0, "inf", core_steps=1)),
    "line, constant": (FLAT, order(FLAT, 5, core_steps=1)),
    "line, -max(0, x)": (RAMP, order(RAMP, "-inf", 0, core_steps=1)),
}


@pytest.fixture(autouse=True)
def small_budget(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing here needs much; what needs too much shall be told so soon."""
    monkeypatch.setattr(checker.Work, "left", 10**8)


@pytest.fixture(params=list(GOOD))
def good(request: pytest.FixtureRequest) -> tuple[Document, Document]:
    return copy.deepcopy(GOOD[request.param])


def test_good_certificates_are_valid(good: tuple[Document, Document]) -> None:
    document, proof = good
    assert checker.check(document, proof) == ("VALID", proof["claim"]["words"])


def test_the_sentences() -> None:
    words = {name: proof["claim"]["words"] for name, (_, proof) in GOOD.items()}
    chaos = "an uncountable scrambled set: it is chaotic in the sense of Li and Yorke"
    assert words["network"] == (
        "f maps [0, 1] into itself, and f^3(x) <= x < f(x) at x = 1/2; hence f has a period that is not a power of 2, "
        f"positive topological entropy and {chaos} (Li, Misiurewicz, Pianigiani and Yorke 1982)"
    )
    assert words["tent"] == words["network"] + "; it has the orbit 2/7 -> 4/7 -> 6/7 -> 2/7 of period 3"
    assert "f^3(x) >= x > f(x) at x = 1/2" in words["valley"]
    assert "f^6(x) <= x < f^2(x) at x = 1/6" in words["swap, level 1"]
    assert "f maps the real line into itself" in words["network on the line"]
    assert f"positive topological entropy on a compact invariant set and {chaos}" in words["network on the line"]
    assert words["period 6"] == (
        "f maps [0, 1] into itself, and 2/21 is a periodic point of least period 6, not a power of 2; hence f has "
        f"positive topological entropy and {chaos} (Bowen and Franks 1976; Jankova and Smital 1986)"
    )
    assert words["identity"] == (
        "f maps [0, 1] into itself, and f^2(x) = x implies f(x) = x; hence every orbit converges to a fixed point, f "
        "has no Li-Yorke pair and its topological entropy is zero (Coppel 1955)"
    )
    assert (
        "f^4(x) = x implies f^2(x) = x; hence every orbit is asymptotic to a cycle whose least period divides 2,"
        in words["1 - x"]
    )
    assert words["line, -x"] == (
        "f maps the real line into itself, and f^4(x) = x implies f^2(x) = x; hence every orbit is "
        "asymptotic to a cycle whose least period divides 2 or tends to infinity in absolute value, "
        "and f has no Li-Yorke pair (Coppel 1955)"
    )


def test_long_numbers_are_shortened_in_words_only() -> None:
    x = F(10**50 // 2 + 1, 10**50)
    orbit = [x, 2 - 2 * x, 4 * x - 2, 8 * x - 4]
    proof = odd(TENT, orbit)
    outcome = checker.check(TENT, proof)
    assert outcome.status == "VALID"
    assert "at x = 0.500000000000 (rounded);" in outcome.message
    assert checker.check(TENT, resealed({**proof, "x": str(x + 1)})).status == "INVALID"


# One table for each rule, titled by the defect


def test_bounds_are_rounded_so_that_the_sentence_stays_true() -> None:
    """2 + 10^-50 and 2 - 10^-50 are not 2.00000000000: at most the one, at least the other."""
    above, below = (str(2 + sign * Fraction(1, 10**50)) for sign in (1, -1))
    claim = {"claim": {"domain": ["0", "1"]}}

    def words(kind: str, **data: object) -> str:
        return checker.claim_words(kind, claim | data)

    assert " 2.00000000001 (rounded up) or less" in words("contraction", factor=above)
    assert " least log(1.99999999999 (rounded down))" in words("covering-chain", growth=below, blocks=[])
    assert " least log(1.99999999999 (rounded down))" in words("entropy-lower", growth=below)
    assert " most log(2.00000000001 (rounded up))" in words("entropy-upper", growth=above)
    radius = words("odd-return-box", radius=below, weights="absolute", n=3, x="0", side="right")
    assert " at most 1.99999999999 (rounded down)," in radius


def changed(proof: Document, **fields: Any) -> Document:
    return resealed({**proof, **fields})


def claimed(proof: Document, **fields: Any) -> Document:
    return resealed({**proof, "claim": {**proof["claim"], **fields}})


def without(proof: Document, key: str) -> Document:
    return resealed({name: value for name, value in proof.items() if name != key})


T = GOOD["tent"][1]
C = GOOD["period 3"][1]
ENVELOPE = {
    "another format": (TENT, changed(T, format="certify-map"), "INVALID", "format"),
    "a newer version": (TENT, changed(T, version=2), "UNSUPPORTED", "version"),
    "a version that is true": (TENT, changed(T, version=True), "UNSUPPORTED", "version"),
    "no version": (TENT, without(T, "version"), "INVALID", "missing: version"),
    "an unknown kind": (TENT, changed(T, kind="horseshoe"), "UNSUPPORTED", "kind"),
    "a kind that is a list": (TENT, changed(T, kind=["order"]), "INVALID", "kind"),
    "a missing key": (TENT, without(T, "side"), "INVALID", "missing: side"),
    "an extra key": (TENT, changed(T, more=1), "INVALID", "unknown: more"),
    "a key of another kind": (TENT, changed(C, level=0), "INVALID", "unknown: level"),
    "no object": (TENT, [T], "INVALID", "an object"),
    "a stale digest": (TENT, {**T, "n": 5}, "INVALID", "digest"),
    "a digest in capitals": (TENT, {**T, "digest": T["digest"].upper()}, "INVALID", "digest"),
    "the digest of another map": (STEFAN, T, "INVALID", "map_sha256"),
    "the same map as a network": (CLIPPED, T, "INVALID", "map_sha256"),
    "the other verdict": (TENT, claimed(T, verdict="ORDERED"), "INVALID", "claim.verdict"),
    "a verdict in small letters": (TENT, claimed(T, verdict="chaotic"), "INVALID", "claim.verdict"),
    "another domain": (TENT, claimed(T, domain=["0", "2"]), "INVALID", "claim.domain"),
    "the line for an interval": (TENT, claimed(T, domain=None), "INVALID", "claim.domain"),
    "a claim that says more": (TENT, claimed(T, words=T["claim"]["words"] + "!"), "INVALID", "claim.words"),
    "a claim with a note": (TENT, claimed(T, note="x"), "INVALID", "unknown: note"),
    "a claim that is a string": (TENT, changed(T, claim="CHAOTIC"), "INVALID", "claim: expected an object"),
    "data that JSON cannot hold": (TENT, {**T, "n": F(3)}, "INVALID", "JSON"),
}
ODD_RETURN = {
    "g(x) = x, from the left": (TENT, odd(TENT, ["2/3"] * 4, side="left"), "INVALID", "orbit: return"),
    "g(x) = x": (TENT, odd(TENT, ["2/3"] * 4), "INVALID", "orbit: return: expected g^n(x) <= x < g(x)"),
    "a return from the wrong side": (TENT, odd(TENT, ["1/2", 1, 0, 0], side="left"), "INVALID", "g^n(x) >= x > g(x)"),
    "a return above x": (
        TENT,
        odd(TENT, ["1/10", "1/5", "2/5", "4/5"]),
        "INVALID",
        "g^n(x) <= x < g(x), got 4/5, 1/10, 1/5",
    ),
    "an even n": (MIRROR, odd(MIRROR, ["1/4", "3/4", "1/4", "3/4", "1/4"], n=4), "INVALID", "an odd integer"),
    "n = 1": (TENT, odd(TENT, ["1/2", 1], n=1), "INVALID", "at least 3"),
    "n is true": (TENT, changed(T, n=True), "INVALID", "n: expected an integer"),
    "n is a fraction": (TENT, changed(T, n=3.0), "INVALID", "n: expected an integer"),
    "a negative level": (TENT, changed(T, level=-1), "INVALID", "level: expected an integer, at least 0"),
    "a level out of reach": (TENT, changed(T, level=10**9), "UNSUPPORTED", "level"),
    "a huge level": (TENT, changed(T, level=10**4000), "UNSUPPORTED", "level"),
    "a huge n": (TENT, changed(T, n=10**18 + 1), "INVALID", "orbit: expected a list of 1000000000000000002, got 4"),
    "side neither left nor right": (TENT, changed(T, side="up"), "INVALID", "side"),
    "side a list": (TENT, changed(T, side=["right"]), "INVALID", "side"),
    "an orbit too short": (TENT, changed(T, orbit=T["orbit"][:3]), "INVALID", "orbit: expected a list of 4, got 3"),
    "an orbit too long": (TENT, changed(T, orbit=[*T["orbit"], "0"]), "INVALID", "orbit: expected a list of 4, got 5"),
    "an orbit that is a string": (TENT, changed(T, orbit="1/2"), "INVALID", "orbit"),
    "an orbit point in a list": (TENT, changed(T, orbit=["1/2", ["1"], "0", "0"]), "INVALID", "orbit[1]"),
    "an orbit point as an integer": (
        TENT,
        changed(T, orbit=["1/2", 1, "0", "0"]),
        "INVALID",
        "orbit[1]: expected a number in lowest",
    ),
    "an orbit point not in lowest terms": (TENT, changed(T, orbit=["2/4", "1", "0", "0"]), "INVALID", "orbit[0]"),
    "an orbit point as a decimal": (TENT, changed(T, orbit=["0.5", "1", "0", "0"]), "INVALID", "orbit[0]"),
    "an orbit point off by a little": (
        TENT,
        changed(T, orbit=["1/2", "999999999/1000000000", "0", "0"]),
        "INVALID",
        "orbit[1]: replay",
    ),
    "a jump in the orbit": (
        TENT,
        changed(T, orbit=["1/2", "1", "0", "1/4"]),
        "INVALID",
        "orbit[3]: replay: expected f(orbit[2]) = orbit[3], got 0, 1/4",
    ),
    "x is not the orbit's start": (TENT, changed(T, x="1/4"), "INVALID", "x: expected orbit[0] = 1/2"),
    "x outside the domain": (TENT, odd(TENT, [-1, -2, -4, -8], side="right"), "INVALID", "orbit[0]: domain"),
    "an even return only": (MIRROR, odd(MIRROR, ["1/4", "3/4", "1/4", "3/4"]), "INVALID", "orbit: return"),
    "level 0 for a doubled map": (SWAP, odd(SWAP, ["1/6", 1, "1/3", "2/3"]), "INVALID", "orbit: return"),
    "period three: two points": (
        TENT,
        odd(TENT, ["1/2", 1, 0, 0], period_three=["2/7", "4/7"]),
        "INVALID",
        "a list of 3",
    ),
    "period three: a fixed point": (
        TENT,
        odd(TENT, ["1/2", 1, 0, 0], period_three=["2/3"] * 3),
        "INVALID",
        "3 points that differ",
    ),
    "period three: another start": (
        TENT,
        odd(TENT, ["1/2", 1, 0, 0], period_three=["4/7", "6/7", "2/7"]),
        "INVALID",
        "the smallest",
    ),
    "period three: no orbit": (
        TENT,
        odd(TENT, ["1/2", 1, 0, 0], period_three=["2/7", "4/7", "5/7"]),
        "INVALID",
        "period_three[2]: replay",
    ),
    "period three: null": (TENT, resealed({**T, "period_three": None}), "INVALID", "period_three"),
    "period three: outside the domain": (
        TWO_TENTS,
        odd(TWO_TENTS, ["1/2", 1, 0, 0], period_three=[2 + F(k, 7) for k in (2, 4, 6)]),
        "INVALID",
        "period_three[0]: domain",
    ),
}
PERIODIC_ORBIT = {
    "a power of 2": (MIRROR, cycle(MIRROR, "1/4", "3/4"), "INVALID", "not a power of 2"),
    "a fixed point": (TENT, cycle(TENT, "2/3"), "INVALID", "not a power of 2"),
    "a fixed point, three times": (TENT, cycle(TENT, "2/3", "2/3", "2/3"), "INVALID", "points that differ"),
    "a 2-cycle, three times": (MIRROR, cycle(MIRROR, *["1/4", "3/4"] * 3), "INVALID", "points that differ"),
    "another first point": (
        TENT,
        cycle(TENT, "4/7", "6/7", "2/7"),
        "INVALID",
        "the smallest first",
    ),
    "not closed": (TENT, cycle(TENT, "1/4", "1/2", 1), "INVALID", "orbit[3]: replay"),
    "period and length differ": (TENT, changed(C, period=5), "INVALID", "orbit: expected a list of 5, got 3"),
    "period zero": (TENT, changed(C, period=0, orbit=[]), "INVALID", "period"),
    "period true": (TENT, changed(C, period=True), "INVALID", "period"),
    "period huge": (TENT, changed(C, period=3 * 10**18), "INVALID", "orbit"),
    "outside the domain": (
        TWO_TENTS,
        cycle(TWO_TENTS, *(2 + F(k, 7) for k in (2, 4, 6))),
        "INVALID",
        "orbit[0]: domain",
    ),
}
ORDER = {
    "a chaotic map": (TENT, order(TENT, 0, "1/2", "2/3", 1), "INVALID", "cell"),
    "level 0 for a 2-cycle": (MIRROR, order(MIRROR, 0, "1/2", 1), "INVALID", "mesh[0], mesh[1]: cell"),
    "level 0 for the sink": (SINK, order(SINK, *SINK_MESH, core_steps=1), "INVALID", "cell"),
    "a cell across a fixed point": (
        HALVING,
        order(HALVING, "-inf", "inf"),
        "INVALID",
        "cell and image disjoint, got -inf, inf",
    ),
    "a cell across a knot": (
        SINK,
        order(SINK, *SINK_MESH[:1], *SINK_MESH[2:], level=1, core_steps=1),
        "INVALID",
        "cell",
    ),
    "the fixed point left out": (
        SINK,
        order(SINK, *SINK_MESH[:4], *SINK_MESH[5:], level=1, core_steps=1),
        "INVALID",
        "cell",
    ),
    "core steps missing": (
        SINK,
        order(SINK, *SINK_MESH, level=1),
        "INVALID",
        "mesh: core: expected first and last the ends of the core f^core_steps(J), got 0, 1",
    ),
    "a mesh too short at the left": (IDENTITY, order(IDENTITY, "1/2", 1), "INVALID", "mesh: core"),
    "a mesh too short at the right": (IDENTITY, order(IDENTITY, 0, "1/2"), "INVALID", "mesh: core"),
    "a mesh beyond the core": (CONSTANT, order(CONSTANT, 0, "1/3", 1, core_steps=1), "INVALID", "mesh: core"),
    "a single point for an interval": (IDENTITY, order(IDENTITY, 0), "INVALID", "mesh: core"),
    "an empty mesh": (IDENTITY, order(IDENTITY), "INVALID", "mesh: expected a list of at least one, got 0"),
    "a mesh point twice": (IDENTITY, order(IDENTITY, 0, 0, 1), "INVALID", "mesh[1]"),
    "a mesh that goes back": (IDENTITY, order(IDENTITY, 0, "3/4", "1/2", 1), "INVALID", "mesh[2]"),
    "infinite ends on an interval": (IDENTITY, order(IDENTITY, "-inf", "inf"), "INVALID", "mesh[0]"),
    "infinity in the middle": (SHIFT, order(SHIFT, "-inf", "inf", "inf"), "INVALID", "mesh[1]"),
    "infinity first": (SHIFT, order(SHIFT, "inf", "inf"), "INVALID", "mesh[0]"),
    "a finite end on the line": (SHIFT, order(SHIFT, 0, "inf"), "INVALID", "mesh: core"),
    "level 0 for -x on the line": (NEGATIVE, order(NEGATIVE, "-inf", 0, "inf"), "INVALID", "cell"),
    "infinity is a 2-cycle": (NEGATIVE_DOUBLE, order(NEGATIVE_DOUBLE, "-inf", 0, "inf"), "INVALID", "cell"),
    "g^2 = id at an end where g is not": (BENT, order(BENT, 0, "1/2", "3/5", 1), "INVALID", "mesh[0], mesh[1]: cell"),
    "a sign that changes far to the right": (FAR, order(FAR, "-inf", 0, "inf"), "INVALID", "mesh[1], mesh[2]: cell"),
    "a sign that changes far to the left": (FAR, order(FAR, "-inf", 40, "inf"), "INVALID", "mesh[0], mesh[1]: cell"),
    "core_steps is negative": (IDENTITY, changed(GOOD["identity"][1], core_steps=-1), "INVALID", "core_steps"),
    "core_steps is false": (IDENTITY, changed(GOOD["identity"][1], core_steps=False), "INVALID", "core_steps"),
    "core_steps out of reach": (IDENTITY, changed(GOOD["identity"][1], core_steps=10**18), "UNSUPPORTED", "work"),
    "a level out of reach": (IDENTITY, changed(GOOD["identity"][1], level=21), "UNSUPPORTED", "level"),
    "the claim of another level": (IDENTITY, changed(GOOD["identity"][1], level=1), "INVALID", "claim.words"),
}
LEAVING = knots((0, 0), ("1/2", "5/4"), (1, 0))
FALLING = knots((0, "-1/8"), (1, 1))
LEAVING_NETWORK = network(HALVES, layer([["5/2", -5]], [0], "clip", lo=0, hi=2), domain=UNIT)
NARROW = network(layer([[1]], [0], "clip", lo="1/4", hi="3/4"), domain=UNIT)
SIX = network(layer([[-1]], [6], "relu6"), domain=["0", "6"])
ABOVE_SIX = network(layer([[-1]], [6], "relu6"), domain=["0", "5"])
HARD = network(layer([[-1]], [0], "hardtanh", lo=-1, hi=1), domain=["-1", "1"])
SELF_MAP = {
    "over the top": (
        LEAVING,
        odd(LEAVING, [0, 0, 0, 0]),
        "INVALID",
        "map: domain: f(1/2): expected a value from 0 to 1, got 5/4",
    ),
    "below an end": (FALLING, order(FALLING, 0, 1), "INVALID", "f(0): expected a value from 0 to 1, got -1/8"),
    "a clip that is too wide": (
        LEAVING_NETWORK,
        cycle(LEAVING_NETWORK, 0, 1, 0),
        "INVALID",
        "f(1/2): expected a value from 0 to 1, got 5/4",
    ),
    "relu6 on a smaller domain": (
        ABOVE_SIX,
        order(ABOVE_SIX, 0, 5, level=1),
        "INVALID",
        "f(0): expected a value from 0 to 5, got 6",
    ),
    "clip inside the domain": (NARROW, order(NARROW, "1/4", "3/4", core_steps=1), "VALID", ""),
    "relu6 on its range": (SIX, order(SIX, 0, 6, level=1), "VALID", ""),
    "hardtanh on its range": (HARD, order(HARD, -1, 1, level=1), "VALID", ""),
}
TABLES = {
    "envelope": ENVELOPE,
    "odd-return": ODD_RETURN,
    "periodic-orbit": PERIODIC_ORBIT,
    "order": ORDER,
    "self-map": SELF_MAP,
}


@pytest.mark.parametrize(("rule", "defect"), [(rule, defect) for rule, table in TABLES.items() for defect in table])
def test_defects(rule: str, defect: str) -> None:
    assert_answer(*TABLES[rule][defect])


def test_changed_certificates(good: tuple[Document, Document]) -> None:
    """No leaf changes unseen. With a digest that fits, only another mesh or more steps to the core are left."""
    document, proof = good
    for path, forged in forgeries(document, proof):
        outcome = checker.check(document, forged)
        inner = path[0] == "mesh" and len(path) == 2 and 0 < path[1] < len(proof["mesh"]) - 1
        assert outcome.status != "VALID" or inner or path == ("core_steps",), (path, forged)


def test_changed_maps(good: tuple[Document, Document]) -> None:
    """A map with one leaf changed is another map or none, unless the leaf is the same number written in another way."""
    document, proof = good
    for path, other in mutations(document):
        value: Any = other
        original: Any = document
        try:
            for key in path:
                value, original = value[key], original[key]
            value = (
                original if value == f"[{original},{original}]" else value
            )  # an interval of one number is the number
            same = type(value) in (int, str) and F(value) == F(original) and str(value).strip() == str(value)
        except (KeyError, IndexError, TypeError, ValueError):
            same = False
        same = same or (
            document == FLAT and path == ("map", "knots", 0, 0)
        )  # a constant map may have its knot anywhere
        try:
            status = checker.check(other, proof).status
        except checker.Unreadable:
            continue
        assert status != "VALID" or same, path


def test_both_ends_of_a_cell_are_looked_at() -> None:
    """BENT and its mirror image swap 0 and 1, so f^2 = id, but not f = id, at one end of an otherwise good cell."""
    bent = checker.Map(BENT, checker.Work()).pieces
    mirrored = checker.Map(knots((0, 1), ("1/2", "1/4"), (1, 0)), checker.Work()).pieces
    assert not checker.affine(bent, F(0), F(1, 2), 1)
    assert checker.affine(bent, F(1, 10), F(1, 2), 1)
    assert not checker.affine(mirrored, F(1, 2), F(1), 1)
    assert checker.affine(mirrored, F(1, 2), F(9, 10), 1)


def test_core_steps_and_level_that_break_the_proof() -> None:
    sink = order(SINK, *SINK_MESH, level=1, core_steps=1)
    assert checker.check(SINK, changed(sink, core_steps=0)).status == "INVALID"
    assert checker.check(CONSTANT, changed(GOOD["constant, core"][1], core_steps=0)).status == "INVALID"
    assert checker.check(CONSTANT, changed(GOOD["constant, core"][1], core_steps=7)).status == "VALID"


# Numbers and the canonical map


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("22/7", F(22, 7)),
        ("-6/4", F(-3, 2)),
        ("007", F(7)),
        ("-0", F(0)),
        ("0/5", F(0)),
        ("-1.25e-3", F(-1, 800)),
        ("1E2", F(100)),
        (".5", F(1, 2)),
        ("5.", F(5)),
        ("0x1.8p-3", F(3, 16)),
        ("-0x0.0p+0", F(0)),
        ("0X1P+3", F(8)),
        (-7, F(-7)),
        *((x.hex(), F(x)) for x in (0.1, -2.5e-310, 1e300, 5e-324)),
        *((repr(x), F(repr(x))) for x in (0.1, -2.5e-310, 1e300, 5e-324)),
    ],
)
def test_numbers(written: str | int, value: F) -> None:
    p, q, text = checker.number(written, "x", 0, checker.Work())
    assert (F(p, q), text, q) == (value, str(value), value.denominator)


@pytest.mark.parametrize(
    "written",
    [
        "", "-", "+1", " 1", "1 ", "1\n", "1_000", "1/0", "1/-2", "1/2/3", "/2", "1/", "--1", "1/ 2", ".", "e5", "1e",
        "1e+", "0x", "0xp3", "0x1.8p", "nan", "inf", "-inf", "Infinity", "1,5", "\u0661", "\u00bd", "\uff11",
        "1\u2044" + "2", "\ud800", "0b1", "1e5/2", "1.5/2", "\x00",
        True, False, None, 0.5, 0.1, float("nan"), float("inf"), [], {}, ["1"], (1, 2), F(1, 2), b"1",
    ],
    ids=ascii,
)  # fmt: skip
def test_no_numbers(written: object) -> None:
    with pytest.raises(checker.Unreadable) as error:
        checker.number(written, "x", 0, checker.Work())
    assert str(error.value).startswith("x[0]: expected an integer or a string")
    assert str(error.value).isascii()


BEYOND: dict[str, str | int] = {
    "an integer": "9" * 50_000,
    "a fraction": "1/" + "3" * 50_000,
    "an exponent": "1e999999999",
    "a negative exponent": "1e-999999999",
    "a hexadecimal exponent": "0x1p999999999",
    "a long exponent": "1e" + "9" * 30_000,
    "a JSON integer": 10**60_000,
}


@pytest.mark.parametrize("title", BEYOND)
def test_numbers_beyond_the_limits(title: str) -> None:
    with checker.long_integers(), pytest.raises(checker.Beyond):
        checker.number(BEYOND[title], "x", 0, checker.Work())


def test_numbers_of_20000_digits_are_within_the_limits() -> None:
    with checker.long_integers():
        x = F(10**19_999, 3**41_000 + 1)
        outcome = checker.check(TENT, changed(T, x=str(x)))
    assert outcome.status == "INVALID"
    assert outcome.message.startswith("x: expected orbit[0] = 1/2")


def test_one_map_has_one_digest_however_it_is_written() -> None:
    canonical = sha256(TENT)
    other = {
        **knots((0, 0), (1, 0)),
        "name": "tent",
        "source": {"file": "a", "sha256": "b"},
        "domain": [0, "1.0"],
        "map": {
            "kind": "piecewise-linear",
            "knots": [[0, "-0"], ["0x1p-2", "0.5"], ["2/4", "1"], ["0.75", "1/2"], [1, 0]],
        },
    }
    assert checker.map_sha256(other) == canonical
    assert checker.check(other, T).status == "VALID"
    affine = {**SHIFT, "map": {"kind": "piecewise-linear", "knots": [["5", "6"], ["6", "7"]], "slopes": [1, "1"]}}
    assert checker.map_sha256(affine) == sha256(SHIFT)
    plain = network(layer([[-1]], [0], "hardtanh"), domain=["-1", "1"])
    assert checker.map_sha256(plain) == sha256(HARD)
    wide = network(layer([[-1]], [0], "hardtanh", hi=4), domain=["-1", "1"])
    assert checker.map_sha256(wide) == sha256(network(layer([[-1]], [0], "hardtanh", lo=-1, hi=4), domain=["-1", "1"]))


ILL_FORMED: dict[str, tuple[Any, str]] = {
    "no object": ([], "map file"),
    "no format": ({**TENT, "format": None}, "format"),
    "a missing key": ({key: value for key, value in TENT.items() if key != "domain"}, "missing: domain"),
    "an unknown key": ({**TENT, "comment": ""}, "unknown: comment"),
    "a name that is none": ({**TENT, "name": 1}, "name"),
    "a source that is none": ({**TENT, "source": {"file": "x"}}, "source"),
    "an empty domain": ({**TENT, "domain": ["1", "1"]}, "domain: expected lo < hi"),
    "a reversed domain": ({**TENT, "domain": ["1", "0"]}, "domain: expected lo < hi"),
    "a domain of three": ({**TENT, "domain": ["0", "1", "2"]}, "domain"),
    "an empty list for the line": ({**TENT, "domain": []}, "domain"),
    "a domain that is not that of the knots": ({**TENT, "domain": ["0", "2"]}, "map.knots"),
    "slopes on an interval": ({**TENT, "map": {**TENT["map"], "slopes": ["1", "1"]}}, "unknown: slopes"),
    "no slopes on the line": ({**TENT, "domain": None}, "missing: slopes"),
    "a slope too many": ({**SHIFT, "map": {**SHIFT["map"], "slopes": ["1", "1", "1"]}}, "map.slopes"),
    "no knots": ({**SHIFT, "map": {**SHIFT["map"], "knots": []}}, "map.knots"),
    "one knot on an interval": (map_document({"kind": "piecewise-linear", "knots": [["0", "0"]]}, UNIT), "map.knots"),
    "a knot twice": (knots((0, 0), ("1/2", 1), ("1/2", 1), (1, 0)), "map.knots[2]"),
    "a knot of three numbers": (
        map_document({"kind": "piecewise-linear", "knots": [["0", "0", "0"], ["1", "1"]]}, UNIT),
        "map.knots[0]",
    ),
    "a knot that is a string": (
        map_document({"kind": "piecewise-linear", "knots": ["00", "11"]}, UNIT),
        "map.knots[0]",
    ),
    "a number that is a float": ({**TENT, "domain": [0.0, 1.0]}, "domain[0]"),
    "a number that is true": ({**TENT, "domain": [False, True]}, "domain[0]"),
    "no layers": (network(domain=UNIT), "map.layers"),
    "a layer that is a list": (network([], domain=UNIT), "map.layers[0]"),  # type: ignore[arg-type]
    "an unknown activation": (network(layer([[1]], [0], "swish"), domain=UNIT), "map.layers[0].activation"),
    "an activation that is a list": (
        network({**layer([[1]], [0], "relu"), "activation": ["relu"]}, domain=UNIT),
        "activation",
    ),
    "a parameter too many": (network(layer([[1]], [0], "relu", lo=0), domain=UNIT), "unknown: lo"),
    "a parameter missing": (network(layer([[1]], [0], "clip", lo=0), domain=UNIT), "missing: hi"),
    "clip upside down": (network(layer([[1]], [0], "clip", lo=1, hi=0), domain=UNIT), "lo <= hi"),
    "hardtanh upside down": (network(layer([[1]], [0], "hardtanh", lo=2), domain=UNIT), "lo <= hi"),
    "two inputs": (network(layer([[1, 1]], [0], "relu"), domain=UNIT), "map.layers[0].weight[0]"),
    "two outputs": (network(layer([[1], [1]], [0, 0], "relu"), domain=UNIT), "one row"),
    "layers that do not fit": (network(HALVES, layer([[1]], [0], "relu"), domain=UNIT), "map.layers[1].weight[0]"),
    "a ragged matrix": (network(HALVES, layer([[1, 1], [1]], [0, 0], "relu"), domain=UNIT), "map.layers[1].weight[1]"),
    "a bias too many": (network(layer([[1]], [0, 0], "relu"), domain=UNIT), "map.layers[0].bias"),
    "no rows": (network(layer([], [], "relu"), domain=UNIT), "map.layers[0].weight"),
    "no kind": ({**TENT, "map": {}}, "map.kind"),
    "a map that is null": ({**TENT, "map": None}, "map.kind"),
}


@pytest.mark.parametrize("defect", ILL_FORMED)
def test_maps_that_cannot_be_read(defect: str) -> None:
    document, fragment = ILL_FORMED[defect]
    with pytest.raises(checker.Unreadable) as error:
        checker.check(document, T)
    assert fragment in str(error.value)


@pytest.mark.parametrize("document", [{**TENT, "version": 2}, {**TENT, "map": {"kind": "spline", "degree": 3}}])
def test_maps_of_an_unknown_version_or_kind(document: Document) -> None:
    assert checker.check(document, T).status == "UNSUPPORTED"


# Brute force


ACTIVATIONS: dict[str, Callable[..., F]] = {
    "identity": lambda x: x,
    "relu": lambda x: max(F(0), x),
    "leaky_relu": lambda x, negative_slope: x if x >= 0 else negative_slope * x,
    "abs": abs,
    "clip": lambda x, lo, hi: min(hi, max(lo, x)),
    "hardtanh": lambda x, lo, hi: min(hi, max(lo, x)),
    "relu6": lambda x: min(F(6), max(F(0), x)),
}


def evaluated(document: Document, x: F) -> F:
    """The network at x by the definitions of docs/map-format.md, in plain fractions."""
    values = [x]
    for given in document["map"]["layers"]:
        parameters = {key: F(value) for key, value in given.items() if key not in ("weight", "bias", "activation")}
        sums = [
            sum((F(w) * v for w, v in zip(row, values, strict=True)), F(b))
            for row, b in zip(given["weight"], given["bias"], strict=True)
        ]
        values = [ACTIVATIONS[given["activation"]](z, **parameters) for z in sums]
    return values[0]


def random_network(rng: random.Random, domain: list[str] | None) -> Document:
    def some() -> F:
        return rng.choice([F(0), F(1), F(-1), F(rng.randint(-9, 9), rng.randint(1, 7)), F(rng.uniform(-2, 2))])

    layers, inputs = [], 1
    for outputs in [*(rng.randint(1, 4) for _ in range(rng.randint(0, 3))), 1]:
        name = rng.choice(list(ACTIVATIONS))
        parameters: dict[str, Any] = {}
        if name in ("clip", "hardtanh"):
            parameters = dict(zip(("lo", "hi"), sorted([some(), some()]), strict=True))
        elif name == "leaky_relu":
            parameters = {"negative_slope": some()}
        weight = [[some() for _ in range(inputs)] for _ in range(outputs)]
        layers.append(layer(weight, [some() for _ in range(outputs)], name, **parameters))
        inputs = outputs
    return network(*layers, domain=domain)


@pytest.mark.parametrize("seed", range(250))
def test_expansion_and_evaluation_against_the_definitions(seed: int) -> None:
    rng = random.Random(seed)
    domain = rng.choice([None, UNIT, ["-3/2", "2"]])
    document = random_network(rng, domain)
    f = checker.Map(document, checker.Work())
    assert checker.map_sha256(document) == sha256(document)
    found = [F(p, q) for p, q in f.pieces.knots]
    assert found == sorted(set(found))
    lo, hi = (F(end) for end in domain) if domain else (min(found, default=F(0)) - 3, max(found, default=F(0)) + 3)
    points = [lo, *found, hi]
    assert lo < min(found, default=hi) or not domain
    slopes = []
    for a, b in pairwise(points):
        third = (b - a) / 3
        y = [evaluated(document, x) for x in (a, a + third, b - third, b)]
        assert y[1] - y[0] == y[2] - y[1] == y[3] - y[2], "a kink that is no knot"
        slopes.append((y[1] - y[0]) / third)
    assert all(s != t for s, t in pairwise(slopes)), "a knot that is no kink"
    for x in [*points, *(lo + (hi - lo) * F(rng.randint(0, 997), 997) for _ in range(10))]:
        assert f(x) == f.pieces(x) == evaluated(document, x)
    if not domain:
        for end, slope, x in ((-checker.INF, -slopes[0], lo), (checker.INF, slopes[-1], hi)):
            assert f.pieces(end) == (
                evaluated(document, x) if slope == 0 else checker.INF if slope > 0 else -checker.INF
            )
    for _ in range(10):
        a, b = sorted(rng.choice([*points, lo + (hi - lo) * F(rng.randint(0, 50), 50)]) for _ in range(2))
        reached = [evaluated(document, x) for x in (a, b, *(x for x in found if a < x < b))]
        assert f.pieces.image(a, b) == (min(reached), max(reached))


def pieced(points: list[tuple[F, F]], slopes: tuple[F, F] | None) -> Callable[[F], F]:
    """Interpolation between knots, in plain fractions."""

    def f(x: F) -> F:
        if slopes and x <= points[0][0]:
            return points[0][1] + slopes[0] * (x - points[0][0])
        if slopes and x >= points[-1][0]:
            return points[-1][1] + slopes[1] * (x - points[-1][0])
        (a, y), (b, z) = next(pair for pair in pairwise(points) if pair[0][0] <= x <= pair[1][0])
        return y + (z - y) * (x - a) / (b - a)

    return f


def iterated(f: Callable[[F], F], times: int, x: F) -> F:
    for _ in range(times):
        x = f(x)
    return x


def finest_mesh(f: Callable[[F], F], kinks: list[F], ends: tuple[F, F], m: int) -> tuple[list[F], bool]:
    """The kinks of f, ..., f^2m, the isolated zeros of f^2m - id, and whether f^2m(x) = x implies f^m(x) = x there."""
    mesh = sorted({*ends, *(x for x in kinks if ends[0] < x < ends[1])})
    for i in range(1, 2 * m):
        for a, b in pairwise(list(mesh)):
            u, v = iterated(f, i, a), iterated(f, i, b)
            mesh += [a + (b - a) * (k - u) / (v - u) for k in kinks if min(u, v) < k < max(u, v)]
        mesh = sorted(set(mesh))
    for a, b in pairwise(list(mesh)):
        s, t = iterated(f, 2 * m, a) - a, iterated(f, 2 * m, b) - b
        if s * t < 0:
            mesh.append(a + (b - a) * s / (s - t))
    mesh = sorted(mesh)
    return mesh, all(iterated(f, m, x) == x for x in mesh if iterated(f, 2 * m, x) == x)


@pytest.mark.parametrize("level", [0, 1, 2])
def test_order_on_an_interval_is_accepted_exactly_when_it_is_true(level: int) -> None:
    """On the finest mesh every cell is affine: the certificate holds if and only if f^2m(x) = x implies f^m(x) = x."""
    rng, seen = random.Random(level), set()
    for _ in range(100):
        xs = [F(0), *sorted({F(rng.randint(1, 11), 12) for _ in range(rng.randint(0, 3))}), F(1)]
        points = [(x, F(rng.randint(0, 12), 12)) for x in xs]
        document = knots(*points)
        mesh, ordered = finest_mesh(pieced(points, None), xs, (F(0), F(1)), 1 << level)
        proof = order(document, *mesh, level=level)
        proof["map_sha256"] = checker.map_sha256(document)
        status = checker.check(document, resealed(proof)).status
        assert status == ("VALID" if ordered else "INVALID"), document
        seen.add(status)
    assert seen == {"VALID", "INVALID"}


@pytest.mark.parametrize("level", [0, 1])
def test_order_on_the_line_is_accepted_exactly_when_it_is_true(level: int) -> None:
    """The same on [-inf, inf]: two points beyond all kinks and zeros of f, ..., f^2m tell what becomes of infinity."""
    rng, seen, m = random.Random(level), set(), 1 << level
    for _ in range(100):
        xs = sorted({F(rng.randint(-6, 6), 2) for _ in range(rng.randint(1, 3))})
        points = [(x, F(rng.randint(-6, 6), 2)) for x in xs]
        slopes = tuple(F(rng.choice([-2, -1, 0, 1, 2]), rng.choice([1, 1, 2])) for _ in range(2))
        document, f, far = knots(*points, slopes=slopes), pieced(points, slopes), F(10**6)
        mesh, ordered = finest_mesh(f, xs, (-far, far), m)

        def limit(sign: int, times: int, slopes: tuple[F, ...] = slopes, far: F = far, f: Callable[[F], F] = f) -> int:
            """The infinite end that sign * infinity is taken to, or 0 for a finite limit."""
            step = iterated(f, times, sign * (far + 1)) - iterated(f, times, sign * far)
            return (step > 0) - (step < 0)

        for sign in (-1, 1):
            if limit(sign, 2 * m) == sign:
                ordered = ordered and limit(sign, m) == sign
        proof = order(document, "-inf", *mesh[1:-1], "inf", level=level)
        proof["map_sha256"] = checker.map_sha256(document)
        status = checker.check(document, resealed(proof)).status
        assert status == ("VALID" if ordered else "INVALID"), (document, mesh)
        seen.add(status)
    assert seen == {"VALID", "INVALID"}


def test_coarse_meshes_are_never_accepted_when_the_claim_is_false() -> None:
    rng, accepted = random.Random(7), 0
    for _ in range(400):
        xs = [F(0), *sorted({F(rng.randint(1, 7), 8) for _ in range(2)}), F(1)]
        points = [(x, F(rng.randint(0, 8), 8)) for x in xs]
        document = knots(*points)
        mesh, ordered = finest_mesh(pieced(points, None), xs, (F(0), F(1)), 1)
        coarse = [x for x in mesh if x in (0, 1) or rng.random() < 0.7]
        proof = order(document, *coarse)
        proof["map_sha256"] = checker.map_sha256(document)
        if checker.check(document, resealed(proof)).status == "VALID":
            accepted += 1
            assert ordered
    assert accepted > 50


# Files and the command


def run(*arguments: Any, cwd: Path | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-I", "-S", str(FILE), *map(str, arguments)]
    return subprocess.run(
        command, capture_output=True, text=True, cwd=cwd, env={**os.environ, **environment}, timeout=120
    )


def written(path: Path, value: Any) -> Path:
    path.write_text(json.dumps(value, indent=2, sort_keys=True) + "\n")
    return path


def test_the_command_by_itself_from_another_directory(tmp_path: Path) -> None:
    (tmp_path / "json.py").write_text("raise SystemExit('imported from the current directory')")
    map_path, proof_path = written(tmp_path / "map.json", TENT), written(tmp_path / "proof.json", T)
    valid = run(map_path, proof_path, cwd=tmp_path, LC_ALL="C")
    assert (valid.returncode, valid.stdout, valid.stderr) == (0, f"VALID {T['claim']['words']}\n", "")
    written(proof_path, {**T, "n": 5})
    invalid = run(map_path, proof_path)
    assert (invalid.returncode, invalid.stderr) == (1, "")
    assert invalid.stdout.startswith("INVALID digest: expected ")
    written(proof_path, changed(T, version=2))
    unsupported = run(map_path, proof_path)
    assert (unsupported.returncode, unsupported.stdout) == (4, "UNSUPPORTED certificate: version: expected 1, got 2\n")
    for arguments in ((), (map_path,), (map_path, proof_path, proof_path)):
        usage = run(*arguments)
        assert (usage.returncode, usage.stdout, usage.stderr.count("\n")) == (2, "", 1)


def text_of(value: Any) -> bytes:
    return json.dumps(value).encode()


HOSTILE: dict[str, bytes] = {
    "empty": b"",
    "blank": b" \n",
    "not JSON": b"tent",
    "two documents": text_of(TENT) * 2,
    "cut off": text_of(TENT)[:-3],
    "a byte order mark": b"\xef\xbb\xbf" + text_of(TENT),
    "UTF-16": json.dumps(TENT).encode("utf-16"),
    "invalid UTF-8": text_of(TENT).replace(b"linear", b"line\xff"),
    "an encoded surrogate": text_of(TENT).replace(b"linear", b"\xed\xa0\x80"),
    "binary": bytes(range(256)) * 10,
    "deep lists": b"[" * 100_000,
    "5,000 levels": b"[" * 5_000 + b"]" * 5_000,
    "deep objects": b'{"a":' * 50_000,
    "NaN": text_of(TENT).replace(b'"1/2"', b"NaN"),
    "Infinity": text_of(TENT).replace(b'"1/2"', b"-Infinity"),
    "a JSON fraction": text_of(TENT).replace(b'"1/2"', b"0.1"),
    "a JSON exponent": text_of(TENT).replace(b'"1/2"', b"1e999999999"),
    "a key twice": text_of(TENT).replace(b'"version"', b'"version": 1, "version"'),
    "a key twice, deep inside": text_of(TENT).replace(b'"knots"', b'"knots": [], "knots"'),
    "a top-level list": b"[]",
    "a top-level number": b"7",
    "null": b"null",
    "a lone surrogate": text_of(TENT).replace(b"1/2", b"\\ud800"),
    "a lone surrogate as a key": text_of(TENT).replace(b"knots", b"\\udfff"),
    "a newline in a key": text_of(TENT).replace(b"knots", b"kn\\nots"),
    "a unicode digit": text_of(TENT).replace(b"1/2", b"\\u0661"),
    "a number with a newline": text_of(TENT).replace(b"1/2", b"1/2\\n"),
    "an unknown key": text_of({**TENT, "x" * 100_000: 1}),
    "trailing comma": text_of(TENT)[:-1] + b",}",
    "a control character": text_of(TENT).replace(b"linear", b"line\x00ar"),
}
HUGE: dict[str, bytes] = {
    "a million digits": text_of(TENT).replace(b"1/2", b"7" * 1_000_000),
    "an integer of a million digits": text_of(TENT).replace(b'"1/2"', b"7" * 1_000_000),
    "a huge exponent": text_of(TENT).replace(b"1/2", b"1e-999999999"),
    "a huge hexadecimal exponent": text_of(TENT).replace(b"1/2", b"0x1p999999999"),
    "a newer version": text_of({**TENT, "version": 2}),
}


@pytest.mark.parametrize("place", ["map", "certificate"])
@pytest.mark.parametrize("defect", [*HOSTILE, *HUGE])
def test_hostile_files(defect: str, place: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One line and the right exit code, whatever is in the file. Some of it is JSON, and merely no certificate."""
    bad = tmp_path / "bad.json"
    bad.write_bytes((HOSTILE | HUGE)[defect])
    paths = (
        [bad, written(tmp_path / "good.json", T)] if place == "map" else [written(tmp_path / "good.json", TENT), bad]
    )
    code = checker.main([str(path) for path in paths])
    out, err = capsys.readouterr()
    assert out.isascii()
    if place == "map":
        assert code == (4 if defect in HUGE else 2)
    assert code in (1, 2, 4)
    if code == 2:
        assert (out, err.count("\n")) == ("", 1)
        assert err.startswith(f"{bad}: ")
        assert len(err) < 600
    else:
        assert (out.count("\n"), err) == (1, "")
        assert out.startswith("INVALID " if code == 1 else "UNSUPPORTED ")


def test_a_json_fraction_is_explained(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bad = tmp_path / "map.json"
    bad.write_bytes(HOSTILE["a JSON fraction"])
    assert checker.main([str(bad), str(bad)]) == 2
    assert "0.1 could mean the decimal or the double next to it" in capsys.readouterr().err


def test_files_that_are_none(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good = str(written(tmp_path / "map.json", TENT))
    for name in (str(tmp_path), str(tmp_path / "missing"), "", "a\0b", "a\nb", "\udcff", "x" * 5000):
        for paths in ([name, good], [good, name]):
            assert checker.main(paths) == 2
            out, err = capsys.readouterr()
            assert (out, err.count("\n")) == ("", 1)


def test_a_file_that_is_too_large(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    large = tmp_path / "large.json"
    with large.open("wb") as file:
        file.truncate(checker.MAX_BYTES + 1)
    assert checker.main([str(large), str(large)]) == 4
    assert capsys.readouterr().out.startswith("UNSUPPORTED file: more than")


def test_the_interpreter_keeps_its_own_limit() -> None:
    before = sys.get_int_max_str_digits()
    try:
        sys.set_int_max_str_digits(5000)
        assert checker.check(TENT, T).status == "VALID"
        assert checker.check(TENT, changed(T, n=4)).status == "INVALID"
        assert sys.get_int_max_str_digits() == 5000
    finally:
        sys.set_int_max_str_digits(before)


# The budget


def test_a_deep_network_that_explodes_is_unsupported() -> None:
    """The tent forty times over has 2^40 pieces; the budget, small here, ends the expansion before the memory."""
    deep = network(*[HALVES, layer([[2, -4]], [0], "identity")] * 40, domain=UNIT)
    assert checker.check(deep, order(deep, 0, 1)) == (
        "UNSUPPORTED",
        "work: the replay takes more arithmetic than this checker is willing to do",
    )


def test_every_loop_pays(monkeypatch: pytest.MonkeyPatch, good: tuple[Document, Document]) -> None:
    monkeypatch.setattr(checker.Work, "left", 100)
    document, proof = good
    assert checker.check(document, proof).status == "UNSUPPORTED"


def test_the_file_stands_alone_and_stays_small() -> None:
    text = FILE.read_text()
    assert len(text.splitlines()) <= 2350
    modules = {line.split()[1] for line in text.splitlines() if line.startswith(("import ", "from "))}
    assert {name.split(".")[0] for name in modules} <= sys.stdlib_module_names
