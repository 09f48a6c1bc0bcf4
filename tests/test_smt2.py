"""Exported SMT-LIB scripts: Z3 and cvc5 say unsat for what is true, and sat for what is not."""

from __future__ import annotations

import json
import subprocess
from copy import deepcopy
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

import certify
from certify import families
from certify.certificate import Certificate
from certify.cli import main
from certify.errors import NoExport
from certify.export.smt2 import KINDS, smt2
from certify.export.smtlib import Script, number
from certify.mapfile import Map
from certify.numbers import fraction, rational
from certify.piecewise import PiecewiseLinear
from tests import oracle
from tests.optional import require_program
from tests.strategies import build, build_network, dense_layers, few, self_maps

ROOT = Path(__file__).parent.parent
SOLVERS = pytest.mark.parametrize("solver", ["z3", "cvc5"])
CASES = sorted(
    path.parent for path in (ROOT / "cases").glob("*/certificate.json") if json.loads(path.read_text())["kind"] in KINDS
)
TOO_WIDE = {"rnn-1000-ordered", "rnn-64-ordered-level-2", "rnn-10000-ties"}
"""Here the solvers take from half a minute to hours: docs/guarantees.md says so."""


def answer(script: str, tmp_path: Path, solver: str = "z3") -> str:
    path = tmp_path / "claim.smt2"
    path.write_text(script)
    done = subprocess.run(
        [require_program(solver), str(path)], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.stderr == ""
    return done.stdout.strip()


@SOLVERS
@pytest.mark.parametrize("folder", CASES, ids=lambda path: path.name)
def test_the_certificate_of_every_case(folder: Path, solver: str, tmp_path: Path) -> None:
    out = tmp_path / "claim.smt2"
    command = ["export", str(folder / "certificate.json"), "--map", str(folder / "map.json"), "--to", "smt2"]
    result = CliRunner().invoke(main, [*command, "-o", str(out)])
    assert (result.exit_code, result.output) == (0, "")
    if folder.name not in TOO_WIDE:
        assert answer(out.read_text(), tmp_path, solver) == "unsat"


SMALL = [folder for folder in CASES if not folder.name.startswith("rnn-") and "deep" not in folder.name]


@SOLVERS
@pytest.mark.parametrize("folder", SMALL, ids=lambda path: path.name)
def test_counts_and_entropy_of_every_small_case(folder: Path, solver: str, tmp_path: Path) -> None:
    f = certify.load(folder / "map.json")
    found = certify.entropy(f, 6)
    for proof in (certify.regions(f, 2).certificate, found.lower, found.upper):
        if proof is not None:
            assert answer(smt2(f, proof), tmp_path, solver) == "unsat", proof["kind"]


def test_every_exact_kind_of_the_checker_can_be_exported() -> None:
    assert {*KINDS} == {*certify.checker.KINDS} - {*certify.checker.ENCLOSING, *certify.checker.SPATIAL}
    with pytest.raises(NoExport, match="odd-return-box"):
        smt2(TENT, changed(ODD, kind="odd-return-box"))


# Claims that are false


TENT = families.tent()
FLIP = PiecewiseLinear([(0, 1), (1, 0)])
FIBONACCI = PiecewiseLinear([(0, "1/2"), ("1/2", 1), (1, 0)])
FIVE = PiecewiseLinear([(1, 3), (2, 5), (3, 4), (4, 2), (5, 1)])
NARROW = PiecewiseLinear([(0, "5/8"), ("1/4", "3/4"), ("3/4", "1/4"), (1, "3/8")])
SWAP = PiecewiseLinear([(0, 0)], slopes=(-2, -2))


def made(kind: str, **data: Any) -> Certificate:
    """A certificate that no checker has seen."""
    return {"kind": kind, "map_sha256": "", "claim": {"words": "a claim"}, **data}


def entropy_of(f: Map) -> tuple[Certificate, Certificate]:
    found = certify.entropy(f)
    assert found.lower is not None
    return found.lower, found.upper


def changed(proof: Certificate | None, **data: Any) -> Certificate:
    assert proof is not None
    return deepcopy(proof) | data


ODD = certify.prove(TENT).certificate
LOWER, UPPER = entropy_of(FIBONACCI)
ORBIT = made("periodic-orbit", period=3, orbit=["2/7", "4/7", "6/7"])
SLOPE = made("constant-slope", core_steps=0, growth="2")
GOOD: list[tuple[str, Map, Certificate]] = [
    ("the odd return of the tent", TENT, changed(ODD)),
    ("an orbit of period three", TENT, ORBIT),
    ("an orbit of period five", FIVE, made("periodic-orbit", period=5, orbit=["1", "3", "4", "2", "5"])),
    ("order of the flip", FLIP, made("order", level=1)),
    ("order of a reflection that stretches, at level 1", SWAP, made("order", level=1)),
    ("regions", TENT, made("region-count", regions=["2", "4", "8"])),
    ("entropy below", FIBONACCI, LOWER),
    ("entropy above", FIBONACCI, UPPER),
    ("slope", TENT, SLOPE),
    ("slope one, after a step", NARROW, made("constant-slope", core_steps=1, growth="1")),
]
WRONG: list[tuple[str, Map, Certificate]] = [
    ("the return fails at another point", TENT, changed(ODD, x="1/5")),
    ("the other side", TENT, changed(ODD, side="left")),
    ("a point outside", TENT, changed(ODD, x="-1/4")),
    ("no orbit of period three", TENT, changed(ODD, period_three=["2/5", "4/5", "2/5"])),
    ("no periodic point", TENT, changed(ORBIT, orbit=["1/7", "2/7", "4/7"])),
    ("a smaller period", TENT, changed(ORBIT, period=6, orbit=["2/7"] * 6)),
    ("a map that leaves its domain", PiecewiseLinear([(0, 0), ("1/2", "3/2"), (1, 0)]), changed(ODD)),
    (
        "a network that leaves its domain",
        certify.Network([certify.Layer([[2]], [0], "clip:0,2")], (0, 1)),
        made("order", level=0),
    ),
    ("order at too low a level", FLIP, made("order", level=0)),
    ("order of the tent", TENT, made("order", level=3)),
    ("the ends of the line are exchanged", SWAP, made("order", level=0)),
    ("too few regions", TENT, made("region-count", regions=["2", "3"])),
    ("too many regions", TENT, made("region-count", regions=["3"])),
    ("too much growth below", FIBONACCI, changed(LOWER, growth="1619/1000")),
    ("a weight changed", FIBONACCI, changed(LOWER, vector=["1", *LOWER["vector"][1:]])),
    ("an interval that is not covered", FIBONACCI, changed(LOWER, intervals=[["0", "1"] for _ in LOWER["intervals"]])),
    ("too little growth above", FIBONACCI, changed(UPPER, growth="1618/1000")),
    ("an edge left out above", FIBONACCI, changed(UPPER, rows=[row[:-1] for row in UPPER["rows"]])),
    ("intervals too small above", FIBONACCI, changed(UPPER, intervals=[["1/2", "1"] for _ in UPPER["intervals"]])),
    ("ranks that rise", TENT, changed(entropy_of(families.stunted_tent("9/10"))[1], ranks=[*range(1000)])),
    ("another slope", TENT, changed(SLOPE, growth="3")),
    ("a core that does not stay", TENT, changed(SLOPE, growth="1/2")),
    ("another slope outside the core", NARROW, made("constant-slope", core_steps=0, growth="1")),
    ("slope one everywhere", NARROW, changed(SLOPE, growth="2")),
]


@SOLVERS
@pytest.mark.parametrize(("title", "f", "proof"), GOOD, ids=lambda value: value if isinstance(value, str) else "")
def test_what_is_true_is_unsat(title: str, f: Map, proof: Certificate, solver: str, tmp_path: Path) -> None:
    assert answer(smt2(f, proof), tmp_path, solver) == "unsat"


@SOLVERS
@pytest.mark.parametrize(("title", "f", "proof"), WRONG, ids=lambda value: value if isinstance(value, str) else "")
def test_what_is_false_is_sat(title: str, f: Map, proof: Certificate, solver: str, tmp_path: Path) -> None:
    assert answer(smt2(f, proof), tmp_path, solver) == "sat"


# The map in the script is the map


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("scripts")


def differs(term: str, value: Fraction) -> str:
    return f"(not (= {term} {number(rational(value))}))"


@few(60)
@given(dense_layers(), st.lists(st.fractions(-3, 3, max_denominator=12), min_size=1, max_size=6))
def test_networks_have_the_values_of_the_oracle(
    folder: Path, layers: list[oracle.DenseLayer], xs: list[Fraction]
) -> None:
    script = Script(build_network(layers, None))
    claims = [("", differs(script.value(rational(x)), oracle.network(layers, x))) for x in xs]
    assert answer(script.text([], claims), folder) == "unsat"


@few(60)
@given(dense_layers())
def test_networks_have_their_slopes_far_out(folder: Path, layers: list[oracle.DenseLayer]) -> None:
    net = build_network(layers, None)
    f = net.to_piecewise_linear()
    script = Script(net)
    left, right = script.end(False), script.end(True)
    slopes = [("", differs(left.slope, -fraction(f.slopes[0]))), ("", differs(right.slope, fraction(f.slopes[-1])))]
    constants = [(left.constant, f.intercepts[0]), (right.constant, f.intercepts[-1])]
    claims = slopes + [("", differs(term, fraction(c))) for term, c in constants]
    assert answer(script.text([], claims), folder) == "unsat"


@few(60)
@given(self_maps(), st.lists(st.fractions(0, 1, max_denominator=12), min_size=1, max_size=6))
def test_knots_have_the_values_of_the_oracle(folder: Path, f: oracle.Map, parts: list[Fraction]) -> None:
    lo, hi = f.knots[0][0], f.knots[-1][0]
    xs = [lo + part * (hi - lo) for part in parts] + ([lo - 2, hi + 3] if f.slopes else [])
    script = Script(build(f))
    claims = [("", differs(script.value(rational(x)), oracle.value(f, x))) for x in xs]
    assert answer(script.text([], claims), folder) == "unsat"


def every_claim(f: Map) -> list[Certificate]:
    """What can be proved of a map in little time."""
    found = [certify.prove(f, max_level=3, max_pieces=2_000).certificate, certify.regions(f, 2).certificate]
    enclosure = certify.entropy(f, 3, max_nodes=40)
    return [proof for proof in (*found, enclosure.lower, enclosure.upper) if proof is not None]


@few(40)
@given(self_maps())
def test_what_is_proved_of_random_maps_is_unsat(folder: Path, f: oracle.Map) -> None:
    given = build(f)
    for proof in every_claim(given):
        assert answer(smt2(given, proof), folder) == "unsat", proof["kind"]


@few(40)
@given(dense_layers(deepest=3, widest=3))
def test_what_is_proved_of_random_networks_is_unsat(folder: Path, layers: list[oracle.DenseLayer]) -> None:
    given = build_network(layers, None)
    for proof in every_claim(given):
        assert answer(smt2(given, proof), folder) == "unsat", proof["kind"]


# Refusals


def test_what_would_be_too_long_is_refused() -> None:
    with pytest.raises(NoExport, match="pieces"):
        smt2(TENT, made("region-count", regions=[str(2**t) for t in range(1, 12)]))
    with pytest.raises(NoExport, match="applications"):
        smt2(TENT, made("order", level=12))
    wide = PiecewiseLinear([(x, x % 2) for x in range(2_002)])
    with pytest.raises(NoExport, match="pieces"):
        smt2(wide, changed(SLOPE, growth="1"))


def run(*arguments: str) -> Result:
    result = CliRunner().invoke(main, ["export", *arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


TENT_FILE = str(ROOT / "cases" / "tent" / "map.json")
TENT_PROOF = str(ROOT / "cases" / "tent" / "certificate.json")


def test_an_invalid_certificate_is_not_exported(tmp_path: Path) -> None:
    out = tmp_path / "claim.smt2"
    proof = str(ROOT / "cases" / "rejected" / "certificate-with-a-wrong-step" / "certificate.json")
    result = run(proof, "--map", TENT_FILE, "--to", "smt2", "-o", str(out))
    assert (result.exit_code, result.stdout, out.exists()) == (1, "", False)
    assert " INVALID " in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_an_unknown_kind_is_unsupported(tmp_path: Path) -> None:
    proof = tmp_path / "certificate.json"
    proof.write_text((Path(TENT_PROOF)).read_text().replace("odd-return", "hearsay"))
    result = run(str(proof), "--map", TENT_FILE, "--to", "smt2")
    assert (result.exit_code, result.stdout) == (4, "")
    assert " UNSUPPORTED " in result.stderr


def test_a_script_that_would_be_too_long_is_unsupported(tmp_path: Path) -> None:
    proof = tmp_path / "certificate.json"
    certify.save(certify.regions(TENT, 12).certificate, proof)
    result = run(str(proof), "--map", TENT_FILE, "--to", "smt2", "-o", str(tmp_path / "claim.smt2"))
    assert (result.exit_code, result.stdout) == (4, "")
    assert "pieces" in result.stderr
    assert [*tmp_path.iterdir()] == [proof]


def test_files_that_cannot_be_read_or_written(tmp_path: Path) -> None:
    for arguments in (
        ("nowhere.json", "--map", TENT_FILE, "--to", "smt2"),
        (TENT_PROOF, "--map", "nowhere.json", "--to", "smt2"),
        (TENT_PROOF, "--map", TENT_FILE, "--to", "smt2", "-o", str(tmp_path / "no" / "claim.smt2")),
        (TENT_PROOF, "--map", TENT_FILE, "--to", "smt2", "--machine-integers"),
        (TENT_PROOF, "--map", TENT_FILE, "--to", "latin"),
    ):
        result = run(*arguments)
        assert (result.exit_code, result.stdout) == (2, ""), arguments


def test_stdout_is_the_script_and_names_the_map() -> None:
    result = run(TENT_PROOF, "--map", TENT_FILE, "--to", "smt2")
    assert result.exit_code == 0
    assert json.loads(Path(TENT_PROOF).read_text())["map_sha256"] in result.stdout
    assert result.stdout.count("(check-sat)") == 1
    assert result.stdout.isascii()
