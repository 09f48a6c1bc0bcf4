"""The Coq development as a whole: what it states, what it assumes, and that its pages name what is there."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from certify.kernel import coqc
from tests.optional import require_program

ROOT = Path(__file__).parent.parent
PROOFS = ROOT / "proofs"
MAIN = PROOFS / "Main.v"
THEORIES = sorted((PROOFS / "theories").glob("*.v"))

ESCAPES = (
    r"\b(Admitted|admit|give_up|Axioms?|Parameters?|Conjecture|Unset\s+\w+\s+Checking|bypass_check|native_compute)\b"
)
"""Words that would let in what is not proved."""


def code(path: Path) -> str:
    """The text without its comments."""
    text, depth, kept = path.read_text(), 0, []
    for part in re.split(r"(\(\*|\*\))", text):
        if part == "(*":
            depth += 1
        elif part == "*)":
            depth -= 1
        elif depth == 0:
            kept.append(part)
    assert depth == 0
    return "".join(kept)


@pytest.mark.parametrize("path", [*THEORIES, MAIN], ids=lambda path: path.stem)
def test_nothing_is_admitted(path: Path) -> None:
    assert not re.search(ESCAPES, code(path))


def test_the_main_file_can_be_read_in_a_minute() -> None:
    assert len(MAIN.read_text().splitlines()) < 70
    assert MAIN.read_text().rstrip().endswith("Print Assumptions everything.")
    stated = re.findall(r"^Theorem (\w+)", MAIN.read_text(), re.MULTILINE)
    listed = re.search(r"Definition everything :=\s*\((.*?)\)\.", MAIN.read_text(), re.DOTALL)
    assert listed
    assert re.findall(r"\w+", listed[1]) == stated


def test_the_project_file_lists_every_theory() -> None:
    listed = [line for line in (PROOFS / "_CoqProject").read_text().splitlines() if line.endswith(".v")]
    optional = {"theories/CertificatesBig.v"}  # needs a library that Coq does not come with
    assert set(listed) - optional == {f"theories/{path.name}" for path in THEORIES} - optional | {"Main.v"}


def test_the_page_names_every_theory() -> None:
    """By its name, by a link, or by how a group of names begins."""
    page = (PROOFS / "README.md").read_text()
    named = set(re.findall(r"`(\w+)`|\(theories/(\w+)\.v\)", page))
    beginnings = tuple(re.findall(r"`(\w+)…`", page))
    missing = {path.stem for path in THEORIES} - {name for pair in named for name in pair}
    assert not {name for name in missing if not name.startswith(beginnings)}


def test_what_everything_rests_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Exactly the three axioms of the real numbers in Coq's standard library."""
    require_program("coqc")
    monkeypatch.setenv("XDG_CACHE_HOME", str(ROOT / "build" / "cache"))
    coq = coqc.find()
    for libraries in coqc.IMPORT.findall(MAIN.read_text()):
        for library in libraries.split():
            coqc.theories(coq, library, tmp_path, lambda _: None)
    (tmp_path / "Main.v").write_text(MAIN.read_text())
    said = subprocess.run(
        [coq.program, "-q", "-w", "none", "-Q", ".", "Certify", "Main.v"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
        timeout=250,
    )
    first, *rest = said.stdout.splitlines()
    assert first == "Axioms:"
    assert {line.split(" :")[0] for line in rest if not line.startswith(" ")} == coqc.AXIOMS
