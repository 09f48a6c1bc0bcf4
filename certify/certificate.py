"""Certificates as data: from what was decided to the canonical JSON of docs/certificate-format.md."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Any

from certify import checker
from certify.counting import Counts
from certify.decision.decide import OddReturn, Order, PeriodicOrbit
from certify.dimension.chains.proof import CoveringChains
from certify.dimension.contraction import Contraction
from certify.dimension.horseshoes.proof import Block, BlockHorseshoe
from certify.dimension.listing.complete import CompleteCycles
from certify.dimension.order.proof import OrderTree
from certify.dimension.rank_one import RankOne
from certify.enclosure.decide import OddReturnBox, OrderBox
from certify.entropy.evidence import ConstantSlope, Covering, Transfer
from certify.layout import json_text
from certify.numbers import Extended, rational, text
from certify.piecewise import PiecewiseLinear

FORMAT, VERSION = "certify-certificate", 1

Exact = OddReturn | PeriodicOrbit | Order | Counts | Covering | Transfer | ConstantSlope
Proof = (
    Exact
    | OddReturnBox
    | OrderBox
    | BlockHorseshoe
    | CoveringChains
    | Contraction
    | OrderTree
    | RankOne
    | CompleteCycles
)
Certificate = dict[str, Any]


def certificate(
    proof: Proof, f: PiecewiseLinear | None, map_sha256: str, domain: Sequence[str] | None, box: bool = False
) -> Certificate:
    """The certificate, as the content of its JSON file, that `proof` is for the map whose canonical JSON has this digest.

    An odd return of a piecewise-linear map shows its exact orbit, for which the map f itself is needed (in `RankOne` the line);
    `box` says that the map file gives a box of networks.
    """
    content: Certificate = {"format": FORMAT, "version": VERSION, "map_sha256": map_sha256, **_data(proof, f)}
    content["claim"] = {"verdict": checker.verdict_of(content), "domain": domain, "words": ""}
    content["claim"]["words"] = checker.claim_words(content["kind"], content, box)
    content["digest"] = digest(content)
    return content


def _data(proof: Proof, f: PiecewiseLinear | None) -> dict[str, Any]:
    match proof:
        case OddReturn(level, n, x, side, period_three):
            assert f is not None
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
        case OddReturnBox():
            data = {"kind": "odd-return-box", "level": proof.level, "n": proof.n, "x": text(proof.x)}
            data |= {"side": proof.side, "bits": proof.bits} | _cover(proof)
            return data | ({"radius": text(proof.radius), "weights": proof.weights} if proof.radius is not None else {})
        case OrderBox(core=core):
            data = {"kind": "order-box", "level": proof.level, "bits": proof.bits, "core_steps": core.steps}
            return data | {"parts": core.parts, "rule": proof.rule, "mesh": _texts(proof.mesh)} | _cover(proof)
        case Contraction(rows, factor):
            return {"kind": "contraction", "rows": [_texts(row) for row in rows], "factor": text(factor)}
        case OrderTree():
            return {"kind": "order-tree", **_tree(proof)}
        case RankOne(row, inner):
            return {"kind": "rank-one", "row": _texts(row), "proof": _data(inner, f)}
        case BlockHorseshoe(expanding=expanding):
            return {"kind": "block-horseshoe", "expanding": expanding, "words": _words(proof), **_blocks(proof)}
        case CoveringChains(chains=chains, bits=bits):
            return {"kind": "covering-chain", "bits": bits, "chains": [*map(list, chains)], **_blocks(proof)}
        case CompleteCycles():
            return {"kind": "cycles-complete", **_complete(proof)}


def _blocks(proof: BlockHorseshoe | CoveringChains) -> dict[str, Any]:
    """What horseshoes and chains have in common."""
    blocks = [*map(_block, proof.blocks)]
    return {"blocks": blocks, "growth": text(proof.growth), "vector": [str(weight) for weight in proof.vector]}


def _block(block: Block) -> dict[str, Any]:
    return {"rows": [_texts(row) for row in block.rows], "lo": _texts(block.lo), "hi": _texts(block.hi)}


def _tree(proof: OrderTree) -> dict[str, Any]:
    families = [
        {"number": one.number, "expanding": one.expanding, "ends": [*map(_block, one.blocks)]}
        | ({"period": one.period} if one.period < len(one.blocks) else {})
        for one in proof.families
    ]
    return {
        "bits": proof.bits,
        "lo": _texts(proof.lo),
        "hi": _texts(proof.hi),
        "families": families,
        "tree": proof.tree,
    }


def _words(proof: BlockHorseshoe) -> list[list[Any]]:
    return [
        [word.start, word.end, " ".join("".join(map(str, pattern)) for pattern in word.patterns)]
        for word in proof.words
    ]


def _complete(proof: CompleteCycles) -> dict[str, Any]:
    cycles = [{"period": cycle.period, "point": [*map(str, cycle.points[0])]} for cycle in proof.cycles]
    vectors = [" ".join(f"{i}:{c}" for i, c in vector) for vector in proof.vectors]
    content = {"period": proof.period, "base": "".join(map(str, proof.base)), "cycles": cycles}
    return content | {"vectors": vectors, "tree": " ".join(proof.tree)}


def _cover(proof: OddReturnBox | OrderBox) -> dict[str, Any]:
    return {} if proof.cover is None else {"cover": _texts(proof.cover)}


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
    return json_text(content, sort_keys=True)
