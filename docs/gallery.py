"""Writes docs/gallery.md, a table of the folders of cases/ (`make docs`)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import certify
from certify.mapfile import Map

ROOT = Path(__file__).parent.parent
CASES = sorted(path.parent for path in (ROOT / "cases").glob("*/map.json"))
PAGE = ROOT / "docs" / "gallery.md"

HEAD = """# Gallery

Each folder of `cases/` holds a map (`map.json`), what is known about it and from where (`case.json`), and the certificate that
`certify prove` finds (`certificate.json`). Each is a test: the verdict must be the one that is known, and the certificate the same
to the byte. `certify prove cases/NAME/map.json` proves any of them again.

*The naive exact loop* is a second, slow decision in plain fractions, which the tests hold: it composes iterates and compares their
fixed points. Where *the certificate* stands, nothing is known but what it proves.
"""

SECTIONS = {
    "Maps by their knots": "Piecewise-linear maps of an interval or of the line, given by points of their graphs.",
    "Networks": "Networks R → R of one exact map each.",
    "Boxes and smooth networks": "What is proved here is proved [by enclosures](enclosures.md), for every network in the box.",
    "Maps of R^d": "Maps of [several dimensions](dimension.md), where a period proves nothing.",
}


def section(given: Map) -> str:
    """The heading under which a map stands."""
    match given:
        case certify.PiecewiseLinear():
            return "Maps by their knots"
        case certify.Box():
            return "Boxes and smooth networks"
        case certify.Network() if given.dimension == 1:
            return "Boxes and smooth networks" if given.smooth else "Networks"
    return "Maps of R^d"


def proof(folder: Path) -> str:
    """The kind of the certificate, and what tells it from others of the kind."""
    path = folder / "certificate.json"
    if not path.exists():
        return "none"
    certificate: dict[str, Any] = json.loads(path.read_text())
    details = [f"{name} {certificate[key]}" for key, name in (("level", "level"), ("n", "n =")) if key in certificate]
    link = f"[`{certificate['kind']}`](certificate-format.md)"
    return ", ".join([link, *details])


def row(folder: Path) -> str:
    """One line of a table."""
    case = json.loads((folder / "case.json").read_text())
    because = case["because"].replace("|", r"\|").replace("*", r"\*")
    return f"| `{folder.name}` | {case['verdict']} | {proof(folder)} | {because} |"


def page() -> str:
    """The text of docs/gallery.md."""
    rows: dict[str, list[str]] = {title: [] for title in SECTIONS}
    for folder in CASES:
        rows[section(certify.load(folder / "map.json"))].append(row(folder))
    parts = [HEAD]
    for title, words in SECTIONS.items():
        table = "\n".join(["| case | verdict | certificate | known because |", "|---|---|---|---|", *rows[title]])
        parts.append(f"## {title}\n\n{words}\n\n{table}\n")
    return "\n".join(parts)


if __name__ == "__main__":
    PAGE.write_text(page())
