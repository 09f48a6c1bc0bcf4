"""plot, plot-family: pictures of a map, and of a family of maps over its parameter."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from certify.cli.shared import (
    FILE,
    UNDECIDED,
    Source,
    careful,
    map_source,
    max_level,
    max_pieces,
    numbers_of,
    progress,
    valid_certificate,
)
from certify.errors import InputError

if TYPE_CHECKING:
    from certify.mapfile import Map
    from certify.numbers import Q

picture = click.option(
    "-o", "--out", "out", metavar="FILE", type=FILE, required=True, help="The picture: .png, .svg or .pdf."
)


@click.command()
@map_source
@picture
@click.option("--iterates", metavar="T,…", default="1", show_default=True, help="Draw f^T for each T.")
@click.option("--orbit", metavar="X", help="Draw the orbit of X as a cobweb; in R^d of X1,…,Xd as points.")
@click.option(
    "--steps", metavar="N", type=click.IntRange(min=1), help="Of the orbit.  [default: 20; in several dimensions 5000]"
)
@click.option(
    "--certificate", "cert_path", metavar="CERT", type=FILE, help="Draw what CERT shows, once the checker accepts it."
)
@click.option("--window", metavar="LO,HI", help="The square to draw; the domain without it.")
@click.option("--coordinates", metavar="I,J", default="1,2", show_default=True, help="Of a map of R^d: which to draw.")
@careful
def plot(
    source: Source,
    out: Path,
    iterates: str,
    orbit: str | None,
    steps: int | None,
    cert_path: Path | None,
    window: str | None,
    coordinates: str,
) -> None:
    """Draw the graph of MAP and of its iterates with the diagonal. Of a map of R^d, an orbit in two coordinates.

    Of a piecewise-linear map corners, orbits and witnesses are computed exactly; of a graph of more than 4,000 pieces some points
    are shown, and the picture says so. Of a smooth network, and of a box, a band is drawn that is proved to hold the graph.
    Of a map of the line the window holds the core, the knots and the fixed points.

    An orbit in several dimensions is computed in doubles and proves nothing; --certificate adds the blocks of the proof.

    Exit code 1 for a certificate that is INVALID, 4 beyond the checker's limits.
    """
    from certify.mapfile import is_spatial
    from certify.plot.canvas import require_suffix, save
    from certify.plot.graph import graph
    from certify.plot.plane import STEPS, plane

    require_suffix(out)
    times = _integers("--iterates", iterates, "positive integers separated by commas, such as 1,2,3")
    pair = _integers("--coordinates", coordinates, "two positive integers I,J")
    points = None if orbit is None else numbers_of("--orbit", orbit)
    over = None if window is None else _two(numbers_of("--window", window), "--window", window)
    with source.named():
        read = source.read()
        certificate = None if cert_path is None else valid_certificate(read.map, cert_path)
        title = read.name or source.path.name
        if is_spatial(read.map):
            for name in ("iterates", "window"):
                _refuse_unless(False, name, "a map of an interval or of the line")
            figure = plane(read.map, points, steps or STEPS, certificate=certificate, coordinates=pair, title=title)
        else:
            _refuse_unless(orbit is not None, "steps", "--orbit X")
            _refuse_unless(False, "coordinates", "a map of R^d")
            start = None if points is None else _one(points, "--orbit", str(orbit))
            figure = graph(
                read.map, times, orbit=start, steps=steps or 20, certificate=certificate, over=over, title=title
            )
    save(figure, out)
    click.echo(f"wrote {out}")


def _integers(option: str, given: str, expected: str) -> list[int]:
    """Positive integers separated by commas. Raises `InputError`."""
    parts = [part.strip() for part in given.split(",")]
    if not all(part.isascii() and part.isdigit() and int(part) for part in parts):
        raise InputError(option, expected, repr(given))
    return [int(part) for part in parts]


def _one(numbers: list[Q], option: str, given: str) -> Q:
    if len(numbers) != 1:
        raise InputError(option, "one number", repr(given))
    return numbers[0]


def _two(numbers: list[Q], option: str, given: str) -> tuple[Q, Q]:
    if len(numbers) != 2 or not numbers[0] < numbers[1]:
        raise InputError(option, "two numbers LO,HI with LO < HI", repr(given))
    return numbers[0], numbers[1]


def _refuse_unless(meant: bool, name: str, what: str) -> None:
    """Raises a usage error where an option was given that means nothing here."""
    source = click.get_current_context().get_parameter_source(name)
    if not meant and source is not ParameterSource.DEFAULT:
        raise click.UsageError(f"--{name} goes with {what}")


PARAMETERS = {"tent": "height", "skew-tent": "tip", "stunted-tent": "height", "rnn": "scale"}
"""The families, and what their parameter is."""


@click.command("plot-family")
@click.argument("name", metavar="FAMILY", type=click.Choice(list(PARAMETERS)))
@picture
@click.option("--over", metavar="LO,HI", required=True, help="The first and the last value of the parameter.")
@click.option(
    "--values", metavar="N", type=click.IntRange(min=2), default=101, show_default=True, help="How many, evenly spaced."
)
@click.option("--width", type=click.IntRange(min=1), default=64, show_default=True, help="rnn: units.")
@click.option("--variance", type=click.FloatRange(min=0), default=2.0, show_default=True, help="rnn: the variance σ².")
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="rnn: the seed.")
@click.option("--json", "as_json", is_flag=True, help="Print parameter, verdict and level of each value as JSON.")
@max_level
@max_pieces
@careful
def plot_family(
    name: str,
    out: Path,
    over: str,
    values: int,
    width: int,
    variance: float,
    seed: int,
    as_json: bool,
    max_level: int,
    max_pieces: int,
) -> None:
    """Draw what is proved for each value of a family's parameter: CHAOTIC, ORDERED by level, UNDECIDED.

    The parameter is the height of tent and stunted-tent, the tip of skew-tent, and for rnn the factor by which the output
    weights of RNN(width, variance), drawn from the seed, are multiplied, exactly. Each value is decided with a checked
    certificate; nothing is said of the values between. Over that, orbits in doubles, which prove nothing.

    Exit code 3 when a value is not decided; the picture is written all the same.
    """
    from certify.plot.canvas import require_suffix, save, style
    from certify.plot.family import diagram, examine

    for option in ("width", "variance", "seed"):
        _refuse_unless(name == "rnn", option, "the family rnn")
    require_suffix(out)
    with style():  # that matplotlib is there is found out before the work
        pass
    lo, hi = _two(numbers_of("--over", over), "--over", over)
    parameters = [lo + (hi - lo) * i / (values - 1) for i in range(values)]
    with progress() as say:
        found = examine(
            _maker(name, width, variance, seed), parameters, max_level=max_level, max_pieces=max_pieces, progress=say
        )
    title = (
        name
        if name != "rnn"
        else f"rnn of width {width}, variance {variance:g}, seed {seed}, its output weights times the scale"
    )
    save(diagram(found, PARAMETERS[name], title), out)
    counts = Counter(value.verdict for value in found)
    if as_json:
        rows = [{"parameter": str(v.parameter), "verdict": v.verdict, "level": v.level} for v in found]
        click.echo(json.dumps(rows))
    else:
        listed = ", ".join(f"{counts[verdict]} {verdict}" for verdict in ("CHAOTIC", "ORDERED", "UNDECIDED"))
        click.echo(f"{values} values of {PARAMETERS[name]}: {listed}")
        click.echo(f"wrote {out}")
    if counts["UNDECIDED"]:
        sys.exit(UNDECIDED)


def _maker(name: str, width: int, variance: float, seed: int) -> Callable[[Any], Map]:
    from certify import families
    from certify.plot.family import scaled

    match name:
        case "tent":
            return families.tent
        case "skew-tent":
            return families.skew_tent
        case "stunted-tent":
            return families.stunted_tent
    network = families.rnn(width, variance, seed)
    return lambda scale: scaled(network, scale)
