"""prove, check, cycles, periods: the questions about one map."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from certify.cli.shared import (
    FILE,
    INVALID,
    UNDECIDED,
    UNSUPPORTED,
    Source,
    budgets,
    careful,
    end,
    map_source,
    max_level,
    progress,
)
from certify.errors import InputError

if TYPE_CHECKING:
    from certify.mapfile import Map


@click.command()
@map_source
@click.option("-o", "--out", "out", metavar="CERT", type=FILE, help="Write the certificate to this file.")
@click.option("--json", "as_json", is_flag=True, help="Print verdict, reason and certificate as JSON.")
@max_level
@budgets
@click.option("--seed", metavar="N", type=click.IntRange(min=0), default=0, help="Of the search in several dimensions.")
@careful
def prove(
    source: Source, out: Path | None, as_json: bool, max_level: int, max_pieces: int, time_limit: float | None, seed: int,
) -> None:  # fmt: skip
    """Decide whether MAP is chaotic: CHAOTIC, ORDERED or UNDECIDED, with a proof.

    The first line is the verdict, the next ones say why. The certificate has been replayed by the independent checker
    before anything is printed. Exit code 0 for CHAOTIC and ORDERED, 3 for UNDECIDED, 2 for bad input.

    A map of R^d, d > 1, is decided by a search for a horseshoe, which takes --seed and --time-limit alone.
    """
    from certify.artifact import save
    from certify.mapfile import is_spatial
    from certify.verdict import prove as decide

    with progress() as say, source.named():
        given = source.read().map
        _refuse_what_does_not_count(("max_level", "max_pieces") if is_spatial(given) else ("seed",), given)
        verdict = decide(
            given, max_level=max_level, max_pieces=max_pieces, time_limit=time_limit, seed=seed, progress=say
        )
    if out and verdict.certificate:
        save(verdict.certificate, out)
    if as_json:
        orbit = verdict.period_three
        content = {
            "verdict": verdict.verdict,
            "reason": verdict.reason,
            "period_three": [str(x) for x in orbit] if orbit else None,
            "certificate": verdict.certificate,
        }
        click.echo(json.dumps(content, sort_keys=True, indent=2))
    else:
        click.echo(verdict.explain())
        if out and verdict.certificate:
            click.echo(f"Certificate: {out}")
    if verdict.certificate is None:
        sys.exit(UNDECIDED)


def _refuse_what_does_not_count(names: tuple[str, ...], given: Map) -> None:
    """Raises `InputError` where one of these options was given: it means nothing for this map."""
    from certify.mapfile import is_spatial

    context = click.get_current_context()
    for name in names:
        if context.get_parameter_source(name) is not ParameterSource.DEFAULT:
            what = "one dimension" if is_spatial(given) else "several dimensions"
            raise InputError(f"--{name.replace('_', '-')}", "no such option for this map", f"one for maps of {what}")


@click.command()
@map_source
@click.argument("cert_path", metavar="CERT", type=FILE)
@careful
def check(source: Source, cert_path: Path) -> None:
    """Replay the certificate CERT for MAP with the independent checker.

    The first word is VALID (exit code 0), INVALID (1) or UNSUPPORTED (4). The same file runs alone, without this package:
    python -I -S certify/checker.py MAP.json CERT
    """
    from certify import checker
    from certify.mapfile import document

    if source.says_all:
        sys.exit(checker.main([str(source.path), str(cert_path)]))
    with source.named():
        content = document(source.read().map)
    outcome = checker.check(content, checker.read(str(cert_path)))
    click.echo(f"{outcome.status} {outcome.message}")
    sys.exit({"VALID": 0, "INVALID": INVALID}.get(outcome.status, UNSUPPORTED))


@click.command()
@map_source
@click.option("--period", metavar="P", type=click.IntRange(min=1), required=True, help="The least period.")
@click.option("--json", "as_json", is_flag=True, help="Print points and intervals as JSON.")
@budgets
@careful
def cycles(
    source: Source, period: int, as_json: bool, max_pieces: int, time_limit: float | None,
) -> None:  # fmt: skip
    """All points of least period P of MAP, exactly: isolated points, and whole intervals of them."""
    from certify.numbers import rational, shown
    from certify.verdict import cycles as find

    with source.named():
        found = find(source.read().map, period, max_pieces=max_pieces, time_limit=time_limit)
    if as_json:
        content = {
            "period": period,
            "points": [str(x) for x in found.points],
            "intervals": [[end(a, "-inf"), end(b, "inf")] for a, b in found.intervals],
            "excluded": [str(x) for x in found.excluded],
            "orbits": [
                {"points": [str(x) for x in orbit.points], "itinerary": list(orbit.itinerary)} for orbit in found.orbits
            ],
        }
        click.echo(json.dumps(content, indent=2))
        return
    click.echo(f"{len(found.points)} isolated points and {len(found.intervals)} intervals of least period {period}")
    for orbit in found.orbits:
        laps = " ".join(map(str, orbit.itinerary))
        click.echo(f"  {' → '.join(shown(rational(x)) for x in orbit.points)}   laps {laps}")
    for a, b in found.intervals:
        click.echo(f"  all of ({end(a, '-inf')}, {end(b, 'inf')})")
    if found.excluded:
        click.echo(f"  ends of intervals that have a smaller period: {', '.join(map(str, found.excluded))}")


@click.command()
@map_source
@click.option("--up-to", metavar="N", type=click.IntRange(min=1), required=True, help="The largest period to ask for.")
@click.option("--json", "as_json", is_flag=True, help="Print the sets as JSON.")
@budgets
@careful
def periods(
    source: Source, up_to: int, as_json: bool, max_pieces: int, time_limit: float | None,
) -> None:  # fmt: skip
    """Which of 1, …, N are least periods of MAP, and what Sharkovsky's order forces beyond N.

    Exit code 3 when some of them are not decided within the budget.
    """
    from certify.verdict import periods as find

    with source.named():
        found = find(source.read().map, up_to, max_pieces=max_pieces, time_limit=time_limit)
    if as_json:
        content = {
            "up_to": up_to,
            "present": list(found.present),
            "absent": list(found.absent),
            "undecided": list(found.undecided),
            "forced_beyond": found.beyond,
        }
        click.echo(json.dumps(content, indent=2))
    else:
        for name, values in (("present", found.present), ("absent", found.absent), ("not decided", found.undecided)):
            click.echo(f"{name}: {', '.join(map(str, values)) or 'none'}")
        click.echo(f"beyond {up_to}: {found.beyond}")
    if found.undecided:
        sys.exit(UNDECIDED)
