"""Writes the tables of the pages of systems (lozi, border-collision, random-recurrent) from their cases: `python docs/systems.py`."""

from __future__ import annotations

import json
from math import log
from pathlib import Path
from typing import Any

from certify.numbers import rational

DOCS = Path(__file__).parent
CASES = DOCS.parent / "cases"

PAGES = {
    "lozi": {
        "lozi": "a = 1.7, b = 0.5",
        "lozi-network": "the same, by layers",
        "lozi-full-shift": "a = 4, b = 1/2",
        "lozi-coupled": "two of them in R⁴, a = 1.7, b = 0.3",
        "lozi-contracts": "a = 2/5, b = 1/5",
        "lozi-zero-entropy": "a = 1, b = 1/2",
        "lozi-all-escape": "a = −1, b = 1/2",
    },
    "border-collision": {
        "border-collision": "τ = 1.4, −1.7; δ = 0.2, 0.3",
        "border-collision-contracts": "τ = 0.3, −0.4; δ = 0.1, 0.2",
    },
    "random-recurrent": {
        "relu-rnn-3": "ReLU network, d = 3",
        "relu-rnn-5": "ReLU network, d = 5",
        "relu-rnn-8": "ReLU network, d = 8",
        "relu-rnn-10": "ReLU network, d = 10",
        "plrnn-3": "PLRNN, d = 3",
        "plrnn-5": "PLRNN, d = 5",
        "plrnn-8": "PLRNN, d = 8",
        "plrnn-10": "PLRNN, d = 10",
        "relu-rnn-5-ordered": "ReLU network, d = 5, small weights",
        "two-memories": "hardtanh(2x) in R²",
    },
}
"""Of each page the cases, and the map in a few words."""


def proof(folder: Path) -> str:
    """What the certificate says, in a few words."""
    path = folder / "certificate.json"
    if not path.exists():
        return "none"
    certificate: dict[str, Any] = json.loads(path.read_text())
    if certificate["kind"] == "contraction":
        return f"contracts by {certificate['factor']}"
    if certificate["kind"] == "order-tree":
        return f"settles to one of at most {len(certificate['families'])} cycles"
    lengths = sorted(len(word[2].split()) for word in certificate["words"])
    words = f"words of {', '.join(map(str, lengths))} steps" if len(lengths) < 4 else f"{len(lengths)} words"
    growth = certificate["growth"]
    return f"{words}: log({growth}) ≈ {log(float(rational(growth))):.4f}"


def table(cases: dict[str, str]) -> str:
    """A line for each case."""
    lines = ["| case | map | verdict | entropy at least, or contraction |", "|---|---|---|---|"]
    for name, words in cases.items():
        verdict = json.loads((CASES / name / "case.json").read_text())["verdict"]
        lines.append(f"| `{name}` | {words} | {verdict} | {proof(CASES / name)} |")
    return "\n".join(lines)


def with_table(page: str, cases: dict[str, str]) -> str:
    """The page with its table anew."""
    start = page.index("| case |")
    return page[:start] + table(cases) + page[page.index("\n\n", start) :]


def main() -> None:
    """Writes all pages."""
    for name, cases in PAGES.items():
        path = DOCS / f"{name}.md"
        path.write_text(with_table(path.read_text(), cases))


if __name__ == "__main__":
    main()
