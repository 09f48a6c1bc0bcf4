"""The pages on radii and true orbits say what the data say and what the program prints, and the data are what the program finds."""

from __future__ import annotations

import json
import re
from fractions import Fraction
from pathlib import Path
from statistics import median
from typing import Any

import pytest
from click.testing import CliRunner

import certify
from certify import families
from certify.cli import main

ROOT = Path(__file__).parent.parent
DATA = json.loads((ROOT / "cases" / "paper-radius" / "radii.json").read_text())
NETWORKS: list[dict[str, Any]] = DATA["networks"]
MEASURES = ("absolute", "relative")
RADIUS, ORBITS = ((ROOT / "docs" / name).read_text() for name in ("radius.md", "orbits.md"))


def column(weights: str, key: str) -> list[Fraction]:
    return [Fraction(row[weights][key]) for row in NETWORKS]


def test_there_are_a_hundred_networks_each_with_radius_and_bound() -> None:
    assert len({row["seed"] for row in NETWORKS}) == len(NETWORKS) == 100
    assert f"seeds {NETWORKS[0]['seed']} … {NETWORKS[-1]['seed']}" in RADIUS
    for weights in MEASURES:
        assert all(0 < low < high for low, high in zip(column(weights, "radius"), column(weights, "upper")))


def test_the_table_is_that_of_the_data() -> None:
    for name, of in (
        ("radius", lambda w: column(w, "radius")),
        ("upper bound", lambda w: column(w, "upper")),
        ("upper bound / radius", lambda w: [b / a for a, b in zip(column(w, "radius"), column(w, "upper"))]),
    ):
        cells = [f"{float(f(of(w))):.2g}" for w in MEASURES for f in (min, median, max)]
        assert f"| {name} | {' | '.join(cells)} |" in RADIUS


def test_the_text_is_that_of_the_data() -> None:
    short = [row["absolute"] for row in NETWORKS if (row["absolute"]["n"], row["absolute"]["level"]) == (3, 0)]
    factors = [Fraction(row["upper"]) / Fraction(row["radius"]) for row in short]
    apart = f"({len(short)} networks: n = 3, level 0), upper bound\nand radius are a factor {float(median(factors)):.0f} apart"
    assert apart in RADIUS
    assert f"in the median, and {float(min(factors)):.1f} at best" in RADIUS
    lengths = [row["absolute"]["n"] << row["absolute"]["level"] for row in NETWORKS if row["absolute"] not in short]
    assert f"({min(lengths)} to {max(lengths)} steps)" in RADIUS
    assert f"within {float(median(column('absolute', 'radius'))):.2g}." in RADIUS
    assert DATA["tent"]["relative"]["radius"] + " ≈ 0.0103" in RADIUS


@pytest.mark.parametrize("place", [0, 20, 60, 99])
def test_the_data_are_found_again(place: int) -> None:
    row = NETWORKS[place]
    network = families.rnn(64, 64.0, row["seed"])
    for weights in MEASURES:
        found = certify.radius(network, weights, upper=False)  # type: ignore[arg-type]
        assert found.radius is not None
        assert Fraction(95, 100) < found.radius / Fraction(row[weights]["radius"]) < Fraction(105, 100)
        assert found.radius < Fraction(row[weights]["upper"])


@pytest.mark.parametrize("page", [RADIUS, ORBITS], ids=["radius", "orbits"])
def test_the_commands_print_what_the_pages_show(page: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    (command, shown), *rest = re.findall(r"```(?:console\n\$ certify (.*)|text)\n([^`]*)```", page)
    printed = CliRunner().invoke(main, command.split()).stdout
    assert printed.startswith(shown)
    assert all(printed.endswith(text) for _, text in rest)
    assert rest or printed == shown
