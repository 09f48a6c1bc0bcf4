"""cycles: the exact cycles of a map, and the proof that there are no others."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from certify.cli.shared import (
    FILE,
    UNDECIDED,
    Source,
    budgets,
    careful,
    end,
    map_source,
    progress,
    refuse_what_does_not_count,
)

if TYPE_CHECKING:
    from fractions import Fraction

    from certify.decision.cycles import Cycles
    from certify.dimension.listing.exact import Cycle
    from certify.verdict import SpatialCycles


@click.command()
@map_source
@click.option(
    "--period",
    metavar="P",
    type=click.IntRange(min=1),
    required=True,
    help="The least period; in several dimensions, its divisors too.",
)
@click.option("--complete", is_flag=True, help="In several dimensions: all cycles, with a proof.")
@click.option("-o", "--out", "out", metavar="CERT", type=FILE, help="With --complete: write the certificate.")
@click.option("--seed", metavar="N", type=click.IntRange(min=0), default=0, help="Of the search in several dimensions.")
@click.option("--json", "as_json", is_flag=True, help="Print all that is found as JSON.")
@budgets
@careful
def cycles(
    source: Source,
    period: int,
    complete: bool,
    out: Path | None,
    seed: int,
    as_json: bool,
    max_pieces: int,
    time_limit: float | None,
) -> None:
    """All points of least period P of MAP, exactly: isolated points, and whole intervals of them.

    Of a piecewise-linear map of R^d: cycles whose least period divides P, exactly, each with its word and its stability. A
    search finds them, and may miss some; --complete finds all of them, with a certificate that there are no others. Exit code 3
    when that was not reached, and those found so far.
    """
    from certify.mapfile import is_spatial
    from certify.verdict import cycles as find
    from certify.verdict import spatial_cycles

    if complete and seed:
        raise click.UsageError("--seed goes with the search; --complete does not depend on it")
    with progress() as say, source.named():
        given = source.read().map
        if is_spatial(given):
            refuse_what_does_not_count("max_pieces")
            if out and not complete:
                raise click.UsageError("-o goes with --complete: a search proves nothing")
            found = spatial_cycles(given, period, complete=complete, time_limit=time_limit, seed=seed, progress=say)
        else:
            refuse_what_does_not_count("complete", "out", "seed")
            on_line = find(given, period, max_pieces=max_pieces, time_limit=time_limit)
    if not is_spatial(given):
        _show_line(on_line, as_json)
        return
    if out and found.certificate:
        from certify.artifact import save

        save(found.certificate, out)
    (_print_json if as_json else _show)(found)
    if out and found.certificate and not as_json:
        click.echo(f"Certificate: {out}")
    if complete and found.certificate is None:
        click.echo(f"not decided whether these are all: {found.reason}", err=True)
        sys.exit(UNDECIDED)


def _show(found: SpatialCycles) -> None:
    """A table, one row for each cycle."""
    from rich.console import Console
    from rich.table import Table

    if found.cycles:
        table = Table("least period", "eigenvalues, by the unit circle", "word", "first point")
        for cycle in found.cycles:
            point = ", ".join(map(_short, cycle.points[0]))
            table.add_row(str(cycle.period), _stability(cycle), _word(cycle), f"({point})")
        Console().print(table)
    many = f"{len(found.cycles)} cycle{'s' * (len(found.cycles) != 1)} whose least period divides {found.period}"
    click.echo(f"{many} found: {found.reason}" if found.certificate is None else found.certificate["claim"]["words"])


def _short(x: Fraction) -> str:
    """The number while it is short, else a few of its digits: --json has all of it."""
    from certify.numbers import approximately, rational

    return str(x) if len(str(x)) <= 17 else f"{approximately(rational(x))}…"


def _word(cycle: Cycle) -> str:
    return " ".join("".join(map(str, pattern)) for pattern in cycle.patterns)


def _stability(cycle: Cycle) -> str:
    if cycle.stability is None:
        return "at a kink: no derivative"
    counts = [("outside", cycle.stability.outside), ("on", cycle.stability.on), ("inside", cycle.stability.inside)]
    places = ", ".join(f"{number} {where}" for where, number in counts if number)
    return f"{cycle.stability.word}: {places}"


def _print_json(found: SpatialCycles) -> None:
    listed = []
    for cycle in found.cycles:
        content: dict[str, Any] = {"period": cycle.period, "word": _word(cycle)}
        content["points"] = [[str(x) for x in point] for point in cycle.points]
        if cycle.stability is None:
            content |= {"stability": "at a kink"}
        else:
            eigenvalues = {
                "outside": cycle.stability.outside,
                "on": cycle.stability.on,
                "inside": cycle.stability.inside,
            }
            polynomial = [str(c) for c in cycle.stability.polynomial]
            content |= {"stability": cycle.stability.word, "eigenvalues": eigenvalues, "polynomial": polynomial}
        listed.append(content)
    complete = found.certificate is not None
    content = {"period": found.period, "complete": complete, "cycles": listed}
    content |= {"certificate": found.certificate} if complete else {"reason": found.reason}
    click.echo(json.dumps(content, indent=2))


def _show_line(found: Cycles, as_json: bool) -> None:
    """The points of least period P of a map of the line."""
    from certify.numbers import rational, shown

    if as_json:
        content = {
            "period": found.period,
            "points": [str(x) for x in found.points],
            "intervals": [[end(a, "-inf"), end(b, "inf")] for a, b in found.intervals],
            "excluded": [str(x) for x in found.excluded],
            "orbits": [
                {"points": [str(x) for x in orbit.points], "itinerary": list(orbit.itinerary)} for orbit in found.orbits
            ],
        }
        click.echo(json.dumps(content, indent=2))
        return
    click.echo(
        f"{len(found.points)} isolated points and {len(found.intervals)} intervals of least period {found.period}"
    )
    for orbit in found.orbits:
        laps = " ".join(map(str, orbit.itinerary))
        click.echo(f"  {' → '.join(shown(rational(x)) for x in orbit.points)}   laps {laps}")
    for a, b in found.intervals:
        click.echo(f"  all of ({end(a, '-inf')}, {end(b, 'inf')})")
    if found.excluded:
        click.echo(f"  ends of intervals that have a smaller period: {', '.join(map(str, found.excluded))}")
