"""The true orbit of a point, enclosed: what an orbit in floats should be compared with.

A chaotic map loses digits with every step, so the orbit is taken in as many bits as its last point needs: too few are noticed,
and more are taken.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import MAX_EMAX, MIN_EMIN, ROUND_CEILING, Context, Decimal
from typing import Any, NamedTuple

import numpy as np

from certify.box import Box
from certify.decision.budget import Budget
from certify.enclosure.balls import Balls
from certify.enclosure.doubles import Doubles
from certify.enclosure.functions import Ball, dyadic
from certify.errors import BudgetExceeded, DomainError, InputError
from certify.mapfile import LineMap, Map, line_map
from certify.numbers import Q, arb, as_float, ctx, rational, shown
from certify.piecewise import PiecewiseLinear

DIGITS, OFF = 15, Q(1, 1000)
MOST_BITS = 1 << 20
SPARE = 32
"""Bits beyond those that the loss so far asks for."""
MANY = 64
"""Steps between two looks at the clock."""


class Step(NamedTuple):
    """Around f^i(x): the decimal `value` up to `bound`, which is 0 where the value is exact; and the double of the float orbit."""

    value: Decimal
    bound: Decimal
    lost: float
    """The decimal digits that the step has cost: how much wider the enclosure is than the one before, as a power of 10."""
    double: float
    off: bool
    """Whether the double is certainly further than the tolerance from the true value (of every network, for a box)."""


@dataclass(frozen=True)
class Orbit:
    """Enclosures of x, f(x), ..., f^N(x), for every network of a box.

    With `complete`, each is known to the digits asked for; else the box is too wide for that, and the enclosures are as narrow as
    they get, for as many steps as they are bounded. `bits` is the precision that was needed.
    """

    steps: tuple[Step, ...]
    bits: int
    complete: bool

    @property
    def lost_per_step(self) -> float:
        """The digits lost per step, on average from the second on: the first pays for x and, in a box, for its width."""
        return sum(step.lost for step in self.steps[2:]) / max(1, len(self.steps) - 2)

    @property
    def first_off(self) -> int | None:
        """The first step at which the float orbit is off by more than the tolerance."""
        return next((i for i, step in enumerate(self.steps) if step.off), None)


def enclose_orbit(
    given: Map,
    x: Any,
    steps: int,
    digits: int = DIGITS,
    *,
    off: Any = OFF,
    time_limit: float | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> Orbit:
    """The orbit of x under an exact map, a smooth network or a box, every value to so many digits, beside the float64 orbit.

    A digit counts after the point for values below 1, and from the first digit on above. Raises `InputError` for an x that is no number
    or negative counts, `DomainError` where x or a later point lies outside the domain, `BudgetExceeded` beyond a million bits or
    the time.

    >>> from certify import families
    >>> orbit = enclose_orbit(families.tent(), "0.1", 60)
    >>> orbit.first_off, orbit.steps[60].value, orbit.steps[60].double
    (48, Decimal('0.4'), 0.0)
    """
    given = line_map(given)
    point, tolerance = _number("x", x), _number("off", off)
    for name, count, least in (("steps", steps, 0), ("digits", digits, 1)):
        if count < least:
            raise InputError(name, f"an integer that is at least {least}", str(count))
    budget = Budget(time_limit=time_limit)
    doubles = list(_float_orbit(given, point, steps))
    bits, reached = 64 + math.ceil(digits * math.log2(10)), -1
    while True:
        walk = _Walk(given, bits)
        balls = list(walk.orbit(point, steps, digits, True, budget, progress))
        if len(balls) == steps + 1:
            return Orbit(tuple(_steps(balls, doubles, tolerance, digits)), bits, True)
        if isinstance(given, Box) and not given.is_single and len(balls) <= reached:
            balls = list(walk.orbit(point, steps, digits, False, budget, progress))
            return Orbit(tuple(_steps(balls, doubles, tolerance, digits)), bits, False)
        reached = len(balls)
        bits += SPARE + math.ceil(1.1 * walk.loss * (steps + 1 - reached) / max(1, reached))
        if bits > MOST_BITS:
            raise BudgetExceeded(f"an orbit that needs more than {MOST_BITS} bits; {reached} steps need {walk.bits}")


def _number(name: str, given: Any) -> Q:
    try:
        return rational(given)
    except ValueError as error:
        raise InputError(name, 'an exact number, such as "1/3", "0.1" or a double', str(error)) from None


class _Walk:
    """The map in balls of so many bits."""

    def __init__(self, given: LineMap, bits: int) -> None:
        self.bits, self._ends = bits, given.ends
        self.loss = 0.0
        """The bits lost from the first to the last of the points that were precise enough."""
        if isinstance(given, PiecewiseLinear):
            given.require_self_map()
            self._image: Callable[[Ball], Ball] = lambda ball: self._of_pieces(given, ball)
        else:
            balls = Balls(given if isinstance(given, Box) else Box.of(given), bits)
            self._image = lambda ball: _narrow(balls, ball)

    def orbit(
        self, x: Q, steps: int, digits: int, strict: bool, budget: Budget, progress: Callable[[str], None]
    ) -> Iterator[Ball]:
        """Enclosures of the points, as far as they have so many digits if `strict`, else as far as they are bounded."""
        with ctx.workprec(self.bits):
            ball, goal = arb(x), Q(10) ** -digits
            for i in range(steps + 1):
                if i % MANY == 0:
                    budget.check(0)
                    progress(f"step {i} of {steps} in {self.bits} bits")
                ball = self._image(ball) if i else ball
                if not ball.is_finite() or (strict and not ball.rad() < goal * abs(ball).upper().max(arb(1))):
                    return
                self._require_inside(ball, i)
                self.loss = max(1.0, self.bits + _log2(ball.rad()))
                yield ball

    def _require_inside(self, ball: Ball, i: int) -> None:
        lo, hi = self._ends
        if (isinstance(lo, Q) and ball < lo) or (isinstance(hi, Q) and ball > hi):
            point = "x" if i == 0 else "f(x)" if i == 1 else f"f^{i}(x)"
            raise DomainError(
                f"{point}, about {float(ball.mid()):.6g}, lies outside the domain [{shown(lo)}, {shown(hi)}]"
            )

    def _of_pieces(self, f: PiecewiseLinear, ball: Ball) -> Ball:
        """The exact image of the part of the ball in the domain, rounded outward."""
        lo, hi = f.ends
        a, b = dyadic(ball.lower()), dyadic(ball.upper())
        low, high = f.hull(max(a, lo) if isinstance(lo, Q) else a, min(b, hi) if isinstance(hi, Q) else b)
        assert isinstance(low, Q), "the ends of a bounded image are numbers"
        assert isinstance(high, Q)
        return arb(low) if low == high else arb(low).union(arb(high))


def _narrow(balls: Balls, ball: Ball) -> Ball:
    """f over a ball by its slopes there (Moore 1966): as narrow as the true image but for rounding, once the ball is."""
    middle = arb(ball.mid())
    value, slope = balls.value_and_slope(ball)
    with ctx.workprec(balls.bits):
        tangent = balls.value(middle) + slope * (ball - middle)
        return value.intersection(tangent) if tangent.is_finite() else value


def _steps(balls: list[Ball], doubles: list[float], tolerance: Q, digits: int) -> Iterator[Step]:
    before = balls[0].rad()
    for ball, double in zip(balls, doubles):
        radius = ball.rad()
        lost = (_log2(radius) - _log2(before)) * math.log10(2) if radius > 0 and before > 0 else 0.0
        before = radius
        value, bound = _decimal(ball, digits)
        far = not math.isfinite(double) or bool(abs(ball - rational(double)) > tolerance)
        yield Step(value, bound, lost, double, far)


def _decimal(ball: Ball, digits: int) -> tuple[Decimal, Decimal]:
    """A decimal of no more digits than the ball gives, and a bound of its distance from all numbers of the ball."""
    middle, radius = dyadic(arb(ball.mid())), dyadic(arb(ball.rad()))
    precise = Context(prec=digits + 8, Emax=MAX_EMAX, Emin=MIN_EMIN)
    upward = Context(prec=2, rounding=ROUND_CEILING, Emax=MAX_EMAX, Emin=MIN_EMIN)
    value = _divided(middle, precise)
    if value and radius > 0:
        place = min(_divided(radius, upward).adjusted(), value.adjusted())
        value = value.quantize(Decimal((0, (1,), max(place, value.adjusted() - digits - 6))), context=precise)
    return value.normalize(precise), _divided(radius + abs(middle - rational(str(value))), upward)


def _divided(x: Q, context: Context) -> Decimal:
    return context.divide(Decimal(int(x.p)), Decimal(int(x.q)))


def _log2(x: Ball) -> float:
    """The logarithm of an exact ball that is not negative; of 0, far below all others."""
    mantissa, exponent = x.man_exp()
    return math.log2(int(mantissa)) + int(exponent) if mantissa > 0 else -math.inf


def _float_orbit(given: LineMap, x: Q, steps: int) -> Iterator[float]:
    """The orbit as a program in doubles takes it; of a box, that of the network in the middle."""
    if isinstance(given, PiecewiseLinear):
        breaks, (slopes, constants) = given.near_breaks, given.near_lines

        def image(point: float) -> float:
            piece = bisect_right(breaks, point)
            return slopes[piece] * point + constants[piece]

    else:
        near = Doubles(given if isinstance(given, Box) else Box.of(given))

        def image(point: float) -> float:
            return float(near.values(np.array([point]))[0])

    point = as_float(x)
    yield point
    for _ in range(steps):
        point = image(point)
        yield point
