"""The Coq kernel on exported files: what is true is accepted, what is not is refused, and nothing passes by not being checked.

The first tests need coqc (Debian: coq); the others put a small stand-in for it on the PATH.
"""

from __future__ import annotations

import json
import os
import shutil
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
from certify.export.coq import KINDS, SPATIAL_KINDS, coq
from certify.kernel import Verification, coqc, verify
from certify.mapfile import Map, document
from certify.piecewise import PiecewiseLinear
from tests.optional import require_program
from tests.strategies import build, build_network, dense_layers, few, self_maps
from tests.test_checker_blocks import GOOD as HORSESHOES

ROOT = Path(__file__).parent.parent
CASES = sorted(
    path.parent
    for path in (ROOT / "cases").glob("*/certificate.json")
    if json.loads(path.read_text())["kind"] in {*KINDS, *SPATIAL_KINDS}
)
TENT = ROOT / "cases" / "tent"


@pytest.fixture(autouse=True)
def _cache(monkeypatch: pytest.MonkeyPatch) -> None:
    """Compiled theories stay in build/ from run to run."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(ROOT / "build" / "cache"))


def run(*arguments: str) -> Result:
    result = CliRunner().invoke(main, [*arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def export(folder: Path, out: Path, *options: str) -> Path:
    arguments = [str(folder / "certificate.json"), "--map", str(folder / "map.json"), "--to", "coq", "-o", str(out)]
    assert run("export", *arguments, *options).exit_code == 0
    return out


@pytest.fixture(scope="module")
def _coqc() -> None:
    require_program("coqc")


def by_kernel(content: str) -> Verification:
    require_program("coqc")
    return verify(content, time_limit=200)


@pytest.mark.parametrize("folder", CASES, ids=lambda path: path.name)
def test_the_kernel_accepts_the_certificate_of_every_case(folder: Path, tmp_path: Path) -> None:
    require_program("coqc")
    file = export(folder, tmp_path / "claim.v")
    result = run("verify-coq", str(file), "--map", str(folder / "map.json"), "--time-limit", "200")
    assert (result.exit_code, result.stderr) == (0, "")
    first, second, third = result.stdout.splitlines()
    assert first.split()[0] == "ACCEPTED"
    assert second.endswith("; 3 axioms of the real numbers")
    assert third.endswith("numbers compared, all equal")


COUNTED = ["tent", "ties", "fibonacci", "narrow-plateau", "reflection", "tent-on-the-line", "deep-tent"]


@pytest.mark.parametrize("name", COUNTED)
def test_the_kernel_accepts_region_counts(name: str) -> None:
    f = certify.load(ROOT / "cases" / name / "map.json")
    verification = by_kernel(coq(f, certify.regions(f, 12).certificate))
    assert verification.accepted, verification.message


ENCLOSED = [
    "tent",
    "fibonacci",
    "five-not-three",
    "ties",
    "flip",
    "stunted-tent-level-3",
    "paper-figure-1-clipped",
    "monotone",
]


@pytest.mark.parametrize("name", ENCLOSED)
def test_the_kernel_accepts_bounds_of_the_entropy(name: str) -> None:
    f = certify.load(ROOT / "cases" / name / "map.json")
    found = certify.entropy(f, 6)
    for proof in (found.lower, found.upper):
        if proof is not None:
            verification = by_kernel(coq(f, proof))
            assert verification.accepted, verification.message


@pytest.mark.parametrize("name", ["tent-on-the-line", "leaky", "paper-perturbed-tent"])
def test_the_kernel_accepts_lower_bounds_on_the_line(name: str) -> None:
    f = certify.load(ROOT / "cases" / name / "map.json")
    proof = certify.entropy(f, 6).lower
    assert proof is not None
    verification = by_kernel(coq(f, proof))
    assert verification.accepted, verification.message
    assert verification.message.startswith("exists lo hi, entropy_ge_ln")


@pytest.mark.parametrize("title", HORSESHOES)
def test_the_kernel_accepts_horseshoes_of_every_form(title: str, tmp_path: Path) -> None:
    """Several blocks, several expanding directions, one dimension, pieces of rank one, words that part at their ends."""
    given, proof = HORSESHOES[title]
    (tmp_path / "map.json").write_text(json.dumps(given))
    verification = by_kernel(coq(certify.load(tmp_path / "map.json"), proof))
    assert verification.accepted, verification.message
    assert verification.message.startswith("chaotic_in_space")


@pytest.mark.parametrize("name", ["tent", "rnn-64-period-3"])
def test_machine_integers(name: str, tmp_path: Path) -> None:
    require_program("coqc")
    file = export(ROOT / "cases" / name, tmp_path / "claim.v", "--machine-integers")
    result = run("verify-coq", str(file), "--map", str(ROOT / "cases" / name / "map.json"))
    assert result.exit_code == 0
    assert "and the primitives of machine integers" in result.stdout


@pytest.mark.parametrize(("lo", "hi"), [("-2", "-1"), ("-3/4", "0"), ("-1", "1/3")])
def test_domains_left_of_zero(lo: str, hi: str) -> None:
    middle = (Fraction(lo) + Fraction(hi)) / 2
    for f in (PiecewiseLinear([(lo, hi), (hi, lo)]), PiecewiseLinear([(lo, lo), (middle, hi), (hi, lo)])):
        proof = certify.prove(f).certificate
        assert proof is not None
        assert by_kernel(coq(f, proof)).accepted


def test_constant_slopes() -> None:
    assert by_kernel(coq(families.tent(), made("constant-slope", core_steps=0, growth="2"))).accepted
    assert by_kernel(coq(NARROW, made("constant-slope", core_steps=1, growth="1"))).accepted


def test_periodic_orbits() -> None:
    tent, orbit = families.tent(), ["2/33", "4/33", "8/33", "16/33", "32/33"]
    assert by_kernel(coq(tent, made("periodic-orbit", orbit=["2/7", "4/7", "6/7"]))).accepted
    assert by_kernel(coq(tent, made("periodic-orbit", orbit=orbit))).accepted


@pytest.mark.usefixtures("_coqc")
@few(12)
@given(st.one_of(self_maps().map(build), dense_layers().map(lambda layers: build_network(layers, None))))
def test_the_kernel_accepts_what_is_proved_of_random_maps(f: Map) -> None:
    proof = certify.prove(f, max_level=3, max_pieces=2_000).certificate
    if proof is not None:
        verification = verify(coq(f, proof), json.dumps(document(f)).encode(), proof["map_sha256"], 200)
        assert verification.accepted, verification.message


# What the checker never lets through, handed to the kernel directly


def made(kind: str, **data: Any) -> Certificate:
    """A certificate that no checker has seen."""
    return {"kind": kind, "map_sha256": "0" * 64, "claim": {"verdict": "UNCHECKED"}, **data}


def changed(folder: str, **data: Any) -> Certificate:
    return deepcopy(json.loads((ROOT / "cases" / folder / "certificate.json").read_text())) | data


NARROW = PiecewiseLinear([(0, "5/8"), ("1/4", "3/4"), ("3/4", "1/4"), (1, "3/8")])
FLIP = PiecewiseLinear([(0, 1), (1, 0)])
LEAVES = PiecewiseLinear([(0, 0), ("1/2", "3/2"), (1, 0)])
REFLECTION = PiecewiseLinear([(0, 0)], slopes=(-1, -1))
OUTSIDE = certify.Network(
    [certify.Layer([[1], [1]], [0, "-1/2"], "relu"), certify.Layer([[3, -6]], [0], "clip:-1,2")], (0, 1)
)

WRONG: dict[str, tuple[Map, Certificate]] = {
    "no return": (families.tent(), changed("tent", x="1/5", orbit=["1/5", "2/5", "4/5", "2/5"])),
    "an even number of steps": (families.tent(), changed("tent", n=4, period_three=None)),
    "a point outside": (families.tent(), changed("tent", x="3/2", orbit=["3/2", "-1", "-2", "-4"])),
    "a map that leaves its domain": (LEAVES, changed("tent")),
    "a network that leaves its domain": (OUTSIDE, changed("tent")),
    "no orbit": (families.tent(), made("periodic-orbit", orbit=["2/7", "4/7", "5/7"])),
    "a smaller period": (families.tent(), made("periodic-orbit", orbit=["2/3", "2/3", "2/3"])),
    "a period that is a power of two": (FLIP, made("periodic-orbit", orbit=["0", "1"])),
    "order at too low a level": (FLIP, changed("flip", level=0)),
    "order of the tent": (families.tent(), changed("flip")),
    "a mesh with a hole": (families.stunted_tent("0.824"), changed("stunted-tent-level-3", mesh=["0", "103/125"])),
    "a mesh that ends too soon": (FLIP, changed("flip", mesh=["0", "1/2"])),
    "order on the line at too low a level": (REFLECTION, changed("reflection", level=0)),
    "too few regions": (families.tent(), made("region-count", regions=["2", "3"])),
}

FIBONACCI = PiecewiseLinear([(0, "1/2"), ("1/2", 1), (1, 0)])
LOWER, UPPER = (proof for proof in (certify.entropy(FIBONACCI, 6).lower, certify.entropy(FIBONACCI, 6).upper) if proof)
WRONG |= {
    "too much growth": (FIBONACCI, LOWER | {"growth": "1619/1000"}),
    "a weight too small": (FIBONACCI, LOWER | {"vector": ["1", *LOWER["vector"][1:]]}),
    "an interval that is not covered": (FIBONACCI, LOWER | {"intervals": [["0", "1"] for _ in LOWER["intervals"]]}),
    "too little growth": (FIBONACCI, UPPER | {"growth": "1618/1000"}),
    "intervals without the core": (FIBONACCI, UPPER | {"intervals": [["1/2", "3/4"] for _ in UPPER["intervals"]]}),
    "another slope": (families.tent(), made("constant-slope", core_steps=0, growth="3")),
    "a slope outside the core": (NARROW, made("constant-slope", core_steps=0, growth="1")),
    "a core that is not reached": (NARROW, made("constant-slope", core_steps=1, growth="2")),
    "ranks that rise": (FIBONACCI, UPPER | {"ranks": [*range(len(UPPER["ranks"]))]}),
}


LOZI = certify.load(ROOT / "cases" / "lozi" / "map.json")
FULL_SHIFT = certify.load(ROOT / "cases" / "lozi-full-shift" / "map.json")
WRONG |= {
    "more growth than words give": (LOZI, changed("lozi", growth="1152/1000")),
    "growth 1": (LOZI, changed("lozi", growth="1")),
    "the same word twice": (FULL_SHIFT, changed("lozi-full-shift", words=[[0, 0, "0 1"], [0, 0, "0 1"]])),
    "a word that begins another": (FULL_SHIFT, changed("lozi-full-shift", words=[[0, 0, "0 1"], [0, 0, "0 1 0 1"]])),
}


@pytest.mark.parametrize("title", WRONG)
def test_the_kernel_refuses_what_is_wrong(title: str) -> None:
    f, proof = WRONG[title]
    verification = by_kernel(coq(f, proof))
    assert not verification.accepted
    assert verification.message.startswith("Coq "), verification.message


@pytest.mark.parametrize(
    ("folder", "changes"),
    [
        ("five-not-three", {"chaotic": "li_yorke_chaotic", "chaos_on_interval": "li_yorke_on_interval"}),
        ("leaky", {"chaotic": "li_yorke_chaotic", "chaos_on_line": "li_yorke_on_line"}),
        ("flip", {" 0 1 2.": " 0 1 1."}),
        ("reflection", {"the_map) 2.": "the_map) 1."}),
        ("tent", {"OddReturn 0 3 (1 # 2)": "OddReturn 0 3 (1 # 3)"}),
        ("tent", {"OddReturn 0 3 (1 # 2) 64": "PeriodicOrbit [1 # 7; 2 # 7; 4 # 7]"}),
        ("lozi", {"(1075 / 934)": "(1076 / 935)"}),
        ("lozi", {"in_space 2": "in_space 3", "horseshoe 2": "horseshoe 3"}),
        ("lozi", {"BlockHorseshoe 1 (1 # 32)": "BlockHorseshoe 1 (1 # 1)"}),
        ("lozi", {"[[-16; 7]; [4; 14]]": "[[16; 7]; [4; 14]]"}),
        ("lozi", {"([-138; 948], 3724)": "([-138; 948], 4724)"}),
        ("lozi", {"Word 0 0 6 ": "Word 0 1 6 "}),
        ("lozi", {"[0]%nat [1]%nat": "[0]%nat [0]%nat"}),
    ],
)
def test_the_kernel_refuses_a_statement_that_says_more(folder: str, changes: dict[str, str], tmp_path: Path) -> None:
    text = export(ROOT / "cases" / folder, tmp_path / "claim.v").read_text()
    for old, new in changes.items():
        assert old in text
        text = text.replace(old, new)
    verification = by_kernel(text)
    assert not verification.accepted
    assert verification.message.startswith("Coq "), verification.message


# With a stand-in for coqc


@pytest.fixture
def stand_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Puts a coqc on the PATH that compiles anything; what it does with the exported file is given in shell."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in ("sleep", "touch", "cat", "sh"):
        (programs / name).symlink_to(str(shutil.which(name)))
    monkeypatch.setenv("PATH", str(programs))

    def install(on_file: str, on_theory: str = "") -> Path:
        program, log = programs / "coqc", tmp_path / "log"
        program.write_text(
            f"""#!/bin/sh
