"""Of every kind of certificate a tampered page in a real browser: it says INVALID, as the Python checker does."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from certify import checker
from certify.mapfile import read_map
from certify.report.html import html
from tests.checker_mutations import at, places, replaced
from tests.test_checker import GOOD, resealed
from tests.test_report_page import WRITTEN, one_of_each_kind, opened

Document = dict[str, Any]

PAIRS = [*GOOD.values(), *WRITTEN.values()]
PAIRS += [
    tuple(json.loads((folder / name).read_text()) for name in ("map.json", "certificate.json"))
    for folder in one_of_each_kind()
]
KINDS: dict[str, tuple[Document, Document]] = {proof["kind"]: (document, proof) for document, proof in PAIRS}
SHARED = ("format", "version", "kind", "claim", "digest", "map_sha256")
"""What all certificates have; the numbers of a proof stand elsewhere."""


def a_wrong_number(document: Document, proof: Document) -> Document:
    """The certificate with its first number that is a little larger in vain: sealed, and refused for what it is."""
    for path in places({key: value for key, value in proof.items() if key not in SHARED}):
        value = at(proof, path)
        try:
            other = str(Fraction(value) + Fraction(1, 7)) if isinstance(value, str) else None
        except ValueError:
            continue
        if other is not None:
            changed = resealed(replaced(proof, path, other))
            answer = checker.check(document, changed)
            if answer.status == "INVALID" and not answer.message.startswith("claim"):
                return changed
    raise AssertionError("no number matters")


def test_no_kind_is_left_out() -> None:
    assert KINDS.keys() == checker.KINDS.keys()


@pytest.mark.parametrize("kind", checker.KINDS)
def test_a_browser_refuses_a_wrong_number(kind: str, tmp_path: Path) -> None:
    document, proof = KINDS[kind]
    (tmp_path / "map.json").write_text(json.dumps(document))
    given = read_map(tmp_path / "map.json").map
    page = html(given, proof, json.dumps(document), kind)
    start = page.index("\n", page.index('<pre id="certificate-json"')) + 1
    end = page.index("</pre>", start)
    wrong = json.dumps(a_wrong_number(document, proof)).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    title, status, rule, _ = opened(page[:start] + wrong + page[end:], tmp_path)
    assert (status, title) == ("INVALID", f"INVALID – {kind}")
    assert rule not in ("", "digest", "claim.words")
