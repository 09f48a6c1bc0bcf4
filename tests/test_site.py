"""The documentation site builds without a warning, holds every page, and what the tutorial and its notebook show is what comes out."""

from __future__ import annotations

import ast
import doctest
import json
import re
import subprocess
import sys
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import certify
from certify.cli import main
from docs import gallery
from tests.optional import require

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
TUTORIAL = (DOCS / "tutorial.md").read_text()
NOTEBOOK = json.loads((DOCS / "tutorial.ipynb").read_text())
MODEL = ROOT / "tests" / "data" / "tent_float32.pt"  # by torch itself, with the weights of the tutorial
REFUTING = "crosscheck"  # the one command that the tutorial shows to end with exit code 1


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", TUTORIAL, re.DOTALL | re.MULTILINE)


def shows(shown: str, text: str) -> bool:
    """Whether the text is what the page shows, but for line breaks and for what stands at […]."""
    parts = [re.escape(" ".join(part.split())) for part in shown.split("[…]")]
    return re.fullmatch(r"\s*.*?\s*".join(parts), " ".join(text.split())) is not None


# The site


def test_the_site_builds_without_a_warning(tmp_path: Path) -> None:
    for name in ("furo", "myst_parser", "sphinx"):
        require(name)
    command = [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "-b", "html", "-d", str(tmp_path / "trees")]
    done = subprocess.run([*command, str(DOCS), str(tmp_path / "site")], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    built = {path.stem for path in (tmp_path / "site").glob("*.html")}
    assert built >= {path.stem for path in DOCS.glob("*.md")}
    home = (tmp_path / "site" / "index.html").read_text()
    assert not re.findall(r"<(?:script|link|img)[^>]+(?:src|href)=\"(?:https?:)?//", home), "nothing from elsewhere"


def test_every_page_is_in_one_toctree() -> None:
    index = (DOCS / "index.md").read_text()
    trees = re.findall(r"```\{toctree\}\n(.*?)```", index, re.DOTALL)
    listed = [line for tree in trees for line in tree.splitlines() if line and not line.startswith(":")]
    assert sorted(listed) == sorted(path.stem for path in DOCS.glob("*.md") if path.stem != "index")


def test_every_public_name_is_in_the_reference() -> None:
    page = (DOCS / "api.md").read_text()
    named = re.findall(r"^\.\. auto(?:function|class|exception):: (\w+)$", page, re.MULTILINE)
    assert sorted(named) == sorted(certify.__all__)


@pytest.mark.parametrize("name", ["api", "contributing"])
def test_examples_of_pages(name: str) -> None:
    failed, tried = doctest.testfile(str(DOCS / f"{name}.md"), module_relative=False)
    assert failed == 0
    assert tried > 0


def test_the_gallery_is_current() -> None:
    assert gallery.PAGE.read_text() == gallery.page()


# The tutorial


def test_the_model_is_the_one_that_torch_makes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    require("torch")
    monkeypatch.chdir(tmp_path)
    exec(blocks("python")[0], {})
    choices: dict[str, Any] = {"activation": "relu", "output": "clip:0,1", "domain": "0,1"}
    assert certify.load("model.pt", **choices) == certify.load(MODEL, **choices)


def test_the_tutorial_shows_what_its_commands_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("model.pt").write_bytes(MODEL.read_bytes())
    shown_proof, claims = map(json.loads, blocks("json"))
    Path("claims.json").write_text(json.dumps(claims))
    commands = 0
    for block in blocks("shell-session"):
        for entry in re.split(r"^\$ certify ", block, flags=re.MULTILINE)[1:]:
            command, _, shown = entry.partition("\n")
            result = CliRunner().invoke(main, command.split())
            assert result.exit_code == (1 if command.startswith(REFUTING) else 0), (command, result.output)
            assert shows(shown, result.stdout), (command, result.stdout)
            commands += 1
    assert commands == 9
    proof = json.loads(Path("proof.json").read_text())
    assert {key: proof[key] for key in shown_proof} == shown_proof
    for language, file in (("latex", "theorem.tex"), ("coq", "proof.v")):
        (fragment,) = blocks(language)
        assert fragment in Path(file).read_text()


def test_the_tutorial_names_the_facts_that_refute() -> None:
    f = certify.load(MODEL, activation="relu", output="clip:0,1", domain="0,1")
    regions, _, entropy = certify.crosscheck(f, json.loads(blocks("json")[1])["claims"])
    assert f"f¹⁰ has {int(regions.fact['linear']):,} regions" in TUTORIAL
    assert Fraction(entropy.fact["upper"]) < Fraction("0.61")


# The notebook


def test_the_notebook_is_well_formed() -> None:
    assert (NOTEBOOK["nbformat"], NOTEBOOK["nbformat_minor"]) == (4, 5)
    assert len({cell["id"] for cell in NOTEBOOK["cells"]}) == len(NOTEBOOK["cells"])


def test_the_notebook_shows_what_its_cells_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}
    for cell in NOTEBOOK["cells"]:
        if cell["cell_type"] == "code":
            value = run("".join(cell["source"]), names)
            shown = ["".join(output["data"]["text/plain"]) for output in cell["outputs"]]
            assert shown == ([] if value is None else [repr(value)]), cell["id"]


def run(source: str, names: dict[str, Any]) -> Any:
    """As in a notebook: runs the statements and gives the value of the last, if it is an expression."""
    body = ast.parse(source).body
    last = body.pop() if isinstance(body[-1], ast.Expr) else None
    exec(compile(ast.Module(body, []), "notebook", "exec"), names)
    return eval(compile(ast.Expression(last.value), "notebook", "eval"), names) if isinstance(last, ast.Expr) else None
