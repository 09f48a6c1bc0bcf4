"""The claims files in cases/, whose answers are known from elsewhere, and the page about them."""

from __future__ import annotations

import importlib.util
import json
import re
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

import certify
from certify import families
from certify.cli import main
from tests import oracle

ROOT = Path(__file__).parent.parent
FILES = sorted((ROOT / "cases").glob("*/claims.json"))
DRAWS: list[list[bool]] = json.loads((ROOT / "cases" / "paper-notebooks" / "draws.json").read_text())

_spec = importlib.util.spec_from_file_location("cross_checking", ROOT / "docs" / "cross_checking.py")
assert _spec is not None
assert _spec.loader is not None
script = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(script)


def claims_of(name: str) -> list[dict[str, Any]]:
    return json.loads((ROOT / "cases" / name / "claims.json").read_text())["claims"]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.parent.name)
def test_answers(path: Path) -> None:
    """case.json has the status of each claim, written by hand, and why."""
    expected = json.loads((path.parent / "case.json").read_text())
    result = CliRunner().invoke(main, ["crosscheck", str(path.parent / "map.json"), str(path), "--json"])
    found = [finding["status"] for finding in json.loads(result.stdout)["findings"]]
    assert found == expected["claims"]
    assert result.exit_code == ("REFUTED" in found)
    assert expected["why_claims"]


def test_there_are_claims_files() -> None:
    assert {path.parent.name for path in FILES} >= {"tent", "monotone", "markov-network", "sawtooth-8"}


def test_the_page_is_what_the_script_makes() -> None:
    assert (ROOT / "docs" / "cross-checking.md").read_text() == script.page()


@pytest.mark.parametrize("name", script.MADE)
def test_the_claims_are_what_the_script_makes(name: str) -> None:
    assert claims_of(name) == json.loads(json.dumps(script.MADE[name]()))


def test_the_orbits_of_the_tools_are_those_of_doubles() -> None:
    x, orbit = 0.1, [0.1]
    for _ in range(60):
        x = 2 * x if x < 0.5 else 2 - 2 * x
        orbit.append(x)
    assert orbit[56] == 0.0
    of_tools = [claim for claim in claims_of("tent") if claim["claim"] == "orbit"]
    assert len(of_tools) == 3
    assert all(claim["points"] == orbit for claim in of_tools)
    assert all("nolds" in claim["note"] or "pynamical" in claim["note"] for claim in of_tools)


def test_the_grid_counts_as_the_claims_say() -> None:
    for claim in claims_of("tent"):
        if claim["claim"] == "region_count":
            y = np.linspace(0, 1, 1_000_000)
            for _ in range(claim["t"]):
                y = np.minimum(2 * y, 2 - 2 * y)
            straight = np.abs(np.diff(y, 2)) <= 1e-9
            runs = "".join("01"[int(flag)] for flag in straight).split("1")
            assert 1 + sum(run != "" for run in runs) == claim["value"]


def test_the_counts_for_rounded_weights_are_those_of_naive_composition() -> None:
    third, two_thirds = Fraction(float(np.float32(1 / 3))), Fraction(float(np.float32(2 / 3)))

    def count(first: Fraction, second: Fraction, t: int) -> int:
        top = 3 * first
        bottom = top - 2 * (second - first)
        knots = [(Fraction(0), Fraction(0))]
        end = bottom + 2 * (1 - second)
        if top > 1:  # the output is clipped to [0, 1]
            knots += [(Fraction(1, 3), Fraction(1)), (first + (top - 1) / 2, Fraction(1))]
        else:
            knots.append((first, top))
        knots.append((second, bottom))
        if end > 1:
            knots.append((second + (1 - bottom) / 2, Fraction(1)))
        knots.append((Fraction(1), min(end, Fraction(1))))
        f = oracle.make(knots)
        return len(oracle.pieces(oracle.canonical(oracle.iterate(f, t))))

    assert count(Fraction(1, 3), Fraction(2, 3), 6) == 2**7 - 1
    found = certify.crosscheck(script.map_of("markov-network"), [c for c in claims_of("markov-network") if c["t"] == 6])
    assert [finding.fact["rounded"] for finding in found] == [str(count(third, two_thirds, 6))]


