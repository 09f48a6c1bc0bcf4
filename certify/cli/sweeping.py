"""sweep: certified statistics over random networks."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from certify.cli.shared import FILE, INTERRUPTED, INVALID, UNDECIDED, careful, progress
from certify.errors import InputError

if TYPE_CHECKING:
    from certify.sweep.families import Cell
    from certify.sweep.run import Spread
    from certify.sweep.spec import Sweep
    from certify.sweep.store import Store

FAMILIES = ("rnn", "1-he", "he-he", "he-uniform", "normal-truncated", "glorot-glorot")
RARE = {"2-cycle": "2-cycle", "chaotic": "chaotic", "period-3": "period 3"}

LAW = {"family", "width", "seed", "variance", "activation", "clipped", "layers"}
USED = {
    "sweep": LAW | {"draws", "out", "as_json", "processes", "scheduler"},
    "--only": LAW | {"only", "out", "as_json"},
    "--rare": {"family", "width", "variance", "seed", "rare", "particles", "as_json"},
    "--resume": {"resume", "as_json", "processes", "scheduler"},
    "--recheck": {"recheck", "sample", "seed", "as_json"},
}
"""The parameters that each use of the command takes; any other is refused, none is ignored."""


@click.command()
@click.argument("family", required=False, type=click.Choice(FAMILIES), metavar="[FAMILY]")
@click.option("--width", metavar="K[,…]", help="Units in a hidden layer; several make a grid.")
@click.option(
    "--variance", metavar="S[,…]", help="rnn: the variance σ², exactly, or 1/(4*log(k)); several make a grid."
)
@click.option("--activation", type=click.Choice(["relu", "tanh"]), default="relu", show_default=True, help="Tables.")
@click.option("--clip/--no-clip", "clipped", default=False, show_default=True, help="Tables: clip to [0, 1].")
@click.option(
    "--layers", type=click.IntRange(2, 3), default=2, show_default=True, help="Tables: with the output layer."
)
@click.option("--draws", metavar="N", type=click.IntRange(min=1), help="Networks drawn in each cell.")
@click.option("--seed", metavar="S", type=click.IntRange(min=0), default=0, show_default=True, help="The seed.")
@click.option("-o", "--out", "out", metavar="DIR", type=FILE, help="A new directory for table, witnesses and journal.")
@click.option("--json", "as_json", is_flag=True, help="Print a line of JSON for each cell.")
@click.option("--processes", metavar="P", type=click.IntRange(min=1), help="Processes to use.  [default: all cores]")
@click.option(
    "--scheduler", metavar="URL", help="Use the workers of this Dask scheduler, tcp://…, instead of processes."
)
@click.option("--resume", metavar="DIR", type=FILE, help="Continue the sweep in DIR.")
@click.option("--recheck", metavar="DIR", type=FILE, help="Prove a random sample of the draws in DIR once more.")
@click.option(
    "--sample", metavar="M", type=click.IntRange(min=1), default=100, show_default=True, help="--recheck: how many."
)
@click.option(
    "--only", metavar="I", type=click.IntRange(min=0), help="Draw I alone: its verdict; map and certificate to -o."
)
@click.option("--rare", type=click.Choice(list(RARE)), help="rnn: an ESTIMATE of a probability too small to count.")
@click.option(
    "--particles", type=click.IntRange(min=10), default=1000, show_default=True, help="--rare: networks in each run."
)
@click.pass_context
@careful
def sweep(context: click.Context, **options: Any) -> None:
    """Certified statistics over random networks: how many are CHAOTIC, have period 3, are ORDERED.

    FAMILY is rnn, RNN(k, σ²), or a row of the paper's tables: 1-he, he-he, he-uniform, normal-truncated, glorot-glorot. Every
    draw is decided with a proof: in doubles with a proven error bound, or else exactly. The counts come with exact 95 % bounds,
    for which a draw that is UNDECIDED counts as either.

    \b
    certify sweep rnn --width 16,64 --variance 1/4,2,64 --draws 100000 --seed 1 -o DIR
    certify sweep --resume DIR        continue after an interruption
    certify sweep --recheck DIR       prove a sample again, exactly, and have it checked
    certify sweep rnn --width 64 --variance 2 --seed 1 --only 12345 -o DIR2

    Exit code 130 when interrupted, 1 when --recheck finds a disagreement, 3 when the draw of --only is not decided.
    """
    os.environ.setdefault(
        "OPENBLAS_NUM_THREADS", "1"
    )  # before numpy is loaded: draws go to processes, products are small
    use = _use(context)
    if use == "--recheck":
        _recheck(options["recheck"], options["sample"], options["seed"], options["as_json"])
    elif use == "--only":
        _only(_cells(options), options["seed"], options["only"], options["out"], options["as_json"])
    elif use == "--rare":
        _rare(_cells(options), options["seed"], options["rare"], options["particles"], options["as_json"])
    else:
        _sweep(options)


def _use(context: click.Context) -> str:
    """Which of the uses the parameters ask for. Raises `InputError` for a parameter that this use does not take."""
    given = [
        parameter
        for parameter in context.command.params
        if context.get_parameter_source(str(parameter.name)) is not ParameterSource.DEFAULT
    ]
    names = {parameter.name for parameter in given}
    use = next((f"--{name}" for name in ("recheck", "resume", "only", "rare") if name in names), "sweep")
    family = context.params["family"]
    used, what = USED[use], use
    if "family" in used:
        if family is None:
            raise InputError("FAMILY", f"one of {', '.join(FAMILIES)}", "none")
        if unused := names & ({"activation", "clipped", "layers"} if family == "rnn" else {"variance"}):
            used, what = used - unused, family
    for parameter in given:
        if parameter.name not in used:
            name = parameter.opts[0] if isinstance(parameter, click.Option) else "FAMILY"
            raise InputError(name, f"nothing of the kind for {what}", "one")
    return use


def _cells(options: dict[str, Any]) -> tuple[Cell, ...]:
    from certify.sweep.spec import grid

    if options["width"] is None:
        raise InputError("--width", "the number of units in a hidden layer", "none")
    if options["family"] == "rnn" and options["variance"] is None:
        raise InputError("--variance", "the variance σ²", "none")
    try:
        widths = [int(width) for width in options["width"].split(",")]
    except ValueError:
        raise InputError("--width", "whole numbers separated by commas", repr(options["width"])) from None
    variances = (options["variance"] or "").split(",")
    return grid(options["family"], widths, variances, options["activation"], options["clipped"], options["layers"])


def _sweep(options: dict[str, Any]) -> None:
    from concurrent.futures.process import BrokenProcessPool

    from certify.sweep.run import run
    from certify.sweep.table import rows

    directory = options["resume"] or options["out"]
    spread = _spread(options["processes"], options["scheduler"])
    try:
        made, store = _made(options)
        done = sum(tally.draws for tally in store.tallies) if store else 0
        with _bar(len(made.cells) * made.draws, done) as advance:
            tallies = run(made, spread, store, advance)
    except (KeyboardInterrupt, BrokenProcessPool) as error:
        what = "interrupted" if isinstance(error, KeyboardInterrupt) else "a process of the pool died"
        rest = f"certify sweep --resume {directory} continues" if directory else "nothing was written"
        click.echo(f"certify: {what}; {rest}", err=True)
        sys.exit(INTERRUPTED)
    found = rows(made, tallies)
    if options["as_json"]:
        for row in found:
            click.echo(json.dumps(row))
        return
    _show(found)
    if directory:
        click.echo(f"\nWritten to {directory}; to prove a sample again: certify sweep --recheck {directory}")


def _spread(processes: int | None, scheduler: str | None) -> Spread:
    """Where the chunks are computed."""
    from certify.sweep import cluster, pool

    if scheduler is None:
        return partial(pool.in_order, processes=processes or os.cpu_count() or 1)
    if processes is not None:
        raise InputError("--processes", "nothing of the kind with --scheduler", "one")
    return partial(cluster.in_order, address=scheduler)


def _made(options: dict[str, Any]) -> tuple[Sweep, Store | None]:
    """The sweep that is asked for, new or begun, and where it is written."""
    from certify.sweep.spec import Sweep
    from certify.sweep.store import Store

    if options["resume"]:
        store = Store.resume(options["resume"])
        return store.sweep, store
    cells = _cells(options)
    if options["draws"] is None:
        raise InputError("--draws", "the number of networks in each cell", "none")
    made = Sweep(cells, options["draws"], options["seed"])
    return made, Store.create(options["out"], made) if options["out"] else None


@contextmanager
def _bar(draws: int, done: int) -> Iterator[Callable[[int], None]]:
    """A bar on stderr with the rate and the time left, on a terminal only."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda _: None
        return
    rate = TextColumn("{task.fields[rate]}")
    with Progress(BarColumn(), MofNCompleteColumn(), rate, TimeRemainingColumn(), console=console) as bar:
        task = bar.add_task("", total=draws, completed=done, rate="")

        def advance(more: int) -> None:
            bar.advance(task, more)
            speed = bar.tasks[task].speed
            bar.update(task, rate=f"{speed:,.0f} draws/s" if speed else "")

        yield advance


