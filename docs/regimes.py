"""Certified P(chaotic) of RNN(k, s2) against s2, for k = 16 ... 1024.

python docs/regimes.py DIRECTORY    sweeps all cells into DIRECTORY (an hour or more; it can be resumed), writes docs/regimes.csv
python docs/regimes.py              writes docs/regimes.md and docs/regimes.svg from docs/regimes.csv (`make docs`)
"""

from __future__ import annotations

import csv
import math
import subprocess
import sys
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Decimal
from pathlib import Path
from typing import NamedTuple

import matplotlib as mpl
from matplotlib.figure import Figure

DOCS = Path(__file__).parent
DATA, PAGE, PICTURE = (DOCS / f"regimes.{kind}" for kind in ("csv", "md", "svg"))

WIDTHS = (16, 64, 256, 1024)
RARE = ("1/(4*log(k))", "1", "2", "4")
COMMON = ("8", "16", "32", "64", "128", "256", "512", "1024")
DRAWS = {RARE: 1_000_000, COMMON: 100_000}
SWEEPS = (("rare", RARE), ("common", COMMON))
SEED = 1
COLUMNS = (
    *("family", "width", "variance", "seed", "draws", "chaotic", "chaotic_lower", "chaotic_upper"),
    *(
        "period3",
        "period3_lower",
        "period3_upper",
        "ordered",
        "undecided",
        "chaotic_by_level_and_n",
        "ordered_by_level",
    ),
)
"""Those of `table.csv` that depend on nothing but the draws."""
COLOURS = dict(zip(WIDTHS, ("#2471a3", "#1e8449", "#b9770e", "#c0392b")))


class Row(NamedTuple):
    """One cell: numbers of draws, and exact 95 % bounds for P(chaotic)."""

    width: int
    variance: float
    draws: int
    chaotic: int
    lower: Decimal
    upper: Decimal
    period3: int
    undecided: int

    @property
    def is_first_regime(self) -> bool:
        """Whether s2 = 1/(4 log k)."""
        return math.isclose(self.variance, 1 / (4 * math.log(self.width)))


def command(variances: tuple[str, ...], directory: str = "DIRECTORY") -> list[str]:
    """The sweep of all widths over these variances."""
    grid = ["--width", ",".join(map(str, WIDTHS)), "--variance", ",".join(variances)]
    return ["certify", "sweep", "rnn", *grid, "--draws", f"{DRAWS[variances]}", "--seed", f"{SEED}", "-o", directory]


def sweep(directory: Path) -> None:
    """Runs or resumes both sweeps and collects their tables."""
    lines: list[dict[str, str]] = []
    for name, variances in SWEEPS:
        target = directory / name
        again = ["certify", "sweep", "--resume", str(target)]
        started = (target / "sweep.json").exists()
        run = again if started else command(variances, str(target))
        subprocess.run([sys.executable, "-m", *run], check=True)
        with (target / "table.csv").open() as file:
            lines += [{key: row[key] for key in COLUMNS} for row in csv.DictReader(file)]
    with DATA.open("w") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(lines)


def read() -> list[Row]:
    """The rows of docs/regimes.csv."""
    with DATA.open() as file:
        return [
            Row(
                int(row["width"]),
                _double(row["variance"]),
                int(row["draws"]),
                int(row["chaotic"]),
                Decimal(row["chaotic_lower"]),
                Decimal(row["chaotic_upper"]),
                int(row["period3"]),
                int(row["undecided"]),
            )
            for row in csv.DictReader(file)
        ]


def _double(text: str) -> float:
    p, _, q = text.partition("/")
    return int(p) / int(q or 1)


def draw(rows: list[Row]) -> None:
    """P(chaotic) with its bounds, beside the bound 1/k of the first regime."""
    mpl.rcParams.update({"svg.hashsalt": "certify", "svg.fonttype": "none", "font.size": 9})
    figure = Figure(figsize=(7.2, 4.4))
    axes = figure.subplots()
    for width in WIDTHS:
        mine = sorted((row for row in rows if row.width == width), key=lambda row: row.variance)
        seen = [row for row in mine if row.chaotic]
        none = [row for row in mine if not row.chaotic]
        shares = [row.chaotic / row.draws for row in seen]
        bars = [
            [share - float(row.lower) for share, row in zip(shares, seen)],
            [float(row.upper) - share for share, row in zip(shares, seen)],
        ]
        style = {"color": COLOURS[width], "markersize": 4, "linewidth": 1}
        axes.errorbar([row.variance for row in seen], shares, bars, marker="o", label=f"k = {width}", **style)
        axes.plot(
            [row.variance for row in none], [float(row.upper) for row in none], "v", color=COLOURS[width], markersize=5
        )
        first = 1 / (4 * math.log(width))
        axes.plot([first], [1 / width], "_", color=COLOURS[width], markersize=14, markeredgewidth=2)
    axes.set_xscale("log", base=2)
    axes.set_yscale("log")
    axes.set(xlabel="σ²", ylabel="P(chaotic)", title="Certified share of chaotic networks in RNN(k, σ²)")
    axes.plot([], [], "v", color="0.4", label="none found: upper 95 % bound")
    axes.plot([], [], "_", color="0.4", markersize=14, markeredgewidth=2, label="1/k, Theorem 2.5, at σ² = 1/(4 log k)")
    axes.legend(loc="lower right", frameon=False)
    figure.savefig(PICTURE, metadata={"Date": None}, bbox_inches="tight")


