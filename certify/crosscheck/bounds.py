"""Claims about the topological entropy and about Lyapunov exponents: intervals that certified bounds confirm or refute."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from math import prod
from typing import NamedTuple

from certify.certificate import Certificate
from certify.crosscheck.claims import EntropyBounds, LyapunovUpperBound
from certify.crosscheck.cycles import cycle_certificate
from certify.crosscheck.finding import Answer, Fact
from certify.crosscheck.subject import Subject
from certify.crosscheck.words import about, arrows, cycle_fact
from certify.decision.core import core
from certify.entropy.algebra import log_bounds
from certify.errors import BudgetExceeded
from certify.numbers import INF, NEG_INF, Extended, Infinity, Q, rational, sign, simplest_between, text
from certify.piecewise import ONE, PiecewiseLinear

DIGITS = (3, 10, 40)
"""The entropy is enclosed to so many digits, one after another, until the claim is decided."""
LONGEST = 6
"""Exponents are bounded by cycles of up to this period, and by slopes of f^t up to t = 2^(LONGEST - 1)."""
PLACES = 12


def examine_entropy(subject: Subject, claim: EntropyBounds) -> Answer:
    """Does the entropy lie in the interval?"""
    a, b = _ends(claim.interval)
    for digits in DIGITS:
        found = subject.entropy(digits)
        lower, upper = rational(found.entropy.lower), rational(found.entropy.upper)
        fact: Fact = {"lower": text(lower), "upper": text(upper), "closed_form": found.entropy.closed_form}
        closed = f"h = {found.entropy.closed_form}; " if found.entropy.closed_form else ""
        known = "{}{} <= h <= {}".format(closed, *found.entropy.text)
        both = tuple(each for each in (found.lower, found.upper) if each is not None)
        if lower > b:
            off, words = _off(lower, b)
            return Answer("REFUTED", f"{known}: h is greater than the interval allows{words}", fact | off, both[:1])
        if upper < a:
            off, words = _off(a, upper)
            return Answer("REFUTED", f"{known}: h is less than the interval allows{words}", fact | off, both[-1:])
        if a <= lower and upper <= b:
            return Answer("CONFIRMED", known, fact, both)
    return Answer("UNDECIDED", f"{known}, and an end of the interval lies between: {found.entropy.reason}", fact)


def _ends(interval: tuple[Extended | float, Extended | float]) -> tuple[Extended, Extended]:
    a, b = interval
    assert not isinstance(a, float)
    assert not isinstance(b, float)
    return a, b


def _off(high: Extended, low: Extended) -> tuple[Fact, str]:
    """By how much the claim is off at least, as a fact and in words; nothing where that is infinite."""
    if isinstance(high, Infinity) or isinstance(low, Infinity):
        return {}, ""
    return {"off_by": text(high - low)}, f", by at least {about(high - low)}"


class Bound(NamedTuple):
    """The logarithm of `growth`, divided by `steps`, bounds the greatest exponent from below or from above."""

    below: bool
    growth: Q
    steps: int
    reason: str
    fact: Fact
    certificates: tuple[Certificate, ...] = ()

    def against(self, x: Extended) -> int:
        """The sign of the bound less x."""
        if isinstance(x, Infinity):
            return -1 if x.positive else int(self.growth > 0)
        return compare_log(self.growth, x * self.steps)

    def value(self) -> Extended:
        """A number that bounds the exponent too: the logarithm, rounded."""
        if self.growth == 0:
            return NEG_INF
        low, high = _log(self.growth, PLACES)
        return (low if self.below else high) / self.steps


def examine_lyapunov_upper_bound(subject: Subject, claim: LyapunovUpperBound) -> Answer:
    """Does the least upper bound of the Lyapunov exponents lie in the interval?"""
    a, b = _ends(claim.bounds)
    low_enough, high_enough = a is NEG_INF, b is INF
    fact: Fact = {}
    reasons: dict[bool, str] = {}
    for bound in _bounds(subject):
        side = "lower" if bound.below else "upper"
        refutes = bound.against(b) > 0 if bound.below else bound.against(a) < 0
        confirms = bound.against(a) >= 0 if bound.below else bound.against(b) <= 0
        if not (refutes or confirms):
            continue
        value = bound.value()
        if refutes:
            off, words = _off(value, b) if bound.below else _off(a, value)
            too = "greater" if bound.below else "less"
            reason = f"the greatest exponent is {too} than the interval allows{words}: {bound.reason}"
            return Answer("REFUTED", reason, {side: text(value), **bound.fact, **off}, bound.certificates)
        if bound.below not in reasons:
            reasons[bound.below] = bound.reason
            fact |= {side: text(value), **bound.fact}
        low_enough, high_enough = low_enough or bound.below, high_enough or not bound.below
        if low_enough and high_enough:
            return Answer("CONFIRMED", "; ".join(reasons.values()), fact)
    what = "neither the slopes of iterates nor the cycles that were looked at decide it"
    return Answer("UNDECIDED", what, fact)


def _bounds(subject: Subject) -> Iterator[Bound]:
    """Bounds of the greatest exponent from both sides, the cheap ones first."""
    f = subject.iterable
    inside = core(f)
    if inside.lo == inside.hi:
        yield from _at_a_point(f, inside.lo)
        return
    g = f.on(inside.lo, inside.hi)
    gentlest = min(abs(slope) for slope in g.slopes)
    if gentlest > 0:  # then only countably many orbits meet a knot
        yield Bound(True, gentlest, 1, f"no slope is smaller than {about(gentlest)}", {"gentlest": text(gentlest)})
    for i in range(LONGEST):
        with suppress(BudgetExceeded):
            yield _by_slopes(g, 1 << i, subject)
        with suppress(BudgetExceeded):
            yield from _by_cycles(f, i + 1, subject)


def _at_a_point(f: PiecewiseLinear, point: Extended) -> Iterator[Bound]:
    """Every orbit ends at one point."""
    assert isinstance(point, Q)
    slope = Q(0) if point in f.breaks else abs(f.slopes[f.piece(point)])
    reason = f"every orbit ends at {about(point)}"
    for below in (True, False):
        yield Bound(below, slope, 1, reason, {"attractor": text(point)})


def _by_slopes(g: PiecewiseLinear, t: int, subject: Subject) -> Bound:
    steepest = max(abs(slope) for slope in g.iterate(t, subject.budget.max_pieces).slopes)
    power = "f" if t == 1 else f"f^{t}"
    reason = f"where all orbits end up no slope of {power} is greater than {about(steepest)}"
    return Bound(False, steepest, t, reason, {"steepest": text(steepest), "t": t})


def _by_cycles(f: PiecewiseLinear, period: int, subject: Subject) -> Iterator[Bound]:
    found = subject.cycles(period)
    starts = [rational(orbit.points[0]) for orbit in found.orbits]
    ends = ((NEG_INF if a is None else rational(a), INF if b is None else rational(b)) for a, b in found.intervals)
    starts += [simplest_between(*interval) for interval in ends]
    knots = set(f.breaks)
    best: tuple[Q, tuple[Q, ...]] | None = None
    for start in starts:
        cycle = f.trajectory(start, period - 1)
        if not knots.intersection(cycle):
            multiplier = prod((f.slopes[f.piece(x)] for x in cycle), start=ONE)
            if best is None or abs(multiplier) > abs(best[0]):
                best = multiplier, cycle
    if best is not None:
        multiplier, cycle = best
        reason = f"the cycle {arrows(cycle)} has the multiplier {about(multiplier)}"
        fact = {**cycle_fact(cycle), "multiplier": text(multiplier)}
        yield Bound(True, abs(multiplier), period, reason, fact, cycle_certificate(subject, cycle))


def compare_log(growth: Q, x: Q) -> int:
    """The sign of log(growth) - x, growth >= 0. The two are equal only where x = 0 and growth = 1 (Lindemann 1882)."""
    if growth == 0:
        return -1
    if x == 0 or growth == 1:
        return sign(growth - 1) or -sign(x)
    places = PLACES
    while True:
        low, high = _log(growth, places)
        if not low <= x <= high:
            return 1 if x < low else -1
        places *= 2


def _log(growth: Q, places: int) -> tuple[Q, Q]:
    """Decimal fractions below and above log(growth), growth > 0."""
    if growth >= 1:
        low, high = log_bounds(growth, growth, places)
        return rational(low), rational(high)
    low, high = log_bounds(1 / growth, 1 / growth, places)
    return -rational(high), -rational(low)
