"""report: the theorem that a certificate proves, with its proof, for people."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from certify.cli.shared import (
    FILE,
    UNDECIDED,
    UNSUPPORTED,
    Source,
    careful,
    map_source,
    progress,
    valid_certificate,
)

if TYPE_CHECKING:
    from certify.certificate import Certificate
    from certify.mapfile import Map


@click.command()
@map_source
@click.argument("cert_path", metavar="[CERT]", type=FILE, required=False)
@click.option(
    "--to",
    "language",
    type=click.Choice(["html", "latex", "markdown", "bibtex"]),
    default="html",
    show_default=True,
    help="What to write: a web page that can re-check itself, a LaTeX fragment, Markdown, or the references in BibTeX.",
)
@click.option(
    "--standalone", is_flag=True, help="With latex: a whole document, which takes its references from certify.bib."
)
@click.option("-o", "--out", "out", metavar="FILE", type=FILE, help="The file to write; stdout without it.")
@careful
def report(source: Source, cert_path: Path | None, language: str, standalone: bool, out: Path | None) -> None:
    """Write what the certificate CERT proves about MAP as a theorem with its proof, as an author would.

    The web page is one file that needs no network: proof, pictures, data, and a button that replays the certificate in the
    reader's browser. Opened as report.html#recheck it does so at once.

    Without CERT the map is decided first. The independent checker has found the certificate VALID before anything is
    written. Exit code 1 for a certificate that is INVALID, 3 when the map is not decided, 4 beyond the checker's limits.
    """
    from certify.artifact import write_whole
    from certify.errors import NoExport
    from certify.layout import json_text
    from certify.mapfile import document
    from certify.report.argument import argument
    from certify.report.html import html
    from certify.report.latex import latex
    from certify.report.markdown import markdown
    from certify.report.references import bibtex

    if standalone and language != "latex":
        raise click.UsageError("--standalone goes with --to latex")
    with source.named():
        read = source.read()
        given = read.map
        certificate = _proved(given) if cert_path is None else valid_certificate(given, cert_path)
    try:
        proof = argument(given, certificate)
    except NoExport as error:
        click.echo(f"{cert_path or source.path}: UNSUPPORTED {language}: {error}", err=True)
        sys.exit(UNSUPPORTED)
    write = {
        "html": lambda: html(given, certificate, json_text(document(given, read.name)), read.name),
        "latex": lambda: latex(proof, standalone),
        "markdown": lambda: markdown(proof),
        "bibtex": lambda: bibtex(proof.cited),
    }
    text = write[language]()
    if out is None:
        click.echo(text, nl=False)
    else:
        write_whole(out, text)


def _proved(given: Map) -> Certificate:
    """The certificate of a map that can be decided; otherwise the reason, and the end."""
    from certify.verdict import prove

    with progress() as say:
        verdict = prove(given, progress=say)
    if verdict.certificate is None:
        click.echo(f"not decided: {verdict.reason}", err=True)
        sys.exit(UNDECIDED)
    return verdict.certificate