def table(rows: list[Row]) -> str:
    """One line for each variance, one column for each width: the percentage with its bounds."""
    lines = ["| σ² | " + " | ".join(f"k = {width}" for width in WIDTHS) + " |", "|---" * (len(WIDTHS) + 1) + "|"]
    first = {row.width: _cell(row) for row in rows if row.is_first_regime}
    lines.append("| 1/(4 log k) | " + " | ".join(first[width] for width in WIDTHS) + " |")
    for variance in sorted({row.variance for row in rows if not row.is_first_regime}):
        cells = {row.width: _cell(row) for row in rows if row.variance == variance}
        lines.append(f"| {variance:g} | " + " | ".join(cells[width] for width in WIDTHS) + " |")
    return "\n".join(lines)


def _cell(row: Row) -> str:
    upper = percent(row.upper, ROUND_CEILING)
    if not row.chaotic:
        return f"none (≤ {upper} %)"
    share = percent(Decimal(row.chaotic) / row.draws, ROUND_HALF_EVEN)
    return f"{share} % ({percent(row.lower, ROUND_FLOOR)} to {upper})"


def percent(share: Decimal, rounding: str) -> str:
    """A share in per cent, with three digits."""
    value = 100 * share
    digits = max(0, 2 - value.adjusted())
    return f"{value.quantize(Decimal(1).scaleb(-digits), rounding)}"


def page(rows: list[Row]) -> str:
    """The text of docs/regimes.md."""
    draws = sum(row.draws for row in rows)
    undecided = sum(row.undecided for row in rows)
    chaotic, period3 = sum(row.chaotic for row in rows), sum(row.period3 for row in rows)
    middle = [row for row in rows if row.variance in (16, 32, 64)]
    missed = 1 - sum(row.period3 for row in middle) / sum(row.chaotic for row in middle)
    commands = "\n".join(" ".join(quoted(command(variances, name))) for name, variances in SWEEPS)
    return f"""# How often is RNN(k, σ²) chaotic?

RNN(k, σ²) is the map clip(Σ aᵢ relu(x − bᵢ), 0, 1) of [0, 1] with k units, aᵢ from N(0, σ²/k) and bᵢ uniform on [0, 1] (Chatziafratis,
Panageas, Sanford and Stavroulakis 2022). Here are {
        draws:,} draws of it, and of each it is **proved** whether it is chaotic; the number of
those that are not decided is {
        undecided:,}. The percentages are the shares of draws that are chaotic in the sense of Li and Yorke, with
exact 95 % bounds (Clopper and Pearson 1934) for the probability; where none was found there is the upper bound alone.

![Share of chaotic networks against the variance](regimes.svg)

{table(rows)}

What the numbers show, and what they do not:

- **The first regime.** For aᵢ from N(0, 1/(4 k log k)), that is σ² = 1/(4 log k), the paper's Theorem 2.5 says P(chaotic) ≤ 1/k. In
  {DRAWS[RARE]:,} draws for each width there is no chaotic one: the probability is at most {
        percent(max(row.upper for row in rows if row.is_first_regime), ROUND_CEILING)
    } %, far below 1/k (the dashes in the picture).
- **He initialisation**, σ² = 2: no chaotic draw in a million for any of these widths. By Theorem 2.4 P(chaotic) stays above some
  positive δ for all large k; the bound shows how small this δ must be. [A page of its own](rare.md) has more draws, and an estimate.
- **Chaos sets in between σ² = 4 and σ² = 64**, without a sharp edge at these widths: about one network in ten is chaotic at σ² = 64,
  and at σ² = 1024 one in four (k = 16) to two in five. From k = 64 on the width hardly matters up to σ² = 256.
- **Period three is not all of it.** Of the {chaotic:,} chaotic draws {
        period3:,} have a point of period 3; for σ² = 16 to 64 a count of
  period 3 alone misses {
        percent(Decimal(missed), ROUND_HALF_EVEN)
    } % of the chaotic ones. The column `chaotic_by_level_and_n` of
  [regimes.csv](regimes.csv) has the levels and the odd n at which chaos was proved.

The draws are those of two [sweeps](sweeps.md), so any of them can be drawn and proved again by its number:

```
{commands}
```

The table was made by a version that could spend half a minute on a single draw. Today a sweep leaves the few in a million whose cascades
are that deep UNDECIDED, and says how many; `certify prove` may still decide them one by one.

`python docs/regimes.py DIRECTORY` runs both and collects their tables in `docs/regimes.csv`; `make docs` makes this page and the picture
of that.

"""


def quoted(words: list[str]) -> list[str]:
    """A command as it is typed."""
    return [f"'{word}'" if "(" in word else word for word in words]


def main() -> None:
    """Sweeps where a directory is given; else writes the page and draws the picture."""
    if len(sys.argv) == 2:
        sweep(Path(sys.argv[1]))
    rows = read()
    draw(rows)
    PAGE.write_text(page(rows))


if __name__ == "__main__":
    main()
