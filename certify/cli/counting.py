"""regions: exact counts of linear regions, laps, crossings and fixed points of iterates; the regions along a segment."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from certify.cli.shared import FILE, Source, careful, choices, numbers_of, progress, time_limit
from certify.errors import BudgetExceeded, InputError

if TYPE_CHECKING:
    from certify.counting import Count


@click.command()
@click.argument("map_paths", metavar="MAP...", nargs=-1, required=True, type=FILE)
@choices
@click.option("-t", "iterates", metavar="T", type=click.IntRange(min=1), help="Count for f, f², …, f^T.")
@click.option("--each", is_flag=True, help="The MAPs are f₁, …, f_T: count for f₁, f₂∘f₁, …, f_T∘…∘f₁.")
@click.option("--crossings", metavar="A,B", help="Also count the crossings of the interval [A, B].")
@click.option("--fixed-points", is_flag=True, help="Also count the fixed points of f^t.")
@click.option("--line", metavar="A B", nargs=2, help="List the regions on the segment between two points; -t: of f^T.")
@click.option("--no-list", is_flag=True, help="With --line: count the regions without listing them.")
@click.option("--plot", metavar="FILE", type=FILE, help="Draw the counts on a log scale (PNG, SVG or PDF).")
@click.option(
    "-o", "--out", "out", metavar="CERT", type=FILE, help="With -t: write a certificate of the linear regions."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON; with --line, one object on each line.")
@time_limit
@careful
def regions(
    map_paths: tuple[Path, ...],
    activation: str | None,
    output: str | None,
    domain: str | None,
    constant: str | None,
    iterates: int | None,
    each: bool,
    crossings: str | None,
    fixed_points: bool,
    line: tuple[str, str] | None,
    no_list: bool,
    plot: Path | None,
    out: Path | None,
    as_json: bool,
    time_limit: float | None,
) -> None:
    """Count the linear regions, the laps and (of a network) the activation regions of the iterates of MAP, exactly.

    A linear region is a maximal interval on which f^t is affine; laps are the sign changes of its slopes plus one; an
    activation region is a maximal interval on which every unit keeps its state in each of the t steps. Counts are
    integers of any size, found in time polynomial in T, without listing the regions.

    --line A B lists the regions of a network (of any number of inputs and outputs) or of a plrnn on the segment from A
    to B, whose coordinates are separated by commas, as a stream: each region is a maximal part of 0 <= t <= 1 with the
    exact line of every output. With -t T these are the regions of f^T, and the numbers of regions of f, f², …, f^T on the
    segment follow. --no-list gives the numbers alone.
    """
    sources = [Source(path, activation, output, domain, constant) for path in map_paths]
    if each == (iterates is not None or line is not None):
        raise click.UsageError("say -t T, --line A B or both of them; or --each")
    if len(sources) > 1 and not each:
        raise click.UsageError("several maps need --each")
    if out and (iterates is None or line is not None):
        raise click.UsageError("-o goes with -t T: a certificate is about the iterates of one map, not about a segment")
    if line is not None and (crossings or fixed_points or plot):
        raise click.UsageError("--crossings, --fixed-points and --plot go with -t T and not with --line")
    if no_list and line is None:
        raise click.UsageError("--no-list goes with --line")
    if line is not None:
        from certify.cli.along import along

        columns = along(sources[0], line, iterates, listed=not no_list, as_json=as_json, time_limit=time_limit)
        if as_json:
            if iterates is not None or no_list:
                click.echo(json.dumps(columns))
        elif iterates is not None:
            _table(columns)
        else:
            linear, patterns = (columns[name][0] for name in ("regions", "activation_regions"))
            click.echo(f"{linear} linear regions, {patterns} activation regions")
        return
    if each and fixed_points:
        raise click.UsageError("--fixed-points is about the iterates of one map")
    if plot:
        from certify.plot.canvas import require_suffix

        require_suffix(plot)
    rows = list(
        _limited(_counts(sources, each, crossings, fixed_points), len(sources) if each else iterates, time_limit)
    )
    if plot:
        _plot(rows, plot)
    if out and iterates is not None:
        _certify(sources[0], iterates, out)
    if as_json:
        click.echo(json.dumps(_columns(rows)))
    else:
        _table(_columns(rows))


def _counts(sources: list[Source], each: bool, crossings: str | None, fixed_points: bool) -> Iterator[Count]:
    from certify.counting import activation_breaks, iter_counts, iter_counts_of_sequence
    from certify.mapfile import exact_map
    from certify.network import Network

    interval = None if crossings is None else numbers_of("--crossings", crossings)
    if interval is not None and len(interval) != 2:
        raise InputError("--crossings", "two numbers A,B", repr(crossings))
    maps, breaks = [], []
    for source in sources:
        with source.named():
            given = exact_map(source.read().map)
            network = isinstance(given, Network)
            maps.append(given.to_piecewise_linear() if isinstance(given, Network) else given)
            breaks.append(activation_breaks(given) if isinstance(given, Network) else None)
            if not each:
                maps[0].require_self_map()
    if each:
        known = [b for b in breaks if b is not None]
        return iter_counts_of_sequence(
            maps, crossings=interval, activation_breaks=known if len(known) == len(maps) else None
        )
    return iter_counts(
        maps[0], crossings=interval, fixed_points=fixed_points, activation_breaks=breaks[0] if network else None
    )


def _limited(counts: Iterator[Count], last: int | None, time_limit: float | None) -> Iterator[Count]:
    """The first counts, with progress, unless the time runs out."""
    started = time.monotonic()
    with progress() as say:
        for count in counts:
            yield count
            say(f"t = {count.t}")
            if count.t == last:
                return
            if time_limit is not None and time.monotonic() - started > time_limit:
                raise BudgetExceeded(
                    f"the time limit of {time_limit:g} seconds (--time-limit) ran out at t = {count.t}"
                )


def _certify(source: Source, iterates: int, out: Path) -> None:
    from certify.artifact import save
    from certify.verdict import regions as certified

    with source.named():
        save(certified(source.read().map, iterates).certificate, out)


NAMES = ("regions", "laps", "activation_regions", "crossings", "fixed_points", "fixed_intervals")


def _columns(rows: list[Count]) -> dict[str, Any]:
    columns: dict[str, Any] = {"t": [row.t for row in rows]}
    for name in NAMES:
        if getattr(rows[0], name) is not None:
            columns[name] = [str(getattr(row, name)) for row in rows]
    return columns


def _table(columns: dict[str, Any]) -> None:
    """Counts, and the growth rate regions^(1/t) of their number, an upper bound of nothing but a help to the eye."""
    names = list(columns)[1:]
    cells = [["t", *(name.replace("_", " ") for name in names), "regions^(1/t)"]]
    for i, t in enumerate(columns["t"]):
        root = _root(int(columns["regions"][i]), t)
        cells.append([str(t), *(_short(columns[name][i]) for name in names), f"{root:.6f}"])
    widths = [max(len(line[j]) for line in cells) for j in range(len(cells[0]))]
    for line in cells:
        click.echo("  ".join(cell.rjust(width) for cell, width in zip(line, widths)))


def _short(digits: str) -> str:
    return digits if len(digits) <= 30 else f"{digits[:6]}…{digits[-6:]} ({len(digits)} digits)"


def _root(count: int, t: int) -> float:
    """count^(1/t), roughly; counts may be beyond doubles."""
    from math import exp, log

    return exp(log(count) / t)


def _plot(rows: list[Count], target: Path) -> None:
    from math import log10

    from certify.plot.canvas import save, style

    with style():
        from matplotlib.figure import Figure

        figure = Figure(figsize=(6, 4))
        axes = figure.subplots()
        columns = _columns(rows)
        for name, marker in zip(list(columns)[1:], "osd^vx"):
            points = [(t, log10(int(n))) for t, n in zip(columns["t"], columns[name]) if int(n)]
            if points:
                axes.plot(*zip(*points), marker=marker, markersize=3, label=name.replace("_", " "))
        axes.set(xlabel="t", ylabel="log10 of the count", title="Exact counts for the t-th iterate")
        axes.legend()
    save(figure, target)
