"""Counts for the paper's Fig. 2, exactly: writes cases/paper-figure-2/counts.json and draws docs/figure-2.svg (`make docs`)."""

from __future__ import annotations

import json
from pathlib import Path

import matplotlib as mpl
from matplotlib.figure import Figure

from certify import families
from certify.counting import counts_of_sequence

ROOT = Path(__file__).parent.parent
DATA = ROOT / "cases" / "paper-figure-2" / "counts.json"
DRAWS, DEPTH = 1000, 6


def regions(seed: int, shared: bool) -> list[int]:
    """Linear regions on [0, 1] of f_t ... f_1, t = 1, ..., 6: the same perturbed tent in each step, or a fresh one."""
    tents = [net.to_piecewise_linear() for net in families.perturbed_tents(seed, 1 if shared else DEPTH)]
    tents = tents * DEPTH if shared else tents
    return list(counts_of_sequence([tents[0].restrict(0, 1), *tents[1:]]).regions)


def draw(data: dict[str, list[list[int]]], target: Path) -> None:
    """The median and the quartiles over the draws for each depth, beside 2^t."""
    mpl.rcParams.update({"svg.hashsalt": "certify", "svg.fonttype": "none", "font.size": 9})
    figure = Figure(figsize=(7.2, 3.8))
    axes = figure.subplots()
    depths = range(1, DEPTH + 1)
    axes.plot(depths, [2**t for t in depths], color="0.6", linestyle=":", label="the tent itself: 2^t")
    for name, colour, label in (
        ("shared", "#c0392b", "one noise shared by all steps (recurrent)"),
        ("fresh", "#2471a3", "fresh noise in each layer (feed-forward)"),
    ):
        columns = [sorted(row[t] for row in data[name]) for t in range(DEPTH)]
        low, middle, high = ([column[len(column) * k // 4] for column in columns] for k in (1, 2, 3))
        axes.plot(depths, middle, color=colour, marker="o", markersize=4, label=label)
        axes.fill_between(depths, low, high, color=colour, alpha=0.15, linewidth=0)
    axes.set_yscale("log", base=2)
    axes.set(
        xlabel="depth t", ylabel="linear regions on [0, 1]", title="Median and quartiles of 1,000 draws, exact counts"
    )
    axes.legend(loc="upper left", frameon=False)
    figure.savefig(target, metadata={"Date": None}, bbox_inches="tight")


def main() -> None:
    """Counts anew, writes and draws."""
    data = {name: [regions(seed, name == "shared") for seed in range(DRAWS)] for name in ("shared", "fresh")}
    DATA.parent.mkdir(exist_ok=True)
    rows = ",\n".join(
        f' "{name}": [\n' + ",\n".join(f"  {json.dumps(row)}" for row in data[name]) + "]" for name in data
    )
    DATA.write_text("{\n" + rows + "\n}\n")
    draw(data, ROOT / "docs" / "figure-2.svg")
    for name, rows_of in data.items():
        columns = list(zip(*rows_of))
        print(
            name,
            "median",
            [sorted(c)[len(c) // 2] for c in columns],
            "mean",
            [round(sum(c) / len(c), 2) for c in columns],
        )


if __name__ == "__main__":
    main()
