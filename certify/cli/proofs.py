"""export, verify-coq: certificates for other provers, and the Coq kernel's answer."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from certify.cli.shared import (
    BAD_INPUT,
    FILE,
    INVALID,
    UNDECIDED,
    UNSUPPORTED,
    Source,
    careful,
    choices,
    progress,
    valid_certificate,
)

MAX_BYTES = 64_000_000


@click.command()
@click.argument("cert_path", metavar="CERT", type=FILE)
@click.option("--map", "map_path", metavar="MAP", type=FILE, required=True, help="The map that CERT is about.")
@choices
@click.option("--to", "language", type=click.Choice(["coq", "smt2"]), required=True, help="The language to write.")
@click.option("-o", "--out", "out", metavar="FILE", type=FILE, help="The file to write; stdout without it.")
@click.option("--machine-integers", is_flag=True, help="With coq: compute faster, with more to trust.")
@careful
def export(
    cert_path: Path,
    map_path: Path,
    activation: str | None,
    output: str | None,
    domain: str | None,
    constant: str | None,
    language: str,
    out: Path | None,
    machine_integers: bool,
) -> None:
    """Write the claim of the certificate CERT for another prover, once the independent checker has found it VALID.

    coq: the map as data, the claim, and a proof by computation; `certify verify-coq` has it checked by the Coq kernel.

    smt2: the negation of the claim in QF_LRA: a solver that says `unsat` proves the claim.

    Both are for exact maps; docs/guarantees.md lists what has which form. Exit code 1 for a certificate that is INVALID, 4
    where it is beyond the checker or has no such form.
    """
    from certify.artifact import write_whole
    from certify.errors import NoExport
    from certify.export.coq import coq
    from certify.export.smt2 import smt2

    if machine_integers and language != "coq":
        raise click.UsageError("--machine-integers goes with --to coq")
    source = Source(map_path, activation, output, domain, constant)
    with source.named():
        read = source.read()
    proof = valid_certificate(read.map, cert_path)
    try:
        text = smt2(read.map, proof) if language == "smt2" else coq(read.map, proof, read.name, machine_integers)
    except NoExport as error:
        click.echo(f"{cert_path}: UNSUPPORTED {language}: {error}", err=True)
        sys.exit(UNSUPPORTED)
    if out is None:
        click.echo(text, nl=False)
    else:
        write_whole(out, text)


@click.command("verify-coq")
@click.argument("path", metavar="FILE", type=FILE)
@click.option("--map", "map_path", metavar="MAP", type=FILE, help="The map file that FILE is to be about.")
@click.option(
    "--time-limit",
    metavar="S",
    type=click.FloatRange(min=0, min_open=True),
    default=600,
    show_default=True,
    help="Seconds that coqc may take for FILE.",
)
@careful
def verify_coq(path: Path, map_path: Path | None, time_limit: float) -> None:
    """Have the Coq kernel check FILE, which `certify export --to coq` wrote.

    FILE is read back first and must have exactly the exported form; with --map, every number in it is compared with the
    map file (a JSON map file, such as `certify convert` writes). Then coqc compiles it, with the theories of this package,
    which are compiled once for each user and version of Coq. The proof may rest on the three axioms of Coq's real numbers
    and on nothing else (but for --machine-integers: its primitives).

    The first word is ACCEPTED (exit code 0) or REFUSED (1). Without coqc, or when the time is over, nothing is decided (3).
    """
    from certify import checker
    from certify.errors import InputError
    from certify.kernel import verify
    from certify.kernel.compare import NoMap
    from certify.kernel.coqc import NoCoq

    text = _content(path).decode("ascii", "replace")
    given = sha256 = None
    if map_path is not None:
        if map_path.suffix.lower() != ".json":
            raise InputError("--map", "a JSON map file (certify convert writes one)", str(map_path))
        given = _content(map_path)
    try:
        if map_path is not None:
            sha256 = checker.map_sha256(checker.read(str(map_path)))
        with progress() as say:
            verification = verify(text, given, sha256, time_limit, say)
    except (NoMap, checker.Unreadable, checker.Beyond) as error:
        click.echo(f"{map_path}: {error}", err=True)
        sys.exit(BAD_INPUT)
    except NoCoq as error:
        click.echo(f"not decided: {error}", err=True)
        sys.exit(UNDECIDED)
    click.echo(f"{'ACCEPTED' if verification.accepted else 'REFUSED'} {verification.message}")
    for fact in verification.facts:
        click.echo(fact)
    if not verification.accepted:
        sys.exit(INVALID)


def _content(path: Path) -> bytes:
    """The bytes of a file. Raises `InputError`."""
    from certify.errors import InputError

    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        raise InputError("file", "a readable file", str(getattr(error, "strerror", error)).lower(), str(path)) from None
    if len(data) > MAX_BYTES:
        raise InputError("file", f"at most {MAX_BYTES} bytes", "more", str(path))
    return data
