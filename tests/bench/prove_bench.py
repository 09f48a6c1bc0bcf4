"""How fast is a proof? Prover and checker against a plain exact search, and against a grid that proves nothing.

    python -m tests.bench.prove_bench [--json] [--draws N] [--widths 16,64,...]

Random networks RNN(k, s2) of Chatziafratis et al. (2022), from float64 arrays in memory. The contestants take turns
on each draw (A B C A B C ...), the garbage collector stands still while a clock runs, a contestant's time on a draw
is its median over the turns, and a ratio is the median over the draws of the ratio on each draw, so that a slow
moment of the machine falls on all of them.

    decide   arrays -> network -> piecewise-linear map -> decision, the part of `prove` before anything is written down
    prove    arrays -> certificate, the checker's replay included
    check    the checker alone, on map and certificate as parsed JSON
    plain    arrays -> a point of period 3 or none, by `fractions.Fraction` (plain_fraction.py)
    grid     arrays -> the published rule on 163 points, in floats (grid.py)
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

import numpy as np
from rich.console import Console
from rich.table import Table

if not __package__:  # run as a file
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from certify import checker, prove
from certify.decision.budget import Budget
from certify.decision.decide import DEFAULT_LEVEL, decide
from certify.families import rnn_from_arrays
from certify.mapfile import document
from tests.bench import grid, plain_fraction
from tests.bench.figures import Line, options, print_json, seconds, show_goals

WIDTHS = (16, 64, 256, 1024, 10_000)
VARIANCES = (2.0, 16.0, 64.0)
DRAWS = 5
TURNS = 5
SLOW = 20.0
"""Seconds: a contestant that takes longer on its first turn at a width sits out the rest of that width."""

Times = dict[str, float]


class Goal(NamedTuple):
    """At width `width` (None: at every width) the ratio slower / faster is at least `least`."""

    slower: str
    faster: str
    width: int | None
    least: float


GOALS = (
    Goal("plain", "prove", 1024, 20.0),
    Goal("grid", "prove", None, 1.0),
    Goal("plain", "check", 1024, 4.0),
)
WIDE, WIDE_SECONDS = 10_000, 0.2
"""A width, and the seconds in which it is to be proved."""


class Row(NamedTuple):
    """What was measured at one width and variance: median seconds, and median ratios by "slower/faster"."""

    width: int
    variance: float
    chaotic: int
    draws: int
    seconds: Times
    ratios: dict[str, float]


def contestants(a: Any, b: Any) -> tuple[dict[str, Callable[[], object]], bool]:
    """What is timed on one draw, and whether the draw is chaotic."""
    verdict = prove(rnn_from_arrays(a, b))
    content = json.loads(json.dumps(document(rnn_from_arrays(a, b))))
    certificate = json.loads(json.dumps(verdict.certificate))
    ones, bias = np.ones(len(b)), -b

    def decision() -> object:
        return decide(rnn_from_arrays(a, b).to_piecewise_linear(), DEFAULT_LEVEL, Budget(), lambda _: None)

    timed: dict[str, Callable[[], object]] = {
        "decide": decision,
        "prove": lambda: prove(rnn_from_arrays(a, b)),
        "plain": lambda: plain_fraction.period_three(plain_fraction.network(a.tolist(), b.tolist())),
        "grid": lambda: grid.called_chaotic(ones, bias, a),
    }
    if certificate is not None:
        timed["check"] = lambda: checker.check(content, certificate)
    return timed, verdict.verdict == "CHAOTIC"


def measure(width: int, variance: float, draws: int, out: set[str]) -> Row:
    """Times all contestants on the same draws, in turns; names of those that are too slow go to `out`."""
    times: list[Times] = []
    chaotic = 0
    for seed in range(draws):
        generator = np.random.default_rng([width, int(variance), seed])
        a = generator.normal(0.0, math.sqrt(variance / width), width)
        b = generator.random(width)
        timed, found = contestants(a, b)
        chaotic += found
        turns: dict[str, list[float]] = {name: [] for name in timed}
        for _ in range(TURNS):
            for name, run in timed.items():
                if name not in out:
                    turns[name].append(seconds(run))
                    if turns[name][-1] > SLOW:
                        out.add(name)
        times.append({name: median(taken) for name, taken in turns.items() if taken})
    names = dict.fromkeys(name for taken in times for name in taken)
    ratios = {
        f"{slower}/{faster}": median(
            taken[slower] / taken[faster] for taken in times if {slower, faster} <= taken.keys()
        )
        for slower in ("plain", "grid")
        for faster in ("decide", "prove", "check")
        if any({slower, faster} <= taken.keys() for taken in times)
    }
    return Row(
        width,
        variance,
        chaotic,
        draws,
        {name: median(taken[name] for taken in times if name in taken) for name in names},
        ratios,
    )


def goals(rows: list[Row]) -> list[Line]:
    """Each goal with the worst figure among the rows that it speaks of."""
    lines: list[Line] = []
    for slower, faster, width, least in GOALS:
        ratios = [row.ratios.get(f"{slower}/{faster}") for row in rows if width in (None, row.width)]
        known = [ratio for ratio in ratios if ratio is not None]
        if known:
            where = "at every width" if width is None else f"at width {width}"
            goal = f"{faster} at least {least:g} times as fast as {slower} {where}"
            lines.append(Line(goal, min(known), "times", least, above=True))
    wide = [row.seconds["prove"] for row in rows if row.width == WIDE]
    if wide:
        lines.append(Line(f"width {WIDE} proved in less than {WIDE_SECONDS:g} s", max(wide), "s", WIDE_SECONDS))
    return lines


def show(rows: list[Row], lines: list[Line]) -> None:
    """The rows and the goals as tables."""
    table = Table(title="median milliseconds, and median ratios over the draws")
    for heading in ("k", "s2", "chaotic", "decide", "prove", "check", "plain", "grid"):
        table.add_column(heading, justify="right")
    pairs = ("plain/prove", "plain/check", "grid/prove", "plain/decide", "grid/decide")
    for heading in pairs:
        table.add_column(heading, justify="right")
    for row in rows:
        cells = [
            f"{1e3 * row.seconds[n]:.2f}" if n in row.seconds else "skipped"
            for n in ("decide", "prove", "check", "plain", "grid")
        ]
        ratios = [f"{row.ratios[pair]:.2f}" if pair in row.ratios else "" for pair in pairs]
        table.add_row(str(row.width), f"{row.variance:g}", f"{row.chaotic}/{row.draws}", *cells, *ratios)
    console = Console(width=150)
    console.print(table)
    console.print(f"skipped: more than {SLOW:g} s on the first turn, or nothing to check", style="dim")
    show_goals(lines)


def main() -> None:
    """Measures and reports."""
    parser = options(__doc__)
    parser.add_argument(
        "--draws", type=int, default=DRAWS, help=f"networks for each width and variance (default {DRAWS})"
    )
    parser.add_argument("--widths", default=",".join(map(str, WIDTHS)), help="widths, separated by commas")
    given = parser.parse_args()
    rows = []
    for width in map(int, given.widths.split(",")):
        out: set[str] = set()
        rows += [measure(width, variance, given.draws, out) for variance in VARIANCES]
    if given.json:
        print_json(rows=rows, goals=goals(rows))
    else:
        show(rows, goals(rows))


if __name__ == "__main__":
    main()
