"""Claims files: what is read and how, one line for each thing that is wrong, and the command with its exit codes."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

import certify
from certify import families
from certify.cli import main
from certify.crosscheck.claims import TYPES, claim

ROOT = Path(__file__).parent.parent
TENT = str(ROOT / "cases" / "tent" / "map.json")
F = Fraction

EXAMPLES: dict[str, dict[str, Any]] = {
    "fixed_points": {"points": [0, 0.6666], "tolerance": "1e-3"},
    "cycle": {"period": 3, "points": [0.2857, 0.5714, 0.8571], "tolerance": 0.001},
    "all_cycles": {"period": 1, "cycles": [[0], ["2/3"]], "tolerance": 0},
    "orbit": {"points": [0.1, 0.2], "tolerance": "1e-3", "start": "1/10", "sense": "shadowed"},
    "region_count": {"t": 6, "value": 64, "of": "linear", "weights": "float32"},
    "lap_count": {"t": 6, "value": 64, "weights": "bfloat16"},
    "knots": {"points": [0.5], "tolerance": 0, "t": 1, "of": "linear"},
    "chaotic": {"value": True},
    "entropy": {"interval": [0.69, "0.7"]},
    "lyapunov_upper_bound": {"value": 0.7},
    "period3": {"value": True, "points": 163, "lo": 0, "hi": 1, "rule": "f4"},
}


def written(folder: Path, *claims: Any, text: str | None = None) -> str:
    path = folder / "claims.json"
    path.write_text(text or json.dumps({"format": "certify-claims", "version": 1, "claims": list(claims)}))
    return str(path)


def run(*arguments: str) -> Result:
    result = CliRunner().invoke(main, ["crosscheck", *arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def example(name: str, **changes: Any) -> dict[str, Any]:
    return {"claim": name, **EXAMPLES[name], **changes}


def test_every_type_has_an_example_that_is_true_of_the_tent(tmp_path: Path) -> None:
    assert set(EXAMPLES) == set(TYPES) - {"spatial_cycles"}  # which is about maps of R^d
    path = written(tmp_path, *(example(name, note="a tool") for name in EXAMPLES))
    findings = certify.crosscheck(families.tent(), certify.read_claims(path))
    assert [(found.claim.type, found.claim.note) for found in findings] == [(name, "a tool") for name in EXAMPLES]
    assert {found.status for found in findings} == {"CONFIRMED"}


def test_every_type_and_field_is_documented() -> None:
    page = (ROOT / "docs" / "claims-format.md").read_text()
    for name, given in EXAMPLES.items():
        assert f"`{name}`" in page
        for key in given:
            assert f"`{key}`" in page, (name, key)


def test_the_example_of_the_page(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "claims-format.md").read_text()
    path = written(tmp_path, text=page.split("```json\n")[1].split("```")[0])
    assert run(TENT, path).stdout.splitlines()[-1] == "2 CONFIRMED, 0 REFUTED, 0 UNDECIDED"


def test_floats_are_the_doubles_that_they_are(tmp_path: Path) -> None:
    path = tmp_path / "claims.json"
    start = '{"format": "certify-claims", "version": 1, "claims": [{"claim": "orbit", "tolerance": "0.1", "points": '
    path.write_text(
        start + '[0.1, "0.1", "1/10", "0x1p-3", 1e-1, 7, 1e400, NaN, -Infinity, "nan", 1' + "0" * 5000 + "]}]}"
    )
    [orbit] = certify.read_claims(path)
    points = orbit.points  # type: ignore[attr-defined]
    assert [F(str(x)) for x in points[:6]] == [F(0.1), F(1, 10), F(1, 10), F(1, 8), F(0.1), F(7)]
    assert [str(x) for x in points[6:10]] == ["inf", "nan", "-inf", "nan"]
    assert str(points[10]) == "1" + "0" * 5000
    assert str(orbit.tolerance) == "1/10"  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{", "file: expected a JSON claims file"),
        ("[]", "file: expected an object"),
        ('{"format": "certify-claims", "version": 1}', 'file: expected the key "claims"'),
        ('{"format": "certify-map", "version": 1, "claims": []}', 'format: expected "certify-claims"'),
        ('{"format": "certify-claims", "version": 2, "claims": []}', "version: expected 1, got 2"),
        ('{"format": "certify-claims", "version": true, "claims": []}', "version: expected 1, got true"),
        ('{"format": "certify-claims", "version": 1, "claims": {}}', "claims: expected a list"),
        ('{"format": "certify-claims", "version": 1, "claims": [], "x": 1}', 'got "x"'),
        ('{"format": "certify-claims", "version": 1, "claims": [], "claims": []}', 'the key "claims" twice'),
        ('{"format": "certify-claims", "version": 1, "claims": [3]}', "claims[0]: expected an object, got 3"),
        ("\xff", "file: expected a JSON claims file"),
    ],
)
def test_a_malformed_file_is_one_line(text: str, says: str, tmp_path: Path) -> None:
    path = written(tmp_path, text=text)
    if text == "\xff":
        Path(path).write_bytes(b"\xff\xfe")
    result = run(TENT, path)
    assert (result.exit_code, result.stdout, len(result.stderr.splitlines())) == (2, "", 1)
    assert result.stderr.startswith(f"certify: {path}: ")
    assert says in result.stderr


def without(name: str, key: str) -> dict[str, Any]:
    return {k: v for k, v in example(name).items() if k != key}


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"claim": "period_three", "value": True}, 'claims[1].claim: expected one of fixed_points'),
        ({"value": True}, "claims[1]: expected one of fixed_points"),
        (without("cycle", "tolerance"), 'of cycle the key "tolerance"'),
        (example("cycle", extra=1), 'got "extra"'),
        (example("cycle", points=[0.1]), "claims[1].points: expected 3 points, as the period says, got 1"),
        (example("cycle", points=None), "claims[1].points: expected a value, got null"),
        (example("cycle", points=[0, None, 1]), "claims[1].points[1]: expected a finite number"),
        (example("cycle", points=[0, True, 1]), "claims[1].points[1]: expected a finite number"),
        (example("cycle", points="abc"), "claims[1].points: expected a list"),
        (example("cycle", period=0), "claims[1].period: expected an integer that is at least 1, got 0"),
        (example("cycle", period=1.5), "claims[1].period: expected an integer"),
        (example("cycle", tolerance=-1), "claims[1].tolerance: expected a tolerance that is not negative, got -1"),
        (example("cycle", tolerance=float("nan")), "claims[1].tolerance: expected a finite number"),
        (example("cycle", tolerance="1/0"), "claims[1].tolerance: expected a finite number"),
        (example("cycle", note=3), "claims[1].note: expected a string, got 3"),
        (example("all_cycles", cycles=[[0], [1, 2]]), "claims[1].cycles[1]: expected 1 points"),
        (example("orbit", points=[]), "claims[1].points: expected at least one point"),
        (example("orbit", start=float("inf")), "claims[1].start: expected a finite number"),
        (example("orbit", sense="fast"), 'claims[1].sense: expected one of "true"'),
        (example("orbit", file="x.csv"), "claims[1].file: expected either points or a file, got both"),
        (example("region_count", t=float("inf")), "claims[1].t: expected a finite number"),
        (example("region_count", of="laps"), 'claims[1].of: expected one of "linear", "activation"'),
        (example("region_count", weights="float8"), "claims[1].weights: expected one of"),
        (example("lap_count", of="linear"), 'got "of"'),
        (example("knots", t=2, of="activation"), "claims[1].t: expected no t beyond 1"),
        (example("chaotic", value=1), "claims[1].value: expected true or false, got 1"),
        (example("entropy", interval=[1, 0]), "claims[1].interval: expected two numbers a <= b"),
        (example("entropy", interval=[1]), "claims[1].interval: expected two numbers [a, b]"),
        (example("lyapunov_upper_bound", interval=[0, 1]), "claims[1].interval: expected either interval or value, got both"),
        (without("lyapunov_upper_bound", "value"), "claims[1].interval: expected either interval or value, got neither"),
        (without("period3", "rule"), "claims[1].rule: expected points, lo, hi and rule together"),
        (example("period3", hi=0), "claims[1].hi: expected hi greater than lo"),
        (example("period3", points=1), "claims[1].points: expected a grid of at least 2 points"),
        (example("period3", rule="f2"), 'claims[1].rule: expected one of "f3", "f4"'),
    ],
)  # fmt: skip
def test_a_malformed_claim_is_one_line(given: dict[str, Any], says: str, tmp_path: Path) -> None:
    path = written(tmp_path, example("chaotic"), given)
    result = run(TENT, path)
    assert (result.exit_code, result.stdout, len(result.stderr.splitlines())) == (2, "", 1)
    assert result.stderr.startswith(f"certify: {path}: claims[1]")
    assert says.removeprefix("claims[1].claim") in result.stderr
    with pytest.raises(certify.InputError) as error:
        certify.crosscheck(families.tent(), [example("chaotic"), {k: v for k, v in given.items() if k != "file"}, 7])
    assert error.value.where.startswith("claims[")


def test_a_claim_can_be_made_in_python() -> None:
    made = claim(example("cycle"))
    assert made == claim(example("cycle", tolerance=0.001, points=(0.2857, 0.5714, 0.8571)))
    [found] = certify.crosscheck(families.tent(), [made])
    assert found.claim is made
    assert repr(found).startswith("<Finding cycle CONFIRMED: ")


# CSV


def test_an_orbit_in_a_csv_file(tmp_path: Path) -> None:
    (tmp_path / "orbit.csv").write_text("step,x\n0,0.1\n1,0.2\n2,4e-1\n3,4/5\n4,0x1.999999999999ap-2\n")
    given = {"claim": "orbit", "file": "orbit.csv", "column": "x", "tolerance": 0}
    [doubles, index, exact] = certify.read_claims(
        written(tmp_path, given, {**given, "column": 1}, {**given, "decimals": "exact"})
    )
    points = [F(0.1), F(0.2), F(0.4), F(4, 5), F(0.4)]
    assert [F(str(x)) for x in doubles.points] == points  # type: ignore[attr-defined]
    assert doubles == index
    assert [F(str(x)) for x in exact.points[:3]] == [F(1, 10), F(1, 5), F(2, 5)]  # type: ignore[attr-defined]


def test_a_csv_file_by_itself(tmp_path: Path) -> None:
    path = tmp_path / "orbit.csv"
    path.write_text("\ufeff0.25\r\n0.5\r\n1.0\r\n\r\n0\r\n")
    assert run(TENT, str(path), "--tolerance", "1e-9").exit_code == 0
    path.write_text("x\n0.25\n+0.5\nnan\n")
    result = run(TENT, str(path), "--tolerance", "1/1000", "--json")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["findings"][0]["fact"] == {"not_finite": {"where": "points[2]", "value": "nan"}}
    result = run(TENT, str(path))
    assert (result.exit_code, "tolerance" in result.stderr) == (2, True)
    result = run(TENT, written(tmp_path, example("chaotic")), "--tolerance", "1")
    assert (result.exit_code, "tolerance" in result.stderr) == (2, True)
    assert run(TENT, str(path), "--tolerance", "1,2").exit_code == 2
    assert run(TENT, str(path), "--tolerance", "x").exit_code == 2


@pytest.mark.parametrize(
    ("content", "more", "says"),
    [
        ("", {}, "at least one line"),
        ("x\n", {}, "points: expected at least one point"),
        ("1,2\n", {}, "column: expected the name or the index of one of 2 columns, got none"),
        ("1,2\n", {"column": 2}, "column: expected an index from 0 to 1, got 2"),
        ("a,b\n1,2\n", {"column": "c"}, "column: expected one of the names a, b"),
        ("a\n1\nb\n", {}, 'line 3: expected a number, got "b"'),
        ("a,b\n1,2\n1\n", {"column": "a"}, "line 3: expected 2 columns, as in the first line, got 1"),
        ("1\n", {"decimals": "float"}, 'decimals: expected one of "double", "exact"'),
        (None, {}, "a readable file"),
    ],
)
def test_a_malformed_csv_file_is_one_line(content: str | None, more: dict[str, Any], says: str, tmp_path: Path) -> None:
    if content is not None:
        (tmp_path / "o.csv").write_text(content)
    path = written(tmp_path, {"claim": "orbit", "file": "o.csv", "tolerance": 0, **more})
    result = run(TENT, path)
    assert (result.exit_code, result.stdout, len(result.stderr.splitlines())) == (2, "", 1)
    assert says in result.stderr


# The command


def test_exit_codes(tmp_path: Path) -> None:
    true, false = example("chaotic"), example("chaotic", value=False)
    open_claim = {"claim": "region_count", "t": 1, "value": 2, "of": "activation"}
    assert run(TENT, written(tmp_path)).exit_code == 0
    assert run(TENT, written(tmp_path, true)).exit_code == 0
    assert run(TENT, written(tmp_path, true, open_claim)).exit_code == 0
    result = run(TENT, written(tmp_path, true, open_claim, false))
    assert result.exit_code == 1
    assert result.stdout.splitlines()[-1] == "1 CONFIRMED, 1 REFUTED, 1 UNDECIDED"
    assert run(TENT, str(tmp_path / "none.json")).exit_code == 2
    assert run(str(tmp_path / "none.json"), written(tmp_path, true)).exit_code == 2


def test_json_has_the_findings_in_order(tmp_path: Path) -> None:
    path = written(tmp_path, example("cycle", note="SCYFI"), {"claim": "region_count", "t": 6, "value": 63})
    content = json.loads(run(TENT, path, "--json").stdout)
    assert (content["format"], content["version"]) == ("certify-findings", 1)
    cycle, count = content["findings"]
    assert (cycle["claim"], cycle["status"], cycle["note"]) == ("cycle", "CONFIRMED", "SCYFI")
    assert (count["claim"], count["status"], count["fact"]["off_by"]) == ("region_count", "REFUTED", "-1")
    for finding in (cycle, count):
        assert set(finding) - {"note"} == {"claim", "status", "reason", "fact", "certificates"}
        [certificate] = finding["certificates"]
        assert certify.check(TENT, certificate).status == "VALID"
        assert certificate["map_sha256"] == content["map_sha256"]


def test_the_table_names_every_claim(tmp_path: Path) -> None:
    path = written(tmp_path, *(example(name, note=f"[tool {name}]") for name in EXAMPLES))
    result = run(TENT, path)
    assert result.exit_code == 0
    for name in EXAMPLES:
        assert name in result.stdout
    assert result.stdout.count("[tool") == len(EXAMPLES)  # no note is taken for markup


def test_budgets_are_options(tmp_path: Path) -> None:
    path = written(tmp_path, {"claim": "knots", "t": 12, "points": [], "tolerance": 0})
    assert "1 UNDECIDED" in run(TENT, path, "--max-pieces", "100").stdout
    assert "1 UNDECIDED" in run(TENT, path, "--time-limit", "0").stdout
    assert "1 REFUTED" in run(TENT, path).stdout
