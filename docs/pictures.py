"""Draws the pictures of the README, of docs/plots.md and of docs/settling.md, from maps and certificates in cases/: `make docs`."""

from __future__ import annotations

import json
from pathlib import Path

import certify
from certify import families
from certify.plot import diagram, examine, graph, plane, save

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"


def verdict() -> None:
    """A saved network of the paper: its graph, the exact orbit of period 3 and the witness of its certificate."""
    case = ROOT / "cases" / "paper-perturbed-tent"
    proof = json.loads((case / "certificate.json").read_text())
    title = "a saved recurrent network of the paper"
    save(graph(certify.load(case / "map.json"), certificate=proof, title=title), DOCS / "verdict.svg")


def iterates() -> None:
    """The tent and its iterates, with the cobweb of a cycle."""
    figure = graph(families.tent(), (1, 2, 3), orbit="2/7", steps=3, title="the tent: f, f², f³ and the orbit of 2/7")
    save(figure, DOCS / "iterates.svg")


def settling() -> None:
    """Two units that remember: the boxes of the proof, the blocks at which orbits end, and orbits."""
    case = ROOT / "cases" / "two-memories"
    proof = json.loads((case / "certificate.json").read_text())
    save(plane(certify.load(case / "map.json"), certificate=proof, title="hardtanh(2x) in R²"), DOCS / "settling.svg")


def family() -> None:
    """The stunted tents: order of each level, then chaos."""
    values = examine(families.stunted_tent, [f"{60 + i}/120" for i in range(60)])
    save(diagram(values, "height", "stunted tents"), DOCS / "family.svg")


if __name__ == "__main__":
    verdict()
    iterates()
    family()
    settling()