if [ "$1" = --version ]; then echo "The Coq Proof Assistant, version 8.16.1"; exit 0; fi
for file; do :; done
echo "$file" >> {log}
case "$file" in
  certified.v) {on_file} ;;
  *) {on_theory or ":"}; touch "${{file%.v}}.vo" ;;
esac
"""
        )
        program.chmod(0o755)
        return log

    return install


GOOD = "printf 'Axioms:\\nClassicalDedekindReals.sig_not_dec : forall P : Prop, x\\n'"


def tent(tmp_path: Path, *options: str) -> Result:
    return run("verify-coq", str(export(TENT, tmp_path / "claim.v")), *options)


def test_theories_are_compiled_once(stand_in: Any, tmp_path: Path) -> None:
    log = stand_in(GOOD)
    assert tent(tmp_path, "--map", str(TENT / "map.json")).exit_code == 0
    compiled = log.read_text().split()
    assert compiled[-1] == "certified.v"
    assert compiled[-2] == "Certificates.v"
    assert len(set(compiled)) == len(compiled) > 10
    assert tent(tmp_path).exit_code == 0
    assert log.read_text().split() == [*compiled, "certified.v"]
    kept = {path.name for path in (tmp_path / "cache" / "certify").iterdir()} - {"lock"}
    assert {name.split("-")[0] + ".v" for name in kept} == set(compiled[:-1])


@pytest.fixture
def own_theories(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the theories, which are then found in the place where an installed package has them."""
    shutil.copytree(coqc.sources(), tmp_path / "theories")
    monkeypatch.setattr(coqc, "PACKAGE", tmp_path)
    return tmp_path / "theories"


