"""prove, check, periods: the questions about one map."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from certify.cli.shared import (
    FILE,
    INVALID,
    UNDECIDED,
    UNSUPPORTED,
    Source,
    budgets,
    careful,
    map_source,
    max_level,
    progress,
    refuse_what_does_not_count,
)


@click.command()
@map_source
@click.option("-o", "--out", "out", metavar="CERT", type=FILE, help="Write the certificate to this file.")
@click.option("--json", "as_json", is_flag=True, help="Print verdict, reason and certificate as JSON.")
@max_level
@budgets
@click.option("--seed", metavar="N", type=click.IntRange(min=0), default=0, help="Of the search in several dimensions.")
@click.option("--entropy", is_flag=True, help="In several dimensions: search on for as much entropy as possible.")
@careful
def prove(
    source: Source, out: Path | None, as_json: bool, max_level: int, max_pieces: int, time_limit: float | None, seed: int,
    entropy: bool,
) -> None:  # fmt: skip
    """Decide whether MAP is chaotic: CHAOTIC, ORDERED or UNDECIDED, with a proof.

    The first line is the verdict, the next ones say why. The certificate has been replayed by the independent checker
    before anything is printed. Exit code 0 for CHAOTIC and ORDERED, 3 for UNDECIDED, 2 for bad input.

    A map of R^d, d > 1, is decided by a search for a horseshoe, which takes --seed, --entropy and --time-limit alone,
    and ends after 50 seconds where no limit is given; but one whose weights for x have rank one is a map of the line in
    disguise, and is decided as that.
    """
    from certify.artifact import save
    from certify.dimension.rank_one import reduction
    from certify.mapfile import is_spatial
    from certify.verdict import prove as decide

    with progress() as say, source.named():
        given = source.read().map
        searched = is_spatial(given) and not reduction(given)
        refuse_what_does_not_count(*(("max_level", "max_pieces") if searched else ("seed",)))
        verdict = decide(
            given,
            max_level=max_level,
            max_pieces=max_pieces,
            time_limit=time_limit,
            seed=seed,
            entropy=entropy,
            progress=say,
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

    if source.says_all:
        sys.exit(checker.main([str(source.path), str(cert_path)]))
    from certify.mapfile import document

    with source.named():
        content = document(source.read().map)
    outcome = checker.check(content, checker.read(str(cert_path)))
    click.echo(f"{outcome.status} {outcome.message}")
    sys.exit({"VALID": 0, "INVALID": INVALID}.get(outcome.status, UNSUPPORTED))


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

    MAP is a map of an interval or of the line, or one of R^d that is a map of the line in disguise: its weights for x have rank one.

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
