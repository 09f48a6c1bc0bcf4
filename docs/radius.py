"""Certified radii of 100 chaotic networks: writes cases/paper-radius/radii.json and draws docs/radius.svg (`make docs`)."""

from __future__ import annotations

import json
from fractions import Fraction
from itertools import count
from pathlib import Path
from statistics import median
from typing import Any

import matplotlib as mpl
from matplotlib.figure import Figure

import certify
from certify import families

ROOT = Path(__file__).parent.parent
DATA = ROOT / "cases" / "paper-radius" / "radii.json"
WIDTH, VARIANCE, NETWORKS = 64, 64.0, 100
MEASURES = ("absolute", "relative")

Row = dict[str, Any]


def of(network: certify.Network) -> Row:
    """The radii of a network by both measures, as exact text."""
    row: Row = {}
    for weights in MEASURES:
        found = certify.radius(network, weights)
        proof = found.certificate or {}
        row[weights] = {
            "radius": found.radius and str(found.radius),
            "upper": found.upper and str(found.upper),
            **{key: proof[key] for key in ("x", "n", "level") if proof},
        }
    return row


def measure() -> dict[str, Any]:
    """The perturbed tent, and RNN(64, 64) for the first seeds that make it chaotic."""
    tent = certify.load(ROOT / "cases" / "paper-perturbed-tent" / "map.json")
    assert isinstance(tent, certify.Network)
    rows: list[Row] = []
    for seed in count():
        network = families.rnn(WIDTH, VARIANCE, seed)
        if certify.prove(network).verdict == "CHAOTIC":
            rows.append({"seed": seed, **of(network)})
        if len(rows) == NETWORKS:
            return {"tent": of(tent), "networks": rows}
    raise AssertionError("count() does not end")


def values(rows: list[Row], weights: str, key: str) -> list[float]:
    """The numbers of all networks that have one."""
    return [float(Fraction(row[weights][key])) for row in rows if row[weights][key]]


def ratios(rows: list[Row], weights: str) -> list[float]:
    """Upper bound over radius."""
    pairs = [(row[weights]["upper"], row[weights]["radius"]) for row in rows]
    return [float(Fraction(upper) / Fraction(radius)) for upper, radius in pairs if upper and radius]


def table(rows: list[Row]) -> list[list[str]]:
    """The lines of the page's table: what it is, then the least, the median and the greatest for both measures."""
    lines = []
    for name, numbers in (
        ("radius", lambda weights: values(rows, weights, "radius")),
        ("upper bound", lambda weights: values(rows, weights, "upper")),
        ("upper bound / radius", lambda weights: ratios(rows, weights)),
    ):
        columns = [numbers(weights) for weights in MEASURES]
        lines.append([name, *(f"{f(column):.2g}" for column in columns for f in (min, median, max))])
    return lines


def draw(rows: list[Row], target: Path) -> None:
    """For each network, from the certified radius up to the distance of an ordered network; networks by radius."""
    mpl.rcParams.update({"svg.hashsalt": "certify", "svg.fonttype": "none", "font.size": 9})
    figure = Figure(figsize=(7.2, 3.6))
    for axes, weights in zip(figure.subplots(1, 2, sharey=True), MEASURES):
        chosen = [row[weights] for row in rows if row[weights]["radius"] and row[weights]["upper"]]
        pairs = sorted((float(Fraction(row["radius"])), float(Fraction(row["upper"]))) for row in chosen)
        places = range(1, len(pairs) + 1)
        low, high = zip(*pairs)
        axes.vlines(places, low, high, color="0.85", linewidth=1.2)
        axes.plot(places, low, "o", color="#c0392b", markersize=2.5, label="certified radius: all within are chaotic")
        axes.plot(places, high, "o", color="#2471a3", markersize=2.5, label="upper bound: an ordered network")
        axes.set_yscale("log")
        axes.set(xlabel=f"{len(pairs)} networks, by radius", title=f"{weights} changes of the weights")
    figure.axes[0].set_ylabel("ε")
    figure.legend(
        *figure.axes[0].get_legend_handles_labels(),
        loc="lower center",
        ncol=2,
        frameon=False,
        bbox_to_anchor=(0.5, -0.08),
    )
    figure.savefig(target, metadata={"Date": None}, bbox_inches="tight")


def main() -> None:
    """Measures anew, writes, draws, and prints what the page says."""
    data = measure()
    DATA.parent.mkdir(exist_ok=True)
    rows = ",\n".join(f"  {json.dumps(row)}" for row in data["networks"])
    DATA.write_text(f'{{\n "tent": {json.dumps(data["tent"])},\n "networks": [\n{rows}\n ]\n}}\n')
    draw(data["networks"], ROOT / "docs" / "radius.svg")
    print(json.dumps(data["tent"]))
    for line in table(data["networks"]):
        print("| " + " | ".join(line) + " |")


if __name__ == "__main__":
    main()