def test_what_rests_on_a_changed_theory_is_compiled_anew(stand_in: Any, tmp_path: Path, own_theories: Path) -> None:
    log = stand_in(GOOD)
    assert tent(tmp_path).exit_code == 0
    first = log.read_text().split()
    for name in ("Certificates.v", "Dynamics.v"):
        with (own_theories / name).open("a") as file:
            file.write("(* changed *)\n")
        assert tent(tmp_path).exit_code == 0
    compiled = log.read_text().split()[len(first) :]
    assert compiled[:2] == ["Certificates.v", "certified.v"]
    assert {"Dynamics.v", "Coppel.v", "Certificates.v"} < set(compiled[2:]) < set(first) - {"Rational.v", "Network.v"}


def test_a_lost_theory_is_compiled_again_and_what_rests_on_it(stand_in: Any, tmp_path: Path) -> None:
    log = stand_in(GOOD)
    assert tent(tmp_path).exit_code == 0
    first = log.read_text().split()
    for path in (tmp_path / "cache" / "certify").glob("Dynamics-*"):
        path.unlink()
    assert tent(tmp_path).exit_code == 0
    again = log.read_text().split()[len(first) :]
    assert again[0] == "Dynamics.v"
    assert again[-2:] == ["Certificates.v", "certified.v"]