def _show(found: list[dict[str, Any]]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False, padding=(0, 3, 0, 0))
    for heading in ("cell", "draws", "chaotic", "period 3", "ordered", "undecided"):
        table.add_column(heading, justify="left" if heading == "cell" else "right")
    for row in found:
        counts = [
            f"{row[name]:,}\n{row[f'{name}_lower']} … {row[f'{name}_upper']}"
            for name in ("chaotic", "period3", "ordered")
        ]
        table.add_row(_name(row), f"{row['draws']:,}", *counts, f"{row['undecided']:,}")
    Console(width=None if sys.stdout.isatty() else 140).print(table)


def _name(row: dict[str, Any]) -> str:
    """The cell in a few words."""
    if row["family"] == "rnn":
        from certify.numbers import rational, shown

        return f"RNN({row['width']}, {shown(rational(row['variance']), 20)})"
    clip = ", clipped" if row["clipped"] else ""
    return f"{row['family']}, {row['activation']}, width {row['width']}, {row['layers']} layers{clip}"


def _only(cells: tuple[Cell, ...], seed: int, draw: int, out: Path | None, as_json: bool) -> None:
    from certify.artifact import save
    from certify.sweep.families import document
    from certify.sweep.recheck import prove_again
    from certify.sweep.store import make_directory

    if len(cells) > 1:
        raise InputError("--only", "a single cell", f"{len(cells)}")
    network, verdict = prove_again(cells[0], seed, draw)
    if out:
        make_directory(out)
        save(network, out / "map.json", f"{_name(document(cells[0]))}, seed {seed}, draw {draw}")
        if verdict.certificate:
            save(verdict.certificate, out / "certificate.json")
    if as_json:
        content = {"verdict": verdict.verdict, "reason": verdict.reason, "certificate": verdict.certificate}
        click.echo(json.dumps({"draw": draw} | content))
    else:
        click.echo(verdict.explain())
    if verdict.certificate is None:
        sys.exit(UNDECIDED)


