"""The command line. Verdicts and data go to stdout, errors and progress to stderr.

Exit codes: 0 success (CHAOTIC, ORDERED, VALID, ACCEPTED), 1 INVALID or REFUSED, 2 bad input or usage, 3 not decided,
4 UNSUPPORTED, 130 interrupted.
"""

from __future__ import annotations

import click

from certify import __version__
from certify.cli.counting import regions
from certify.cli.crosschecking import crosscheck
from certify.cli.cycling import cycles
from certify.cli.deciding import check, periods, prove
from certify.cli.enclosing import enclose_orbit, radius
from certify.cli.entropy import entropy, growth
from certify.cli.maps import convert, family, info
from certify.cli.plotting import plot, plot_family
from certify.cli.proofs import export, verify_coq
from certify.cli.reporting import report
from certify.cli.rounding import rounding
from certify.cli.sweeping import sweep


def _version(context: click.Context, _: click.Parameter, value: bool) -> None:
    if value:
        import platform

        import numpy

        from certify.numbers import backend

        python = f"Python {platform.python_version()}"
        click.echo(f"certify {__version__}\n{backend()}, numpy {numpy.__version__}, {python}")
        context.exit()


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option(
    "--version", is_flag=True, expose_value=False, is_eager=True, callback=_version, help="Show the versions and exit."
)
def main() -> None:
    """Is this network chaotic? Answers with proofs.

    MAP is a map file (.json), or saved weights: .pt, .pth, .safetensors, .npz, .onnx. Weights alone do not say everything:
    --activation, --output and --domain do.
    """


for command in (
    prove,
    check,
    cycles,
    periods,
    regions,
    entropy,
    growth,
    radius,
    enclose_orbit,
    crosscheck,
    rounding,
    sweep,
    export,
    report,
    plot,
    plot_family,
    verify_coq,
    info,
    convert,
    family,
):
    main.add_command(command)
