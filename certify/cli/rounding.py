"""rounding: the map that floats compute in place of MAP."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import click

from certify.cli.shared import (
    UNDECIDED,
    Source,
    budgets,
    careful,
    map_source,
    max_level,
    number_of,
    progress,
)

if TYPE_CHECKING:
    from fractions import Fraction

    from certify.rounding import FloatOrbit, FloatStates, StepError

SHORT = 8
"""Cycles and points of a cycle that are printed; JSON has all."""


@click.command()
@map_source
@click.option(
    "--format",
    "kind",
    required=True,
    type=click.Choice(["float16", "bfloat16", "float32", "float64"]),
    help="The format of weights, states and operations.",
)
@click.option(
    "--order",
    type=click.Choice(["sequential", "bias-first", "fused", "wide", "numpy"]),
    default="sequential",
    show_default=True,
    help="The order in which sums of products are computed and rounded.",
)
@click.option("--orbit", "point", metavar="X", help="Also follow the orbit of the exact number X.")
@click.option("--steps", metavar="T", type=click.IntRange(min=0), help="The number of steps, with --orbit.")
@click.option("--off", metavar="E", help="With --orbit: tell when it is off by more than this.  [default: 1/1000]")
@click.option("--json", "as_json", is_flag=True, help="Print states, orbit and verdict as JSON, all numbers exact.")
@max_level
@budgets
@careful
def rounding(
    source: Source, kind: str, order: str, point: str | None, steps: int | None, off: str | None, as_json: bool,
    max_level: int, max_pieces: int, time_limit: float | None,
) -> None:  # fmt: skip
    """What floats compute in place of MAP: the cycles on which all their orbits end, beside the verdict for the exact map.

    In float16 and bfloat16 every state of the domain is followed to its cycle. --orbit X --steps T, which the longer formats need,
    shows the exact error of every step of one orbit, and when it has left the true one. Exit code 3 where the exact map is
    UNDECIDED.
    """
    from certify.rounding import Arithmetic, float_orbit, float_states
    from certify.rounding.orbit import OFF
    from certify.verdict import prove

    if (point is None) != (steps is None):
        raise click.UsageError("--orbit X and --steps T go together")
    if off is not None and point is None:
        raise click.UsageError("--off goes with --orbit X")
    if kind not in ("float16", "bfloat16") and point is None:
        raise click.UsageError(f"{kind} has too many states to follow them all: say --orbit X --steps T")
    arithmetic = Arithmetic(kind, order)
    start = None if point is None else number_of("--orbit", point)
    tolerance = number_of("--off", off or OFF)
    with progress() as say, source.named():
        given = source.read().map
        say("executing")
        states = float_states(given, arithmetic) if kind in ("float16", "bfloat16") else None
        orbit = None if start is None else float_orbit(given, start, steps or 0, arithmetic, off=tolerance)
        verdict = prove(given, max_level=max_level, max_pieces=max_pieces, time_limit=time_limit, progress=say)
    if as_json:
        content = {
            "format": kind,
            "order": order,
            "states": states and _states_document(states),
            "orbit": orbit and _orbit_document(orbit),
            "exact": {"verdict": verdict.verdict, "reason": verdict.reason},
        }
        click.echo(json.dumps(content, indent=2))
    else:
        if orbit:
            _print_orbit(orbit)
        if states:
            _print_states(states, kind)
        click.echo(f"The exact map: {verdict.explain()}")
    if verdict.certificate is None:
        sys.exit(UNDECIDED)


def _print_orbit(orbit: FloatOrbit) -> None:
    from certify.numbers import approximately as near
    from certify.numbers import rational

    click.echo(f"{'step':>6}  {'x':<24}  {'|fl(x) - f(x)|':>14}  {'from weights':>14}  {'from arithmetic':>15}")
    for t, x in enumerate(orbit.points):
        line = f"{t:>6}  {x!r:<24}"
        if t < len(orbit.errors):
            error = orbit.errors[t]
            total, weights, arithmetic = (near(rational(e)) for e in (error.total, error.weights, error.arithmetic))
            line += f"  {total:>14}  {weights:>14}  {arithmetic:>15}"
        click.echo(line.rstrip())
    for line in _summary(orbit):
        click.echo(line)


def _summary(orbit: FloatOrbit) -> list[str]:
    from certify.numbers import rational, shown

    lines = []
    if orbit.largest is not None:
        error = orbit.errors[orbit.largest].total
        largest = f"The largest error of one step is {shown(rational(error))}, at step {orbit.largest}."
        lines.append(largest if error else "Every step is exact.")
    if orbit.first_off is not None and orbit.off_by is not None:
        by = shown(rational(orbit.off_by))
        lines.append(
            f"The orbit is off by more than {orbit.off} for the first time at step {orbit.first_off}, by {by}."
        )
    else:
        lines.append(f"The orbit is off by at most {orbit.off} up to step {orbit.compared}.")
        if orbit.compared < len(orbit.points) - 1:
            lines.append("Beyond it the numbers of the true orbit are too long to be compared.")
    if orbit.outside is not None:
        lines.append(f"It is outside the domain for the first time at step {orbit.outside}.")
    if orbit.overflow:
        lines.append(f"It ends in step {len(orbit.points)}, which overflows.")
    if orbit.cycle:
        first, period = orbit.cycle
        lines.append(f"From step {first} on it repeats itself with period {period}.")
    return lines


def _print_states(states: FloatStates, kind: str) -> None:
    from certify.numbers import rational, shown

    cycles = states.cycles
    many = f"{len(cycles)} cycles" if len(cycles) != 1 else "one cycle"
    click.echo(f"{states.states} states of {kind} in the domain; their orbits end on {many}:")
    click.echo(f"{'period':>8}  {'states':>6}  points")
    for cycle in cycles[:SHORT]:
        points = " → ".join(map(repr, cycle.points[:SHORT])) + (" → …" if len(cycle.points) > SHORT else "")
        click.echo(f"{len(cycle.points):>8}  {cycle.basin:>6}  {points}")
    if len(cycles) > SHORT:
        rest = cycles[SHORT:]
        click.echo(f"       …  {sum(cycle.basin for cycle in rest):>6}  on {len(rest)} more cycles")
    if states.left:
        click.echo(f"{states.left} states have orbits that leave the domain or overflow.")
    click.echo(f"It takes at most {states.longest} steps to get there, {float(states.mean):.1f} on average.")
    if states.worst and states.worst_at is not None:
        error = states.worst.total
        largest = f"The largest error of one step is {shown(rational(error))}, at {states.worst_at!r}."
        click.echo(largest if error else "Every step is exact.")


def _states_document(states: FloatStates) -> dict[str, Any]:
    return {
        "states": states.states,
        "cycles": [
            {"points": [_exact(x) for x in cycle.points], "period": len(cycle.points), "basin": cycle.basin}
            for cycle in states.cycles
        ],
        "left": states.left,
        "longest_transient": states.longest,
        "mean_transient": _exact(states.mean),
        "worst": states.worst and _error(states.worst),
        "worst_at": None if states.worst_at is None else _exact(states.worst_at),
    }


def _orbit_document(orbit: FloatOrbit) -> dict[str, Any]:
    return {
        "start": _exact(orbit.start),
        "points": [_exact(x) for x in orbit.points],
        "errors": [_error(error) for error in orbit.errors],
        "largest": orbit.largest,
        "off": _exact(orbit.off),
        "first_off": orbit.first_off,
        "off_by": None if orbit.off_by is None else _exact(orbit.off_by),
        "compared": orbit.compared,
        "outside": orbit.outside,
        "overflow": orbit.overflow,
        "cycle": orbit.cycle and {"from": orbit.cycle[0], "period": orbit.cycle[1]},
    }


def _error(error: StepError) -> dict[str, str]:
    parts = {"total": error.total, "weights": error.weights, "arithmetic": error.arithmetic}
    return {name: _exact(part) for name, part in parts.items()}


def _exact(x: float | Fraction) -> str:
    from certify.numbers import rational, text

    return text(rational(x))