def _rare(cells: tuple[Cell, ...], seed: int, event: str, particles: int, as_json: bool) -> None:
    from certify.sweep.families import RNN, document
    from certify.sweep.rare import estimate

    for cell in cells:
        if not isinstance(cell, RNN):
            raise InputError("--rare", "the family rnn", cell.family)
        with progress() as say:
            tell = partial(_tell_run, say)
            found = estimate(cell.width, cell.variance, RARE[event], seed=seed, particles=particles, progress=tell)
        if as_json:
            click.echo(json.dumps(found.document()))
            continue
        (low, high), runs = found.interval, len(found.runs)
        click.echo(
            f"{_name(document(cell))}: P({found.event}) is about {found.probability:.2g}; ESTIMATE, not certified"
        )
        click.echo(f"  {low:.2g} … {high:.2g} with nominally 95 % confidence, by {runs} runs of {particles:,} networks")
        click.echo(
            f"  {found.met:,} of the {found.decided:,} networks that these end with are proved to have the event"
        )


def _tell_run(say: Callable[[str], None], run: int) -> None:
    say(f"run {run + 1} is done")


def _recheck(directory: Path, sample: int, seed: int, as_json: bool) -> None:
    from dataclasses import asdict

    from certify.sweep.recheck import recheck

    found = recheck(directory, sample, seed)
    if as_json:
        click.echo(json.dumps(asdict(found)))
    else:
        counts = ", ".join(f"{count} {verdict}" for verdict, count in found.sampled.items())
        click.echo(f"proved again: {counts}")
        for line in found.disagreements:
            click.echo(f"disagreement: {line}")
        for line in found.not_confirmed:
            click.echo(f"not confirmed: {line}")
        if not found.disagreements and not found.not_confirmed:
            click.echo("all agree")
    if found.disagreements:
        sys.exit(INVALID)
    if found.not_confirmed:
        sys.exit(UNDECIDED)
