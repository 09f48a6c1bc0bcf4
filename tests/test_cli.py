"""The command line: first lines, exit codes, JSON, files left behind, budgets."""

from __future__ import annotations

import json
import subprocess
import sys
from fractions import Fraction
from importlib import metadata
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

import certify
from certify import families
from certify.cli import main

TENT = "cases/tent/map.json"
ROOT = Path(__file__).parent.parent


@pytest.fixture(autouse=True)
def _at_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


def run(*arguments: str) -> Result:
    result = CliRunner().invoke(main, list(arguments))
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def test_prove_says_the_verdict_first_and_why() -> None:
    result = run("prove", TENT)
    assert result.exit_code == 0
    assert result.stdout.splitlines()[0] == "CHAOTIC"
    assert "orbit of least period 3" in result.stdout
    assert "Li, Misiurewicz, Pianigiani and Yorke 1982" in result.stdout


def test_prove_json_holds_the_certificate() -> None:
    content = json.loads(run("prove", TENT, "--json").stdout)
    assert content["verdict"] == "CHAOTIC"
    p = [Fraction(x) for x in content["period_three"]]
    tent = [2 * x if x <= Fraction(1, 2) else 2 - 2 * x for x in p]
    assert tent == [*p[1:], p[0]]
    assert len(set(p)) == 3
    assert certify.check(TENT, content["certificate"]).status == "VALID"


def test_undecided_is_exit_code_three_and_writes_nothing(tmp_path: Path) -> None:
    out = tmp_path / "cert.json"
    result = run("prove", "cases/stunted-tent-undecided/map.json", "--max-level", "1", "-o", str(out))
    assert (result.exit_code, result.stdout.splitlines()[0]) == (3, "UNDECIDED")
    assert "--max-level" in result.stdout
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("option", ["--max-pieces=1", "--time-limit=0"])
def test_a_budget_that_runs_out_is_undecided(option: str) -> None:
    result = run("prove", "cases/stunted-tent-level-3/map.json", option)
    assert (result.exit_code, result.stdout.splitlines()[0]) == (3, "UNDECIDED")
    assert option.split("=")[0] in result.stdout


def test_a_network_beyond_the_pieces_is_undecided() -> None:
    result = run("prove", "cases/rnn-1000-chaotic/map.json", "--max-pieces", "100")
    assert (result.exit_code, result.stdout.splitlines()[0]) == (3, "UNDECIDED")


def test_check_of_a_good_and_of_an_edited_certificate(tmp_path: Path) -> None:
    cert = tmp_path / "cert.json"
    assert run("prove", TENT, "-o", str(cert)).exit_code == 0
    result = run("check", TENT, str(cert))
    assert (result.exit_code, result.stdout.split()[0]) == (0, "VALID")
    cert.write_text(cert.read_text().replace('"1/2"', '"1/3"'))
    result = run("check", TENT, str(cert))
    assert (result.exit_code, result.stdout.split()[0]) == (1, "INVALID")


def test_check_of_an_unknown_kind_is_unsupported(tmp_path: Path) -> None:
    cert = tmp_path / "cert.json"
    assert run("prove", TENT, "-o", str(cert)).exit_code == 0
    cert.write_text(cert.read_text().replace("odd-return", "hearsay"))
    result = run("check", TENT, str(cert))
    assert (result.exit_code, result.stdout.split()[0]) == (4, "UNSUPPORTED")


def test_weights_with_choices_convert_and_check(tmp_path: Path) -> None:
    weights = tmp_path / "tent.npz"
    np.savez(
        weights,
        **{
            "0.weight": np.array([[1.0], [1.0]]),
            "0.bias": np.array([0.0, -0.5]),
            "1.weight": np.array([[2.0, -4.0]]),
            "1.bias": np.array([0.0]),
        },
    )
    choices = ["--activation", "relu", "--output", "clip:0,1", "--domain", "0,1"]
    cert, exact = tmp_path / "cert.json", tmp_path / "map.json"
    assert run("prove", str(weights), *choices, "-o", str(cert)).exit_code == 0
    assert run("check", str(weights), *choices, str(cert)).exit_code == 0
    result = run("convert", str(weights), *choices, "-o", str(exact))
    assert result.exit_code == 0
    digest = subprocess.run(["sha256sum", weights], capture_output=True, text=True, check=True).stdout.split()[0]
    assert digest in result.stdout
    assert json.loads(exact.read_text())["source"] == {"file": "tent.npz", "sha256": digest}
    assert run("check", str(exact), str(cert)).exit_code == 0
    loaded = certify.load(exact)
    assert isinstance(loaded, certify.Network)
    assert loaded.to_piecewise_linear() == families.tent()


