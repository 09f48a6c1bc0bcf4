"""Claims about orbits: where the points leave the true orbit, how far each step is off, and whether a true orbit shadows them.

The image of an interval is an interval, so the set S_t of the values f^t(y) of all y whose orbits have stayed within the tolerance so
far is one interval: S_0 is a ball, S_(t+1) the part of f(S_t) in the next ball. A true orbit that shadows the points exists if and only
if none of them is empty. Its ends are exact while they are short. Longer ones are rounded: outward, which proves that there is no
such orbit if a set is empty, and inward, which proves that there is one if none is. The same for the true orbit of one point.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from certify.crosscheck.claims import Orbit, finite
from certify.crosscheck.finding import Answer, Fact
from certify.crosscheck.subject import Subject
from certify.crosscheck.words import about
from certify.decision.budget import Budget
from certify.numbers import Extended, Q, simplest_between, text
from certify.piecewise import PiecewiseLinear

SPARE_BITS = 4_000
"""Ends of intervals are rounded to this many binary digits more than the points and the tolerance have."""
WITNESS_STEPS = 1_000
"""A shadowing orbit of more steps starts at a number too long to show."""

Span = tuple[Q, Q]


def examine_orbit(subject: Subject, claim: Orbit) -> Answer:
    """Are the points an orbit, in the sense of the claim? The facts are found in all three senses."""
    f, tolerance = subject.function, claim.tolerance
    points = finite(claim.points)
    grid = Grid(max(int(x.q.bit_length()) for x in (*points, tolerance)) + SPARE_BITS)
    start = points[0] if claim.start is None else claim.start
    fact: Fact = {}
    outside = next((t for t, x in enumerate(points) if not f.ends[0] <= x <= f.ends[1]), None)
    if outside is not None:
        fact["outside"] = {"step": outside, "point": text(points[outside])}
    true = _true(f, points, start, tolerance, grid, subject.budget)
    known = start if true.status == "CONFIRMED" else None
    answers = {
        "true": true,
        "pseudo": _pseudo(f, points, tolerance, subject.budget),
        "shadowed": _shadowed(f, points, tolerance, grid, subject.budget, known),
    }
    for answer in answers.values():
        fact |= answer.fact
    chosen = answers[claim.sense]
    others = "; ".join(answer.reason for sense, answer in answers.items() if sense != claim.sense)
    return Answer(chosen.status, f"{chosen.reason}; {others}", fact)


class Grid(NamedTuple):
    """The multiples of 2^-bits, to which numbers are rounded that have more binary digits after the point."""

    bits: int

    def down(self, x: Q) -> Q:
        """The greatest of them up to x; or x itself, while it is short."""
        return x if self.fine(x) else Q((x * (1 << self.bits)).floor(), 1 << self.bits)

    def up(self, x: Q) -> Q:
        """The least of them from x on; or x itself, while it is short."""
        return x if self.fine(x) else Q((x * (1 << self.bits)).ceil(), 1 << self.bits)

    def fine(self, x: Q) -> bool:
        """Whether the number is short enough to be kept."""
        return int(x.q.bit_length()) <= self.bits


def _true(f: PiecewiseLinear, points: Sequence[Q], start: Q, tolerance: Q, grid: Grid, budget: Budget) -> Answer:
    lo = hi = start
    for t, x in enumerate(points):
        if t:
            lo, hi = _finite(f.hull(lo, hi))
            lo, hi = grid.down(lo), grid.up(hi)
            budget.check(0)
        if not (f.ends[0] <= lo and hi <= f.ends[1]):
            if hi < f.ends[0] or f.ends[1] < lo:
                fact = {"leaves": t, "true_value": text(lo)} if lo == hi else {"leaves": t}
                return Answer("REFUTED", f"the true orbit is outside the domain at step {t}", fact)
            return Answer("UNDECIDED", f"whether the true orbit is in the domain at step {t} is not decided")
        least, most = _distances(x, lo, hi)
        if least > tolerance:
            fact = {"leaves": t, "distance": text(least)} | ({"true_value": text(lo)} if lo == hi else {})
            reason = f"at step {t} the point is {about(least)} away from the true orbit, {about(lo)}"
            return Answer("REFUTED", reason, fact)
        if most > tolerance:
            return Answer("UNDECIDED", f"whether the point at step {t} is within the tolerance is not decided")
    reason = f"all {len(points)} points are within {about(tolerance)} of the true orbit"
    return Answer("CONFIRMED", reason, {"leaves": None})


def _distances(x: Q, lo: Q, hi: Q) -> Span:
    """The least and the greatest distance of x from the points of [lo, hi]."""
    to_lo, to_hi = abs(x - lo), abs(x - hi)
    return (Q(0) if lo <= x <= hi else min(to_lo, to_hi)), max(to_lo, to_hi)


def _pseudo(f: PiecewiseLinear, points: Sequence[Q], tolerance: Q, budget: Budget) -> Answer:
    delta, at = Q(0), None
    for t, (x, y) in enumerate(zip(points, points[1:])):
        if not f.ends[0] <= x <= f.ends[1]:
            fact: Fact = {"delta": None}
            return Answer("REFUTED", f"the point at step {t} lies outside the domain, where f has no value", fact)
        budget.check(0)
        error = abs(f.trajectory(x, 1)[1] - y)
        if at is None or error > delta:
            delta, at = error, t
    fact = {"delta": text(delta), "delta_step": at}
    reason = (
        f"a single step is off by at most {about(delta)} (from step {at})" if delta else "every single step is exact"
    )
    return Answer("CONFIRMED" if delta <= tolerance else "REFUTED", reason, fact)


def _shadowed(
    f: PiecewiseLinear, points: Sequence[Q], tolerance: Q, grid: Grid, budget: Budget, known: Q | None
) -> Answer:
    """Whether a true orbit does it; `known` is the start of one, if one is known."""
    within = about(tolerance)
    inner = [] if known is not None else list(_spans(f, points, tolerance, grid, False, budget))
    if known is not None or len(inner) == len(points):
        fact: Fact = {"shadowed": True}
        if known is not None or len(points) <= WITNESS_STEPS + 1:
            fact["shadow"] = text(_start(f, inner) if known is None else known)
        return Answer("CONFIRMED", f"a true orbit stays within {within} of all points", fact)
    lost = sum(1 for _ in _spans(f, points, tolerance, grid, True, budget))
    if lost < len(points):
        reason = f"no true orbit stays within {within} of the points up to step {lost}"
        return Answer("REFUTED", reason, {"shadowed": False, "shadow_lost": lost})
    return Answer("UNDECIDED", "whether a true orbit shadows the points is not decided", {"shadowed": None})


def _spans(
    f: PiecewiseLinear, points: Sequence[Q], tolerance: Q, grid: Grid, outward: bool, budget: Budget
) -> Iterator[Span]:
    """S_0, S_1, … up to the last that is not empty; supersets of them if rounded outward, else subsets."""
    low, high = (grid.down, grid.up) if outward else (grid.up, grid.down)
    least, most = f.ends
    for x in points:
        lo, hi = _finite((max(least, f.ends[0], x - tolerance), min(most, f.ends[1], x + tolerance)))
        lo, hi = low(lo), high(hi)
        if lo > hi:
            return
        yield lo, hi
        budget.check(0)
        least, most = f.hull(lo, hi)


def _start(f: PiecewiseLinear, spans: Sequence[Span]) -> Q:
    """A point whose orbit goes through all of the sets, each of which is part of the image of the one before."""
    lo, hi = spans[-1]
    y = lo if lo == hi else simplest_between(lo, hi)
    for lo, hi in reversed(spans[:-1]):
        y = _preimage(f, lo, hi, y)
    return y


def _preimage(f: PiecewiseLinear, lo: Q, hi: Q, y: Q) -> Q:
    """A point of [lo, hi] with the value y, which is taken there."""
    corners = [lo, *f.on(lo, hi).breaks, hi] if lo < hi else [lo, lo]
    values = [f.trajectory(x, 1)[1] for x in corners]
    for a, b, u, v in zip(corners, corners[1:], values, values[1:]):
        if min(u, v) <= y <= max(u, v):
            return a if u == y else a + (y - u) * (b - a) / (v - u)
    raise AssertionError("the value is taken by continuity")


def _finite(span: tuple[Extended, Extended]) -> Span:
    lo, hi = span
    assert isinstance(lo, Q)
    assert isinstance(hi, Q)
    return lo, hi
