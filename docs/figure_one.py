"""The two orbits of the paper's Fig. 1, exactly: writes cases/paper-figure-1/distances.json and draws docs/figure-1.svg (`make docs`)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.figure import Figure

from certify.numbers import Z

ROOT = Path(__file__).parent.parent
DATA = ROOT / "cases" / "paper-figure-1" / "distances.json"
STEPS = 150


@dataclass(frozen=True)
class Reading:
    """f(x) = slope relu(x + shift) - 4 relu(x - kink) and the two points, as exact numbers."""

    slope: Fraction
    shift: Fraction
    kink: Fraction
    x: Fraction
    y: Fraction

    def image(self, x: Fraction) -> Fraction:
        """f(x)."""
        return self.slope * max(x + self.shift, Fraction(0)) - 4 * max(x - self.kink, Fraction(0))


READINGS = {
    "decimals": Reading(*map(Fraction, ("1.9999", "0.00001", "0.502", "0.175421", "0.1754211"))),
    "doubles": Reading(*map(Fraction, (1.9999, 1e-5, 0.502, 0.175421, 0.175421 + 1e-7))),
}
"""What the constants of the notebook may mean: the decimals as they are written, or the doubles that a program makes of them."""

BITS = {
    "decimals": {"0": 110_000, "x": 660_000, "y": 300_000},
    "doubles": {"0": 150_000, "x": 440_000, "y": 120_000},
}
"""Enough for `fall`: a step costs one bit."""


def true_orbit(reading: Reading, x: Fraction) -> list[Fraction]:
    """x, f(x), ..., f^150(x)."""
    orbit = [x]
    for _ in range(STEPS):
        orbit.append(reading.image(orbit[-1]))
    return orbit


def float_orbit(x: float) -> list[float]:
    """The same by a program in doubles."""
    orbit = [x]
    for _ in range(STEPS):
        x = 1.9999 * max(x + 1e-5, 0.0) - 4 * max(x - 0.502, 0.0)
        orbit.append(x)
    return orbit


def fall(reading: Reading, x: Fraction, bits: int) -> int | None:
    """The first t with f^t(x) < -shift, where f is 0: so f^(t + 1)(x) = 0 exactly. None if the bits do not reach so far.

    The point is kept as an integer over 2^bits with a bound of its error; bits that the error has eaten are dropped on the way.
    """
    a, scale = Z(reading.slope.numerator), Z(reading.slope.denominator)
    point, shift, kink = (Z((q.numerator << bits) // q.denominator) for q in (x, reading.shift, reading.kink))
    error, t = 1, 0  # in units of 2^-bits; those of shift and kink are below 1
    while bits > 128:
        raised, beyond = point + shift, point - kink
        if raised < -error - 1:
            return t
        if raised <= error + 1 or abs(beyond) <= error + 1:
            return None  # on which side of a knot the point lies is open
        point = raised * a // scale
        if beyond > 0:
            point -= 4 * beyond
        error = error * 20002 // 10000 + 12  # the slopes are below 2.0002, and the roundings add less than 8
        t += 1
        if error >> 64:
            point, shift, kink = point >> 32, shift >> 32, kink >> 32
            error, bits = (error >> 32) + 2, bits - 32
    return None


def data() -> dict[str, Any]:
    """Distances and their float counterparts, as the nearest doubles; and when the orbits of 0, x and y fall into the plateau."""
    x, y = float_orbit(0.175421), float_orbit(0.175421 + 1e-7)
    found: dict[str, Any] = {"float64": [abs(a - b) for a, b in zip(x, y)]}
    for name, reading in READINGS.items():
        pairs = list(zip(true_orbit(reading, reading.x), true_orbit(reading, reading.y)))
        found[name] = {
            "distance": [float(abs(a - b)) for a, b in pairs],
            "wrong": [float(abs(Fraction(d) / abs(a - b) - 1)) for d, (a, b) in zip(found["float64"], pairs)],
            "digits": max(len(str(point.denominator)) for point in pairs[-1]),
            "falls": {
                point: fall(reading, start, BITS[name][point])
                for point, start in (("0", Fraction(0)), ("x", reading.x), ("y", reading.y))
            },
        }
    return found


def draw(found: dict[str, Any], target: Path) -> None:
    """The true and the float distance above, and below how far the latter is off."""
    mpl.rcParams.update({"svg.hashsalt": "certify", "svg.fonttype": "none", "font.size": 9})
    figure = Figure(figsize=(7.2, 5.2))
    distance, error = figure.subplots(2, 1, sharex=True)
    steps = range(STEPS + 1)
    distance.plot(
        steps, found["decimals"]["distance"], color="black", linewidth=1.2, label="true, the constants as decimals"
    )
    distance.plot(steps, found["float64"], color="#c0392b", linewidth=0.9, label="in float64")
    distance.set(yscale="log", ylabel="|fᵗ(x) − fᵗ(y)|", title="The paper's Fig. 1, exactly and in float64")
    for name, colour, style in (("decimals", "black", "-"), ("doubles", "#2471a3", "--")):
        wrong = [w or None for w in found[name]["wrong"]]
        error.plot(steps, wrong, style, color=colour, linewidth=0.9, label=f"the constants as {name}")
    error.axhline(0.1, color="0.6", linestyle=":", linewidth=0.9, label="10 %")
    error.set(yscale="log", xlabel="step t", ylabel="relative error of float64")
    for axes in (distance, error):
        axes.legend(loc="lower right", frameon=False)
    figure.savefig(target, metadata={"Date": None}, bbox_inches="tight")


def main() -> None:
    """Computes anew, writes and draws; about half a minute."""
    found = data()
    DATA.write_text(json.dumps(found, indent=1) + "\n")
    draw(found, ROOT / "docs" / "figure-1.svg")
    for name in READINGS:
        wrong = found[name]["wrong"]
        print(name, found[name]["digits"], next(t for t, w in enumerate(wrong) if w > 0.1), found[name]["falls"])


if __name__ == "__main__":
    main()