def test_a_missing_choice_is_an_error_that_names_it(tmp_path: Path) -> None:
    weights = tmp_path / "w.npz"
    np.savez(weights, **{"0.weight": np.ones((1, 1)), "0.bias": np.zeros(1)})
    result = run("prove", str(weights), "--output", "identity")
    assert result.exit_code == 2
    assert result.stdout == ""
    assert "--domain" in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_convert_leaves_no_partial_file(tmp_path: Path) -> None:
    result = run("convert", TENT, "-o", str(tmp_path / "no" / "map.json"))
    assert result.exit_code == 2
    assert "no" in result.stderr
    assert not list(tmp_path.iterdir())
    result = run("convert", "cases/rejected/json-fraction/map.json", "-o", str(tmp_path / "map.json"))
    assert result.exit_code == 2
    assert not list(tmp_path.iterdir())


def test_cycles_of_the_tent() -> None:
    content = json.loads(run("cycles", TENT, "--period", "3", "--json").stdout)
    assert content["points"] == ["2/9", "2/7", "4/9", "4/7", "6/7", "8/9"]
    assert content["intervals"] == []
    assert content["period"] == 3
    assert "2/7 → 4/7 → 6/7" in run("cycles", TENT, "--period", "3").stdout


def test_cycles_that_fill_intervals() -> None:
    content = json.loads(run("cycles", "cases/flip/map.json", "--period", "2", "--json").stdout)
    assert content["intervals"] == [["0", "1/2"], ["1/2", "1"]]
    assert content["excluded"] == ["1/2"]
    line = json.loads(run("cycles", "cases/reflection/map.json", "--period", "2", "--json").stdout)
    assert line["intervals"] == [["-inf", "0"], ["0", "inf"]]


def test_periods() -> None:
    content = json.loads(run("periods", "cases/five-not-three/map.json", "--up-to", "7", "--json").stdout)
    assert content["present"] == [1, 2, 4, 5, 6, 7]
    assert content["absent"] == [3]
    assert "every odd k >= 5" in content["forced_beyond"]
    assert "present: 1, 2" in run("periods", "cases/flip/map.json", "--up-to", "6").stdout


def test_info() -> None:
    facts = json.loads(run("info", "cases/deep-tent/map.json", "--json").stdout)
    assert facts["pieces"] == 8
    assert facts["image"] == ["0", "1"]
    assert facts["maps_domain_into_itself"] is True
    assert json.loads(run("info", "cases/rejected/leaves-its-domain/map.json", "--json").stdout)["image"] == [
        "0",
        "3/2",
    ]


def test_info_of_a_map_without_a_name(tmp_path: Path) -> None:
    content = json.loads((ROOT / "cases" / "lozi" / "map.json").read_text())
    del content["name"]
    (tmp_path / "map.json").write_text(json.dumps(content))
    assert run("info", str(tmp_path / "map.json")).stdout.splitlines()[0].split() == ["name", "none"]


def test_families_are_written_and_reproducible(tmp_path: Path) -> None:
    for name in ("tent", "skew-tent", "sawtooth", "rnn", "perturbed-tent", "initialised"):
        first, second = tmp_path / f"{name}-1.json", tmp_path / f"{name}-2.json"
        assert run("family", name, "-o", str(first), "--seed", "7").exit_code == 0
        assert run("family", name, "-o", str(second), "--seed", "7").exit_code == 0
        assert first.read_bytes() == second.read_bytes()
        assert run("info", str(first)).exit_code == 0


