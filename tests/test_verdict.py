"""`prove` from Python: what a verdict offers, that it is checked, and that every field of its certificate matters."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

import certify
from certify import checker, families
from certify.certificate import Certificate, certificate, digest, to_json
from certify.decision.decide import PeriodicOrbit
from certify.errors import NotInvariantError
from certify.mapfile import sha256
from certify.numbers import Q
from certify.verdict import RefusedByChecker

TENT = families.tent()
FLIP = certify.PiecewiseLinear([(0, 1), (1, 0)])


def test_a_verdict_shows_its_witness() -> None:
    verdict = certify.prove(TENT)
    assert verdict.verdict == "CHAOTIC"
    assert verdict.witness == Fraction(1, 2)  # f(1/2) = 1, f^3(1/2) = 0, and 0, 1 satisfy no strict inequality
    orbit = verdict.period_three
    assert orbit is not None
    assert TENT.orbit(orbit[0], 3) == (*orbit, orbit[0])
    assert "CHAOTIC" in repr(verdict)
    assert "<strong>CHAOTIC</strong>" in verdict._repr_html_()
    assert verdict.explain().splitlines()[0] == "CHAOTIC"


def test_order_and_undecided() -> None:
    order = certify.prove(FLIP)
    assert (order.verdict, order.witness, order.period_three) == ("ORDERED", None, None)
    open_ = certify.prove(FLIP, max_level=0)
    assert (open_.verdict, open_.certificate) == ("UNDECIDED", None)
    assert "max-level" in open_.reason


def test_a_map_that_leaves_its_domain_is_refused() -> None:
    with pytest.raises(NotInvariantError) as caught:
        certify.prove(certify.PiecewiseLinear([(0, 0), (1, 2)]))
    assert (caught.value.point, caught.value.value) == (1, 2)


def test_nothing_leaves_that_the_checker_refuses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checker, "check", lambda *_: checker.Outcome("INVALID", "on purpose"))
    with pytest.raises(RefusedByChecker, match="on purpose"):
        certify.prove(TENT)


def test_what_the_checker_does_not_support_is_undecided(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checker, "check", lambda *_: checker.Outcome("UNSUPPORTED", "too large"))
    verdict = certify.prove(TENT)
    assert (verdict.verdict, verdict.certificate) == ("UNDECIDED", None)
    assert "too large" in verdict.reason


def test_same_map_same_bytes(tmp_path: Path) -> None:
    first, second = certify.prove(TENT), certify.prove(certify.PiecewiseLinear([("0.0", 0), ("0x1p-1", 1), (1, 0)]))
    assert first.certificate is not None
    assert second.certificate is not None
    assert to_json(first.certificate) == to_json(second.certificate)
    certify.save(first.certificate, tmp_path / "c.json")
    certify.save(TENT, tmp_path / "m.json", "tent")
    assert certify.check(tmp_path / "m.json", tmp_path / "c.json").status == "VALID"
    assert json.loads((tmp_path / "m.json").read_text())["name"] == "tent"


# Every leaf of every kind of certificate, changed

PROVED: dict[str, Any] = {
    "odd return with period three": TENT,
    "odd return to the left": families.stunted_tent("0.83"),
    "odd return of a network": families.rnn(16, 64, 41),
    "periodic orbit": certify.PiecewiseLinear([(0, "1/2"), ("1/2", 1), (1, 0)]),
    "region count": families.stunted_tent("0.9"),
    "region count of a network on the line": families.perturbed_tent(3),
    "entropy below": certify.PiecewiseLinear([(0, "1/2"), ("1/2", 1), (1, 0)]),
    "entropy above": certify.PiecewiseLinear([(0, "1/2"), ("1/2", 1), (1, 0)]),
    "entropy below of a network": families.rnn(16, 256, 22),
    "entropy above of a network": families.rnn(16, 256, 22),
    "constant slope": certify.PiecewiseLinear([(0, 0), ("1/2", "4/5"), (1, 0)]),
    "order": FLIP,
    "order on the line": certify.PiecewiseLinear([(0, 0)], slopes=(2, 2)),
    "order of a network": families.rnn(16, 64, 65),
}


def good(name: str) -> Certificate:
    """What the prover gives; and, since it prefers inequalities, a periodic orbit that is known: 0 -> 1/2 -> 1 -> 0."""
    given = PROVED[name]
    if name.startswith("region count"):
        proof: Certificate | None = certify.regions(given, 5).certificate
    elif name.startswith("entropy below"):
        proof = certify.entropy(given).lower
    elif name.startswith(("entropy above", "constant slope")):
        proof = certify.entropy(given).upper
    elif name == "periodic orbit":
        orbit = PeriodicOrbit((Q(0), Q(1, 2), Q(1)))
        proof = certificate(orbit, given, sha256(given), ["0", "1"])
    else:
        proof = certify.prove(given).certificate
    assert proof is not None
    assert certify.check(given, proof).status == "VALID"
    return proof


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if isinstance(value, dict | list):
        for key in value if isinstance(value, dict) else range(len(value)):
            yield from leaves(value[key], (*path, key))
    yield path


def changed(value: Any) -> list[Any]:
    if isinstance(value, int):
        return [value + 1, value + 2, -1, str(value), None, True]
    if isinstance(value, str):
        return [value + "1", "0", "1/3", "", value.replace("1", "2") + "0", None, 0, [value]]
    if isinstance(value, list):
        return [value[:-1], [*value, "0"], value[::-1] if len(value) > 1 else [], {}, None]
    return [None, "x", []]


@pytest.mark.parametrize("name", PROVED)
def test_no_changed_certificate_is_valid(name: str) -> None:
    given = PROVED[name]
    proof = good(name)
    tried = 0
    for path in leaves(proof):
        if not path:
            continue
        parent = copy.deepcopy(proof)
        inner = parent
        for key in path[:-1]:
            inner = inner[key]
        old = inner[path[-1]]
        for new in changed(old):
            if new == old and type(new) is type(old):
                continue
            inner[path[-1]] = new
            tried += 1
            assert certify.check(given, parent).status != "VALID", (path, new)
            if "digest" not in path and not name.startswith(("order", "entropy", "constant")):
                resealed = {**parent, "digest": digest(parent)}
                assert certify.check(given, resealed).status != "VALID", (path, new, "resealed")
        if isinstance(inner, dict):
            del inner[path[-1]]
            assert certify.check(given, parent).status != "VALID", (path, "deleted")
            inner[path[-1]] = old
    assert tried > 30


@pytest.mark.parametrize("name", [name for name in PROVED if name.startswith("entropy")])
def test_no_resealed_better_bound_is_valid(name: str) -> None:
    """Another vector, interval or a weaker bound can be a proof too; a better bound, a smaller graph or a wrong edge cannot."""
    given, proof = PROVED[name], good(name)
    growth, rows, vector = Fraction(proof["growth"]), proof["rows"], proof["vector"]
    better = growth * (Fraction(101, 100) if "below" in name else Fraction(99, 100))
    wrong: list[dict[str, Any]] = [
        {"growth": str(better)},
        {"growth": "-1"},
        {"vector": ["0", *vector[1:]]},
        {"vector": [str(-int(v)) for v in vector]},
        {"vector": [f"{v}/2" for v in vector]},
        {"vector": vector[:-1]},
        {"rows": rows[:-1]},
        {"rows": [[[k, len(rows)] for k, _ in row] for row in rows]},
        {"rows": [[*row, *row] for row in rows]},
        {"rows": [[[k + 1000, j] for k, j in row] for row in rows]},
        {"intervals": [[b, a] for a, b in proof["intervals"]]},
        {"intervals": [["-5", "5"], *proof["intervals"][1:]]},
        {"map_sha256": "0" * 64},
        {"claim": {**proof["claim"], "verdict": "CHAOTIC"}},
    ]
    if "above" in name:
        wrong += [
            {"core_steps": -1},
            {"ranks": [*proof["ranks"][:-1], "x"]},
            {"ranks": proof["ranks"][1:]},
            {"rows": [[], *rows[1:]] if rows[0] else [[[0, 0]], *rows[1:]]},
            {"intervals": [[a, a] for a, _ in proof["intervals"]]},
        ]
    for change in wrong:
        parent = {**proof, **change}
        assert certify.check(given, {**parent, "digest": digest(parent)}).status == "INVALID", change


def test_no_resealed_wrong_slope_is_valid() -> None:
    given, proof = PROVED["constant slope"], good("constant slope")
    assert proof["growth"] == "8/5"
    for change in (
        {"growth": "9/5"},
        {"growth": "-8/5"},
        {"growth": "1"},
        {"core_steps": -1},
        {"map_sha256": "0" * 64},
    ):
        parent = {**proof, **change}
        assert certify.check(given, {**parent, "digest": digest(parent)}).status == "INVALID", change


@pytest.mark.parametrize("name", [name for name in PROVED if name.startswith("order")])
def test_no_resealed_wrong_order_is_valid(name: str) -> None:
    """A moved inner mesh point can still be a proof; wrong ends, levels, claims and core steps cannot."""
    given = PROVED[name]
    proof = good(name)
    wrong: list[dict[str, Any]] = [
        {"mesh": proof["mesh"][1:]},
        {"mesh": ["-1", *proof["mesh"][1:]]},
        {"mesh": [*proof["mesh"][:-1], "5"]},
        {"mesh": proof["mesh"][::-1]},
        {"core_steps": -1},
        {"level": -1},
        {"map_sha256": "0" * 64},
        {"claim": {**proof["claim"], "verdict": "CHAOTIC"}},
        {"claim": {**proof["claim"], "words": "trust me"}},
        {"claim": {**proof["claim"], "domain": ["0", "2"]}},
    ]
    if proof["level"]:
        wrong.append({"level": proof["level"] - 1})
    for change in wrong:
        parent = {**proof, **change}
        assert certify.check(given, {**parent, "digest": digest(parent)}).status == "INVALID", change
