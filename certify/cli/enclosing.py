"""radius, enclose-orbit: how much chaos withstands, and where an orbit truly goes."""

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
    map_source,
    max_level,
    number_of,
    progress,
    time_limit,
)

if TYPE_CHECKING:
    from certify.enclosure.orbit import Orbit, Step


@click.command()
@map_source
@click.option(
    "--weights",
    type=click.Choice(["absolute", "relative"]),
    default="absolute",
    show_default=True,
    help="Changes of weights and biases by at most ε, or by at most ε times each one's size.",
)
@click.option(
    "--factor", metavar="F", default="1.01", show_default=True, help="The radius is the largest up to this factor."
)
@click.option("-o", "--out", "out", metavar="CERT", type=FILE, help="Write the certificate to this file.")
@click.option(
    "--ordered", "ordered", metavar="FILE", type=FILE, help="Write the ordered network of the upper bound to this file."
)
@click.option("--no-upper", is_flag=True, help="Leave the upper bound out, which takes most of the time.")
@click.option("--json", "as_json", is_flag=True, help="Print radius, upper bound, witness and certificate as JSON.")
@max_level
@budgets
@careful
def radius(
    source: Source, weights: Any, factor: str, out: Path | None, ordered: Path | None, no_upper: bool, as_json: bool,
    max_level: int, max_pieces: int, time_limit: float | None,
) -> None:  # fmt: skip
    """How much may the weights of MAP, a chaotic network, change? The radius within which one point proves chaos.

    Every network whose weights and biases lie within the radius is chaotic: the certificate says so and has been replayed by the
    independent checker. The upper bound is the distance of an exact network that is ORDERED. Exit code 3 and the reason where no
    radius was found.
    """
    from certify.artifact import save
    from certify.numbers import fraction
    from certify.robustness import radius as largest

    part = number_of("--factor", factor)
    with progress() as say, source.named():
        found = largest(
            source.read().map,
            weights,
            part,
            upper=not no_upper,
            max_level=max_level,
            max_pieces=max_pieces,
            time_limit=time_limit,
            progress=say,
        )
    if out and found.certificate:
        save(found.certificate, out)
    if ordered and found.ordered:
        save(found.ordered, ordered)
    if as_json:
        content = {
            "verdict": found.verdict,
            "reason": found.reason,
            "weights": weights,
            "factor": str(fraction(part)),
            "radius": found.radius and str(found.radius),
            "upper": found.upper and str(found.upper),
            "witness": None if found.witness is None else str(found.witness),
            "certificate": found.certificate,
        }
        click.echo(json.dumps(content, sort_keys=True, indent=2))
    else:
        click.echo(found.explain())
        if out and found.certificate:
            click.echo(f"Certificate: {out}")
        if ordered and found.ordered:
            click.echo(f"Ordered network: {ordered}")
    if found.certificate is None:
        sys.exit(UNDECIDED)


@click.command()
@map_source
@click.option("--x", "point", metavar="X", required=True, help='The exact starting point: "1/3", "0.1", "0x1.8p-3".')
@click.option("-n", "--steps", metavar="N", type=click.IntRange(min=0), required=True, help="The number of steps.")
@click.option(
    "--digits",
    metavar="D",
    type=click.IntRange(1, 1000),
    default=15,
    show_default=True,
    help="Digits of every value that are to be known.",
)
@click.option(
    "--off", metavar="E", default="1/1000", show_default=True, help="A float that is off by more than this is marked."
)
@click.option("--json", "as_json", is_flag=True, help="Print the enclosures as JSON.")
@time_limit
@careful
def enclose_orbit(
    source: Source, point: str, steps: int, digits: int, off: str, as_json: bool, time_limit: float | None,
) -> None:  # fmt: skip
    """The true orbit of X under MAP, f(X), …, f^N(X), enclosed, beside the orbit in float64.

    Every value is given up to a bound of the error, in as many bits as that needs; of a box of networks, the enclosures hold for
    all of them and are as narrow as the box allows. Exit code 2 where the orbit leaves the domain.
    """
    from certify.enclosure.orbit import enclose_orbit as enclose
    from certify.mapfile import line_map

    with source.named():  # a map of R^d is refused before a point of R^d is
        given = line_map(source.read().map)
    x, tolerance = number_of("--x", point), number_of("--off", off)
    with progress() as say, source.named():
        orbit = enclose(given, x, steps, digits, off=tolerance, time_limit=time_limit, progress=say)
    if as_json:
        click.echo(json.dumps(_document(orbit, point, digits, off), indent=2))
        return
    click.echo(f"{'step':>6}  {'f^step(x)':<{digits + 8}}  {'±':<8}  {'digits lost':>11}  float64")
    for i, step in enumerate(orbit.steps):
        mark = "  off" if step.off else ""
        click.echo(
            f"{i:>6}  {step.value!s:<{digits + 8}}  {step.bound!s:<8}  {step.lost:>11.2f}  {step.double!r:<24}{mark}".rstrip()
        )
    for line in _summary(orbit, steps, digits, off):
        click.echo(line)


def _summary(orbit: Orbit, steps: int, digits: int, off: str) -> list[str]:
    lines = [f"{orbit.lost_per_step:.3g} digits lost per step on average; {orbit.bits} bits were needed."]
    if not orbit.complete:
        last = len(orbit.steps) - 1
        bounded = "" if last == steps else f"; beyond step {last} they are not bounded"
        lines.append(
            f"The box is too wide for {digits} digits of every value: the enclosures hold for all its networks{bounded}."
        )
    first = orbit.first_off
    lines.append(
        f"The float64 orbit is never seen to be off by more than {off}."
        if first is None
        else f"The float64 orbit is off by more than {off} for the first time at step {first}."
    )
    return lines


def _document(orbit: Orbit, x: str, digits: int, off: str) -> dict[str, Any]:
    return {
        "x": x,
        "digits": digits,
        "complete": orbit.complete,
        "bits": orbit.bits,
        "digits_lost_per_step": orbit.lost_per_step,
        "off": off,
        "first_off": orbit.first_off,
        "orbit": [_row(step) for step in orbit.steps],
    }


def _row(step: Step) -> dict[str, Any]:
    row = {"value": str(step.value), "bound": str(step.bound), "lost": step.lost}
    return {**row, "float64": repr(step.double), "off": step.off}