@pytest.mark.parametrize("command", sorted(main.commands))
def test_every_command_explains_itself(command: str) -> None:
    result = run(command, "--help")
    assert result.exit_code == 0
    assert f"Usage: main {command}" in result.stdout


@pytest.mark.parametrize("arguments", [["prove"], ["prove", TENT, "--max-level", "x"], ["nonsense"], ["check", TENT]])
def test_wrong_usage_is_exit_code_two(arguments: list[str]) -> None:
    assert run(*arguments).exit_code == 2


@pytest.mark.parametrize("path", ["no/such/file.json", "cases", "README.md"])
def test_a_path_that_is_no_map(path: str) -> None:
    result = run("prove", path)
    assert result.exit_code == 2
    assert path in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_an_interrupt_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("certify.verdict.prove", interrupted)
    result = run("prove", TENT)
    assert result.exit_code == 130
    assert "interrupted" in result.stderr


def test_the_module_runs() -> None:
    done = subprocess.run([sys.executable, "-m", "certify", "--version"], capture_output=True, text=True, check=True)
    first, second = done.stdout.splitlines()
    assert first == f"certify {certify.__version__}"
    for package in ("python-flint", "numpy"):
        assert f"{package} {metadata.version(package)}" in second


def test_regions_as_a_table_and_as_json(tmp_path: Path) -> None:
    content = json.loads(run("regions", TENT, "-t", "6", "--json", "--fixed-points", "--crossings", "0,1").stdout)
    powers = [str(2**t) for t in range(1, 7)]
    assert content["t"] == [1, 2, 3, 4, 5, 6]
    assert content["regions"] == content["laps"] == content["fixed_points"] == content["crossings"] == powers
    assert "activation_regions" not in content, "the tent as knots has no units"
    network = json.loads(run("regions", "cases/deep-tent/map.json", "-t", "2", "--json").stdout)
    assert network["regions"] == ["8", "64"]
    assert int(network["activation_regions"][0]) >= 8
    table = run("regions", TENT, "-t", "3").stdout.splitlines()
    assert table[0].split() == ["t", "regions", "laps", "regions^(1/t)"]
    assert table[3].split() == ["3", "8", "8", "2.000000"]
    picture = tmp_path / "counts.svg"
    assert run("regions", TENT, "-t", "3", "--plot", str(picture)).exit_code == 0
    assert picture.read_text().lstrip().startswith("<?xml")


def test_regions_of_a_sequence() -> None:
    """tent(1 - tent(x)): the first and the last maps fold, the flip does not."""
    content = json.loads(run("regions", "--each", TENT, "cases/flip/map.json", TENT, "--json").stdout)
    assert content["regions"] == ["2", "2", "4"]


def test_regions_along_a_line(tmp_path: Path) -> None:
    """relu(x) + relu(y - 1) from (-1, 0) to (1, 2): kinks at t = 1/2 for both units."""
    net = {
        "format": "certify-map",
        "version": 1,
        "domain": None,
        "map": {
            "kind": "network",
            "layers": [
                {"weight": [[1, 0], [0, 1]], "bias": [0, -1], "activation": "relu"},
                {"weight": [[1, 1]], "bias": [0], "activation": "identity"},
            ],
        },
    }
    path = tmp_path / "plane.json"
    path.write_text(json.dumps(net))
    lines = [
        json.loads(line) for line in run("regions", str(path), "--line", "-1,0", "1,2", "--json").stdout.splitlines()
    ]
    assert [(r["start"], r["end"], r["slopes"], r["constants"]) for r in lines] == [
        ("0", "1/2", ["0"], ["0"]),
        ("1/2", "1", ["4"], ["-2"]),
    ]
    assert "2 linear regions, 2 activation regions" in run("regions", str(path), "--line", "-1,0", "1,2").stdout
    refused = run("prove", str(path))
    assert refused.exit_code == 2
    assert "single input" in refused.stderr
    refused = run("regions", str(path), "--line", "0", "1")
    assert refused.exit_code == 2
    assert "2 coordinates" in refused.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        [TENT],
        [TENT, TENT, "-t", "2"],
        [TENT, "-t", "2", "--each"],
        [TENT, "-t", "0"],
        ["--each"],
        [TENT, TENT, "--each", "-o", "never-written.json"],
        ["cases/deep-tent/map.json", "--line", "0", "1", "--fixed-points"],
    ],
)
def test_regions_wants_one_question(arguments: list[str]) -> None:
    assert run("regions", *arguments).exit_code == 2


