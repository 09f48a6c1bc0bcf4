"""crosscheck: which of another tool's results are true."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from certify.cli.shared import FILE, INVALID, Source, budgets, careful, map_source, number_of, progress

if TYPE_CHECKING:
    from certify.crosscheck.finding import Report

COLOURS = {"CONFIRMED": "green", "REFUTED": "red", "UNDECIDED": "yellow"}


@click.command()
@map_source
@click.argument("claims_path", metavar="CLAIMS", type=FILE)
@click.option("--tolerance", metavar="E", help="Of a CLAIMS file .csv, an orbit: how far its points may be off.")
@click.option("--json", "as_json", is_flag=True, help="Print the findings with all facts and certificates as JSON.")
@budgets
@careful
def crosscheck(
    source: Source, claims_path: Path, tolerance: str | None, as_json: bool, max_pieces: int, time_limit: float | None,
) -> None:  # fmt: skip
    """Check what other tools say of MAP: cycles, orbits, counts, knots, chaos, bounds of entropy and exponents.

    CLAIMS is a JSON file of claims (docs/claims-format.md), or a CSV file with one orbit. Each claim is CONFIRMED, REFUTED
    by an exact fact, or UNDECIDED. Exit code 0 when nothing is refuted, 1 otherwise, 2 for bad input.
    """
    from certify.crosscheck.check import crosscheck as check
    from certify.crosscheck.files import read_claims

    allowed = None if tolerance is None else number_of("--tolerance", tolerance)
    claims = read_claims(claims_path, allowed)
    with progress() as say, source.named():
        report = check(source.read().map, claims, max_pieces=max_pieces, time_limit=time_limit, progress=say)
    if as_json:
        click.echo(json.dumps(report.document(), indent=2))
    else:
        _table(report)
    if report.having("REFUTED"):
        sys.exit(INVALID)


def _table(report: Report) -> None:
    """One row for each claim, and a line with the totals."""
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    table = Table("", "claim", "status", "why")
    for i, finding in enumerate(report):
        note = f"\n{escape(finding.claim.note)}" if finding.claim.note else ""
        colour = COLOURS[finding.status]
        table.add_row(str(i), finding.claim.type + note, f"[{colour}]{finding.status}", escape(finding.reason))
    Console().print(table)
    totals = (f"{len(report.having(status))} {status}" for status in ("CONFIRMED", "REFUTED", "UNDECIDED"))
    click.echo(", ".join(totals))
