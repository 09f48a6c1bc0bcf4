"""What the benchmarks share: clocks, figures with goals, and how they are shown."""

from __future__ import annotations

import argparse
import gc
import json
import platform
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from statistics import median
from typing import Any, NamedTuple

import numpy as np
from rich.console import Console
from rich.table import Table


@contextmanager
def collector_off() -> Iterator[None]:
    """The garbage collector collects now, and not until the block ends."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def seconds(run: Callable[[], object], clock: Callable[[], float] = time.perf_counter) -> float:
    """The time of one run."""
    with collector_off():
        start = clock()
        run()
        return clock() - start


def middle(run: Callable[[], object], turns: int, clock: Callable[[], float] = time.perf_counter) -> float:
    """The median time of a run."""
    return median(seconds(run, clock) for _ in range(turns))


class Line(NamedTuple):
    """One figure; `goal` is a bound that it must stay below, or, where `above`, reach. Lines without a goal inform."""

    name: str
    measured: float
    unit: str
    goal: float | None = None
    above: bool = False

    @property
    def met(self) -> bool | None:
        """Whether the goal is met, if there is one."""
        if self.goal is None:
            return None
        return self.measured >= self.goal if self.above else self.measured < self.goal


def show(lines: Iterable[Line], title: str) -> None:
    """The figures as a table."""
    table = Table(title=title)
    for heading in ("figure", "measured", "", "goal", ""):
        table.add_column(heading, justify="left" if heading == "figure" else "right")
    for line in lines:
        goal = "" if line.goal is None else f"{'>=' if line.above else '<'} {line.goal:g}"
        met = {None: "", True: "met", False: "NOT MET"}[line.met]
        table.add_row(line.name, f"{line.measured:.3g}", line.unit, goal, met)
    Console(width=130).print(table)


def show_goals(lines: Iterable[Line]) -> None:
    """A line for each goal, for the end of a table of another shape."""
    for line in lines:
        Console(width=150).print(f"{'met    ' if line.met else 'NOT MET'} {line.name}: {line.measured:.3g}")


def print_json(**rows: Iterable[Any]) -> None:
    """Rows, which are named tuples, as JSON, with the machine on which they were measured."""
    machine = {"python": platform.python_version(), "numpy": np.__version__, "machine": platform.machine()}
    tables = {
        name: [row._asdict() | ({"met": row.met} if isinstance(row, Line) else {}) for row in table]
        for name, table in rows.items()
    }
    print(json.dumps({"machine": machine, **tables}, indent=2))


def options(description: str | None) -> argparse.ArgumentParser:
    """The command line of a benchmark."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="the same figures as JSON")
    return parser


def report(description: str | None, title: str, turns: int, *parts: Callable[[int], list[Line]]) -> None:
    """Reads the command line, measures the parts in so many turns and shows their figures."""
    parser = options(description)
    parser.add_argument("--turns", type=int, default=turns, help=f"runs of each, whose median counts (default {turns})")
    given = parser.parse_args()
    lines = [line for part in parts for line in part(given.turns)]
    if given.json:
        print_json(figures=lines)
    else:
        show(lines, title)
