"""docs/guarantees.md says what is true: its example is what `export` writes, and the kernel's answer is the one shown."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from certify import checker
from certify.cli import main
from certify.export import MAX_PIECES
from certify.export.smt2 import MAX_STEPS
from certify.kernel import coqc
from certify.kernel.reader import IN_SPACE, LIBRARIES
from tests.optional import require_program

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "guarantees.md").read_text()
PLAIN = " ".join(PAGE.split())


def test_every_kind_has_its_row() -> None:
    table = PAGE.split("## What VALID means")[1].split("\n## ")[0]
    assert re.findall(r"^\| `([a-z-]+)` \|", table, re.MULTILINE) == [*checker.KINDS]


def test_every_statement_is_explained() -> None:
    section = PAGE.split("## The Coq kernel")[1].split("\n## ")[0]
    for library in LIBRARIES.values():
        for words in library:
            assert all(f"`{word} f" in section or f", {word} f" in section for word in words), words
    assert all(f"`{word} d f" in section for word, _ in IN_SPACE.values())


def test_every_axiom_is_named() -> None:
    for axiom in coqc.AXIOMS:
        assert f"`{axiom}`" in PLAIN


def test_limits() -> None:
    assert f"more than {MAX_PIECES:,} listed pieces or {MAX_STEPS:,} applications" in PLAIN


def test_the_file_shown_is_the_file_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    command = next(line for line in PAGE.splitlines() if line.startswith("$ certify export") and "--to coq" in line)
    result = CliRunner().invoke(main, command.removeprefix("$ certify ").split())
    assert result.stdout == PAGE.split("```coq\n")[1].split("```")[0]


def test_the_answer_shown_is_the_answer(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    require_program("coqc")
    monkeypatch.setenv("XDG_CACHE_HOME", str(ROOT / "build" / "cache"))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "cases").symlink_to(ROOT / "cases")
    (tmp_path / "tent.v").write_text(PAGE.split("```coq\n")[1].split("```")[0])
    command, *shown = PAGE.split("```text\n$ certify ")[1].split("```")[0].splitlines()
    result = CliRunner().invoke(main, command.split())
    assert result.exit_code == 0

    def timeless(line: str) -> str:
        return re.sub(r"^Coq \S+ in \S+ s", "Coq", line)

    assert [*map(timeless, result.stdout.splitlines())] == [*map(timeless, shown)]
