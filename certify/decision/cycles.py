"""All points of a given least period, and the set of least periods, exactly."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from certify.decision.budget import Budget
from certify.decision.core import core
from certify.decision.decide import DEFAULT_LEVEL, Decision, OddReturn, Order, PeriodicOrbit, decide
from certify.decision.mesh import Refutation, mesh
from certify.decision.sharkovsky import forces, is_power_of_two, rank, split
from certify.errors import BudgetExceeded
from certify.numbers import INF, NEG_INF, Extended, Infinity, Q, fraction, public, rational
from certify.piecewise import PiecewiseLinear

Interval = tuple[Fraction | None, Fraction | None]


@dataclass(frozen=True)
class Orbit:
    """A periodic orbit: its points from the smallest on, each the image of the one before, and the laps that they lie in."""

    points: tuple[Fraction, ...]
    itinerary: tuple[int, ...]


@dataclass(frozen=True)
class Cycles:
    """All points of least period `period`.

    `points`, in increasing order, are the isolated ones and `orbits` the periodic orbits that they form. The others fill
    `intervals`: each open interval (a, b) consists of such points (None is an infinite end), and so do its ends, but for
    those listed in `excluded`, which have a smaller period.
    """

    period: int
    points: tuple[Fraction, ...]
    intervals: tuple[Interval, ...]
    excluded: tuple[Fraction, ...]
    orbits: tuple[Orbit, ...]

    def __bool__(self) -> bool:
        return bool(self.points or self.intervals)


def cycles_of(f: PiecewiseLinear, period: int, budget: Budget) -> Cycles:
    """All points of least period `period` of a self-map, from the fixed points of its exact iterate on the core.

    The iterate's pieces can be exponential in the period; beyond the budget `BudgetExceeded` is raised. `NotInvariantError` when f
    leaves its domain, `ValueError` when the period is less than 1.
    """
    if period < 1:
        raise ValueError(f"a period is at least 1, got {period}")
    f.require_self_map()
    inside = core(f)
    if isinstance(inside.lo, Q) and inside.lo == inside.hi:
        point = fraction(inside.lo)
        alone = (point,) if period == 1 else ()
        return Cycles(period, alone, (), (), tuple(Orbit((x,), f.itinerary(x, 1)) for x in alone))
    g = f.on(inside.lo, inside.hi)
    fixed = _iterate(g, period, budget).fixed_points()
    smaller = [_iterate(g, period // p, budget).fixed_points() for p in prime_divisors(period)]
    points = [
        x
        for x in fixed.points
        if all(g.trajectory(q := rational(x), period // p)[-1] != q for p in prime_divisors(period))
    ]
    holes = [hole for lower in smaller for hole in [*((x, x) for x in lower.points), *lower.intervals]]
    intervals: list[Interval] = []
    excluded: set[Fraction] = set()
    for a, b in fixed.intervals:
        intervals += _without(a, b, holes, excluded)
    ends = {end for interval in intervals for end in interval if end is not None}
    return Cycles(period, tuple(points), tuple(intervals), tuple(sorted(excluded & ends)), _orbits(f, points, period))


def _iterate(f: PiecewiseLinear, t: int, budget: Budget) -> PiecewiseLinear:
    budget.check(0)
    return f.iterate(t, budget.max_pieces)


def _without(a: Fraction | None, b: Fraction | None, holes: list[Interval], excluded: set[Fraction]) -> list[Interval]:
    """[a, b] less the closed holes, as intervals; ends that a hole took away are added to `excluded`."""
    left: Extended = NEG_INF if a is None else rational(a)
    end: Extended = INF if b is None else rational(b)
    rest: list[Interval] = []
    for lo, hi in sorted((NEG_INF if u is None else rational(u), INF if v is None else rational(v)) for u, v in holes):
        if hi < left or lo > end:
            continue
        excluded.update(fraction(x) for x in (lo, hi) if isinstance(x, Q))
        if left < lo:
            rest.append((public(left), public(lo)))
        left = max(left, hi)
    if left < end:
        rest.append((public(left), public(end)))
    return rest


def _orbits(f: PiecewiseLinear, points: list[Fraction], period: int) -> tuple[Orbit, ...]:
    left = set(points)
    found = []
    for x in points:
        if x in left:
            orbit = f.orbit(x, period - 1)
            left.difference_update(orbit)
            found.append(Orbit(orbit, f.itinerary(x, period)))
    return tuple(found)


def prime_divisors(n: int) -> list[int]:
    """The primes that divide n, in increasing order."""
    return [p for p in range(2, n + 1) if n % p == 0 and all(p % d for d in range(2, int(p**0.5) + 1))]


@dataclass(frozen=True)
class Periods:
    """The least periods up to `up_to`: those that f has, those it has not, and those not decided within the budget.

    `forces` is a number whose presence implies all of `present` and, beyond `up_to`, every number after it in Sharkovsky's order.
    """

    up_to: int
    present: tuple[int, ...]
    absent: tuple[int, ...]
    undecided: tuple[int, ...]
    forces: int

    @property
    def beyond(self) -> str:
        """What is known of the periods greater than `up_to`, in words."""
        if self.forces == 0:
            return "no period at all: the map has no fixed point" if not self.undecided else "nothing is known"
        j, q = split(self.forces)
        if q == 1:
            return "nothing is forced"
        tail = f"every k * {1 << j} with k odd and k >= {q}" if j else f"every odd k >= {q}"
        return f"{tail}, and all that these force: every multiple of {2 << j}, and every power of 2"


def periods_of(f: PiecewiseLinear, up_to: int, budget: Budget) -> Periods:
    """The least periods of a self-map among 1, ..., up_to, by going through Sharkovsky's order from its strongest number.

    The first number that is present brings all after it. Each test is a mesh, so no iterate is composed.
    Raises `NotInvariantError` when f leaves its domain, `ValueError` unless up_to is at least 1.
    """
    if up_to < 1:
        raise ValueError(f"the largest period asked for is at least 1, got {up_to}")
    decision = decide(f, DEFAULT_LEVEL, budget, lambda _: None)
    inside = core(f)
    if isinstance(inside.lo, Q) and inside.lo == inside.hi:
        return Periods(up_to, (1,), tuple(range(2, up_to + 1)), (), 1)
    g = f.on(inside.lo, inside.hi)
    absent: list[int] = []
    undecided: list[int] = []
    for n in sorted(range(1, up_to + 1), key=rank):
        answer = _has(g, n, decision, budget)
        if answer:
            rest = [k for k in range(1, up_to + 1) if forces(n, k)]
            return Periods(up_to, tuple(rest), tuple(sorted(absent)), tuple(sorted(undecided)), n)
        (undecided if answer is None else absent).append(n)
    return Periods(up_to, (), tuple(sorted(absent)), tuple(sorted(undecided)), 0)


def _has(f: PiecewiseLinear, n: int, decision: Decision, budget: Budget) -> bool | None:
    """Whether f has a point of least period n, given that it has none of a number before n in Sharkovsky's order; None: not decided."""
    if n == 1:
        fixed = f.fixed_points()
        return bool(fixed.points or fixed.intervals)
    if isinstance(decision, Order) and (not is_power_of_two(n) or n > 1 << decision.level):
        return False
    if isinstance(decision, PeriodicOrbit) and forces(len(decision.orbit), n):
        return True
    j, q = split(n)
    if isinstance(decision, OddReturn) and (decision.level, decision.n) <= (j, q) and q > 1:
        return True  # the inequality gives g = f^(2^level) an odd period of at most decision.n, and that forces n
    m, factor = (1 << j, q) if q > 1 else (n // 2, 2)
    try:
        found = mesh(f, m, factor, budget)
        if isinstance(found, Refutation) and isinstance(found.point, Infinity):
            return bool(
                cycles_of(f, n, budget)
            )  # the two ends of the line change places: they are the only such 2-cycle
    except BudgetExceeded:
        return None
    return isinstance(found, Refutation)
