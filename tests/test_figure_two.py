"""The counts of the page on Fig. 2, against naive composition in Fractions, and the figures in the page against the counts."""

from __future__ import annotations

import json
import re
from fractions import Fraction
from pathlib import Path
from statistics import mean

import numpy as np
import pytest

from tests import oracle

ROOT = Path(__file__).parent.parent
DATA = json.loads((ROOT / "cases" / "paper-figure-2" / "counts.json").read_text())


def tent(z: np.ndarray) -> oracle.Map:
    """w_out relu(w_in x + b_in) + b_out with its kinks found by hand, on the line."""
    w = [Fraction(1.0 + z[0]), Fraction(1.0 + z[1])]
    b = [Fraction(0.0 + z[2]), Fraction(-0.5 + z[3])]
    a = [Fraction(2.0 + z[4]), Fraction(-4.0 + z[5])]

    def value(x: Fraction) -> Fraction:
        return sum((a[i] * max(Fraction(0), w[i] * x + b[i]) for i in range(2)), Fraction(z[6]))

    kinks = sorted(-b[i] / w[i] for i in range(2))
    knots = [kinks[0] - 1, *kinks, kinks[1] + 1]
    slopes = (value(knots[0]) - value(knots[0] - 1), value(knots[-1] + 1) - value(knots[-1]))
    return oracle.make([(x, value(x)) for x in knots], slopes)


def naive_counts(maps: list[oracle.Map]) -> list[int]:
    """Pieces on [0, 1] of the first map, of the first two composed, ..."""
    composed, counts = maps[0], []
    for i, f in enumerate(maps):
        if i:
            composed = oracle.compose(f, composed)
        inside = [x for x, _ in oracle.canonical(composed).knots if 0 < x < 1]
        counts.append(len(inside) + 1)
    return counts


@pytest.mark.parametrize("seed", [*range(12), 500, 999])
def test_counts_are_those_of_naive_composition(seed: int) -> None:
    generator = np.random.default_rng(seed)
    tents = [tent(0.1 * generator.normal(size=7)) for _ in range(6)]
    assert DATA["fresh"][seed] == naive_counts(tents)
    assert DATA["shared"][seed] == naive_counts([tents[0]] * 6)


def test_there_are_a_thousand_draws_of_each() -> None:
    assert [len(DATA[name]) for name in ("shared", "fresh")] == [1000, 1000]
    assert all(len(row) == 6 for name in DATA for row in DATA[name])


@pytest.mark.parametrize("name", ["shared", "fresh"])
def test_the_page_says_what_the_counts_are(name: str) -> None:
    page = (ROOT / "docs" / "figure-2.md").read_text()
    columns = [[row[t] for row in DATA[name]] for t in range(6)]
    for what, expected in (
        ("median", [str(sorted(column)[500]) for column in columns]),
        ("mean", [f"{mean(column):.2f}" for column in columns]),
    ):
        row = re.search(rf"\| {name} noise, {what} \|(.*)\|", page)
        assert row is not None
        assert [cell.strip() for cell in row[1].split("|")] == expected