def test_the_sawtooth_has_the_cycles_that_were_offered() -> None:
    """f^p has 8^p fixed points; the kept cycles are true ones, and each but the fixed ones keeps to a number of two digits."""
    for claim, number in zip(claims_of("sawtooth-8"), (8, (8**2 - 8) // 2, (8**3 - 8) // 3)):
        found = certify.crosscheck(script.map_of("sawtooth-8"), [claim])[0]
        assert found.fact["true_cycles"] == str(number)
        assert int(found.fact.get("missing_count", "0")) == number - len(claim["cycles"])
        for cycle in claim["cycles"]:
            for x, y in pairwise([*cycle, cycle[0]]):
                tooth, rest = divmod(8 * x, 1)
                assert abs((rest if tooth % 2 == 0 else 1 - rest) - y) < 1e-12
    firsts = [round(cycle[0], 2) for claim in claims_of("sawtooth-8") for cycle in claim["cycles"]]
    assert len(set(firsts)) == len(firsts)


def plain_rule(network: certify.Network, k: int) -> bool:
    """The notebooks' rule once more, point by point."""
    first, last = network.layers
    w, b = [float(row[0]) for row in first.weight], [float(x) for x in first.bias]
    v, c = [float(x) for x in last.weight[0]], float(last.bias[0])

    def f(x: float) -> float:
        return max(sum(v[i] * max(w[i] * x + b[i], 0.0) for i in range(len(w))) + c, 0.0)

    def changes(power: int) -> int:
        d = []
        for i in range(163):
            x = y = -1 + i * 2 / 162
            for _ in range(power):
                y = f(y)
            d.append(x - y)
        inner = range(1, 162)
        return sum((d[i - 1] * d[i] < 0) + (d[i] == 0 and d[i - 1] * d[i + 1] < 0) for i in inner)

    return changes(k) > changes(1)


def test_there_is_a_row_for_each_draw() -> None:
    assert len(DRAWS) == 1000
    assert all(len(row) == 4 and all(isinstance(value, bool) for value in row) for row in DRAWS)
    assert all(chaotic or not period_three for _, _, period_three, chaotic in DRAWS), "Li and Yorke (1975)"


CHAOTIC = [seed for seed, row in enumerate(DRAWS) if row[3]]
FALSE_ALARMS = [seed for seed, row in enumerate(DRAWS) if row[0] and not row[3]]


@pytest.mark.parametrize("seed", [*range(8), *CHAOTIC, *FALSE_ALARMS[::9]])
def test_draws_are_those_of_the_script_and_of_plain_code(seed: int) -> None:
    network = families.initialised("he-he", 4, seed)
    rule, rule_of_three, period_three, chaotic = DRAWS[seed]
    assert script.draw(seed) == DRAWS[seed]
    assert (plain_rule(network, 4), plain_rule(network, 3)) == (rule, rule_of_three)
    f = network.to_piecewise_linear()
    naive = oracle.make(f.knots, (f.slopes[0], f.slopes[-1]))
    at_level_0 = oracle.decide(naive, max_level=0, cap=4001)
    assert (at_level_0 is not None and not at_level_0.ordered) == period_three
    if not chaotic:
        found = oracle.decide(naive, max_level=3, cap=4001)
        assert found is not None
        assert found.ordered
        return
    proof = certify.prove(network).certificate
    assert proof is not None
    assert oracle.odd_return(naive, proof["level"], proof["n"], Fraction(proof["x"]), proof["side"])


def test_the_python_of_the_page_runs() -> None:
    page = (ROOT / "docs" / "cross-checking.md").read_text()
    adapters, network = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    tent = families.tent()
    scope: dict[str, Any] = {
        "cycles": [[[[0.0]]]],
        "eigenvalues": [[[0.5]]],
        "found": [[0.0], [0.5], [1.0]],
        "ratios": [0.0, 0.5, 1.0],
        "start": 0,
        "end": 1,
        "x": [0.25],
        "y": [0.5],
        "network": tent,
        "claims": [],
    }
    exec(adapters, scope)
    scope |= {"A": 0.5, "W2": [[1.0], [2.0]], "W1": [[3.0, -1.0]], "h1": 0.25, "h2": [0.0, -1.0]}
    exec(network, scope)
    for z in (-2.0, 0.125, 0.75, 3.0):
        exact = 0.5 * z + 3 * max(z, 0) - max(2 * z - 1, 0) + 0.25
        assert scope["network"](z) == exact
