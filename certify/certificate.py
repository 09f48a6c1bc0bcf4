"""Certificates as data: from what was decided to the canonical JSON of docs/certificate-format.md."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Any

from certify import checker
from certify.counting import Counts
from certify.decision.decide import OddReturn, Order, PeriodicOrbit
from certify.entropy import ConstantSlope, Covering, Transfer
from certify.numbers import Extended, rational, text
from certify.piecewise import PiecewiseLinear

FORMAT, VERSION = "certify-certificate", 1

Proof = OddReturn | PeriodicOrbit | Order | Counts | Covering | Transfer | ConstantSlope
Certificate = dict[str, Any]


def certificate(proof: Proof, f: PiecewiseLinear, map_sha256: str, domain: Sequence[str] | None) -> Certificate:
    """The certificate, as the content of its JSON file, that `proof` is for the map f whose canonical JSON has this digest."""
    content: Certificate = {"format": FORMAT, "version": VERSION, "map_sha256": map_sha256, **_data(proof, f)}
    content["claim"] = {"verdict": checker.KINDS[content["kind"]].verdict, "domain": domain, "words": ""}
    content["claim"]["words"] = checker.claim_words(content["kind"], content)
    content["digest"] = digest(content)
    return content


def _data(proof: Proof, f: PiecewiseLinear) -> dict[str, Any]:
    match proof:
        case OddReturn(level, n, x, side, period_three):
            orbit = f.trajectory(x, n << level)
            data = {"kind": "odd-return", "level": level, "n": n, "x": text(x), "side": side, "orbit": _texts(orbit)}
            return data | ({"period_three": _texts(period_three)} if period_three else {})
        case PeriodicOrbit(orbit):
            return {"kind": "periodic-orbit", "period": len(orbit), "orbit": _texts(orbit)}
        case Order(level, core_steps, mesh):
            return {"kind": "order", "level": level, "core_steps": core_steps, "mesh": _texts(mesh)}
        case Counts(regions=regions):
            return {"kind": "region-count", "regions": [text(rational(n)) for n in regions]}
        case Covering():
            return {"kind": "entropy-lower", **_graph(proof)}
        case Transfer(core_steps=core_steps, ranks=ranks):
            return {"kind": "entropy-upper", **_graph(proof), "core_steps": core_steps, "ranks": list(ranks)}
        case ConstantSlope():
            return {"kind": "constant-slope", **proof.document()}


def _graph(graph: Covering | Transfer) -> dict[str, Any]:
    """The integer vector alone: where the growth is known as an algebraic number, the checker still sees a rational one."""
    content = graph.document()
    return {key: content[key] for key in ("intervals", "rows", "vector", "growth")}


def _texts(points: Sequence[Extended]) -> list[str]:
    return [text(x) for x in points]


def digest(content: Certificate) -> str:
    """The certificate's own digest: SHA-256 of its canonical JSON without the key `digest`."""
    bare = {key: value for key, value in content.items() if key != "digest"}
    return hashlib.sha256(json.dumps(bare, sort_keys=True, separators=(",", ":")).encode("ascii")).hexdigest()


def to_json(content: Certificate) -> str:
    """The text of the certificate's file; the same certificate gives the same bytes."""
    return json.dumps(content, sort_keys=True, indent=2) + "\n"
