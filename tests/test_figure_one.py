"""The page on Fig. 1: the orbits again in Fractions, falls into the plateau again in fixed-point intervals, the page against the data."""

from __future__ import annotations

import json
import re
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

import certify

ROOT = Path(__file__).parent.parent
DATA = json.loads((ROOT / "cases" / "paper-figure-1" / "distances.json").read_text())
PAGE = (ROOT / "docs" / "figure-1.md").read_text()

POINTS = {"0": 3, "x": 4, "y": 5}
CONSTANTS = {
    "decimals": [Fraction(n, 10**7) for n in (19999000, 100, 5020000, 0, 1754210, 1754211)],
    "doubles": [Fraction(x) for x in (1.9999, 1e-5, 0.502, 0.0, 0.175421, 0.175421 + 1e-7)],
}
"""Slope, shift, kink, and the points 0, x, y."""


def image(x: Fraction, reading: str) -> Fraction:
    """f by cases."""
    slope, shift, kink = CONSTANTS[reading][:3]
    if x <= -shift:
        return Fraction(0)
    return slope * (x + shift) if x <= kink else (slope - 4) * x + slope * shift + 4 * kink


def test_the_oracle_has_the_map_of_the_case() -> None:
    f = certify.load(ROOT / "cases" / "paper-figure-1" / "map.json")
    assert isinstance(f, certify.Network)
    for x in ("-1", "-1/100000", "0", "1/3", "251/500", "3/5", "2"):
        assert f(x) == image(Fraction(x), "decimals")


@pytest.mark.parametrize("reading", CONSTANTS)
def test_the_distances_are_those_of_orbits_in_fractions(reading: str) -> None:
    x, y = CONSTANTS[reading][4:]
    for t, (distance, floats, wrong) in enumerate(
        zip(DATA[reading]["distance"], DATA["float64"], DATA[reading]["wrong"], strict=True)
    ):
        true = abs(x - y)
        assert distance == float(true), t
        assert wrong == float(abs(Fraction(floats) - true) / true), t
        last = (x, y)
        x, y = image(x, reading), image(y, reading)
    assert t == 150
    assert DATA[reading]["digits"] == max(len(str(point.denominator)) for point in last)


def test_the_float_distances_are_those_of_a_network_in_numpy() -> None:
    """The same sum of two rectified units, by another program."""
    points = np.array([0.175421, 0.175421 + 1e-7])
    for t in range(151):
        assert abs(points[0] - points[1]) == DATA["float64"][t]
        hidden = np.maximum(np.stack([points + 1e-5, points - 0.502]), 0.0)
        points = 1.9999 * hidden[0] + -4.0 * hidden[1]


def fall(reading: str, point: str) -> int:
    """The first step left of -shift; intervals of integers over 2^bits, which lose a bit a step, hold the orbit."""
    slope, shift, kink = CONSTANTS[reading][:3]
    p, q = slope.as_integer_ratio()
    bits = DATA[reading]["falls"][point] * 101 // 100 + 1000

    def units(value: Fraction) -> int:
        return (value.numerator << bits) // value.denominator

    low = units(CONSTANTS[reading][POINTS[point]])
    high, t = low + 1, 0
    while True:
        shift_low, kink_low = units(shift), units(kink)
        shift_high, kink_high = shift_low + 1, kink_low + 1
        for _ in range(64):
            if high + shift_high < 0:
                return t
            assert low + shift_low > 0, "open on which side of the plateau's end"
            if high <= kink_low:
                low, high = (low + shift_low) * p // q, (high + shift_high) * p // q + 1
            else:
                assert low >= kink_high, "open on which side of the kink"
                low, high = (
                    (high + shift_low) * p // q - 4 * (high - kink_low),
                    (low + shift_high) * p // q + 1 - 4 * (low - kink_high),
                )
            assert low <= high
            t += 1
        low, high, bits = low >> 60, (high >> 60) + 1, bits - 60


@pytest.mark.parametrize(("reading", "point"), [("decimals", "0"), ("doubles", "y")])
def test_falls_into_the_plateau(reading: str, point: str) -> None:
    """The two shortest; the others are the same computation with more steps."""
    assert fall(reading, point) == DATA[reading]["falls"][point]


@pytest.mark.parametrize("reading", CONSTANTS)
def test_what_the_page_says_about_scrambled_pairs(reading: str) -> None:
    falls = DATA[reading]["falls"]
    period, apart = falls["0"] + 1, abs(falls["x"] - falls["y"])
    assert apart % period != 0, "the points never meet on the cycle"
    for number in (*falls.values(), period, apart):
        assert f"{number:,}" in PAGE
    kink = CONSTANTS[reading][2]
    top = image(kink, reading)
    bottom = image(top, reading)
    assert bottom < -CONSTANTS[reading][1]
    if reading == "decimals":
        assert (top, bottom) == (Fraction("1.003969799"), Fraction("-0.0000199959799"))
    half = Fraction(1, 2)
    once = image(half, reading)
    assert image(image(once, reading), reading) < half < once


def test_the_table_and_the_figures_in_the_prose() -> None:
    rows = re.findall(r"^\| (\d+) \|(.*)\|$", PAGE, re.MULTILINE)
    assert len(rows) == 12
    for step, cells in rows:
        t = int(step)
        distances = [
            f"{values[t]:.6g}"
            for values in (DATA["decimals"]["distance"], DATA["doubles"]["distance"], DATA["float64"])
        ]
        errors = [f"{DATA[reading]['wrong'][t]:.1e}" for reading in CONSTANTS]
        assert [cell.strip() for cell in cells.split("|")] == distances + errors
    for reading in CONSTANTS:
        wrong, distance = DATA[reading]["wrong"], DATA[reading]["distance"]
        assert next(t for t in range(151) if wrong[t] > 0.1) == 50
        assert next(t for t in range(151) if distance[t] > 0.1) == 20
        assert f"{max(distance):.2g} ({reading})" in PAGE
        assert f"{DATA[reading]['digits']:,}" in PAGE
