"""Every folder of cases/ is a test: its verdict, its certificate, and (rejected/) the line that a defect must print."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest
from click.testing import CliRunner

import certify
from certify import checker, mapfile
from certify.cli import main
from certify.network import SMOOTH
from tests import oracle

ROOT = Path(__file__).parent.parent
CASES = sorted(path.parent for path in (ROOT / "cases").glob("*/map.json"))
REJECTED = sorted(path.parent for path in (ROOT / "cases" / "rejected").glob("*/line.txt"))
EXIT = {"CHAOTIC": 0, "ORDERED": 0, "UNDECIDED": 3}

folders = pytest.mark.parametrize("folder", CASES, ids=lambda path: path.name)


def is_spatial(folder: Path) -> bool:
    """Whether the case is a map of R^d."""
    return mapfile.is_spatial(certify.load(folder / "map.json"))


def is_exact(folder: Path) -> bool:
    """Whether the case is one piecewise-linear map of the line, and no box or smooth network."""
    if is_spatial(folder):
        return False
    text = (folder / "map.json").read_text()
    return not any(mark in text for mark in ('?"', '"[', *(f'"{name}"' for name in SMOOTH)))


exact_folders = pytest.mark.parametrize("folder", [*filter(is_exact, CASES)], ids=lambda path: path.name)


def expected(folder: Path) -> dict:
    return json.loads((folder / "case.json").read_text())


@folders
def test_verdict_and_bytes_of_the_certificate(folder: Path, tmp_path: Path) -> None:
    case = expected(folder)
    options = [f"--{k.replace('_', '-')}={v}" for k, v in case.get("options", {}).items()]
    cert = tmp_path / "cert.json"
    result = CliRunner().invoke(main, ["prove", str(folder / "map.json"), "-o", str(cert), *options])
    assert result.stdout.splitlines()[0] == case["verdict"]
    assert result.exit_code == EXIT[case["verdict"]]
    stored = folder / "certificate.json"
    assert cert.exists() == stored.exists() == (case["verdict"] != "UNDECIDED")
    if stored.exists():
        if is_spatial(folder):  # found by floats, whose last digits differ from processor to processor
            assert certify.check(folder / "map.json", cert).status == "VALID"
            return
        assert cert.read_bytes() == stored.read_bytes(), "the same map gives the same bytes"
        assert json.loads(cert.read_text()).get("level", 0) == case["level"]


@folders
def test_the_lone_checker_accepts_the_stored_certificate(folder: Path, tmp_path: Path) -> None:
    if not (folder / "certificate.json").exists():
        assert expected(folder)["verdict"] == "UNDECIDED"
        return
    alone = tmp_path / "checker.py"
    alone.write_bytes((ROOT / "certify" / "checker.py").read_bytes())
    run = subprocess.run(
        [sys.executable, "-I", "-S", str(alone), str(folder / "map.json"), str(folder / "certificate.json")],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        check=False,
    )
    assert (run.returncode, run.stdout.split()[0], run.stderr) == (0, "VALID", "")


@exact_folders
def test_the_naive_loop_agrees(folder: Path) -> None:
    """The verdict by composing iterates in plain Fractions, where that is not too long."""
    case = expected(folder)
    loaded = certify.load(folder / "map.json")
    f = loaded.to_piecewise_linear() if isinstance(loaded, certify.Network) else loaded
    if f.pieces > 70 or case["verdict"] == "UNDECIDED":
        assert folder.name.startswith(("rnn-1000", "stunted-tent-undecided"))
        return
    slopes = None if f.domain else (f.slopes[0], f.slopes[-1])
    found = oracle.decide(oracle.make(f.knots, slopes), max_level=4, cap=8001)
    assert found is not None, "the oracle has an opinion on every small case"
    if case["verdict"] == "ORDERED":
        assert found.ordered
        assert found.level == case["level"]
    else:
        assert not found.ordered
        assert found.level >= case["level"]  # the loop knows only n = 3, which can need a higher level


WITH_REGIONS = [folder for folder in CASES if "regions" in expected(folder)]
WITH_CYCLES = [folder for folder in CASES if "cycles" in expected(folder)]
WITH_ENTROPY = [folder for folder in CASES if "entropy" in expected(folder)]


@pytest.mark.parametrize("folder", WITH_REGIONS, ids=lambda path: path.name)
def test_region_counts(folder: Path, tmp_path: Path) -> None:
    wanted = {int(t): n for t, n in expected(folder)["regions"].items()}
    cert = tmp_path / "cert.json"
    given = str(folder / "map.json")
    result = CliRunner().invoke(main, ["regions", given, "-t", str(max(wanted)), "--json", "-o", str(cert)])
    assert result.exit_code == 0
    counted = json.loads(result.stdout)["regions"]
    assert {t: counted[t - 1] for t in wanted} == wanted
    assert certify.check(given, cert).status == "VALID"


@exact_folders
def test_region_counts_are_those_of_the_iterates(folder: Path) -> None:
    """For small t and few pieces, by listing them all with the naive composition of the oracle."""
    loaded = certify.load(folder / "map.json")
    f = loaded.to_piecewise_linear() if isinstance(loaded, certify.Network) else loaded
    last = 3 if f.pieces <= 12 else 1
    slopes = None if f.domain else (f.slopes[0], f.slopes[-1])
    naive = oracle.make(f.knots, slopes)
    lines = [[piece[2:] for piece in oracle.pieces(oracle.iterate(naive, t))] for t in range(1, last + 1)]
    wanted = [1 + sum(left != right for left, right in pairwise(pieces)) for pieces in lines]
    assert list(certify.regions(loaded, last).counts.regions) == wanted


@pytest.mark.parametrize("folder", WITH_ENTROPY, ids=lambda path: path.name)
def test_entropies(folder: Path, tmp_path: Path) -> None:
    given = str(folder / "map.json")
    result = CliRunner().invoke(main, ["entropy", given, "--json", "-o", str(tmp_path)])
    assert result.exit_code == 0
    assert json.loads(result.stdout)["closed_form"] == expected(folder)["entropy"]
    assert {certify.check(given, cert).status for cert in tmp_path.iterdir()} == {"VALID"}


@pytest.mark.parametrize("folder", WITH_CYCLES, ids=lambda path: path.name)
def test_complete_lists_of_cycles(folder: Path, tmp_path: Path) -> None:
    wanted, cert, given = expected(folder)["cycles"], tmp_path / "cert.json", str(folder / "map.json")
    options = ["--period", str(wanted["period"]), "--complete", "-o", str(cert)]
    result = CliRunner().invoke(main, ["cycles", given, *options])
    assert result.exit_code == 0
    for path in (cert, folder / "cycles.json"):
        assert certify.check(given, path).status == "VALID"
        periods = Counter(str(cycle["period"]) for cycle in json.loads(path.read_text())["cycles"])
        assert periods == wanted["least_periods"]


@folders
def test_the_certificate_of_another_map_is_refused(folder: Path) -> None:
    if (folder / "certificate.json").exists():
        other = ROOT / "cases" / ("flip" if folder.name != "flip" else "tent") / "map.json"
        proof = checker.read(str(folder / "certificate.json"))
        assert checker.check(checker.read(str(other)), proof).status == "INVALID"


@pytest.mark.parametrize("folder", REJECTED, ids=lambda path: path.name)
def test_rejected(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """line.txt: the exit code, then the one line that must be printed, in which … stands for anything."""
    monkeypatch.chdir(folder)
    code, line = (folder / "line.txt").read_text().rstrip("\n").split(" ", 1)
    given = next(path.name for path in folder.iterdir() if path.stem == "map")
    checking = (folder / "certificate.json").exists()
    options = (folder / "options.txt").read_text().split() if (folder / "options.txt").exists() else []
    command = ["check", given, "certificate.json"] if checking else ["prove", given]
    result = CliRunner().invoke(main, [*command, *options])
    assert result.exit_code == int(code)
    printed = (result.stdout + result.stderr).splitlines()
    assert len(printed) == 1
    assert re.fullmatch(".*".join(map(re.escape, line.split("…"))), printed[0]), printed[0]


def test_there_are_cases() -> None:
    verdicts = {expected(folder)["verdict"] for folder in CASES}
    assert verdicts == {"CHAOTIC", "ORDERED", "UNDECIDED"}
    assert len(CASES) >= 30
    assert len(REJECTED) >= 20
