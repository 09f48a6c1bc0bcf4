"""How fast are theorems about random networks? The sweep's filter against grids that prove nothing.

    python -m tests.bench.sweep_bench [--json] [--draws N] [--turns T] [--widths 64,...] [--variances 2,64,...]

RNN(k, s2) of Chatziafratis et al. (2022), drawn in blocks as a sweep draws them. One process and one thread; each contestant draws its
own networks, and that is part of its time. The contestants take turns on the same block numbers, the garbage collector stands still while
a clock runs (that of the process), and a ratio is the median over the turns.

    sweep   draw, filter, and exact arithmetic for every network on which the filter abstains
    filter  the same without exact arithmetic: what it would be if nothing were left
    draws   drawing alone
    grid    the published rule on whole arrays: 163 points, sign changes of f - id and f^3 - id, all relu(x - b_i) in batched products
    sharp   the same rule, computed the fastest way known to us: sorted b, prefix sums, a table of cells in which a point is looked up
    loop    the published loop, one point at a time (grid.py); on a few networks
"""

from __future__ import annotations

import os

os.environ["OPENBLAS_NUM_THREADS"] = os.environ["OMP_NUM_THREADS"] = "1"

import time
from collections.abc import Callable
from functools import partial
from statistics import median
from typing import Any, NamedTuple

import numpy as np
from rich.console import Console
from rich.table import Table

from certify.numbers import rational
from certify.sweep.draws import block
from certify.sweep.exact import outcome
from certify.sweep.families import BLOCK, RNN
from certify.sweep.lines import decide_blocks
from certify.sweep.record import UNDECIDED
from tests.bench.figures import Line, options, print_json, seconds, show_goals
from tests.bench.grid import POINTS, Floats, called_chaotic

BLOCKS, TURNS, LOOPED = 16, 5, 40
"""Blocks of draws in a turn, turns, and networks that the loop gets in a turn."""
SEED = 1
CELLS = 256
"""Cells of the table in `sharp`."""


class Goal(NamedTuple):
    """At width 64 and this variance the sweep decides at least `least` times as many networks a second as `rival` guesses."""

    variance: str
    rival: str
    least: float


GOALS = (Goal("2", "grid", 5.0), Goal("2", "loop", 100.0), Goal("64", "grid", 1.0))


def called(f: Callable[[Floats], Any]) -> Any:
    """In which rows x - f^3(x) changes sign more often than x - f(x) on the grid."""
    x = np.linspace(0.0, 1.0, POINTS)[None, :]
    once = f(x)
    thrice = f(f(once))
    return crossings(x, thrice) > crossings(x, once)


def crossings(x: Floats, y: Floats) -> Any:
    """How often each row of y - x changes sign."""
    gap = y - x
    return np.count_nonzero(gap[:, 1:] * gap[:, :-1] < 0, axis=1)


def grid(a: Floats, b: Floats, batch: int = 4) -> Any:
    """Which networks the rule calls chaotic."""
    room = np.empty((batch, POINTS, a.shape[1]))
    return np.concatenate([_grid(a[i : i + batch], b[i : i + batch], room) for i in range(0, len(a), batch)])


def _grid(a: Floats, b: Floats, room: Floats) -> Any:
    def f(x: Floats) -> Any:
        hidden = room[: len(a)]
        np.subtract(x[:, :, None], b[:, None, :], out=hidden)
        np.maximum(hidden, 0.0, out=hidden)
        return np.clip((hidden @ a[:, :, None])[:, :, 0], 0.0, 1.0)

    return called(f)


def sharp(a: Floats, b: Floats, batch: int = 128) -> Any:
    """The same; b is sorted."""
    return np.concatenate([_sharp(a[i : i + batch], b[i : i + batch]) for i in range(0, len(a), batch)])


def _sharp(a: Floats, b: Floats) -> Any:
    n, k = a.shape
    slope, constant = np.zeros((n, k + 1)), np.zeros((n, k + 1))
    np.cumsum(a, axis=1, out=slope[:, 1:])
    np.cumsum(a * b, axis=1, out=constant[:, 1:])
    slope, constant = slope.ravel(), constant.ravel()
    knots = np.concatenate([b, np.full((n, 1), 2.0)], axis=1).ravel()
    row = np.arange(n)[:, None]
    cell = (b * CELLS).astype(np.intp) + row * (CELLS + 2) + 1
    counts = np.bincount(cell.ravel(), minlength=n * (CELLS + 2)).reshape(n, CELLS + 2)
    table = (counts.cumsum(axis=1) + row * (k + 1)).ravel()

    def f(x: Floats) -> Any:
        piece = table[(x * CELLS).astype(np.intp) + row * (CELLS + 2)]
        while (behind := knots[piece] < x).any():
            piece += behind
        return np.clip(slope[piece] * x - constant[piece], 0.0, 1.0)

    return called(f)


