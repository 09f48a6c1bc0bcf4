"""entropy, growth: certified bounds of the topological entropy, and what one cycle implies."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from certify.cli.shared import FILE, Source, careful, map_source, numbers_of, progress, time_limit
from certify.errors import InputError

if TYPE_CHECKING:
    from certify.entropy.algebra import Algebraic


@click.command()
@map_source
@click.option(
    "--digits", metavar="D", type=click.IntRange(1, 1000), default=10, show_default=True, help="Digits to prove."
)
@click.option(
    "-o", "--out", "out", metavar="DIR", type=FILE, help="Write the certificates of both ends into this folder."
)
@click.option("--json", "as_json", is_flag=True, help="Print the enclosure as JSON.")
@click.option(
    "--max-nodes",
    metavar="N",
    type=click.IntRange(min=1),
    default=1_500,
    show_default=True,
    help="Intervals of a graph.",
)
@time_limit
@careful
def entropy(
    source: Source, digits: int, out: Path | None, as_json: bool, max_nodes: int, time_limit: float | None,
) -> None:  # fmt: skip
    """Enclose the topological entropy of MAP, with proof: exactly where it is known, else to D digits where the budget allows.

    Each end has a certificate that the independent checker has replayed: below, a covering graph with an integer vector;
    above, a transfer graph that bounds the laps of every iterate, a constant slope, or a mesh that proves order. On the
    line the entropy is the supremum of that on compact invariant sets.
    """
    from certify.verdict import entropy as enclose

    with progress() as say, source.named():
        found = enclose(source.read().map, digits, max_nodes=max_nodes, time_limit=time_limit, progress=say)
    result = found.entropy
    if out:
        _write(out, {"lower.json": found.lower, "upper.json": found.upper})
    lower, upper = result.text
    if as_json:
        content: dict[str, Any] = {"lower": lower, "upper": upper, "closed_form": result.closed_form}
        content["exact"] = None if result.exact is None else _algebraic(result.exact)
        content["reason"] = result.reason
        content["certificates"] = {"lower": found.lower, "upper": found.upper}
        click.echo(json.dumps(content, indent=2))
        return
    if result.closed_form:
        click.echo(f"h = {result.closed_form}")
    elif result.exact:
        click.echo(f"h = log r, r {result.exact}")
    click.echo(f"{lower} <= h <= {upper}")
    click.echo(result.reason)


def _algebraic(number: Algebraic) -> dict[str, Any]:
    return {
        "minimal_polynomial": [str(c) for c in number.polynomial],
        "interval": [str(end) for end in number.interval],
        "exp_h": str(number),
    }


def _write(folder: Path, files: dict[str, dict[str, Any] | None]) -> None:
    from certify.artifact import save

    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise InputError("output", "a folder that can be written", reason, str(folder)) from None
    for name, content in files.items():
        if content is not None:
            save(content, folder / name)


@click.command()
@map_source
@click.option("--points", metavar="X,Y,…", required=True, help="A periodic orbit, in the order in which f visits it.")
@click.option(
    "-t",
    "iterates",
    metavar="T",
    type=click.IntRange(min=1),
    default=10,
    show_default=True,
    help="Bounds for f, …, f^T.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the evidence as JSON.")
@careful
def growth(source: Source, points: str, iterates: int, as_json: bool) -> None:
    """What one cycle of MAP implies: its permutation, covering matrix and growth rate, and the laps that f^t then has at least.

    These are the bounds by which Chatziafratis, Nagarajan, Panageas and Wang (2020) and Sanford and Chatziafratis (2022)
    separate deep from shallow networks: the cycle's own growth rate beside the one that its period alone gives.
    """
    from certify.decision.budget import Budget
    from certify.entropy.cycle_growth import cycle_growth
    from certify.verdict import piecewise_linear

    with source.named():
        found = cycle_growth(piecewise_linear(source.read().map, Budget()), numbers_of("--points", points))
    laps = found.laps(iterates)
    if as_json:
        content = {
            "period": found.period,
            "points": [str(x) for x in found.points],
            "permutation": list(found.permutation),
            "itinerary": list(found.itinerary),
            "matrix": [list(row) for row in found.matrix],
            "growth": _algebraic(found.growth),
            "period_bound": _algebraic(found.period_bound),
            "increasing": found.increasing,
            "laps_at_least": [str(n) for n in laps],
            "crossings_at_least": [[str(n) for n in row] for row in found.crossings(iterates)],
        }
        click.echo(json.dumps(content, indent=2))
        return
    click.echo(f"a cycle of least period {found.period}; permutation {' '.join(str(i) for i in found.permutation)}")
    click.echo(f"laps visited: {' '.join(map(str, found.itinerary))}")
    click.echo(f"growth of its own covering matrix: {found.growth}")
    click.echo(f"growth that its period alone gives: {found.period_bound}")
    click.echo(f"f^t has at least so many laps, t = 1, …, {iterates}: {', '.join(map(str, laps))}")