def test_theories_that_do_not_compile_decide_nothing(stand_in: Any, tmp_path: Path) -> None:
    stand_in(GOOD, 'test "$file" = Network.v && { echo "Error: no." >&2; exit 1; }')
    result = tent(tmp_path)
    assert (result.exit_code, result.stdout) == (3, "")
    assert "does not compile Network.v: Error: no." in result.stderr
    kept = [path.name for path in (tmp_path / "cache" / "certify").iterdir()]
    assert not [name for name in kept if name.startswith(("Network", "Certificates", "."))]


def test_a_theory_that_is_missing_decides_nothing(stand_in: Any, tmp_path: Path, own_theories: Path) -> None:
    stand_in(GOOD)
    (own_theories / "LiYorke.v").unlink()
    result = tent(tmp_path)
    assert (result.exit_code, result.stdout) == (3, "")
    assert "the theory LiYorke is missing" in result.stderr
    (own_theories / "Certificates.v").unlink()
    assert "no theories" in tent(tmp_path).stderr or "LiYorke" in tent(tmp_path).stderr


@pytest.mark.parametrize(
    ("on_file", "code", "said"),
    [
        (GOOD, 0, "ACCEPTED"),
        ("printf 'Closed under the global context\\n'", 0, "ACCEPTED"),
        ("printf 'Axioms:\\nevil : False\\n'", 1, "REFUSED the proof rests on evil"),
        ("printf 'Axioms:\\nPrimInt63.add : int\\n'", 1, "REFUSED the proof rests on PrimInt63.add"),
        ("printf 'Axioms:\\n'; printf 'a\\n  : b\\n'", 1, "REFUSED the proof rests on a"),
        ("printf 'something else\\n'", 1, "REFUSED the proof rests on something else"),
        ("printf 'Closed under the global context\\nfoo\\n'", 1, "REFUSED the proof rests on foo"),
        (":", 1, "REFUSED the proof rests on no assumptions printed"),
        ('echo "Error: Unable to unify." >&2; exit 1', 1, "REFUSED Coq 8.16.1: Error: Unable to unify."),
        ('echo "Error: Stack overflow." >&2; exit 1', 3, "not decided"),
        ('echo "Error: Certify.Order makes inconsistent assumptions over library X" >&2; exit 1', 3, "not decided"),
        ("kill -9 $$", 3, "not decided"),
    ],
)
def test_what_coqc_says(stand_in: Any, on_file: str, code: int, said: str, tmp_path: Path) -> None:
    stand_in(on_file)
    result = tent(tmp_path)
    assert (result.exit_code, (result.stdout + result.stderr).startswith(said)) == (code, True), result.output


