"""Claims about cycles in R^d: true, spurious, there twice, merged by rounding, missing; against exact lists by other means."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from certify import PLRNN, InputError, Layer, Network, crosscheck, save
from certify.cli import main
from certify.crosscheck import adapters
from certify.crosscheck.claims import SpatialCycles
from certify.families import tent
from certify.verdict import spatial_cycles
from tests.test_spatial_cycles import HORSESHOE, LOZI, brute_force, random_plrnn

F = Fraction
# The fixed points of Lozi with a = 1.7, b = 0.5 by their formula, and its cycle of period 2 by two linear equations
LEFT, RIGHT = (F(-5, 6), F(-5, 12)), (F(5, 11), F(5, 22))
TWO = [(F(-60, 157), F(55, 157)), (F(110, 157), F(-30, 157))]


def floats(cycle: Any) -> list[list[float]]:
    return [[float(x) for x in point] for point in cycle]


def claim(period: int, cycles: list[Any], tolerance: Any = 1e-9, **more: Any) -> dict[str, Any]:
    return {"claim": "spatial_cycles", "period": period, "cycles": cycles, "tolerance": tolerance, **more}


def found(f: Any, *claims: Any, **options: Any) -> Any:
    (finding,) = crosscheck(f, claims, **options)
    return finding


def test_true_cycles_in_floats_are_confirmed_with_the_exact_ones() -> None:
    finding = found(LOZI, claim(1, [floats([RIGHT]), floats([LEFT])], complete=True))
    assert finding.status == "CONFIRMED"
    assert [entry["cycle"] for entry in finding.fact["cycles"]] == [[["5/11", "5/22"]], [["-5/6", "-5/12"]]]
    errors = [max(abs(F(float(x)) - x) for x in point) for point in (RIGHT, LEFT)]
    assert [F(entry["distance"]) for entry in finding.fact["cycles"]] == errors
    assert finding.fact["true_cycles"] == "2"
    (certificate,) = finding.certificates
    assert certificate["kind"] == "cycles-complete"


@pytest.mark.parametrize("turned", [0, 1])
def test_a_cycle_may_begin_at_any_of_its_points(turned: int) -> None:
    points = TWO[turned:] + TWO[:turned]
    finding = found(LOZI, claim(2, [floats(points)]))
    assert finding.status == "CONFIRMED"
    assert finding.fact["cycles"][0]["cycle"] == [["-60/157", "55/157"], ["110/157", "-30/157"]]
    assert finding.certificates == ()


def test_a_cycle_that_there_is_not() -> None:
    finding = found(LOZI, claim(2, [[[0.1, 0.2], [0.3, 0.05]]], complete=True))
    assert finding.status == "REFUTED"
    (spurious,) = finding.fact["spurious"]
    assert spurious["cycle"] == [["-60/157", "55/157"], ["110/157", "-30/157"]]
    assert F(spurious["distance"]) == max(
        F(0.1) + F(60, 157), F(110, 157) - F(0.3), F(0.05) + F(30, 157), F(55, 157) - F(0.2)
    )
    assert finding.fact["missing_count"] == "1"
    assert "1 spurious, 1 missing" in finding.reason


def test_a_fixed_point_is_no_cycle_of_period_2() -> None:
    finding = found(LOZI, claim(2, [floats([LEFT, LEFT])]))
    assert finding.status == "REFUTED"
    assert finding.fact["spurious"][0]["smaller_period"]["cycle"] == [["-5/6", "-5/12"]]


def test_a_cycle_listed_twice_by_its_two_points() -> None:
    finding = found(LOZI, claim(2, [floats(TWO), floats(TWO[::-1])], complete=True))
    assert finding.status == "REFUTED"
    assert [entry["index"] for entry in finding.fact["duplicates"]] == [1]
    assert "1 there already" in finding.reason


def test_a_missing_cycle() -> None:
    finding = found(LOZI, claim(1, [floats([RIGHT])], complete=True))
    assert finding.status == "REFUTED"
    assert [entry["cycle"] for entry in finding.fact["missing"]] == [[["-5/6", "-5/12"]]]
    assert found(LOZI, claim(1, [floats([RIGHT])])).status == "CONFIRMED"
    assert found(LOZI, claim(3, [], complete=True)).status == "CONFIRMED"  # there is none of period 3


def test_cycles_taken_for_known_ones_by_one_digit() -> None:
    """Of the full shift 18 cycles have period 7, 2^7 points less 2. A list that drops those with a point that rounds to a first
    point of one before lacks some of them."""
    listed = [cycle.points for cycle in spatial_cycles(HORSESHOE, 7, complete=True).cycles if cycle.period == 7]
    assert len(listed) == 18
    kept, seen = list[Any](), set[tuple[float, ...]]()
    for cycle in listed:
        digits = [tuple(round(float(x), 1) for x in point) for point in cycle]
        if not seen & {*digits}:
            kept.append(floats(cycle))
            seen.add(digits[0])
    assert 0 < len(kept) < 18
    finding = found(HORSESHOE, claim(7, kept, complete=True))
    assert finding.status == "REFUTED"
    assert finding.fact["missing_count"] == str(18 - len(kept))
    assert found(HORSESHOE, claim(7, kept)).status == "CONFIRMED"


def test_two_true_cycles_within_the_tolerance() -> None:
    finding = found(LOZI, claim(1, [[[0, 0]]], 1))
    assert finding.status == "CONFIRMED"
    assert finding.fact["merged"] == [{"index": 0, "true_cycles": "2"}]
    assert "several true cycles" in finding.reason
    assert found(LOZI, claim(1, [[[0, 0]]], 1, complete=True)).fact["missing_count"] == "1"


def test_random_networks_against_brute_force() -> None:
    rng = np.random.default_rng(11)
    for _ in range(6):
        f = random_plrnn(2, 2, rng)
        truth, singular = brute_force(f, 2)
        if singular:
            continue
        twos, ones = ([sorted(c) for c in truth if len(c) == n] for n in (2, 1))
        for period, cycles in ((1, ones), (2, [_in_order(f, c) for c in twos])):
            assert found(f, claim(period, [floats(c) for c in cycles], complete=True)).status == "CONFIRMED"
            if cycles:
                assert found(f, claim(period, [floats(c) for c in cycles[1:]], complete=True)).status == "REFUTED"


def _in_order(f: PLRNN, cycle: list[tuple[F, ...]]) -> list[tuple[F, ...]]:
    return [cycle[0], tuple(f.values(cycle[0]))]


# Eigenvalues: of Lozi those of [[-a sign x, 1], [b, 0]], so z^2 + a z - b on the right


def test_eigenvalues() -> None:
    a, b = 1.7, 0.5
    roots = [(-a + s * (a * a + 4 * b) ** 0.5) / 2 for s in (1, -1)]
    given = claim(1, [floats([RIGHT])], eigenvalues=[roots], eigenvalue_tolerance=1e-9)
    assert found(LOZI, given).status == "CONFIRMED"
    assert found(LOZI, {**given, "eigenvalues": [[complex(roots[1]), [roots[0], 0]]]}).status == "CONFIRMED"
    for wrong in ([roots[0], roots[0]], [roots[0] + 1e-6, roots[1]], [roots[0]], [roots[0], [roots[1], 1e-6]]):
        finding = found(LOZI, {**given, "eigenvalues": [wrong]})
        assert finding.status == "REFUTED"
        assert [entry["index"] for entry in finding.fact["wrong_eigenvalues"]] == [0]


def test_complex_and_double_eigenvalues() -> None:
    """A turn with a stretch has 1 +- 2 i; twice the identity has 2, 2."""
    for matrix, values in (([[1, -2], [2, 1]], [1 + 2j, 1 - 2j]), ([[2, 0], [0, 2]], [2, 2])):
        f = PLRNN(matrix, [[0], [0]], [[1, 0]], [1], [0, 0])
        given = claim(1, [[[0.0, 0.0]]], eigenvalues=[values], eigenvalue_tolerance="1/100")
        assert found(f, given).status == "CONFIRMED"
        assert found(f, {**given, "eigenvalues": [[values[0], values[0]]]}).status == (
            "CONFIRMED" if values[0] == 2 else "REFUTED"
        )


# What is not decided, and bad input


def test_what_is_not_decided() -> None:
    finding = found(LOZI, claim(12, [], complete=True), time_limit=0)
    assert (finding.status, "time limit" in finding.reason) == ("UNDECIDED", True)
    smooth = Network([Layer([[1, 2], [0, 1]], [0, 0], "tanh")], None)
    assert found(smooth, claim(1, [[[0, 0]]])).status == "UNDECIDED"
    assert "R^d" in found(tent(), claim(1, [[[0]]])).reason
    assert "the line" in found(LOZI, {"claim": "region_count", "t": 2, "value": 4}).reason
    family = PLRNN([[2]], [[-3, 3]], [[1], [1]], ["1/2", "-1/2"], [1])
    assert "whole family" in found(family, claim(2, [[[-0.1], [-0.4]]])).reason


def test_chaos_in_space() -> None:
    finding = found(HORSESHOE, {"claim": "chaotic", "value": True})
    assert (finding.status, finding.certificates[0]["claim"]["verdict"]) == ("CONFIRMED", "CHAOTIC")


def test_nan_is_no_point() -> None:
    assert found(LOZI, claim(1, [[[float("nan"), 0]]])).status == "REFUTED"


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ({"cycles": [[[0.1]]]}, r"cycles\[0\]\[0\]: expected 2 coordinates, got 1"),
        ({"cycles": [[0.1]]}, r"claims\[0\].cycles\[0\]\[0\]: expected a list, got 0.1"),
        ({"cycles": [[[0, 0], [1, 1]]]}, r"claims\[0\].cycles\[0\]: expected 1 points, as the period says, got 2"),
        ({"eigenvalues": []}, r"claims\[0\].eigenvalues: expected eigenvalues together with .*"),
        ({"eigenvalues": [], "eigenvalue_tolerance": 0}, r"claims\[0\].eigenvalues: expected 1 lists, .*"),
        (
            {"eigenvalues": [[[1, 2, 3]]], "eigenvalue_tolerance": 0},
            r".*\[0\]\[0\]: expected a real and an imaginary .*",
        ),
        ({"complete": 1}, r"claims\[0\].complete: expected true or false, got 1"),
    ],
)
def test_bad_claims(change: dict[str, Any], line: str) -> None:
    with pytest.raises(InputError, match=f"^{line}$"):
        crosscheck(LOZI, [{**claim(1, [[[0, 0]]]), **change}])


# What SCYFI returns


def test_lists_of_scyfi_in_space() -> None:
    cycles = [[[np.array(point) for point in floats(c)] for c in found] for found in ([[RIGHT], [LEFT]], [TWO])]
    claims = adapters.scyfi_in_space(cycles, "1e-9")
    assert [type(each) for each in claims] == [SpatialCycles] * 2
    assert [finding.status for finding in crosscheck(LOZI, claims)] == ["CONFIRMED"] * 2
    assert claims[1].note == "SCYFI, order 2"
    eigenvalues = [[np.linalg.eigvals([[s * 1.7, 1], [0.5, 0]]) for s in (-1, 1)], [np.array([1.0 + 0j, 2.0])]]
    claims = adapters.scyfi_in_space(cycles, "1e-9", eigenvalues, "1e-9", complete=True)
    assert [finding.status for finding in crosscheck(LOZI, claims)] == ["CONFIRMED", "REFUTED"]
    with pytest.raises(InputError, match="a cycle of 2 states, got 1"):
        adapters.scyfi_in_space([[], [[[0.1, 0.2]]]], 0)
    with pytest.raises(InputError, match="2 lists, one for each order, got 1"):
        adapters.scyfi_in_space(cycles, 0, [[]])


def test_the_example_of_the_page() -> None:
    page = (Path(__file__).parent.parent / "docs" / "claims-format.md").read_text()
    (example,) = (line for line in page.splitlines() if line.startswith('{"claim": "spatial_cycles"'))
    assert found(LOZI, json.loads(example)).status == "CONFIRMED"


def test_the_command(tmp_path: Path) -> None:
    save(LOZI, tmp_path / "map.json")
    claims = [claim(1, [floats([RIGHT])]), claim(2, [], complete=True)]
    content = {"format": "certify-claims", "version": 1, "claims": claims}
    (tmp_path / "claims.json").write_text(json.dumps(content))
    result = CliRunner().invoke(main, ["crosscheck", str(tmp_path / "map.json"), str(tmp_path / "claims.json")])
    assert result.exit_code == 1
    assert "1 CONFIRMED, 1 REFUTED, 0 UNDECIDED" in result.stdout
