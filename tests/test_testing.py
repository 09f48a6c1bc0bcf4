"""The assertions for other projects: in a test suite of another project, run by pytest, and each of them by itself."""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import certify
from certify import InputError, PiecewiseLinear, families, testing
from certify.numbers import rational

ROOT = Path(__file__).parent.parent
TENT = families.tent()
THIRD = [Fraction(2, 7), Fraction(4, 7), Fraction(6, 7)]
pytest_plugins = ["pytester"]

SUITE = """
from certify import families
from certify.testing import assert_chaotic, assert_cycle, assert_ordered

TENT = families.tent()


def test_true():
    assert_cycle(TENT, [0.2857, 0.5714, 0.8571], period=3, tol=1e-3)


def test_false():
    assert_cycle(TENT, [0.2857, 0.5714, 0.8571], period=3, tol=1e-9)


def test_not_decided():
    assert_ordered(families.stunted_tent("0.8249"), max_pieces=5)


def test_chaos():
    assert_chaotic(TENT)
"""


def test_in_the_suite_of_another_project(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    pytester.makepyfile(SUITE)
    result = pytester.runpytest_subprocess("-p", "no:cacheprovider")
    result.assert_outcomes(passed=2, failed=2)
    text = result.stdout.str()
    # The very lines of docs/testing.md, which are those that the user sees.
    page = (ROOT / "docs" / "testing.md").read_text()
    shown = re.search(r"```text\n(.*?)```", page, re.DOTALL)
    assert shown is not None
    assert re.sub(r"^E +", "", shown[1], flags=re.M) in re.sub(r"^E +", "", text, flags=re.M)
    assert "UndecidedError: chaotic: NOT DECIDED, which is no success: the budget ran out" in text
    assert "testing.py" not in text, "the traceback ends in the test itself"


Call = Callable[[], Any]

TRUE: dict[str, Call] = {
    "cycle": lambda: testing.assert_cycle(TENT, THIRD, period=3, tol=0),
    "cycle, array": lambda: testing.assert_cycle(TENT, np.float32([2 / 7, 4 / 7, 6 / 7]), period=3, tol=1e-7),
    "all cycles": lambda: testing.assert_all_cycles(TENT, [THIRD, ["2/9", "4/9", "8/9"]], period=3, tol=0),
    "fixed points": lambda: testing.assert_fixed_points(TENT, [0, 0.6666666], tol=1e-6),
    "orbit": lambda: testing.assert_orbit(TENT, [0.1, 0.2, 0.4, 0.8, 0.4], tol=1e-15),
    "orbit, pseudo": lambda: testing.assert_orbit(TENT, [0.1, 0.25, 0.5, 0.95], tol=0.0625, sense="pseudo"),
    "orbit, start": lambda: testing.assert_orbit(TENT, [0.125, 0.25], tol=0, start="1/8"),
    "regions": lambda: testing.assert_region_count(TENT, 2**20, t=20),
    "activation regions": lambda: testing.assert_region_count(ROOT / "cases" / "ties" / "map.json", 4, of="activation"),
    "laps": lambda: testing.assert_lap_count(TENT, 8, t=3),
    "knots": lambda: testing.assert_knots(TENT, ["1/4", "1/2", "3/4"], tol=0, t=2),
    "chaotic": lambda: testing.assert_chaotic(str(ROOT / "cases" / "tanh-hump" / "map.json")),
    "ordered": lambda: testing.assert_ordered(ROOT / "cases" / "printed-monotone" / "map.json"),
    "period 3": lambda: testing.assert_period3(TENT),
    "no period 3": lambda: testing.assert_period3(PiecewiseLinear([(0, 1), (1, 0)]), value=False),
    "entropy": lambda: testing.assert_entropy(TENT, 0.6931, 0.6932),
    "exponent": lambda: testing.assert_lyapunov_upper_bound(TENT, 0.6932),
}

FALSE: dict[str, tuple[Call, str]] = {
    "cycle": (
        lambda: testing.assert_cycle(TENT, THIRD[::-1], period=3, tol="1/100"),
        "2/9 → 4/9 → 8/9|2/7 → 4/7 → 6/7",
    ),
    "all cycles": (lambda: testing.assert_all_cycles(TENT, [THIRD], period=3, tol=0), '"2/9", "4/9", "8/9"'),
    "fixed points": (lambda: testing.assert_fixed_points(TENT, [0], tol=0), '"2/3"'),
    "orbit": (lambda: testing.assert_orbit(TENT, ["1/8", "1/4", "3/4"], tol="1/8"), "distance: 1/4"),
    "shadow": (lambda: testing.assert_orbit(TENT, [0, 1], tol="1/4", sense="shadowed"), "shadow_lost: 1"),
    "regions": (lambda: testing.assert_region_count(TENT, 63, t=6), "linear: 64\n  off_by: -1"),
    "laps": (lambda: testing.assert_lap_count(TENT, 3), "laps: 2"),
    "knots": (lambda: testing.assert_knots(TENT, ["1/2", "3/4"], tol=0), '"distance": "1/4"'),
    "chaotic": (lambda: testing.assert_chaotic(PiecewiseLinear([(0, 1), (1, 0)])), "ORDERED"),
    "ordered": (lambda: testing.assert_ordered(TENT), "2/9 → 4/9 → 8/9"),
    "period 3": (lambda: testing.assert_period3(TENT, False), "2/9 → 4/9 → 8/9"),
    "entropy": (lambda: testing.assert_entropy(TENT, 0, 0.5), "log 2"),
    "exponent": (lambda: testing.assert_lyapunov_upper_bound(TENT, 0.065), "gentlest: 2"),
}


@pytest.mark.parametrize("call", TRUE.values(), ids=TRUE)
def test_true_claims_return_their_finding(call: Call) -> None:
    assert call().status == "CONFIRMED"


@pytest.mark.parametrize(("call", "words"), FALSE.values(), ids=FALSE)
def test_false_claims_say_what_is_true(call: Call, words: str) -> None:
    with pytest.raises(AssertionError, match=words) as caught:
        call()
    assert not isinstance(caught.value, testing.UndecidedError)
    assert "refuted" in str(caught.value)


def test_every_assertion_is_tested_and_documented() -> None:
    """Each is called above with a true and with a false claim, and stands in the page."""
    source, page = Path(__file__).read_text(), (ROOT / "docs" / "testing.md").read_text()
    true, false = source.split("\nFALSE: ")[0], source.split("\nFALSE: ")[1]
    for name in (name for name in vars(testing) if name.startswith("assert_") and name != "assert_claims"):
        assert f"testing.{name}(" in true, name
        assert f"testing.{name}(" in false, name
        assert f"`{name}(" in page, name


def test_undecided_is_another_error() -> None:
    with pytest.raises(testing.UndecidedError, match="NOT DECIDED"):
        testing.assert_chaotic(families.stunted_tent("0.8249"), max_pieces=5)
    with pytest.raises(testing.UndecidedError, match="NOT DECIDED"):
        testing.assert_chaotic(TENT, time_limit=0)


def test_claims_together() -> None:
    claims: list[dict[str, Any]] = [
        {"claim": "chaotic", "value": True},
        {"claim": "region_count", "t": 3, "value": 7, "note": "a grid"},
        {"claim": "lap_count", "t": 3, "value": 9},
    ]
    report = testing.assert_claims(TENT, claims[:1])
    assert [finding.status for finding in report] == ["CONFIRMED"]
    assert certify.check(TENT, report[0].certificates[0]).status == "VALID"
    with pytest.raises(AssertionError, match=r"region_count \(a grid\): the claim is refuted.*\n.*\n.*\nlap_count"):
        testing.assert_claims(TENT, claims)


def test_claims_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "claims.json"
    path.write_text('{"format": "certify-claims", "version": 1, "claims": [{"claim": "chaotic", "value": false}]}')
    assert testing.assert_claims(ROOT / "cases" / "flip" / "map.json", path)[0].status == "CONFIRMED"
    with pytest.raises(AssertionError, match="chaotic: the claim is refuted"):
        testing.assert_claims(TENT, path)


def test_what_cannot_be_read_is_no_failed_assertion() -> None:
    with pytest.raises(InputError, match="points: expected 3 points"):
        testing.assert_cycle(TENT, [0.5], period=3, tol=0)
    with pytest.raises(InputError, match=r"no/map\.json"):
        testing.assert_chaotic("no/map.json")


def test_long_facts_are_cut() -> None:
    with pytest.raises(AssertionError, match=r"… \(\d+ characters\)") as caught:
        testing.assert_all_cycles(TENT, [], period=9, tol=0)
    assert all(len(line) < 600 for line in str(caught.value).splitlines())


def test_the_counter_fact_of_a_refuted_cycle_is_a_cycle() -> None:
    with pytest.raises(AssertionError) as caught:
        testing.assert_cycle(TENT, [0.2857, 0.5714, 0.8571], period=3, tol=1e-9)
    cycle = [Fraction(x) for x in re.findall(r"\d+/\d+", str(caught.value).split("cycle: [")[1].split("]")[0])]
    points = [Fraction(x) for x in (0.2857, 0.5714, 0.8571)]
    for x, y in zip(cycle, [*cycle[1:], cycle[0]]):
        assert (2 * x if x <= Fraction(1, 2) else 2 - 2 * x) == y
    distance = max(abs(x - y) for x, y in zip(points, cycle))
    assert distance > Fraction(1e-9)
    assert f"distance: {rational(distance)}" in str(caught.value)