def test_a_count_that_takes_too_long_is_not_decided() -> None:
    result = run("regions", TENT, "-t", "100000", "--time-limit", "0")
    assert result.exit_code == 3
    assert "--time-limit" in result.stderr


def test_entropy_of_the_golden_mean() -> None:
    content = json.loads(run("entropy", "cases/fibonacci/map.json", "--digits", "30", "--json").stdout)
    assert content["closed_form"] == "log((1+sqrt(5))/2)"
    assert content["exact"]["minimal_polynomial"] == ["-1", "-1", "1"]
    golden = "0.4812118250596034474977589134243684231"  # asinh(1/2), to 37 places
    assert Fraction(content["lower"]) <= Fraction(golden) <= Fraction(content["upper"])
    assert Fraction(content["upper"]) - Fraction(content["lower"]) <= Fraction(1, 10**30)
    assert run("entropy", "cases/fibonacci/map.json").stdout.splitlines()[0] == "h = log((1+sqrt(5))/2)"


def test_growth_of_the_cycle_of_the_golden_mean() -> None:
    content = json.loads(run("growth", "cases/fibonacci/map.json", "--points", "0,1/2,1", "-t", "5", "--json").stdout)
    assert content["permutation"] == [1, 2, 0]
    assert content["matrix"] == [[0, 1], [1, 1]]
    assert content["laps_at_least"] == ["2", "3", "5", "8", "13"]
    wrong = run("growth", "cases/fibonacci/map.json", "--points", "0,1/2")
    assert wrong.exit_code == 2
    assert "not a periodic orbit" in wrong.stderr


@pytest.mark.parametrize(
    ("arguments", "option"),
    [
        (["growth", TENT, "--points", "0,x"], "--points"),
        (["regions", TENT, "-t", "2", "--crossings", "0,one"], "--crossings"),
        (["regions", TENT, "-t", "2", "--crossings", "0"], "--crossings"),
        (["regions", "cases/deep-tent/map.json", "--line", "0", "1/0"], "--line"),
        (["enclose-orbit", TENT, "--x", "0,1", "-n", "3"], "--x"),
        (["enclose-orbit", TENT, "--x", "0", "-n", "3", "--off", "0,1"], "--off"),
        (["radius", "cases/markov-network/map.json", "--factor", "1,2"], "--factor"),
        (["crosscheck", TENT, TENT, "--tolerance", "0,1"], "--tolerance"),
    ],
)
def test_numbers_in_options_that_are_none(arguments: list[str], option: str) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert option in result.stderr
    assert len(result.stderr.splitlines()) == 1


@pytest.mark.parametrize("case", ["laurent-von-brecht-lstm", "laurent-von-brecht-gru", "lozi", "tanh-rnn-4-contracts"])
@pytest.mark.parametrize(
    "command",
    [
        ["enclose-orbit", "--x", "0,0", "-n", "3"], ["enclose-orbit", "--x", "0", "-n", "3"], ["entropy"],
        ["growth", "--points", "0,1"], ["periods", "--up-to", "3"], ["radius"], ["regions", "-t", "2"],
        ["rounding", "--format", "float16"],
    ],
    ids=" ".join,
)  # fmt: skip
def test_commands_for_the_line_refuse_maps_of_several_dimensions(case: str, command: list[str]) -> None:
    path = f"cases/{case}/map.json"
    result = run(command[0], path, *command[1:])
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith(
        f"certify: {path}: map: expected a map of an interval or of the line, got a map of R^"
    )
    assert len(result.stderr.splitlines()) == 1