def test_without_a_map_the_link_is_said_to_be_missing(stand_in: Any, tmp_path: Path) -> None:
    stand_in(GOOD)
    assert "was not compared with any map file" in tent(tmp_path).stdout
    assert "was not compared" not in tent(tmp_path, "--map", str(TENT / "map.json")).stdout


def test_time_limit(stand_in: Any, tmp_path: Path) -> None:
    stand_in("exec sleep 20")
    result = tent(tmp_path, "--time-limit", "0.2")
    assert (result.exit_code, result.stdout) == (3, "")
    assert "--time-limit" in result.stderr


def test_without_coqc_nothing_is_decided(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    result = tent(tmp_path)
    assert (result.exit_code, result.stdout) == (3, "")
    assert "not decided: coqc is not on the PATH" in result.stderr


def test_another_map_and_another_digest_are_refused_before_coqc_runs(tmp_path: Path) -> None:
    file = export(TENT, tmp_path / "claim.v")
    result = run("verify-coq", str(file), "--map", str(ROOT / "cases" / "flip" / "map.json"))
    assert (result.exit_code, result.stdout.split()[0]) == (1, "REFUSED")
    assert "another map" in result.stdout
    file.write_text(file.read_text().replace("8a9c8fe1", "00000000"))
    result = run("verify-coq", str(file), "--map", str(TENT / "map.json"))
    assert (result.exit_code, result.stdout.split()[0]) == (1, "REFUSED")
    assert "SHA-256" in result.stdout


def test_a_file_of_another_form_is_refused(tmp_path: Path) -> None:
    file = export(TENT, tmp_path / "claim.v")
    for text in (file.read_text().replace("Qed.", "Admitted."), "", "Axiom e : False.\n", file.read_text() + "é"):
        file.write_text(text)
        result = run("verify-coq", str(file))
        assert (result.exit_code, result.stdout.split()[0]) == (1, "REFUSED")
        assert len(result.stdout.splitlines()) == 1


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    file = export(TENT, tmp_path / "claim.v")
    (tmp_path / "map.json").write_text("{")
    for arguments in (
        ("nowhere.v",),
        (str(tmp_path),),
        (str(file), "--map", "nowhere.json"),
        (str(file), "--map", str(tmp_path / "map.json")),
        (str(file), "--map", str(ROOT / "cases" / "rejected" / "json-fraction" / "map.json")),
        (str(file), "--map", "weights.npz"),
        (str(file), "--time-limit", "0"),
    ):
        result = run("verify-coq", *arguments)
        assert (result.exit_code, result.stdout) == (2, ""), arguments


def test_settings_of_the_user_do_not_reach_coq(stand_in: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COQPATH", "/elsewhere")
    stand_in(f'test -z "$COQPATH" && {GOOD}')
    assert tent(tmp_path).exit_code == 0
    assert os.environ["COQPATH"] == "/elsewhere"
