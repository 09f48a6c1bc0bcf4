"""Proofs for people: the numbers printed are those of the certificate, the formulas those of the map, and LaTeX compiles."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from decimal import Decimal
from fractions import Fraction
from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner

import certify
from certify import checker
from certify.cli import main
from certify.mapfile import document, parse_map
from certify.network import Layer, Network
from certify.report.argument import KINDS, Exact, Table, argument, definition, number
from certify.report.latex import latex
from certify.report.markdown import markdown
from certify.report.references import REFERENCES, bibtex
from tests import test_checker_cycles
from tests.optional import require_program

ROOT = Path(__file__).parent.parent
CASES = sorted(
    path.parent for path in (ROOT / "cases").glob("*/certificate.json") if json.loads(path.read_text())["kind"] in KINDS
)
cases = pytest.mark.parametrize("folder", CASES, ids=lambda path: path.name)


def loaded(folder: Path) -> tuple[object, dict]:
    return certify.load(folder / "map.json"), json.loads((folder / "certificate.json").read_text())


def test_every_kind_of_the_checker_has_a_proof_in_words() -> None:
    assert set(KINDS) == set(checker.KINDS)


@cases
def test_the_exact_numbers_of_the_certificate_stand_in_the_proof(folder: Path) -> None:
    given, certificate = loaded(folder)
    tables = [part for part in argument(given, certificate).proof if isinstance(part, Table)]
    printed = {cell.text for table in tables for row in table.rows for cell in row if isinstance(cell, Exact)}
    for key in ("orbit", "mesh", "period_three", "regions", "vector"):
        data = certificate.get(key, [])
        assert set(data) <= printed or (key == "mesh" and len(data) == 1), key


@cases
def test_both_languages_print_every_short_enough_number_in_full(folder: Path) -> None:
    given, certificate = loaded(folder)
    proof = argument(given, certificate)
    paper, page = latex(proof), markdown(proof)
    assert paper.isascii()
    without_breaks = paper.replace(r"\allowbreak ", "")
    for value in certificate.get("orbit", []):
        if 24 < len(value) <= 400:
            assert value in without_breaks
            assert value in page
    assert set(proof.cited) <= set(REFERENCES)
    assert proof.map_sha256 == certificate["map_sha256"] == checker.map_sha256(document(given))


@pytest.mark.parametrize("name", test_checker_cycles.BY_HAND)
def test_the_points_of_all_cycles_are_listed(name: str) -> None:
    content, certificate = test_checker_cycles.BY_HAND[name]
    proof = argument(parse_map(json.dumps(content).encode()).map, certificate)
    [table] = [part for part in proof.proof if isinstance(part, Table)]
    printed = [(row[0], row[1], row[3]) for row in table.rows]
    assert printed == [
        (f"${i}$", f"${cycle['period']}$", Exact(x))
        for i, cycle in enumerate(certificate["cycles"], 1)
        for x in cycle["point"]
    ]
    many = len(certificate["cycles"])
    assert ("one cycle" if many == 1 else f"exactly ${many}$ cycles") in proof.theorem
    assert latex(proof).isascii()


NETWORKS = [
    Network([Layer([[1], [-2]], [0, "-1/2"], "relu"), Layer([["5/7", -4]], ["-3"], "identity")], None),
    Network([Layer([["-3/2"], [1]], ["1/3", 0], "leaky_relu:1/10"), Layer([[-1, 0]], [0], "clip:-1,2/3")], None),
    Network([Layer([[2], [0], [1]], [1, 1, -1], "abs"), Layer([["1/2", 3, -1]], ["7/5"], "relu")], None),
]


@pytest.mark.parametrize("given", NETWORKS)
def test_a_formula_that_is_written_out_is_the_map(given: Network) -> None:
    """The formula, read back by Python itself, against the network's own values."""
    words = definition(document(given), "")[0]
    found = re.search(r"f\(x\) = (.*?)\$", str(words))
    assert found
    code = re.sub(r"\\tfrac\{(\d+)\}\{(\d+)\}", r"Fraction(\1,\2)", found[1])
    code = re.sub(r"\\operatorname\{(\w+)\}", r"\1", code).replace(r"\,", "*")
    names = {
        "Fraction": Fraction,
        "relu": lambda x: max(x, 0),
        "leakyrelu": lambda x, slope: x if x > 0 else slope * x,
        "clip": lambda x, lo, hi: min(max(x, lo), hi),
        "abs": abs,
    }
    for x in (Fraction(0), Fraction(1, 3), Fraction(-7, 5), Fraction(5, 2), Fraction(-40)):
        assert eval(code, names, {"x": x}) == given(x)


