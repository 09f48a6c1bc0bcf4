"""Draws the pictures of the README and the docs from the certificates in cases/: `make docs`."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import matplotlib as mpl
import matplotlib.pyplot as plt

import certify

ROOT = Path(__file__).parent.parent


def cobweb(case: str, target: Path) -> None:
    """The graph of the map, the diagonal, the exact orbit of period 3 and the witness of a case's certificate."""
    loaded = certify.load(ROOT / "cases" / case / "map.json")
    f = loaded.to_piecewise_linear() if isinstance(loaded, certify.Network) else loaded
    proof = json.loads((ROOT / "cases" / case / "certificate.json").read_text())
    cycle = [Fraction(x) for x in proof["period_three"]]
    orbit = [Fraction(x) for x in proof["orbit"]]
    lo, hi = -0.1, 1.15
    knots = [Fraction(lo), *(x for x, _ in f.knots if lo < x < hi), Fraction(hi)]

    mpl.rcParams.update({"svg.hashsalt": "certify", "svg.fonttype": "none", "font.size": 9})
    figure, axes = plt.subplots(figsize=(7.2, 4.2))
    axes.plot([lo, hi], [lo, hi], color="0.7", linewidth=0.8)
    axes.plot([float(x) for x in knots], [float(f(x)) for x in knots], color="black", linewidth=1.4, label="f, exactly")
    for points, colour, style, label in (
        ([*cycle, cycle[0]], "#c0392b", "-", "orbit of least period 3"),
        (orbit, "#2471a3", "--", f"x = {orbit[0]}: f³(x) < x < f(x)"),
    ):
        steps = [(x, y) for a, b in zip(points, points[1:]) for x, y in ((a, b), (b, b))]
        path = [(points[0], points[0]), *steps]
        axes.plot(*zip(*((float(x), float(y)) for x, y in path)), style, color=colour, linewidth=1, label=label)
    axes.set(
        xlim=(lo, hi), ylim=(lo, hi), xlabel="x", ylabel="f(x)", title="CHAOTIC: a saved recurrent network of the paper"
    )
    axes.legend(loc="upper left", frameon=False)
    figure.savefig(target, metadata={"Date": None}, bbox_inches="tight")
    plt.close(figure)


if __name__ == "__main__":
    cobweb("paper-perturbed-tent", ROOT / "docs" / "verdict.svg")
