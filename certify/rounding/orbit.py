"""An orbit as floats compute it, against f: the exact error of every step, and where the orbit has left the true one."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from certify.errors import InputError
from certify.mapfile import Map
from certify.numbers import Q, fraction, rational
from certify.rounding.arithmetic import Arithmetic
from certify.rounding.program import Program, program_of

OFF = "1/1000"
"""A float that is off by more than this is told, unless another tolerance is given."""

MOST_BITS = 1_000_000
"""The true orbit is followed as long as its numbers have no more bits."""


@dataclass(frozen=True)
class StepError:
    """|fl(x) - f(x)| at a float x, with fl what the program computes, and its two causes.

    `weights` is what the rounding of the map's numbers does to f at x, `arithmetic` what the rounded operations add:
    `total` is at most their sum.
    """

    total: Fraction
    weights: Fraction
    arithmetic: Fraction


@dataclass(frozen=True)
class FloatOrbit:
    """x_0, x_1, ..., as the program computes them from x_0, the number of the format next to the start.

    `errors[t]` belongs to the step from x_t to x_(t+1). The orbit ends early where a value is no number any more (`overflow`).
    `outside` is the first t with x_t outside the domain, None where there is none. `first_off` is the first t with
    |x_t - f^t(x)| > `off`, compared with the true orbit of the start as it was given, and `off_by` that distance; None
    where the orbits stay together in the first `compared` steps: all of them, unless the true orbit's numbers grew too long.
    """

    start: Fraction
    points: tuple[float, ...]
    errors: tuple[StepError, ...]
    overflow: bool
    outside: int | None
    off: Fraction
    first_off: int | None
    off_by: Fraction | None
    compared: int

    @property
    def largest(self) -> int | None:
        """The first t at which errors[t].total is largest; the points are a pseudo-orbit of f for that number."""
        return max(range(len(self.errors)), key=lambda t: self.errors[t].total, default=None)

    @property
    def cycle(self) -> tuple[int, int] | None:
        """The float orbit's own fate: (s, p) where x_s is the first point that comes again, after p steps; None if none does."""
        seen: dict[float, int] = {}
        for t, x in enumerate(self.points):
            if x in seen:
                return seen[x], t - seen[x]
            seen[x] = t
        return None


def float_orbit(given: Map, x: Any, steps: int, arithmetic: Arithmetic, *, off: Any = OFF) -> FloatOrbit:
    """The orbit of the exact number x in floats, over so many steps, with the exact error of every step.

    Raises `InputError` where x or `off` is no finite number, x is beyond the range of the format, the number of steps is
    negative, or the map is no piecewise-linear one of the line.

    >>> from certify import families
    >>> orbit = float_orbit(families.tent(), "0.1", 60, Arithmetic("float64"))
    >>> orbit.first_off, orbit.points[56], orbit.errors[orbit.largest].total
    (48, 0.0, Fraction(0, 1))
    """
    start, tolerance = _number("x", x), _number("off", off)
    if steps < 0:
        raise InputError("steps", "an integer that is at least 0", str(steps))
    code = program_of(given, arithmetic)
    points = [arithmetic.format.nearest(start)]
    if math.isinf(points[0]):
        raise InputError("x", f"a number in the range of {arithmetic.format}", str(x))
    while len(points) <= steps and math.isfinite(following := code.value(points[-1])):
        points.append(following)
    lo, hi = given.ends
    outside = next((t for t, point in enumerate(points) if not lo <= rational(point) <= hi), None)
    return FloatOrbit(
        fraction(start),
        tuple(points),
        tuple(step_error(code, a, b) for a, b in zip(points, points[1:])),
        len(points) <= steps,
        outside,
        fraction(tolerance),
        *_parting(code, start, points, tolerance),
    )


def step_error(code: Program, x: float, computed: float) -> StepError:
    """The error of one step of a program from x, where it computed a finite value."""
    true, rounded, value = code.true(rational(x)), code.rounded(rational(x)), rational(computed)
    return StepError(fraction(abs(value - true)), fraction(abs(rounded - true)), fraction(abs(value - rounded)))


def _parting(code: Program, x: Q, points: list[float], tolerance: Q) -> tuple[int | None, Fraction | None, int]:
    """`first_off`, `off_by` and `compared`."""
    for t, point in enumerate(points):
        x = code.true(x) if t else x
        if x.q.bit_length() > MOST_BITS:
            return None, None, t - 1
        distance = abs(rational(point) - x)
        if distance > tolerance:
            return t, fraction(distance), t
    return None, None, len(points) - 1


def _number(name: str, given: Any) -> Q:
    try:
        return rational(given)
    except ValueError as error:
        raise InputError(name, 'an exact number, such as "1/3", "0.1" or a double', str(error)) from None