def test_long_numbers_are_cut_and_not_rounded() -> None:
    for value in (Fraction(2, 3) + Fraction(1, 10**40), -Fraction(10**50, 7), Fraction(1, 3**60)):
        shown = number(f"{value.numerator}/{value.denominator}")
        digits, _, exponent = shown.partition(r"\ldots")
        power = int(re.search(r"\{(-?\d+)\}", exponent)[1]) if exponent else 0
        start = Fraction(Decimal(digits)) * Fraction(10) ** power
        unit = Fraction(10) ** power / 10 ** (len(digits.partition(".")[2]))
        assert 0 <= abs(value) - abs(start) < unit
        assert (value < 0) == (start < 0)


def test_references_are_sound_bibtex() -> None:
    text = bibtex(REFERENCES)
    assert text.isascii()
    assert text.count("{") == text.count("}")
    assert [line.partition("{")[2].rstrip(",") for line in text.splitlines() if line.startswith("@")] == [*REFERENCES]


def test_latex_compiles(tmp_path: Path) -> None:
    program = require_program("pdflatex")
    kinds: dict[str, Path] = {}
    for folder in CASES:
        kinds.setdefault(json.loads((folder / "certificate.json").read_text())["kind"], folder)
    kinds["long numbers"] = ROOT / "cases" / "paper-he-deep-level-2"
    for folder in kinds.values():
        given, certificate = loaded(folder)
        proof = argument(given, certificate)
        (tmp_path / "proof.tex").write_text(latex(proof, standalone=True))
        (tmp_path / "certify.bib").write_text(bibtex(proof.cited))
        run = [program, "-interaction=nonstopmode", "-halt-on-error", "proof.tex"]
        done = subprocess.run(run, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout[-2000:]
    if bibtex_program := shutil.which("bibtex"):
        assert subprocess.run([bibtex_program, "proof"], cwd=tmp_path, capture_output=True, check=False).returncode == 0


def test_the_command(tmp_path: Path) -> None:
    folder, out = ROOT / "cases" / "tent", tmp_path / "proof.tex"
    run = CliRunner().invoke
    assert run(main, ["report", str(folder / "map.json"), "--to", "latex", "-o", str(out)]).exit_code == 0
    assert r"\begin{theorem}" in out.read_text()
    given = run(main, ["report", str(folder / "map.json"), str(folder / "certificate.json"), "--to", "markdown"])
    assert "**Theorem.**" in given.stdout
    cited = run(main, ["report", str(folder / "map.json"), "--to", "bibtex"])
    assert "@article{LiYorke1975," in cited.stdout


def test_nothing_is_reported_that_is_not_proved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, out = ROOT / "cases" / "tent", tmp_path / "proof.tex"
    changed = json.loads((folder / "certificate.json").read_text())
    changed["x"] = "1/3"
    (tmp_path / "bad.json").write_text(json.dumps(changed))
    command = ["report", str(folder / "map.json"), str(tmp_path / "bad.json"), "--to", "latex", "-o", str(out)]
    result = CliRunner().invoke(main, command)
    assert (result.exit_code, result.stdout, out.exists()) == (1, "", False)
    assert "INVALID" in result.stderr
    undecided = ROOT / "cases" / "stunted-tent-undecided" / "map.json"
    monkeypatch.setattr("certify.verdict.prove", partial(certify.prove, max_level=1))
    result = CliRunner().invoke(main, ["report", str(undecided), "--to", "latex", "-o", str(out)])
    assert (result.exit_code, result.stdout, out.exists()) == (3, "", False)
    assert result.stderr.startswith("not decided: ")
    result = CliRunner().invoke(main, ["report", str(folder / "map.json"), "--to", "markdown", "--standalone"])
    assert result.exit_code == 2