def contestants(cell: RNN, left: list[int]) -> dict[str, tuple[int, Callable[[list[int]], object]]]:
    """What is timed: the number of networks, and the run, which is given block numbers."""

    def draws(number: int) -> tuple[Floats, Floats]:
        a, b = block(cell, SEED, number)
        return a, b

    def each(decide: Callable[[Floats, Floats], object]) -> Callable[[list[int]], object]:
        return lambda numbers: [decide(*draws(number)) for number in numbers]

    def filtered(numbers: list[int]) -> Any:
        return decide_blocks(draws(number) for number in numbers)

    def sweep(numbers: list[int]) -> None:
        rows = np.flatnonzero(filtered(numbers)["verdict"] == UNDECIDED)
        for row in rows.tolist():
            number, i = divmod(row, BLOCK)
            outcome(cell.network(draws(numbers[number]), i))
        left.append(len(rows))

    def loop(numbers: list[int]) -> None:
        a, b = draws(numbers[0])
        for i in range(LOOPED):
            called_chaotic(np.ones(cell.width), -b[i], a[i])

    everything = BLOCKS * BLOCK
    return {
        "sweep": (everything, sweep),
        "filter": (everything, filtered),
        "draws": (everything, each(lambda a, b: None)),
        "grid": (everything // 4, lambda numbers: each(grid)(numbers[: BLOCKS // 4])),
        "sharp": (everything, each(sharp)),
        "loop": (LOOPED, loop),
    }


class Row(NamedTuple):
    """What was measured in one cell: microseconds a network, ratios to the sweep's, and networks that the filter left in a million."""

    width: int
    variance: str
    microseconds: dict[str, float]
    ratios: dict[str, float]
    left: float


def measure(width: int, variance: str, turns: int) -> Row:
    """Times the contestants in turns, each turn on other blocks."""
    left: list[int] = []
    timed = contestants(RNN(width, rational(variance)), left)
    times: dict[str, list[float]] = {name: [] for name in timed}
    for turn in range(turns + 1):
        numbers = list(range(turn * BLOCKS, (turn + 1) * BLOCKS))
        for name, (networks, run) in timed.items():
            taken = seconds(partial(run, numbers), time.process_time)
            if turn:  # the first one warms up
                times[name].append(1e6 * taken / networks)
    ratios = {
        name: median(other / own for other, own in zip(times[name], times["sweep"]))
        for name in ("grid", "sharp", "loop")
    }
    middle = {name: median(values) for name, values in times.items()}
    return Row(width, variance, middle, ratios, 1e6 * sum(left) / len(left) / BLOCKS / BLOCK)


def goals(rows: list[Row]) -> list[Line]:
    """Each goal with what was measured."""
    lines = []
    for variance, rival, least in GOALS:
        for row in rows:
            if (row.width, row.variance) == (64, variance):
                what = f"width 64, variance {variance}: the sweep at least {least:g} times as fast as {rival}"
                lines.append(Line(what, row.ratios[rival], "times", least, above=True))
    return lines


def show(rows: list[Row], lines: list[Line]) -> None:
    """The rows and the goals as tables."""
    names = list(rows[0].microseconds)
    table = Table(title="microseconds a network, median over the turns; networks a second; median ratios")
    for heading in ("k", "s2", *names, "sweep/s", "grid/sweep", "sharp/sweep", "loop/sweep", "left in 10^6"):
        table.add_column(heading, justify="right")
    for row in rows:
        figures = [f"{row.microseconds[name]:.3g}" for name in names]
        ratios = [f"{row.ratios[name]:.3g}" for name in ("grid", "sharp", "loop")]
        rate = f"{1e6 / row.microseconds['sweep']:,.0f}"
        table.add_row(str(row.width), row.variance, *figures, rate, *ratios, f"{row.left:.0f}")
    Console(width=150).print(table)
    show_goals(lines)


def main() -> None:
    """Measures and reports."""
    parser = options(__doc__)
    parser.add_argument(
        "--turns", type=int, default=TURNS, help=f"turns of {BLOCKS * BLOCK} networks (default {TURNS})"
    )
    parser.add_argument("--widths", default="64", help="widths, separated by commas")
    parser.add_argument("--variances", default="2,64", help="variances, separated by commas")
    given = parser.parse_args()
    rows = [
        measure(int(width), variance, given.turns)
        for width in given.widths.split(",")
        for variance in given.variances.split(",")
    ]
    if given.json:
        print_json(rows=rows, goals=goals(rows))
    else:
        show(rows, goals(rows))


if __name__ == "__main__":
    main()
