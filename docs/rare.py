"""Writes docs/rare.csv, the ESTIMATES, and their table in docs/rare.md. Rows that are there are kept; the whole takes about an hour."""

from __future__ import annotations

import csv
from itertools import product
from pathlib import Path

from certify.numbers import Q
from certify.sweep.rare import EVENTS, Estimate, estimate

TARGET = Path(__file__).parent / "rare.csv"
PAGE = TARGET.with_suffix(".md")
CELLS = [*product((16, 64, 256), (2, 4)), (64, 8), (64, 16), *product((16, 64, 256), (1,))]
"""Width and variance. At the variances 8 and 16 sweeps meet the events, too: they show that the method works."""
SEED, PARTICLES, RUNS = 1, 1000, 8
MOVES = {1: 20, 2: 20, 4: 10, 8: 10, 16: 10}
"""Of each particle at each level, by the variance."""
COLUMNS = (
    "width",
    "variance",
    "event",
    "probability",
    "standard_error",
    "low",
    "high",
    "proved",
    "decided",
    "undecided",
)


def row(found: Estimate) -> list[str]:
    """An estimate as text, three significant digits."""
    numbers = (found.probability, found.standard_error, *found.interval)
    counts = (found.met, found.decided, found.undecided)
    return [str(found.width), str(found.variance), found.event, *(f"{x:.3g}" for x in numbers), *map(str, counts)]


def table(lines: list[list[str]]) -> str:
    """The estimates with their intervals, a line for each cell."""
    cells: dict[tuple[int, int], dict[str, str]] = {}
    for width, variance, event, probability, _, low, high, *_ in lines:
        cells.setdefault((int(variance), int(width)), {})[event] = f"{probability} ({low} … {high})"
    head = f"| σ² | k | {' | '.join(EVENTS)} |\n|---|---|{'---|' * len(EVENTS)}\n"
    rows = (
        f"| {variance} | {width} | {' | '.join(found.get(event, '') for event in EVENTS)} |\n"
        for (variance, width), found in sorted(cells.items())
    )
    return head + "".join(rows)


def main() -> None:
    """Adds the rows that are missing."""
    if not TARGET.exists():
        TARGET.write_text(",".join(COLUMNS) + "\n")
    with TARGET.open(newline="") as file:
        lines = list(csv.reader(file))[1:]
    done = {tuple(line[:3]) for line in lines}
    for (width, variance), event in product(CELLS, EVENTS):
        if (str(width), str(variance), event) not in done:
            moves = MOVES[variance]
            found = estimate(width, Q(variance), event, seed=SEED, particles=PARTICLES, moves=moves, runs=RUNS)
            lines.append(row(found))
            with TARGET.open("a", newline="") as file:
                csv.writer(file, lineterminator="\n").writerow(lines[-1])
    text = PAGE.read_text()
    start = text.index("| σ² |")
    PAGE.write_text(text[:start] + table(lines) + text[text.index("\n\n", start) + 1 :])


if __name__ == "__main__":
    main()
